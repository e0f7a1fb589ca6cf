"""Belief follows its cues, controls differ by what they let patients feel, and belief moves the rating by its worth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.symptoms.expectation import Expectation, Guess, Masking, blinding_index, guesses, told

RECORD = load_record("expectation")
GUESS, EXPECTATION = Guess.from_record(RECORD), Expectation.from_record(RECORD)
HALF = 0.5
PEOPLE = 4000


def believed(CADSS: float, levels: float, share: float = HALF) -> float:
    return float(GUESS.belief(np.array([[GUESS.evidence(np.array(CADSS), np.array(levels))]]), share)[0])


@pytest.mark.parametrize(("CADSS", "levels", "p"), [(0.0, 0.0, 0.1), (20.0, 0.0, 0.9), (0.0, 1.0, 0.6)])
def test_half_given_the_drug_believe_as_the_record_says(CADSS, levels, p):
    assert believed(CADSS, levels) == pytest.approx(p, abs=0.02)


@given(st.floats(0.0, 90.0), st.floats(0.1, 50.0), st.floats(0.0, 4.0), st.floats(0.05, 0.95))
def test_every_cue_raises_belief_and_belief_is_a_probability(CADSS, more, levels, share):
    low, high = believed(CADSS, levels, share), believed(CADSS + more, levels, share)
    sleepy = believed(CADSS, levels + 1.0, share)
    assert 0.0 < low < high < 1.0
    assert low < sleepy < 1.0


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.09))
def test_the_more_are_given_the_drug_the_more_believe_they_were(share, more):
    assert believed(2.0, 0.0, share + more) > believed(2.0, 0.0, share)


def test_before_any_session_belief_is_what_the_consent_form_says():
    np.testing.assert_allclose(GUESS.belief(np.empty((0, 3)), 2.0 / 3.0), 2.0 / 3.0)


def test_sessions_that_say_the_same_say_no_more_than_one():
    one = np.array([[0.7, -1.1]])
    np.testing.assert_allclose(GUESS.belief(np.repeat(one, 8, axis=0), HALF), GUESS.belief(one, HALF))


def test_belief_as_the_form_says_moves_nobody_and_certainty_moves_by_its_worth():
    assert EXPECTATION.change(2.0 / 3.0, 2.0 / 3.0) == 0.0
    assert EXPECTATION.change(1.0, HALF) - EXPECTATION.change(0.0, HALF) == pytest.approx(-EXPECTATION.x_exp)
    assert EXPECTATION.change(1.0, HALF, 1.0 / math.e) == pytest.approx(-HALF * EXPECTATION.x_exp / math.e)
    assert EXPECTATION.change(1.0, HALF, 0.0) == 0.0


def test_a_session_that_somebody_missed_says_nothing_to_them():
    evidence = np.array([[0.7, 0.7, np.nan], [-1.1, np.nan, np.nan]])
    found = GUESS.belief(evidence, HALF)
    np.testing.assert_allclose(found[1:], [GUESS.belief(evidence[:1, :1], HALF)[0], HALF])
    np.testing.assert_allclose(found[0], GUESS.belief(evidence[:, :1], HALF)[0])


def test_the_worth_is_the_published_odds_ratio_on_a_logistic_scale():
    shift = math.log(RECORD.value("OR_certain", "1")) * math.sqrt(3.0) / math.pi * RECORD.value("SD_change", "points")
    step = 1.0 - RECORD.value("share_placebo_controlled", "1")
    assert pytest.approx(shift / step, abs=0.1) == RECORD.value("x_exp", "points")


def test_an_open_arm_knows_whatever_it_feels():
    felt = np.array([0.1, 0.9])
    np.testing.assert_array_equal(told(Masking.BLIND, felt), felt)
    np.testing.assert_array_equal(told(Masking.TOLD_DRUG, felt), [1.0, 1.0])
    np.testing.assert_array_equal(told(Masking.TOLD_CONTROL, felt), [0.0, 0.0])


def test_if_nobody_feels_anything_the_arms_guess_alike_and_expectation_adds_no_difference():
    # as under anaesthesia: with no cue the belief knows nothing of the arm
    person = np.random.default_rng(1).standard_normal((2, PEOPLE))
    drug, placebo = (GUESS.belief(np.full((1, PEOPLE), -GUESS.doubt), HALF, b) for b in person)
    assert float(EXPECTATION.change(drug, HALF).mean() - EXPECTATION.change(placebo, HALF).mean()) == pytest.approx(
        0.0, abs=0.15
    )


class Arms:
    """Ketamine, midazolam and saline after one infusion; median CADSS 15 and the shares sedated are illustrative."""

    def __init__(self) -> None:
        rng = np.random.default_rng(2)
        dissociation = load_record("dissociation")
        background = dissociation.value("background", "points") * np.exp(
            dissociation.value("omega_background", "1") * rng.standard_normal((3, PEOPLE))
        )
        ketamine = 15.0 * np.exp(dissociation.value("omega_subject", "1") * rng.standard_normal(PEOPLE))
        self.CADSS = np.stack([background[0] + ketamine, background[1], background[2]])
        sedated = (rng.random((3, PEOPLE)) < np.array([[0.3], [0.5], [0.0]])).astype(float)
        person = rng.standard_normal((3, PEOPLE))
        evidence = GUESS.evidence(self.CADSS, sedated)
        self.belief = np.stack([GUESS.belief(e[None], HALF, b) for e, b in zip(evidence, person, strict=True)])
        says = guesses(self.belief, rng.random((3, PEOPLE)))
        self.index = [blinding_index(says[0]), blinding_index(~says[1]), blinding_index(~says[2])]
        self.change = EXPECTATION.change(self.belief, HALF)


ARMS = Arms()


def test_a_sedating_control_lies_between_the_drug_and_saline():
    ketamine, midazolam, saline = ARMS.belief.mean(1)
    assert saline < midazolam - 0.1 < midazolam < ketamine - 0.2
    assert ARMS.index[2] > ARMS.index[1] > 0.0
    assert ARMS.index[0] > 0.4


def test_saline_makes_the_drug_look_better_than_midazolam_does_by_a_point_or_two():
    ketamine, midazolam, saline = ARMS.change.mean(1)
    assert 1.0 < saline - midazolam < 3.0
    assert ketamine - saline < ketamine - midazolam < 0.0


def response(change: float, mean: float = -8.8, sd: float = 9.5, baseline: float = 31.1) -> float:
    """Return percent with a fall by half, from the midazolam arm of Murrough 2013 (rows R0259, R0263)."""
    return 100.0 * float(norm.cdf((-0.5 * baseline - mean - change) / sd))


@pytest.mark.xfail(strict=True, reason="belief alone gives about a quarter of the difference between controls")
def test_the_control_moves_response_as_published():
    # fact 8: 18 % on midazolam against 1 % on saline (rows R0278, R0279), accepted from +8 to +28
    _, midazolam, saline = ARMS.change.mean(1)
    assert 8.0 < response(0.0) - response(float(saline - midazolam)) < 28.0


def test_belief_alone_ties_benefit_to_dissociation_within_the_drugs_arm():
    # r of -0.35 and -0.41 in inpatients, none in the large nasal trials: with a change of SD 11 besides belief
    noise = 11.0 * np.random.default_rng(3).standard_normal(PEOPLE)
    r = np.corrcoef(ARMS.CADSS[0], ARMS.change[0] + noise)[0, 1]
    assert -0.25 < r < 0.0


def test_blinding_by_chance_has_index_zero():
    assert blinding_index(np.array([True, False])) == 0.0
    assert blinding_index(np.array([True, True])) == 1.0
    with pytest.raises(EuthymiaError, match="blinding is asked of nobody"):
        blinding_index(np.array([]))


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2, math.nan])
def test_a_share_that_leaves_nothing_to_guess_is_refused(share):
    with pytest.raises(EuthymiaError, match="expected between 0 and 1"):
        GUESS.belief(np.zeros((1, 2)), share)
