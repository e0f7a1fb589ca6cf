"""Our values of the check points of whole trials: from the page of the first fit, and from people conducted through two.

The people are those of `euthymia.calibration.safety`, conducted without effects of the trial.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np

import first_light
from euthymia.calibration.safety import LABEL_PEOPLE, Conducted, conducted
from euthymia.engine.stream import Stream
from euthymia.safety.readings import outlier_shares
from euthymia.safety.sedation import AWAKE
from euthymia.trials.monitoring import observe

SEED = 1
CADSS_MARK = 4.0  # points
DEEP = 3  # MOAA/S
ROWS = {  # of docs/first-light.md, by dose (mg) and time (h)
    (28, 2): "R0097", (28, 24): "R0098", (28, 168): "R0099",
    (56, 2): "R0110", (56, 24): "R0111", (56, 168): "R0112",
    (84, 2): "R0123", (84, 24): "R0124", (84, 168): "R0125",
}  # fmt: skip


@cache
def predicted() -> dict[str, float]:
    """Return the predicted means of docs/first-light.md by row."""
    lines = first_light.PAGE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if re.match(r"\| R\d{4} ", line)]
    return {row[0]: float(row[first_light.HEAD.index("predicted")]) for row in cells}


def weighed(value: Callable[[Conducted, np.ndarray], float], *, drug: bool = True) -> float:
    """Return a share of people on the drug or on placebo, percent, the two trials by their size."""
    found = []
    for name in LABEL_PEOPLE:
        trial = conducted(name, SEED)
        found.append(value(trial, trial.dosed if drug else ~trial.dosed))
    return float(np.average(found, weights=[people[0 if drug else 1] for people in LABEL_PEOPLE.values()]))


@cache
def _seen(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return systolic and diastolic readings [person, session, reading] and lowest MOAA/S [person, session]."""
    trial = conducted(name, SEED)
    seen = [
        observe(trial.monitor, exposure, trial.people, session)
        for exposure, session in zip(trial.exposures, trial.sessions, strict=True)
    ]
    SBP, DBP, MOAAS = (np.stack([getattr(one, what) for one in seen], axis=1) for what in ("SBP", "DBP", "MOAAS"))
    return SBP, DBP, MOAAS


def outliers(trial: Conducted, who: np.ndarray, mark: str) -> float:
    """Return the share of people who pass a mark of pressure at any session attended, percent."""
    SBP, DBP, _ = _seen(trial.id)
    return getattr(outlier_shares(SBP[who], DBP[who], trial.attended.T[who]), mark)


def dissociated(trial: Conducted, who: np.ndarray) -> float:
    """Return the share of people with a CADSS above 4 at any session attended, percent."""
    stream = Stream(SEED).fold("check points", "CADSS", trial.id)
    rated = [
        trial.monitor.rating.rate(exposure.CADSS.max(1), stream.normal(f"{place}", 0, who.size)[:, 0]) > CADSS_MARK
        for place, exposure in enumerate(trial.exposures)
    ]
    return 100.0 * float((np.stack(rated) & trial.attended)[:, who].any(0).mean())


def deeply_sedated(arm: str) -> float:
    """Return the share of an arm of the Japanese trial with MOAA/S 3 or below at any session attended, percent."""
    trial = conducted("japan-2b", SEED)
    hit = (_seen(trial.id)[2] <= DEEP) & trial.attended.T
    return 100.0 * float(hit[trial.members(arm)].any(1).mean())


def sedated(trial: Conducted, who: np.ndarray, *, visits: bool = False) -> float:
    """Return the share of people with any sedation, or of the visits at which it was seen, percent."""
    hit = (_seen(trial.id)[2][who] < AWAKE) & trial.attended.T[who]
    return 100.0 * float(hit.sum() / trial.attended.T[who].sum() if visits else hit.any(1).mean())


VALUES: dict[str, Callable[[], float]] = {
    **{f"madrs.{mg}.{t}": lambda row=row: predicted()[row] for (mg, t), row in ROWS.items()},
    **{f"trial.{name}{'' if drug else '.placebo'}":
       lambda mark=mark, drug=drug: weighed(lambda trial, who: outliers(trial, who, mark), drug=drug)
       for name, mark in (("SBP40", "SBP_rise"), ("DBP25", "DBP_rise"), ("SBP180", "SBP_level"), ("DBP110", "DBP_level"))
       for drug in (True, False)},
    "trial.CADSS": lambda: weighed(dissociated),
    "trial.CADSS.placebo": lambda: weighed(dissociated, drug=False),
    **{f"japan.MOAAS.{arm.split()[0]}": lambda arm=arm: deeply_sedated(arm)
       for arm in ("28 mg + AD", "56 mg + AD", "84 mg + AD", "placebo + AD")},
    "trial.sedation": lambda: weighed(sedated),
    "trial.sedation.visit": lambda: weighed(lambda trial, who: sedated(trial, who, visits=True)),
}  # fmt: skip
