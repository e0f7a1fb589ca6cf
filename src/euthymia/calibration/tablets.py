"""Fitting care in trials of tablets: how far, how differently and how fast people improve on a pill without a drug."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from euthymia.calibration.fitted import Residual, central_differences, least_squares, rewritten
from euthymia.engine.stream import Stream
from euthymia.evidence import Record, load_record, source_record
from euthymia.patients.population import People, Traits, draw
from euthymia.symptoms.background import Background, Person, change
from euthymia.symptoms.scale import Scale, usual_remission
from euthymia.symptoms.scales import rate_as, translate
from euthymia.symptoms.setting import Setting

PEOPLE = 6000
WEEK = 168.0  # h; also the window that a rating looks back on
WEEKS = (1, 2, 4, 6, 8)
# Prior of each number: centre, and SD on the log scale. Assumed and wide.
FREE = {
    "care_mean": (8.0, 0.7),
    "care_sd": (8.0, 0.5),
    "tau_care": (25.0, 0.5),
    "shape_care": (1.2, 0.3),
    "omega_care": (0.3, 0.5),
    "sd_visit": (4.0, 0.5),
}
# Standard errors: of pooled shares and means the half-widths of printed intervals over 1.96, widened to a point where
# nothing was printed; of a correlation of one trial what 150 people an arm give.
ERRORS = {
    "response": 1.0,
    "remission": 1.0,
    "fall": 0.3,
    "sd": 0.2,
    "correlation": 0.05,
    "half": 0.3,
}
STEP = 0.03


@dataclass(frozen=True)
class Fit:
    """Fitted numbers with their standard errors, and each target beside ours."""

    values: dict[str, float]
    errors: dict[str, float]
    residuals: tuple[Residual, ...]

    def __str__(self) -> str:
        """Return the fit as a table in text."""
        lines = [f"{name:22s} {value:8.4g}   ({self.errors[name]:.2g})" for name, value in self.values.items()]
        lines += ["", "target                 published    ours       z"]
        lines += [
            f"{row.what:22s} {row.published:9.4g} {row.fitted:9.4g} {(row.fitted - row.published) / row.se:+7.1f}"
            for row in self.residuals
        ]
        return "\n".join(lines)


def fit(seed: int = 1, progress: Callable[[float], None] | None = None) -> Fit:
    """Fit care and the fluctuation between visits in trials of tablets to pooled arms of pill placebo.

    Args:
        seed: Seed of the named streams of the people who stand for the pool.
        progress: Called with the share of the work that is done.
    """
    people = _people(seed)
    targets = load_record("pill_placebo")
    names = list(FREE)
    centre, width = (np.array(part) for part in zip(*FREE.values(), strict=True))

    def rows(x: np.ndarray) -> list[Residual]:
        return _beside(targets, _pill(people, dict(zip(names, centre * np.exp(x), strict=True))))

    def misfit(x: np.ndarray) -> np.ndarray:
        return np.array([*((row.fitted - row.published) / row.se for row in rows(x)), *(x / width)])

    found = least_squares(misfit, np.zeros(len(names)), central_differences(misfit, STEP), scale=0.3)
    if progress:
        progress(1.0)
    spread = found.spread()
    values = centre * np.exp(found.x)
    named = [f"{name}_{Setting.TABLETS}" for name in names]
    return Fit(
        values=dict(zip(named, map(float, values), strict=True)),
        errors=dict(zip(named, map(float, values * spread), strict=True)),
        residuals=tuple(rows(found.x)),
    )


def updated(found: Fit, record: str) -> str:
    """Return the text of the amplitudes record with the fitted values and their relative errors."""
    return rewritten(record, found.values, found.errors)


@dataclass(frozen=True)
class _Pool:
    """People, and the draws by which they differ in care and are rated."""

    people: People
    care: np.ndarray
    speed: np.ndarray
    visits: np.ndarray
    errors: np.ndarray
    entry: np.ndarray


def _people(seed: int) -> _Pool:
    record, stream = load_record("pill_placebo"), Stream(seed).fold("pill placebo")
    mean, sd, entry = (
        record.value(name, "points") for name in ("baseline_HAMD17", "baseline_sd_HAMD17", "entry_HAMD17")
    )
    low, middle, high = translate(np.array([mean - sd, mean, mean + sd]), Scale.HAMD17, Scale.MADRS)
    lowest = float(translate(np.array(entry), Scale.HAMD17, Scale.MADRS))
    traits = Traits(MADRS=(float(middle), float(0.5 * (high - low)), lowest))
    people = draw(stream, 0, PEOPLE, traits)
    normal = partial(stream.normal, start=0, stop=PEOPLE)
    return _Pool(
        people=people,
        care=normal("care")[:, 0],
        speed=normal("speed of care")[:, 0],
        visits=normal("visits", columns=len(WEEKS)),
        errors=normal("errors", columns=len(WEEKS)),
        entry=rate_as(Scale.HAMD17, people.background.baseline, normal("error at entry")[:, 0]),
    )


def _pill(pool: _Pool, values: Mapping[str, float]) -> np.ndarray:
    """Return HAMD17 totals at baseline and at the weeks, [person, 1 + week]."""
    amplitudes: Record = source_record("amplitudes").replace(**values)
    typical = Background.from_record(amplitudes)
    person = _with_care(pool, typical)
    totals = [pool.entry]
    for place, week in enumerate(WEEKS):
        moved = change(typical, person, WEEK * week, WEEK, sessions=np.zeros(0), attended=np.zeros((0, PEOPLE)))
        felt = person.baseline + moved + values["sd_visit"] * pool.visits[:, place]
        totals.append(rate_as(Scale.HAMD17, felt, pool.errors[:, place]))
    return np.stack(totals, axis=1)


def _with_care(pool: _Pool, typical: Background) -> Person:
    return replace(
        pool.people.background,
        care=typical.care_mean + typical.care_sd * pool.care,
        tau_care=typical.tau_care * np.exp(typical.omega_care * pool.speed),
    )


def _beside(record: Record, totals: np.ndarray) -> list[Residual]:
    """Return each target beside what these totals give."""
    start, later = totals[:, 0], dict(zip(WEEKS, totals[:, 1:].T, strict=True))
    fall = {week: start - now for week, now in later.items()}
    found = []

    def add(what: str, unit: str, ours: float, kind: str) -> None:
        found.append(Residual(what, record.value(what, unit), float(ours), ERRORS[kind]))

    for week in (6, 8):
        add(f"response_week{week}", "percent", 100.0 * np.mean(fall[week] >= 0.5 * start), "response")
        remitted = later[week] <= usual_remission(Scale.HAMD17).threshold
        add(f"remission_week{week}", "percent", 100.0 * np.mean(remitted), "remission")
        add(f"fall_HAMD17_week{week}", "points", fall[week].mean(), "fall")
        add(f"sd_HAMD17_week{week}", "points", fall[week].std(), "sd")
    for one, other in ((1, 2), (1, 6), (4, 6)):
        add(f"correlation_{one}_{other}", "1", np.corrcoef(fall[one], fall[other])[0, 1], "correlation")
    add("half_time", "week", _half_time({week: float(each.mean()) for week, each in fall.items()}), "half")
    return found


def _half_time(fall: Mapping[int, float]) -> float:
    """Return the half-time of an exponential through the mean falls, weeks, by least squares."""
    from scipy.optimize import curve_fit

    weeks, means = np.array(list(fall)), np.array(list(fall.values()))
    (_, tau), _ = curve_fit(lambda t, a, tau: a * -np.expm1(-t / tau), weeks, means, p0=(means[-1], 3.0))
    return float(np.log(2.0) * tau)
