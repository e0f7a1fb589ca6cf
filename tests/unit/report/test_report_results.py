from __future__ import annotations

import json
import math
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
import sample_results
from hypothesis import given
from hypothesis import strategies as st

from euthymia.engine.course import Course, CourseMeta, Series, plain
from euthymia.errors import UnknownNameError
from euthymia.trials.results import Interval


class Colour(Enum):
    RED = "red"


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_float_survives_json_exactly_and_what_is_not_a_number_becomes_null(value: float) -> None:
    back = json.loads(json.dumps(plain(np.float64(value)), allow_nan=False))
    assert back == value if math.isfinite(value) else back is None


def test_everything_that_results_hold_has_a_place_in_json() -> None:
    given_ = {"a": Colour.RED, "b": (1, None, True), "c": np.array([1.0, np.nan]), "d": Path("x/y"), 3: np.int64(4)}
    wanted = {"a": "red", "b": [1, None, True], "c": [1.0, None], "d": "x/y", "3": 4}
    assert plain(given_) == wanted
    with pytest.raises(TypeError, match="a set into JSON"):
        plain({1, 2})


def test_a_typo_in_a_variable_gets_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'MADRS'"):
        sample_results.course()["MADR"]


def test_a_variable_that_does_not_fit_the_time_axis_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'x' has shape \(3,\)"):
        Course(np.zeros(2), {"x": Series(np.zeros(3), "1", "x")}, CourseMeta(""))


def test_quantiles_ignore_those_who_are_missing() -> None:
    values = np.array([[1.0, np.nan, 3.0], [2.0, np.nan, np.nan], [3.0, np.nan, 5.0]])
    course = Course(np.arange(3.0), {"x": Series(values, "1", "x")}, CourseMeta("", persons=3))
    median = course.quantiles("x", (0.5,))[0]
    assert median[[0, 2]].tolist() == [2.0, 4.0]
    assert math.isnan(median[1])


def test_a_value_between_two_times_is_interpolated_and_outside_is_unknown() -> None:
    course = Course(np.array([0.0, 2.0]), {"x": Series(np.array([1.0, 3.0]), "1", "x")}, CourseMeta(""))
    assert course.at("x", 0.5) == 1.5
    assert math.isnan(course.at("x", 2.5))


def test_a_population_is_written_as_quantiles_unless_people_are_asked_for() -> None:
    course = sample_results.course(5)
    assert set(course.to_dict()["variables"]["MADRS"]["quantiles"]) == {"0.05", "0.5", "0.95"}  # type: ignore[index]
    values = course.to_dict(people=True)["variables"]["MADRS"]["values"]  # type: ignore[index]
    assert np.shape(values) == course["MADRS"].shape


def test_the_summary_says_who_and_how_long() -> None:
    assert "a typical person, 28 days" in sample_results.course().summary()
    assert "median of 5 people" in sample_results.course(5).summary()


def test_a_published_value_on_the_edge_of_our_interval_is_inside() -> None:
    published = sample_results.row("X1", "a", "MADRS_change", 24.0, -10.0)
    judged = published.against(Interval(-12.0, -14.0, -10.0))
    assert (judged.signed_error, judged.inside, judged.why_not) == (-2.0, True, "")
    assert published.against(Interval(-12.0, -14.0, -10.5)).inside is False


def test_the_same_results_give_the_same_bytes_and_keys_keep_their_order() -> None:
    first, second = sample_results.trial_summary().to_json(), sample_results.trial_summary().to_json()
    assert first == second
    keys = list(json.loads(first))
    assert keys[:3] == ["schema", "trial", "title"]
    assert json.loads(first)["schema"] == "euthymia.trial/1"


def test_the_summary_names_every_miss() -> None:
    summary = sample_results.trial_summary()
    assert summary.summary().count("miss: ") == len(summary.misses()) == 3
