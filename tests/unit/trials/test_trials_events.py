"""Response, remission and relapse of the arms of a conducted trial, set against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.statistics.cox import cox
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Analysis, Endpoint, Primary
from euthymia.trials.estimand import Strategy, SummaryMeasure
from euthymia.trials.events import relapse_contrasts, responder_contrasts
from euthymia.trials.power_analysis import analysis_name, primary_analysis
from euthymia.trials.power_plan import with_sizes
from euthymia.trials.relapse import relapses


@pytest.fixture(scope="module")
def data() -> TrialData:
    return conduct(load_trial("transform-2"), seed=5, replicates=3)


@pytest.fixture(scope="module")
def withdrawal() -> TrialData:
    trial = load_trial("sustain-1")
    fewer = with_sizes(trial, tuple((arm.n or 0) // 2 for arm in trial.phases[0].arms))
    return conduct(fewer, seed=5, replicates=1)


def test_leaving_counts_as_no_response_or_not_at_all(data: TrialData):
    phase = data.phases[0]
    who, against = phase.members(("flexible + AD",)), phase.members(("placebo + AD",))
    seen = phase.observed[..., -1]
    hit = seen & (phase.MADRS[..., -1] <= 0.5 * phase.baseline)
    composite, observed = responder_contrasts(data, phase)[:2]
    everybody = [(hit & arm).sum(1) / arm.sum(1) for arm in (who, against)]
    present = [(hit & arm).sum(1) / (seen & arm).sum(1) for arm in (who, against)]
    assert composite.difference.mean == pytest.approx((everybody[0] - everybody[1]).mean())
    assert observed.difference.mean == pytest.approx((present[0] - present[1]).mean())
    odds = [share / (1.0 - share) for share in everybody]
    assert composite.odds_ratio.mean == pytest.approx((odds[0] / odds[1]).mean())


def test_every_comparison_names_its_question(data: TrialData):
    found = responder_contrasts(data, data.phases[0])
    assert [one.what for one in found] == ["response"] * 2 + ["remission"] * 2
    assert "risk difference of the remission at day 28" in found[2].estimand
    assert "leaving counting as failure (discontinuation: composite)" in found[2].estimand
    assert not any(one.primary for one in found)


def test_the_planned_one_is_marked(data: TrialData):
    primary = Primary(
        Endpoint.RESPONSE, "day 28", data.trial.primary.analysis, Strategy.COMPOSITE, SummaryMeasure.ODDS_RATIO
    )
    planned = replace(data, trial=replace(data.trial, primary=primary))
    assert [one.primary for one in responder_contrasts(planned, planned.phases[0])] == [True, False, False, False]


def test_relapse_is_compared_where_people_enter_by_how_they_are(withdrawal: TrialData):
    found = [one for phase in withdrawal.phases for one in relapse_contrasts(withdrawal, phase)]
    assert found
    assert any(one.primary for one in found)
    for one in found:
        assert one.estimand.startswith("hazard ratio of the time to relapse")
        assert 0.0 <= one.relapsed.low <= one.relapsed_reference.high <= 1.0
    phase = next(phase for phase in withdrawal.phases if phase.phase.name == found[0].phase)
    assert withdrawal.trial.relapse is not None
    when = relapses(phase, withdrawal.trial.relapse)
    ratios = []
    for replicate in range(withdrawal.replicates):
        arm = phase.members((found[0].arm,))[replicate]
        both = arm | phase.members((found[0].reference,))[replicate]
        fitted = cox(when.time[replicate][both], when.event[replicate][both], arm[both].astype(float))
        ratios.append(fitted.ratio[0])
    assert found[0].hazard_ratio.mean == pytest.approx(np.mean(ratios))


def test_no_rule_no_relapse(data: TrialData):
    assert relapse_contrasts(data, data.phases[0]) == []
    written = summarise(data).to_dict()
    assert written["relapses"] == []
    assert isinstance(written["responders"], list)
    assert len(written["responders"]) == 4


def test_power_counts_leaving_as_the_trial_says(data: TrialData):
    primary = Primary(Endpoint.RESPONSE, "day 28", Analysis.ANCOVA_LOCF, Strategy.COMPOSITE)
    found = primary_analysis(replace(data, trial=replace(data.trial, primary=primary)))
    planned = responder_contrasts(data, data.phases[0])[0]
    assert found.value.mean() == pytest.approx(planned.difference.mean)
    assert analysis_name(replace(data.trial, primary=primary)) == "difference of response, leaving counting as failure"
