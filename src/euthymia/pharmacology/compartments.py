"""One, two and three compartments in the field's parameters: CL, volumes, exchange, absorption, lag, covariates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from euthymia.engine.body import Entry, Kinetics
from euthymia.engine.compartments import Compartments
from euthymia.errors import EuthymiaError, UnknownNameError

NUMBERS = {"one": 1, "two": 2, "three": 3}
DISPOSITION = {1: ("CL", "V"), 2: ("CL", "V1", "Q", "V2"), 3: ("CL", "V1", "Q2", "V2", "Q3", "V3")}
# Other names for the same parameter, by number of compartments.
ALSO = {1: {"V1": "V"}, 2: {"V": "V1", "Q2": "Q"}, 3: {"V": "V1", "Q": "Q2"}}
ENTRY = ("F", "tlag", "D", "R")
STATES = ("depot", "central", "peripheral1", "peripheral2")
# How data files name the compartments besides our own names.
CALLED = {
    **dict.fromkeys(("depot", "abs", "gut", "absorption"), "depot"),
    **dict.fromkeys(("central", "cent", "plasma"), "central"),
    **dict.fromkeys(("peripheral1", "peripheral", "periph", "per1", "peri"), "peripheral1"),
    **dict.fromkeys(("peripheral2", "periph2", "per2"), "peripheral2"),
}


class ParameterError(EuthymiaError):
    """Parameters from which no compartments can be built."""


class Absorption(Enum):
    """How a dose into the default compartment becomes available."""

    INTRAVENOUS = "iv"
    FIRST_ORDER = "oral"
    ZERO_ORDER = "zero-order"


class Shape(Enum):
    """How a covariate changes a parameter P around a reference value."""

    POWER = "power"  # P (x / reference)^coefficient
    LINEAR = "linear"  # P (1 + coefficient (x - reference))
    EXPONENTIAL = "exponential"  # P e^(coefficient (x - reference))


@dataclass(frozen=True)
class CovariateEffect:
    """A column of the data file that changes a parameter.

    Attributes:
        parameter: The parameter it changes.
        column: The column.
        reference: The covariate's value at which nothing changes.
        coefficient: How strongly.
        shape: In which way.
    """

    parameter: str
    column: str
    reference: float
    coefficient: float
    shape: Shape = Shape.POWER

    def factor(self, x: float) -> float:
        """Return what the parameter is multiplied by at a covariate of ``x``."""
        if self.shape is Shape.POWER:
            return (x / self.reference) ** self.coefficient if x > 0.0 else math.nan
        change = self.coefficient * (x - self.reference)
        return 1.0 + change if self.shape is Shape.LINEAR else math.exp(change)


@dataclass(frozen=True)
class CompartmentModel:
    """A compartmental model; build it with :func:`compartment_model`.

    Attributes:
        compartments: 1, 2 or 3.
        absorption: How doses into the default compartment become available.
        parameters: By name, in one consistent set of units.
        entries: F, tlag, D and R of compartments other than the default one, by compartment.
        effects: Covariates that change parameters.
    """

    compartments: int
    absorption: Absorption
    parameters: Mapping[str, float]
    entries: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    effects: tuple[CovariateEffect, ...] = ()

    @property
    def name(self) -> str:
        """The model's name, such as two-compartment-oral."""
        word = next(word for word, number in NUMBERS.items() if number == self.compartments)
        return f"{word}-compartment-{self.absorption.value}"

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the compartments in the order in which data files number them from 1."""
        return STATES[self.absorption is not Absorption.FIRST_ORDER : self.compartments + 1]

    def position(self, cmt: str, *, dose: bool) -> int:
        """Return the position of a compartment given by number or name; empty means the default one.

        Args:
            cmt: As the data file spells it.
            dose: Whether the default for doses (the depot where there is one) is meant, or that for observations.

        Raises:
            UnknownNameError: When the model has no such compartment.
        """
        if not cmt:
            return 0 if dose else self.states.index("central")
        if cmt.isdecimal() and cmt.isascii() and len(cmt) < 9 and 1 <= int(cmt) <= len(self.states):
            return int(cmt) - 1
        found = CALLED.get(cmt.lower(), cmt)
        if found in self.states:
            return self.states.index(found)
        numbers = [str(number) for number, _ in enumerate(self.states, start=1)]
        raise UnknownNameError(f"compartment of {self.name}", cmt, (*self.states, *numbers))

    def at(self, covariates: Mapping[str, float]) -> Kinetics:
        """Return the kinetics of a person with these covariates.

        Raises:
            ParameterError: When a covariate is missing or leads to a parameter that cannot be.
        """
        p = dict(self.parameters)
        for effect in self.effects:
            x = covariates.get(effect.column, math.nan)
            if not math.isfinite(x):
                raise ParameterError(f"{effect.parameter} depends on {effect.column}, which is missing or no number")
            p[effect.parameter] *= effect.factor(x)
        _checked(p)
        return _kinetics(self, p)


def model_names() -> tuple[str, ...]:
    """Return the names that :func:`compartment_model` knows."""
    return tuple(f"{word}-compartment-{absorption.value}" for word in NUMBERS for absorption in Absorption)


def compartment_model(
    name: str,
    parameters: Mapping[str, float],
    *,
    entries: Mapping[str, Mapping[str, float]] | None = None,
    effects: tuple[CovariateEffect, ...] = (),
) -> CompartmentModel:
    """Return a compartmental model.

    Args:
        name: One of :func:`model_names`.
        parameters: CL and V; with two compartments CL, V1, Q, V2; with three CL, V1, Q2, V2, Q3, V3; for oral doses
            ka; for zero-order absorption D; and where wanted F, tlag, D (duration for RATE -2) and R (rate for RATE
            -1), which hold for the default dose compartment. All in one set of units: with mg, L and h the volumes in
            L, CL and Q in L/h, ka in 1/h, tlag and D in h, R in mg/h.
        entries: F, tlag, D and R of other compartments, by compartment.
        effects: Covariates that change parameters.

    Returns:
        The model, its parameters checked.

    Raises:
        UnknownNameError: When the model, a parameter or a compartment has no such name.
        ParameterError: When a parameter is missing, given twice, or out of its range.

    Example:
        >>> compartment_model("one-compartment-iv", {"CL": 5.0, "V": 50.0}).states
        ('central',)
    """
    if name not in model_names():
        raise UnknownNameError("compartmental model", name, model_names())
    number, absorption = name.split("-compartment-")
    model = CompartmentModel(NUMBERS[number], Absorption(absorption), {})
    needed = _needed(model)
    given = _renamed(parameters, ALSO[model.compartments], (*needed, *ENTRY), name)
    if missing := [each for each in needed if each not in given]:
        raise ParameterError(f"{name} needs {', '.join(needed)}; missing: {', '.join(missing)}")
    made = replace(model, parameters=given, entries=_entries(model, entries or {}), effects=_effects(given, effects))
    _checked(given)
    return made


def _needed(model: CompartmentModel) -> tuple[str, ...]:
    extra = {Absorption.FIRST_ORDER: ("ka",), Absorption.ZERO_ORDER: ("D",)}.get(model.absorption, ())
    return (*DISPOSITION[model.compartments], *extra)


def _renamed(
    given: Mapping[str, float], also: Mapping[str, str], known: tuple[str, ...], where: str
) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in given.items():
        ours = name if name in known else also.get(name, name)
        if ours not in known:
            raise UnknownNameError(f"parameter of {where}", name, dict.fromkeys((*known, *also)))
        if ours in found:
            raise ParameterError(f"{name} is another name of {ours}, which is given too; expected one of them")
        found[ours] = float(value)
    return found


def _entries(model: CompartmentModel, entries: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for where, values in entries.items():
        if where not in model.states:
            raise UnknownNameError(f"compartment of {model.name}", where, model.states)
        if where == model.states[0]:
            raise ParameterError(f"{where} is the default dose compartment; its F, tlag, D and R need no heading")
        found[where] = _renamed(values, {}, ENTRY, where)
        _checked(found[where])
    return found


def _effects(given: Mapping[str, float], effects: tuple[CovariateEffect, ...]) -> tuple[CovariateEffect, ...]:
    for effect in effects:
        if effect.parameter not in given:
            raise UnknownNameError("parameter with a value", effect.parameter, given)
        if effect.shape is Shape.POWER and not effect.reference > 0.0:
            raise ParameterError(f"the reference of {effect.column} is {effect.reference:g}; expected more than 0")
    return effects


def _checked(parameters: Mapping[str, float]) -> None:
    """Raise where a parameter is out of its range: F and tlag may be 0, everything else is positive."""
    for name, value in parameters.items():
        zero_allowed = name in ("F", "tlag")
        if not math.isfinite(value) or value < 0.0 or (value == 0.0 and not zero_allowed):
            raise ParameterError(f"{name} is {value:g}; expected {'0 or more' if zero_allowed else 'more than 0'}")


def _kinetics(model: CompartmentModel, p: Mapping[str, float]) -> Kinetics:
    """Return rate constants, entries and scales from CL, volumes and exchange."""
    CL, V, *others = (p[name] for name in DISPOSITION[model.compartments])
    pairs = list(zip(others[::2], others[1::2], strict=True))
    depot = model.absorption is Absorption.FIRST_ORDER
    system = Compartments(CL / V, tuple((Q / V, Q / Vj) for Q, Vj in pairs), p["ka"] if depot else None)
    default = Entry(p.get("F", 1.0), p.get("tlag", 0.0), p.get("D"), p.get("R"), _released(model))
    entries = [default, *(_entry(model.entries.get(name, {})) for name in model.states[1:])]
    return Kinetics(system, tuple(entries), (*((1.0,) if depot else ()), V, *(Vj for _, Vj in pairs)))


def _released(model: CompartmentModel) -> bool:
    return model.absorption is Absorption.ZERO_ORDER


def _entry(values: Mapping[str, float]) -> Entry:
    return Entry(values.get("F", 1.0), values.get("tlag", 0.0), values.get("D"), values.get("R"))
