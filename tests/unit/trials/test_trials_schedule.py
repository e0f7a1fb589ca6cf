"""Who gets what when: common times, personal amounts, sham, tablets apart."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.treatment.drug import DrugClass, Route
from euthymia.treatment.sentence import regimen
from euthymia.trials.design import Arm, Comedication, ComedicationKind
from euthymia.trials.schedule import Schedule, check_sessions, empty_schedule

WEIGHT = np.array([50.0, 100.0, 74.0])


def arm(name: str, words: str) -> Arm:
    return Arm(name, 1, regimen(words), Comedication(ComedicationKind.NONE))


SPRAY = arm("spray", "esketamine 84 mg nasal on days 1 4; sertraline 50 mg oral on day 1")
SHAM = arm("sham", "placebo nasal on days 1 4 8")
DRIP = arm("drip", "esketamine 0.2 mg/kg iv over 40 min on day 1")


@pytest.fixture
def schedule() -> Schedule:
    found = empty_schedule((SPRAY, SHAM, DRIP), 3)
    for person, given in enumerate((SPRAY, DRIP, SHAM)):
        found.assign(given, np.arange(3) == person, WEIGHT)
    return found


def test_each_time_and_route_is_one_session_for_everybody(schedule: Schedule):
    assert list(zip(schedule.t, schedule.route, schedule.duration, strict=True)) == [
        (0.0, Route.INTRAVENOUS, pytest.approx(2.0 / 3.0)),
        (0.0, Route.NASAL, 0.0),
        (72.0, Route.NASAL, 0.0),
        (168.0, Route.NASAL, 0.0),
    ]


def test_everybody_has_the_sessions_of_their_arm_sham_included(schedule: Schedule):
    np.testing.assert_array_equal(schedule.attended.astype(int).T, [[0, 1, 1, 0], [1, 0, 0, 0], [0, 1, 1, 1]])


def test_amounts_are_in_milligrams_by_weight_where_the_arm_says_so(schedule: Schedule):
    expected = [[0.0, 84.0, 84.0, 0.0], [20.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    np.testing.assert_allclose(schedule.amount.T, expected)


def test_only_sessions_with_drug_reach_the_kinetics(schedule: Schedule):
    assert [(session.t, session.route) for session in schedule.sessions()] == [
        (0.0, Route.INTRAVENOUS),
        (0.0, Route.NASAL),
        (72.0, Route.NASAL),
    ]


def test_each_drug_has_sessions_of_its_own_at_a_common_time():
    ketamine, midazolam = (arm(name, f"{name} 2 mg iv over 40 min on day 1") for name in ("ketamine", "midazolam"))
    found = empty_schedule((ketamine, midazolam, SHAM), 3)
    for person, each in enumerate((ketamine, midazolam, SHAM)):
        found.assign(each, np.arange(3) == person, WEIGHT)
    drugs = [(session.t, session.drug, session.amount.tolist()) for session in found.sessions()]
    assert drugs == [(0.0, "ketamine", [2.0, 0.0, 0.0]), (0.0, "midazolam", [0.0, 2.0, 0.0])]
    np.testing.assert_array_equal(found.of_class(DrugClass.RAPID)[0], [True, False, False])
    np.testing.assert_array_equal(found.of_class(DrugClass.ACTIVE_PLACEBO)[0], [False, True, False])
    assert not found.of_class(DrugClass.PLACEBO).any()


def test_two_drugs_in_one_way_at_one_time_are_refused_and_in_two_ways_are_not():
    check_sessions("mine", arm("two ways", "ketamine 30 mg iv on day 1; midazolam 2 mg iv over 2 min on day 1"))
    with pytest.raises(TrialFileError, match="mine, arm 'one way': ketamine and midazolam iv at 0 h"):
        check_sessions("mine", arm("one way", "ketamine 30 mg iv on day 1; midazolam 2 mg iv on day 1"))


def test_a_later_phase_adds_only_doses_from_its_start_on():
    found = empty_schedule((SHAM,), 1)
    found.assign(SHAM, np.array([True]), WEIGHT[:1], since=72.0)
    np.testing.assert_array_equal(found.attended[:, 0], [False, True, True])


def test_a_schedule_without_arms_or_doses_is_empty():
    assert empty_schedule((arm("nothing", "none"),), 2).amount.shape == (0, 2)
