"""The size for a power, and power averaged over what is not known surely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from power_samples import QUESTION, normal_trial, rows_from, small
from scipy import stats

from euthymia.evidence import load_record
from euthymia.trials.power import Asked, power
from euthymia.trials.power_assurance import assurances, first_order
from euthymia.trials.power_operating import judged, share
from euthymia.trials.power_plan import Job, Part, drawn_amplitudes, uncertain_names, whole, with_sizes
from euthymia.trials.power_run import ALONE, run
from euthymia.trials.power_size import Target, crossing, monotone, sample_sizes, scaled


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_monotone_values_rise_keep_their_mean_and_leave_rising_ones_alone(values: list[float]):
    found = monotone(np.array(values))
    assert np.all(np.diff(found) >= -1e-12)
    assert found.mean() == pytest.approx(np.mean(values))
    assert np.array_equal(monotone(np.sort(values)), np.sort(values))


@given(st.floats(0.06, 0.98), st.floats(0.1, 1.5))
def test_the_crossing_is_where_a_smooth_power_reaches_the_target(target: float, effect: float):
    n = np.arange(2.0, 4000.0, 2.0)
    smooth = stats.norm.cdf(effect * np.sqrt(n / 4.0) - 1.96)
    found = crossing(n, smooth, target)
    exact = 4.0 * ((stats.norm.ppf(target) + 1.96) / effect) ** 2
    if exact > n[-1]:
        assert found is None
    else:
        assert found == pytest.approx(max(exact, 2.0), abs=2.0)


@given(st.tuples(st.integers(2, 400), st.integers(2, 400)), st.floats(0.05, 20.0))
@settings(max_examples=50)
def test_arms_grow_alike(sizes: tuple[int, int], factor: float):
    for n, grown in zip(sizes, scaled(sizes, factor), strict=True):
        assert grown == 2 or abs(grown - n * factor) <= 0.5 + 1e-9


def test_a_size_is_the_closed_form_where_ratings_are_normal(monkeypatch: pytest.MonkeyPatch):
    """Two arms of n: n = 2 (z + z')^2 sd^2 / difference^2 and, for the t distribution, z^2 / 4 more."""
    difference, sd = -4.0, 8.0
    draw = np.random.default_rng(2)

    def nested(job: Job, replicates: int, *_: object) -> np.ndarray:
        most = max(max(part.stop) for part in job.parts)
        people = draw.normal(0.0, sd, (replicates, 2, most))
        parts = []
        for n in (part.stop[0] for part in job.parts):
            value = difference + people[:, 0, :n].mean(1) - people[:, 1, :n].mean(1)
            se = np.sqrt(people[:, :, :n].var(-1, ddof=1).sum(1) / n)
            parts.append(rows_from(value, se, np.full(replicates, 2.0 * n - 2.0), value))
        return np.stack(parts, axis=1)[:, :, None]

    monkeypatch.setattr("euthymia.trials.power_size.run", nested)
    job = Job(normal_trial(20, 1, 0.0, 1.0).trial, 1, (Part((0, 0), (20, 20)),))
    (size,) = sample_sizes(job, nested(job, 3000), {"arm": 0}, Target(0.9, 0.05, 4000), ALONE)
    exact = 2.0 * (stats.norm.ppf(0.9) + stats.norm.ppf(0.975)) ** 2 * (sd / difference) ** 2 + 1.96**2 / 4.0
    assert size.people is not None
    assert size.low is not None
    assert size.high is not None
    assert size.low <= size.people <= size.high
    assert size.low - 2 <= 2.0 * exact <= size.high + 2
    assert size.people == pytest.approx(2.0 * exact, rel=0.05)


@pytest.mark.long
def test_a_size_found_for_a_target_has_that_power():
    trial = small((12, 12, 12))
    found = power(trial, Asked(replicates=400, target=0.5, arm="84 mg + AD", largest=900), seed=6)
    (size,) = found.sizes
    assert size.people is not None
    grown = with_sizes(trial, tuple(size.arms.values()))
    checked = power(grown, Asked(replicates=400, arm="84 mg + AD"), seed=6)
    assert checked.operating[0].power.value == pytest.approx(0.5, abs=2.0 * checked.operating[0].power.se)


def test_a_target_out_of_reach_is_said_to_be_so():
    trial = small((6, 6, 6))
    (size,) = power(trial, Asked(replicates=20, target=0.95, arm="56 mg + AD", largest=40), seed=6).sizes
    assert (size.reached, size.people, size.arms) == (False, None, {})
    assert size.points[-1].people <= 40


def test_first_order_shares_are_those_of_the_normal_distribution():
    """Power Phi(a z1 + b z2): V_i = asin(c_i / (1 + a^2 + b^2)) / 2 pi, with c_1 = a^2, and a^2 + b^2 for both."""
    a, b, draws = 1.2, 0.6, 60_000
    draw = np.random.default_rng(9)
    z = draw.normal(size=(draws, 3))
    chance = stats.norm.cdf(a * z[:, 0] + b * z[:, 1])
    won = (draw.uniform(size=(draws, 2)) < chance[:, None]).astype(float)
    both = 1.0 + a**2 + b**2
    exact = np.arcsin([a**2 / both, b**2 / both, 0.0]) / np.arcsin((a**2 + b**2) / both)
    assert first_order(won, z) == pytest.approx(exact, abs=0.02)


def test_shares_are_unknown_where_power_never_differs():
    assert np.isnan(first_order(np.ones((50, 2)), np.random.default_rng(1).normal(size=(50, 2)))).all()


def test_drawn_amplitudes_have_the_typical_value_as_median_and_the_spread_of_the_record():
    record = load_record("amplitudes")
    names = uncertain_names()
    assert "gain" in names
    assert drawn_amplitudes(np.zeros(len(names)))["gain"].value == record["gain"].value
    cv = record["gain"].cv
    assert cv is not None
    place = names.index("gain")
    up = drawn_amplitudes(np.eye(len(names))[place])["gain"].value
    assert np.log(up / record["gain"].value) ** 2 == pytest.approx(np.log1p(cv**2))


def test_assurance_stands_beside_the_power_at_typical_values():
    trial = small((8, 8, 8))
    arms = {"84 mg + AD": 1}
    (found,) = assurances(Job(trial, 2, (whole(trial),)), arms, QUESTION, 10, ALONE)
    typical = run(Job(trial, 2, (whole(trial),)), 10, ALONE, "power")[:, 0, 1]
    won = judged(typical, 0.05).significant & (typical[:, 0] < 0.0)
    assert found.typical == share(won)
    assert {one.name for one in found.carried} >= {"gain", "care in this trial", "drug's effect in this trial"}
