"""Therapy in words: the grammar of a regimen's days without a drug, and what it refuses."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import ScheduleError
from euthymia.evidence import load_record
from euthymia.plasticity.learning import WEEK, every
from euthymia.treatment.therapy import EXAMPLE, session_times, therapy


def test_weekly_words_are_the_sessions_that_the_learning_room_makes():
    practice = load_record("therapy").value("practice", "h")
    assert therapy("weekly for 10 weeks from day 15") == every(WEEK, 10, first=2 * WEEK, practice=practice)


def test_days_and_the_hour_can_be_listed():
    assert session_times("on days 1 3 at 9 h; weekly for 2 weeks from day 8") == (9.0, 57.0, 168.0, 336.0)


def test_days_count_from_nought_where_a_day_nought_is_written_or_asked_for():
    assert session_times("on days 0 7") == (0.0, 168.0)
    assert session_times("on day 7", first_day=0) == (168.0,)


@given(weeks=st.integers(1, 52), first=st.integers(1, 400))
def test_weekly_sessions_are_as_many_as_the_weeks_and_a_week_apart(weeks: int, first: int):
    times = session_times(f"weekly for {weeks} weeks from day {first}")
    assert len(times) == weeks
    assert times[0] == 24.0 * (first - 1)
    assert {after - time for time, after in itertools.pairwise(times)} <= {WEEK}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("weekli for 10 weeks", "cannot read 'weekli'.*did you mean 'weekly'"),
        ("50 mg weekly for 3 weeks", "cannot read '50'"),
        ("oral weekly for 3 weeks", "cannot read 'oral'"),
        ("weekly", "how long"),
        ("weekly for 0 weeks", "no session at all"),
        ("", f"for example: {EXAMPLE}"),
        ("on day 1; weekly for 2 weeks", "two sessions at once on day 1"),
    ],
)
def test_nonsense_is_refused_with_the_nearest_reading(words: str, message: str):
    with pytest.raises(ScheduleError, match=message):
        session_times(words)


def test_refusing_loads_no_numerics():
    code = (
        "import sys\nfrom euthymia.errors import ScheduleError\nfrom euthymia.treatment.therapy import therapy\n"
        "try: therapy('weekli')\nexcept ScheduleError: print('jax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
