"""Factors on individual numbers: other drugs as published, and the factor that gives a published ratio of exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from euthymia.errors import ConvergenceError, ScheduleError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.pharmacology.body import Body, Individual, Normal, Route
from euthymia.pharmacology.covariates import people

Factors = Mapping[str, np.ndarray | float]

PROBE_MG = 84.0  # dose at which a ratio is matched unless said; only the spray is not proportional to dose
WIDEST = 1e3  # a factor is looked for between 1/WIDEST and WIDEST
HALVINGS = 60


def apply(individual: Individual, factors: Factors) -> Individual:
    """Return the people with some of their numbers multiplied.

    Args:
        individual: The people.
        factors: Factor by name of a number, one for all or [person].

    Raises:
        UnknownNameError: When the body has no such number.
    """
    values = dict(individual.values)
    for name, factor in factors.items():
        if name not in values:
            raise UnknownNameError(f"number of the body {individual.body!r} named", name, values)
        values[name] = values[name] * factor
    return replace(individual, values=values)


def on_occasion(individual: Individual, kappa: Mapping[str, float], normal: Normal) -> Individual:
    """Return the same people on another occasion, each named number multiplied by exp(kappa z).

    None of the sources read for the bodies prints a between-occasion variance, so ``kappa`` has no default.

    Args:
        individual: The people.
        kappa: Between-occasion SD on the log scale by name of a number.
        normal: Gives the standard normals [person] of a purpose (the number's name) for this occasion.
    """
    return apply(individual, {name: np.exp(sd * normal(name)) for name, sd in kappa.items()})


def exposure(body: Body, individual: Individual, route: Route, amount: float) -> np.ndarray:
    """Return the areas under the outputs from a dose to infinity, [person, output], ng h/mL, in closed form.

    The area is -R A^-1 b, with A and R the system's matrices and b all that the dose puts in.
    """
    system = body.system(individual)
    given = np.zeros(system.matrix.shape[:2])
    for event in body.inputs(route, 0.0, np.full(individual.count, amount), 0.0, individual):
        given[:, event.target] += event.amount
    return -np.einsum("pos,ps->po", system.read, np.linalg.solve(system.matrix, given[:, :, None])[:, :, 0])


def factor_for(
    body: Body,
    names: tuple[str, ...],
    route: Route,
    ratio: float,
    *,
    amount: float = PROBE_MG,
    output: int = 0,
    before: Factors | None = None,
) -> float:
    """Return the common factor on some numbers that multiplies a typical person's area by ``ratio``.

    Args:
        body: The model.
        names: The numbers that share the factor; the area must be monotone in it.
        route: The way of giving for which the ratio was measured.
        ratio: Area with over area without.
        amount: Dose at which it was measured, mg.
        output: Position of the output whose area it is.
        before: Factors that act as well, with the other drug only.

    Raises:
        ConvergenceError: When no factor between 1/1000 and 1000 gives the ratio.
    """
    typical = body.typical(people(1))
    plain = exposure(body, typical, route, amount)[0, output]

    def excess(log_factor: float) -> float:
        factors = dict(before or {})
        for name in names:
            factors[name] = factors.get(name, 1.0) * float(np.exp(log_factor))
        return float(exposure(body, apply(typical, factors), route, amount)[0, output] / plain - ratio)

    low, high = -np.log(WIDEST), np.log(WIDEST)
    at_low, at_high = excess(low), excess(high)
    if at_low * at_high > 0.0:
        least, most = min(at_low, at_high) + ratio, max(at_low, at_high) + ratio
        raise ConvergenceError(
            f"{body.name}: no factor on {', '.join(names)} gives an area ratio of {ratio:g} by the route "
            f"{route.value}; possible: {least:.3g} to {most:.3g}"
        )
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) * at_low > 0.0 else (low, middle)
    return float(np.exp(0.5 * (low + high)))


@dataclass(frozen=True)
class Step:
    """One published ratio and the numbers of a body that are made to give it.

    Attributes:
        names: Numbers that share one factor.
        route: The way of giving for which the ratio was measured.
        ratio: Name of the ratio in the record ``interactions``.
    """

    names: tuple[str, ...]
    route: Route
    ratio: str


@dataclass(frozen=True)
class Interaction:
    """What another drug does to a body: steps in the order in which their factors are solved for.

    Attributes:
        other: The other drug.
        body: Name of the body.
        steps: Published ratios.
        fixed: Factors that need no solving.
        routes: The ways of giving for which it holds.
        assumes: What is assumed.
    """

    other: str
    body: str
    steps: tuple[Step, ...]
    routes: tuple[Route, ...]
    assumes: str
    fixed: tuple[tuple[str, float], ...] = ()


_LIVER = ("kel", "kmet")
INTERACTIONS = (
    Interaction(
        "ticlopidine",
        "perezruixo2021",
        (Step(_LIVER, Route.NASAL, "ticlopidine_nasal_AUC"),),
        (Route.NASAL, Route.INTRAVENOUS),
        "the whole effect lies in hepatic elimination, both pathways alike",
    ),
    Interaction(
        "clarithromycin",
        "perezruixo2021",
        (Step(_LIVER, Route.NASAL, "clarithromycin_nasal_AUC"),),
        (Route.NASAL, Route.INTRAVENOUS),
        "the whole effect lies in hepatic elimination, both pathways alike",
    ),
    Interaction(
        "rifampicin",
        "perezruixo2021",
        (
            Step(_LIVER, Route.INTRAVENOUS, "rifampicin_iv_AUC"),
            Step(("F_gut",), Route.ORAL, "rifampicin_oral_AUC"),
        ),
        (Route.NASAL, Route.INTRAVENOUS, Route.ORAL),
        "hepatic elimination from the intravenous ratio, the rest of the oral ratio in the gut wall",
    ),
    Interaction(
        "ticlopidine",
        "ashraf2018",
        (),
        (Route.INTRAVENOUS, Route.ORAL),
        "CYP2B6 is wholly inhibited",
        fixed=(("act", 0.0),),
    ),
    Interaction(
        "rifampicin",
        "ashraf2018",
        (
            Step(("CLh",), Route.INTRAVENOUS, "rifampicin_iv_AUC"),
            Step(("CLg",), Route.ORAL, "rifampicin_oral_AUC"),
        ),
        (Route.INTRAVENOUS, Route.ORAL),
        "hepatic clearance from the intravenous ratio, the rest of the oral ratio in the gut wall",
    ),
)


def interactions(body: str) -> dict[str, Interaction]:
    """Return the interactions known for a body, by the other drug's name."""
    return {each.other: each for each in INTERACTIONS if each.body == body}


def with_drug(body: Body, individual: Individual, other: str, route: Route) -> Individual:
    """Return the people while they take another drug.

    Args:
        body: The model.
        individual: The people.
        other: Name of the other drug, such as "rifampicin".
        route: The way of giving of the body's own drug; an interaction holds for some routes only.

    Raises:
        UnknownNameError: When the body has no interaction with that drug.
        ScheduleError: When none was published by that route.
    """
    known = interactions(body.name)
    if other not in known:
        raise UnknownNameError(f"interaction of the body {body.name!r} with", other, known)
    if route not in known[other].routes:
        allowed = ", ".join(each.value for each in known[other].routes)
        raise ScheduleError(f"{other} with {body.drug} {route.value}: nothing was published; allowed: {allowed}")
    return apply(individual, solved(body, known[other]))


@cache
def _solved(other: str, body: Body) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = dict(interactions(body.name)[other].fixed)
    for step in interactions(body.name)[other].steps:
        ratio = load_record("interactions").value(step.ratio, "1")
        factor = factor_for(body, step.names, step.route, ratio, before=found)
        found |= {name: found.get(name, 1.0) * factor for name in step.names}
    return tuple(found.items())


def solved(body: Body, interaction: Interaction) -> dict[str, float]:
    """Return the factors of an interaction, solved for once."""
    return dict(_solved(interaction.other, body))
