"""What a drug is to a schedule: its name, the ways it is given, and the amounts a person can have meant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from euthymia.pharmacology.route import Route


class DrugClass(StrEnum):
    """What a drug is given for in a trial."""

    RAPID = "rapid antidepressant"
    ORAL_ANTIDEPRESSANT = "oral antidepressant"
    PLACEBO = "placebo"
    ACTIVE_PLACEBO = "active placebo"


@dataclass(frozen=True)
class Limit:
    """The largest single amount by one route that is not a slip of the pen; no recommendation of any kind.

    Attributes:
        route: The way of giving.
        mg: Largest amount in mg.
        mg_per_kg: Largest amount in mg per kg of body weight; None where the route is never dosed by weight.
    """

    route: Route
    mg: float
    mg_per_kg: float | None = None


@dataclass(frozen=True)
class Drug:
    """One drug as schedules know it.

    Attributes:
        name: The name that schedules and trial files use.
        title: The name for people.
        kind: What it is given for.
        limits: One entry for each route by which it is given.
        aliases: Other names that mean the same.
        device_mg: Content of one nasal device in mg; None where there is none.
        devices: Largest number of devices in one session.
        modelled: Whether its course in the body is simulated (a placebo has none and counts as modelled).
        note: What a reader must know.
    """

    name: str
    title: str
    kind: DrugClass
    limits: tuple[Limit, ...]
    aliases: tuple[str, ...] = ()
    device_mg: float | None = None
    devices: int = 0
    modelled: bool = True
    note: str = ""

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways in which it is given."""
        return tuple(limit.route for limit in self.limits)


def limit_for(drug: Drug, route: Route) -> Limit | None:
    """Return the limit of a drug by a route, or None where it is not given that way."""
    return next((limit for limit in drug.limits if limit.route is route), None)


def device_amounts(drug: Drug) -> tuple[float, ...]:
    """Return the amounts in mg that whole devices allow, smallest first; empty where a drug has no device."""
    if drug.device_mg is None:
        return ()
    return tuple(drug.device_mg * count for count in range(1, drug.devices + 1))
