"""Response compared as a trial plans it: odds ratios, logistic regression, the same in its summary and its power."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from power_samples import QUESTION, normal_trial

from euthymia.errors import TrialFileError
from euthymia.statistics.logistic import logistic
from euthymia.trials.aims import estimand_of, problems
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.data import TrialData
from euthymia.trials.design import Analysis, Endpoint, Primary
from euthymia.trials.estimand import Strategy, SummaryMeasure
from euthymia.trials.events import responder_contrasts
from euthymia.trials.power_analysis import analysis_name, favourable, primary_analysis, unit_of
from euthymia.trials.power_operating import operating
from euthymia.trials.primary_shares import compared_shares
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

DIFFERENCE, SD, REPLICATES = -8.0, 9.0, 30


def planned(summary: SummaryMeasure | None = None, strategy: Strategy | None = None) -> TrialData:
    """A trial of 40 people an arm whose baseline matters, which plans a logistic regression of response."""
    data = normal_trial(40, REPLICATES, DIFFERENCE, SD)
    primary = Primary(Endpoint.RESPONSE, data.phases[0].visits[-1].label, Analysis.LOGISTIC, strategy, summary)
    phase = data.phases[0]
    worse = phase.MADRS - 14.0 + 0.8 * (phase.baseline - 35.0)[..., None]
    return replace(data, trial=replace(data.trial, primary=primary), phases=(replace(phase, MADRS=worse),))


def test_a_planned_logistic_regression_is_that_of_the_table():
    data = planned()
    found, phase = primary_analysis(data), data.phases[0]
    for replicate in (0, 7):
        table = {
            "hit": (phase.MADRS[replicate, :, -1] <= 0.5 * phase.baseline[replicate]) * 1,
            "arm": np.where(phase.arm[replicate] == 0, "drug", "placebo"),
            "base": phase.baseline[replicate],
        }
        ours = logistic(table, "hit", "arm", covariates=("base",), reference="placebo")
        assert found.value[replicate, 0] == pytest.approx(ours.difference[0])
        assert found.se[replicate, 0] == pytest.approx(ours.se[0])
    assert (analysis_name(data.trial), unit_of(data.trial)) == ("difference of response, logistic regression, OC", "1")
    assert favourable(data.trial) == 1.0


def test_an_odds_ratio_is_estimated_where_it_is_the_summary():
    adjusted = planned(SummaryMeasure.ODDS_RATIO)
    risks, odds = primary_analysis(planned()), primary_analysis(adjusted)
    assert unit_of(adjusted.trial) == "log odds ratio"
    assert (np.sign(risks.value) == np.sign(odds.value)).all()
    plain = replace(adjusted.trial, primary=replace(adjusted.trial.primary, analysis=Analysis.ANCOVA))
    unadjusted = primary_analysis(replace(adjusted, trial=plain))
    assert analysis_name(plain) == "odds ratio of response, OC"
    # Among people alike in a baseline that matters, the odds ratio is farther from 1 than among all.
    assert odds.value.mean() > unadjusted.value.mean() > 0.0


def test_the_odds_ratio_of_four_numbers_is_woolfs():
    hit = np.repeat([True, False, True, False], [12, 8, 5, 15])[None]
    arm = np.arange(40)[None] < 20
    found = compared_shares(hit, (arm, ~arm), SummaryMeasure.ODDS_RATIO)
    assert found.value[0] == pytest.approx(np.log(12 * 15 / (8 * 5)))
    assert found.se[0] == pytest.approx(np.sqrt(1 / 12 + 1 / 8 + 1 / 5 + 1 / 15))
    none = compared_shares(hit & arm, (arm, ~arm), SummaryMeasure.ODDS_RATIO)
    assert np.isnan(none.value[0])
    assert none.code[0] == -3


@pytest.mark.parametrize("strategy", [Strategy.HYPOTHETICAL, Strategy.COMPOSITE])
def test_the_summary_shows_the_planned_regression_beside_the_plain_shares(strategy: Strategy):
    data = planned(strategy=strategy)
    phase = data.phases[0]
    goes = np.broadcast_to(np.arange(phase.arm.shape[1]) % 9 == 0, phase.arm.shape)
    data = replace(
        data, left=np.where(goes, 1.0, np.inf), phases=(replace(phase, observed=phase.observed & ~goes[..., None]),)
    )
    rows = responder_contrasts(data, data.phases[0])
    (chosen,) = [one for one in rows if one.primary]
    assert chosen.estimator == "logistic regression"
    assert str(strategy) in chosen.estimand
    assert sum(way.replicates for way in chosen.fits) == REPLICATES
    estimates = primary_analysis(data)
    assert chosen.difference.mean == pytest.approx(estimates.value[:, 0].mean())
    said = operating(estimates.rows(estimates.value)[:, 0], QUESTION, "arm", "reference")
    assert chosen.significant == pytest.approx(said.power.value)
    assert {one.estimator for one in rows} == {"logistic regression", "Cochran, Mantel and Haenszel"}


def test_a_trial_file_says_logistic_and_is_read_back():
    trial = load_trial("transform-2")
    trial = replace(trial, primary=Primary(Endpoint.RESPONSE, trial.primary.visit, Analysis.LOGISTIC))
    again = parse_trial(to_toml(trial))
    assert again.primary == trial.primary
    first = trial.phases[0].arms
    assert "risk difference of the response" in estimand_of(trial, first[0].name, first[1].name).words


def test_a_logistic_regression_is_of_response():
    trial = planned().trial
    wrong = replace(
        load_trial("transform-2"), primary=Primary(Endpoint.MADRS_CHANGE, trial.primary.visit, Analysis.LOGISTIC)
    )
    assert [path for path, _ in problems(wrong)] == ["primary.analysis"]
    with pytest.raises(TrialFileError, match=r"primary.analysis: given 'logistic'; for 'MADRS change from baseline'"):
        check(wrong)
