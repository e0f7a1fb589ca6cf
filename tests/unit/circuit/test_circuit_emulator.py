"""The emulator: its stated bound over 10,000 random points, its gradient, and its place in the chain."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.circuit.emulator import (
    ERROR_BOUND,
    HIGH,
    LOW,
    Personal,
    check_domain,
    default_emulator,
    personal_circuit,
    personal_curve,
    spread,
)
from euthymia.circuit.manipulation import SST_output, changed, drive, spines
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import settled_rates_on_cpu, steady_state
from euthymia.circuit.surge import default_dose_curve
from euthymia.errors import EuthymiaError
from euthymia.models.defaults import default_chain

CIRCUIT = MeanField.from_evidence()
EMULATOR = default_emulator()
E = Population.E


def random_points(n, seed):
    where = np.random.default_rng(seed).uniform(LOW, HIGH, (n, len(LOW)))
    return where[:, :3], Personal(*where[:, 3:].T)


def solved(block, person):
    return settled_rates_on_cpu(personal_circuit(CIRCUIT, person), block)


def test_the_worst_error_over_10_000_random_points_is_below_the_stated_bound():
    block, person = random_points(10_000, seed=7)
    error = np.abs(EMULATOR.rates(block, person) / solved(block, person) - 1)
    assert error[:, E].max() <= ERROR_BOUND
    assert error[:, E].max() < 5e-4, "what it reaches, ten times better than promised"
    assert error.max() <= ERROR_BOUND


def test_the_bound_holds_at_every_corner_of_the_domain():
    corners = np.stack(np.meshgrid(*zip(LOW, HIGH, strict=True)), axis=-1).reshape(-1, len(LOW))
    block, person = corners[:, :3], Personal(*corners[:, 3:].T)
    assert np.abs(EMULATOR.rates(block, person) / solved(block, person) - 1).max() <= ERROR_BOUND


def test_the_surge_is_that_of_the_solved_circuit():
    block, person = random_points(2000, seed=8)
    change = solved(block, person)[:, E] / solved(0.0 * block, person)[:, E] - 1
    np.testing.assert_allclose(EMULATOR.surge(block, person), np.maximum(change, 0.0), atol=2 * ERROR_BOUND * 4)
    np.testing.assert_array_equal(EMULATOR.surge(np.zeros((4, 3))), 0.0)


def test_the_gradient_is_that_of_the_solved_circuit():
    """Against the implicit function theorem, in every input."""

    def emulated(inputs):
        return EMULATOR.rates(inputs[:3], Personal(*inputs[3:]))[E]

    def by_implicit_function(inputs):
        return steady_state(personal_circuit(CIRCUIT, Personal(*inputs[3:])), inputs[:3]).rates[E]

    block, person = random_points(60, seed=9)
    inputs = jnp.asarray(np.concatenate([block, np.stack(person, axis=-1)], axis=-1))
    ours, exact = (jax.jit(jax.vmap(jax.grad(f)))(inputs) for f in (emulated, by_implicit_function))
    np.testing.assert_allclose(ours, exact, rtol=5e-3, atol=1e-3)


def test_numpy_and_jax_give_the_same_rates():
    block, person = random_points(50, seed=10)
    by_jax = jax.jit(lambda b, p: EMULATOR.rates(b, p))(jnp.asarray(block), Personal(*map(jnp.asarray, person)))
    np.testing.assert_allclose(by_jax, EMULATOR.rates(block, person), rtol=1e-10)


def test_a_personal_circuit_is_the_composition_of_its_manipulations():
    person = Personal(tone=-0.02, spines=0.9, SST_output=0.85, PV_output=1.0)
    by_name = changed(CIRCUIT, drive(E, -0.02), spines(0.9), SST_output(0.85))
    for one, other in zip(jax.tree.leaves(personal_circuit(CIRCUIT, person)), jax.tree.leaves(by_name), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14)


def test_the_healthy_person_has_the_default_dose_curve():
    curve, default = personal_curve(), default_dose_curve()
    c = np.linspace(0.0, 20.0, 200)
    np.testing.assert_allclose(curve.change(c), default.change(c), atol=1e-3)
    np.testing.assert_allclose(curve.relative_surge(c), default.relative_surge(c), atol=1e-2)
    assert float(curve.peak) == pytest.approx(float(default.peak), rel=1e-3)


def test_a_chain_takes_a_personal_curve_in_place_of_the_dose_curve():
    chain = default_chain()
    personal = dataclasses.replace(chain, circuit=personal_curve())
    exposure = (np.linspace(0.0, 200.0, 50),)
    np.testing.assert_allclose(
        personal.fast(exposure)["trigger"], chain.fast(exposure)["trigger"], rtol=2e-2, atol=1e-3
    )


def test_many_people_have_each_their_own_curve():
    people = Personal(tone=np.array([0.0, -0.05]), spines=np.array([1.0, 0.85]))
    many = personal_curve(people)
    assert many.peak.shape == (2,)
    alone = personal_curve(Personal(tone=-0.05, spines=0.85))
    np.testing.assert_allclose(many.change(np.array([1.0, 1.0]))[1], alone.change(1.0), rtol=1e-10)


def test_a_circuit_outside_the_domain_is_refused_with_the_range():
    with pytest.raises(EuthymiaError, match=r"tone is 0.5; the emulator holds from -0.1 to 0.03"):
        personal_curve(Personal(tone=0.5))
    with pytest.raises(EuthymiaError, match="spine density is nan"):
        check_domain(Personal(spines=float("nan")))


def test_fitting_points_fill_the_cube_evenly():
    points = spread(4096, 2)
    counts = np.histogram2d(*points.T, bins=8, range=[[0, 1], [0, 1]])[0]
    assert np.all(np.abs(counts - 64) < 12)
