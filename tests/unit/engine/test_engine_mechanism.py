"""What a mechanism is: numbers asked for by name and unit, and a derivative."""

from typing import ClassVar, NamedTuple

import pytest

from euthymia.engine.mechanism import AbstractMechanism, AbstractRelaxation, Scalar, parameter
from euthymia.errors import UnitError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.pharmacology.disposition import Esketamine


class Tank(NamedTuple):
    """A level."""

    level: Scalar


class Filling(AbstractRelaxation[Tank, Scalar]):
    """A tank that fills and leaks."""

    sources: ClassVar = ("nobody1900",)
    leak: Scalar = parameter("1/h", "leak")
    inlet: Scalar = parameter("L/h", "inflow at an open tap")
    colour: str = "blue"

    def initial_state(self) -> Tank:
        return Tank(0.0)

    def relaxation(self, t, state, inputs):
        return Tank(self.leak), Tank(self.inlet * inputs)


class Notes:
    """A source of numbers that remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def value(self, name: str, unit: str) -> float:
        self.asked.append((name, unit))
        return {"leak": 2.0, "inlet": 6.0}[name]


def test_a_mechanism_asks_for_its_numbers_by_name_and_unit():
    notes = Notes()
    filling = Filling.from_record(notes)
    assert notes.asked == [("leak", "1/h"), ("inlet", "L/h")]
    assert (filling.leak, filling.inlet, filling.colour) == (2.0, 6.0, "blue")


def test_parameters_are_the_fields_with_a_unit_in_order():
    assert Filling.parameters() == {"leak": ("1/h", "leak"), "inlet": ("L/h", "inflow at an open tap")}


def test_a_relaxation_has_the_derivative_drive_minus_rate_times_state():
    filling = Filling(leak=2.0, inlet=6.0)
    assert filling.derivative(0.0, Tank(1.0), 1.0) == Tank(4.0)
    assert filling.derivative(0.0, Tank(3.0), 1.0) == Tank(0.0)


def test_a_number_in_the_wrong_unit_stops_the_building():
    class Odd(Filling):
        leak: Scalar = parameter("L", "leak")

    record = load_record("esketamine")

    class Wrong(AbstractRelaxation[Tank, Scalar]):
        ka_n: Scalar = parameter("L", "absorption, mis-united")

        def initial_state(self) -> Tank:
            return Tank(0.0)

        def relaxation(self, t, state, inputs):
            return state, state

    with pytest.raises(UnitError, match="ka_n"):
        Wrong.from_record(record)
    with pytest.raises(UnknownNameError, match="leak"):
        Odd.from_record(record)


def test_units_are_converted_on_the_way_in():
    body = Esketamine.from_record(load_record("esketamine"))
    assert body.ka_n == load_record("esketamine").value("ka_n", "1/min") * 60.0


def test_an_abstract_mechanism_cannot_be_made():
    with pytest.raises(TypeError, match="abstract"):
        AbstractMechanism()  # type: ignore[abstract]
