"""Schedules on a grid: however long, they are cut into calls that have room for all that happens in them."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from euthymia.engine.along import GIFTS, SEGMENTS, STOPS, STRETCHES
from euthymia.engine.linear import Event
from euthymia.engine.schedule import Gridded, course_of, plan_of

LANES = 2
HOUR = st.integers(0, 1199)
EVENT = st.tuples(HOUR, st.sampled_from([0, 0, 1, 30, 700]), st.integers(0, 2), st.floats(0.1, 9.0))
EVENTS = st.lists(EVENT, max_size=150)
CROWDED = [(at, at % 3 // 2, at % 3, 1.0 + at) for at in range(0, 600, 3)]
ASKED = st.sets(st.integers(1, 1200), min_size=1, max_size=200)


def course(events: list[tuple[int, int, int, float]], asked: set[int]) -> Gridded:
    """Return a course in steps of an hour: events of (start, duration, target, amount), and the hours asked for."""
    end = max(asked)
    given = [
        Event(float(at), float(duration), target, np.array([amount, 2.0 * amount]))
        for at, duration, target, amount in events
        if at < end
    ]
    return course_of(np.arange(end + 1.0), given, np.array(sorted(asked), dtype=float))


def spread_out(course: Gridded) -> tuple[np.ndarray, np.ndarray]:
    """Return what is given in each segment and what runs in each, [segment, target, lane], event by event."""
    bolus, inflow = (np.zeros((course.grid.size - 1, 3, LANES)) for _ in range(2))
    for event in course.events:
        at = int(event.t)
        if event.duration == 0.0:
            bolus[at, event.target] += event.amount
        else:
            inflow[at : at + int(event.duration), event.target] += event.amount / event.duration
    return bolus, inflow


@settings(max_examples=60, deadline=None)
@given(EVENTS, ASKED)
@example(CROWDED, set(range(1, 1200, 7)))
def test_calls_give_what_the_events_give(events, asked):
    whole = course(events, asked)
    bolus, inflow = spread_out(whole)
    amounts = [event.amount for event in whole.events]
    told: list[int] = []
    for call in whole.calls:
        plan, stops = plan_of(whole, call, amounts, LANES)
        count = len(call)
        assert np.array_equal(plan.length, np.where(np.arange(SEGMENTS) < count, 1.0, 0.0))
        at_once = np.where((plan.given[:count] >= 0)[:, None, None], plan.bolus[plan.given[:count]], 0.0)
        np.testing.assert_allclose(at_once, bolus[call.start : call.stop][:, whole.targets], rtol=1e-12)
        runs = plan.inflow[plan.flowing[:count]]
        np.testing.assert_allclose(runs, inflow[call.start : call.stop][:, whole.running], rtol=1e-12, atol=1e-12)
        assert stops.shape == (STOPS,)
        assert np.all(np.diff(stops) >= 0)
        assert stops[-1] == count
        told += sorted({call.start + int(stop) for stop in stops[:-1]})
    assert sum(map(len, whole.calls)) == whole.grid.size - 1
    assert set(told) >= asked


@settings(max_examples=60, deadline=None)
@given(EVENTS, ASKED)
@example(CROWDED, set(range(1, 1200, 7)))
def test_no_call_has_more_than_it_has_room_for_and_none_ends_early(events, asked):
    whole = course(events, asked)
    asks = np.isin(np.arange(whole.grid.size - 1), whole.rows)

    def counts(call: range) -> tuple[int, int, int, int]:
        here = slice(call.start, call.stop)
        stretches = 1 + int(whole.changes[here][1:].sum())
        return len(call), int(whole.gives[here].sum()), stretches, int(asks[here].sum()) + 1

    room = (SEGMENTS, GIFTS, STRETCHES, STOPS)
    for call in whole.calls:
        assert all(np.array(counts(call)) <= room)
        if call.stop < whole.grid.size - 1:
            assert any(np.array(counts(range(call.start, call.stop + 1))) > room)


def test_a_grid_without_segments_needs_no_call():
    assert course_of(np.array([3.0]), [], np.array([3.0])).calls == []
