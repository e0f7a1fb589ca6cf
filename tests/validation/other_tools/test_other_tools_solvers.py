"""Five solvers, two sets of equations, one answer: SciPy, Numba and Diffrax beside the structured scheme."""

import dataclasses

import numpy as np
import pytest

import crowd
import peers
import solvers
from euthymia.engine import ensemble, reference
from euthymia.engine.linear import Event
from euthymia.engine.reference import Method
from euthymia.models.kinetics import TARGET

REPORT = np.array([2.0 / 3.0, 2.0, 24.0, 72.0, 168.0])
ALL = (*peers.STATES, *peers.SLOW)


@pytest.fixture(scope="module")
def people() -> crowd.Crowd:
    return crowd.draw(4)


@pytest.fixture(scope="module")
def exact(people: crowd.Crowd) -> np.ndarray:
    return solvers.lsoda(peers.problem(people, REPORT), rtol=1e-12, atol=1e-13)


def test_our_dormand_prince_agrees_with_lsoda(people, exact):
    found = solvers.dormand_prince(peers.problem(people, REPORT), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found, exact, rtol=1e-7, atol=1e-8)


def test_the_compiled_right_hand_side_is_the_python_one(people):
    task = peers.problem(people, REPORT[:2])
    np.testing.assert_allclose(solvers.lsoda(task), solvers.lsoda(task, compiled=False), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("method", Method)
def test_diffrax_agrees_with_lsoda_on_every_variable(people, exact, method):
    found = reference.run(people.group, people.events, REPORT, method=method, rtol=1e-9, atol=1e-11)
    for name in ("effect", "tolerance", *peers.SLOW):
        np.testing.assert_allclose(found.values[name], exact[:, :, ALL.index(name)], rtol=1e-6, atol=1e-7)
    assert found.error == {}
    assert found.moment.t == REPORT[-1]


def test_the_reference_and_the_scheme_differ_by_less_than_the_estimate(people):
    found = ensemble.run(people.group, people.events, REPORT)
    other = reference.run(people.group, people.events, REPORT, method=Method.TSIT5)
    assert set(found.values) == set(other.values)
    assert (np.abs(found.values["sev"] - other.values["sev"]).max(1) <= found.error["sev"].max(1)).all()
    np.testing.assert_allclose(found.values["plasma"], other.values["plasma"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("duration", [0.0, 2.0 / 3.0], ids=["injection", "infusion"])
def test_doses_into_a_vein_agree_too(people, duration):
    amount = np.array([10.0, 20.0, 40.0, 60.0])
    events = [Event(24.0 * day, duration, TARGET.vein, amount) for day in (0, 3)]
    given = dataclasses.replace(people, events=events)
    exact = solvers.lsoda(peers.problem(given, REPORT), rtol=1e-11, atol=1e-12)
    found = ensemble.run(given.group, events, REPORT)
    assert np.abs(found.values["sev"] - exact[:, :, ALL.index("sev")]).max() <= 0.01
    np.testing.assert_allclose(found.values["tolerance"], exact[:, :, ALL.index("tolerance")], rtol=1e-6, atol=1e-9)


def test_a_person_whose_rates_coincide_agrees_with_lsoda():
    person = crowd.with_equal_rates(0.0)
    exact = solvers.lsoda(peers.problem(person, REPORT), rtol=1e-11, atol=1e-12)
    found = ensemble.run(person.group, person.events, REPORT)
    np.testing.assert_allclose(found.values["effect"], exact[:, :, ALL.index("effect")], rtol=1e-6, atol=1e-9)
    assert np.abs(found.values["sev"] - exact[:, :, ALL.index("sev")]).max() <= 0.01
