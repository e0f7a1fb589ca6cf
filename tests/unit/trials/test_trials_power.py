"""Power: replicates that depend on nothing but their number, sizes of nested people, and what closed forms say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from power_samples import QUESTION, normal_trial, rows_from, small
from scipy import stats

from euthymia.errors import EuthymiaError, TrialFileError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.trials.comparisons import treated_arms
from euthymia.trials.data import TrialData
from euthymia.trials.design import Analysis, Endpoint, Primary, Trial
from euthymia.trials.estimates import FIELDS
from euthymia.trials.power import Asked, power
from euthymia.trials.power_analysis import favourable, primary_analysis
from euthymia.trials.power_compare import compared
from euthymia.trials.power_operating import LEAST, judged, operating, precise
from euthymia.trials.power_plan import BLOCK, Job, Part, rows_of, whole, with_sizes
from euthymia.trials.power_run import ALONE, run


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


def test_a_replicate_is_the_same_whichever_others_are_conducted(
    trial: Trial, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    job = Job(trial, 3, (whole(trial),))
    assert rows_of(job, range(3, 5)).tobytes() == rows[3:5].tobytes()
    assert rows_of(job, range(8), threads=2).tobytes() == rows.tobytes()
    assert run(job, 5, ALONE, "power").tobytes() == rows[:5].tobytes()
    monkeypatch.setattr("euthymia.trials.power_plan.PEOPLE_AT_ONCE", 70)
    assert rows_of(job, range(8)).tobytes() == rows.tobytes()


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
    rows = rows_from(found.value, found.se, found.df, found.value)[:, 0]
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
    error = np.sqrt(0.05 * 0.95 / len(rows))
    for place in range(2):
        said = operating(rows[:, place], QUESTION, "arm", "reference")
        assert abs(said.power.value - 0.05) < 3.0 * error
        assert abs(said.coverage.value - 0.95) < 3.0 * error


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
    value = np.ones(200)
    sure = rows_from(value, 0.1 * value, 50.0 * value, value)
    unsure = rows_from(np.where(np.arange(200) % 2, 1.0, 0.01), 0.1 * value, 50.0 * value, value)
    both = np.stack([sure, unsure], axis=1)[:, None]
    assert precise(both[:, :, [0]], 0.05, 0.03)
    assert not precise(both, 0.05, 0.03)
    assert not precise(both[: LEAST - 1, :, [0]], 0.05, 0.03)


def test_trials_without_an_estimate_are_not_significant_and_are_counted():
    rows = rows_from(*np.array([[-5.0, np.nan], [1.0, np.nan], [20.0, np.nan], [-5.0, np.nan]]))
    said = operating(rows, replace(QUESTION, margin=4.0), "arm", "reference")
    assert (said.power.value, said.without_estimate, said.coverage.value) == (0.5, 1, 1.0)
    assert said.beyond_margin is not None
    assert said.beyond_margin.value == 1.0
    assert [(one.code, one.replicates) for one in said.fits] == [(0, 1), (-3, 1)]


def test_intervals_and_significance_say_the_same():
    draw = np.random.default_rng(1)
    rows = np.stack([draw.normal(-2, 2, 500), draw.uniform(0.5, 2, 500), draw.integers(2, 90, 500) * 1.0], axis=1)
    rows[::7, 2] = np.inf
    found = judged(rows_from(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 0]), 0.1)
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
    assert found.shape == (2, 2, 2, len(FIELDS))
    assert not np.array_equal(found[:, 0], found[:, 1])
