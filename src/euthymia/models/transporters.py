"""Occupied serotonin transporters under one antidepressant or several, from levels or from what is taken a day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from euthymia.engine.mechanism import Scalar
from euthymia.evidence import load_record
from euthymia.models.exposure import Exposure
from euthymia.models.following import Given, with_states
from euthymia.models.reads import OUTPUT_NAMES
from euthymia.models.taken import Normals
from euthymia.pharmacology.body import spread
from euthymia.pharmacology.transporter import dose_occupancy, plasma_occupancy
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import HOURS_PER_DAY, Dose
from euthymia.treatment.drug import DrugClass

RECORD = "sert"
ACTIVE = {"fluoxetine": ("fluoxetine", "norfluoxetine")}  # what binds, where it is more than the drug itself
USUAL = "an oral antidepressant"  # one that is not named, at its usual dose
BOUND, LOAD = OUTPUT_NAMES["bound"], OUTPUT_NAMES["load"]


@dataclass(frozen=True)
class Daily:
    """A drug that is taken daily, without kinetics of its own.

    Attributes:
        drug: Its name, or `USUAL`.
        amount: Taken a day, mg (of `USUAL`: usual doses), a number or [person].
        start: From when on, h.
        stop: Until when, h.
    """

    drug: str
    amount: Scalar
    start: float
    stop: float


@cache
def bound_by_level() -> tuple[str, ...]:
    """Return the drugs whose occupancy is known from the level in plasma."""
    return tuple(name.removeprefix("EC50_") for name in load_record(RECORD) if name.startswith("EC50_"))


@cache
def bound_by_dose() -> tuple[str, ...]:
    """Return the drugs whose occupancy is known from the daily dose at steady state."""
    fitted = {name.removeprefix("D50_").split("_")[0] for name in load_record(RECORD) if name.startswith("D50_")}
    return tuple(sorted(fitted))


def with_transporters(exposed: Exposure, normals: Normals, daily: Iterable[str] = ()) -> Exposure:
    r"""Return the exposure with the load on serotonin transporters among its outputs.

        theta = sum_i Omax_i x_i/(1 + sum_i x_i)                                                            (1)
        x_i = C_i/EC50_i, or D_i/D50_i with dD_i/dt = ln 2/t_i (what is taken a day - D_i)                  (2)

    Alone, each drug has its published hyperbola; that several compete for one site (Gaddum) is assumed. Outputs are
    the two sums of (1): they are linear in amounts, and so exact. What is taken daily without kinetics rises and
    washes out with the drug's half-life.

    Args:
        exposed: The drugs in the people; those known by level bind.
        normals: Gives the standard normals of a drug's numbers.
        daily: Drugs that are taken daily without kinetics; see `Daily`.
    """
    bound: dict[str, Scalar] = {}
    load: dict[str, Scalar] = {}
    rates: dict[str, float] = {}
    for drug in exposed.drugs:
        if drug in bound_by_level():
            law, name = plasma_occupancy(load_record(RECORD), drug), f"EC50_{drug}"
            parameter = load_record(RECORD)[name]
            EC50 = spread(parameter, parameter.omega * normals(drug)(name), "ng/mL")
            for level in exposed.levels:
                if level.drug == drug and level.substance in ACTIVE.get(drug, (drug,)):
                    load[level.output] = 1.0 / EC50  # (2)
                    bound[level.output] = law.Omax / EC50
    for drug in sorted(set(daily)):
        state = state_of(drug)
        ceiling, D50 = _hyperbola(drug)
        rates[state] = math.log(2.0) / half_life(drug)
        load[state], bound[state] = 1.0 / D50, ceiling / D50
    if not load:
        return exposed
    return with_states(exposed, rates, {BOUND: bound, LOAD: load})


def given_daily(courses: Sequence[Daily], persons: int) -> list[Given]:
    """Return what reaches the states of drugs that are taken daily: spread over the day, no tablet is a jump."""
    found = []
    for one in courses:
        rate = math.log(2.0) / half_life(one.drug)
        amount = np.broadcast_to(np.asarray(one.amount, dtype=float), persons) * rate * (one.stop - one.start)
        found.append(Given(state_of(one.drug), one.start, amount, one.stop - one.start))
    return found


def daily_courses(doses: Iterable[Dose]) -> list[Daily]:
    """Return single doses as what is taken a day: equal ones a day apart are one course, the last one lasts a day."""
    doses, found = tuple(doses), list[Daily]()
    for drug in sorted({dose.drug for dose in doses}):
        mine = sorted((dose for dose in doses if dose.drug == drug), key=lambda dose: dose.t)
        name = drug if drug in bound_by_dose() else USUAL
        amounts = [dose.amount if name == drug else 1.0 for dose in mine]
        begin = 0
        for place in range(1, len(mine) + 1):
            ends = place == len(mine) or mine[place].t != mine[place - 1].t + HOURS_PER_DAY
            if ends or amounts[place] != amounts[begin]:
                stop = mine[place - 1].t + HOURS_PER_DAY
                found.append(Daily(name, amounts[begin], mine[begin].t, stop))
                begin = place
    return found


def occupancy(outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Return the occupied share of transporters from outputs of the linear system; None where nothing binds."""
    return None if LOAD not in outputs else outputs[BOUND] / (1.0 + outputs[LOAD])


def binds(doses: Iterable[Dose]) -> bool:
    """Return whether any of these doses is one of an oral antidepressant."""
    return any(find_drug(drug).kind is DrugClass.ORAL_ANTIDEPRESSANT for drug in {dose.drug for dose in doses})


def state_of(drug: str) -> str:
    """Return the name of the state of a drug that is taken daily."""
    return f"{drug} a day"


def half_life(drug: str) -> float:
    """Return the half-life with which occupancy by a daily drug follows what is taken, h."""
    name = f"t_half_{drug}"
    record = load_record(RECORD)
    return record.value(name if name in record else "t_half_usual", "h")


def _hyperbola(drug: str) -> tuple[float, float]:
    """Return asymptote and half-way dose; of an unnamed drug, in usual doses, from the occupancy at the usual one."""
    record = load_record(RECORD)
    if drug != USUAL:
        law = dose_occupancy(record, drug)
        return min(float(law.Vmax), 1.0), float(law.D50)
    ceiling = record.value("Omax", "1")
    return ceiling, ceiling / record.value("theta_usual", "1") - 1.0
