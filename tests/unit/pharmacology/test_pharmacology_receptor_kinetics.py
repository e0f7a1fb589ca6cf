"""The ten-state receptor: probability is kept, the steady state is closed, drugs need an open channel and stay."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.errors import ScheduleError
from euthymia.evidence import load_record
from euthymia.pharmacology.receptor_kinetics import (
    SECOND,
    Blocker,
    Cleft,
    Episode,
    GatingSet,
    Receptor,
    TrappingReceptor,
    generator,
    pulses,
    time_course,
    trapping_receptor,
)

RECORD = load_record("nmda_kinetics")
KETAMINE = trapping_receptor(RECORD)
MEMANTINE = trapping_receptor(RECORD, blocker=Blocker.MEMANTINE)
QUIET = Cleft(0.0, 0.0, -70.0, 0.0)
CLAMP = Cleft(1000.0, 10.0, -70.0, 0.0)
surroundings = st.builds(
    Cleft, glu=st.floats(0.5, 1000), c=st.floats(0.01, 50), V=st.floats(-90, 40), Mg=st.floats(0, 2)
)
gatings = st.sampled_from(GatingSet)


def shares(receptor: Receptor) -> np.ndarray:
    return np.array([*receptor, receptor.U0], dtype=float)


@given(gating=gatings, at=surroundings)
@settings(max_examples=25, deadline=None)
def test_columns_of_the_generator_sum_to_zero_and_nothing_flows_the_wrong_way(gating, at):
    matrix = generator(trapping_receptor(RECORD, gating=gating), at)
    scale = np.abs(matrix).max()
    np.testing.assert_allclose(matrix.sum(0), 0.0, atol=1e-12 * scale)
    assert (matrix - np.diag(np.diag(matrix)) > -1e-12 * scale).all()


@given(gating=gatings, at=surroundings)
@settings(max_examples=25, deadline=None)
def test_the_null_space_is_the_closed_form(gating, at):
    receptor = trapping_receptor(RECORD, gating=gating)
    steady = receptor.steady(at)
    assert float(steady.blocked) == pytest.approx(float(receptor.steady_block(at)), abs=1e-7)
    assert shares(steady) == pytest.approx(np.clip(shares(steady), 0, 1), abs=1e-9)
    still = np.array([float(rate) for rate in receptor.derivative(0.0, steady, at)]) * SECOND
    np.testing.assert_allclose(still, 0.0, atol=1e-7)


@pytest.mark.parametrize("gating", GatingSet)
def test_half_of_the_receptors_are_blocked_at_the_measured_level_for_any_gating(gating):
    receptor = trapping_receptor(RECORD, gating=gating)
    steady = receptor.steady(Cleft(1e6, 0.71, -70.0, 0.0))
    assert float(steady.blocked) == pytest.approx(0.5, abs=1e-9)
    assert float(receptor.steady_block(Cleft(1.0, 0.71, -70.0, 0.0))) == pytest.approx(0.5)


@given(glu=st.floats(1.0, 1e4), c=st.floats(0.05, 20))
@settings(max_examples=25, deadline=None)
def test_block_settles_at_the_same_place_whatever_the_glutamate(glu, c):
    at = Cleft(glu, c, -40.0, 1.0)
    assert float(KETAMINE.steady(at).blocked) == pytest.approx(float(KETAMINE.steady_block(at)), abs=1e-7)


def test_a_time_course_ends_where_the_steady_state_is():
    for receptor in (KETAMINE, MEMANTINE):
        late = time_course(receptor, [Episode(1.0, CLAMP)], [1.0])
        np.testing.assert_allclose(shares(late)[:, 0], shares(receptor.steady(CLAMP)), atol=1e-8)


@given(width=st.floats(1e-3, 0.05), count=st.integers(1, 6), c=st.floats(0.1, 10))
@settings(max_examples=10, deadline=None)
def test_shares_stay_shares_through_a_train_of_pulses(width, count, c):
    train = pulses(
        count, width=width * SECOND, interval=0.1 * SECOND, on=Cleft(1000, c, -40, 1), off=Cleft(0, c, -66, 1)
    )
    course = time_course(KETAMINE, train, np.linspace(0, 0.1 * count + 1, 41) * SECOND)
    assert shares(course).min() > -1e-9
    np.testing.assert_allclose(shares(course).sum(0), 1.0, atol=1e-12)


def test_splitting_an_episode_changes_nothing():
    t = np.linspace(0, 4, 17) * SECOND
    whole = time_course(KETAMINE, [Episode(4 * SECOND, CLAMP)], t)
    parts = time_course(KETAMINE, [Episode(1.3 * SECOND, CLAMP), Episode(2.7 * SECOND, CLAMP)], t)
    np.testing.assert_allclose(shares(parts), shares(whole), atol=1e-9)


def test_the_time_course_agrees_with_small_steps():
    now, step = shares(KETAMINE.initial_state()), 2e-5 * SECOND
    matrix = generator(KETAMINE, CLAMP)
    middle = np.linalg.solve(np.eye(10) - step / 2 * matrix, np.eye(10) + step / 2 * matrix)
    for _ in range(5000):
        now = middle @ now
    course = time_course(KETAMINE, [Episode(1.0, CLAMP)], [0.1 * SECOND])
    np.testing.assert_allclose(shares(course)[:, 0], now, atol=1e-6)


def test_without_glutamate_no_drug_gets_in_and_none_gets_out():
    alone = time_course(KETAMINE, [Episode(1.0, Cleft(0.0, 10.0, -70.0, 0.0))], [1.0])
    assert float(alone.blocked[0]) == pytest.approx(0.0, abs=1e-12)
    trapped = Receptor(0, 0, 0, 0, 0.4, 0, 0, 0, 0)
    kept = time_course(KETAMINE, [Episode(1.0, QUIET)], [24.0], start=trapped)
    assert float(kept.blocked[0]) == pytest.approx(0.4, abs=1e-9)


def test_a_fifth_of_memantine_leaves_closed_channels_in_the_time_of_release():
    trapped = Receptor(0, 0, 0, 0, 0.5, 0, 0, 0, 0)
    left = time_course(MEMANTINE, [Episode(1.0, QUIET)], [RECORD.value("t_release", "h")], start=trapped)
    assert float(left.blocked[0]) == pytest.approx(0.8 * 0.5, abs=1e-9)


def test_partial_trapping_lowers_the_block_of_channels_that_rarely_open():
    busy, idle = Cleft(1000.0, 0.9, -70.0, 0.0), Cleft(0.2, 0.9, -70.0, 0.0)
    assert MEMANTINE.steady(idle).blocked < MEMANTINE.steady(busy).blocked < MEMANTINE.steady_block(busy)
    tight = dataclasses.replace(MEMANTINE, untrapped=0.0)
    assert float(tight.steady(idle).blocked) == pytest.approx(float(tight.steady(busy).blocked), abs=1e-9)


def test_the_block_is_use_dependent_in_its_speed():
    def after_one_second(rate: float) -> float:
        on, off = Cleft(1000.0, 1.0, -40.0, 1.0), Cleft(0.0, 1.0, -66.0, 1.0)
        train = pulses(int(rate), width=0.001 * SECOND, interval=SECOND / rate, on=on, off=off)
        return float(time_course(KETAMINE, train, [SECOND]).blocked[0])

    assert after_one_second(1.0) < after_one_second(5.0) < after_one_second(20.0)


def test_voltage_and_magnesium_follow_the_printed_factors():
    assert float(KETAMINE.k_minus(-40.0) / KETAMINE.k_minus(-70.0)) == pytest.approx(2.5, abs=0.05)
    assert float(KETAMINE.k_minus(0.0) / KETAMINE.k_minus(-70.0)) == pytest.approx(8.8, abs=0.05)
    free = [float(KETAMINE.free_of_magnesium(V, 1.0)) for V in (-66.0, -40.0, 0.0)]
    assert free == pytest.approx([0.056, 0.23, 0.78], abs=0.005)
    assert 0.33 / free[0] == pytest.approx(5.9, abs=0.05)


def test_a_record_under_another_gating_set_changes_only_the_gating():
    other = trapping_receptor(RECORD, gating=GatingSet.LESTER_1992)
    assert float(other.ko) == pytest.approx(83.8 * 3600)
    assert other.Kd == KETAMINE.Kd
    assert set(TrappingReceptor.parameters()) <= set(RECORD.names)


def test_impossible_schedules_are_refused():
    with pytest.raises(ScheduleError, match="does not fit"):
        pulses(2, width=1.0, interval=0.5, on=CLAMP, off=QUIET)
    with pytest.raises(ScheduleError, match="0 episodes"):
        time_course(KETAMINE, [], [0.0])
    with pytest.raises(ScheduleError, match="-1 h"):
        time_course(KETAMINE, [Episode(1.0, CLAMP)], [-1.0])
