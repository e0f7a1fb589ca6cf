"""One to three compartments against SciPy's LSODA, whatever the rates: every input, equal rates, mass balance."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from euthymia.engine.compartments import Compartments, matrix, transition
from euthymia.engine.superposition import Input, steady, superpose

TIGHT = {"method": "LSODA", "rtol": 1e-12, "atol": 1e-15}
ERROR = 1e-8

rates = st.floats(-2.0, 1.0).map(lambda power: 10.0**power)
gaps = st.sampled_from([0.0, 1e-14, 1e-11, 1e-8, 1e-5, 1e-3]) | st.floats(-1e-4, 1e-4)
GRAIN = 64  # times are whole 64ths of an hour: LSODA can't step over a gap of 1e-16 h between two edges


def hours(low: int, high: int) -> st.SearchStrategy[float]:
    """Draw a time between two counts of grains, h."""
    return st.integers(low, high).map(lambda grains: grains / GRAIN)


amounts = st.floats(1.0, 100.0)
inputs = st.builds(Input, target=st.integers(0, 3), amount=amounts, duration=st.just(0.0) | hours(3, 12 * GRAIN))


@st.composite
def compartments(draw: st.DrawFn) -> Compartments:
    """Draw a system; in half of those with a depot it empties at nearly a rate of the disposition."""
    exchange = tuple((draw(rates), draw(rates)) for _ in range(draw(st.integers(0, 2))))
    if len(exchange) == 2 and draw(st.booleans()):
        exchange = (exchange[0], (exchange[1][0], exchange[0][1] * (1.0 + draw(gaps))))
    system = Compartments(draw(rates), exchange)
    ka = draw(st.none() | rates)
    if ka is not None and draw(st.booleans()):
        lam = -np.linalg.eigvals(matrix(system)).real
        ka = float(lam[draw(st.integers(0, lam.size - 1))]) * (1.0 + draw(gaps))
    return replace(system, ka=ka)


def into(system: Compartments, given: Input) -> Input:
    """Return the input with a target that the system has."""
    return replace(given, target=given.target % system.size)


def check(system: Compartments, given: Input, times: list[float]) -> None:
    given, t = into(system, given), np.array(sorted(set(times)))
    ours, theirs = superpose(system, [given], t), by_lsoda(system, given, t)
    # LSODA's own tolerance is per step; amounts below a millionth of the dose carry its absolute error.
    np.testing.assert_allclose(ours, theirs, rtol=ERROR, atol=1e-6 * ERROR * given.amount)


def by_lsoda(system: Compartments, given: Input, t: np.ndarray) -> np.ndarray:
    """Return the amounts [time, state], integrated piece by piece between the edges of the input, with what left."""
    A, x = matrix(system), np.zeros(system.size)
    found = np.zeros((t.size, system.size))
    now, rate = 0.0, np.zeros(system.size)
    if given.duration == 0.0:
        x[given.target] = given.amount
    else:
        rate[given.target] = given.amount / given.duration
    for stop in np.unique([*t, given.duration]):
        if stop > now:
            on = rate * (now < given.duration)
            x = solve_ivp(lambda _, x, on=on: A @ x + on, (now, stop), x, jac=lambda _t, _x: A, **TIGHT).y[:, -1]
            now = stop
        found[t == stop] = x
    return found


@settings(max_examples=200, deadline=None)
@given(compartments(), inputs, st.lists(hours(3, 24 * GRAIN), min_size=1, max_size=3))
def test_amounts_are_those_of_lsoda(system: Compartments, given: Input, times: list[float]) -> None:
    check(system, given, times)


@pytest.mark.long
@settings(max_examples=5000, deadline=None)
@given(compartments(), inputs, st.lists(hours(3, 24 * GRAIN), min_size=1, max_size=3))
def test_amounts_are_those_of_lsoda_many_times(system: Compartments, given: Input, times: list[float]) -> None:
    check(system, given, times)


@settings(max_examples=150, deadline=None)
@given(compartments(), inputs, hours(6, 48 * GRAIN))
def test_what_came_in_is_in_the_body_or_has_left_it(system: Compartments, given: Input, until: float) -> None:
    given = into(system, given)
    # What leaves is k10 A_central; its integral is another state, solved with the amounts by the same LSODA.
    A = np.zeros((system.size + 1, system.size + 1))
    A[:-1, :-1], A[-1, system.central] = matrix(system), system.k10
    x, rate = np.zeros(system.size + 1), np.zeros(system.size + 1)
    (x if given.duration == 0.0 else rate)[given.target] = given.amount / (given.duration or 1.0)
    edges = [0.0, *([given.duration] if 0.0 < given.duration < until else []), until]
    for start, stop in pairwise(edges):
        on = rate * (start < given.duration)
        x = solve_ivp(lambda _, x, on=on: A @ x + on, (start, stop), x, **TIGHT).y[:, -1]
    came = given.amount * (min(1.0, until / given.duration) if given.duration else 1.0)
    held = superpose(system, [given], np.array([until]))[0].sum()
    assert held + x[-1] == pytest.approx(came, rel=ERROR)


@settings(max_examples=60, deadline=None)
@given(compartments(), inputs, hours(GRAIN, 24 * GRAIN), hours(0, GRAIN))
def test_a_steady_state_is_one_that_an_interval_gives_back(
    system: Compartments, given: Input, interval: float, share: float
) -> None:
    given = into(system, given)
    # One interval of LSODA from the state just before an input, with every infusion that still runs, returns to it.
    before = steady(system, given, interval, interval)
    A, x, now = matrix(system), before.amounts.copy(), 0.0
    running = [(left, target, rate) for target, rate, left in before.running]
    if given.duration == 0.0:
        x[given.target] += given.amount
    else:
        running.append((given.duration, given.target, given.amount / given.duration))
    half = share * interval
    for stop in sorted({min(left, interval) for left, _, _ in running} | {half, interval} - {0.0}):
        on = np.zeros(system.size)
        for left, target, rate in running:
            on[target] += rate * (left > now)
        if stop > now:
            x = solve_ivp(lambda _, x, on=on: A @ x + on, (now, stop), x, jac=lambda _t, _x: A, **TIGHT).y[:, -1]
            now = stop
        if stop == half:
            there = steady(system, given, interval, half).amounts
            np.testing.assert_allclose(there, x, rtol=ERROR, atol=1e-6 * ERROR * given.amount)
    np.testing.assert_allclose(x, before.amounts, rtol=ERROR, atol=1e-6 * ERROR * given.amount)


@settings(max_examples=200, deadline=None)
@given(compartments(), st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_two_passages_of_time_are_one(system: Compartments, first: float, second: float) -> None:
    (Phi, Gamma), (Phi_2, Gamma_2) = transition(system, first), transition(system, second)
    whole, filled = transition(system, first + second)
    np.testing.assert_allclose(Phi_2 @ Phi, whole, rtol=ERROR, atol=1e-14)
    np.testing.assert_allclose(Phi_2 @ Gamma + Gamma_2, filled, rtol=ERROR, atol=1e-12)
