"""Rules of arms in trial files: what is read, written back, and refused with which words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.treatment.sentence import regimen
from euthymia.trials.catalogue import load_trial
from euthymia.trials.data import PhaseData
from euthymia.trials.design import ArmDropout, LowerWhen
from euthymia.trials.protocol import parse_trial
from euthymia.trials.rescue import all_doses, rescue_doses
from euthymia.trials.rules import Action, Leaving, Rule
from euthymia.trials.writing import to_toml

EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "rescued_trial.toml"


@pytest.fixture(scope="module")
def content() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def test_the_example_s_rules_are_read_in_full():
    trial = load_trial(EXAMPLE)
    flexible, placebo = trial.phases[0].arms
    assert flexible.rules == (
        Rule(Action.STOP, ("day 8", "day 15", "day 29"), intolerable=True, share=0.5),
        Rule(
            Action.RESCUE,
            ("day 29",),
            fall_below=0.25,
            regimen=regimen("sertraline 100 mg oral daily for 2 weeks", first_day=1),
        ),
    )
    assert placebo.rules == (
        Rule(Action.SWITCH, ("day 15", "day 29"), fall_below=0.25, MADRS_min=28.0, to_arm="flexible", unblinds=True),
        Rule(Action.LEAVE, ("day 29",), MADRS_min=40.0, share=0.5),
    )
    assert flexible.titration is not None
    assert flexible.titration.lower_when is LowerWhen.INTOLERABLE
    assert (trial.dropout.informative, trial.dropout.followed) == (True, 0.3)
    assert trial.dropout.arms == (ArmDropout("flexible", 0.2, 0.08, 0.04),)


def test_rules_written_out_read_back_the_same(content: str):
    trial = parse_trial(content)
    assert parse_trial(to_toml(trial)) == trial


def test_rescue_is_counted_from_its_visit_and_ends_with_the_phase(content: str):
    two = content.replace('at = ["day 29"]\nfall_below', 'at = ["day 8", "day 29"]\nfall_below')
    days = [dose.t / 24.0 + 1.0 for dose in rescue_doses(parse_trial(two))]
    assert days == [*range(8, 22), *range(29, 43)]
    late = content.replace("daily for 2 weeks", "daily for 5 weeks")
    assert max(dose.t for dose in rescue_doses(parse_trial(late))) < 1008.0


def test_all_doses_are_those_of_arms_and_of_rescue(content: str):
    trial = parse_trial(content)
    assert {dose.drug for dose in all_doses(trial)} == {"esketamine", "placebo", "sertraline"}
    assert len(all_doses(trial)) == 6 + 6 + 14


def test_a_rule_says_why_people_leave_by_it():
    assert Rule(Action.LEAVE, ("x",), fall_below=0.2).reason is Leaving.INEFFICACY
    assert Rule(Action.LEAVE, ("x",), MADRS_min=30.0, intolerable=True).reason is Leaving.ADVERSE_EVENT
    assert Rule(Action.LEAVE, ("x",), share=0.1).reason is Leaving.ADMINISTRATIVE
    assert Leaving.STAYED.words == ""
    assert len({one.words for one in Leaving}) == len(Leaving)


def test_what_nobody_keeps_happened_to_nobody(content: str):
    trial = parse_trial(content)
    arm, nothing = np.zeros((2, 3), dtype=int), np.zeros((2, 3))
    phase = PhaseData(trial.phases[0], (), arm, nothing, np.zeros((2, 3, 0)), np.zeros((2, 3, 0), dtype=bool))
    for when in (phase.stopped, phase.rescued, phase.switched):
        np.testing.assert_array_equal(when, np.full((2, 3), np.inf))
    np.testing.assert_array_equal(phase.reason, np.full((2, 3), Leaving.STAYED))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('at = ["day 29"]\nfall', 'at = ["day 9"]\nfall', "rules\\[1\\].at: no visit 'day 9'; did you mean 'day 29'"),
        ('at = ["day 29"]\nfall', "at = []\nfall", "rules\\[1\\].at: none given"),
        ('at = ["day 29"]\nfall', 'at = ["day 43"]\nfall', "'day 43' is the end of 'treatment'"),
        ('action = "rescue"', 'action = "rescu"', "did you mean 'rescue'"),
        ('regimen = "sertraline 100 mg oral daily for 2 weeks"\n', "", "regimen: missing; rescue says what is given"),
        ("sertraline 100 mg oral daily for 2 weeks", "sertralin 100 mg oral", "did you mean 'sertraline'"),
        ("sertraline 100 mg oral daily for 2 weeks", "none", "regimen: missing; rescue says"),
        ("sertraline 100 mg oral daily for 2 weeks", "sertraline 100 mg oral on day 60", "no dose comes before"),
        ("sertraline 100 mg oral daily for 2 weeks", "ketamine 56 mg nasal on day 1", "falls on a session of 'flex"),
        ('to_arm = "flexible"', 'to_arm = "placebo"', "'placebo', the arm itself; allowed: flexible"),
        ('to_arm = "flexible"', 'to_arm = "flexibel"', "no other arm of 'treatment' 'flexibel'; did you mean 'flex"),
        ('to_arm = "flexible"\n', "", "to_arm: missing; a switch says where to: flexible"),
        ("fall_below = 0.25\nreg", "reg", "no condition and no share"),
        ("fall_below = 0.25\nreg", "fall_bellow = 0.25\nreg", "unknown key; did you mean 'fall_below'"),
        ("fall_below = 0.25\nreg", "fall_below = 25\nreg", "fall_below"),
        ('action = "leave"', 'action = "leave"\nto_arm = "flexible"', "only 'switch' goes anywhere"),
        ('action = "leave"', 'action = "leave"\nregimen = "none"', "only 'rescue' has a regimen of its own"),
        ("inefficacy = 0.04", "inefficacy = 0.14", "inefficacy: given 0.14; with adverse_event it comes to 0.22"),
        ("followed = 0.3", "followed = 3", "dropout.followed"),
        ("informative = true", 'informative = "yes"', "dropout.informative"),
        ('lower_when = "intolerable"', 'lower_when = "intolerabel"', "did you mean 'intolerable'"),
    ],
)
def test_what_cannot_be_followed_is_refused_by_name(content: str, old: str, new: str, message: str):
    assert old in content
    with pytest.raises(TrialFileError, match=message):
        parse_trial(content.replace(old, new, 1))


def test_tolerability_is_only_seen_at_dosing_visits(content: str):
    tablets = content.replace('"placebo nasal weekly for 6 weeks"', '"none"').replace(
        "MADRS_min = 40\n", "MADRS_min = 40\nintolerable = true\n"
    )
    with pytest.raises(TrialFileError, match="'placebo' has no dosing visit"):
        parse_trial(tablets)


def test_a_visit_of_another_phase_is_none_of_the_rule_s():
    example = (EXAMPLE.parent / "my_trial.toml").read_text(encoding="utf-8")
    rule = '[[phases.arms.rules]]\naction = "leave"\nat = ["day 56"]\nshare = 0.1\n\n'
    with pytest.raises(TrialFileError, match="'day 56' is no visit of 'induction'; allowed: day 2, day 15, day 28"):
        parse_trial(example.replace('[[phases.arms]]\nname = "flexible', rule + '[[phases.arms]]\nname = "flexible', 1))
