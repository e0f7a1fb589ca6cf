"""Trial files: what is read, what is refused and with which words."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from euthymia.errors import TrialFileError, UnknownNameError
from euthymia.evidence.published import PublishedRow
from euthymia.treatment.sentence import regimen
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.design import (
    Ancestry,
    Arm,
    ArmDropout,
    Baseline,
    ComedicationKind,
    DropoutSpec,
    Entry,
    Group,
    HoldWhen,
    Phase,
    PopulationSpec,
    Primary,
    RaiseWhen,
    Recall,
    RelapseRule,
    Titration,
    Trial,
    Visit,
    dropout_of,
    reference_of,
    titrated_doses,
    visits_of,
)
from euthymia.trials.protocol import parse_trial
from euthymia.trials.rules import Rule
from euthymia.trials.running import Adherence, Enrolment, Randomisation, Screening
from euthymia.trials.writing import to_toml

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "trials" / "my_trial.toml"
STAGED = ROOT / "examples" / "trials" / "two_stage_trial.toml"
RUN = ROOT / "examples" / "trials" / "screened_trial.toml"
RULED = ROOT / "examples" / "trials" / "rescued_trial.toml"
LOOKED_AT = ROOT / "examples" / "trials" / "sequential_trial.toml"


@pytest.fixture(scope="module")
def content() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def test_the_example_is_read_in_full(content: str):
    trial = load_trial(EXAMPLE)
    assert (trial.id, trial.split.value) == ("my-trial", "user")
    assert trial.population.ancestry == Ancestry(asian=0.1, japanese=0.05)
    assert [visit.t for visit in trial.visits] == [24.0, 336.0, 648.0, 1320.0]
    assert trial.visits[0].recall is Recall.DAY
    assert trial.visits[0].recall.hours == 24.0
    flexible = trial.phases[0].arms[1]
    assert flexible.titration == Titration(
        (56.0, 84.0), 56.0, (72.0, 168.0), 336.0, RaiseWhen.NO_RESPONSE, HoldWhen.INTOLERABLE, 0.5
    )
    assert [dose.t for dose in titrated_doses(flexible)] == [72.0, 168.0, 240.0, 336.0, 408.0, 504.0, 576.0]
    assert flexible.comedication.kind is ComedicationKind.NEW_ORAL
    assert trial.phases[1].arms[1].entry == Entry("fixed + AD", 0.0, 13.0, 1.0)
    assert trial.relapse == RelapseRule(22.0, 2)
    assert trial.published[0].ci_low == -7.9


def test_the_document_shows_the_example_word_for_word(content: str):
    document = (ROOT / "docs" / "trial-format.md").read_text(encoding="utf-8")
    assert f"```toml\n{content}```" in document


def test_the_document_and_the_example_know_every_key(content: str):
    document = (ROOT / "docs" / "trial-format.md").read_text(encoding="utf-8")
    kinds = (
        Trial,
        PopulationSpec,
        Visit,
        Phase,
        Arm,
        Titration,
        Entry,
        Baseline,
        Primary,
        Group,
        ArmDropout,
        PublishedRow,
        Enrolment,
        DropoutSpec,
        Rule,
        Screening,
        Adherence,
        Randomisation,
    )
    content += RUN.read_text(encoding="utf-8") + RULED.read_text(encoding="utf-8")
    content += LOOKED_AT.read_text(encoding="utf-8") + STAGED.read_text(encoding="utf-8")
    for name in (entry.name for kind in kinds for entry in fields(kind)):
        assert re.search(rf"[`.\[]{name}[`\]]", document), f"{name} is missing in the tables"
        assert re.search(rf"\b{name}\b", content), f"{name} is missing in the example"


def test_every_sentence_of_the_document_is_a_regimen():
    document = (ROOT / "docs" / "trial-format.md").read_text(encoding="utf-8")
    sentences = document.rsplit("```", 2)[1].strip().splitlines()
    assert len(sentences) == 6
    assert all(regimen(str(regimen(sentence))) == regimen(sentence) for sentence in sentences)


def test_a_trial_written_out_reads_back_the_same(content: str):
    trial = parse_trial(content)
    assert parse_trial(to_toml(trial)) == trial


def test_awkward_texts_survive_being_written(content: str):
    awkward = 'quotes " and \\\\ and \\t and \\u007f and ü'
    trial = parse_trial(content.replace('"made up, to show the format"', f'"{awkward}"'.replace(' " ', ' \\" ')))
    assert "\x7f" in trial.citation
    assert parse_trial(to_toml(trial)) == trial


def test_phases_know_their_visits_and_reference(content: str):
    trial = parse_trial(content)
    assert [visit.label for visit in visits_of(trial, trial.phases[0])] == ["day 2", "day 15", "day 28"]
    assert [visit.label for visit in visits_of(trial, trial.phases[1])] == ["day 56"]
    reference = reference_of(trial.phases[0])
    assert reference is not None
    assert reference.name == "placebo + AD"


def test_an_arm_leaves_by_its_own_rate_before_that_of_all(content: str):
    trial = parse_trial(content)
    assert dropout_of(trial, "placebo + AD") == 0.08
    assert dropout_of(trial, "fixed + AD") == 0.1


FAULTS = [
    # what is replaced, by what, the path that is named, what is said
    ('title = "Fixed', 'titel = "Fixed', "titel: unknown key", "did you mean 'title'"),
    ("age_mean = 45", "age_meen = 45", "population.age_meen: unknown key", "did you mean 'age_mean'"),
    ("age_mean = 45\n", "", "population.age_mean: missing", "a number is needed"),
    ("age_mean = 45", 'age_mean = "unknown"', "population.age_mean: given 'unknown'", "a number is needed"),
    ("age_mean = 45", "age_mean = true", "population.age_mean: given True", "a number is needed"),
    ("age_mean = 45", "age_mean = nan", "population.age_mean: given nan", "finite"),
    ("age_mean = 45", "age_mean = 70", "population.age_mean: given 70", "age_high 64"),
    ("women = 0.65", "women = 65", "population.women: given 65", "allowed: 0 to 1"),
    ("asian = 0.1,", "asian = 0.01,", "population.ancestry.japanese", "counts as asian too"),
    ("weight_sd = 15\n", "", "population.weight_mean", "go together"),
    ("prior_failures_min = 2\n", "", "population.prior_failure_fall", "needs prior_failures_min"),
    ("prior_failure_fall = 0.25", "prior_failure_fall = 25", "population.prior_failure_fall", "1"),
    (
        'control = "new antidepressant"',
        'control = "new antidepresant"',
        "control: given",
        "did you mean 'new antidepressant'",
    ),
    (
        'split = "user"\ncontrol',
        'split = "mine"\ncontrol',
        "split: given 'mine'",
        "allowed: calibration, validation, user",
    ),
    ('recall = "24 h"', 'recall = "24h"', "visits[0].recall: given '24h'", "did you mean '24 h'"),
    ("t = 1320", "t = 1400", "visits[3].t: given 1400", "up to 1344 h"),
    ("t = 24\n", "t = -2\n", "visits[0].t: given -2", "after 0"),
    ("t = 336", "t = 12", "visits[1].t: given 12", "order of time"),
    ('label = "day 15"', 'label = "day 2"', "visits", "'day 2' stands twice"),
    ('visit = "day 28"', 'visit = "day 29"', "primary.visit", "no visit 'day 29'"),
    ("end = 648", "end = 0", "phases[0].end", "must come after the start"),
    ("start = 648", "start = 600", "phases[1].start", "phases follow each other"),
    ('name = "weekly"', 'name = "Induction"', "phases", "'Induction' stands twice"),
    ('name = "flexible + AD"', 'name = "fixed + AD"', "phases.arms", "'fixed + AD' stands twice"),
    ("n = 60\nreference = true", "n = 60\nreference = false", "phases[0].arms", "no reference arm"),
    ("n = 60\nregimen", "n = 60\nreference = true\nregimen", "phases[0].arms", "more than one reference arm"),
    ("n = 60\nreference", "reference", "phases[0].arms[2].n: missing", "a whole number from 1"),
    ("n = 60\nreference", "n = 60.5\nreference", "phases[0].arms[2].n: given 60.5", "a whole number from 1"),
    ("n = 60\nreference", "n = 0\nreference", "phases[0].arms[2].n: given 0", "a whole number from 1"),
    (
        "baseline = { mean = 37, sd = 5.5, n = 60 }\n",
        "",
        "phases[0].arms[2].baseline: missing",
        "needs its MADRS at randomisation",
    ),
    ("sd = 5.5, n = 60", "sd = 0, n = 60", "phases[0].arms[2].baseline.sd", "above 0"),
    ('"placebo nasal twice', '"placebo nasl twice', "phases[0].arms[2].regimen", "did you mean 'nasal'"),
    ('"placebo nasal twice', '"plazebo nasal twice', "phases[0].arms[2].regimen", "did you mean 'placebo'"),
    (
        '"placebo nasal twice weekly for 4 weeks"',
        '"placebo nasal on day 0"',
        "phases[0].arms[2].regimen",
        "before the first day",
    ),
    ("from day 29", "from day 20", "phases[1].arms[0].regimen", "study day 20 (456 h) lies outside 'weekly'"),
    (
        "placebo nasal twice weekly for 4",
        "placebo nasal twice weekly for 5",
        "phases[0].arms[2].regimen",
        "study day 29",
    ),
    ("levels = [56, 84]", "levels = [84, 56]", "titration.levels", "levels rise"),
    ("levels = [56, 84]", "levels = [56, 90]", "titration.levels", "allowed: 28, 56, 84 mg"),
    ("levels = [56, 84]", "levels = []", "titration.levels", "one or more numbers"),
    ("start = 56", "start = 28", "titration.start: given 28", "allowed: 56, 84"),
    ("decide_at = [72, 168]", "decide_at = [72, 100]", "titration.decide_at: given 100", "times of doses"),
    ("freeze_after = 336", "freeze_after = 24", "titration.freeze_after", "no decision"),
    ('raise_when = "no response"', 'raise_when = "no respons"', "raise_when", "did you mean 'no response'"),
    (
        'from_arm = "fixed + AD", MADRS_min = 13',
        'from_arm = "fixed", MADRS_min = 13',
        "entry.from_arm",
        "no earlier arm 'fixed'",
    ),
    ("weight = 1 }", "weight = 0 }", "entry.weight", "above 0"),
    (
        'entry = { from_arm = "fixed + AD", MADRS_min = 0, MADRS_below = 13 }',
        "",
        "phases[1].arms[1].entry: missing",
        "earlier arm",
    ),
    ('arm = "placebo + AD"', 'arm = "placebo"', "dropout.arms[0].arm", "did you mean 'placebo + AD'"),
    ("adverse_event = 0.01", "adverse_event = 0.5", "dropout.arms[0].adverse_event", "cannot exceed"),
    ('arms = ["fixed + AD", "flexible + AD"]', 'arms = ["fixed + A"]', "groups[0].arms", "did you mean 'fixed + AD'"),
    ('name = "spray with esketamine"', 'name = "placebo + AD"', "groups", "stands twice"),
    (
        'row_id = "M001"\narm = "fixed + AD"',
        'row_id = "M001"\narm = "fixt + AD"',
        "published[0].arm",
        "no arm or group",
    ),
    ('phase = "induction"', 'phase = "weekly"', "published[0].phase", "is no arm of 'weekly'"),
    ('phase = "induction"\n', "", "published[0].phase", "missing"),
    ("t = 648\nvalue", "t = 700\nvalue", "published[0].t", "from 0 to 648"),
    ("ci_low = -7.9", "ci_low = -1", "published[0]", "must contain the value"),
    (
        'measure = "MADRS_change_diff"',
        'measure = "MADRS_change_dif"',
        "published[0].measure",
        "did you mean 'MADRS_change_diff'",
    ),
    ("consecutive = 2", "consecutive = 0", "relapse.consecutive", "from 1"),
    ("notes = [", "notes = [1, ", "notes: given", "a list of texts"),
    ("[population]", "population = 3\n[other]", "other: unknown key", "allowed: id, title"),
]


@pytest.mark.parametrize(("old", "new", "path", "said"), FAULTS)
def test_a_fault_is_named_with_file_path_and_what_is_allowed(content: str, old: str, new: str, path: str, said: str):
    assert old in content
    with pytest.raises(TrialFileError) as caught:
        parse_trial(content.replace(old, new, 1), "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    assert path in str(caught.value)
    assert said in str(caught.value)


def test_malformed_toml_is_reported_with_its_line():
    with pytest.raises(TrialFileError, match=r"mine\.toml: not readable as TOML: .*line 2"):
        parse_trial('id = "x"\ntitle = \n', "mine.toml")


def test_an_empty_file_says_what_is_missing():
    with pytest.raises(TrialFileError, match=r"mine\.toml: id: missing"):
        parse_trial("", "mine.toml")


def test_a_missing_file_a_folder_and_a_binary_file_are_refused(tmp_path: Path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    for path, said in ((tmp_path / "none.toml", "cannot be read"), (folder, "cannot be read"), (binary, "UTF-8")):
        with pytest.raises(TrialFileError, match=said):
            load_trial(str(path))


def test_names_are_found_whatever_their_case():
    assert load_trial("Transform-2") == load_trial("transform-2")


def test_a_misspelled_trial_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'transform-2'"):
        load_trial("transfrm-2")
    assert set(trial_names()) >= {"transform-1", "transform-2", "synapse", "japan-2b"}
