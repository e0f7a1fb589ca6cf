"""How a trial is run from day to day, in words; empty where its file does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from euthymia.report import words

if TYPE_CHECKING:
    from euthymia.trials.design import Trial


def screening(trial: Trial) -> str:
    """Return who comes to screening, and whom it keeps out."""
    rules = trial.screening
    if rules is None:
        return ""
    parts = [
        f"{words.span(rules.before)} before, of people with a {rules.scale} of {rules.mean:g} (SD {rules.sd:g})",
    ]
    if rules.inflation:
        parts.append(f"raters lift totals that fall short by at most {rules.inflation:g}")
    if rules.improved_max is not None:
        parts.append(f"nobody is let in who falls by more than {100 * rules.improved_max:g} %")
    if rules.other_failures:
        parts.append(f"{100 * rules.other_failures:g} % are kept out for other reasons")
    return "; ".join(parts)


def enrolment(trial: Trial) -> str:
    """Return over which time people are randomised."""
    if trial.enrolment is None:
        return ""
    return f"over {words.span(trial.enrolment.duration)}, {trial.enrolment.pattern}"


def adherence(trial: Trial) -> str:
    """Return what people take of what they are to take."""
    rules = trial.adherence
    if rules is None:
        return ""
    parts = [f"{100 * rules.missed:g} % of dosing visits are missed"]
    if rules.partial:
        parts.append(f"at {100 * rules.partial:g} % only {100 * rules.fraction:g} % of the dose is taken")
    spread = f" (SD {100 * rules.tablets_sd:g} %)" if rules.tablets_sd else ""
    return "; ".join([*parts, f"tablets are taken on {100 * rules.tablets:g} % of days{spread}"])


def randomisation(trial: Trial) -> str:
    """Return how people are allotted to arms."""
    rules = trial.randomisation
    if rules is None:
        return ""
    within = f" within strata by {' and '.join(rules.strata)}" if rules.strata else ""
    return f"in blocks of {rules.block}{within}"
