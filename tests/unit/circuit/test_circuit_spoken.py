"""Levels and changes in words: what is read, what is refused, and that it needs no numerics."""

from __future__ import annotations

import subprocess
import sys

import pytest

from euthymia.circuit import spoken, study
from euthymia.circuit.mean_field import Population
from euthymia.circuit.modulation import Modulator
from euthymia.circuit.spoken import Change, change_spoken, levels_spoken
from euthymia.errors import EuthymiaError, UnitError, UnknownNameError


def test_levels_come_in_any_unit_of_amount_per_volume() -> None:
    assert levels_spoken("0 0.3 1 3 10 uM") == (0.0, 0.3, 1.0, 3.0, 10.0)
    assert levels_spoken("0, 300 nM") == pytest.approx((0.0, 0.3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected 1 to 200 numbers"),
        ("uM", "0 levels"),
        ("0 1", "has no unit"),
        ("0 -1 uM", "'-1'"),
        ("0 one uM", "'one'"),
        ("nan uM", "'nan'"),
        ("inf uM", "'inf'"),
        (" ".join(["1"] * 201) + " uM", "201 levels"),
    ],
)
def test_levels_that_are_none_are_refused(text: str, expected: str) -> None:
    with pytest.raises(EuthymiaError, match=expected):
        levels_spoken(text)


def test_a_level_by_weight_has_another_unit() -> None:
    with pytest.raises(UnitError, match="does not measure"):
        levels_spoken("100 ng/mL")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AMPA 0.7", Change("AMPA", "", 0.7)),
        ("gaba-a 1.2", Change("GABA-A", "", 1.2)),
        ("sst OUTPUT 0.6", Change("SST output", "", 0.6)),
        ("NMDA sst 0.4", Change("NMDA", "SST", 0.4)),
        ("drive E -0.02", Change("drive", "E", -0.02)),
        ("5-ht1a 0.5", Change("5-HT1A", "", 0.5)),
    ],
)
def test_a_change_is_read_whatever_its_case(text: str, expected: Change) -> None:
    assert change_spoken(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AMPP 0.7", "did you mean 'AMPA'"),
        ("NMDA VIP 0.7", "no population 'VIP'"),
        ("NMDA 0.7", "no population ''"),
        ("AMPA", "expected words and a number"),
        ("0.7", "expected words and a number"),
        ("", "expected words and a number"),
        ("AMPA -0.7", "allowed: 0 or more"),
        ("AMPA inf", "allowed: 0 or more"),
        ("D1 2", "allowed: -1 to 1"),
        ("drive E nan", "allowed: a finite number"),
    ],
)
def test_a_change_that_cannot_be_is_refused(text: str, expected: str) -> None:
    with pytest.raises(EuthymiaError, match=expected):
        change_spoken(text)
    assert issubclass(UnknownNameError, EuthymiaError)


def test_the_words_are_those_of_the_circuit() -> None:
    assert tuple(population.name for population in Population) == spoken.POPULATIONS
    assert tuple(modulator.value for modulator in Modulator) == spoken.MODULATORS
    assert tuple(study.SCALINGS) == spoken.SCALINGS
    assert tuple(study.OF_ONE) == (*spoken.SCALINGS_OF_ONE, *spoken.SHIFTS_OF_ONE)


def test_reading_words_loads_no_numerics() -> None:
    code = (
        "import sys; from euthymia.circuit.spoken import levels_spoken, change_spoken; levels_spoken('1 uM'); "
        "change_spoken('AMPA 1'); print(sorted({'jax', 'equinox', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
