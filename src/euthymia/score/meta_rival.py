"""The first rival: a random-effects meta-analysis of like rows of calibration trials says what a new one would find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.score.endpoint import TOTALS, Kind, kind_of
from euthymia.score.forecast import Forecast
from euthymia.score.given import WIDER, Given, Treatment
from euthymia.score.observed import Observed
from euthymia.score.sampling import (
    DRAWS,
    Asked,
    baseline,
    by_trial,
    near,
    of_means,
    of_shares,
    sampling_error,
    spread,
    stream_of,
    windows,
)
from euthymia.statistics.meta_analysis import Spread, meta_analysis
from euthymia.statistics.prediction import confident_spreads
from euthymia.trials.quantity import Nothing

Array = NDArray[np.floating]
Like = Callable[[Given, Given], bool]  # whether two arms may be put together
POINTS = 200  # of the distribution of the spread between trials


class Form(StrEnum):
    """How sure the meta-analysis takes itself to be."""

    CAREFUL = "meta-analysis"
    PLAIN = "plain meta-analysis"


@dataclass(frozen=True)
class MetaAnalysis:
    """Calibration rows, put together anew for each row that is asked for.

    Attributes:
        rows: Calibration rows.
        form: Whether the spread between few trials is taken as uncertain, or as estimated by REML.
    """

    rows: tuple[Observed, ...]
    form: Form = Form.CAREFUL

    @property
    def name(self) -> str:
        """The rival's name."""
        return str(self.form)

    def forecast(self, asked: Asked, seed: int) -> Forecast | Nothing:
        """Return what a new trial would publish for a row; or why nothing can be said.

        Args:
            asked: The row.
            seed: Seed of the named streams.
        """
        if asked.t is None or not asked.arms or kind_of(asked.row) not in (Kind.MEAN, Kind.SHARE):
            return Nothing("no time, or a number that is no mean and no share")
        found = self.studies(asked)
        if found is None:
            return Nothing("fewer than three calibration trials have such a row")
        stream = stream_of(seed, self.name, asked)
        centres = (new_trial if self.form is Form.CAREFUL else plain_new_trial)(*found, stream, DRAWS)
        if kind_of(asked.row) is Kind.SHARE:
            people = asked.people
            return of_shares(1.0 / (1.0 + np.exp(-centres)), people, stream) if people else Nothing("of unknown size")
        sd = spread(self.rows, asked.what, asked.t)
        error = None if sd is None else sampling_error(asked, sd)
        if error is None:
            return Nothing("no standard deviation between people, or no size, is known")
        if asked.row.measure in TOTALS:
            start = baseline(asked)
            return of_means(centres + start, error, stream) if start is not None else Nothing("no baseline is known")
        return of_means(centres, error, stream)

    def studies(self, asked: Asked) -> tuple[Array, Array] | None:
        """Return effects and variances of trials that are like a row, [trial]; None where they are too few."""
        fewest = int(load_record("score").value("trials_min", "1"))
        for factor, like in _ladder():
            chosen = [
                _together(nearest(rows, asked.t or 0.0)) for rows in by_trial(self._alike(asked, factor, like)).values()
            ]
            if len(chosen) >= fewest:
                effects, variances = np.array(chosen).T
                return effects, variances
        return None

    def _alike(self, asked: Asked, factor: float, like: Like) -> list[Observed]:
        reference = asked.reference

        def same(one: Observed) -> bool:
            if one.what != asked.what or one.setting is not asked.setting or not near(one.t, asked.t or 0.0, factor):
                return False
            if not like(one.treated, asked.treated):
                return False
            return reference is None or (one.against is not None and like(one.against, reference))

        return [one for one in self.rows if same(one)]


def new_trial(effects: Array, variances: Array, stream: Stream, count: int) -> Array:
    """Return draws of a new trial's true effect, [draw], by equation (1) of `euthymia.statistics.prediction`.

    Args:
        effects: Of trials.
        variances: Squares of their standard errors.
        stream: Where draws come from.
        count: How many.
    """
    from scipy.special import stdtrit

    shares = (np.arange(POINTS) + 0.5) / POINTS
    tau2 = confident_spreads(effects, variances, shares)[1] if np.ptp(effects) > 0.0 else np.zeros(POINTS)
    place = (stream.uniform("spread", 0, count)[:, 0] * POINTS).astype(int)
    w = 1.0 / (variances + tau2[place][:, None])
    total, k = w.sum(1), len(effects)
    mean = w @ effects / total
    se = np.sqrt(np.sum(w * (effects - mean[:, None]) ** 2, axis=1) / ((k - 1) * total))
    t = stdtrit(k - 1, stream.uniform("mean", 0, count)[:, 0])
    return mean + np.sqrt(tau2[place]) * stream.normal("trial", 0, count)[:, 0] + se * t


def plain_new_trial(effects: Array, variances: Array, stream: Stream, count: int) -> Array:
    """Return draws of a new trial's true effect, [draw], the spread between trials taken as REML estimates it.

    All is normal then; where trials are few, such draws are too close to each other.

    Args:
        effects: Of trials.
        variances: Squares of their standard errors.
        stream: Where draws come from.
        count: How many.
    """
    found = meta_analysis(effects, variances, spread=Spread.REML, hartung_knapp=False)
    return found.estimate + np.sqrt(found.tau2 + found.se**2) * stream.normal("plain", 0, count)[:, 0]


def nearest(rows: Sequence[Observed], t: float) -> list[Observed]:
    """Return the rows of a trial at the time nearest to another one, on the log scale; the later of two as near."""

    def distance(one: Observed) -> float:
        return abs(float(np.log(one.t / t))) if min(one.t, t) > 0.0 else abs(one.t - t)

    best = min(rows, key=lambda one: (round(distance(one), 9), -one.t)).t
    return [one for one in rows if one.t == best]


def _together(rows: Sequence[Observed]) -> tuple[float, float]:
    """Return the mean of arms of one trial and its variance; differences from one reference arm go together."""
    v = np.array([one.variance for one in rows])
    r = load_record("score").value("shared_control", "1") if rows[0].against is not None else 0.0
    covariance = np.sqrt(np.outer(v, v)) * np.where(np.eye(len(v)), 1.0, r)
    return float(np.mean([one.value for one in rows])), float(covariance.sum()) / len(v) ** 2


def _ladder() -> Iterator[tuple[float, Like]]:
    """Yield ever wider windows and classes."""
    first, *wider = windows()
    yield first, lambda one, other: (one.treatment, one.beside) == (other.treatment, other.beside)
    for factor in (first, *wider):
        yield factor, lambda one, other: one.treatment is other.treatment
    yield wider[-1], lambda one, other: _wide(one.treatment) is _wide(other.treatment)


def _wide(treatment: Treatment) -> Treatment:
    return WIDER.get(treatment, treatment)
