"""Where people are treated: only care and visits differ, and a regimen or a trial says which it is."""

from __future__ import annotations

import pytest

import euthymia as eu
from euthymia.evidence import load_record
from euthymia.models.dosing import setting_of
from euthymia.symptoms.setting import UNITS, Setting, under
from euthymia.treatment.sentence import regimen
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Trial, arms_of

AMPLITUDES = load_record("amplitudes")


def setting_of_trial(trial: Trial) -> Setting:
    return setting_of(dose for arm in arms_of(trial) for dose in arm.regimen.doses)


def test_a_clinic_with_sessions_has_the_plain_names():
    assert under(AMPLITUDES, Setting.SESSIONS) is AMPLITUDES


def test_tablets_change_care_and_visits_and_nothing_else():
    tablets = under(AMPLITUDES, Setting.TABLETS)
    changed = {p.name for p in AMPLITUDES.parameters if tablets[p.name].value != p.value}
    assert changed == set(UNITS)
    for name, unit in UNITS.items():
        assert tablets.value(name, unit) == AMPLITUDES.value(f"{name}_tablets", unit)


def test_asking_twice_changes_nothing_more():
    once = under(AMPLITUDES, Setting.TABLETS)
    assert under(once, Setting.TABLETS).value("care_mean", "points") == once.value("care_mean", "points")


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        ("sertraline 50 mg oral daily for 8 weeks", Setting.TABLETS),
        ("none", Setting.TABLETS),
        ("esketamine 84 mg nasal on day 1", Setting.SESSIONS),
        ("placebo nasal on day 1; sertraline 50 mg oral daily for 8 weeks", Setting.SESSIONS),
    ],
)
def test_a_regimen_says_where_people_are_treated(words: str, setting: Setting):
    assert setting_of(regimen(words).doses) is setting


def test_a_trial_says_where_its_people_are_treated():
    assert setting_of_trial(load_trial("transform-2")) is Setting.SESSIONS
    assert setting_of_trial(load_trial("goldstein-2004")) is Setting.TABLETS


def test_care_without_sessions_does_less():
    sham, nothing = (eu.simulate(words, days=28, safety=False) for words in ("placebo nasal on day 1", "none"))
    assert sham["MADRS"][-1] < nothing["MADRS"][-1] - 2.0
