"""MADRS items: they add up, stay on the scale, follow severity, and differ between people and raters as published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.symptoms.items import (
    GROUP_OF,
    HIGHEST,
    MARKS,
    MIDDLE,
    Group,
    Ideation,
    Item,
    Items,
    adding_up,
    covariance,
    discriminations,
    expected,
    profile,
    rate,
    reliability,
    solve,
    thresholds,
)

ITEMS = Items.from_record(load_record("items"))
ADMITTED = Items.from_record(load_record("items"), Ideation.ADMITTED)
PEOPLE = 4000


def drawn(items: Items, people: int = PEOPLE, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    u = profile(items, rng.standard_normal((people, len(Group))), rng.standard_normal((people, len(Item))))
    return u, rng.standard_normal((people, len(Item)))


@settings(deadline=None)
@given(st.floats(-30.0, 90.0), st.integers(0, 1000))
def test_every_item_is_a_whole_number_from_0_to_6(severity: float, seed: int):
    u, error = drawn(ITEMS, 20, seed)
    found = rate(ITEMS, np.full(20, severity), u, error)
    assert found.dtype == np.int64
    assert found.min() >= 0
    assert found.max() <= HIGHEST


@settings(deadline=None)
@given(st.floats(0.0, 60.0), st.integers(0, 1000))
def test_whatever_the_profile_the_expected_items_add_up_to_the_severity(severity: float, seed: int):
    u, _ = drawn(ITEMS, 20, seed)
    found = expected(ITEMS, np.full(20, severity), u)
    np.testing.assert_allclose(found.sum(1), severity, atol=2e-4)
    assert ((found >= 0.0) & (found <= HIGHEST)).all()


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_a_worse_person_has_no_better_item_with_the_same_profile_and_error(seed: int):
    u, error = drawn(ITEMS, 1, seed)
    severity = np.linspace(-10.0, 70.0, 400)
    assert (np.diff(rate(ITEMS, severity, np.repeat(u, 400, 0), np.repeat(error, 400, 0)), axis=0) >= 0).all()


def test_the_healthiest_and_the_sickest_are_at_the_ends_of_every_item():
    u, error = drawn(ITEMS, 200)
    assert rate(ITEMS, np.zeros(200), u, error).sum() == 0
    assert rate(ITEMS, np.full(200, 60.0), u, error).min() == HIGHEST


def test_ratings_are_unbiased_for_the_severity_even_near_the_floor():
    u, error = drawn(ITEMS, 40_000)
    for severity in (2.0, 10.0, 30.0, 55.0):
        total = rate(ITEMS, np.full(len(u), severity), u, error).sum(1)
        assert total.mean() == pytest.approx(severity, abs=4.0 * 2.8 / np.sqrt(len(u)))


def test_visits_are_rated_all_at_once_or_one_by_one():
    u, error = drawn(ITEMS, 50)
    severity = np.array([[5.0], [20.0], [44.0]]) + np.linspace(0.0, 10.0, 50)
    errors = np.stack([error, -error, error[::-1]])
    together = rate(ITEMS, severity, u, errors)
    assert together.shape == (3, 50, len(Item))
    for visit in range(3):
        np.testing.assert_array_equal(together[visit], rate(ITEMS, severity[visit], u, errors[visit]))


def test_a_person_without_a_profile_passes_a_mark_half_of_the_time_at_its_threshold():
    found = thresholds(ITEMS)
    assert (np.diff(found, axis=1) > 0.0).all()
    for item in Item:
        for mark, theta in zip(MARKS, found[item.column], strict=True):
            latent = ITEMS.location[item.column] + ITEMS.slope[item.column] * (theta - MIDDLE)
            assert latent == pytest.approx(mark)


def test_chances_of_a_score_are_those_of_the_graded_response():
    from scipy.special import ndtr

    n = 60_000
    severity, u = np.full(n, 24.0), np.zeros((n, len(Item)))
    scores = rate(ITEMS, severity, u, np.random.default_rng(3).standard_normal((n, len(Item))))
    theta = solve(ITEMS, severity[:1], u[:1])[0]
    for item in Item:
        at = ITEMS.location[item.column] + ITEMS.slope[item.column] * (theta - MIDDLE)
        chance = ndtr((at - MARKS) / ITEMS.sd_error)
        share = (scores[:, item.column, None] >= np.arange(1, HIGHEST + 1)).mean(0)
        np.testing.assert_allclose(share, chance, atol=0.008)


def test_the_closed_covariance_is_that_of_many_ratings():
    rng = np.random.default_rng(5)
    u, _ = drawn(ITEMS, 3000, 5)
    severity = np.clip(rng.normal(22.0, 9.0, 3000), 0.0, 60.0)
    closed, error = covariance(ITEMS, severity, u)
    scores = np.concatenate([rate(ITEMS, severity, u, rng.standard_normal(u.shape)) for _ in range(40)])
    np.testing.assert_allclose(closed, np.cov(scores, rowvar=False), atol=0.03)
    first, second = scores[:3000].sum(1), scores[3000:6000].sum(1)
    assert reliability(closed, error).icc == pytest.approx(np.corrcoef(first, second)[0, 1], abs=0.01)


def test_the_items_of_a_group_share_their_part_of_the_profile():
    u, _ = drawn(ITEMS, 60_000)
    correlation = np.corrcoef(u, rowvar=False)
    same = GROUP_OF[:, None] == GROUP_OF
    off = ~np.eye(len(Item), dtype=bool)
    np.testing.assert_allclose(u.std(0), ITEMS.sd_profile, rtol=0.02)
    np.testing.assert_allclose(correlation[same & off], ITEMS.share, atol=0.02)
    np.testing.assert_allclose(correlation[~same], 0.0, atol=0.02)


def test_every_item_is_in_one_group():
    assert sorted(item for group in Group for item in group.value) == sorted(Item)


def test_a_lasting_profile_makes_visits_alike_and_a_rater_does_not():
    rng = np.random.default_rng(7)
    u, _ = drawn(ITEMS, PEOPLE, 7)
    severity = np.full(PEOPLE, 25.0)
    first, second = (rate(ITEMS, severity, u, rng.standard_normal(u.shape)) for _ in range(2))
    plain = replace(ITEMS, sd_profile=0.0)
    other = [rate(plain, severity, 0.0 * u, rng.standard_normal(u.shape)) for _ in range(2)]
    sleep = Item.REDUCED_SLEEP.column
    assert np.corrcoef(first[:, sleep], second[:, sleep])[0, 1] > 0.4
    assert abs(np.corrcoef(other[0][:, sleep], other[1][:, sleep])[0, 1]) < 0.05


def test_letting_suicidal_ideation_in_raises_only_the_tenth_item():
    assert (ADMITTED.location - ITEMS.location)[:-1].max() == 0.0
    rng = np.random.default_rng(1)
    severity = np.clip(
        rng.normal(37.5, 5.69, PEOPLE), 0.0, 60.0
    )  # the usual baseline of treatment-resistant depression
    u, _ = drawn(ADMITTED)
    means = expected(ADMITTED, severity, u).mean(0)
    assert means[Item.SUICIDAL_THOUGHTS.column] == pytest.approx(2.0, abs=0.1)  # what the record's note says
    assert expected(ITEMS, severity, u).mean(0)[Item.SUICIDAL_THOUGHTS.column] < 1.1


def test_mood_tells_people_apart_better_than_sleep_appetite_and_suicidal_thoughts():
    found = dict(zip(Item, discriminations(ITEMS), strict=True))
    core = min(found[item] for item in (Item.APPARENT_SADNESS, Item.REPORTED_SADNESS, Item.LASSITUDE))
    assert core > max(found[item] for item in (Item.REDUCED_SLEEP, Item.REDUCED_APPETITE, Item.SUICIDAL_THOUGHTS))


def test_nobody_at_all_can_be_rated():
    assert rate(ITEMS, np.zeros(0), np.zeros((0, 10)), np.zeros((0, 10))).shape == (0, 10)


def test_the_example_of_the_page_runs():
    page = (Path(__file__).parents[3] / "docs" / "models" / "scales.md").read_text(encoding="utf-8")
    space: dict[str, np.ndarray] = {}
    exec(page.split("```python\n")[1].split("```")[0], space)
    assert space["total"].mean() == pytest.approx(30.0, abs=0.5)
    assert space["suicidal"].mean() > 0.5


def test_nobody_s_theta_depends_on_who_else_is_asked_for():
    u, _ = drawn(ITEMS, 300)
    severity = np.linspace(-5.0, 65.0, 300)
    together = solve(ITEMS, severity, u)
    alone = np.concatenate([solve(ITEMS, severity[at : at + 7], u[at : at + 7]) for at in range(0, 300, 7)])
    np.testing.assert_array_equal(together, alone)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.integers(0, 1000))
def test_items_behind_a_total_add_up_to_it(totals: list[int], seed: int):
    u, error = drawn(ITEMS, len(totals), seed)
    found = adding_up(ITEMS, np.array(totals, dtype=float), u, error)
    np.testing.assert_array_equal(found.sum(1), totals)
    assert found.min() >= 0
    assert found.max() <= HIGHEST


def test_items_behind_a_rated_total_are_the_items_that_gave_it():
    u, error = drawn(ITEMS, 500)
    scores = rate(ITEMS, np.linspace(2.0, 58.0, 500), u, error)
    np.testing.assert_array_equal(adding_up(ITEMS, scores.sum(1), u, error), scores)


def test_items_behind_a_total_are_on_average_those_of_people_with_that_severity():
    u, error = drawn(ITEMS, 20_000)
    found = adding_up(ITEMS, np.full(len(u), 37.0), u, error).mean(0)
    np.testing.assert_allclose(found, expected(ITEMS, np.full(len(u), 37.0), u).mean(0), atol=0.15)
