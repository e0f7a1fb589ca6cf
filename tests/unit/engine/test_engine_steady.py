"""Fixed points: the right root, the right derivative, and never a silent failure."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.engine.steady import checked, damped_newton, fixed_point, settling_newton
from euthymia.errors import ConvergenceError


def square(x, a):
    return x**2 - a


def coupled(x, args):
    """Two saturating cells that excite each other."""
    drive, weight = args
    return jnp.tanh(drive + weight @ x) - x


def wall(x, a):
    return x**2 + a


root_with_slope = jax.jit(jax.value_and_grad(lambda a: fixed_point(square, jnp.ones(1), a).solution[0]))
settle = jax.jit(lambda start, a: fixed_point(lambda x, b: x - x**3 + b, start, a, search=settling_newton))
DRIVE = np.array([0.3, -0.2])
WEIGHT = np.array([[0.4, 0.3], [-0.5, 0.2]])


@settings(deadline=None, max_examples=30)
@given(st.floats(1e-3, 1e3))
def test_a_square_root_is_found_with_its_derivative(a):
    root, slope = root_with_slope(a)
    assert root == pytest.approx(np.sqrt(a), rel=1e-11, abs=1e-11)
    assert slope == pytest.approx(0.5 / np.sqrt(a), rel=1e-9)


def test_a_linear_system_takes_one_step():
    matrix, right = np.array([[2.0, 1.0], [0.5, 3.0]]), np.array([1.0, -1.0])
    root = fixed_point(lambda x, b: matrix @ x - b, jnp.zeros(2), right)
    assert int(root.steps) == 1
    np.testing.assert_allclose(root.solution, np.linalg.solve(matrix, right), rtol=1e-14)


def test_both_modes_of_differentiation_agree_with_finite_differences():
    def answer(drive):
        return fixed_point(coupled, jnp.zeros(2), (drive, WEIGHT)).solution

    h = 1e-5
    differences = np.stack([(answer(DRIVE + e) - answer(DRIVE - e)) / (2 * h) for e in h * np.eye(2)], axis=-1)
    np.testing.assert_allclose(jax.jacfwd(answer)(DRIVE), differences, rtol=1e-8)
    np.testing.assert_allclose(jax.jacrev(answer)(DRIVE), differences, rtol=1e-8)


def test_the_guess_moves_neither_solution_nor_derivative():
    def answer(guess, drive):
        return fixed_point(coupled, guess, (drive, WEIGHT)).solution.sum()

    near, far = jnp.zeros(2), jnp.array([0.9, -0.9])
    assert answer(near, DRIVE) == pytest.approx(float(answer(far, DRIVE)), abs=1e-11)
    np.testing.assert_allclose(jax.grad(answer, 1)(near, DRIVE), jax.grad(answer, 1)(far, DRIVE), rtol=1e-9)
    assert not np.any(jax.grad(answer)(far, DRIVE))


def test_damping_finds_a_root_that_plain_newton_runs_away_from():
    root = fixed_point(lambda x, a: jnp.arctan(x - a), jnp.array([5.0]), 1.0)
    assert bool(root.converged)
    assert root.solution[0] == pytest.approx(1.0, abs=1e-11)


def test_following_the_flow_passes_a_place_where_two_roots_have_just_vanished():
    def flow(x, a):
        return (x**2 + a) * (3.0 - x)

    stuck = fixed_point(flow, jnp.array([-1.0]), 0.1)
    settled = fixed_point(flow, jnp.array([-1.0]), 0.1, search=settling_newton)
    assert not bool(stuck.converged)
    assert bool(settled.converged)
    assert settled.solution[0] == pytest.approx(3.0, abs=1e-11)


@settings(deadline=None, max_examples=30)
@given(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
def test_following_the_flow_never_ends_at_an_unstable_root(start, a):
    """The flow x' = x - x^3 + a: the middle root repels."""
    root = settle(jnp.array([start]), a)
    x = float(root.solution[0])
    if bool(root.converged) and abs(start - x) > 1e-3:
        assert 1 - 3 * x**2 < 1e-3


def test_both_searches_have_the_same_derivatives():
    def answer(drive, search):
        return fixed_point(coupled, jnp.zeros(2), (drive, WEIGHT), search=search).solution

    np.testing.assert_allclose(
        jax.jacrev(answer)(DRIVE, settling_newton), jax.jacrev(answer)(DRIVE, damped_newton), rtol=1e-10
    )


def test_a_batch_gives_what_each_member_gives_alone():
    levels = jnp.array([1e-2, 1.0, 50.0])
    batch = jax.jit(jax.vmap(lambda a: fixed_point(square, jnp.ones(1), a)))(levels)
    alone = [fixed_point(square, jnp.ones(1), a).solution[0] for a in levels]
    np.testing.assert_allclose(batch.solution[:, 0], alone, rtol=1e-13)
    assert np.all(batch.converged)


def test_a_system_without_root_is_flagged():
    root = fixed_point(wall, jnp.ones(1), 1.0)
    assert not bool(root.converged)
    assert root.residual >= 1.0
    assert np.isfinite(root.solution[0])


def test_a_residual_that_is_not_a_number_is_flagged():
    root = fixed_point(lambda x, a: jnp.log(x) * a, jnp.array([-1.0]), 1.0)
    assert not bool(root.converged)


def test_one_failure_does_not_spoil_the_rest_of_the_batch():
    batch = jax.vmap(lambda a: fixed_point(wall, jnp.ones(1), a))(jnp.array([-4.0, 1.0]))
    assert batch.converged.tolist() == [True, False]
    assert batch.solution[0, 0] == pytest.approx(2.0)


def test_a_failure_becomes_an_error_that_says_what_was_looked_for():
    batch = jax.vmap(lambda a: fixed_point(wall, jnp.ones(1), a, steps=7))(jnp.array([-4.0, 1.0]))
    with pytest.raises(
        ConvergenceError, match=r"no fixed point for the wall in 1 of 2 cases: residual 1.* after 7 Newton"
    ):
        checked(batch, "the wall")


def test_a_good_root_passes_unchanged():
    root = fixed_point(square, jnp.ones(1), 4.0)
    assert checked(root, "a square root") is root
