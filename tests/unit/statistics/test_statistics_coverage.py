"""Intervals on simulated truth: they hold it as often as they say, within Monte Carlo error; long runs print shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from euthymia.statistics.inference import Errors
from euthymia.statistics.marginal import differences
from euthymia.statistics.meta_analysis import meta_analysis
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.network import read_arms
from euthymia.statistics.network_meta_analysis import league, network_meta_analysis
from euthymia.statistics.prediction import new_study
from euthymia.statistics.repeated import RepeatedMeasures

MEASURES = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM", covariates=("BASE",), by_visit=("BASE",))
EFFECT, VISITS = -3.0, 4


def trial(people: int, seed: int) -> pd.DataFrame:
    """Return a trial of two arms that people leave the sooner, the worse they were at the visit before."""
    rng = np.random.default_rng(seed)
    arm, base = np.arange(people) % 2, rng.normal(30.0, 4.0, people)
    shape = np.linalg.cholesky(0.4 * np.eye(VISITS) + 0.6) * np.linspace(5.0, 8.0, VISITS)[:, None]
    effect = EFFECT * np.linspace(0.25, 1.0, VISITS)
    change = -4.0 + arm[:, None] * effect - 0.4 * (base[:, None] - 30.0) + rng.normal(size=(people, VISITS)) @ shape.T
    leaving = rng.random((people, VISITS - 1)) < 1.0 / (1.0 + np.exp(2.5 - 0.15 * (change[:, :-1] + 4.0)))
    gone = np.maximum.accumulate(np.column_stack([np.zeros(people, dtype=bool), leaving]), axis=1)
    change[gone] = np.nan
    return pd.DataFrame(
        {
            "USUBJID": np.repeat(np.arange(people), VISITS),
            "ARM": np.repeat(np.where(arm == 1, "drug", "a placebo"), VISITS),
            "BASE": np.repeat(base, VISITS),
            "AVISIT": np.tile([f"V{number}" for number in range(VISITS)], people),
            "CHG": change.ravel(),
        }
    )


def within(share: float, level: float, replicates: int) -> bool:
    """Return whether a share of replicates is a level, within three Monte Carlo errors."""
    return abs(share - level) <= 3.0 * np.sqrt(level * (1.0 - level) / replicates)


@pytest.mark.long
@pytest.mark.parametrize("arm", [20, 50, 150])
def test_intervals_of_the_mixed_model_hold_the_effect_where_people_leave_at_random(arm: int):
    replicates, effect = 2000, EFFECT * np.linspace(0.25, 1.0, VISITS)
    methods = (Errors.KENWARD_ROGER_LINEAR, Errors.SATTERTHWAITE, Errors.SANDWICH_UNBIASED)
    held = {errors: np.zeros(VISITS) for errors in methods}
    for seed in range(replicates):
        fit = fit_mmrm(trial(2 * arm, seed), MEASURES)
        for errors in methods:
            found = differences(fit, errors=errors)
            held[errors] += (found.low <= effect) & (effect <= found.high)
    print(arm, {errors.value: (count / replicates).round(4).tolist() for errors, count in held.items()})
    for share in held[Errors.KENWARD_ROGER_LINEAR] / replicates:
        assert within(share, 0.95, replicates)


@pytest.mark.long
@pytest.mark.parametrize("studies", [5, 8, 20, 60])
def test_intervals_of_a_meta_analysis_hold_the_mean_and_a_new_study(studies: int):
    rng, replicates, tau = np.random.default_rng(studies), 2000, 0.3
    held, predicted, plain = 0, 0, 0
    for _ in range(replicates):
        variances = rng.uniform(0.01, 0.09, studies)
        effects = rng.normal(0.5, np.sqrt(variances + tau**2))
        found = meta_analysis(effects, variances)
        held += found.low <= 0.5 <= found.high
        new, usual, better = (
            rng.normal(0.5, tau),
            meta_analysis(effects, variances, level=0.9),
            new_study(effects, variances, level=0.9),
        )
        plain += usual.predicted_low <= new <= usual.predicted_high
        predicted += better.low <= new <= better.high
    print(studies, "mean, 95 %:", held / replicates, "new study, 90 %:", predicted / replicates, plain / replicates)
    assert within(held / replicates, 0.95, replicates)
    assert within(predicted / replicates, 0.9, replicates)


@pytest.mark.long
def test_intervals_of_a_network_hold_the_effects_and_new_studies():
    rng, replicates, tau = np.random.default_rng(1), 2000, 0.3
    truth = {"a": 0.0, "b": 0.4, "c": 0.9}
    designs = ("ab", "ac", "bc", "abc") * 15
    held, predicted = np.zeros(2), np.zeros(2)
    for _ in range(replicates):
        rows = []
        for number, design in enumerate(designs):
            for treatment in design:
                se = rng.uniform(0.1, 0.3)
                mean = truth[treatment] + tau / np.sqrt(2.0) * rng.normal() + se * rng.normal()
                rows.append((f"s{number}", treatment, mean, se))
        table = pd.DataFrame(rows, columns=["study", "treatment", "estimate", "se"])
        fit = network_meta_analysis(
            read_arms(table, study="study", treatment="treatment", estimate="estimate", se="se")
        )
        true = np.array([truth["b"], truth["c"]])
        usual, ninety = league(fit), league(fit, level=0.9)
        held += (usual.low[1:, 0] <= true) & (true <= usual.high[1:, 0])
        new = true + tau * rng.normal(size=2)
        predicted += (ninety.predicted_low[1:, 0] <= new) & (new <= ninety.predicted_high[1:, 0])
    print("95 % intervals", held / replicates, "90 % of a new study", predicted / replicates)
    for share in held / replicates:
        assert within(share, 0.95, replicates)
    for share in predicted / replicates:
        assert within(share, 0.9, replicates)
