"""Our values of facts 8 to 11: infusions of ketamine, once and repeatedly."""

from __future__ import annotations

import numpy as np

from euthymia.trials.catalogue import load_trial
from euthymia.trials.data import TrialData
from fact_estimate import Estimate, Value, mean, of_all, ratio
from fact_trials import (
    USUALLY,
    WEEK,
    a_day_after,
    a_week_after,
    by_row,
    changes,
    conducted,
    place,
    responding,
    trial,
    with_saline,
    with_visits,
)

DAY, THREE_DAYS = 24.0, 72.0  # h
CONTROLLED, SIX, OPEN, DOSES = "murrough-2013", "murrough-2013-six", "phillips-2019", "fava-2020"


def after_infusion(control: str) -> TrialData:
    """Return one infusion of ketamine against midazolam, or against saline."""
    midazolam = control == "midazolam"
    return conducted(load_trial(CONTROLLED) if midazolam else with_saline(CONTROLLED), USUALLY)


def response(data: TrialData, arm: str, t: float = DAY) -> np.ndarray:
    """Return an arm's response, percent, [replicate]."""
    return responding(data, arm, t)


def single() -> TrialData:
    """Return one infusion followed for a week."""
    design = with_visits(CONTROLLED, a_day_after(THREE_DAYS), a_week_after(WEEK))
    return conducted(design, USUALLY)


def pooled(t: float) -> Estimate:
    """Return the response after one infusion, percent."""
    return mean(response(single(), "ketamine", t))


def relapse(dose: str) -> np.ndarray:
    """Return counts of relapsed and of all early responders of a dose, [replicate, 2]."""
    data = trial(DOSES)
    phase, rule = data.phases[0], data.trial.relapse
    assert rule is not None
    early, late = (phase.MADRS[..., place(data, t)] for t in (THREE_DAYS, 336.0))
    better = phase.members((f"ketamine {dose}",)) & (early <= 0.5 * phase.baseline)
    return np.stack([(better & (late >= rule.threshold)).sum(1), better.sum(1)], axis=1)


def share(counts: np.ndarray) -> float:
    """Return the share of all people of all replicates, percent."""
    return 100.0 * float(counts[:, 0].sum() / counts[:, 1].sum())


def order() -> Estimate:
    """Return the smallest fall of relapse from one dose to the next, percent."""
    return of_all(
        lambda *doses: float(min(-np.diff([share(dose) for dose in doses]))),
        *(relapse(dose) for dose in ("0.1", "0.5", "1.0")),
    )


def accumulated() -> Estimate:
    """Return the response after six infusions over the response a day after the first, Phillips 2019."""
    data = conducted(with_visits(OPEN, a_day_after(DAY)), USUALLY)
    return ratio(responding(data, "open infusions", 336.0), responding(data, "open infusions", DAY))


def infusions(*arms: str) -> np.ndarray:
    """Return the mean change at day 15 of arms of Singh 2016, [replicate]."""
    found = [np.nanmean(changes(trial("singh-2016"), arm, 336.0), axis=1) for arm in arms]
    return np.mean(found, axis=0)


TWICE, THRICE = "ketamine twice weekly", "ketamine thrice weekly"
SALINE = ("placebo twice weekly", "placebo thrice weekly")
VALUES: dict[str, Value] = {
    "8.ketamine": lambda: mean(
        response(after_infusion("midazolam"), "ketamine") - response(after_infusion("saline"), "ketamine")
    ),
    "8.control": lambda: mean(
        response(after_infusion("midazolam"), "midazolam") - response(after_infusion("saline"), "midazolam")
    ),
    "8.murrough.ketamine": lambda: by_row("R0260"),
    "8.murrough.midazolam": lambda: by_row("R0261"),
    "9.24h": lambda: pooled(DAY),
    "9.72h": lambda: pooled(THREE_DAYS),
    "9.7d": lambda: pooled(WEEK),
    "9.falls": lambda: mean(response(single(), "ketamine") - response(single(), "ketamine", WEEK)),
    **{f"9.relapse.{dose}": lambda dose=dose: of_all(share, relapse(dose)) for dose in ("0.1", "0.5", "1.0")},
    "9.order": order,
    "10.six": lambda: by_row("R0287"),
    "10.first": lambda: by_row("R0286"),
    "10.phillips": lambda: by_row("R0454"),
    "10.ratio": accumulated,
    "11.frequency": lambda: mean(infusions(TWICE) - infusions(THRICE)),
    "11.drug": lambda: mean(infusions(TWICE, THRICE) - infusions(*SALINE)),
}
