"""The structured scheme against LSODA on an independent right-hand side: order, accuracy, and an honest error estimate.

48 people drawn with the evidence's between-subject spread, 84 days, 16 spray visits of one to three devices.
"""

import numpy as np
import pytest

import crowd
import peers
import solvers
from euthymia.engine import ensemble
from euthymia.engine.ensemble import Settings

SEVERITY = peers.N - 2
MOOD = 0.01  # points of the MADRS
PLASMA = 1e-6  # share of a peak


@pytest.fixture(scope="module")
def people() -> crowd.Crowd:
    return crowd.draw(48)


@pytest.fixture(scope="module")
def exact(people: crowd.Crowd) -> np.ndarray:
    """All states by LSODA, [person, time, state]."""
    return solvers.lsoda(peers.problem(people), rtol=1e-11, atol=1e-12)


@pytest.fixture(scope="module")
def outcome(people: crowd.Crowd) -> ensemble.Outcome:
    return ensemble.run(people.group, people.events, crowd.REPORT)


def test_mood_is_within_a_hundredth_of_a_point(outcome, exact):
    assert np.abs(exact[:, :, SEVERITY]).max() > 20.0
    assert np.abs(outcome.values["sev"] - exact[:, :, SEVERITY]).max() <= MOOD


def test_plasma_peaks_are_within_a_millionth(people, outcome, exact):
    peaks = np.searchsorted(crowd.REPORT, crowd.PEAKS)
    level = exact[:, peaks, peers.STATES.index("c")] * 1000.0 / np.asarray(people.body.Vc)[:, None]
    np.testing.assert_allclose(outcome.values["plasma"][:, peaks], level, rtol=PLASMA)


@pytest.mark.parametrize("name", ["bdnf", "mtor", "pot", "spn", "sev", "area"])
def test_the_error_estimate_covers_the_true_error_in_nearly_everybody(outcome, exact, name):
    state = len(peers.STATES) + peers.SLOW.index(name)
    true = np.abs(outcome.values[name] - exact[:, :, state]).max(1)
    assert np.mean(outcome.error[name].max(1) >= true) >= 0.95


def test_the_observed_order_is_two(people, exact):
    errors = []
    for halvings in range(4):
        found = ensemble.run(
            people.group, people.events, crowd.REPORT, settings=Settings(richardson=False, halvings=halvings)
        )
        errors.append(np.abs(found.values["sev"] - exact[:, :, SEVERITY]).max())
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert orders.min() >= 1.9, f"errors {errors}, orders {orders}"


def test_extrapolation_gains_more_than_another_halving(people, outcome, exact):
    halved = ensemble.run(people.group, people.events, crowd.REPORT, settings=Settings(richardson=False, halvings=1))
    gained = np.abs(outcome.values["sev"] - exact[:, :, SEVERITY]).max()
    assert gained < np.abs(halved.values["sev"] - exact[:, :, SEVERITY]).max() / 10.0


@pytest.mark.long
def test_the_bars_hold_for_a_thousand_other_people():
    people = crowd.draw(1000, seed=2)
    exact = solvers.lsoda(peers.problem(people), rtol=1e-10, atol=1e-11)
    outcome = ensemble.run(people.group, people.events, crowd.REPORT)
    true = np.abs(outcome.values["sev"] - exact[:, :, SEVERITY]).max(1)
    assert np.quantile(true, 0.99) <= MOOD
    assert np.mean(outcome.error["sev"].max(1) >= true) >= 0.95
