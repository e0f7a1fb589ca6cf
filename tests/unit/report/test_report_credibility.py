"""The draft of a run's credibility: what the run knows is in it, what a person decides stays open."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sample_results

from euthymia.errors import EuthymiaError
from euthymia.evidence.citation import source_keys
from euthymia.evidence.verification import verification
from euthymia.report.credibility import GUIDELINES, OPEN, Draft, draft, to_dict
from euthymia.report.credibility_page import as_html, as_markdown
from euthymia.report.run_folder import PROVENANCE, Kind, provenance_text, read_run
from euthymia.trials.catalogue import load_trial
from euthymia.trials.results import chain_assumptions

ELEMENTS = (
    *("Question of interest", "Context of use", "Model influence", "Consequence of wrong decision"),
    *("Model risk", "Model impact", "Technical criteria", "Appropriateness of the proposed MIDD"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a conducted trial, from invented results."""
    place = tmp_path_factory.mktemp("run")
    summary = replace(
        sample_results.trial_summary(), command="euthymia trial run transform-2", assumptions=chain_assumptions()
    )
    (place / Kind.TRIAL.value).write_text(summary.to_json(), encoding="utf-8")
    design = load_trial("transform-2")
    (place / PROVENANCE).write_text(provenance_text(summary.command, summary.seed, design), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def made(folder: Path) -> Draft:
    return draft(read_run(folder))


def cells(made: Draft, title: str) -> list[list[str]]:
    (found,) = [one for section in made.sections for one in section.tables if one.title == title]
    return [[cell.text for cell in row] for row in found.rows]


def test_every_element_of_the_assessment_is_there_and_left_to_a_person(made: Draft):
    rows = cells(made, "Assessment")
    assert tuple(row[0] for row in rows) == ELEMENTS
    assert all(row[2].startswith(f"{OPEN}: ") for row in rows)
    assert all(word not in row[1] for row in rows for word in (" low", " medium", " high"))  # no rating is given


def test_command_seed_and_digests_are_those_of_the_run(made: Draft):
    origin = made.sections[-1].paragraphs
    assert origin[0] == "`euthymia trial run transform-2`"
    assert origin[1] == f"Seed: {made.run.seed}."
    assert sum("the same as installed here" in line for line in origin) == 2
    assert "numpy" in origin[-1]


def test_a_run_of_other_evidence_says_so(folder: Path):
    run = read_run(folder)
    older = draft(replace(run, provenance={**run.provenance, "records": "0" * 32}))
    assert any("another than installed here" in line for line in older.sections[-1].paragraphs)
    without = draft(replace(run, provenance={}))
    assert any("no provenance.json" in line for line in without.sections[-1].paragraphs)


def test_every_number_stands_under_its_grade_and_is_counted(made: Draft):
    (section,) = [each for each in made.sections if each.heading == "Assumptions"]
    assert sum(len(one.rows) for one in section.tables) == len(made.run.assumptions)
    assert section.tables[0].title.startswith("Assumed (")
    assert section.paragraphs[0].startswith(f"{len(made.run.assumptions)} numbers: ")


def test_misses_of_the_run_stand_first_and_are_those_of_the_run(made: Draft):
    rows = cells(made, "Published values beside the run, misses first")
    inside = [each["inside"] for each in made.run.listed("comparisons") if each["inside"] is not None]
    assert sum(row[-1] == "MISS" for row in rows) == inside.count(False)
    assert [row[-1] for row in rows] == sorted((row[-1] for row in rows), key=lambda word: word == "yes")


def test_verification_is_the_packages_own_list(made: Draft):
    listed = [row[0] for title in ("Code verification", "Calculation verification") for row in cells(made, title)]
    assert sorted(listed) == sorted(each.file for each in verification())


def test_trials_that_gave_the_same_drug_are_named_with_their_use(made: Draft):
    near = {row[0]: row[2] for row in cells(made, "Trials with the same drug and route")}
    assert near["transform-3"] == "validation"
    assert near["transform-1"] == "calibration"
    assert "murrough-2013" not in near


def test_held_out_facts_stand_before_calibrated_ones(made: Draft):
    roles = [row[3] for row in cells(made, "The fact list, held out facts first")]
    assert roles == sorted(roles, reverse=True)
    assert "held out" in roles


def test_markdown_holds_every_heading_table_and_open_entry(made: Draft):
    written = as_markdown(made)
    for section in made.sections:
        assert f"\n{'#' * (section.level + 1)} {section.heading}\n" in written
        for asked in section.open:
            assert f"> **{OPEN}:** {asked}" in written
    assert written.count(OPEN) == made.open + 1  # and once where the mark is explained
    assert "not for treating a person" in written


def test_the_page_is_whole_and_escapes_what_stands_in_the_run(folder: Path, tmp_path: Path):
    document = json.loads((folder / Kind.TRIAL.value).read_text(encoding="utf-8"))
    (tmp_path / Kind.TRIAL.value).write_text(json.dumps({**document, "title": "<script>x</script>"}), encoding="utf-8")
    made = draft(read_run(tmp_path))
    page = as_html(made)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    opened: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: opened.append(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert opened.count("h2") == sum(each.level == 1 for each in made.sections)
    assert "script" not in opened


def test_a_course_has_a_draft_too(tmp_path: Path):
    course = sample_results.course(5)
    (tmp_path / Kind.COURSE.value).write_text(json.dumps(course.to_dict()), encoding="utf-8")
    made = draft(read_run(tmp_path))
    assert [row[0] for row in cells(made, "Assessment")] == list(ELEMENTS)
    assert any("held against no published row" in line for section in made.sections for line in section.paragraphs)
    document = to_dict(made)
    assert document["open"] == made.open
    assert json.dumps(document, allow_nan=False)


def test_guidelines_are_cited_by_what_the_package_knows():
    assert set(GUIDELINES) <= set(source_keys())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no run in"),
        ("{", "cannot read"),
        ('{"schema": "euthymia.trial/0"}', "expected 'euthymia.trial/1'"),
        ("[]", "has schema None"),
        ('{"schema": "euthymia.trial/1"}', "lacks what a run holds"),
    ],
)
def test_a_folder_without_a_run_is_refused(tmp_path: Path, content: str | None, said: str):
    if content is not None:
        (tmp_path / Kind.TRIAL.value).write_text(content, encoding="utf-8")
    with pytest.raises(EuthymiaError, match=said):
        read_run(tmp_path)
    with pytest.raises(EuthymiaError, match="no folder"):
        read_run(tmp_path / "nowhere")
