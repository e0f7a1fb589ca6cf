"""Therapy in an arm: it is read, held in its phase, moves its own arm alone, and refuses nonsense."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import euthymia as eu
from euthymia import api
from euthymia.errors import TrialFileError
from euthymia.evidence import load_record
from euthymia.treatment.sentence import regimen
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Arm, Comedication, ComedicationKind, Trial
from euthymia.trials.protocol import parse_trial
from euthymia.trials.therapy import sessions_of, taught
from euthymia.trials.writing import to_toml

WORDS = "weekly for 4 weeks"


def trial_of(*therapies: str) -> Trial:
    """Return TRANSFORM-1 with arms of placebo spray, each with its therapy, nobody leaving or believing."""
    trial = load_trial("transform-1")
    first = trial.phases[0].arms[0]
    none = Comedication(ComedicationKind.NONE)
    arms: list[Arm] = []
    for place, words in enumerate(therapies):
        named = replace(first, name=f"arm {place}", n=40, therapy=words, reference=place == 0)
        arms.append(replace(named, regimen=regimen("placebo nasal on day 1"), comedication=none, titration=None))
    phase = replace(trial.phases[0], arms=tuple(arms))
    return replace(
        trial, phases=(phase,), published=(), groups=(), dropout=replace(trial.dropout, arms=()), expectation=False
    )


def ratings(data: TrialData, place: int) -> np.ndarray:
    phase = data.phases[0]
    return phase.MADRS[phase.members((f"arm {place}",))]


@pytest.fixture(scope="module")
def conducted() -> TrialData:
    return conduct(trial_of("", WORDS), seed=3, replicates=4)


def test_therapy_survives_writing_and_reading():
    trial = trial_of("", WORDS)
    assert taught(trial)
    assert parse_trial(to_toml(trial)) == trial
    assert not taught(load_trial("transform-1"))


def test_sessions_are_those_of_the_phase_alone():
    phase = trial_of("", WORDS).phases[0]
    practice = load_record("therapy").value("practice", "h")
    late = replace(phase, start=300.0, end=500.0)
    assert sessions_of(phase.arms[0], phase) is None
    found, kept = sessions_of(phase.arms[1], phase), sessions_of(phase.arms[1], late)
    assert found is not None
    assert found.times == (0.0, 168.0, 336.0, 504.0)
    assert found.practice == practice
    assert kept is not None
    assert kept.times == (336.0,)


def test_the_same_people_fare_better_with_therapy_and_its_course_is_that_of_a_typical_person(conducted: TrialData):
    course = eu.simulate("none", days=28, therapy=WORDS, safety=False)
    fall = (conducted.severity[1] - conducted.severity[0])[:, -1].mean()
    # Arms are other people, so means differ by chance: 160 people whose SD is about 12 points.
    assert fall == pytest.approx(course["severity change"][-1], abs=3.0)
    assert ratings(conducted, 1)[..., -1].mean() < ratings(conducted, 0)[..., -1].mean()


def test_the_work_may_be_split_at_will(conducted: TrialData):
    again = conduct(trial_of("", WORDS), seed=3, replicates=4, threads=2, chunk=16)
    np.testing.assert_array_equal(ratings(again, 1), ratings(conducted, 1))


def test_a_neighbour_s_therapy_moves_nobody_by_more_than_the_stated_error(conducted: TrialData):
    plain = conduct(trial_of("", ""), seed=3, replicates=4)
    assert np.abs(plain.severity[0] - conducted.severity[0]).max() < 0.01


def test_nonsense_is_refused_with_its_key_and_the_nearest_word():
    text = to_toml(trial_of("", WORDS)).replace(WORDS, "weekli for 4 weeks")
    with pytest.raises(TrialFileError, match=r"therapy.*cannot read 'weekli'.*did you mean 'weekly'"):
        parse_trial(text)


def test_the_result_names_the_record_of_therapy():
    found = api.conduct(trial_of("", WORDS), replicates=1)
    assert any(str(each["name"]).startswith("therapy") for each in found.assumptions)
