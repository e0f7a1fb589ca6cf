"""What the calibration trials taught, put in place of what the records held before: the default model's numbers.

    value = mode of the posterior,   cv = its relative SD,   for numbers that the trials inform

A number that the trials do not inform keeps its record's value and grade: it is a prior, and not called estimated.
"""

from __future__ import annotations

import math
from dataclasses import replace

from euthymia.evidence.grade import Grade
from euthymia.evidence.parameter import Parameter
from euthymia.evidence.posterior import FreeNumber, Posterior, Standing

RECORDS = ("amplitudes", "plasticity", "serotonin")  # what the chain, the people and their ratings are made of


def learned(parameters: tuple[Parameter, ...], kept: Posterior) -> tuple[Parameter, ...]:
    """Return parameters with those exchanged that a posterior informs.

    Args:
        parameters: Of one record.
        kept: The posterior.
    """
    found = {number.name: number for number in kept.numbers if number.standing is Standing.ESTIMATED}
    return tuple(_exchanged(one, found[one.full_name], kept) if one.full_name in found else one for one in parameters)


def relative_sd(number: FreeNumber) -> float:
    """Return the SD of a number after the trials over its value, both to first order on the scale of its prior."""
    sd = number.width * number.sd
    return math.sqrt(math.expm1(sd**2)) if number.scale == "log" else (1.0 - number.value) * sd


def _exchanged(parameter: Parameter, number: FreeNumber, kept: Posterior) -> Parameter:
    """Return a parameter as the trials leave it; its note tells the interval, and what was believed before them."""
    low, high = number.interval
    told = (
        f"{low:.3g} to {high:.3g} {number.unit} after {len(kept.trials)} calibration trials (90 %); "
        f"{number.centre:.4g} before them, by a prior of width {number.width:.2g} on the {number.scale} scale "
        f"({parameter.grade.value})"
    )
    spread = (parameter.iiv_grade or parameter.grade) if parameter.iiv_scale else None
    return replace(
        parameter,
        value=number.value,
        cv=relative_sd(number),
        grade=Grade.FITTED,
        iiv_grade=spread,
        command=kept.command,
        note=f"{told}; {parameter.note}" if parameter.note else told,
    )
