"""The reduction: the balance it states, its limits, what depletes it, and the two clocks of stopping."""

from __future__ import annotations

from dataclasses import replace

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from euthymia.engine import along
from euthymia.engine.along import Carry, Plan
from euthymia.engine.linear_steps import ModalKinetics
from euthymia.evidence import load_record
from euthymia.pharmacology.transporter import plasma_occupancy
from euthymia.plasticity.serotonin import Adaptation, Serotonin, SerotoninInput, SerotoninState, withdrawn

MODEL = Serotonin.from_record(load_record("serotonin"))
UNCHANGED = replace(MODEL, adaptation=Adaptation.UNCHANGED)
DAY = 24.0
LANES = 8

shares = st.floats(0.0, 0.999)
sensitivities = st.floats(0.0, 3.0)


def clearance(theta: float) -> float:
    return (1.0 - theta) * (1.0 - MODEL.f_res) + MODEL.f_res


def course(theta, days: np.ndarray, model: Serotonin = MODEL, AR: float = 1.0) -> np.ndarray:
    """Return AR at these days under the occupancy theta(hours)."""
    solution = solve_ivp(
        lambda t, y: [float(model.derivative(t, SerotoninState(y[0]), SerotoninInput(theta(t))).AR)],
        (0.0, DAY * days[-1]),
        [AR],
        t_eval=DAY * days,
        rtol=1e-8,
        atol=1e-10,
        max_step=DAY,
    )
    return solution.y[0]


@given(shares, sensitivities, st.floats(0.01, 3.0))
def test_release_balances_clearance(theta: float, AR: float, supply: float):
    given = SerotoninInput(theta, supply)
    HT, fire = float(MODEL.HT(AR, given)), float(MODEL.fire(AR, given))
    assert HT > 0.0
    assert clearance(theta) * HT == pytest.approx(supply * fire, rel=1e-9)


@given(sensitivities)
def test_without_drug_serotonin_is_at_rest_whatever_the_sensitivity(AR: float):
    assert float(MODEL.HT(AR, SerotoninInput())) == pytest.approx(1.0, rel=1e-12)
    assert float(MODEL.fire(AR, SerotoninInput())) == pytest.approx(1.0, rel=1e-12)


def test_rest_is_a_steady_state():
    rate, drive = MODEL.relaxation(0.0, MODEL.initial_state(), SerotoninInput())
    assert float(drive.AR / rate.AR) == pytest.approx(1.0)
    assert float(MODEL.settled(SerotoninInput())) == pytest.approx(1.0)


@given(shares)
def test_without_autoreceptors_serotonin_is_one_over_clearance(theta: float):
    assert float(MODEL.HT(0.0, SerotoninInput(theta))) == pytest.approx(1.0 / clearance(theta), rel=1e-9)


@given(shares, shares, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_more_occupancy_raises_serotonin_and_more_feedback_lowers_the_rise(a: float, b: float, c: float, d: float):
    (low, high), (weak, strong) = sorted((a, b)), sorted((c, d))
    tight = 1.0 + 1e-12
    assert float(MODEL.HT(c, SerotoninInput(low))) <= float(MODEL.HT(c, SerotoninInput(high))) * tight
    assert float(MODEL.HT(strong, SerotoninInput(a))) <= float(MODEL.HT(weak, SerotoninInput(a))) * tight
    assert float(MODEL.fire(strong, SerotoninInput(a))) <= tight


@given(st.floats(0.05, 0.95), shares)
def test_depletion_lowers_serotonin_less_than_in_proportion_because_feedback_lets_go(supply: float, theta: float):
    full, depleted = (float(MODEL.HT(1.0, SerotoninInput(theta, share))) for share in (1.0, supply))
    assert supply * full < depleted < full
    assert float(MODEL.fire(1.0, SerotoninInput(theta, supply))) > float(MODEL.fire(1.0, SerotoninInput(theta)))


def test_depletion_takes_more_serotonin_from_the_treated_than_from_the_untreated():
    rest, poor = SerotoninInput(0.0), SerotoninInput(0.0, 0.5)
    AR = float(MODEL.settled(SerotoninInput(0.8)))
    untreated = float(MODEL.HT(1.0, rest) - MODEL.HT(1.0, poor))
    treated = float(MODEL.HT(AR, SerotoninInput(0.8)) - MODEL.HT(AR, SerotoninInput(0.8, 0.5)))
    assert treated > 2.0 * untreated


def test_the_target_falls_from_one_to_its_floor():
    assert float(MODEL.target(jnp.asarray(0.3))) == 1.0
    assert float(MODEL.target(1.0 + MODEL.K_AR)) == pytest.approx((1.0 + MODEL.AR_min) / 2.0)
    assert float(MODEL.target(jnp.asarray(1e9))) == pytest.approx(MODEL.AR_min)


@pytest.mark.parametrize("theta", [0.0, 0.1, 0.5, 0.8, 0.95])
def test_the_settled_sensitivity_is_where_its_course_ends(theta: float):
    AR = float(MODEL.settled(SerotoninInput(theta)))
    assert float(MODEL.derivative(0.0, SerotoninState(AR), SerotoninInput(theta)).AR) == pytest.approx(0.0, abs=1e-12)
    assert MODEL.AR_min < AR <= 1.0


def test_unchanged_autoreceptors_stay_as_they_are():
    assert course(lambda t: 0.8, np.array([28.0]), UNCHANGED) == pytest.approx([1.0])
    assert float(UNCHANGED.settled(SerotoninInput(0.8))) == pytest.approx(1.0)


def test_a_step_of_the_structured_scheme_has_order_two_although_the_target_depends_on_the_state():
    class Alone(eqx.Module):
        feedback: tuple[str, ...] = eqx.field(static=True, default=("AR",))

        def fast(self, exposure):
            return {"theta": exposure[0]}

        def links(self):
            def link(states, drivers):
                rate, drive = MODEL.relaxation(0.0, SerotoninState(**states), SerotoninInput(**drivers))
                return rate.AR, drive.AR

            return (("AR", link),)

    def ends(pieces: int) -> float:
        kinetics = ModalKinetics(jnp.full((1, LANES), -0.005), jnp.ones((1, 1, LANES)), jnp.ones((1, 1, LANES)))
        given = np.where(np.arange(pieces) == 0, 0, -1)
        amounts = np.full((1, 1, LANES), 0.85), np.zeros((1, 1, LANES))
        plan = Plan(np.full(pieces, 20.0 * DAY / pieces), given, np.zeros_like(given), *amounts)
        carry = Carry(jnp.zeros((1, LANES)), ({"AR": jnp.ones(LANES)},))
        return float(along.advance(Alone(), kinetics, carry, plan)[0].slow[0]["AR"][0])

    exact = course(lambda t: 0.85 * np.exp(-0.005 * t), np.array([20.0]))[0]
    errors = [abs(ends(pieces) - exact) for pieces in (10, 20, 40)]
    assert np.log2(errors[0] / errors[1]) > 1.8
    assert np.log2(errors[1] / errors[2]) > 1.8


class TestStopping:
    """Two clocks: serotonin goes with the drug, the autoreceptors come back with their own time constant."""

    AR = float(MODEL.settled(SerotoninInput(0.8)))
    HT = float(MODEL.HT(AR, SerotoninInput(0.8)))

    def withdrawn_at(self, half_life: float, days: np.ndarray) -> np.ndarray:
        """Return what is withdrawn after the last dose of a drug whose level has this half-life, h."""
        occupancy = plasma_occupancy(load_record("sert"), "sertraline")
        level = float(occupancy.level(0.8))

        def theta(t):
            return occupancy(level * 0.5 ** (t / half_life))

        AR = course(lambda t: float(theta(t)), days, AR=self.AR)
        return np.asarray(withdrawn(self.HT, MODEL.HT(AR, SerotoninInput(theta(DAY * days)))))

    def test_all_is_withdrawn_at_once_when_occupancy_is_and_nothing_undershoots(self):
        gone = MODEL.HT(self.AR, SerotoninInput(0.0))
        assert float(withdrawn(self.HT, gone)) == pytest.approx(1.0)
        assert float(withdrawn(self.HT, self.HT)) == 0.0

    def test_a_drug_that_leaves_within_a_day_is_withdrawn_within_days_and_a_slow_one_within_weeks(self):
        days = np.arange(0.0, 57.0)
        quick, slow = (self.withdrawn_at(half_life, days) for half_life in (DAY, 7.0 * DAY))
        assert np.all(np.diff(quick) >= 0.0)
        assert np.all(quick[1:] > slow[1:])
        half = [float(np.interp(0.5, share, days)) for share in (quick, slow)]
        assert half[0] < 5.0
        assert 10.0 < half[1] < 30.0

    def test_the_autoreceptors_come_back_with_their_own_time_constant_whatever_the_drug_does(self):
        days = np.array([0.0, 3.0, 9.0, 27.0])
        left = (1.0 - course(lambda t: 0.0, days, AR=self.AR)) / (1.0 - self.AR)
        assert left == pytest.approx(np.exp(-DAY * days / MODEL.tau_AR), rel=1e-6)
