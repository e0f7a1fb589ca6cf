"""A trial's design in words: the same facts for the terminal and the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from euthymia.report import design_rules, design_running, words
from euthymia.report.tables import Column, Table, table

if TYPE_CHECKING:
    from euthymia.trials.design import Arm, Baseline, Phase, PopulationSpec, Titration, Trial, Visit


@dataclass(frozen=True)
class Fact:
    """One line of a description."""

    label: str
    text: str


def design_facts(trial: Trial) -> list[Fact]:
    """Return what a reader asks of a design: who, against what, when, and how it is judged."""
    facts = [
        Fact("Name", trial.id),
        Fact("Registry", trial.registry),
        Fact("Published as", trial.citation),
        Fact("Used for", str(trial.split)),
        Fact("People", _people(trial.population)),
        Fact("Screening", design_running.screening(trial)),
        Fact("Enrolment", design_running.enrolment(trial)),
        Fact("Adherence", design_running.adherence(trial)),
        Fact("Randomisation", design_running.randomisation(trial)),
        Fact("Control", trial.control_text or str(trial.control)),
        Fact("Visits", "; ".join(map(_visit, trial.visits))),
        Fact("Sites", f"{trial.sites} in {trial.regions} regions" if trial.sites > 1 else ""),
        Fact("Beliefs", "move ratings" if trial.expectation else "do not move ratings"),
        Fact("Primary endpoint", f"{trial.primary.endpoint}, {trial.primary.visit}, {trial.primary.analysis}"),
        Fact("Response", f"{trial.scale} fallen by at least {100 * trial.response.fall:g} % of its baseline"),
        Fact("Remission", f"{trial.scale} of at most {trial.remission.threshold:g} points"),
        Fact("Relapse", _relapse(trial)),
        Fact("Leaving", design_rules.leaving(trial)),
        Fact("Published rows", str(len(trial.published)) if trial.published else ""),
        Fact("Not verified", ", ".join(trial.unverified)),
    ]
    return [fact for fact in facts if fact.text]


def design_tables(trial: Trial) -> list[Table]:
    """Return a table a phase, with its arms, their treatment, and where they start."""
    columns = (
        Column("Arm"),
        Column("n", numeric=True),
        Column("Treatment"),
        Column("With"),
        Column("MADRS at the start", numeric=True),
    )
    return [table(_span_of(phase), columns, [_arm_row(arm) for arm in phase.arms]) for phase in trial.phases]


def _people(population: PopulationSpec) -> str:
    parts = [
        population.name,
        f"{population.age_low:g} to {population.age_high:g} years (mean {population.age_mean:g})",
        f"{100 * population.women:.0f} % women",
    ]
    if population.MADRS_min is not None:
        parts.append(f"MADRS of at least {population.MADRS_min:g}")
    if population.HAMD17_min is not None:
        parts.append(f"HAMD17 of at least {population.HAMD17_min:g}")
    if population.suicidal_ideation:
        parts.append("suicidal ideation is no reason to keep somebody out")
    if population.prior_failures_min is not None:
        fall = population.prior_failure_fall
        failed = "without response" if fall is None else f"with a fall of less than {100 * fall:g} %"
        parts.append(f"at least {population.prior_failures_min} earlier treatments {failed}")
    return "; ".join(parts)


def _visit(visit: Visit) -> str:
    besides = "".join(f", {scale} besides" for scale in visit.scales)
    return f"{visit.label} ({_recall(visit.recall.hours)}{besides})"


def _recall(hours: float) -> str:
    return f"looks back {words.span(hours)}" if hours else "rates the moment"


def _relapse(trial: Trial) -> str:
    rule = trial.relapse
    if rule is None:
        return ""
    jumps = "; what care gave can be lost at once" if trial.relapse_jumps else ""
    return f"MADRS of at least {rule.threshold:g} on {rule.consecutive} ratings in a row{jumps}"


def _span_of(phase: Phase) -> str:
    opened = "" if phase.masking == "blind" else f", {phase.masking}"
    return f"{phase.name}: day {phase.start / 24 + 1:g} to day {phase.end / 24 + 1:g}{opened}"


def _arm_row(arm: Arm) -> tuple[str, ...]:
    baseline = arm.baseline
    return (
        f"{arm.name} (reference)" if arm.reference else arm.name,
        words.NO_VALUE if arm.n is None else str(arm.n),
        "; ".join(_treatment(arm)),
        arm.comedication.text or str(arm.comedication.kind),
        words.NO_VALUE if baseline is None else _baseline(baseline),
    )


def _baseline(baseline: Baseline) -> str:
    by = "" if baseline.scale == "MADRS" else f" on the {baseline.scale}"
    return f"{words.number(baseline.mean)} (SD {words.number(baseline.sd)}){by}"


def _treatment(arm: Arm) -> Iterator[str]:
    yield str(arm.regimen) or "no study drug"
    if arm.therapy:
        yield f"therapy {arm.therapy}"
    if arm.titration is not None:
        yield _titration(arm.titration)
    yield from map(design_rules.rule, arm.rules)
    if arm.entry is not None:
        low, below = arm.entry.MADRS_min, arm.entry.MADRS_below
        bounds = [f"MADRS of at least {low:g}"] if low is not None else []
        bounds += [f"MADRS below {below:g}"] if below is not None else []
        fall, stable = arm.entry.fall_min, arm.entry.stable
        bounds += [f"MADRS fallen by at least {100 * fall:g} %"] if fall is not None else []
        less = arm.entry.fall_below
        bounds += [f"MADRS fallen by less than {100 * less:g} %"] if less is not None else []
        if stable is not None:
            bounds.append(f"MADRS of at most {stable.threshold:g} on {stable.at_least} of the last {stable.of} ratings")
        yield f"enters from {arm.entry.from_arm}" + (f" with {' and '.join(bounds)}" if bounds else "")


def _titration(titration: Titration) -> str:
    levels = " or ".join(f"{level:g}" for level in titration.levels)
    decided = ", ".join(f"{t / 24 + 1:g}" for t in titration.decide_at)
    rule = f"raised when {titration.raise_when}, held when {titration.hold_when}"
    rule += "" if titration.lower_when == "never" else f", lowered when {titration.lower_when}"
    return f"titrated {levels} mg from {titration.start:g} mg, decided on day {decided}: {rule}"
