"""Linear kinetics against closed forms, conservation and the matrix exponential."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import crowd
from euthymia.engine.linear import Event, Linear, modes, respond
from euthymia.models.kinetics import TARGET

T = np.array([0.0, 0.01, 0.5, 1.0, 3.0, 10.0, 60.0])


def linear(*matrices: list[list[float]]) -> Linear:
    """Return a system whose outputs are its states."""
    matrix = np.asarray(matrices, dtype=float)
    n = matrix.shape[-1]
    names = tuple(f"x{i}" for i in range(n))
    return Linear(matrix, np.broadcast_to(np.eye(n), matrix.shape), names, names)


def one(*values: float) -> np.ndarray:
    return np.asarray(values, dtype=float)


def test_a_bolus_into_two_compartments_follows_batemans_equation():
    ka, k = 1.3, 0.2
    system = linear([[-ka, 0.0], [ka, -k]])
    expected = 10.0 * ka / (ka - k) * (np.exp(-k * T) - np.exp(-ka * T))
    np.testing.assert_allclose(respond(system, [Event(0.0, 0.0, 0, one(10.0))], T)[0, 1], expected, atol=1e-13)


def test_an_infusion_rises_to_rate_over_elimination_and_then_decays():
    k, duration = 0.4, 2.5
    out = respond(linear([[-k]]), [Event(1.0, duration, 0, one(5.0))], T + 1.0)[0, 0]
    during = 5.0 / duration / k * (1.0 - np.exp(-k * np.minimum(T, duration)))
    np.testing.assert_allclose(out, during * np.exp(-k * np.maximum(T - duration, 0.0)), atol=1e-13)


def test_what_goes_into_a_closed_system_stays_there():
    system = linear([[-2.0, 0.5, 0.0], [2.0, -1.5, 0.3], [0.0, 1.0, -0.3]])
    events = [Event(0.0, 0.0, 0, one(3.0)), Event(0.0, 0.4, 2, one(4.0))]
    np.testing.assert_allclose(respond(system, events, T[2:])[0].sum(0), 7.0, rtol=1e-12)


def test_a_state_without_loss_integrates_its_input():
    k = 0.7
    out = respond(linear([[-k, 0.0], [1.0, 0.0]]), [Event(0.0, 0.0, 0, one(2.0))], T)
    np.testing.assert_allclose(out[0, 1], 2.0 * (1.0 - np.exp(-k * T)) / k, atol=1e-13)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.0, 5.0), st.just(0.0) | st.floats(1e-3, 3.0), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_events_superpose_and_scale(t, duration, first, second):
    system = linear([[-1.0, 0.2], [0.5, -0.4]])
    a, b = Event(t, 0.0, 0, one(first)), Event(0.5, duration, 1, one(second))
    both = respond(system, [a, b], T)
    np.testing.assert_allclose(both, respond(system, [a], T) + respond(system, [b], T), atol=1e-10)
    halved = [dataclasses.replace(event, amount=event.amount / 2.0) for event in (a, b)]
    np.testing.assert_allclose(respond(system, halved, T), both / 2.0, atol=1e-10)


def test_two_equal_rates_are_marked_and_still_exact():
    k = 0.9
    system = linear([[-k, 0.0], [k, -k]])
    assert not modes(system).exact[0]
    out = respond(system, [Event(0.0, 0.0, 0, one(4.0))], T)[0, 1]
    np.testing.assert_allclose(out, 4.0 * k * T * np.exp(-k * T), atol=1e-13)


def test_an_oscillator_has_no_real_modes_and_is_still_exact():
    system = linear([[0.0, 1.0], [-1.0, 0.0]], [[-1.0, 0.0], [0.5, -2.0]])
    assert modes(system).exact.tolist() == [False, True]
    out = respond(system, [Event(0.0, 0.0, 0, one(1.0, 1.0))], T)
    np.testing.assert_allclose(out[0], [np.cos(T), -np.sin(T)], atol=1e-12)
    np.testing.assert_allclose(out[1, 0], np.exp(-T), atol=1e-13)


def test_modes_turn_back_into_the_system():
    system = crowd.draw(20).linear
    basis = modes(system)
    assert basis.exact.all()
    A = np.einsum("pom,pm,psm->pos", basis.read, basis.lam, basis.inject)
    np.testing.assert_allclose(A, system.read @ system.matrix, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-9, 1e-7, 1e-5, 1e-3])
def test_modes_and_exponential_agree_however_near_two_rates_are(gap):
    system = crowd.with_equal_rates(gap).linear
    events = [Event(0.0, 0.0, TARGET.mucosa, one(15.0)), Event(0.25, 0.5, TARGET.swallowed, one(8.0))]
    A, B = system.matrix[0], np.zeros((11, 11))
    B[:10, :10], B[TARGET.swallowed, 10] = A, 16.0
    x = expm(A * 0.25)[:, TARGET.mucosa] * 15.0
    x = expm(B * 0.5) @ [*x, 1.0]
    np.testing.assert_allclose(
        respond(system, events, one(0.75, 8.0))[0],
        (system.read[0] @ np.array([x[:10], expm(A * 7.25) @ x[:10]]).T),
        rtol=1e-9,
    )


def test_nearly_equal_rates_take_the_exponential():
    assert not modes(crowd.with_equal_rates(1e-10).linear).exact[0]
    assert modes(crowd.with_equal_rates(1e-3).linear).exact[0]


def test_not_even_rounding_passes_between_states_that_nothing_connects():
    drug = crowd.draw(5).linear
    n, m = len(drug.states), len(drug.outputs)
    matrix, read = np.zeros((5, 2 * n + 1, 2 * n + 1)), np.zeros((5, 2 * m, 2 * n + 1))
    own, other = slice(0, 2 * n, 2), slice(1, 2 * n, 2)  # interleaved, so that no order helps
    matrix[:, own, own], matrix[:, other, other] = drug.matrix, 3.0 * drug.matrix
    read[:, :m, own], read[:, m:, other] = drug.read, drug.read
    both = Linear(matrix, read, ("x",) * (2 * n + 1), ("y",) * (2 * m))
    given = [Event(0.0, 0.0, 2 * TARGET.mucosa, one(1.0, 2.0, 3.0, 4.0, 5.0))]
    out = respond(both, given, T)
    assert not out[:, m:].any()
    alone = respond(drug, [dataclasses.replace(given[0], target=TARGET.mucosa)], T)
    np.testing.assert_array_equal(out[:, :m], alone)


def test_one_person_has_the_same_modes_alone_and_in_a_crowd():
    system = crowd.draw(9).linear
    together, alone = modes(system), modes(system.take(np.array([4])))
    for name in ("lam", "inject", "read"):
        assert np.array_equal(getattr(together, name)[4], getattr(alone, name)[0])


def test_an_output_hears_only_the_modes_of_what_flows_into_it():
    """Into -> plasma <-> deep -> site: the site hears all four, plasma and deep not what only follows them."""
    system = linear([[-2.0, 0.0, 0.0, 0.0], [2.0, -1.0, 0.3, 0.0], [0.0, 0.5, -0.3, 0.0], [0.0, 0.7, 0.0, -0.7]])
    basis = modes(system)
    assert basis.heard.sum(1).tolist() == [1, 3, 3, 4]
    assert not basis.read[0][~basis.heard].any()
    V = basis.read[0]
    np.testing.assert_allclose(system.matrix[0] @ V, V * basis.lam[0], atol=1e-12)
    np.testing.assert_allclose(basis.inject[0].T @ V, np.eye(4), atol=1e-12)
