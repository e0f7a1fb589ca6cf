"""Adherence: who misses everything gets nothing, parts are parts, shares of days are beta, and nobody else is moved."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.models.transporters import USUAL, half_life
from euthymia.report.adam import datasets
from euthymia.treatment.sentence import regimen
from euthymia.trials.adherence import shares_of_days, shares_of_sessions
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.conduct import conduct
from euthymia.trials.data import SessionsSeen, Taken, TrialData
from euthymia.trials.design import DropoutSpec, Trial
from euthymia.trials.draws import Draws
from euthymia.trials.protocol import parse_trial
from euthymia.trials.running import Adherence
from euthymia.trials.writing import to_toml

SOME = Adherence(missed=0.2, partial=0.25, fraction=0.5, tablets=0.8, tablets_sd=0.15)


@pytest.fixture(scope="module")
def trial() -> Trial:
    """Spray beside a new oral antidepressant."""
    return replace(load_trial("transform-2"), published=(), groups=(), dropout=DropoutSpec())


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    return conduct(replace(trial, adherence=SOME), seed=3, replicates=1)


def taken(data: TrialData) -> Taken:
    return cast(Taken, data.adherence)


def test_perfect_adherence_is_none_to_speak_of(trial: Trial):
    plain, perfect = conduct(trial, seed=3), conduct(replace(trial, adherence=Adherence()), seed=3)
    np.testing.assert_array_equal(plain.phases[0].MADRS, perfect.phases[0].MADRS)
    np.testing.assert_array_equal(plain.dose, perfect.dose)
    np.testing.assert_array_equal(plain.safety.CADSS, perfect.safety.CADSS)
    assert plain.adherence is None


def test_who_misses_every_dose_is_as_if_given_no_drug(trial: Trial):
    nothing = Adherence(missed=1.0, tablets=0.0)
    drug = conduct(replace(trial, adherence=nothing), seed=3)
    phase = trial.phases[0]
    sham = regimen("placebo nasal twice weekly for 4 weeks", first_day=1)
    arms = tuple(replace(arm, regimen=sham, titration=None) for arm in phase.arms)
    placebo = conduct(replace(trial, phases=(replace(phase, arms=arms),), adherence=nothing), seed=3)
    np.testing.assert_array_equal(drug.phases[0].MADRS, placebo.phases[0].MADRS)
    assert not drug.dose.any()
    assert not cast(SessionsSeen, drug.safety.seen).attended.any()
    assert np.isnan(drug.safety.CADSS).all()


def test_tablets_that_are_never_taken_are_as_if_none_were_given():
    found = load_trial("faber-1995")
    plain = replace(found, published=(), groups=(), dropout=DropoutSpec())
    phase = plain.phases[0]
    without = tuple(replace(arm, regimen=regimen("none", first_day=1)) for arm in phase.arms)
    nothing = conduct(replace(plain, phases=(replace(phase, arms=without),)), seed=3)
    never = conduct(replace(plain, adherence=Adherence(tablets=0.0)), seed=3)
    np.testing.assert_array_equal(never.phases[0].MADRS, nothing.phases[0].MADRS)


def test_the_more_tablets_are_taken_the_better():
    found = load_trial("faber-1995")
    plain = replace(found, published=(), groups=(), dropout=DropoutSpec())
    who = tuple(arm.name for arm in plain.phases[0].arms if not arm.reference)

    def end(share: float) -> float:
        phase = conduct(replace(plain, adherence=Adherence(tablets=share)), seed=3).phases[0]
        return float(phase.MADRS[..., -1][phase.members(who)].mean())

    assert end(1.0) < end(0.5) < end(0.1) < end(0.0)


def test_sessions_are_missed_and_broken_off_as_often_as_asked(data: TrialData):
    missed = taken(data).missed
    attended = cast(SessionsSeen, data.safety.seen).attended
    np.testing.assert_array_equal(attended, ~missed)
    assert missed.mean() == pytest.approx(0.2, abs=4.0 * np.sqrt(0.2 * 0.8 / missed.size))
    given = (taken(data).planned > 0.0) & ~missed
    part = data.dose[given] / taken(data).planned[given]
    less = (part < 1.0).mean()
    assert less == pytest.approx(0.25, abs=4.0 * np.sqrt(0.25 * 0.75 / part.size))
    assert not data.dose[missed].any()


def test_a_part_of_a_spray_is_whole_devices_and_one_at_least(data: TrialData):
    planned, dose = taken(data).planned, data.dose
    part = (dose > 0.0) & (dose < planned)
    assert part.any()
    np.testing.assert_array_equal(dose[part], 28.0)
    assert set(np.unique(planned[part])) == {56.0, 84.0}


def test_a_part_of_an_infusion_is_that_part(trial: Trial):
    given = regimen("ketamine 0.5 mg/kg iv over 40 min on days 1 4", first_day=1)
    phase = trial.phases[0]
    arms = (replace(phase.arms[0], regimen=given, titration=None), *phase.arms[1:])
    found = conduct(
        replace(trial, phases=(replace(phase, arms=arms),), adherence=Adherence(partial=1.0, fraction=0.3)), seed=3
    )
    infused = (taken(found).planned > 0.0) & found.phases[0].members((arms[0].name,))[..., None]
    assert infused.any()
    np.testing.assert_allclose(found.dose[infused], 0.3 * taken(found).planned[infused])


def test_a_missed_visit_has_no_safety_readings(data: TrialData):
    missed = taken(data).missed
    assert np.isnan(data.safety.CADSS[missed]).all()
    assert np.isnan(data.safety.SBP[missed]).all()
    assert np.isfinite(data.safety.CADSS[~missed]).all()
    names = {each.name: each for each in datasets(data)}
    visits = {(who, at) for who, at in zip(names["ADVS"]["SUBJID"], names["ADVS"]["AVISITN"], strict=True)}
    assert len(visits) == (~missed).sum()
    assert np.isfinite(summarise(data).safety[0].CADSS.mean)


def test_shares_of_days_have_the_mean_and_sd_asked_for(trial: Trial):
    draws = Draws.of(trial, 1, range(40))
    found = cast(np.ndarray, shares_of_days(SOME, draws))
    assert found.mean() == pytest.approx(SOME.tablets, abs=0.005)
    assert found.std() == pytest.approx(SOME.tablets_sd, abs=0.005)
    assert found.min() > 0.0
    assert found.max() < 1.0
    assert set(cast(np.ndarray, shares_of_days(replace(SOME, tablets_sd=0.0), draws))) == {0.8}


def test_what_is_given_at_one_time_is_missed_together(trial: Trial):
    draws = Draws.of(trial, 1, range(1))
    found = cast(np.ndarray, shares_of_sessions(SOME, np.array([0.0, 0.0, 72.0]), draws))
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0] != found[2]).any()


@pytest.mark.parametrize(("share", "moved"), [(0.8, 0.014), (0.5, 0.055)])
def test_tablets_by_the_day_leave_the_occupancy_of_their_mean(share: float, moved: float):
    """A tablet a day with a probability, followed day by day, beside the mean that is used in its place."""
    usual, k = 4.0, np.log(2.0) * 24.0 / half_life(USUAL)  # load at the usual dose, decay a day
    takes = np.random.default_rng(1).random((20_000, 100)) < share
    load = np.zeros(20_000)
    for day in takes.T:
        load = load * np.exp(-k) + usual * day * -np.expm1(-k)
    variance = (1.0 - share) / share * -np.expm1(-k) / (1.0 + np.exp(-k))
    assert load.var() / load.mean() ** 2 == pytest.approx(variance, rel=0.05)
    gap = share * usual / (1.0 + share * usual) - (load / (1.0 + load)).mean()
    assert gap == pytest.approx(moved, abs=0.001)


def test_datasets_show_what_was_planned_and_taken(data: TrialData):
    exposure = next(each for each in datasets(data) if each.name == "ADEX")
    code, value = exposure["PARAMCD"], exposure["AVAL"]
    members = data.phases[0].arm[0] >= 0
    assert value[code == "PLDOSE"].sum() == pytest.approx(taken(data).planned[0][members].sum())
    assert value[code == "DOSE"].sum() == pytest.approx(data.dose[0][members].sum())
    assert (code == "PLDOSE").sum() == taken(data).missed[0].size
    assert (code == "DOSE").sum() == (~taken(data).missed[0]).sum()
    np.testing.assert_allclose(np.sort(value[code == "TAKEN"]), np.sort(100.0 * taken(data).days[0]))


def test_without_adherence_the_datasets_are_as_before(trial: Trial):
    exposure = next(each for each in datasets(conduct(trial, seed=3)) if each.name == "ADEX")
    assert not {"PLDOSE", "TAKEN"} & set(exposure["PARAMCD"])


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (Adherence(partial=0.1), r"adherence\.fraction: given 1; a part of a dose lies between 0 and 1"),
        (Adherence(fraction=0.5), r"adherence\.fraction: given 0\.5; it says how much is taken with probability"),
        (Adherence(tablets=0.9, tablets_sd=0.3), r"adherence\.tablets_sd: given 0\.3; .* SD below 0\.3"),
        (Adherence(tablets=1.0, tablets_sd=0.1), r"adherence\.tablets_sd: given 0\.1; .* SD below 0"),
    ],
)
def test_faults_are_told(trial: Trial, rules: Adherence, words: str):
    with pytest.raises(TrialFileError, match=words):
        check(replace(trial, adherence=rules))


def test_adherence_is_read_and_written(trial: Trial):
    asked = replace(trial, adherence=SOME)
    assert parse_trial(to_toml(asked)) == asked
    with pytest.raises(TrialFileError, match=r"adherence\.missed: given 20; allowed: 0 to 1"):
        parse_trial(to_toml(asked).replace("missed = 0.2", "missed = 20"))
