"""People without an episode: no stress, full spines, and nothing for a lack of serotonin to take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.engine.course import Course
from euthymia.evidence import load_record
from euthymia.models.accounts import Mechanism, mechanism_named
from euthymia.models.beside import NOTHING, Beside, Depletion
from euthymia.models.course import treat
from euthymia.models.defaults import default_chain
from euthymia.models.rivals import rival
from euthymia.patients.population import typical
from euthymia.pharmacology.body import Normal
from euthymia.plasticity.spines import Spines
from euthymia.treatment.sentence import regimen

LACK = Beside(depletions=(Depletion(24.0, 0.9, 12.0),))
HEALTHY = replace(default_chain(), stress=np.asarray(0.0))


def nobody_differs(drug: str) -> Normal:
    return lambda purpose: np.zeros(1)


def course(words: str, beside: Beside = NOTHING) -> Course:
    people = typical(4.0)
    return treat(
        people, regimen(words), nobody_differs, days=5.0, seed=None, chain=HEALTHY, beside=beside, safety=False
    )


def test_without_stress_spines_rest_at_the_healthy_density():
    spines = Spines.from_record(load_record("plasticity"))
    assert spines.resting(0.0) == pytest.approx(spines.healthy(), rel=1e-15)
    found = course("none")
    assert found["spines"] == pytest.approx(float(spines.healthy()), rel=1e-12)
    assert found["severity change"] == pytest.approx(0.0, abs=1e-12)


def test_a_lack_of_serotonin_moves_no_healthy_mood():
    assert course("none", LACK)["severity change"] == pytest.approx(0.0, abs=1e-12)


def test_every_account_is_found_by_its_name():
    for mechanism in Mechanism:
        assert mechanism_named(mechanism.value.upper().replace(" ", "-")) is mechanism


def test_tablets_form_no_hydroxynorketamine_and_are_no_error():
    found = treat(
        typical(37.0),
        regimen("escitalopram 10 mg oral daily for 1 weeks"),
        nobody_differs,
        days=5.0,
        seed=None,
        chain=rival(Mechanism.HYDROXYNORKETAMINE),
        safety=False,
    )
    assert found["BDNF"] == pytest.approx(0.0, abs=1e-12)
    assert found["severity change"][-1] < 0.0
