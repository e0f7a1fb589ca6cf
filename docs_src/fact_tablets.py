"""Our values of facts 18 to 21: pill placebo and SSRIs, in one trial that stands for the pool of many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy.optimize import least_squares

from euthymia.evidence.published import Estimator
from euthymia.symptoms.scale import Scale, usual_remission
from euthymia.symptoms.scales import translate
from euthymia.trials.data import TrialData
from euthymia.trials.design import Trial
from euthymia.trials.protocol import parse_trial
from fact_estimate import Estimate, Value, between, mean, of_all, ratio
from fact_trials import WEEK, by_row, changes, conducted, responding, totals, trial

HAMD17 = Scale.HAMD17
BASELINE = (25.7, 3.97)  # points of HAMD17, mean and SD; row S0643
ENTRY, LOWEST = 18.0, 1.0  # points; the pool's median entry score
NOBODY, WEEKS, LEAVING = "no tablet", 8, 0.25
PILLS, DOSES = 120, 100  # people an arm, of the two trials
REPLICATES = {PILLS: 220, DOSES: 110}
DRUGS = ("fluoxetine 20 mg", "paroxetine 20 mg")
MILLIGRAMS = (10, 20, 30, 40, 60, 80)
HEAD = """
id = "{name}"
title = "{name}"
control = "placebo"
scale = "HAMD17"
population = {{ name = "major depression", age_mean = 44.2, age_sd = 11.9, age_low = 18, age_high = 65, women = 0.63, MADRS_min = {entry} }}
primary = {{ endpoint = "response", visit = "week 8", analysis = "ANCOVA" }}
remission = {{ threshold = {remission} }}
dropout = {{ overall = {leaving} }}
"""
ARM = """
[[phases.arms]]
name = "{name}"
n = {people}
reference = {reference}
regimen = "{regimen}"
comedication = {{ kind = "none" }}
baseline = {{ mean = {mean}, sd = {sd} }}
"""


def as_MADRS(mean_HAMD17: float, sd: float) -> tuple[float, float]:
    """Return mean and SD of the MADRS that correspond to a mean and SD of the HAMD17 by the published link."""
    low, middle, high = translate(np.array([mean_HAMD17 - sd, mean_HAMD17, mean_HAMD17 + sd]), HAMD17, Scale.MADRS)
    return round(float(middle), 1), round(float(0.5 * (high - low)), 1)


def design(name: str, tablets: Sequence[str], people: int) -> Trial:
    """Return a trial of eight weeks of tablets against none, with weekly visits."""
    middle, sd = as_MADRS(*BASELINE)
    entry = round(float(translate(np.array(ENTRY), HAMD17, Scale.MADRS)), 1)
    parts = [HEAD.format(name=name, entry=entry, remission=usual_remission(HAMD17).threshold, leaving=LEAVING)]
    visits = range(1, WEEKS + 1)
    parts += [f'[[visits]]\nlabel = "week {week}"\nt = {WEEK * week}\nrecall = "7 d"\n' for week in visits]
    parts.append(f'[[phases]]\nname = "double-blind"\nstart = 0\nend = {WEEK * WEEKS}\n')
    for arm in (NOBODY, *tablets):
        given = "none" if arm == NOBODY else f"{arm} oral daily for {WEEKS} weeks"
        reference = str(arm == NOBODY).lower()
        parts.append(ARM.format(name=arm, people=people, reference=reference, regimen=given, mean=middle, sd=sd))
    return parse_trial("\n".join(parts), f"{name}.toml")


@cache
def pool() -> TrialData:
    """Return the trial that stands for the pool."""
    return conducted(design("pill-placebo", DRUGS, PILLS), REPLICATES[PILLS])


@cache
def dosed() -> TrialData:
    """Return the trial of six doses of fluoxetine."""
    return conducted(
        design("doses-of-fluoxetine", [f"fluoxetine {mg} mg" for mg in MILLIGRAMS], DOSES), REPLICATES[DOSES]
    )


def response(arm: str, week: int) -> np.ndarray:
    """Return an arm's response on the HAMD17 among all, the last rating carried forward, percent, [replicate]."""
    return responding(pool(), arm, WEEK * week, HAMD17, Estimator.LOCF)


def remission(week: int) -> Estimate:
    """Return the remission on no tablet among all, the last rating carried forward, percent."""
    now = totals(pool(), NOBODY, WEEK * week, HAMD17, Estimator.LOCF)
    hit = np.where(np.isfinite(now), now <= usual_remission(HAMD17).threshold, np.nan)
    return mean(100.0 * np.nanmean(hit, axis=1))


def change(arms: Sequence[str], week: int = WEEKS) -> np.ndarray:
    """Return observed changes of the HAMD17 of arms together, [replicate, person]; NaN for others."""
    return np.concatenate([changes(pool(), arm, WEEK * week, HAMD17) for arm in arms], axis=1)


def spread_of_logit() -> Estimate:
    """Return the SD between trials of the logit of response on no tablet at week 8."""
    share = response(NOBODY, WEEKS) / 100.0
    people = np.isfinite(totals(pool(), NOBODY, WEEK * WEEKS, HAMD17, Estimator.LOCF)).sum(1)
    return between(np.log(share / (1.0 - share)), 1.0 / (people * share * (1.0 - share)))


def difference() -> np.ndarray:
    """Return the difference of the mean change between the drugs and no tablet at week 8, points, [replicate]."""
    return np.nanmean(change(DRUGS), axis=1) - np.nanmean(change([NOBODY]), axis=1)


def spreads() -> tuple[np.ndarray, np.ndarray]:
    """Return the SDs of the change at week 8, of the drugs (the mean of the arms') and of no tablet, [replicate]."""
    drugs, nothing = (
        np.stack([np.nanstd(change([arm]), axis=1, ddof=1) for arm in arms]) for arms in (DRUGS, [NOBODY])
    )
    return drugs.mean(0), nothing[0]


def standardised() -> Estimate:
    """Return the difference over the SD of both arms."""
    drugs, nothing = spreads()
    return ratio(difference(), np.sqrt(0.5 * (drugs**2 + nothing**2)))


def odds_ratio(arm: str) -> Estimate:
    """Return the odds ratio of response at week 8."""

    def found(drug: np.ndarray, nothing: np.ndarray) -> float:
        p, q = drug.mean() / 100.0, nothing.mean() / 100.0
        return float(p / (1.0 - p) * (1.0 - q) / q)

    return of_all(found, response(arm, WEEKS), response(NOBODY, WEEKS))


def of_dose(mg: int) -> Estimate:
    """Return the response at week 8 relative to no tablet."""
    drug, nothing = (
        responding(dosed(), arm, WEEK * WEEKS, HAMD17, Estimator.LOCF) for arm in (f"fluoxetine {mg} mg", NOBODY)
    )
    return ratio(drug, nothing)


def true_difference() -> np.ndarray:
    """Return true severity of the drugs less that of no tablet at weeks 1 to 8, points, [replicate, week]."""
    data = pool()
    weekly = data.severity[..., :: int(WEEK / 24.0)][..., 1:]
    at_start = data.severity[..., :1]
    nothing, *drugs = weekly - at_start
    return np.mean(drugs, axis=0) - nothing


def half_time(weeks: np.ndarray, course: np.ndarray) -> float:
    """Return the half-time, weeks, of an exponential approach fitted to a mean course, [week]."""

    def misfit(x: np.ndarray) -> np.ndarray:
        return x[0] * -np.expm1(-np.log(2.0) * weeks / x[1]) - course

    return float(least_squares(misfit, [course[-1], 2.0], bounds=([-100.0, 0.05], [100.0, 50.0])).x[1])


def half_time_of_difference() -> Estimate:
    """Return the half-time of the difference to no tablet, weeks."""
    weeks = np.arange(1.0, WEEKS + 1)
    return of_all(lambda found: half_time(weeks, found.mean(0)), true_difference(), resamples=100)


def half_time_of(arm: str) -> Estimate:
    """Return the half-time of the mean change of the HAMD17 in an arm of Goldstein 2004, weeks."""
    data = trial("goldstein-2004")
    weeks = np.array([visit.t for visit in data.phases[0].visits]) / WEEK
    found = np.stack([np.nanmean(changes(data, arm, WEEK * week, HAMD17), axis=1) for week in weeks], axis=1)
    return of_all(lambda course: half_time(weeks, course.mean(0)), found, resamples=100)


VALUES: dict[str, Value] = {
    **{f"18.response.{week}": lambda week=week: mean(response(NOBODY, week)) for week in (6, 8)},
    **{f"18.remission.{week}": lambda week=week: remission(week) for week in (6, 8)},
    **{f"18.change.{week}": lambda week=week: mean(np.nanmean(change([NOBODY], week), axis=1)) for week in (6, 8)},
    "18.sd": lambda: mean(spreads()[1]),
    "18.logit": spread_of_logit,
    "19.difference": lambda: mean(difference()),
    "19.SMD": standardised,
    "19.ratio": lambda: ratio(*spreads()),
    **{f"19.response.{week}": lambda week=week: mean(np.mean([response(arm, week) for arm in DRUGS], axis=0)) for week in (6, 8)},
    **{f"19.OR.{arm.split()[0]}": lambda arm=arm: odds_ratio(arm) for arm in DRUGS},
    **{f"20.response.{mg}": lambda mg=mg: of_dose(mg) for mg in MILLIGRAMS},
    "21.share": lambda: ratio(true_difference()[:, 0], true_difference()[:, 5]),
    "21.half": half_time_of_difference,
    **{f"21.rho.{weeks}": lambda row=row: by_row(row) for weeks, row in (("1-2", "S0371"), ("1-6", "S0373"), ("4-6", "S0376"))},
    "21.RR": lambda: ratio(np.mean([response(arm, 1) for arm in DRUGS], axis=0), response(NOBODY, 1)),
    **{f"21.half.{arm}": lambda name=name: half_time_of(name) for arm, name in (("drug", "duloxetine"), ("placebo", "placebo"))},
}  # fmt: skip
