"""What rivals know of a new trial before it is conducted: who is asked about, and the error of sampling so many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.evidence.published import PublishedRow
from euthymia.score.endpoint import DIFFERENCES, TOTALS, arms_behind, reference_behind, scale_of
from euthymia.score.forecast import Forecast
from euthymia.score.given import Given, Setting, given, setting
from euthymia.score.observed import PERCENT, Observed, changes_of, since_start, what_of
from euthymia.score.standing import people_behind
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import translate
from euthymia.trials.design import Arm, Trial

Array = NDArray[np.floating]
DRAWS = 4000  # of a rival's forecast


@dataclass(frozen=True)
class Asked:
    """A row of a new trial, as far as its design tells.

    Attributes:
        trial: The design.
        row: The row; its value and errors are not looked at.
        arms: The arms that it is of.
        against: The reference arms, of a difference.
        setting: Where people are treated.
        t: Hours since the start of the phase.
        people: Persons behind it; None where not known.
    """

    trial: Trial
    row: PublishedRow
    arms: tuple[Arm, ...]
    against: tuple[Arm, ...]
    setting: Setting
    t: float | None
    people: int | None

    @property
    def what(self) -> str:
        """The name of the quantity among calibration rows; of a total, that of the change."""
        return changes_of(scale_of(self.trial, self.row)) if self.row.measure in TOTALS else what_of(self.row)

    @property
    def treated(self) -> Given:
        """What the first of the arms is given."""
        return given(self.trial, self.arms[0])

    @property
    def reference(self) -> Given | None:
        """What the reference arm is given, of a difference."""
        return given(self.trial, self.against[0]) if self.against else None


def asked(trial: Trial, row: PublishedRow) -> Asked:
    """Return a row as a rival sees it."""
    against = reference_behind(trial, row) if row.measure in DIFFERENCES else ()
    return Asked(
        trial,
        row,
        arms_behind(trial, row),
        against,
        setting(trial),
        since_start(trial, row),
        people_behind(trial, row),
    )


def windows() -> tuple[float, ...]:
    """Return the factors around an asked time within which rows are looked for, one after the other."""
    first = load_record("score").value("window_first", "1")
    return (first, first**2, first**3)


def near(t: float, asked_for: float, factor: float) -> bool:
    """Tell whether a time lies within a factor of another; a time of 0 is near 0 only."""
    return t == asked_for if min(t, asked_for) <= 0.0 else abs(np.log(t / asked_for)) <= np.log(factor) + 1e-12


def spread(rows: Iterable[Observed], what: str, t: float) -> float | None:
    """Return the SD between people of a quantity at times as near as there are any; None where none is published.

    Args:
        rows: Calibration rows.
        what: The quantity; of a difference, changes of the MADRS.
        t: Hours since the start.
    """
    wanted = str(Scale.MADRS) if what == "difference" else what
    known = [one for one in rows if one.what == wanted and one.sd is not None and one.n > 1]
    for factor in (*windows(), np.inf):
        close = [one for one in known if near(one.t, t, factor) or factor == np.inf]
        if close:
            n = np.array([one.n for one in close], dtype=float)
            return float(np.sqrt((n * np.array([one.sd for one in close], dtype=float) ** 2).sum() / n.sum()))
    return None


def sampling_error(asked_for: Asked, sd: float) -> float | None:
    """Return the standard error of sampling of a mean, or of a difference; None where sizes are not known."""
    if not asked_for.against:
        return sd / float(np.sqrt(asked_for.people)) if asked_for.people else None
    sizes = [sum(arm.n or 0 for arm in arms) for arms in (asked_for.arms, asked_for.against)]
    return sd * float(np.sqrt(sum(1.0 / n for n in sizes))) if all(sizes) else None


def baseline(asked_for: Asked) -> float | None:
    """Return the baseline by design on the row's scale, points, mean over arms; None where it is not known."""
    known = [(arm.baseline.mean, arm.n or 1) for arm in asked_for.arms if arm.baseline]
    if len(known) < len(asked_for.arms) or not known:
        return None
    mean = float(np.average([each for each, _ in known], weights=[n for _, n in known]))
    scale = scale_of(asked_for.trial, asked_for.row)
    return mean if scale is Scale.MADRS else float(translate(np.array(mean), Scale.MADRS, scale))


def of_means(centres: Array, error: float, stream: Stream) -> Forecast:
    """Return the forecast of a mean from draws of trials' true means and the error of sampling."""
    noise = stream.normal("sampling", 0, len(centres))[:, 0]
    return Forecast(centres + error * noise, centres, error)


def of_shares(centres: Array, people: int, stream: Stream) -> Forecast:
    """Return the forecast of a share (percent) of so many people from draws of trials' true shares (fractions)."""
    from scipy.stats import binom

    u = stream.uniform("sampling", 0, len(centres))[:, 0]
    counts = np.asarray(binom.ppf(u, people, np.clip(centres, 0.0, 1.0)), dtype=float)
    return Forecast(PERCENT * np.clip(counts, 0, people) / people, centres)


def stream_of(seed: int, rival: str, asked_for: Asked) -> Stream:
    """Return the stream of a rival's draws for a row."""
    return Stream(seed).fold("score", rival, asked_for.trial.id, asked_for.row.row_id)


def by_trial(rows: Sequence[Observed]) -> dict[str, list[Observed]]:
    """Return rows by trial, in the order in which trials come."""
    found: dict[str, list[Observed]] = {}
    for row in rows:
        found.setdefault(row.trial, []).append(row)
    return found
