"""Our values of facts 1 to 7, 16 and 17: change, response and spread in trials of the spray."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from euthymia.evidence.published import Estimator
from euthymia.statistics.marginal import differences
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.repeated import RepeatedMeasures
from euthymia.trials.data import TrialData
from euthymia.trials.design import reference_of
from euthymia.trials.predict import change_by
from fact_estimate import Estimate, Value, between, mean, of_all, percentile, ratio
from fact_trials import by_row, changes, contrast, totals, trial, values

DAY, WEEK2, END = 24.0, 336.0, 648.0  # h
T1, T2, JAPAN = "transform-1", "transform-2", "japan-2b"
FLEXIBLE, SHAM = "flexible + AD", "placebo + AD"
SPRAY = {T1: ("56 mg + AD", "84 mg + AD"), T2: (FLEXIBLE,)}
ACTIVE = (("28", "R0088", "R0091"), ("56", "R0101", "R0104"), ("84", "R0114", "R0117"))  # dose, rows at 2 and 24 h
PEOPLE = (11, 11, 12)  # of these doses
MODELS = 60  # replicates to which a mixed model is fitted
BISECTIONS = 14
TRUE_EFFECT, NULL = -3.8, (-1.0, 1.0)  # points, of fact 17


def early() -> Estimate:
    """Return the difference to placebo at 2 h as a share of that at 24 h, three doses together."""
    found = []
    for place, placebo in ((1, "R0078"), (2, "R0081")):
        drug = np.average([values(dose[place]) for dose in ACTIVE], axis=0, weights=PEOPLE)
        found.append(drug - values(placebo))
    return ratio(found[0], found[1])


def spread_of_contrast() -> Estimate:
    """Return the SD between trials of the difference on the first day."""
    found = contrast(trial(T2), FLEXIBLE, DAY)
    return between(found.difference, found.se**2)


def spread_of_control() -> Estimate:
    """Return the SD between trials of a control arm's change at day 28."""
    change = changes(trial(T2), SHAM, END)
    people = np.isfinite(change).sum(1)
    return between(np.nanmean(change, axis=1), np.nanvar(change, axis=1, ddof=1) / people)


def sd(name: str, arm: str, t: float, *, change: bool = False) -> Estimate:
    """Return the SD of an arm within a trial."""
    found = (changes if change else totals)(trial(name), arm, t)
    return mean(np.nanstd(found, axis=1, ddof=1))


def memory(t: float) -> Estimate:
    """Return the correlation of baseline with score in the esketamine arm of TRANSFORM-2."""
    start, now = (totals(trial(T2), FLEXIBLE, at) for at in (0.0, t))
    return mean(np.array([correlation(one, other) for one, other in zip(start, now, strict=True)]))


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation over those with both, [person]."""
    both = np.isfinite(one) & np.isfinite(other)
    return float(np.corrcoef(one[both], other[both])[0, 1])


@cache
def _response(drug: bool, t: float) -> np.ndarray:
    """Return who responds at a time in TRANSFORM-1 and -2 together, [replicate, person]; NaN for those not seen."""
    found = []
    count = min(trial(name).replicates for name in (T1, T2))
    for name, arms in SPRAY.items():
        for arm in arms if drug else (SHAM,):
            now, start = (totals(trial(name), arm, at)[:count] for at in (t, 0.0))
            found.append(np.where(np.isfinite(now), now <= 0.5 * start, np.nan))
    return np.concatenate(found, axis=1)


def day_two(drug: bool) -> Estimate:
    """Return the share that responds at 24 h, percent."""
    return mean(100.0 * np.nanmean(_response(drug, DAY), axis=1))


def tetrachoric(drug: bool) -> Estimate:
    """Return the correlation of two normals behind response at 24 h and at day 28."""
    early, late = _response(drug, DAY), _response(drug, END)
    seen = np.isfinite(early) & np.isfinite(late)
    counts = [(seen & (early == 1)).sum(1), (seen & (late == 1)).sum(1), (seen & (early + late == 2)).sum(1)]

    def found(first: np.ndarray, second: np.ndarray, both: np.ndarray, all_seen: np.ndarray) -> float:
        people = all_seen.sum()
        a, b = ndtri(first.sum() / people), ndtri(second.sum() / people)

        def short(rho: float) -> float:
            covariance = np.array([[1.0, rho], [rho, 1.0]])
            return float(multivariate_normal(cov=covariance).cdf([a, b])) - both.sum() / people  # type: ignore[arg-type]

        return bisect(short, -0.99, 0.99)

    return of_all(found, *counts, seen.sum(1), resamples=50)


def bisect(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function passes zero."""
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if rising(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high)


def raw(data: TrialData, arm: str) -> np.ndarray:
    """Return the difference of observed changes at day 28, [replicate]."""
    return np.nanmean(changes(data, arm, END), axis=1) - np.nanmean(changes(data, SHAM, END), axis=1)


@cache
def mixed_model(name: str, arm: str) -> np.ndarray:
    """Return the difference at day 28 by a mixed model, of the first replicates, [replicate]."""
    data = trial(name)
    phase = data.phases[0]
    reference = reference_of(phase.phase)
    assert reference is not None
    labels = tuple(visit.label for visit in phase.visits)
    change = change_by(phase, Estimator.OC)
    measures = RepeatedMeasures(
        *("change", "subject", "visit", "arm"),
        covariates=("baseline",),
        by_visit=("baseline",),
        visits=labels,
        arms=(reference.name, arm),
    )
    found = []
    for replicate in range(min(MODELS, data.replicates)):
        who = np.flatnonzero(phase.members((reference.name, arm))[replicate])
        treated = phase.members((arm,))[replicate, who]
        table = {
            "change": change[replicate, who].ravel(),
            "subject": np.repeat(who.astype(str), len(labels)),
            "visit": np.tile(labels, who.size),
            "arm": np.repeat(np.where(treated, arm, reference.name), len(labels)),
            "baseline": np.repeat(phase.baseline[replicate, who], len(labels)),
        }
        found.append(differences(fit_mmrm(table, measures)).estimate[-1])
    return np.array(found)


def sizes_apart(larger: np.ndarray, smaller: np.ndarray) -> Estimate:
    """Return by how much one negative difference is larger than another on average, replicate by replicate."""
    count = min(larger.size, smaller.size)
    return mean(smaller[:count] - larger[:count])


def carried(name: str, arm: str) -> np.ndarray:
    """Return the difference at day 28 by ANCOVA on last observations carried forward, [replicate]."""
    return contrast(trial(name), arm, END, Estimator.LOCF).difference


def null() -> Estimate:
    """Return the share of trials of the Japanese size that come out null although the true effect is -3.8, percent."""
    arms = [arm.name for arm in trial(JAPAN).phases[0].phase.arms if not arm.reference]
    errors = np.concatenate([contrast(trial(JAPAN), arm, END).se for arm in arms])
    low, high = ((end - TRUE_EFFECT) / errors for end in NULL)
    return mean(100.0 * (ndtr(high) - ndtr(low)))


CHINA, ELDERLY = "china-us", "transform-3"
ROWS_OF_SYNAPSE = {
    f"1.{arm}.{t}h": row
    for arm, rows in {"placebo": ("R0078", "R0081"), **{dose: (early, late) for dose, early, late in ACTIVE}}.items()
    for t, row in zip(("2", "24"), rows, strict=True)
}
ROWS = {
    **ROWS_OF_SYNAPSE,
    **{"1.aspire.4h": "R0486", "1.aspire.24h": "R0487", "2.synapse": "R0124", "2.china": "R0392"},
    **{"3.elderly": "R0367", "3.china": "R0393", "4.t1": "R0003", "4.t2": "R0038", "4.japan": "R0153"},
    **{
        f"5.{kind}.{arm}": row
        for kind, rows in (
            ("response", ("R0011", "R0012", "R0013", "R0052", "R0053")),
            ("remission", ("R0017", "R0018", "R0019", "R0054", "R0055")),
        )
        for arm, row in zip(("t1.56", "t1.84", "t1.placebo", "t2.drug", "t2.placebo"), rows, strict=True)
    },
    **{"17.84.1": "R0161", "17.84.8": "R0169", "17.84.28": "R0191"},
    **{"17.placebo.1": "R0163", "17.placebo.8": "R0171", "17.placebo.28": "R0193"},
}
VALUES: dict[str, Value] = {
    **{part: lambda row=row: by_row(row) for part, row in ROWS.items()},
    "1.early": early,
    "1.placebo.fades": lambda: mean(values("R0078") - values("R0081")),
    "2.mean": lambda: mean(contrast(trial(T2), FLEXIBLE, DAY).difference),
    "2.sd": spread_of_contrast,
    "3.pool": lambda: mean(np.mean([values(row)[: trial(T1).replicates] for row in ("R0007", "R0008", "R0040")], axis=0)),
    "3.step": lambda: mean(values("R0008") - values("R0007")),
    **{f"4.{short}.sd": lambda name=name: sd(name, SHAM, END, change=True)
       for short, name in (("t1", T1), ("t2", T2), ("japan", JAPAN))},
    "4.between": spread_of_control,
    "4.elderly": lambda: percentile(-6.3, values("R0364")),
    "4.china": lambda: percentile(-8.1, values("R0391")),
    **{f"6.{arm}.24h": lambda drug=drug: day_two(drug) for arm, drug in (("drug", True), ("placebo", False))},
    **{f"6.{arm}.rho": lambda drug=drug: tetrachoric(drug) for arm, drug in (("drug", True), ("placebo", False))},
    "7.t2.oc": lambda: sizes_apart(raw(trial(T2), FLEXIBLE), mixed_model(T2, FLEXIBLE)),
    "7.t2.locf": lambda: sizes_apart(mixed_model(T2, FLEXIBLE), carried(T2, FLEXIBLE)),
    "7.t1.locf": lambda: sizes_apart(mixed_model(T1, "84 mg + AD"), carried(T1, "84 mg + AD")),
    **{f"16.sd.{day}": lambda t=t: sd(T2, FLEXIBLE, t) for day, t in (("0", 0.0), ("15", WEEK2), ("28", END))},
    **{f"16.change.{day}": lambda t=t: sd(T2, FLEXIBLE, t, change=True) for day, t in (("15", WEEK2), ("28", END))},
    **{f"16.rho.{day}": lambda t=t: memory(t) for day, t in (("15", WEEK2), ("28", END))},
    **{f"16.china.{day}": lambda t=t: sd(CHINA, FLEXIBLE, t, change=True) for day, t in (("1", DAY), ("28", END))},
    "17.null": null,
}  # fmt: skip
