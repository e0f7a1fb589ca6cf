"""What a trial says it estimates: in words, from its file, and refused where no analysis answers for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from euthymia.errors import TrialFileError
from euthymia.trials.aims import estimand_of, summary_of
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.design import Analysis, Endpoint, Primary
from euthymia.trials.estimand import NOT_SIMULATED, IntercurrentEvent, Strategy, SummaryMeasure
from euthymia.trials.intercurrent import USUAL, strategies, strategy_of
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "my_trial.toml"
PRIMARY = 'discontinuation = "hypothetical"\nsummary = "difference in means"\n'


@pytest.fixture(scope="module")
def content() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def test_an_estimand_says_everything_that_the_guideline_asks_for():
    found = estimand_of(load_trial("transform-2"), "flexible + AD", "placebo + AD")
    assert found.words == (
        "difference in means of the change of the MADRS from baseline at day 28, flexible + AD against placebo + AD, "
        "in people with treatment-resistant depression, as if nobody had left (discontinuation: hypothetical)"
    )
    assert [one.event for one in found.handling] == [IntercurrentEvent.DISCONTINUATION]


@pytest.mark.parametrize("name", trial_names())
def test_every_trial_on_file_estimates_something(name: str):
    trial = load_trial(name)
    primary = trial.primary
    assert strategy_of(trial) in strategies(trial)
    assert (summary_of(primary) is SummaryMeasure.MEAN_DIFFERENCE) == (primary.endpoint is Endpoint.MADRS_CHANGE)


def test_what_is_carried_forward_tells_of_people_while_they_were_there():
    primary = Primary(Endpoint.MADRS_CHANGE, "day 28", Analysis.ANCOVA_LOCF)
    assert strategy_of(replace(load_trial("transform-2"), primary=primary)) is Strategy.WHILE_ON_TREATMENT
    assert set(USUAL) == set(Analysis)


def test_times_to_relapse_are_compared_by_their_hazards():
    words = estimand_of(load_trial("sustain-1"), "esketamine", "placebo").words
    assert words.startswith("hazard ratio of the time to relapse, esketamine against placebo")


def test_response_may_count_leaving_as_failure(content: str):
    asked = content.replace('"MADRS change from baseline"', '"response"').replace(
        PRIMARY, 'discontinuation = "composite"\nsummary = "odds ratio"\n'
    )
    trial = parse_trial(asked)
    assert (trial.primary.discontinuation, trial.primary.summary) == (Strategy.COMPOSITE, SummaryMeasure.ODDS_RATIO)
    assert parse_trial(to_toml(trial)) == trial
    words = estimand_of(trial, "fixed + AD", "placebo + AD").words
    assert words.startswith("odds ratio of the response at day 28")
    assert "leaving counting as failure" in words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            'discontinuation = "hypotetical"',
            "primary.discontinuation: given 'hypotetical'; did you mean 'hypothetical'",
        ),
        ('discontinuation = "composite"', "'MMRM' of 'MADRS change from baseline' answers for 'hypothetical'"),
        ('discontinuation = "treatment policy"', "nobody is rated after leaving"),
        ('discontinuation = "principal stratum"', "is seen in nobody"),
        ('summary = "odds ratio"', "primary.summary: given 'odds ratio'; for 'MADRS change from baseline' allowed"),
        ('rescue = "composite"', "primary.rescue: given 'composite'; nobody is given rescue treatment here"),
        ('switch = "hypothetical"', "primary.switch: given 'hypothetical'; nobody changes arm here"),
        ('death = "composite"', "primary.death: nobody dies"),
        ('discontinued = "composite"', "primary.discontinued: unknown key"),
    ],
)
def test_what_no_analysis_answers_for_is_refused(content: str, written: str, said: str):
    with pytest.raises(TrialFileError) as error:
        parse_trial(content.replace(PRIMARY, written + "\n"))
    assert said in str(error.value)


def test_a_design_in_python_is_checked_like_a_file():
    trial = load_trial("transform-2")
    planned = replace(trial, primary=replace(trial.primary, discontinuation=Strategy.TREATMENT_POLICY))
    with pytest.raises(TrialFileError, match="treatment policy"):
        parse_trial(to_toml(planned))


def test_events_that_nobody_has_are_named_with_the_reason():
    assert not set(NOT_SIMULATED) & {str(event) for event in IntercurrentEvent}
