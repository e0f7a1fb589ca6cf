"""Our values of facts 14 and 15: what rises with the dose, when it peaks, and how often thresholds are crossed."""

from __future__ import annotations

import numpy as np

import checkpoint_safety as typical_person
import checkpoint_trials
from euthymia.evidence import load_record
from euthymia.models.defaults import default_safety
from euthymia.trials.data import SAFETY_MINUTES
from fact_estimate import Estimate, Value, exact, mean, of_all, ratio
from fact_trials import by_row, trial, values

DOSE, OVER, PEAK = 84.0, 90.0, 40.0  # mg; min
CLINICS = (16.0, 7.4, 3.28)  # mmHg, rows R0327, R0329, R0331


def systolic() -> np.ndarray:
    """Return the typical systolic rise after 84 mg at the minutes of `checkpoint_safety.T`, mmHg."""
    drive = typical_person.drive(typical_person.SPRAY, typical_person.NASAL, DOSE)
    return np.asarray(default_safety().pressure.systolic(drive))


def rises() -> Estimate:
    """Return the smallest step of the largest systolic rise from one dose to the next, mmHg."""
    doses = [values(row) for row in ("R0235", "R0237", "R0239")]
    return of_all(lambda *arms: float(min(np.diff([arm.mean() for arm in arms]))), *doses)


def repeated() -> Estimate:
    """Return the mean CADSS at the last session over that at the first, on 56 mg throughout."""
    data = trial("transform-1")
    who = data.phases[0].members(("56 mg + AD",))[..., None]
    scores = np.where(who, data.safety.CADSS[..., SAFETY_MINUTES.index(PEAK)], np.nan)
    sessions = np.nanmean(scores, axis=1)
    return ratio(sessions[:, -1], sessions[:, 0])


def cohorts() -> float:
    """Return the SD of the mean rise between cohorts around the mean of the three clinics, mmHg."""
    omega = load_record("pressure").value("omega_cohort", "1")
    return float(np.mean(CLINICS) * np.sqrt(np.expm1(omega**2)))


MILLIGRAMS = ("28", "56", "84", "placebo")
CROSSED = {"SBP40": "SBP40", "DBP25": "DBP25", "CADSS4": "CADSS"}  # as the check points call them
ROWS = {
    **{f"14.SBP.{arm}": row for arm, row in zip(MILLIGRAMS, ("R0235", "R0237", "R0239", "R0241"), strict=True)},
    **{f"14.MOAAS.{arm}": row for arm, row in zip(MILLIGRAMS, ("R0243", "R0244", "R0245", "R0246"), strict=True)},
    **{f"14.reported.{arm}": row for arm, row in zip(MILLIGRAMS, ("R0203", "R0204", "R0205", "R0206"), strict=True)},
    **{f"14.synapse.{arm}": row for arm, row in zip(MILLIGRAMS, ("R0094", "R0107", "R0120", "R0084"), strict=True)},
    **{f"14.japan.{arm}": row for arm, row in zip(MILLIGRAMS, ("R0154", "R0155", "R0156"), strict=False)},
    **{"15.CADSS.mean": "R0247", "15.reported.t1": "R0022", "15.reported.t2": "R0056"},
}
VALUES: dict[str, Value] = {
    **{part: lambda row=row: by_row(row) for part, row in ROWS.items()},
    "14.SBP.rises": rises,
    "14.mood.japan": lambda: mean(values("R0156") - values("R0155")),
    "14.mood.synapse": lambda: mean(values("R0120") - values("R0107")),
    "15.CADSS.peak": lambda: exact(typical_person.when(typical_person.spray(DOSE))),
    "15.CADSS.over": lambda: exact(typical_person.share(typical_person.spray(DOSE), OVER)),
    "15.SBP.peak": lambda: exact(typical_person.when(systolic())),
    "15.SBP.over": lambda: exact(typical_person.share(systolic(), OVER)),
    "15.repeats": repeated,
    **{
        f"15.{part}{arm}": lambda mark=mark, arm=arm: exact(checkpoint_trials.VALUES[f"trial.{mark}{arm}"]())
        for part, mark in CROSSED.items()
        for arm in ("", ".placebo")
    },
    "15.cohorts": lambda: exact(cohorts()),
}
