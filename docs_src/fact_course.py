"""Our values of facts 22 to 26: occupancy, stopping, the untreated course, leaving, therapy and ratings."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from checkpoint_targets import LOWEST_USUAL, occupied
from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.models.beside import NOTHING, Beside
from euthymia.models.course import treat
from euthymia.patients.population import Traits, draw
from euthymia.plasticity.learning import every
from euthymia.symptoms.hazard import relapsed
from euthymia.symptoms.rating import Rating
from euthymia.symptoms.relapse import DoubleWell, remaining_stress
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import translate
from euthymia.treatment.regimen import Regimen
from euthymia.treatment.sentence import regimen
from fact_estimate import Estimate, Value, by_chunks, exact, mean
from fact_tablets import DRUGS, NOBODY, as_MADRS, pool
from fact_trials import by_row

WEEK, DAYS = 168.0, 7.0  # h; days in a week
HALF_YEAR, YEAR = 26, 52  # weeks
RELAPSE = load_record("relapse")
MILDER = (17.66, 4.69)  # HAMD17 on entry, mean and SD; row S0400
SEED, PEOPLE, CHUNKS = 1, 4_000, 40
COURSE = 10  # weeks, until the trials of therapy are judged
TABLETS, THERAPY, BOTH, NEITHER = "tablets", "therapy", "both", "neither"


def gone_back(weeks: int, *, kept: bool) -> float:
    """Return the share relapsed after so many weeks, percent."""
    well = DoubleWell(tau_well=RELAPSE.value("tau_well", "h"), noise=RELAPSE.value("noise_frail", "1"))
    tilt, frailty = RELAPSE.value("tilt_frail", "1") if kept else 0.0, RELAPSE.value("frailty", "1")
    times = np.array([0.0, weeks * WEEK])
    return 100.0 * float(relapsed(well, times, lambda t: tilt, frailty=frailty)[-1])


def gap(weeks: int) -> float:
    """Return how many more have relapsed after stopping, percentage points."""
    return gone_back(weeks, kept=False) - gone_back(weeks, kept=True)


def odds_ratio(weeks: int) -> float:
    """Return the odds ratio of relapse, continued to stopped."""
    kept, stopped = (gone_back(weeks, kept=kept) / 100.0 for kept in (True, False))
    return kept / (1.0 - kept) * (1.0 - stopped) / stopped


def over(weeks: int) -> float:
    """Return the share of untreated episodes that have ended, percent."""
    return 100.0 * float(1.0 - remaining_stress(weeks * WEEK, RELAPSE.value("tau_episode", "h")))


def left(*arms: str) -> Estimate:
    """Return the share who left arms of the trial of tablets, percent."""
    data = pool()
    who = data.phases[0].members(arms)
    return mean(100.0 * np.array([gone[here].mean() for gone, here in zip(np.isfinite(data.left), who, strict=True)]))


@cache
def treated(way: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the MADRS before and after ten weeks, points, as rated, [person]; the same people whatever the way."""
    middle, sd = as_MADRS(*MILDER)
    stream = Stream(SEED).fold("facts", "therapy")
    people = draw(stream, 0, PEOPLE, Traits(MADRS=(middle, sd, middle - 2.0 * sd)))
    given = regimen(f"fluoxetine 20 mg oral daily for {COURSE} weeks") if way in (TABLETS, BOTH) else Regimen(())
    practice = load_record("therapy").value("practice", "h")
    sessions = every(load_record("therapy").value("interval", "h"), COURSE, first=0.0, practice=practice)
    beside = Beside(therapy=sessions) if way in (THERAPY, BOTH) else NOTHING

    def normals(drug: str):
        return lambda purpose: stream.fold(drug).normal(purpose, 0, PEOPLE)[:, 0]

    course = treat(people, given, normals, days=COURSE * DAYS, seed=SEED, fast=True, beside=beside, safety=False)
    error = stream.normal("rating at the end", 0, PEOPLE)[:, 0]
    spread = load_record("amplitudes").value("sd_visit", "points")
    rated = Rating.from_record(load_record("rating")).rate(course["MADRS"][:, -1], error, spread=spread)
    return people.baseline_rating, rated


def responding(way: str) -> np.ndarray:
    """Return who has fallen by half, [person]."""
    before, after = treated(way)
    return (after <= 0.5 * before).astype(float)


def response_ratio(way: str) -> Estimate:
    """Return the response to a way of treatment over that to tablets."""
    return by_chunks(lambda one, other: float(one.mean() / other.mean()), CHUNKS, responding(way), responding(TABLETS))


def after(way: str) -> np.ndarray:
    """Return the HAMD17 that corresponds to the rating at the end, points, [person]."""
    return translate(treated(way)[1], Scale.MADRS, Scale.HAMD17)


def standardised(one: np.ndarray, other: np.ndarray) -> float:
    """Return a standardised difference of two groups."""
    return float((one.mean() - other.mean()) / math.sqrt(0.5 * (one.var(ddof=1) + other.var(ddof=1))))


VALUES: dict[str, Value] = {
    **{f"22.{drug}": lambda drug=drug: exact(100.0 * occupied(drug)) for drug in sorted(LOWEST_USUAL)},
    **{f"22.curve.{drug}": lambda drug=drug: exact(100.0 * occupied(drug))
       for drug in ("citalopram", "fluoxetine", "paroxetine", "sertraline")},
    "23.kept.26": lambda: exact(gone_back(HALF_YEAR, kept=True)),
    "23.stopped.26": lambda: exact(gone_back(HALF_YEAR, kept=False)),
    "23.gap.52": lambda: exact(gap(YEAR)),
    "23.OR": lambda: exact(odds_ratio(HALF_YEAR)),
    "23.kept.validation": lambda: exact(gone_back(YEAR, kept=True)),
    "23.stopped.validation": lambda: exact(gone_back(YEAR, kept=False)),
    **{f"24.untreated.{weeks}": lambda weeks=weeks: exact(over(weeks)) for weeks in (13, 26, 52)},
    **{f"24.left.{arm}": lambda row=row: by_row(row)
       for arm, row in (("t2", "R0068"), ("japan.28", "R0195"), ("japan.56", "R0196"), ("japan.84", "R0197"),
                        ("japan.placebo", "R0198"))},
    "24.left.pill": lambda: left(NOBODY),
    "24.left.SSRI": lambda: left(*DRUGS),
    "25.therapy": lambda: response_ratio(THERAPY),
    "25.both": lambda: response_ratio(BOTH),
    "25.difference": lambda: by_chunks(lambda one, other: float((one - other).mean()), CHUNKS, after(THERAPY), after(NEITHER)),
    "25.SMD": lambda: by_chunks(standardised, CHUNKS, after(THERAPY), after(NEITHER)),
    "26.sem": lambda: exact(load_record("rating").value("sem", "points")),
    "26.link": lambda: exact(float(translate(np.array(20.0), Scale.HAMD17, Scale.MADRS))),
}  # fmt: skip
