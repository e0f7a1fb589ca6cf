"""Scales: ranges, definitions, published points of links, and how links fail where sources disagree."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import EvidenceError
from euthymia.evidence import load_record
from euthymia.symptoms.scales import (
    Quantity,
    Remission,
    Scale,
    instrument,
    link,
    rate_as,
    remitted,
    responded,
    short_recall,
    translate,
)

PAIRS = [*permutations(Scale, 2)]
TOTALS = st.floats(0.0, 1.0)
LINKED = ((Scale.HAMD17, Scale.MADRS), (Scale.PHQ9, Scale.MADRS))


def one(value: float, of: Scale, to: Scale, quantity: Quantity = Quantity.TOTAL) -> float:
    return float(translate(np.array(value), of, to, quantity))


@pytest.mark.parametrize(("HAMD", "MADRS"), [(0, 0), (10, 13), (20, 26), (30, 39), (40, 52.5)])
def test_totals_of_the_hamilton_scale_are_those_of_the_linking(HAMD: float, MADRS: float):
    assert one(HAMD, Scale.HAMD17, Scale.MADRS) == pytest.approx(MADRS)
    assert one(MADRS, Scale.MADRS, Scale.HAMD17) == pytest.approx(HAMD)


@pytest.mark.parametrize(("HAMD", "MADRS"), [(0, 0), (-10, -12), (-20, -26), (-25, -34)])
def test_changes_of_the_hamilton_scale_are_those_of_the_linking(HAMD: float, MADRS: float):
    assert one(HAMD, Scale.HAMD17, Scale.MADRS, Quantity.CHANGE) == pytest.approx(MADRS)
    assert one(MADRS, Scale.MADRS, Scale.HAMD17, Quantity.CHANGE) == pytest.approx(HAMD)


@pytest.mark.parametrize(("PHQ9", "MADRS"), [(0, 0), (1, 1), (15, 24), (27, 48)])
def test_totals_of_the_patient_health_questionnaire_are_those_of_the_linking(PHQ9: float, MADRS: float):
    assert one(PHQ9, Scale.PHQ9, Scale.MADRS) == pytest.approx(MADRS)


@pytest.mark.parametrize(("QIDS", "HAMD"), [(0, 0), (5, 7), (10, 13), (16, 20), (20, 25), (27, 44)])
def test_the_quick_inventory_and_the_hamilton_scale_are_linked_as_tabulated(QIDS: float, HAMD: float):
    assert one(QIDS, Scale.QIDS_SR16, Scale.HAMD17) == pytest.approx(HAMD)


def test_two_totals_with_the_same_link_are_met_in_the_middle():
    assert one(18.5, Scale.HAMD17, Scale.QIDS_SR16) == pytest.approx(14.5)


@pytest.mark.parametrize(("of", "to"), PAIRS)
@given(share=TOTALS, other=TOTALS)
def test_a_worse_total_never_links_to_a_better_one(of: Scale, to: Scale, share: float, other: float):
    low, high = sorted((share, other))
    highest = instrument(of).highest
    assert one(low * highest, of, to) <= one(high * highest, of, to) + 1e-9


@pytest.mark.parametrize(("of", "to"), PAIRS)
@given(share=TOTALS)
def test_a_link_stays_on_the_scale(of: Scale, to: Scale, share: float):
    assert 0.0 <= one(share * instrument(of).highest, of, to) <= instrument(to).highest


@pytest.mark.parametrize(("of", "to"), LINKED)
@given(share=TOTALS)
def test_there_and_back_is_where_it_was(of: Scale, to: Scale, share: float):
    value = 40.0 * share if of is Scale.HAMD17 else 27.0 * share
    assert one(one(value, of, to), to, of) == pytest.approx(value, abs=1e-9)


@given(st.floats(-25.0, 25.0))
def test_changes_there_and_back_are_what_they_were(value: float):
    for of, to in LINKED:
        back = one(one(value, of, to, Quantity.CHANGE), to, of, Quantity.CHANGE)
        assert back == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("scale", Scale)
def test_a_scale_links_to_itself_and_nothing_to_nothing(scale: Scale):
    assert one(11.0, scale, scale) == 11.0
    for other in Scale:
        assert one(0.0, scale, other) == pytest.approx(0.0, abs=1e-9)


def test_without_a_published_link_of_changes_the_known_ones_are_named():
    with pytest.raises(EvidenceError, match=r"no published link between a change of QIDS-SR16 and of MADRS; known:"):
        translate(np.array(-5.0), Scale.QIDS_SR16, Scale.MADRS, Quantity.CHANGE)
    with pytest.raises(EvidenceError, match=r"no published link between a total of PHQ-9 and of HAMD17; known:"):
        link(Scale.PHQ9, Scale.HAMD17)


def test_a_link_over_the_madrs_is_two_links_in_a_row():
    over = one(one(12.0, Scale.PHQ9, Scale.MADRS), Scale.MADRS, Scale.HAMD17)
    assert one(12.0, Scale.PHQ9, Scale.HAMD17) == pytest.approx(over)


def test_sources_that_were_not_used_for_a_link_lie_near_it():
    # Remission on the HAMD17 is MADRS 8 or 9 by Carmody 2006 and 9.1 by the link: 0.1 points outside.
    carmody = load_record("scales").value("MADRS_at_HAMD17_7", "points")
    assert one(7.0, Scale.HAMD17, Scale.MADRS) == pytest.approx(9.1)
    assert abs(9.1 - carmody) < 1.0
    # A QIDS-SR16 of 5 is MADRS 7.5 directly, and 9.1 over the HAMD17: two sources that disagree by 1.6 points.
    detour = one(one(5.0, Scale.QIDS_SR16, Scale.HAMD17), Scale.HAMD17, Scale.MADRS)
    assert detour - one(5.0, Scale.QIDS_SR16, Scale.MADRS) == pytest.approx(1.6, abs=0.01)


@pytest.mark.parametrize(
    ("PHQ9", "MADRS", "miss"),
    [(-9.0, -12.1, -3.8), (-7.1, -10.0, -2.6), (-13.0, -21.4, -1.6), (-10.2, -17.0, -1.0)],
)
def test_falls_of_both_scales_in_one_trial_differ_from_the_link_by_up_to_four_points(
    PHQ9: float, MADRS: float, miss: float
):
    # TRANSFORM-2, rows R0044 to R0047 and R0035 to R0038; the link makes the MADRS fall too much, most so at day 15.
    assert one(PHQ9, Scale.PHQ9, Scale.MADRS, Quantity.CHANGE) - MADRS == pytest.approx(miss, abs=0.06)


def test_definitions_are_those_of_the_trials():
    found = {definition: definition.threshold for definition in Remission}
    assert found == {
        Remission.MADRS_ESKETAMINE: 12.0,
        Remission.MADRS_DOSE_RANGING: 10.0,
        Remission.MADRS_STRICT: 8.0,
        Remission.HAMD17: 7.0,
        Remission.QIDS_SR16: 5.0,
        Remission.PHQ9: 4.0,
    }
    assert Remission.PHQ9.scale is Scale.PHQ9


def test_half_of_the_baseline_is_a_response_and_a_threshold_a_remission():
    score = np.array([18.0, 19.0, 18.5, np.nan])
    np.testing.assert_array_equal(responded(score, np.full(4, 37.0)), [True, False, True, False])
    np.testing.assert_array_equal(
        remitted(np.array([12.0, 13.0, np.nan]), Remission.MADRS_ESKETAMINE), [True, False, False]
    )


def test_windows_are_a_week_but_for_a_day_after_a_dose_and_two_weeks_of_the_questionnaire():
    assert {scale: instrument(scale).recall for scale in Scale} == {
        Scale.MADRS: 168.0,
        Scale.HAMD17: 168.0,
        Scale.QIDS_SR16: 168.0,
        Scale.PHQ9: 336.0,
    }
    assert short_recall() == 24.0


@pytest.mark.parametrize("scale", Scale)
@given(severity=st.floats(-20.0, 80.0), error=st.floats(-8.0, 8.0))
def test_every_score_is_a_whole_number_on_its_scale(scale: Scale, severity: float, error: float):
    found = rate_as(scale, np.array([severity]), np.array([error]))[0]
    assert found == np.round(found)
    assert 0.0 <= found <= instrument(scale).highest


def test_answers_agree_with_raters_more_than_one_study_prints():
    rng = np.random.default_rng(0)
    severity = np.clip(rng.normal(20.0, 10.4, 50_000), 0.0, 60.0)
    MADRS, PHQ9 = (rate_as(scale, severity, rng.standard_normal(severity.size)) for scale in (Scale.MADRS, Scale.PHQ9))
    # A miss: 0.76 is printed for older people at week 10 (Kim 2023); more scatter would not leave room for severity in
    # the SD of the PHQ-9 before treatment.
    assert np.corrcoef(MADRS, PHQ9)[0, 1] == pytest.approx(0.85, abs=0.02)


def test_scales_and_items_load_no_numerics_on_import():
    import subprocess
    import sys

    code = (
        "import sys; import euthymia.symptoms.scales, euthymia.symptoms.items; "
        "print([name for name in ('jax', 'scipy', 'pandas', 'matplotlib') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"
