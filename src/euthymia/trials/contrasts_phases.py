"""What a trial plans to compare over several phases, as contrasts of its summary: a cross-over, or two stages."""

from __future__ import annotations

import numpy as np

from euthymia.trials.aims import estimand_of
from euthymia.trials.comparisons import OVER_PHASES, phases_compared, primary_phase, reference_name, treated_arms
from euthymia.trials.data import TrialData
from euthymia.trials.design import Endpoint
from euthymia.trials.endings import counted
from euthymia.trials.estimates import SE, VALUE
from euthymia.trials.power_analysis import primary_analysis
from euthymia.trials.power_operating import judged
from euthymia.trials.replicates import interval
from euthymia.trials.results import Contrast

ALPHA = 0.05


def contrasts_over_phases(data: TrialData) -> list[Contrast]:
    """Return the planned comparison over several phases, a row for each group.

    There is none where a trial does not plan it, or plans it of responses.

    Args:
        data: The conducted trial.
    """
    trial = data.trial
    if trial.primary.analysis not in OVER_PHASES or trial.primary.endpoint is not Endpoint.MADRS_CHANGE:
        return []
    found, reference = primary_analysis(data), reference_name(trial)
    rows = found.rows(np.full(found.value.shape, np.nan))
    visit = next(visit for visit in trial.visits if visit.label == trial.primary.visit)
    names = " and ".join(phase.name for phase in phases_compared(trial))
    made = []
    for place, name in enumerate(treated_arms(trial)):
        one = rows[:, place]
        known = np.isfinite(one[:, VALUE])
        made.append(
            Contrast(
                *(name, reference, names, visit.label, visit.t - primary_phase(trial).start),
                str(trial.primary.analysis),
                difference=interval(one[:, VALUE]),
                se=float(one[known, SE].mean()) if known.any() else float("nan"),
                significant=float(judged(one, ALPHA).significant[known].mean()) if known.any() else float("nan"),
                scale=str(trial.scale),
                primary=True,
                estimand=estimand_of(trial, name, reference).words,
                fits=counted(found.code[:, place], mixed=False),
            )
        )
    return made
