"""Intercurrent events of a trial: which it has, which strategies an analysis answers for, and which are planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from euthymia.trials.design import Analysis, Endpoint, Primary, Trial, arms_of
from euthymia.trials.estimand import NO_STRATUM, Handling, IntercurrentEvent, Strategy
from euthymia.trials.rules import Action

# Where nobody is rated after leaving, a mixed model, an analysis of covariance of those seen, and times that end where
# people leave take those who left to be like those who stayed; what is carried forward tells of people until then.
USUAL = {
    Analysis.MMRM: Strategy.HYPOTHETICAL,
    Analysis.ANCOVA: Strategy.HYPOTHETICAL,
    Analysis.ANCOVA_LOCF: Strategy.WHILE_ON_TREATMENT,
    Analysis.HAZARDS: Strategy.HYPOTHETICAL,
    Analysis.LOGISTIC: Strategy.HYPOTHETICAL,
    Analysis.CROSS_OVER: Strategy.HYPOTHETICAL,
    Analysis.SPCD: Strategy.HYPOTHETICAL,
}
AT_ONE_VISIT = (Analysis.ANCOVA, Analysis.ANCOVA_LOCF, Analysis.LOGISTIC)  # the last value before can stand there
ACTIONS = {IntercurrentEvent.RESCUE: Action.RESCUE, IntercurrentEvent.SWITCH: Action.SWITCH}
_NOBODY = {
    IntercurrentEvent.RESCUE: "nobody is given rescue treatment here",
    IntercurrentEvent.SWITCH: "nobody changes arm here",
}
_NOT_FOLLOWED = (
    "; nobody is rated after leaving: let a share be followed (dropout.followed), or assume what followed with "
    "`reference_based` of euthymia.trials.imputed"
)


def events_of(trial: Trial) -> tuple[IntercurrentEvent, ...]:
    """Return the intercurrent events that people of a trial can have: leaving, and others where a rule brings them."""
    actions = {rule.action for arm in arms_of(trial) for rule in arm.rules}
    return (IntercurrentEvent.DISCONTINUATION, *(event for event, action in ACTIONS.items() if action in actions))


def followed_up(trial: Trial) -> bool:
    """Return whether people are rated after they stopped the study treatment."""
    return trial.dropout.followed > 0.0 or any(
        rule.action is Action.STOP for arm in arms_of(trial) for rule in arm.rules
    )


def strategies(trial: Trial, event: IntercurrentEvent = IntercurrentEvent.DISCONTINUATION) -> tuple[Strategy, ...]:
    """Return the strategies for an event that the planned analysis can answer for, the usual one first."""
    analysis, endpoint = trial.primary.analysis, trial.primary.endpoint
    failure = endpoint is Endpoint.TIME_TO_RELAPSE or (endpoint is Endpoint.RESPONSE and analysis is not Analysis.SPCD)
    composite = (Strategy.COMPOSITE,) if failure else ()
    carried = analysis is Analysis.ANCOVA_LOCF
    if event is IntercurrentEvent.DISCONTINUATION:
        policy = (Strategy.TREATMENT_POLICY,) if followed_up(trial) and not carried else ()
        return (USUAL[analysis], *composite, *policy)
    before = (Strategy.WHILE_ON_TREATMENT,) if analysis in AT_ONE_VISIT else ()
    hypothetical = () if carried else (Strategy.HYPOTHETICAL,)
    return (Strategy.TREATMENT_POLICY, *hypothetical, *before, *composite)


def written(primary: Primary, event: IntercurrentEvent) -> Strategy | None:
    """Return the strategy that a plan names for an event; None where it names none."""
    return {
        IntercurrentEvent.DISCONTINUATION: primary.discontinuation,
        IntercurrentEvent.RESCUE: primary.rescue,
        IntercurrentEvent.SWITCH: primary.switch,
    }[event]


def strategy_of(trial: Trial, event: IntercurrentEvent = IntercurrentEvent.DISCONTINUATION) -> Strategy:
    """Return the strategy for an event: the one written where the analysis answers for it, or the usual one."""
    answered, asked = strategies(trial, event), written(trial.primary, event)
    return asked if asked is not None and asked in answered else answered[0]


def handling_of(
    trial: Trial, analysis: Analysis | None = None, endpoint: Endpoint | None = None
) -> tuple[Handling, ...]:
    """Return every event of a trial with its strategy.

    Args:
        trial: The design.
        analysis: Another analysis than the planned one; where it does not answer for what is planned, its usual
            strategy stands.
        endpoint: Another endpoint, likewise.
    """
    planned = trial.primary
    other = replace(planned, analysis=analysis or planned.analysis, endpoint=endpoint or planned.endpoint)
    shown = replace(trial, primary=other)
    return tuple(Handling(event, strategy_of(shown, event)) for event in events_of(trial))


def with_leaving(handling: tuple[Handling, ...], strategy: Strategy) -> tuple[Handling, ...]:
    """Return the same events with another strategy for leaving."""
    leaving = IntercurrentEvent.DISCONTINUATION
    return tuple(Handling(one.event, strategy) if one.event is leaving else one for one in handling)


def as_if_without(trial: Trial) -> Trial:
    """Return the trial in which no event happens of those that the plan asks to think away, with the same people.

    Rules keep their places, so that nobody's draws move.
    """
    away = {one.event for one in handling_of(trial) if one.strategy is Strategy.HYPOTHETICAL}
    actions = {ACTIONS[event] for event in away if event in ACTIONS}
    dropout = trial.dropout
    if IntercurrentEvent.DISCONTINUATION in away:
        actions.add(Action.STOP)
        dropout = replace(dropout, followed=0.0)
    phases = tuple(
        replace(
            phase,
            arms=tuple(
                replace(
                    arm,
                    rules=tuple(replace(rule, share=0.0) if rule.action in actions else rule for rule in arm.rules),
                )
                for arm in phase.arms
            ),
        )
        for phase in trial.phases
    )
    found = replace(trial, phases=phases, dropout=dropout)
    return trial if found == trial else found


def problems(trial: Trial) -> Iterator[tuple[str, str]]:
    """Yield the key and the fault of each strategy that the planned analysis cannot answer for."""
    primary, has = trial.primary, events_of(trial)
    for event in IntercurrentEvent:
        asked, path = written(primary, event), f"primary.{event}"
        if asked is None:
            continue
        if event not in has:
            rule = "no rule of an arm says so ([[phases.arms.rules]])"
            yield path, f"given {asked.value!r}; {_NOBODY[event]}: {rule}; leave it out"
        elif asked is Strategy.PRINCIPAL_STRATUM:
            yield path, f"given {asked.value!r}; {NO_STRATUM}"
        elif asked not in strategies(trial, event):
            allowed = ", ".join(repr(one.value) for one in strategies(trial, event))
            answers = f"the analysis {primary.analysis.value!r} of {primary.endpoint.value!r} answers for"
            more = "" if asked is not Strategy.TREATMENT_POLICY or followed_up(trial) else _NOT_FOLLOWED
            yield path, f"given {asked.value!r}; {answers} {allowed}{more}"
