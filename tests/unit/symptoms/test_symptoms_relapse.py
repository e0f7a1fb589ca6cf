"""Two wells: resting points, folds and hysteresis in closed form, and paths that follow them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.symptoms.relapse import FOLD, DoubleWell, WellState, potential, remaining_stress, severity, wells

WELL = DoubleWell.from_record(load_record("relapse"))
UNIT = DoubleWell(tau_well=1.0, noise=0.0)
BOTH = st.floats(-0.99 * FOLD, 0.99 * FOLD)


@given(BOTH)
def test_nothing_moves_at_the_three_resting_points_and_only_the_wells_hold(tilt: float):
    for y, stable in zip(wells(tilt), (True, False, True), strict=True):
        assert float(UNIT.derivative(0.0, WellState(y), tilt).y) == pytest.approx(0.0, abs=1e-12)
        assert (1.0 - 3.0 * y**2 < 0.0) is stable


@given(BOTH, st.floats(-1.5, 1.5))
def test_the_drift_is_downhill(tilt: float, y: float):
    step = 1e-6
    slope = (potential(y + step, tilt) - potential(y - step, tilt)) / (2.0 * step)
    assert float(UNIT.derivative(0.0, WellState(y), tilt).y) == pytest.approx(-slope, abs=1e-6)


def test_without_tilt_the_wells_are_one_below_and_above_and_a_quarter_deep():
    assert wells(0.0) == pytest.approx((-1.0, 0.0, 1.0))
    assert potential(0.0, 0.0) - potential(-1.0, 0.0) == 0.25


@pytest.mark.parametrize(("tilt", "left"), [(-0.4, "remission"), (0.4, "depression"), (FOLD, "depression")])
def test_beyond_the_fold_one_well_is_left(tilt: float, left: str):
    with pytest.raises(EuthymiaError, match=f"leaves no well but {left}; expected above -0.385 and below 0.385"):
        wells(tilt)
    if left == "depression":
        with pytest.raises(EuthymiaError, match="nan leaves no well"):
            wells(math.nan)


def settled(start: float, tilt: float) -> float:
    steps = 4000
    return float(UNIT.paths(np.array([start]), np.full(steps, tilt), np.zeros((steps, 1)), 0.05)[-1, 0])


def test_without_noise_a_person_stays_in_the_well_until_it_is_gone_and_comes_back_at_another_level():
    assert settled(1.0, -0.9 * FOLD) > 0.0
    assert settled(1.0, -1.1 * FOLD) < 0.0
    recovered = settled(1.0, -1.1 * FOLD)
    assert settled(recovered, 0.0) == pytest.approx(-1.0)
    assert settled(recovered, 0.9 * FOLD) < 0.0
    assert settled(recovered, 1.1 * FOLD) > 0.0


def test_the_scheme_is_of_second_order_without_noise():
    def end(step: float) -> float:
        steps = round(2.0 / step)
        return float(UNIT.paths(np.array([0.1]), np.zeros(steps), np.zeros((steps, 1)), step)[-1, 0])

    exact = 1.0 / math.sqrt(1.0 + (0.1**-2 - 1.0) * math.exp(-4.0))
    errors = [abs(end(step) - exact) for step in (0.1, 0.05)]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)


def test_a_person_in_a_well_scatters_as_the_potential_says():
    noisy = DoubleWell(tau_well=1.0, noise=0.02)
    normals = np.random.default_rng(1).standard_normal((2000, 500))
    y = noisy.paths(np.full(500, -1.0), np.zeros(2000), normals, 0.05)[400:]
    grid = np.linspace(-3.0, 0.0, 4001)
    weight = np.exp(-potential(grid, 0.0) / noisy.noise)
    mean = (grid * weight).sum() / weight.sum()
    variance = ((grid - mean) ** 2 * weight).sum() / weight.sum()
    assert y.mean() == pytest.approx(mean, abs=0.002)
    assert y.var() == pytest.approx(variance, rel=0.03)


def test_another_persons_draws_move_nobody():
    normals = np.random.default_rng(2).standard_normal((50, 3))
    both = WELL.paths(np.ones(3), np.zeros(50), normals, 6.0)
    alone = WELL.paths(np.ones(1), np.zeros(50), normals[:, 1:2], 6.0)
    np.testing.assert_array_equal(both[:, 1:2], alone)


def test_too_long_a_step_is_refused():
    with pytest.raises(EuthymiaError, match=r"steps of 12 h; expected above 0 and at most 9.6 h"):
        WELL.paths(np.ones(1), np.zeros(1), np.zeros((1, 1)), 12.0)


def test_severity_is_what_it_was_told_to_be_in_each_well():
    assert severity(-1.0, 8.0, 34.0) == 8.0
    assert severity(1.0, 8.0, 34.0) == 34.0
    assert severity(0.0, 8.0, 34.0) == 21.0


def test_an_episode_fades_as_untreated_people_recover():
    tau = load_record("relapse").value("tau_episode", "h")
    weeks = np.array([0.0, 13.0, 26.0, 52.0])
    recovered = 1.0 - remaining_stress(168.0 * weeks, tau)
    np.testing.assert_allclose(recovered, [0.0, 0.23, 0.32, 0.53], atol=0.08)
