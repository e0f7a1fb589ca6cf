"""Titration: up, held and down by rule, at sessions and of tablets at home."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from euthymia.engine.ensemble import Settings
from euthymia.errors import TrialFileError
from euthymia.evidence import load_record
from euthymia.treatment.sentence import regimen
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import check, conduct
from euthymia.trials.data import SAFETY_MINUTES
from euthymia.trials.design import (
    Arm,
    Comedication,
    ComedicationKind,
    DropoutSpec,
    HoldWhen,
    LowerWhen,
    RaiseWhen,
    Titration,
    Trial,
)
from euthymia.trials.protocol import parse_trial
from euthymia.trials.rules import Action, Rule
from euthymia.trials.titration import level

SEED = 5
EXAMPLE = (Path(__file__).parents[3] / "examples" / "trials" / "rescued_trial.toml").read_text(encoding="utf-8")
RULE = Titration((28.0, 56.0, 84.0), 56.0, (168.0,), raise_when=RaiseWhen.NEVER, lower_when=LowerWhen.INTOLERABLE)


def levels(rule: Titration, *taken: float, responding: bool = False, too_much: bool = False) -> list[float]:
    who = np.array(taken)
    return level(
        *(rule, who, 168.0),
        responding=lambda: np.full(who.size, responding),
        too_much=lambda: np.full(who.size, too_much),
    ).tolist()


def test_a_level_goes_down_only_when_the_last_session_was_too_much_and_never_below_the_lowest():
    assert levels(RULE, 28.0, 56.0, 84.0, too_much=True) == [28.0, 28.0, 56.0]
    assert levels(RULE, 28.0, 56.0, 84.0) == [28.0, 56.0, 84.0]
    assert levels(replace(RULE, lower_when=LowerWhen.NEVER), 84.0, too_much=True) == [84.0]


def test_who_would_go_up_and_down_goes_down():
    both = replace(RULE, raise_when=RaiseWhen.ALWAYS, hold_when=HoldWhen.NEVER)
    assert levels(both, 56.0, too_much=True) == [28.0]
    assert levels(both, 56.0) == [84.0]


def test_who_was_not_given_any_starts_at_the_start():
    assert levels(RULE, 0.0, 84.0) == [56.0, 84.0]


def test_after_the_freeze_nobody_goes_down():
    assert levels(replace(RULE, freeze_after=100.0), 84.0, too_much=True) == [84.0]


# At sessions ---------------------------------------------------------------------------------------------------------


def trial_of(*arms: Arm) -> Trial:
    trial = load_trial("transform-1")
    return replace(
        trial,
        phases=(replace(trial.phases[0], arms=arms),),
        dropout=DropoutSpec(),
        published=(),
        groups=(),
        expectation=False,
    )


def arm_of(name: str, words: str, **more: object) -> Arm:
    first = replace(load_trial("transform-1").phases[0].arms[0], titration=None, reference=False, n=40)
    nothing = Comedication(ComedicationKind.NONE)
    arm = replace(first, name=name, regimen=regimen(words, first_day=1), comedication=nothing)
    return replace(arm, **more)  # type: ignore[arg-type]


def test_an_intolerable_session_lowers_the_next_dose():
    flexible = arm_of("flexible", "esketamine 84 mg nasal weekly for 4 weeks", titration=replace(RULE, start=84.0))
    data = conduct(trial_of(flexible, arm_of("sham", "placebo nasal on day 1", reference=True)), seed=SEED)
    who = data.phases[0].arm == 0
    doses = data.dose[who]
    limit = load_record("amplitudes").value("intolerable_CADSS", "points")
    peak = data.safety.CADSS[who][:, 0, SAFETY_MINUTES.index(40.0)]
    assert 0 < (peak >= limit).sum() < peak.size
    np.testing.assert_array_equal(doses[:, 0], 84.0)
    np.testing.assert_array_equal(doses[:, 1:], np.where(peak >= limit, 56.0, 84.0)[:, None].repeat(3, 1))


def test_who_switches_into_a_titrated_arm_starts_at_its_start():
    rule = Rule(Action.SWITCH, ("day 8",), share=1.0, to_arm="flexible")
    titration = Titration((28.0, 56.0, 84.0), 28.0, (168.0, 336.0), None, RaiseWhen.ALWAYS, HoldWhen.NEVER)
    flexible = arm_of("flexible", "esketamine 28 mg nasal weekly for 4 weeks", titration=titration)
    sham = arm_of("sham", "placebo nasal weekly for 4 weeks", reference=True, rules=(rule,))
    data = conduct(trial_of(flexible, sham), seed=SEED)
    expected = {0: [28.0, 56.0, 84.0, 84.0], 1: [0.0, 56.0, 84.0, 84.0]}
    for place, doses in expected.items():
        np.testing.assert_array_equal(np.unique(data.dose[data.phases[0].arm == place], axis=0), [doses])


# Of tablets ----------------------------------------------------------------------------------------------------------

TABLETS = Titration((20.0, 40.0, 60.0), 20.0, (168.0, 336.0), None, RaiseWhen.NO_RESPONSE, response_fall=0.25)


def of_tablets(rule: Titration | None = TABLETS) -> Trial:
    taken = arm_of("flexible", "paroxetine 20 mg oral daily for 4 weeks", titration=rule)
    return trial_of(taken, arm_of("nothing", "none", reference=True))


def test_tablets_are_raised_at_visits_for_those_who_do_not_respond():
    batch = Batch(of_tablets(), SEED, range(2), Settings())
    data = batch.conducted()
    phase = data.phases[0]
    who = (phase.arm == 0).ravel()
    at = [next(place for place, visit in enumerate(phase.visits) if visit.t == t) for t in (168.0, 336.0)]
    fell = (phase.MADRS[..., at] <= 0.75 * phase.baseline[..., None]).reshape(-1, 2)
    first = np.where(fell[:, 0], 20.0, 40.0)
    second = np.where(fell[:, 1], first, first + 20.0)
    assert np.unique(second[who]).tolist() == [20.0, 40.0, 60.0]
    for t, amount in ((168.0, 20.0), (336.0, first), (648.0, second)):
        np.testing.assert_array_equal(batch.tablets.planned(t), np.where(who, amount, 0.0))
    assert batch.tablets.planned(672.1).max() == 0.0


def test_a_raised_dose_occupies_more_and_never_before_it_is_raised():
    fixed, found = (
        conduct(of_tablets(None), seed=SEED),
        conduct(of_tablets(replace(TABLETS, raise_when=RaiseWhen.ALWAYS)), seed=SEED),
    )
    early = found.days <= 168.0
    np.testing.assert_allclose(found.severity[..., early], fixed.severity[..., early], atol=1e-6)
    assert (found.severity[0, 0, -1] < fixed.severity[0, 0, -1]).all()
    np.testing.assert_allclose(found.severity[1], fixed.severity[1], atol=1e-6)


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        (arm_of("a", "mirtazapine 30 mg oral daily for 4 weeks"), "the dose of mirtazapine is not followed"),
        (
            arm_of("a", "paroxetine 20 mg oral daily for 4 weeks", comedication=Comedication(ComedicationKind.STABLE)),
            "only followed without comedication; given 'stable antidepressant'",
        ),
    ],
)
def test_tablets_whose_dose_makes_no_difference_are_not_titrated(arm: Arm, message: str):
    trial = trial_of(replace(arm, titration=TABLETS), arm_of("nothing", "none", reference=True))
    with pytest.raises(TrialFileError, match=message):
        check(trial)


SPRAY = "esketamine 56 mg nasal weekly for 6 weeks"
ORAL = "paroxetine 20 mg oral daily for 6 weeks"
PILLS = (
    EXAMPLE.replace(SPRAY, ORAL)
    .replace('levels = [28, 56, 84]\nstart = 56\ndecide_at = [168, 336]\nlower_when = "intolerable"', "KEYS")
    .replace("intolerable = true\n", "")
)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("levels = [20, 40]\nstart = 20\ndecide_at = [180]", "given 180; allowed are the times of tablets, and those"),
        ('levels = [20, 40]\nstart = 20\ndecide_at = [168]\nlower_when = "intolerable"', "taken at home, where nobody"),
        ("levels = [20, 4000]\nstart = 20\ndecide_at = [168]", "levels"),
        ("levels = [20, 40]\nstart = 30\ndecide_at = [168]", "start: given 30; allowed: 20, 40"),
    ],
)
def test_a_titration_of_tablets_that_cannot_be_decided_is_refused(keys: str, message: str):
    with pytest.raises(TrialFileError, match=message):
        parse_trial(PILLS.replace("KEYS", keys))


def test_a_titration_of_tablets_is_read_and_decided_between_doses_too():
    trial = parse_trial(PILLS.replace("KEYS", "levels = [20, 40]\nstart = 20\ndecide_at = [168, 192]"))
    rule = trial.phases[0].arms[0].titration
    assert rule is not None
    assert rule.decide_at == (168.0, 192.0)
    with pytest.raises(TrialFileError, match="only one drug can be titrated"):
        parse_trial(
            PILLS.replace("KEYS", "levels = [20, 40]\nstart = 20\ndecide_at = [168]").replace(
                ORAL, f"{ORAL}; sertraline 50 mg oral daily for 6 weeks", 1
            )
        )
