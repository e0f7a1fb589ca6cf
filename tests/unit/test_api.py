"""The public verbs: what they give back, the same bytes however it is done, and what they refuse."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import euthymia as eu
from euthymia import api
from euthymia.errors import EuthymiaError, OutputError, ScheduleError, UnknownNameError
from euthymia.trials.catalogue import load_trial

SPRAY = "esketamine 84 mg nasal on days 1 4"
TRIAL = "synapse"


@pytest.fixture(scope="module")
def course() -> api.TreatmentCourse:
    return eu.simulate(SPRAY, days=5)


@pytest.fixture(scope="module")
def conducted() -> api.ConductedTrial:
    return api.conduct(load_trial(TRIAL), seed=1, replicates=3)


def test_every_public_name_leads_somewhere():
    for name in eu.__all__:
        assert getattr(eu, name) is getattr(importlib.import_module("euthymia"), name)
    assert dir(eu) == sorted(eu.__all__)


def test_a_name_that_does_not_exist_is_an_ordinary_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        eu.simulat  # noqa: B018  (asking is the test)


def test_importing_the_package_loads_no_numerics():
    code = "import sys, euthymia; print(sorted({'jax', 'numpy', 'scipy', 'pint'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_typical_person_follows_the_story_from_plasma_to_mood(course: api.TreatmentCourse):
    assert course["plasma"].max() == pytest.approx(101.0, rel=0.01)  # Perez-Ruixo 2021, Table 4: once is enough
    order = ["plasma", "NMDA block SST", "BDNF", "translation", "spines"]
    first_day = course.t <= 24.0
    peaks = [course.t[first_day][np.argmax(course[name][first_day])] for name in order]
    assert peaks == sorted(peaks)
    assert course["severity change"][-1] < 0.0
    assert 0.0 <= course["MADRS"].min() <= course["MADRS"].max() <= 60.0


def test_a_sentence_and_the_objects_it_stands_for_give_the_same_course(course: api.TreatmentCourse):
    objects = eu.dose("esketamine", "84 mg", eu.Route.NASAL).on_days(1, 4)
    assert eu.simulate(objects, days=5).to_dict() == course.to_dict()


def test_the_typical_person_does_not_depend_on_the_seed(course: api.TreatmentCourse):
    np.testing.assert_array_equal(eu.simulate(SPRAY, days=5, seed=9)["MADRS"], course["MADRS"])


def test_people_are_the_same_whatever_the_threads_and_however_many_follow():
    few, many = (eu.simulate(SPRAY, days=2, population=n, threads=t) for n, t in ((3, 1), (5, 2)))
    for name in ("plasma", "MADRS", "CADSS"):
        np.testing.assert_array_equal(few[name], many[name][:3])


def test_no_treatment_leaves_no_drug_and_the_course_without_it():
    course = eu.simulate("none", days=28)
    assert course["plasma"].max() == 0.0
    assert course["severity change"] == pytest.approx(0.0, abs=1e-9)
    assert course["MADRS"][-1] < course["MADRS"][0] == 37.0


def test_the_fast_scheme_differs_by_less_than_a_rater_sees(course: api.TreatmentCourse):
    fast = eu.simulate(SPRAY, days=5, fast=True)
    assert np.abs(fast["MADRS"] - course["MADRS"]).max() < 0.1
    assert fast.meta.error_estimate == {}


@pytest.mark.parametrize("options", [{"threads": 1}, {"threads": 2}, {"threads": 2, "chunk": 1}, {"chunk": 100_000}])
def test_a_trial_gives_the_same_bytes_whatever_threads_and_chunk(
    conducted: api.ConductedTrial, options: dict[str, int]
):
    assert api.conduct(load_trial(TRIAL), seed=1, replicates=3, **options).to_json() == conducted.to_json()


def test_a_trial_by_name_is_the_trial_conducted(conducted: api.ConductedTrial):
    again = eu.trial(TRIAL.upper()).conduct(seed=1, replicates=3)
    assert again.to_json() == conducted.to_json()
    assert "replicates of" in again.summary()


def test_progress_ends_with_everything_done():
    told: list[float] = []
    api.conduct(load_trial(TRIAL), replicates=1, progress=told.append)
    assert told[-1] == 1.0


def test_a_figure_is_written_whole_or_not_at_all(course: api.TreatmentCourse, tmp_path: Path):
    drawn = course.plot(["plasma", "MADRS"], path=tmp_path / "course.svg")
    assert (tmp_path / "course.svg").read_text(encoding="utf-8") == drawn
    with pytest.raises(OutputError, match="cannot write to"):
        course.plot(["plasma"], path=tmp_path / "missing" / "course.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["course.svg"]


def test_a_variable_that_does_not_exist_gets_the_nearest_name(course: api.TreatmentCourse):
    with pytest.raises(UnknownNameError, match="did you mean 'MADRS'"):
        course["MADR"]


@pytest.mark.parametrize("days", [0.0, -1.0, float("nan"), float("inf"), 1e6])
def test_days_that_are_no_time_are_refused(days: float):
    with pytest.raises(ScheduleError, match="expected more than 0 and at most 3660"):
        eu.simulate(SPRAY, days=days)


@pytest.mark.parametrize("count", [0, -3])
def test_fewer_than_one_of_anything_is_refused(count: int):
    with pytest.raises(EuthymiaError, match=f"population is {count}; expected 1 or more"):
        eu.simulate(SPRAY, population=count)
    with pytest.raises(EuthymiaError, match=f"threads is {count}; expected 1 or more"):
        eu.simulate(SPRAY, threads=count)
    with pytest.raises(EuthymiaError, match=f"replicates is {count}; expected 1 or more"):
        eu.trial(TRIAL).conduct(replicates=count)


def test_a_drug_by_a_way_it_is_not_given_is_refused_with_the_ways_it_is():
    with pytest.raises(ScheduleError, match="midazolam is not given by the route 'nasal'; allowed: iv"):
        eu.simulate("midazolam 5 mg nasal on day 1")
