"""The words that a command and a page take for kidneys and liver, read without numerics."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from euthymia.models.condition import Condition


class Kidneys(StrEnum):
    """Impairment of the kidney."""

    NORMAL = "normal"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Liver(StrEnum):
    """Child-Pugh class of the liver."""

    NORMAL = "normal"
    A = "A"
    B = "B"
    C = "C"


def condition_of(kidneys: Kidneys, liver: Liver, alongside: tuple[str, ...]) -> Condition:
    """Return the condition of people with these organs who take other drugs all the time."""
    from euthymia.models.condition import Condition
    from euthymia.pharmacology.covariates import ChildPugh, Renal

    return Condition(Renal[kidneys.name], ChildPugh[liver.name], alongside)
