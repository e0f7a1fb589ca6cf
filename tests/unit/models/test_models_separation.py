"""The upper area parted from the lower one: only at anaesthetic levels, feedback before feedforward, as solved."""

from __future__ import annotations

import numpy as np
import pytest

import euthymia as eu
from euthymia.circuit.areas import TwoAreas, answer
from euthymia.models.defaults import default_chain
from euthymia.models.separation import HIGH, separation


def test_an_anaesthetic_dose_parts_upper_from_lower_and_feedback_goes_first():
    course = eu.simulate("ketamine 2 mg/kg iv over 1 min on day 1", days=1)
    peak = course["effect site"].argmax()
    assert course["effect site"][peak] > HIGH
    assert course["feedback transfer"][peak] < 0.75
    assert course["feedback transfer"][peak] < 0.75 * course["feedforward transfer"][peak]
    assert course["feedback transfer"][-1] == pytest.approx(1.0, abs=0.05)


def test_antidepressant_doses_have_no_such_variables():
    course = eu.simulate("ketamine 0.5 mg/kg iv over 40 min on day 1", days=1)
    assert "feedback transfer" not in course.variables


def test_between_the_solved_levels_the_error_is_below_a_hundredth():
    chain, areas = default_chain(), TwoAreas.from_evidence()
    c = np.exp(np.random.default_rng(1).uniform(np.log(0.002), np.log(60.0), 40))
    found = separation(chain, np.append(c, HIGH)[None])
    for place, level in enumerate(c):
        block = chain.block(np.asarray(level))
        solved = answer(areas, np.array([block.E, block.PV, block.SST])).relative
        assert found["feedforward transfer"].values[0, place] == pytest.approx(float(solved.feedforward), abs=0.01)
        assert found["feedback transfer"].values[0, place] == pytest.approx(float(solved.feedback), abs=0.01)


def test_without_drug_nothing_changes():
    found = separation(default_chain(), np.array([[0.0, HIGH]]))
    assert found["feedback transfer"].values[0, 0] == 1.0
