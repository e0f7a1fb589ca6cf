"""Where a number came from, in a few lines for the screen."""

from __future__ import annotations

from dataclasses import dataclass

from euthymia.evidence.citation import reference
from euthymia.evidence.parameter import Parameter
from euthymia.evidence.record import find


@dataclass(frozen=True)
class Explanation:
    """A parameter with the source that stands behind it; printing it gives the whole story.

    Attributes:
        parameter: The number.
        source: Short citation, or an empty string where no source is named.
    """

    parameter: Parameter
    source: str

    def __str__(self) -> str:
        p = self.parameter
        told = [
            f"{p.full_name} = {p.value:g} {p.unit}".removesuffix(" 1"),
            f"  meaning      {p.meaning}",
            f"  grade        {p.grade.value}",
            f"  source       {self.source or 'none'}" + (f", {p.where}" if p.where else ""),
            f"  uncertainty  {uncertainty(p) or 'not known'}",
            f"  people       {between_subjects(p) or 'not said to differ'}",
        ]
        told += [f"  command      {p.command}"] if p.command else []
        told += [f"  note         {p.note}"] if p.note else []
        return "\n".join(told)


def explain(name: str) -> Explanation:
    """Return the value, unit, source, place and grade of one parameter, ready to print.

    Args:
        name: Full name, such as ``esketamine.ka_n``.

    Raises:
        UnknownNameError: When no parameter has that name; it gives the nearest.

    Example:
        >>> print(str(explain("esketamine.ka_n")).splitlines()[0])
        esketamine.ka_n = 2.93 1/h
    """
    parameter = find(name)
    return Explanation(parameter, reference(parameter.source).short if parameter.source else "")


def uncertainty(parameter: Parameter) -> str:
    """Return the uncertainty of the typical value as text, empty where it is not known."""
    return "" if parameter.cv is None else f"relative SD {100 * parameter.cv:.3g} %"


def between_subjects(parameter: Parameter) -> str:
    """Return how people differ as text, empty where they are not said to."""
    if parameter.iiv_scale is None:
        return ""
    grade = f" ({parameter.iiv_grade.value})" if parameter.iiv_grade else ""
    return f"SD {parameter.omega:.3g} {parameter.iiv_scale.value}{grade}"
