"""The mean field in time: order of the method, agreement with another solver, inputs, and what is refused."""

from __future__ import annotations

import dataclasses
import sys
from itertools import pairwise
from subprocess import run as start_process

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from euthymia.circuit import stability
from euthymia.circuit.course import BINS_A_CALL, CourseError, course
from euthymia.circuit.magnesium import millivolts
from euthymia.circuit.mean_field import MeanField, derivative
from euthymia.circuit.network import NetworkError
from euthymia.circuit.settled import steady_state
from euthymia.circuit.spectrum import field_potential

CIRCUIT = MeanField.from_evidence()
REST = jnp.zeros(3)
AT_REST = steady_state(CIRCUIT, REST)
DISTURBED = 1.3 * AT_REST.state


def test_a_circuit_left_alone_stays_where_it_is():
    still = course(CIRCUIT, 200.0)
    np.testing.assert_allclose(still.states, np.tile(AT_REST.state, (200, 1)), rtol=1e-9)
    np.testing.assert_allclose(still.rates()[-1], AT_REST.rates, rtol=1e-9)
    np.testing.assert_allclose(still.potentials()[-1], millivolts(AT_REST.state[3:6]), rtol=1e-9)
    expected = float(field_potential(CIRCUIT, AT_REST.state, REST))
    np.testing.assert_allclose(still.field_potential(), expected, rtol=1e-9)


def test_it_agrees_with_scipys_lsoda():
    block = np.array([0.2, 0.4, 0.5])
    ours = course(CIRCUIT, 60.0, start=DISTURBED, block=block, drive=0.05)
    exact = solve_ivp(
        lambda t, y: np.asarray(derivative(t, jnp.asarray(y), CIRCUIT, jnp.asarray(block), 0.05)),
        (0.0, 60.0),
        np.asarray(DISTURBED),
        method="LSODA",
        t_eval=ours.t,
        rtol=1e-10,
        atol=1e-12,
    )
    np.testing.assert_allclose(ours.states, exact.y.T, rtol=1e-6)


def test_halving_the_step_divides_the_error_by_sixteen():
    ends = [course(CIRCUIT, 40.0, start=DISTURBED, dt=dt, bin=2.0).states[-1] for dt in (0.4, 0.2, 0.1, 0.05)]
    errors = [np.abs(a - b).max() for a, b in pairwise(ends)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4.0, abs=0.5)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(4.0, abs=0.5)


def test_a_course_in_two_parts_is_the_course_in_one():
    duration = BINS_A_CALL + 137.0
    whole = course(CIRCUIT, duration, start=DISTURBED)
    first = course(CIRCUIT, 300.0, start=DISTURBED)
    second = course(CIRCUIT, duration - 300.0, start=first.states[-1])
    np.testing.assert_array_equal(whole.states, np.concatenate([first.states, second.states]))
    assert whole.t[-1] == duration


def test_inputs_in_time_act_in_their_own_bins():
    block, drive = np.zeros((100, 3)), np.zeros((100, 3))
    block[40:], drive[70:, 0] = 0.5, 0.1
    found = course(CIRCUIT, 100.0, block=block, drive=drive)
    np.testing.assert_allclose(found.states[39], AT_REST.state, rtol=1e-9)
    blocked = course(CIRCUIT, 30.0, start=found.states[39], block=0.5)
    np.testing.assert_allclose(found.states[69], blocked.states[-1], rtol=1e-12)
    undriven = course(CIRCUIT, 100.0, block=block)
    np.testing.assert_allclose(found.states[:70], undriven.states[:70], rtol=1e-12)
    assert np.all(found.rates()[70:90, 0] > undriven.rates()[70:90, 0])


def test_it_starts_at_the_fixed_point_of_its_first_inputs():
    block, drive = jnp.array([0.2, 0.4, 0.5]), jnp.array([0.02, 0.0, -0.01])
    settled = steady_state(CIRCUIT, block, drive).rates
    np.testing.assert_allclose(course(CIRCUIT, 5.0, block=block, drive=drive).rates()[-1], settled, rtol=1e-8)


def test_above_the_onset_the_mean_is_that_of_the_rhythm():
    block = np.array([0.0, 0.0, 0.5])
    start = 1.1 * steady_state(CIRCUIT, jnp.asarray(block)).state
    found = course(CIRCUIT, 4000.0, start=start, block=block).mean_rates(2000.0)
    np.testing.assert_allclose(found, stability.rhythm(CIRCUIT, block).rates, rtol=3e-3)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"duration": 10.5}, NetworkError, "do not fit"),
        ({"block": -0.1}, NetworkError, "expected fractions from 0 to 1"),
        ({"start": np.zeros(10)}, CourseError, r"start has shape \(10,\); expected the 11 states"),
    ],
)
def test_a_course_that_cannot_be_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        course(CIRCUIT, **({"duration": 10.0} | arguments))


def test_a_fast_synapse_needs_a_shorter_step_and_says_so():
    fast = dataclasses.replace(CIRCUIT, tau_Nr=0.01)
    with pytest.raises(CourseError, match="not finite"):
        course(fast, 200.0, start=DISTURBED)


def test_the_mean_field_does_not_load_numba():
    code = "import sys, euthymia.circuit.course, euthymia.circuit.stability; print('numba' in sys.modules)"
    done = start_process([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
