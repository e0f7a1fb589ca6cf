"""The expected course of a trial against the trial conducted, the closed forms, and the raters themselves."""

from __future__ import annotations

from functools import cache

import jax
import numpy as np
import pytest

from euthymia.calibration.cascade import course, side_by_side
from euthymia.calibration.even import EvenStream, matched
from euthymia.calibration.expected import Trials, expected
from euthymia.calibration.fixed import Fixed, Rating, conducted_evenly, fix, lanes_of, normals_of
from euthymia.calibration.measured import below, form, moments
from euthymia.calibration.priors import before, priors
from euthymia.calibration.undrugged import Courses, without_drug
from euthymia.engine.ensemble import Settings
from euthymia.evidence import load_record
from euthymia.symptoms.background import Background, Person, change
from euthymia.symptoms.items import Group, Item, Items, profile, rate
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import rate_as
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial

PEOPLE = 64
BEFORE = {prior.name: before(prior.name).value for prior in priors()}  # numbers as the records' files have them


@cache
def one_infusion() -> Fixed:
    return fix(load_trial("murrough-2013"), people=PEOPLE)


def test_even_draws_of_a_purpose_have_the_mean_of_a_uniform_whoever_is_drawn():
    drawn = EvenStream(seed=3).fold("arm", "placebo").uniform("care", 0, 50, 2)
    assert np.sort(drawn, axis=0) == pytest.approx((np.arange(50)[:, None] + 0.5) / 50 * np.ones(2))
    assert np.abs(np.corrcoef(drawn.T)[0, 1]) < 0.5


def test_few_people_get_the_mean_covariance_and_slope_of_many():
    rng = np.random.default_rng(2)
    y = rng.normal(30.0, 4.0, 5000)
    many = np.stack([0.1 * y + rng.normal(size=5000), rng.normal(2.0, 3.0, 5000)])
    x = rng.normal(31.0, 5.0, 40)
    found = matched(rng.normal(size=(2, 40)), x, many, y)
    slope = [np.polyfit(x, each, 1)[0] for each in found]
    assert slope == pytest.approx([np.polyfit(y, each, 1)[0] for each in many])
    left = [each - np.polyval(np.polyfit(x, each, 1), x) for each in found]
    wanted = [each - np.polyval(np.polyfit(y, each, 1), y) for each in many]
    assert np.cov(left) == pytest.approx(np.cov(wanted))


def test_courses_without_a_drug_are_those_of_the_background():
    fixed = one_infusion()
    record = load_record("amplitudes")
    typical, who = Background.from_record(record), fixed.normals
    person = Person(
        baseline=who.baseline,
        care=typical.care_mean + typical.care_sd * who.care,
        tau_care=typical.tau_care * np.exp(typical.omega_care * who.speed),
        session=typical.session_mean * np.exp(typical.omega_session * who.session - 0.5 * typical.omega_session**2),
    )
    ours = without_drug(fixed, Courses.of({}, fixed.setting))
    theirs = [
        change(typical, person, one.t, one.window, sessions=fixed.sessions, attended=fixed.attended)
        for one in fixed.ratings
    ]
    assert np.asarray(ours) == pytest.approx(np.stack(theirs), abs=1e-10)


@pytest.mark.parametrize("name", ["murrough-2013", "goldstein-2004"])
def test_the_cascade_along_fixed_kinetics_is_the_chain_of_the_conducted_trial(name: str):
    batch = conducted_evenly(load_trial(name), 1, 16, BEFORE)
    batch.conducted()
    windows = {visit.t: visit.recall.hours for visit in batch.trial.visits}
    ratings = tuple(Rating(t, window, np.zeros(16)) for t, window in windows.items())
    lanes = lanes_of(batch, ratings)
    sev, area = course(side_by_side([lanes]), BEFORE)
    for rating in ratings:
        at = int(np.argmin(np.abs(lanes.t - rating.t)))
        begin = int(np.argmin(np.abs(lanes.t - max(rating.t - rating.window, 0.0))))
        ours = np.asarray(area[at] - area[begin]) / rating.window
        assert ours == pytest.approx(batch.course.severity(rating.t, rating.window), abs=0.03)
        assert np.asarray(sev[at]) == pytest.approx(batch.course.at("sev", rating.t), abs=0.03)


@pytest.mark.parametrize("severity", [2.0, 9.0, 25.0, 57.0])
def test_moments_and_chances_of_a_madrs_are_those_of_the_raters(severity: float):
    n, fluctuation, items = 40_000, 6.0, Items.from_record(load_record("items"))
    rng = np.random.default_rng(7)
    own = profile(items, rng.normal(size=(n, len(Group))), rng.normal(size=(n, len(Item))))
    felt = severity + fluctuation * rng.normal(size=n)
    totals = rate(items, felt, own, rng.normal(size=(n, len(Item)))).sum(1)
    mean, variance = moments(form(Scale.MADRS), np.array(severity), fluctuation)
    assert float(mean) == pytest.approx(totals.mean(), abs=0.12)
    assert float(np.sqrt(variance)) == pytest.approx(totals.std(), rel=0.03)
    for limit in (6.0, 12.0, 20.0):
        chance = below(form(Scale.MADRS), np.array(severity), fluctuation, limit)
        assert float(chance) == pytest.approx((totals <= limit).mean(), abs=0.015)


@pytest.mark.parametrize("severity", [4.0, 15.0, 30.0])
def test_moments_and_chances_of_another_scale_are_those_of_its_link(severity: float):
    rng = np.random.default_rng(8)
    totals = rate_as(Scale.HAMD17, severity + 4.0 * rng.normal(size=40_000), rng.normal(size=40_000))
    mean, variance = moments(form(Scale.HAMD17), np.array(severity), 4.0)
    assert float(mean) == pytest.approx(totals.mean(), abs=0.1)
    assert float(np.sqrt(variance)) == pytest.approx(totals.std(), rel=0.03)
    assert float(below(form(Scale.HAMD17), np.array(severity), 4.0, 7.0)) == pytest.approx(
        (totals <= 7).mean(), abs=0.02
    )


def test_expected_changes_are_those_of_many_conducted_replicates():
    trial, fixed = load_trial("murrough-2013"), one_infusion()
    trials = Trials.of([fixed])
    found = expected(trials, {}, trials.alike())[0]
    batch = Batch(trial, 11, range(50), Settings(), trial_effects=False)
    phase, here = batch.conducted().phases[0], fixed.data.phases[0]
    for place in range(2):
        ours = np.asarray(found.mean[0])[here.arm[0] == place] - here.baseline[0][here.arm[0] == place]
        theirs = (phase.MADRS[..., 0] - phase.baseline)[phase.arm == place]
        assert ours.mean() == pytest.approx(theirs.mean(), abs=0.2 + 2.0 * theirs.std() / np.sqrt(theirs.size))


def test_people_keep_their_normals_when_sizes_move():
    record = load_record("amplitudes")
    batch = conducted_evenly(load_trial("murrough-2013"), 1, 16, {})
    found = normals_of(batch)
    person = batch.people.background
    assert person.care == pytest.approx(record["care_mean"].value + record["care_sd"].value * found.care)


def test_the_slope_of_an_expected_change_is_that_of_differences():
    trials = Trials.of([one_infusion()])

    @jax.jit
    def mean(log_gain: float) -> jax.Array:
        values = {"amplitudes.gain": jax.numpy.exp(log_gain)}
        return expected(trials, values, trials.alike())[0].mean.mean()

    at, h = np.log(0.3), 1e-4
    slope = float(jax.grad(mean)(at))
    difference = (float(mean(at + h)) - float(mean(at - h))) / (2.0 * h)
    assert slope == pytest.approx(difference, rel=1e-6)
    assert slope < 0.0
