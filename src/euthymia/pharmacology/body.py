"""A body: one published model of one drug, from a dose by a route to levels in blood, person by person."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from euthymia.engine.linear import Event, Linear
from euthymia.errors import EvidenceError, ScheduleError, suggestion
from euthymia.evidence import Parameter, Record, load_record
from euthymia.evidence.grade import Scale
from euthymia.pharmacology.covariates import Covariates
from euthymia.pharmacology.route import Route

if TYPE_CHECKING:
    from euthymia.pharmacology.drugs.base import AbstractDisposition
    from euthymia.pharmacology.entry import Entry

Values = Mapping[str, np.ndarray]
Normal = Callable[[str], np.ndarray]


class Blood(Enum):
    """Where a level is measured; ketamine's arterial and venous levels differ about twofold at an infusion's end."""

    ARTERIAL = "arterial"
    VENOUS = "venous"
    UNSTATED = "site not stated"
    EFFECT = "effect site"


@dataclass(frozen=True)
class Output:
    """A level that a body gives, in ng/mL, total (bound and unbound).

    Attributes:
        substance: Drug, enantiomer or metabolite, such as "S-ketamine".
        blood: Where it is measured.
        counted_as: The substance in whose mass it is counted; empty for its own.
    """

    substance: str
    blood: Blood
    counted_as: str = ""

    @property
    def name(self) -> str:
        """Its name among the outputs, such as "S-ketamine arterial"."""
        return f"{self.substance} {self.blood.value}"


@dataclass(frozen=True)
class Individual:
    """The kinetic numbers of a group of people in one body.

    Attributes:
        body: Name of the body that they belong to.
        values: Every parameter of the mechanism and of the ways in, in the core's units, each [person].
    """

    body: str
    values: Values

    @property
    def count(self) -> int:
        """Number of people."""
        return next(iter(self.values.values())).size

    def take(self, index: np.ndarray) -> Individual:
        """Return the numbers of the people at ``index``."""
        return replace(self, values={name: value[index] for name, value in self.values.items()})


@dataclass(frozen=True)
class Correlated:
    """Two parameters whose log-normal deviates are drawn together.

    Attributes:
        first: Its name.
        second: Its name.
        covariance: Name of the record's parameter that holds the covariance of the two on the log scale.
    """

    first: str
    second: str
    covariance: str


def unchanged(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Return the values as they are: a model without covariates."""
    return values


@dataclass(frozen=True, eq=False)  # each is made once, so it is equal to itself only and can be a key
class Body:
    """One published model of one drug; it runs nothing and holds no numbers.

    Attributes:
        name: Its name, the key of its paper such as "kamp2020".
        drug: Name of the drug as schedules know it.
        record: Name of the evidence record that holds its numbers.
        mechanism: The linear mechanism that its equations are.
        entries: How a dose by each route enters.
        outputs: What it gives, in the order of the mechanism's ``levels``.
        units: Unit in the core of each number besides those of the mechanism (fractions, lags, durations).
        covary: The published covariates: changes individual values in place of typical ones.
        correlated: Pairs of parameters with a published covariance.
        also: Names of further records, for numbers that another paper gives.
        note: What a user must know.
    """

    name: str
    drug: str
    record: str
    mechanism: type[AbstractDisposition]
    entries: Mapping[Route, Entry]
    outputs: tuple[Output, ...]
    units: Mapping[str, str]
    covary: Callable[[dict[str, np.ndarray], Covariates, Record], dict[str, np.ndarray]] = unchanged
    correlated: tuple[Correlated, ...] = ()
    also: tuple[str, ...] = ()
    note: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states, amounts in mg."""
        return self.mechanism.states()

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes it can follow."""
        return tuple(self.entries)

    def target(self, route: Route) -> int:
        """Return the position of the state that a dose by ``route`` enters first.

        Raises:
            ScheduleError: When the model cannot follow the route.
        """
        return self.states.index(self._entry(route).state)

    def inputs(
        self, route: Route, t: float, amount: np.ndarray, duration: float, individual: Individual
    ) -> list[Event]:
        """Return what a dose becomes: bioavailability, lag and zero-order parts are applied here.

        Args:
            route: The way of giving.
            t: Time of the dose, h.
            amount: Dose of each person, mg, [person].
            duration: Length of an infusion, h; 0 for a dose given at once.
            individual: The people's numbers.

        Raises:
            ScheduleError: When the model cannot follow the route, or the dose cannot be given as said.
        """
        entry = self._entry(route)
        if duration and route is not Route.INTRAVENOUS:
            raise ScheduleError(f"{self.drug} {route} over {duration:g} h: only iv doses are given over a time")
        given = np.broadcast_to(np.asarray(amount, dtype=float), (individual.count,))
        return entry.events(t, given, duration, individual.values, self.states)

    def draw(self, normal: Normal, covariates: Covariates) -> Individual:
        """Return individual numbers: typical values, between-subject deviates, then the published covariates.

        Args:
            normal: Gives the standard normals [person] of a purpose; the purposes are the parameters' names, so the
                draws of one drug belong in a stream of their own.
            covariates: Of the same people.
        """
        found = {}
        for name, unit in self._units().items():
            parameter = self._parameter(name)
            eta = self._deviate(name, parameter, normal)
            value = parameter.to(unit) if eta is None else spread(parameter, eta, unit)
            found[name] = np.array(np.broadcast_to(value, (covariates.count,)), dtype=float)
        return Individual(self.name, self.covary(found, covariates, load_record(self.record)))

    def typical(self, covariates: Covariates) -> Individual:
        """Return the numbers of typical people with these covariates: every deviate is zero."""
        return self.draw(lambda _: np.zeros(covariates.count), covariates)

    def matrix(self, individual: Individual) -> np.ndarray:
        """Return the linear system's matrix, [person, state, state], 1/h, read off the mechanism's derivative."""
        return self.system(individual).matrix

    def system(self, individual: Individual) -> Linear:
        """Return the linear system with its outputs, ready for `euthymia.engine.linear.respond`."""
        mechanism = self.mechanism.build(individual.values)
        states, persons = self.states, individual.count
        matrix = np.zeros((persons, len(states), len(states)))
        read = np.zeros((persons, len(self.outputs), len(states)))
        for column in range(len(states)):
            unit = self.mechanism.state(*(float(column == row) for row in range(len(states))))
            for row, rate in enumerate(mechanism.derivative(0.0, unit, self.mechanism.state(*(0.0 for _ in states)))):
                matrix[:, row, column] = np.asarray(rate)
            for row, level in enumerate(mechanism.levels(unit)):
                read[:, row, column] = np.asarray(level)
        return Linear(matrix, read, states, tuple(output.name for output in self.outputs))

    def _entry(self, route: Route) -> Entry:
        try:
            return self.entries[Route(route)]
        except (KeyError, ValueError):
            allowed = ", ".join(self.entries)
            near = suggestion(str(route), self.entries)
            raise ScheduleError(
                f"{self.drug} {route} is not in the model {self.name}; {near}allowed: {allowed}"
            ) from None

    def _units(self) -> dict[str, str]:
        return self.mechanism.numbers() | dict(self.units)

    def _parameter(self, name: str) -> Parameter:
        own = load_record(self.record)
        holding = (record for record in map(load_record, self.also) if name in record)
        return own[name] if name in own else next(holding, own)[name]

    def _deviate(self, name: str, parameter: Parameter, normal: Normal) -> np.ndarray | None:
        """Return the deviate of a parameter on its own scale, or None where people do not differ."""
        if parameter.omega == 0.0:
            return None
        for pair in self.correlated:
            if name == pair.second:
                cov = self._parameter(pair.covariance).to("1")
                first = self._parameter(pair.first).omega
                rest = parameter.omega**2 - (cov / first) ** 2
                if rest < 0.0:
                    raise EvidenceError(f"{self.record}.toml, {pair.covariance}: larger than the two variances allow")
                return cov / first * normal(pair.first) + math.sqrt(rest) * normal(name)
        return parameter.omega * normal(name)


def spread(parameter: Parameter, eta: np.ndarray, unit: str) -> np.ndarray:
    """Return individual values for deviates ``eta`` on the parameter's scale (log, logit or additive)."""
    typical = parameter.to(unit)
    match parameter.iiv_scale:
        case Scale.LOGIT:
            odds = typical / (1.0 - typical) * np.exp(eta)
            return odds / (1.0 + odds)
        case Scale.ADDITIVE:
            return typical + typical / parameter.value * eta
        case _:
            return typical * np.exp(eta)
