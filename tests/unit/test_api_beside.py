"""What is asked for beside a regimen: it acts, it is named in the result, and nonsense is refused."""

from __future__ import annotations

import numpy as np
import pytest

import euthymia as eu
from euthymia.errors import ScheduleError, UnknownNameError
from euthymia.models.accounts import Mechanism
from euthymia.models.asked import Asked

SPRAY = "esketamine 84 mg nasal on day 1"
TABLETS = "escitalopram 10 mg oral daily for 4 weeks"


def severity(**asked: object) -> float:
    return float(eu.simulate(SPRAY, days=7, safety=False, **asked)["severity change"][-1])  # type: ignore[arg-type]


def test_therapy_teaches_and_lifts_mood():
    found = eu.simulate(SPRAY, days=7, therapy="weekly for 1 weeks", safety=False)
    assert found["skills"][-1] > 0.0
    assert severity(therapy="weekly for 1 weeks") < severity()
    assert found.meta.regimen.endswith("| therapy weekly for 1 weeks")


def test_another_drug_weakens_the_effect_and_one_name_needs_no_list():
    assert 0.0 > severity(beside="naltrexone") == severity(beside=("naltrexone",)) > severity()


def test_an_account_can_be_named_by_word_or_by_itself():
    assert severity(mechanism="direct") == severity(mechanism=Mechanism.DIRECT) != severity()


def test_a_lack_of_serotonin_shows_in_treated_and_untreated_alike():
    untreated = eu.simulate("none", days=3, deplete_on=2, safety=False)
    assert untreated["serotonin"][untreated.t < 24.0] == pytest.approx(1.0)
    assert untreated["serotonin"].min() < 0.5
    assert "SERT occupancy" not in untreated.names
    assert untreated["severity change"] == pytest.approx(0.0, abs=1e-12)
    treated = eu.simulate(TABLETS, days=21, deplete_on=20, safety=False)
    alone = eu.simulate(TABLETS, days=21, safety=False)
    assert np.interp(470.0, treated.t, treated["severity change"]) > np.interp(470.0, alone.t, alone["severity change"])


def test_a_result_names_the_records_that_what_was_asked_brings_in():
    asked = Asked("weekly for 2 weeks", ("naltrexone",), 3.0, Mechanism.SEROTONIN_ONLY)
    assert asked.records == ("depletion", "manipulations", "rivals", "serotonin", "therapy")
    assert Asked().records == ()
    listed = {str(each["name"]).split(".")[0] for each in eu.simulate(TABLETS, days=2, safety=False).meta.assumptions}
    assert {"serotonin", "sert", "escitalopram", "plasticity"} <= listed
    assert not {"rivals", "manipulations", "depletion", "therapy"} & listed


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"beside": ("naltrexon",)}, UnknownNameError, "did you mean 'naltrexone'"),
        ({"mechanism": "serotonin"}, UnknownNameError, "did you mean 'serotonin only'"),
        ({"therapy": "dayly for 3 days"}, ScheduleError, "did you mean 'daily'"),
        ({"deplete_on": 0.0}, ScheduleError, "a study day from 1"),
        ({"deplete_on": float("nan")}, ScheduleError, "a study day from 1"),
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, object], error: type[Exception], message: str):
    with pytest.raises(error, match=message):
        eu.simulate(SPRAY, days=1, **asked)  # type: ignore[arg-type]
