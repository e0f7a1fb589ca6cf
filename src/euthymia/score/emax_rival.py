"""The second rival: an empirical Emax regression in time and dose predicts changes, differences and shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from euthymia.engine.stream import Stream
from euthymia.evidence.published import Measure, PublishedRow, Split
from euthymia.score.emax_fit import Fit, drug_fall, fit, new_tablets, numbers, reference_fall
from euthymia.score.endpoint import DIFFERENCES, SHARES, TOTALS
from euthymia.score.forecast import Forecast
from euthymia.score.given import Setting, given
from euthymia.score.observed import Observed
from euthymia.score.sampling import (
    DRAWS,
    Asked,
    baseline,
    of_means,
    of_shares,
    sampling_error,
    spread,
    stream_of,
)
from euthymia.symptoms.scale import Scale
from euthymia.trials.design import Arm, Trial
from euthymia.trials.predict import threshold_of
from euthymia.trials.quantity import Nothing, rules

Array = NDArray[np.floating]
NAME = "Emax regression"
SCALES = {Setting.SESSIONS: "MADRS", Setting.TABLETS: "Hamilton"}
HALF_POINT = 0.5  # totals are whole points


@dataclass(frozen=True, eq=False)
class EmaxRegression:
    """Regressions by setting, and the rows that they were fitted to."""

    rows: tuple[Observed, ...]
    fits: dict[Setting, Fit]
    name: str = NAME

    @classmethod
    def fitted(cls, rows: tuple[Observed, ...], trials: Sequence[Trial]) -> EmaxRegression:
        """Fit the regressions.

        Args:
            rows: Calibration rows.
            trials: Their trials, for the correlation between visits.
        """
        r = correlation(trials)
        found = {setting: fit(rows, setting, what, r) for setting, what in SCALES.items()}
        return cls(rows, {setting: one for setting, one in found.items() if one is not None})

    def forecast(self, asked: Asked, seed: int) -> Forecast | Nothing:
        """Return what a new trial would publish for a row; or why nothing can be said.

        Args:
            asked: The row.
            seed: Seed of the named streams.
        """
        fitted, what = self.fits.get(asked.setting), SCALES[asked.setting]
        why = self._not_told(asked, fitted, what)
        if why or fitted is None or asked.t is None:
            return Nothing(why)
        sd = spread(self.rows, what, asked.t)
        if sd is None:
            return Nothing("no standard deviation between people is known")
        stream = stream_of(seed, self.name, asked)
        changes = [_changes(fitted, asked, arm, stream) for arm in asked.arms]
        if asked.row.measure in SHARES:
            return _shares(asked, changes, sd, stream)
        centres, error = _weighted(asked.arms, changes), sampling_error(asked, sd)
        if error is None:
            return Nothing("sizes of arms are not known")
        start = baseline(asked) if asked.row.measure in TOTALS else 0.0
        return Nothing("no baseline is known") if start is None else of_means(centres + start, error, stream)

    def _not_told(self, asked: Asked, fitted: Fit | None, what: str) -> str:
        """Return why the regression says nothing of a row; empty where it does."""
        if fitted is None or not asked.arms or not asked.t:
            return "no calibration trial of this setting, no described people, or no time"
        drugs = {given(asked.trial, arm).treatment for arm in asked.arms if given(asked.trial, arm).dose}
        if drugs - set(fitted.drugs):
            return "no calibration trial of this drug"
        if asked.row.measure in SHARES:
            judged_by = {Scale.MADRS: "MADRS", Scale.HAMD17: "Hamilton"}.get(asked.trial.scale)
            return "" if judged_by == what else "of another scale"
        return "" if asked.what == what or (asked.what == "difference" and what == "MADRS") else "no mean of its scale"


def correlation(trials: Sequence[Trial]) -> float:
    """Return the mean correlation of changes at two visits that calibration rows print; 0 where none does."""
    printed = [
        row.value
        for trial in trials
        for row in trial.published
        if row.measure is Measure.CORRELATION_CHANGE and row.split is Split.CALIBRATION
    ]
    return float(np.mean(printed)) if printed else 0.0


def _changes(fitted: Fit, asked: Asked, arm: Arm, stream: Stream) -> Array:
    """Return draws of the true change of one arm, or its difference from the reference, in new trials, points."""
    count = len(fitted.mode)
    theta = fitted.draws(stream.normal("numbers", 0, DRAWS, count))
    u, v = stream.normal("trial", 0, DRAWS, 2).T
    p, what, t = numbers(theta), given(asked.trial, arm), np.array(asked.t)
    place = fitted.drugs.index(what.treatment) if what.treatment in fitted.drugs else -1
    fall = (1.0 + p["omega_v"] * v) * drug_fall(theta, t, place, np.array(what.dose))
    if asked.row.measure in DIFFERENCES:
        return -fall
    return -(reference_fall(theta, t, np.array(new_tablets(what))) + p["omega_u"] * u) - fall


def _weighted(arms: tuple[Arm, ...], values: Sequence[Array]) -> Array:
    """Return the mean over arms of values of each, [draw], by their sizes."""
    return np.average(np.stack(values), axis=0, weights=[arm.n or 1 for arm in arms])


def _shares(asked: Asked, changes: Sequence[Array], sd: float, stream: Stream) -> Forecast | Nothing:
    """Return the forecast of response or remission where people's scores are normal around the mean of their arm."""
    from scipy.special import ndtr

    if not asked.people:
        return Nothing("of unknown size")
    parts = []
    for arm, change in zip(asked.arms, changes, strict=True):
        start = baseline(replace(asked, arms=(arm,)))
        if start is None:
            return Nothing("no baseline is known")
        parts.append(ndtr((_limit(asked.trial, asked.row, start) - change) / sd))
    return of_shares(_weighted(asked.arms, parts), asked.people, stream)


def _limit(trial: Trial, row: PublishedRow, start: float) -> float:
    """Return the change at or below which a person responds or is in remission, points."""
    fall, threshold = rules(trial, trial.scale)
    if row.measure is Measure.RESPONSE:
        return -fall * start
    return threshold_of(row, threshold) + HALF_POINT - start
