"""References are read from BibTeX, cited in one line, and written back as BibTeX that reads the same."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence import Style, cite, explain, references
from euthymia.evidence.citation import read_references, source_keys


def test_a_source_is_cited_by_author_year_and_place():
    source = references()["perezruixo2021"]
    assert source.short == "Perez-Ruixo 2021, Clin Pharmacokinet 60:501"
    assert source.doi == "10.1007/s40262-020-00953-4"
    assert source.type == "article"


@pytest.mark.parametrize(
    ("fields", "short"),
    [
        ("author = {Jahr and Stevens}, year = {1990}, journal = {J}", "Jahr & Stevens 1990, J"),
        ("author = {A and B and C}, year = {2001}, journal = {J}, volume = {3}", "A 2001, J 3"),
        ("author = {Doe, Jane and others}, year = {2001}", "Doe 2001"),
        ("title = {A label}", "A label"),
        ("title = {A pool}, year = {2022}, journal = {BMJ}, volume = {1}", "A pool, 2022, BMJ 1"),
        ("author = {A}, year = {2016}, journal = {J}, volume = {3}, number = {2}", "A 2016, J 3(2)"),
    ],
)
def test_a_short_citation_uses_what_is_known(fields, short):
    assert read_references(f"@article{{x, {fields}}}")["x"].short == short


def test_the_quick_list_of_keys_agrees_with_the_parsed_bibliography():
    assert source_keys() == tuple(sorted(references()))


def test_every_source_is_cited_by_a_record_a_trial_a_label_or_a_mechanism():
    package = Path(str(files("euthymia")))
    texts = (path.read_text(encoding="utf-8") for path in package.rglob("*") if path.suffix in (".toml", ".py"))
    cited = {key for text in texts for key in re.findall(r"""["']([\w-]+)["']""", text)}
    assert [key for key in source_keys() if key not in cited] == []


def test_bibtex_reads_back_as_the_same_references():
    assert read_references(cite(references(), Style.BIBTEX)) == references()


def test_text_is_one_line_a_source_in_the_order_asked_for():
    lines = cite(["taylor2006", "autry2011"]).splitlines()
    assert lines == ["Taylor 2006, Arch Gen Psychiatry 63:1217. PMC2211759", "Autry 2011, Nature 475:91."]


def test_a_typo_in_a_key_gets_the_nearest_one():
    with pytest.raises(UnknownNameError, match="no source 'taylor2005'; did you mean 'taylor2006'"):
        cite(["taylor2005"])


@pytest.mark.parametrize("text", ["@article{x, year = {2000}", "@misc{x, a = {1}}\n@misc{x, a = {2}}"])
def test_a_broken_or_doubled_entry_is_refused_with_its_line(text):
    with pytest.raises(EvidenceError, match=r"references\.bib, line \d"):
        read_references(text)


def test_an_explanation_tells_value_unit_source_place_and_grade():
    told = str(explain("esketamine.ka_n"))
    assert told.startswith("esketamine.ka_n = 2.93 1/h\n")
    for part in ("nasal mucosa", "measured in patients", "Perez-Ruixo 2021", "Table 3", "SD 0.566 log", "not known"):
        assert part in told


def test_an_explanation_of_a_number_without_a_source_says_so():
    told = str(explain("brain.Kpuu"))
    assert told.startswith("brain.Kpuu = 1\n")
    assert "source       none" in told
    assert "assumed" in told
