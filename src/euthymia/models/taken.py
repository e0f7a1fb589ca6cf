"""Who takes what: the default body of each drug, with the individual numbers of the people who take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np

from euthymia.errors import UnknownNameError
from euthymia.evidence import load_record
from euthymia.models.condition import Condition
from euthymia.pharmacology.body import Body, Individual, Normal, spread
from euthymia.pharmacology.covariates import CovariateError, Covariates, people
from euthymia.pharmacology.disposition import Esketamine
from euthymia.pharmacology.route import Route

ESKETAMINE = "esketamine"
Normals = Callable[[str], Normal]  # standard normals of the people in the stream of a drug


class Takers(Protocol):
    """What kinetics asks of a group of people; every array is [person]."""

    @property
    def count(self) -> int:
        """Number of people."""
        ...

    @property
    def age(self) -> np.ndarray:
        """Years."""
        ...

    @property
    def weight(self) -> np.ndarray:
        """Body weight, kg."""
        ...

    @property
    def female(self) -> np.ndarray:
        """Whether a woman."""
        ...

    @property
    def FRn(self) -> np.ndarray:
        """Nasal fraction of the first device."""
        ...

    @property
    def body(self) -> Esketamine:
        """Individual kinetics of esketamine."""
        ...


@dataclass(frozen=True, eq=False)
class Taken:
    """One drug in the people who take it.

    Attributes:
        body: The published model.
        individual: Their numbers in it.
        routes: The ways in which it is given.
    """

    body: Body
    individual: Individual
    routes: tuple[Route, ...]


@cache
def default_bodies() -> Mapping[str, Body]:
    """Return the default body of each drug that has one, by the drug's name."""
    from euthymia.pharmacology.drugs import bodies

    found: dict[str, Body] = {}
    for body in bodies():
        found.setdefault(body.drug, body)
    return found


def taken(
    routes: Mapping[str, tuple[Route, ...]],
    who: Takers,
    normals: Normals,
    condition: Condition,
    bodies: Mapping[str, Body] | None = None,
) -> dict[str, Taken]:
    """Return the drugs in the people.

    Ancestry and the phenotypes of enzymes are those of the published typical person, but for esketamine, whose
    individual numbers the people bring along.

    Args:
        routes: The ways in which each drug is given, by its name.
        who: The people.
        normals: Gives the standard normals of a drug's numbers, each drug's in a stream of its own.
        condition: What else is the matter with all of them.
        bodies: Bodies to take instead of the default ones, by drug.

    Raises:
        UnknownNameError: When none of the drugs has a published interaction with another drug that they take.
        CovariateError: When kidney or liver is impaired and nothing was published for any of the drugs.
        ScheduleError: When an interaction was not published by a route.
    """
    covariates = people(
        who.count, age=who.age, weight=who.weight, female=who.female, renal=condition.renal, hepatic=condition.hepatic
    )
    found = {}
    for drug, ways in routes.items():
        body = (bodies or {}).get(drug, default_bodies()[drug])
        own = _esketamine(body, who, normals) if drug == ESKETAMINE else body.draw(normals(drug), covariates)
        found[drug] = Taken(body, own, ways)
    return _altered(found, covariates, condition)


def _esketamine(body: Body, who: Takers, normals: Normals) -> Individual:
    """Return the people's own numbers, and the rest of those that the body needs."""
    record = load_record(body.record)
    shape = np.zeros(who.count)
    values = {name: shape + getattr(who.body, name) for name in Esketamine.parameters()}
    oral = record["ka_po"]
    values["ka_po"] = shape + spread(oral, oral.omega * normals(ESKETAMINE)("ka_po"), "1/h")
    values |= {name: shape + record.value(name, unit) for name, unit in (("F_gut", "1"), ("D_po", "h"))}
    return Individual(body.name, values | {"FRn": who.FRn})


def _altered(found: dict[str, Taken], covariates: Covariates, condition: Condition) -> dict[str, Taken]:
    """Return the drugs in people with a condition."""
    from euthymia.pharmacology.impairment import STUDIED, impaired

    if condition.impaired:
        studied = {drug: each for drug, each in found.items() if each.body.name == STUDIED}
        if not studied:
            listed = ", ".join(found) or "no drug"
            raise CovariateError(
                f"impaired kidneys or liver with {listed}: nothing was published; allowed: {ESKETAMINE}"
            )
        found = found | {
            drug: replace(each, individual=impaired(each.body, each.individual, covariates))
            for drug, each in studied.items()
        }
    for other in condition.alongside:
        found = _beside(found, other)
    return found


def _beside(found: dict[str, Taken], other: str) -> dict[str, Taken]:
    """Return the drugs in people who take another drug as well."""
    from euthymia.pharmacology.interactions import interactions, with_drug

    known = {drug: interactions(each.body.name) for drug, each in found.items()}
    if not any(other in published for published in known.values()):
        names = {name for published in known.values() for name in published}
        raise UnknownNameError(f"published interaction of {' and '.join(found)} with", other, names)
    changed = dict(found)
    for drug, each in found.items():
        if other in known[drug]:
            for route in each.routes:  # the factors are the same by every route for which the interaction holds
                individual = with_drug(each.body, each.individual, other, route)
                changed[drug] = replace(each, individual=individual)
    return changed
