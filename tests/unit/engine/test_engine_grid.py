"""The grid: every jump and every question is a boundary, and lengths follow the time since the last dose."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from euthymia.engine.grid import Resolution, refine, segments

times = st.lists(st.floats(0.0, 2000.0).map(lambda t: round(t, 3)), max_size=12)
resolutions = st.builds(Resolution, st.floats(0.05, 1.0), st.floats(0.05, 1.0), st.floats(2.0, 40.0))


@given(times, times, resolutions)
def test_a_grid_increases_and_holds_every_dose_and_every_break(doses, breaks, resolution):
    grid = segments(0.0, 2000.0, doses=doses, breaks=breaks, resolution=resolution)
    assert grid[0] == 0.0
    assert grid[-1] == 2000.0
    assert (np.diff(grid) > 0.0).all()
    assert all(np.abs(grid - t).min() < 1e-9 for t in [*doses, *breaks])


@given(times, times, resolutions)
def test_no_segment_is_longer_than_the_time_since_the_last_dose_allows(doses, breaks, resolution):
    grid = segments(0.0, 2000.0, doses=doses, breaks=breaks, resolution=resolution)
    length = np.diff(grid)
    assert (length <= resolution.longest + 1e-9).all()
    for left, h in zip(grid[:-1], length, strict=True):
        before = [t for t in doses if t <= left + 1e-9]
        if before:
            assert h <= resolution.shortest + resolution.growth * (left - max(before)) + 1e-6


@given(times)
def test_a_refined_grid_holds_the_coarse_one_and_its_midpoints(doses):
    grid = segments(0.0, 2000.0, doses=doses)
    fine = refine(grid)
    assert np.array_equal(fine[::2], grid)
    assert np.allclose(fine[1::2], (grid[1:] + grid[:-1]) / 2.0)


@given(times, st.floats(100.0, 1900.0))
def test_a_break_cuts_the_grid_into_the_grids_of_its_two_parts(doses, t):
    whole = segments(0.0, 2000.0, doses=doses, breaks=[t])
    first = segments(0.0, t, doses=doses)
    second = segments(t, 2000.0, doses=doses)
    assert np.array_equal(whole, [*first, *second[1:]])


def test_times_outside_the_course_are_ignored_and_twins_are_one():
    grid = segments(10.0, 20.0, doses=[-5.0, 0.0, 12.0, 12.0, 99.0], breaks=[12.0 + 1e-12, 30.0])
    assert grid[0] == 10.0
    assert grid[-1] == 20.0
    assert np.sum(np.abs(grid - 12.0) < 1e-9) == 1


def test_a_course_without_length_is_its_start():
    assert segments(3.0, 3.0, doses=[]).tolist() == [3.0]
