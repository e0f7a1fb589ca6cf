"""Occupied serotonin transporters under one antidepressant or several, from their levels or their daily doses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from euthymia.evidence import load_record
from euthymia.models.exposure import Exposure
from euthymia.models.taken import Normals
from euthymia.pharmacology.body import spread
from euthymia.pharmacology.transporter import dose_occupancy, plasma_occupancy
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import HOURS_PER_DAY, Dose
from euthymia.treatment.drug import DrugClass

RECORD = "sert"
ACTIVE = {"fluoxetine": ("fluoxetine", "norfluoxetine")}  # what binds, where it is more than the drug itself


@cache
def bound_by_level() -> tuple[str, ...]:
    """Return the drugs whose occupancy is known from the level in plasma."""
    return tuple(name.removeprefix("EC50_") for name in load_record(RECORD) if name.startswith("EC50_"))


@cache
def bound_by_dose() -> tuple[str, ...]:
    """Return the drugs whose occupancy is known from the daily dose at steady state only."""
    fitted = {name.removeprefix("D50_").split("_")[0] for name in load_record(RECORD) if name.startswith("D50_")}
    return tuple(sorted(fitted - set(bound_by_level())))


def occupancy(
    exposure: Exposure, outputs: Mapping[str, np.ndarray], doses: Sequence[Dose], t: np.ndarray, normals: Normals
) -> np.ndarray | None:
    r"""Return the occupied share of serotonin transporters, [person, time]; None where no drug of theirs is known.

        theta = sum_i Omax_i x_i/(1 + sum_i x_i)                                                            (1)
        x_i = C_i/EC50_i, or D_i/D50_i                                                                      (2)

    Alone, each drug has its published hyperbola; that several compete for one site (Gaddum) is assumed. Where only
    occupancy by dose is known (venlafaxine, duloxetine), D is the amount taken within the last day and the share is at
    once that of steady state: neither its rise in the first days nor its washout is followed.

    Args:
        exposure: The drugs in the people.
        outputs: Outputs of the linear system, ng/mL, [person, time].
        doses: Everything that is given.
        t: Times, h.
        normals: Gives the standard normals of a drug's numbers.
    """
    if not any(find_drug(drug).kind is DrugClass.ORAL_ANTIDEPRESSANT for drug in {dose.drug for dose in doses}):
        return None  # known without reading the record
    parts = [*_by_level(exposure, outputs, normals), *_by_dose(doses, t, exposure.linear.persons)]
    if not parts:
        return None
    whole = 1.0 + sum(x for _, x in parts)
    return np.asarray(sum(ceiling * x for ceiling, x in parts) / whole)  # (1)


def _by_level(
    exposure: Exposure, outputs: Mapping[str, np.ndarray], normals: Normals
) -> list[tuple[float, np.ndarray]]:
    found = []
    for drug in exposure.drugs:
        if drug in bound_by_level():
            binding = ACTIVE.get(drug, (drug,))
            C = sum(outputs[level.output] for level in exposure.levels if level.substance in binding)
            law, name = plasma_occupancy(load_record(RECORD), drug), f"EC50_{drug}"
            parameter = load_record(RECORD)[name]
            EC50 = spread(parameter, parameter.omega * normals(drug)(name), "ng/mL")
            found.append((float(law.Omax), np.asarray(C) / EC50[:, None]))  # (2)
    return found


def _by_dose(doses: Sequence[Dose], t: np.ndarray, persons: int) -> list[tuple[float, np.ndarray]]:
    found = []
    for drug in sorted({dose.drug for dose in doses} & set(bound_by_dose())):
        law = dose_occupancy(load_record(RECORD), drug)
        mine = [dose for dose in doses if dose.drug == drug]
        D = sum(dose.amount * ((t > dose.t) & (t <= dose.t + HOURS_PER_DAY)) for dose in mine)  # mg in a day
        x = np.broadcast_to(np.asarray(D, dtype=float) / law.D50, (persons, t.size))  # (2)
        found.append((min(float(law.Vmax), 1.0), x))
    return found
