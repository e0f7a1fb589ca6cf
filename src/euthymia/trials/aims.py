"""What the planned analysis of a trial estimates, and which endpoints and summaries an analysis can answer for."""

from __future__ import annotations

from collections.abc import Iterator

from euthymia.symptoms.scale import Scale
from euthymia.trials import intercurrent
from euthymia.trials.comparisons import OVER_PHASES, phases_compared, since_start
from euthymia.trials.design import Analysis, Endpoint, Primary, Trial
from euthymia.trials.estimand import Estimand, SummaryMeasure

ANALYSES = {
    Endpoint.MADRS_CHANGE: (
        *(Analysis.MMRM, Analysis.ANCOVA, Analysis.ANCOVA_LOCF),
        *(Analysis.CROSS_OVER, Analysis.SPCD),
    ),
    Endpoint.RESPONSE: (Analysis.MMRM, Analysis.ANCOVA, Analysis.ANCOVA_LOCF, Analysis.LOGISTIC, Analysis.SPCD),
    Endpoint.TIME_TO_RELAPSE: (Analysis.HAZARDS,),
}
SUMMARIES = {
    Endpoint.MADRS_CHANGE: (SummaryMeasure.MEAN_DIFFERENCE,),
    Endpoint.RESPONSE: (SummaryMeasure.RISK_DIFFERENCE, SummaryMeasure.ODDS_RATIO),
    Endpoint.TIME_TO_RELAPSE: (SummaryMeasure.HAZARD_RATIO,),
}


def summary_of(primary: Primary) -> SummaryMeasure:
    """Return how arms are compared: as written, or as is usual for the endpoint."""
    return primary.summary or SUMMARIES[primary.endpoint][0]


def estimand_of(trial: Trial, arm: str, reference: str) -> Estimand:
    """Return what the primary analysis of a trial estimates for one arm."""
    endpoint = trial.primary.endpoint
    variable = change_of(trial.scale) if endpoint is Endpoint.MADRS_CHANGE else str(endpoint)
    return Estimand(
        variable=variable,
        visit=_when(trial),
        population=_people(trial),
        arm=arm,
        reference=reference,
        handling=intercurrent.handling_of(trial),
        summary=summary_of(trial.primary),
    )


def _when(trial: Trial) -> str:
    if trial.primary.endpoint is Endpoint.TIME_TO_RELAPSE:
        return ""
    if trial.primary.analysis not in OVER_PHASES:
        return trial.primary.visit
    names = " and ".join(phase.name for phase in phases_compared(trial))
    return f"{since_start(trial):g} h after the start of each of {names}"


def _people(trial: Trial) -> str:
    """Return whom the question is about; two populations with their weights, where there are two stages."""
    name, weight = trial.population.name, trial.primary.weight
    if trial.primary.analysis is not Analysis.SPCD or weight is None:
        return name
    return f"{name}, all of them weighing {weight:g} and those randomised again {1.0 - weight:g}"


def change_of(scale: Scale) -> str:
    """Return in words the change of a scale."""
    return f"change of the {scale} from baseline"


def problems(trial: Trial) -> Iterator[tuple[str, str]]:
    """Yield the key and the fault of each part of a primary analysis that it cannot answer for."""
    primary = trial.primary
    if primary.analysis not in ANALYSES[primary.endpoint]:
        allowed = ", ".join(repr(one.value) for one in ANALYSES[primary.endpoint])
        yield "primary.analysis", f"given {primary.analysis.value!r}; for {primary.endpoint.value!r} allowed: {allowed}"
    if primary.endpoint is Endpoint.TIME_TO_RELAPSE and trial.relapse is None:
        yield "relapse", "missing; a time to relapse needs what a relapse is: [relapse] with threshold and consecutive"
    yield from intercurrent.problems(trial)
    if primary.summary is not None and primary.summary not in SUMMARIES[primary.endpoint]:
        allowed = ", ".join(repr(one.value) for one in SUMMARIES[primary.endpoint])
        yield "primary.summary", f"given {primary.summary.value!r}; for {primary.endpoint.value!r} allowed: {allowed}"
