"""Two areas level by level: the numbers of the parts it is made of, and gaps where the coupled point is unstable."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.circuit.areas import Area, TwoAreas, answer, leading_areas_eigenvalue
from euthymia.circuit.areas_study import AreasStudy
from euthymia.circuit.mean_field import Population
from euthymia.circuit.study import CircuitStudy, study

LEVELS = (0.0, 1.0, 10.0)


@pytest.fixture(scope="module")
def alone() -> CircuitStudy:
    return study(LEVELS)


@pytest.fixture(scope="module")
def both(alone: CircuitStudy) -> AreasStudy:
    return alone.areas()


def test_without_drug_nothing_changes_and_each_area_is_the_circuit_alone(alone: CircuitStudy, both: AreasStudy) -> None:
    np.testing.assert_allclose(both.change()[0], 0.0, atol=1e-9)
    np.testing.assert_allclose([both.feedforward[0], both.feedback[0], both.ratio[0]], 1.0, rtol=1e-9)
    for area in Area:
        np.testing.assert_allclose(both.rest[area], alone.rest, rtol=1e-6)


def test_every_level_is_what_the_two_areas_answer_there(alone: CircuitStudy, both: AreasStudy) -> None:
    areas = TwoAreas.from_evidence()
    for k, block in enumerate(alone.blocks):
        one = answer(areas, block)
        found = [both.feedforward[k], both.feedback[k], both.dissociation[k]]
        expected = [one.relative.feedforward, one.relative.feedback, one.dissociation]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(both.rates[k], one.rates, rtol=1e-6)
        assert both.growth[k] == pytest.approx(1000 * complex(leading_areas_eigenvalue(areas, block)).real, rel=1e-6)


def test_transfer_rises_and_falls_and_the_way_back_falls_further(both: AreasStudy) -> None:
    """Table of the specification: x2.58 up and x1.78 back at 1 uM, x0.53 and x0.20 at 10 uM."""
    np.testing.assert_allclose(both.feedforward[1:], [2.58, 0.53], atol=0.01)
    np.testing.assert_allclose(both.feedback[1:], [1.78, 0.20], atol=0.01)
    np.testing.assert_allclose(both.at_rest, [0.441, 0.171], atol=0.0005)


def test_where_the_coupled_point_is_unstable_there_is_no_transfer() -> None:
    both = study(LEVELS, changes=["NMDA SST 0.5"]).areas()
    assert list(both.stable) == [False, False, True]
    assert np.isnan([*both.feedforward, *both.feedback]).all()  # rest, which they are relative to, is unstable itself
    said = both.to_dict()
    assert said["levels"][2]["feedback"] is None  # type: ignore[index]
    assert said["rest"]["feedforward"] is None  # type: ignore[index]


def test_a_change_of_the_circuit_is_one_of_both_areas() -> None:
    changed = study(LEVELS, changes=["AMPA 0.7"])
    both = changed.areas()
    np.testing.assert_allclose(both.rest, np.stack([changed.rest] * 2), rtol=1e-6)
    assert both.at_rest.feedforward > 0.0
    assert both.change()[1, Area.LOWER, Population.E] > changed.change()[1, Population.E]  # each drives the other
