"""Rival accounts: one link exchanged, told apart by their course, and the closed loop near the open one."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.calibration.anchors import anchors
from euthymia.calibration.oral import course_of, fit_oral, fit_rivals, published_course
from euthymia.engine.course import Course
from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.evidence.posterior import NINETY
from euthymia.models.chain import Chain
from euthymia.models.course import treat
from euthymia.models.defaults import Sizes, default_chain
from euthymia.models.rivals import Mechanism, rival, weighted
from euthymia.patients.population import typical
from euthymia.pharmacology.body import Normal
from euthymia.treatment.sentence import regimen

SPRAY = "esketamine 84 mg nasal on day 1"


def nobody_differs(drug: str) -> Normal:
    return lambda purpose: np.zeros(1)


def course(chain: Chain, words: str = SPRAY, days: float = 7.0) -> Course:
    return treat(typical(37.0), regimen(words), nobody_differs, days=days, seed=None, chain=chain, safety=False)


def at(found: Course, day: float) -> float:
    return float(found["severity change"][np.searchsorted(found.t, day * 24.0 - 1e-6)])


def test_disinhibition_is_the_default():
    np.testing.assert_array_equal(course(rival(Mechanism.DISINHIBITION))["MADRS"], course(default_chain())["MADRS"])


@pytest.mark.parametrize("mechanism", [m for m in Mechanism if m is not Mechanism.DISINHIBITION])
def test_a_rival_has_another_course_of_the_spray_or_of_tablets(mechanism: Mechanism):
    tablets = "escitalopram 10 mg oral daily for 2 weeks"
    words = tablets if mechanism in (Mechanism.SEROTONIN_ONLY, Mechanism.PLASTICITY_ONLY) else SPRAY
    mine, other = course(rival(mechanism), words), course(default_chain(), words)
    assert np.abs(mine["severity change"] - other["severity change"]).max() > 0.02


def test_the_metabolite_comes_later_than_the_surge():
    late, early = course(rival(Mechanism.HYDROXYNORKETAMINE)), course(default_chain())
    assert at(late, 2.0 / 24.0) / at(late, 1.0) < 0.5 * at(early, 2.0 / 24.0) / at(early, 1.0)


def test_the_metabolite_of_the_racemate_comes_from_placeholder_kinetics_and_leaves_ketamine_as_it_is():
    words = "ketamine 0.5 mg/kg iv over 40 min on day 1"
    mine, usual = course(rival(Mechanism.HYDROXYNORKETAMINE), words), course(default_chain(), words)
    assert at(mine, 1.0) < -2.0
    np.testing.assert_allclose(mine["effect site"], usual["effect site"], rtol=1e-9, atol=1e-9)


def test_weights_mix_the_triggers():
    half = course(weighted(0.5, 0.5, 0.0))
    ends = [at(course(rival(mechanism)), 1.0) for mechanism in (Mechanism.DISINHIBITION, Mechanism.DIRECT)]
    assert min(ends) - 0.1 <= at(half, 1.0) <= max(ends) + 0.1
    with pytest.raises(EuthymiaError, match="add up to 1"):
        weighted(0.5, 0.2, 0.0)
    with pytest.raises(EuthymiaError, match="at least 0"):
        weighted(1.5, -0.5, 0.0)


def test_the_default_has_the_published_course_of_an_antidepressant_at_both_weeks_within_its_errors():
    """The trials, and the anchors that pull at the same numbers, leave both inside of nine tenths of their error."""
    found, (week6, share, *_) = course_of(default_chain()), anchors()
    assert abs(found.week6 - week6.published) < NINETY * week6.se
    assert abs(found.week1 / found.week6 - share.published) < NINETY * share.se


def test_both_rivals_have_week_six_and_serotonin_alone_misses_week_one():
    target, (_, share, *_) = published_course(), anchors()
    serotonin, plasticity = (
        course_of(rival(mechanism)) for mechanism in (Mechanism.SEROTONIN_ONLY, Mechanism.PLASTICITY_ONLY)
    )
    assert serotonin.week6 == pytest.approx(target.week6, rel=0.01)
    assert plasticity.week6 == pytest.approx(target.week6, rel=0.01)
    assert abs(serotonin.week1) > 2.0 * abs(target.week1)  # a miss: serotonin itself is too quick
    assert abs(plasticity.week1 / plasticity.week6 - share.published) < NINETY * share.se
    assert abs(serotonin.week1 / serotonin.week6 - share.published) > NINETY * share.se


def test_the_first_fit_gives_an_antidepressant_its_published_course():
    target, found = published_course(), course_of(default_chain(fit_oral(Sizes.from_record(load_record("amplitudes")))))
    assert found.week6 == pytest.approx(target.week6, rel=1e-4)
    assert found.week1 == pytest.approx(target.week1, rel=1e-4)


def test_the_record_of_rivals_holds_what_the_fits_say():
    record = load_record("rivals")
    found = fit_rivals()
    assert found["a_5HT_serotonin_only"] == pytest.approx(record.value("a_5HT_serotonin_only", "points"), rel=1e-3)
    assert found["y_5HT_plasticity_only"] == pytest.approx(record.value("y_5HT_plasticity_only", "1"), rel=1e-3)
