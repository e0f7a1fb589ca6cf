"""Times to relapse in power: the hazard ratio that was put in, the log-rank test that judges, and codes without one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from power_samples import QUESTION

from euthymia.errors import TrialFileError
from euthymia.statistics.survival import log_rank
from euthymia.trials.aims import problems
from euthymia.trials.catalogue import load_trial
from euthymia.trials.data import TrialData
from euthymia.trials.design import Analysis, Trial
from euthymia.trials.endings import Ending
from euthymia.trials.estimates import FIELDS, P
from euthymia.trials.hazards import Groups, compared
from euthymia.trials.power import Asked, power
from euthymia.trials.power_analysis import analysis_name, favourable, primary_analysis, unit_of
from euthymia.trials.power_operating import operating
from euthymia.trials.power_plan import with_sizes
from euthymia.trials.relapse import Relapses

RATIO, REPLICATES, PEOPLE = 0.5, 60, 160


def exponential(ratio: float, end: float = 1.0) -> tuple[Relapses, Groups]:
    """Exponential times of two arms, followed to one end."""
    draw = np.random.default_rng(3)
    arm = np.broadcast_to(np.arange(PEOPLE) % 2 == 0, (REPLICATES, PEOPLE))
    time = draw.exponential(1.0 / np.where(arm, ratio, 1.0))
    return Relapses(np.minimum(time, end), time <= end), Groups(arm, ~arm)


def test_the_ratio_that_was_put_in_comes_out():
    found = compared(*exponential(RATIO))
    error = found.value.std(ddof=1) / np.sqrt(REPLICATES)
    assert abs(found.value.mean() - np.log(RATIO)) < 3.0 * error
    assert found.se.mean() == pytest.approx(found.value.std(ddof=1), rel=0.3)
    assert (found.code == Ending.AS_PLANNED).all()


def test_events_are_those_of_both_arms_and_the_error_is_theirs():
    found, groups = exponential(1.0)
    fitted = compared(found, groups)
    assert fitted.events is not None
    assert np.array_equal(fitted.events, found.event.sum(1))
    assert fitted.se == pytest.approx(np.sqrt(4.0 / fitted.events), rel=0.1)  # two even arms without an effect


def test_the_log_rank_test_judges_and_not_the_ratio_over_its_error():
    found, groups = exponential(RATIO)
    fitted = compared(found, groups)
    assert fitted.p is not None
    p = [log_rank(t, d, g).p for t, d, g in zip(found.time, found.event, groups.treated, strict=True)]
    assert np.array_equal(fitted.p, p)
    rows = fitted.rows(fitted.value)
    said = operating(rows, QUESTION, "arm", "reference")
    assert said.power.value == np.mean(np.array(p) < QUESTION.alpha)
    assert said.relapses is not None
    assert said.relapses.ratio.value == pytest.approx(np.exp(fitted.value.mean()))
    assert said.relapses.ratio_bias.value == pytest.approx(1.0)


def test_strata_keep_their_own_hazards():
    found, groups = exponential(RATIO)
    layers = np.broadcast_to(np.arange(PEOPLE) // 2 % 2, found.time.shape)
    faster = Relapses(np.where(layers == 1, found.time / 20.0, found.time), found.event)
    within = compared(faster, replace(groups, strata=layers))
    without = compared(faster, groups)
    assert within.value == pytest.approx(compared(found, replace(groups, strata=layers)).value)
    assert np.abs(without.value).mean() < np.abs(within.value).mean()  # mixing hazards pulls the ratio to one


def test_without_an_event_in_an_arm_there_is_a_code_and_the_test_still_judges():
    found, groups = exponential(RATIO)
    nobody = Relapses(found.time, found.event & groups.against)
    fitted = compared(nobody, groups)
    assert (fitted.code == Ending.NO_CONVERGENCE).all()
    assert np.isnan(fitted.value).all()
    said = operating(fitted.rows(fitted.value), QUESTION, "arm", "reference")
    assert (said.power.value, said.without_estimate) == (1.0, REPLICATES)
    assert [(one.code, one.replicates) for one in said.fits] == [(-1, REPLICATES)]


def test_without_events_or_without_people_there_is_neither():
    found, groups = exponential(RATIO)
    for one in (
        compared(Relapses(found.time, np.zeros_like(found.event)), groups),
        compared(found, replace(groups, against=np.zeros_like(groups.against))),
    ):
        assert (one.code == Ending.UNSEEN).all()
        rows = one.rows(one.value)
        assert np.isnan(rows[:, [0, 1, 2, P]]).all()
        assert rows.shape == (REPLICATES, len(FIELDS))


@pytest.fixture(scope="module")
def withdrawal() -> Trial:
    return replace(with_sizes(load_trial("sustain-1"), (60,)), published=())


def test_the_power_of_a_withdrawal_trial_tells_events_ratio_and_estimand(withdrawal: Trial):
    study = power(withdrawal, Asked(replicates=3), seed=2)
    assert study.unit == unit_of(withdrawal) == "log hazard ratio"
    assert favourable(withdrawal) == -1.0
    (one,) = study.operating
    assert one.estimand.startswith("hazard ratio of the time to relapse, esketamine + AD against placebo + AD")
    assert "discontinuation: hypothetical" in one.estimand
    assert one.relapses is not None
    assert one.relapses.events.value > 0.0
    assert sum(way.replicates for way in one.fits) == 3
    assert one.estimand in study.summary()
    written = study.to_dict()["operating"]
    assert isinstance(written, list)
    assert written[0]["relapses"]["events"]["value"] == one.relapses.events.value


def test_power_counts_the_relapses_of_the_conducted_trial(withdrawal: Trial):
    from euthymia.trials.conduct import conduct
    from euthymia.trials.relapse import hazard_ratio, relapses

    data: TrialData = conduct(withdrawal, seed=4, replicates=2)
    phase = data.phases[-1]
    assert withdrawal.relapse is not None
    found = relapses(phase, withdrawal.relapse)
    names = [(arm.name,) for arm in phase.phase.arms]
    treated, against = sorted(names, key=lambda name: "placebo" in name[0])
    ratio = hazard_ratio(found, phase.members(treated), phase.members(against))
    said = primary_analysis(data)
    assert np.exp(said.value[:, 0]) == pytest.approx(ratio, nan_ok=True)
    several = replace(withdrawal, sites=3, regions=1)
    assert analysis_name(several).endswith("within sites")


def test_a_time_to_relapse_needs_its_analysis_and_its_rule(withdrawal: Trial):
    wrong = replace(withdrawal, primary=replace(withdrawal.primary, analysis=Analysis.MMRM))
    assert [path for path, _ in problems(wrong)] == ["primary.analysis"]
    without = replace(withdrawal, relapse=None)
    assert [path for path, _ in problems(without)] == ["relapse"]
    with pytest.raises(TrialFileError, match="needs what a relapse is"):
        power(without, Asked(replicates=2))
