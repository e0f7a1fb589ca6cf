"""The commands that show evidence answer at once, print what the records hold, and give JSON that keeps its promise."""

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from euthymia.cli.evidence import register
from euthymia.errors import UnknownNameError
from euthymia.evidence import Grade, load_record, record_names, references
from euthymia.evidence.search import search

PARAMETER_KEYS = [
    "record",
    "name",
    "value",
    "unit",
    "meaning",
    "grade",
    "source",
    "where",
    "cv",
    "omega",
    "iiv_scale",
    "iiv_grade",
    "low",
    "high",
    "note",
    "command",
]


def run(*arguments):
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, list(arguments))


def output(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_name_the_records_are_listed():
    shown = output("evidence")
    assert all(name in shown for name in record_names())


def test_a_record_shows_its_numbers_units_sources_and_grades():
    shown = output("evidence", "esketamine")
    for part in ("ka_n", "2.93", "1/h", "SD 0.566 log", "Table 3", "measured in patients", "Perez-Ruixo 2021"):
        assert part in shown


def test_every_value_is_shown_whole():
    shown = output("evidence", "pfc1").split()
    assert {f"{p.value:.6g}" for p in load_record("pfc1").parameters} <= set(shown)


def test_square_brackets_of_a_source_are_no_markup():
    assert "[3H]MK-801" in output("evidence", "brain")


def test_one_parameter_tells_its_story():
    shown = output("evidence", "esketamine.kmet")
    assert "hepatic conversion" in shown
    assert "missing in print" in shown


def test_assumed_numbers_are_filtered_with_those_whose_spread_is_assumed():
    rows = json.loads(output("evidence", "--assumed", "--json"))["parameters"]
    assert [(r["record"], r["name"]) for r in rows] == [(p.record, p.name) for p in search() if p.assumed]
    assert ("esketamine", "kmet") in [(r["record"], r["name"]) for r in rows]


def test_a_grade_filters_by_a_word_of_it():
    rows = json.loads(output("evidence", "--grade", "animals", "--json"))["parameters"]
    assert rows
    assert {row["grade"] for row in rows} == {Grade.ANIMALS.value}


def test_a_filter_that_leaves_nothing_says_so():
    assert "no number of that kind" in output("evidence", "esketamine", "--grade", "animals")


def test_json_of_numbers_has_the_documented_keys():
    told = json.loads(output("evidence", "nmda", "--json"))
    assert told["schema"] == "euthymia.evidence/1"
    assert [list(row) for row in told["parameters"]] == [PARAMETER_KEYS] * 3


def test_json_of_records_counts_their_numbers():
    told = json.loads(output("evidence", "--json"))
    assert [row["name"] for row in told["records"]] == list(record_names())
    assert {row["name"]: row["parameters"] for row in told["records"]}["nmda"] == 3


def test_cite_lists_every_source_by_default():
    shown = output("cite")
    assert [line.split()[0] for line in shown.splitlines()] == list(references())


def test_cite_prints_bibtex_and_json():
    assert output("cite", "taylor2006", "--bibtex").startswith("@article{taylor2006,")
    told = json.loads(output("cite", "taylor2006", "--json"))
    assert told["schema"] == "euthymia.references/1"
    assert list(told["references"][0]) == ["key", "type", "short", "doi", "fields"]


@pytest.mark.parametrize("arguments", [("evidence", "esketamine.ka_m"), ("cite", "taylr2006"), ("evidence", "nmd_a")])
def test_a_typo_gets_the_nearest_name(arguments):
    result = run(*arguments)
    assert isinstance(result.exception, UnknownNameError)
    assert "did you mean" in str(result.exception)


@pytest.mark.parametrize("arguments", [["evidence", "esketamine"], ["cite"]])
def test_evidence_loads_no_numerics(arguments):
    program = (
        "import sys, typer\n"
        "from euthymia.cli.evidence import register\n"
        "app = typer.Typer(); register(app)\n"
        f"app({arguments!r}, standalone_mode=False)\n"
        # pint asks for the bare scipy package, which costs 4 ms; what it holds stays unloaded
        "heavy = {'jax', 'equinox', 'diffrax', 'scipy.linalg', 'scipy.special', 'pandas', 'matplotlib'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
