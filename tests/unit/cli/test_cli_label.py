"""`euthymia label` answers clause by clause, says once that it is no advice, and keeps its JSON's promise."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from euthymia.cli.label import CLAUSES_SCHEMA, DECISION_SCHEMA, LIST_SCHEMA
from euthymia.evidence.label import label_names, load_label
from euthymia.treatment.label import NOTICE

REGIMEN = "esketamine 56 mg nasal on day 1; 84 mg nasal on days 4 8 11 15 18 22 25"
PERSON = ("--age", "45", "--diagnosis", "MDD", "--madrs", "32", "--failed-drugs", "2", "--bp", "150/95")
FULL = ("label", REGIMEN, *PERSON, "--nothing-else", "--with", "CNS depressant")
DOCS = Path(__file__).parents[3] / "docs"


def test_a_decision_shows_every_clause_and_its_answer(euthymia: Callable[..., object]) -> None:
    ended = euthymia(*FULL)
    assert ended.code == 0
    assert all(clause.id in ended.out for clause in load_label("us-2025").clauses)
    answer = "within the label, with caution, for treatment-resistant depression, alone or with an oral antidepressant"
    assert f"Answer: {answer}" in ended.out
    assert answer in (DOCS / "label.md").read_text(encoding="utf-8")
    assert "spravatolabel: Spravato US prescribing information" in ended.out
    assert "PMID 24144585" in ended.out


@pytest.mark.parametrize("words", [FULL, ("label",), ("label", "--show", "eu"), ("label", REGIMEN, "--label", "eu")])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_every_output_says_once_that_it_is_no_advice(
    euthymia: Callable[..., object], words: tuple[str, ...], more: tuple[str, ...]
) -> None:
    out = euthymia(*words, *more).out
    assert out.count(NOTICE) == 1
    assert out.count("advice") == 1


def test_what_rules_out_is_named_with_its_reason(euthymia: Callable[..., object]) -> None:
    out = euthymia("label", REGIMEN, *PERSON, "--label", "us-2019", "--no-oral-antidepressant").out
    assert "Answer: outside the label" in out
    assert "Not met: trd.antidepressant (without an oral antidepressant)" in out


def test_what_is_still_to_be_said_is_listed(euthymia: Callable[..., object]) -> None:
    out = euthymia("label", "--age", "45").out
    assert "Answer: needs information" in out
    assert "Still to be said: diagnosis; failed drugs; MADRS or severity; aneurysmal vascular disease" in out


def test_without_words_the_labels_are_listed(euthymia: Callable[..., object]) -> None:
    assert all(name in euthymia("label").out for name in label_names())
    found = json.loads(euthymia("label", "--json").out)
    assert found["schema"] == LIST_SCHEMA
    assert [row["label"] for row in found["labels"]] == list(label_names())


@pytest.mark.parametrize("name", label_names())
def test_a_label_can_be_shown_with_its_notes(euthymia: Callable[..., object], name: str) -> None:
    shown = euthymia("label", "--show", name).out
    assert all(clause.id in shown for clause in load_label(name).clauses)
    found = json.loads(euthymia("label", "--show", name, "--json").out)
    assert found["schema"] == CLAUSES_SCHEMA
    assert [clause["id"] for clause in found["clauses"]] == [clause.id for clause in load_label(name).clauses]


def test_json_is_one_document_with_the_documented_keys(euthymia: Callable[..., object]) -> None:
    ended = euthymia(*FULL, "--session", "food 3 h, nasal never", "--json")
    found = json.loads(ended.out)
    assert ended.err == ""
    assert found["schema"] == DECISION_SCHEMA
    assert (found["answer"], found["indication"], found["not_met"]) == ("within the label, with caution", "trd", [])
    assert found["session"]["nasal"] == "never"
    assert found["person"]["present"] == ["CNS depressant"]
    documented = set(re.findall(r"`([A-Za-z_]+)`", (DOCS / "json.md").read_text(encoding="utf-8")))
    keys = {*found, *found["person"], *found["session"], *found["clauses"][0]} - {"schema"}
    assert keys - documented == set()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--label", "us2025"), "did you mean 'us-2025'"),
        (("--show", "us-202"), "did you mean 'us-202"),
        (("esketamin 56 mg nasal on day 1",), "did you mean 'esketamine'"),
        (("esketamine 50 mg nasal on day 1",), "one device holds 28 mg"),
        (("--with", "MAO inhibiter"), "did you mean 'MAO inhibitor'"),
        (("--diagnosis", "mmd"), "did you mean 'MDD'"),
        (("--severity", "sevre"), "did you mean 'severe'"),
        (("--bp", "95/150"), "systolic above diastolic"),
        (("--age", "200"), "allowed: 0 to 130 years"),
        (("--session", "fod 3 h"), "did you mean 'food'"),
        (("--with", "MAOI", "--without", "MAO inhibitors"), "both present and absent"),
        (("--show", "eu", "--age", "40"), "--show lists the clauses of one label"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_mistake_is_one_line_that_says_what_was_meant(
    euthymia: Callable[..., object], words: tuple[str, ...], says: str, more: tuple[str, ...]
) -> None:
    ended = euthymia("label", *words, *more)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1
    assert says in ended.err


def test_the_page_lists_every_label_and_every_word_of_a_verdict() -> None:
    from euthymia.evidence.label import Standing
    from euthymia.evidence.label_asks import Asks
    from euthymia.treatment.label import Answer
    from euthymia.treatment.label_verdict import Verdict

    page = (DOCS / "label.md").read_text(encoding="utf-8")
    for word in (*Verdict, *Answer, *Standing):
        assert f"| {word} |" in page
    for name in (*label_names(), *Asks):
        assert f"`{name}`" in page


def test_the_label_loads_no_numerics() -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['euthymia', *{list(FULL)!r}]\n"
        "from euthymia.cli import main\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'jax', 'equinox', 'diffrax', 'scipy.linalg', 'scipy.special', 'pandas', 'matplotlib'}\n"
        "    print('heavy:', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1] == "heavy: []"
