"""Visit windows: people come in order and in time, no window is none, and ratings are of the moment of coming."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.engine.ensemble import Settings
from euthymia.errors import TrialFileError
from euthymia.report.adam import datasets
from euthymia.symptoms.scale import Scale
from euthymia.treatment.sentence import regimen
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import DropoutSpec, Recall, Trial, Visit
from euthymia.trials.draws import Draws
from euthymia.trials.protocol import parse_trial
from euthymia.trials.windows import Window, coming, windows
from euthymia.trials.writing import to_toml

NEAR = 0.05  # points


def open_to(trial: Trial, window: float) -> Trial:
    return replace(trial, visits=tuple(replace(visit, window=window) for visit in trial.visits))


@pytest.fixture(scope="module")
def trial() -> Trial:
    return replace(load_trial("transform-2"), published=(), groups=(), dropout=DropoutSpec(0.2))


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    return conduct(open_to(trial, 72.0), seed=3, replicates=2)


def test_no_window_is_none(trial: Trial):
    plain, none = conduct(trial, seed=3), conduct(open_to(trial, 0.0), seed=3)
    np.testing.assert_array_equal(plain.phases[0].MADRS, none.phases[0].MADRS)
    assert plain.phases[0].times is None
    assert none.phases[0].times is None


@settings(max_examples=100, deadline=None)
@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(0.0, 1.0))
def test_people_come_within_the_window(early: float, late: float, u: float):
    window = Window(200.0 - early, 200.0, 200.0 + late)
    t = float(window.times(np.array([u]))[0])
    assert window.low - 1e-9 <= t <= window.high + 1e-9


def test_times_have_the_mean_of_a_triangle():
    u = (np.arange(100_000) + 0.5) / 100_000
    for window in (Window(100.0, 150.0, 160.0), Window(100.0, 100.0, 160.0), Window(100.0, 160.0, 160.0)):
        assert window.times(u).mean() == pytest.approx((window.low + window.plan + window.high) / 3.0, abs=0.01)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 648), min_size=2, max_size=8, unique=True), st.floats(0.0, 500.0), st.integers(0, 99))
def test_nobody_comes_before_the_visit_before_or_outside_the_phase(times: list[int], width: float, seed: int):
    found = load_trial("transform-2")
    visits = tuple(Visit(f"at {t}", float(t), Recall.WEEK, window=width) for t in sorted(times))
    trial = replace(found, visits=visits)
    open_ = windows(trial, [])
    came = coming(open_, Draws.of(trial, seed, range(1)))
    rows = np.stack([came.get(visit.t, np.full(453, visit.t))[:400] for visit in visits], axis=1)
    assert (np.diff(rows, axis=1) >= 0.0).all()
    assert rows.min() >= 0.0
    assert rows.max() <= trial.phases[0].end


def test_a_rating_that_decides_is_made_by_then():
    trial = open_to(load_trial("synapse"), 48.0)
    second = trial.phases[1].start
    assert all(window.high <= second for t, window in windows(trial, [second]).items() if t <= second)


def test_who_came_before_leaving_is_seen(data: TrialData):
    phase = data.phases[0]
    times = cast(np.ndarray, phase.times)
    np.testing.assert_array_equal(phase.observed, times <= data.left[..., None])
    assert (np.diff(times, axis=-1) > 0.0).all()
    assert times[..., -1].max() <= phase.phase.end


def exact(trial: Trial, recall: Recall, t: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return severities of people at their own times, each as a visit that is planned then."""
    at = sorted(set(t[who]))
    visits = tuple(Visit(f"at {one}", float(one), recall) for one in at)
    primary = replace(trial.primary, visit=visits[-1].label)
    batch = Batch(replace(trial, visits=visits, primary=primary), 3, range(1), Settings())
    batch.conducted()
    return np.array([batch._true(float(t[one]), recall.hours)[one] for one in who])


SPRAY = ("transform-2", None)
INFUSION = ("transform-2", "ketamine 0.5 mg/kg iv over 40 min twice weekly for 4 weeks")
TABLETS = ("faber-1995", None)
JUMPS = ("jumps", None)


@pytest.mark.parametrize("recall", [Recall.MOMENT, Recall.DAY, Recall.WEEK])
@pytest.mark.parametrize("case", [SPRAY, INFUSION, TABLETS, JUMPS], ids=["spray", "infusion", "tablets", "jumps"])
def test_ratings_are_of_the_moment_of_coming(case: tuple[str, str | None], recall: Recall):
    """The severity of each rating beside a trial that has a visit at that very time."""
    trial = trial_of(*case)
    visits = tuple(Visit(f"at {t:g}", t, recall, window=60.0) for t in (24.0, 200.0, 588.0))
    asked = replace(trial, visits=visits, primary=replace(trial.primary, visit="at 588"))
    batch = Batch(asked, 3, range(1), Settings())
    batch.conducted()
    who = np.arange(0, batch.people.count, 9)[:16]
    for visit in visits:
        t = batch.coming[visit.t]
        found = batch._felt(visit.t, recall.hours)[who]
        np.testing.assert_allclose(found, exact(trial, recall, t, who), atol=NEAR)


def trial_of(name: str, given: str | None) -> Trial:
    found = load_trial("transform-2" if name == "jumps" else name)
    arms = tuple(replace(arm, n=80, titration=None) for arm in found.phases[0].arms[-2:])
    if given is not None:
        arms = (replace(arms[0], regimen=regimen(given, first_day=1)), arms[1])
    phase = replace(found.phases[0], arms=arms)
    return replace(
        found, published=(), groups=(), dropout=DropoutSpec(), phases=(phase,), relapse_jumps=name == "jumps"
    )


def test_other_scales_are_of_the_same_time(trial: Trial):
    asked = open_to(trial, 72.0)
    visits = tuple(replace(visit, scales=(Scale.HAMD17, Scale.PHQ9)) for visit in asked.visits)
    plain, beside = conduct(asked, seed=3), conduct(replace(asked, visits=visits), seed=3)
    np.testing.assert_array_equal(plain.phases[0].times, beside.phases[0].times)
    np.testing.assert_allclose(plain.phases[0].MADRS, beside.phases[0].MADRS, atol=1.0)
    assert np.isfinite(beside.phases[0].on(Scale.PHQ9).total).all()


def test_datasets_show_the_day_of_coming_beside_the_visit_of_the_plan(trial: Trial):
    found = conduct(open_to(trial, 72.0), seed=3)
    ratings = next(each for each in datasets(found) if each.name == "ADQS")
    total = (ratings["PARAMCD"] == "MADRSTOT") & (ratings["DTYPE"] == "") & (ratings["ABLFL"] == "")
    last = total & (ratings["AVISIT"] == trial.visits[-1].label)
    phase = found.phases[0]
    seen = phase.observed[0, :, -1]
    days = np.floor(cast(np.ndarray, phase.times)[0, seen, -1] / 24.0) + 1.0
    np.testing.assert_array_equal(np.sort(ratings["ADY"][last]), np.sort(days))
    assert set(ratings["AVISITN"][last]) == {trial.visits[-1].t / 24.0}
    assert len(set(ratings["ADY"][last])) > 1


def test_windows_are_read_and_written(trial: Trial):
    asked = open_to(trial, 72.0)
    assert parse_trial(to_toml(asked)) == asked
    with pytest.raises(TrialFileError, match=r"visits\[0\]\.window: given -1; allowed: 0 to"):
        parse_trial(to_toml(asked).replace("window = 72", "window = -1", 1))
