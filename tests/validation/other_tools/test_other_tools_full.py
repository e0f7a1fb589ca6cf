"""The full chain by other solvers on two sets of equations: SciPy, Numba and Diffrax beside the structured scheme."""

import numpy as np
import pytest

import full_crowd
import full_peers
import solvers
from euthymia.engine import ensemble, reference
from euthymia.engine.reference import Method

REPORT = np.array([1.0, 24.0, 74.0])
ALL = (*full_peers.STATES, *full_peers.SLOW)


@pytest.fixture(scope="module")
def few() -> full_crowd.FullCrowd:
    return full_crowd.draw(2, seed=3)


@pytest.fixture(scope="module")
def by_lsoda(few: full_crowd.FullCrowd) -> np.ndarray:
    return solvers.lsoda(full_peers.problem(few, REPORT), rtol=1e-12, atol=1e-13)


def test_our_dormand_prince_agrees_with_lsoda_on_the_full_chain(few, by_lsoda):
    found = solvers.dormand_prince(full_peers.problem(few, REPORT), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found, by_lsoda, rtol=1e-7, atol=1e-8)


def test_the_full_right_hand_side_is_the_same_compiled_and_plain(few):
    task = full_peers.problem(few, REPORT[:2])
    np.testing.assert_allclose(solvers.lsoda(task), solvers.lsoda(task, compiled=False), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("method", [Method.TSIT5, pytest.param(Method.KVAERNO5, marks=pytest.mark.long)])
def test_diffrax_agrees_with_lsoda_and_the_scheme_on_the_full_chain(few, by_lsoda, method):
    found = reference.run(few.group, few.events, REPORT, method=method, rtol=1e-9, atol=1e-11)
    for name in ("effect", "tolerance", "therapy", *full_peers.SLOW):
        np.testing.assert_allclose(found.values[name], by_lsoda[:, :, ALL.index(name)], rtol=1e-6, atol=1e-7)
    structured = ensemble.run(few.group, few.events, REPORT)
    assert set(structured.values) == set(found.values)
    assert np.abs(structured.values["sev"] - found.values["sev"]).max() <= 0.01
