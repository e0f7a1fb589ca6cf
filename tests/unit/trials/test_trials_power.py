"""Power: replicates that depend on nothing but their number, sizes of nested people, and what closed forms say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from euthymia.errors import EuthymiaError, TrialFileError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.trials.catalogue import load_trial
from euthymia.trials.data import PhaseData, SafetyData, TrialData
from euthymia.trials.design import Analysis, Endpoint, Primary, Trial, visits_of
from euthymia.trials.power import Asked, power
from euthymia.trials.power_analysis import favourable, primary_analysis, treated_arms
from euthymia.trials.power_assurance import assurances, first_order
from euthymia.trials.power_compare import compared
from euthymia.trials.power_operating import LEAST, Question, judged, operating, precise, share
from euthymia.trials.power_plan import BLOCK, Job, Part, drawn_amplitudes, rows_of, uncertain_names, whole, with_sizes
from euthymia.trials.power_run import ALONE, run
from euthymia.trials.power_size import Target, crossing, monotone, sample_sizes, scaled

QUESTION = Question(alpha=0.05, favourable=-1.0)


def small(sizes: tuple[int, ...]) -> Trial:
    """TRANSFORM-1 with so many people in its arms, analysed by ANCOVA."""
    trial = load_trial("transform-1")
    primary = replace(trial.primary, analysis=Analysis.ANCOVA)
    return replace(with_sizes(trial, sizes), published=(), primary=primary)


@pytest.fixture(scope="module")
def trial() -> Trial:
    return small((10, 12, 10))


@pytest.fixture(scope="module")
def rows(trial: Trial) -> np.ndarray:
    return rows_of(Job(trial, 3, (whole(trial),)), range(8))


def without_effect(sizes: tuple[int, ...]) -> Job:
    trial = replace(small(sizes), expectation=False)
    nothing = load_record("amplitudes").replace(
        gain=1e-9, signal=0.0
    )  # people's factors are of the gain, which is not 0
    return Job(trial, 11, (whole(trial),), amplitudes=nothing)


def normal_trial(n: int, replicates: int, difference: float, sd: float) -> TrialData:
    """A trial of two arms whose ratings are normal, with everybody seen."""
    trial = small((n, n, n))
    first = trial.phases[0]
    reference = next(arm for arm in first.arms if arm.reference)
    phase = replace(first, arms=(first.arms[0], reference))
    trial = replace(trial, phases=(phase,))
    visits = visits_of(trial, phase)
    draw = np.random.default_rng(5)
    arm = np.broadcast_to(np.repeat([0, 1], n), (replicates, 2 * n))
    baseline = draw.normal(35.0, 5.0, arm.shape)
    MADRS = baseline[..., None] + sd * draw.normal(size=(*arm.shape, len(visits))) + difference * (arm == 0)[..., None]
    nothing = np.zeros((*arm.shape, 0))
    return TrialData(
        trial=trial,
        seed=1,
        replicates=replicates,
        phases=(PhaseData(phase, visits, arm, baseline, MADRS, np.ones(MADRS.shape, dtype=bool)),),
        left=np.full(arm.shape, np.inf),
        dose=nothing,
        safety=SafetyData(np.zeros(0), nothing, nothing),
        days=np.zeros(1),
        severity=np.zeros((2, replicates, 1)),
        error=0.0,
    )


def test_a_replicate_is_the_same_whichever_others_are_conducted(trial: Trial, rows: np.ndarray):
    job = Job(trial, 3, (whole(trial),))
    assert rows_of(job, range(3, 5)).tobytes() == rows[3:5].tobytes()
    assert rows_of(job, range(8), threads=2).tobytes() == rows.tobytes()
    assert run(job, 5, ALONE, "power").tobytes() == rows[:5].tobytes()


def test_a_trial_is_the_first_people_of_a_larger_one(trial: Trial, rows: np.ndarray):
    larger = with_sizes(trial, (20, 24, 20))
    both = rows_of(Job(larger, 3, (whole(trial), whole(larger))), range(3))
    assert both[:, 0].tobytes() == rows[:3, 0].tobytes()
    assert not np.array_equal(both[:, 1], both[:, 0])


def test_estimates_are_those_of_the_conducted_trial(trial: Trial):
    from euthymia.trials.conduct import conduct
    from euthymia.trials.predict import change_by

    data = conduct(trial, seed=3, replicates=3)
    alike = rows_of(Job(trial, 3, (whole(trial),), trials_differ=True), range(3))
    found = primary_analysis(data)
    assert found.value.tobytes() == np.ascontiguousarray(alike[:, 0, :, 0]).tobytes()
    phase = data.phases[0]
    change = change_by(phase, "OC")[..., -1]  # type: ignore[arg-type]
    who = np.isin(phase.arm, [0, 2]) & np.isfinite(change)
    x = np.stack([np.ones(who[0].sum()), phase.baseline[0][who[0]], phase.arm[0][who[0]] == 0], axis=1)
    assert found.value[0, 0] == pytest.approx(np.linalg.lstsq(x, change[0][who[0]], rcond=None)[0][2])


def test_power_of_normal_ratings_is_that_of_the_noncentral_t():
    n, difference, sd, replicates = 30, -4.0, 7.0, 4000
    found = primary_analysis(normal_trial(n, replicates, difference, sd))
    rows = np.stack([found.value, found.se, found.df, found.value], axis=-1)[:, 0]
    said = operating(rows, QUESTION, "arm", "reference")
    df = 2 * n - 3
    # A covariate that says nothing costs, on average, a degree of freedom and df / (df - 1) of the variance.
    centre = difference / (sd * np.sqrt(2.0 / n)) / np.sqrt(df / (df - 1.0))
    critical = stats.t.ppf(0.975, df)
    exact = stats.nct.cdf(-critical, df, centre) + stats.nct.sf(critical, df, centre)
    assert abs(said.power.value - exact) < 3.0 * said.power.se
    assert abs(said.coverage.value - 0.95) < 3.0 * said.coverage.se
    assert abs(said.estimate.value - difference) < 3.0 * said.estimate.se
    assert said.se_model.value == pytest.approx(said.se_empirical.value, abs=3.0 * said.se_empirical.se)
    assert said.wrong_sign.value == pytest.approx(stats.norm.cdf(centre), abs=3.0 * said.wrong_sign.se)


def test_without_effect_power_is_about_alpha():
    rows = run(without_effect((8, 8, 8)), 200, ALONE, "power")[:, 0]
    for place in range(2):
        said = operating(rows[:, place], QUESTION, "arm", "reference")
        assert said.power.low < 0.05 < said.power.high
        assert abs(said.estimate.value) < 3.5 * said.estimate.se


@pytest.mark.long
def test_without_effect_power_is_alpha_within_its_error():
    rows = run(without_effect((25, 25, 25)), 2000, ALONE, "power")[:, 0]
    for place in range(2):
        said = operating(rows[:, place], QUESTION, "arm", "reference")
        assert abs(said.power.value - 0.05) < 3.0 * said.power.se
        assert abs(said.coverage.value - 0.95) < 3.0 * said.coverage.se


def test_a_run_is_stopped_when_it_is_precise_enough_and_is_then_the_beginning_of_a_longer_one():
    trial = small((3, 3, 3))
    short = power(trial, Asked(replicates=160, precision=0.045), seed=2)
    assert short.stopped_early
    assert LEAST <= short.replicates < 160
    assert short.replicates % BLOCK == 0
    assert all(one.power.se <= 0.045 for one in short.operating)
    whole_run = power(trial, Asked(replicates=short.replicates), seed=2)
    assert whole_run.operating == short.operating
    assert not whole_run.stopped_early


def test_precision_is_asked_of_every_comparison():
    sure = np.tile([1.0, 0.1, 50.0, 1.0], (200, 1))
    unsure = sure * np.where(np.arange(200) % 2, 1.0, 0.01)[:, None] ** np.array([1.0, 0.0, 0.0, 0.0])
    both = np.stack([sure, unsure], axis=1)[:, None]
    assert precise(both[:, :, [0]], 0.05, 0.03)
    assert not precise(both, 0.05, 0.03)
    assert not precise(both[: LEAST - 1, :, [0]], 0.05, 0.03)


def test_trials_without_an_estimate_are_not_significant_and_are_counted():
    rows = np.array([[-5.0, 1.0, 20.0, -5.0], [np.nan, np.nan, np.nan, np.nan]])
    said = operating(rows, replace(QUESTION, margin=4.0), "arm", "reference")
    assert (said.power.value, said.without_estimate, said.coverage.value) == (0.5, 1, 1.0)
    assert said.beyond_margin is not None
    assert said.beyond_margin.value == 1.0


def test_intervals_and_significance_say_the_same():
    draw = np.random.default_rng(1)
    rows = np.stack([draw.normal(-2, 2, 500), draw.uniform(0.5, 2, 500), draw.integers(2, 90, 500) * 1.0], axis=1)
    rows[::7, 2] = np.inf
    found = judged(rows, 0.1)
    p = 2.0 * np.where(np.isinf(rows[:, 2]), stats.norm.sf(abs(rows[:, 0] / rows[:, 1])), np.nan)
    exact = np.isfinite(rows[:, 2])
    p[exact] = 2.0 * stats.t.sf(abs(rows[exact, 0] / rows[exact, 1]), rows[exact, 2])
    assert np.array_equal(found.significant, p < 0.1)
    assert np.array_equal(found.significant, (found.low > 0.0) | (found.high < 0.0))


def test_the_bias_of_carrying_forward_shows(trial: Trial):
    locf = replace(trial, primary=replace(trial.primary, analysis=Analysis.ANCOVA_LOCF))
    data = primary_analysis(_conducted(locf)), primary_analysis(_conducted(locf), complete=True)
    assert not np.array_equal(data[0].value, data[1].value)


def _conducted(trial: Trial) -> TrialData:
    from euthymia.trials.conduct import conduct

    return conduct(trial, seed=3, replicates=4)


def test_response_is_compared_as_a_difference_of_shares(trial: Trial):
    trial = replace(trial, primary=replace(trial.primary, endpoint=Endpoint.RESPONSE))
    data = _conducted(trial)
    found, phase = primary_analysis(data), data.phases[0]
    seen = phase.observed[0, :, -1]
    hit = phase.MADRS[0, :, -1] <= 0.5 * phase.baseline[0]
    shares = [hit[seen & (phase.arm[0] == place)].mean() for place in range(3)]
    assert found.value[0] == pytest.approx([shares[0] - shares[2], shares[1] - shares[2]])
    assert np.isinf(found.df[0]).all()
    assert favourable(trial) == 1.0


def test_the_same_design_twice_differs_by_nothing(trial: Trial):
    same = compared(trial, replace(trial, id="twin"), replicates=20, seed=4)
    for one in same.differences:
        assert (one.power_difference.value, one.estimate_difference.value) == (0.0, 0.0)
        assert one.correlation == pytest.approx(1.0)


def test_designs_share_their_people_so_that_differences_are_sharper(trial: Trial):
    larger = replace(with_sizes(trial, (12, 12, 12)), id="larger")
    found = compared(trial, larger, replicates=20, seed=4)
    assert [one.arms for one in found.differences] == [(arm, arm) for arm in treated_arms(trial)]
    assert all(one.correlation > 0.7 for one in found.differences)
    assert '"schema": "euthymia.power-compare/1"' in found.to_json()


def test_designs_without_a_common_arm_are_refused(trial: Trial):
    first = trial.phases[0]
    arms = tuple(arm if arm.reference else replace(arm, name=f"other {arm.name}") for arm in first.arms)
    with pytest.raises(EuthymiaError, match="no treated arm of the same name"):
        compared(trial, replace(trial, phases=(replace(first, arms=arms),)), replicates=2)


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
            parts.append(np.stack([value, se, np.full(replicates, 2.0 * n - 2.0), value], axis=-1))
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
    assert checked.operating[0].power.value == pytest.approx(0.5, abs=0.02)


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


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"arm": "85 mg + AD"}, "did you mean '84 mg"),
        ({"target": 0.04}, "target is 0.04; expected a power above alpha"),
        ({"target": 1.0}, "target is 1; expected"),
        ({"alpha": 0.0}, "alpha is 0; expected"),
        ({"replicates": 0}, "replicates is 0; power needs 2"),
        ({"precision": 0.0}, "precision is 0; expected"),
        ({"margin": float("nan")}, "margin is nan; expected"),
        ({"target": 0.9, "largest": 3, "replicates": 2}, "largest is 3 people; this allocation needs 6"),
    ],
)
def test_nonsense_is_refused(asked: dict[str, float], words: str):
    with pytest.raises(EuthymiaError, match=words):
        power(small((5, 5, 5)), Asked(**asked))  # type: ignore[arg-type]


def test_an_arm_of_nobody_and_a_visit_nowhere_are_refused(trial: Trial):
    with pytest.raises(EuthymiaError, match=r"n is 0; power needs 2 or more"):
        power(small((0, 5, 5)))
    with pytest.raises(TrialFileError, match="'day 99', is in no phase"):
        power(replace(trial, primary=Primary(Endpoint.MADRS_CHANGE, "day 99", Analysis.ANCOVA)))


def test_an_unknown_arm_is_named_with_those_that_are_compared(trial: Trial):
    with pytest.raises(UnknownNameError, match=r"known: 56 mg \+ AD, 84 mg \+ AD"):
        power(trial, Asked(arm="placebo"))


def test_parts_are_of_people_and_not_of_replicates(trial: Trial):
    parts = (Part((0, 0, 0), (5, 6, 5)), Part((5, 6, 5), (10, 12, 10)))
    found = rows_of(Job(trial, 3, parts), range(2))
    assert found.shape == (2, 2, 2, 4)
    assert not np.array_equal(found[:, 0], found[:, 1])
