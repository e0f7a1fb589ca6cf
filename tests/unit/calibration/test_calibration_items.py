"""The items beside what is published of them: means, consistency, factors, raters; misses are written down here."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from euthymia.calibration.items import (
    PUBLISHED,
    SD_BASELINE,
    SD_LATER,
    ItemFit,
    compare,
    fit,
    people,
    populations,
    updated,
)
from euthymia.evidence import load_record
from euthymia.symptoms.items import Item, Items, covariance, profile, reliability

RECORD = files("euthymia.evidence").joinpath("records", "items.toml").read_text(encoding="utf-8")
ITEMS = Items.from_record(load_record("items"))


def covariances(mean: float, sd: float) -> tuple[np.ndarray, np.ndarray]:
    severity, group, own = people(mean, sd)
    return covariance(ITEMS, severity, profile(ITEMS, group, own))


def correlations(mean: float, sd: float) -> np.ndarray:
    found, _ = covariances(mean, sd)
    width = np.sqrt(np.diag(found))
    return found / np.outer(width, width)


def test_every_published_item_mean_is_met_within_two_standard_errors():
    worst = {row.what: (row.fitted - row.published) / row.se for row in compare(ITEMS)}
    assert len(worst) == 43
    assert max(map(abs, worst.values())) < 2.1
    # Appetite before treatment differs by 0.4 points between randomised arms, and tension falls 0.7 points further on
    # the drug than on control: one severity gives neither.
    poor = {what for what, z in worst.items() if abs(z) > 1.5}
    assert all("appetite" in what or "tension" in what for what in poor), poor


def test_the_sum_of_squares_is_an_ordinary_one():
    from scipy.stats import chi2

    rows = compare(ITEMS)
    free = len(rows) - 20  # 22 numbers, of which two only say what theta is measured in
    assert sum(((row.fitted - row.published) / row.se) ** 2 for row in rows) < chi2.ppf(0.95, free)


def test_the_item_means_add_up_to_totals_of_moderate_to_severe_depression():
    before, after = populations()[0].total, populations()[3].total
    assert before == pytest.approx(33.1)
    assert after == pytest.approx(16.2)


def test_fitting_again_gives_the_record():
    found = fit()
    record = load_record("items")
    for name, value in found.values.items():
        assert record[name].value == pytest.approx(value, rel=2e-3), name
    assert "sd_profile" in str(found)
    assert "S0487 alpha" in str(found)


def test_an_update_keeps_the_words_of_the_record():
    values = {name: 0.5 for name in load_record("items") if "admitted" not in name and name != "share_group"}
    found = updated(ItemFit(values, dict.fromkeys(values, 0.1), ()), RECORD)
    assert "cv = 0.2" in found
    assert [line for line in found.splitlines() if line.startswith(("note", "command", "source"))] == [
        line for line in RECORD.splitlines() if line.startswith(("note", "command", "source"))
    ]


def test_raters_err_by_2_to_3_points_and_agree_as_published():
    for mean in (15.0, 20.0, 26.0):
        for sd in (9.0, 10.0, 11.0):
            found = reliability(*covariances(mean, sd))
            assert 2.0 <= found.sem <= 3.0  # fact 26 accepts 2 to 3.5; 2.4 to 3.0 is derived at an SD of 9 to 11
            assert 0.92 <= found.icc <= 0.97
    assert reliability(*covariances(20.0, 9.0)).icc == pytest.approx(0.93, abs=0.005)
    assert reliability(*covariances(26.0, 9.0)).sem == pytest.approx(2.4, abs=0.2)


def test_the_items_of_patients_after_treatment_are_consistent_as_published():
    assert 0.84 <= reliability(*covariances(20.0, SD_LATER)).alpha <= 0.91


def test_people_let_in_by_their_total_look_less_consistent():
    narrow, wide = reliability(*covariances(33.1, SD_BASELINE)), reliability(*covariances(20.0, SD_LATER))
    assert narrow.alpha == pytest.approx(0.57, abs=0.03)
    assert narrow.icc < 0.85 < wide.icc


def test_three_components_explain_about_what_three_published_factors_do():
    values = np.sort(np.linalg.eigvalsh(correlations(20.0, 9.0)))[::-1]
    assert values[:3].sum() / len(Item) == pytest.approx(0.61, abs=0.03)  # Suzuki 2005, 132 people, spread not known
    assert values[0] > 3.0 * values[1]  # one general factor (Quilty 2013; Carmody 2006 calls the scale unifactorial)


def test_items_correlate_positively_where_severity_spreads():
    found = correlations(20.0, SD_LATER)[np.triu_indices(len(Item), 1)]
    assert found.min() > 0.1
    assert found.mean() == pytest.approx(0.40, abs=0.03)


def test_single_items_agree_less_between_raters_than_one_structured_interview_printed():
    # A miss. Iannuzzo 2006 prints 0.86 to 0.97 for items and 0.97 to 0.98 for the total (50 patients, most of them
    # bipolar); our total has the lower agreement of row S0484, spread over ten independent errors.
    found, error = covariances(20.0, SD_LATER)
    agreement = 1.0 - np.diag(error) / np.diag(found)
    assert agreement.min() == pytest.approx(0.57, abs=0.03)
    assert agreement.max() == pytest.approx(0.82, abs=0.03)


def test_people_have_the_mean_and_the_spread_that_was_asked_for():
    for mean, sd in ((33.1, 5.69), (16.2, 10.67), (26.0, 11.0)):
        severity, group, own = people(mean, sd)
        assert severity.mean() == pytest.approx(mean, abs=0.05)
        assert severity.std() == pytest.approx(sd, rel=0.01)
        assert severity.min() >= 0.0
        assert severity.max() <= 60.0
        assert group.shape[1] == 3
        assert own.shape[1] == len(PUBLISHED) == len(Item)
