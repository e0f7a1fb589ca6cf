"""What happens to people by rule, and how they leave, in words; empty where a trial's file does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from euthymia.trials.design import Trial
    from euthymia.trials.rules import Rule


def rule(one: Rule) -> str:
    """Return what a rule does, to whom, and when."""
    asked = []
    if one.fall_below is not None:
        asked.append(f"fallen by less than {100 * one.fall_below:g} %")
    if one.MADRS_min is not None:
        asked.append(f"MADRS of at least {one.MADRS_min:g}")
    if one.intolerable:
        asked.append("last dosing visit intolerable")
    share = "" if one.share is None else f"{100 * one.share:g} % "
    whom = f"{share}of those with {' and '.join(asked)}" if asked and share else f"if {' and '.join(asked)}"
    whom = whom if asked else f"{share}of all"
    told = "; told what it is" if one.unblinds else ""
    return f"{_what(one)} at {', '.join(one.at)}: {whom}{told}"


def leaving(trial: Trial) -> str:
    """Return how many leave, of whom, for which reasons, and what becomes of them."""
    dropout = trial.dropout
    parts = [] if dropout.overall is None else [f"{100 * dropout.overall:.1f} % of all"]
    parts += [f"{100 * each.all_cause:.1f} % of {each.arm}" for each in dropout.arms if each.all_cause is not None]
    parts += ["who leaves depends on how people are"] if dropout.informative else []
    parts += [f"{100 * dropout.followed:g} % of them only stop treatment"] if dropout.followed else []
    return "; ".join(parts)


def _what(one: Rule) -> str:
    if one.regimen is not None:
        return f"rescue with {one.regimen}, day 1 being that of the visit,"
    return f"switch to {one.to_arm}" if one.to_arm else {"stop": "stop treatment", "leave": "leave"}[one.action.value]
