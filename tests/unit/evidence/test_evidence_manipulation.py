"""The table of manipulations reads as data, answers which term a drug changes, and says what is wrong with a row."""

from __future__ import annotations

import subprocess
import sys

import pytest

from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence.manipulation import (
    Hypothesis,
    Outcome,
    Term,
    agrees,
    manipulation,
    manipulations,
    manipulations_by,
    read_manipulations,
    terms_of,
)

ROW = """
[[row]]
name = "a"
agents = ["b"]
doing = "c"
terms = { gate_OP = "gate_OP_naltrexone" }
measure = "d"
disinhibition = "weaker"
direct = "weaker"
HNK = "weaker"
observed = "open"
finding = "e"
sources = []
"""


@pytest.mark.parametrize(
    ("agent", "terms"),
    [
        ("rapamycin", (Term.RHO_SYN, Term.RHO_ELIM)),
        ("Sirolimus", (Term.RHO_SYN, Term.RHO_ELIM)),
        ("TrkB block", (Term.GATE_TRKB,)),
        ("NBQX", (Term.GATE_AMPA,)),
        ("naltrexone", (Term.GATE_OP,)),
        ("lamotrigine", (Term.RELEASE,)),
        ("benzodiazepine", (Term.GATE_BZD, Term.GABA_A)),
        ("memantine", (Term.BLOCK_E, Term.CIRCUIT)),
        ("MK-801", ()),
    ],
)
def test_a_drug_changes_its_term(agent, terms):
    assert terms_of(agent) == terms


def test_every_row_says_what_was_found_and_by_whom_unless_it_is_open():
    for row in manipulations():
        assert row.finding
        assert set(row.predicted) == set(Hypothesis)
        assert bool(row.sources) != (row.observed is Outcome.OPEN), row.name


def test_a_row_without_a_term_is_not_modelled_or_only_watched():
    for row in manipulations():
        if not row.terms:
            assert Outcome.NOT_MODELLED in row.predicted.values() or row.observed is Outcome.OPEN, row.name


def test_sizes_come_from_the_record():
    size = manipulation("naltrexone").size(Term.GATE_OP)
    assert size is not None
    assert size.full_name == "manipulations.gate_OP_naltrexone"
    assert manipulation("spine erasure").size(Term.SPINES) is None


def test_a_term_that_a_row_does_not_change_is_refused():
    with pytest.raises(UnknownNameError, match="no term of 'naltrexone' named 'release'; known: gate_OP"):
        manipulation("naltrexone").size(Term.RELEASE)


def test_an_unknown_drug_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="no manipulation by 'rapamicin'; did you mean 'rapamycin'"):
        manipulations_by("rapamicin")
    with pytest.raises(UnknownNameError, match="no manipulation 'memantin'; did you mean 'memantine'"):
        manipulation("memantin")


@pytest.mark.parametrize(
    ("predicted", "observed", "verdict"),
    [
        (Outcome.ABOLISHED, Outcome.WEAKER, True),
        (Outcome.WEAKER, Outcome.ABOLISHED, False),
        (Outcome.UNCHANGED, Outcome.WEAKER, False),
        (Outcome.STRONGER, Outcome.STRONGER, True),
        (Outcome.NOT_MODELLED, Outcome.ABOLISHED, False),
        (Outcome.WEAKER, Outcome.MIXED, None),
        (Outcome.WEAKER, Outcome.OPEN, None),
    ],
)
def test_a_prediction_agrees_with_a_finding_of_its_sign_and_rough_size(predicted, observed, verdict):
    assert agrees(predicted, observed) is verdict


def test_a_row_reads():
    (row,) = read_manipulations(ROW)
    assert row.terms == ((Term.GATE_OP, "gate_OP_naltrexone"),)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('observed = "open"', 'observed = "opne"', "row 1: observed is 'opne'; did you mean 'open'"),
        ("gate_OP =", "gate_PO =", "row 1: terms is 'gate_PO'; did you mean 'gate_OP'"),
        ('"gate_OP_naltrexone"', '"gate_OP_naltrexon"', "no size 'gate_OP_naltrexon' in record manipulations; did you"),
        ('finding = "e"', "", "row 1: finding is missing"),
        ('finding = "e"', 'finding = ""', "row 1: finding is ''; expected text"),
        ('finding = "e"', 'finding = "e"\nfindig = "f"', "unknown key 'findig'; did you mean 'finding'"),
        ("[[row]]", "[[row]", "not readable as TOML"),
        ("[[row]]", ROW + "[[row]]", "two rows are named 'a'"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named(old, new, words):
    with pytest.raises(EvidenceError, match=words.replace("[", r"\[")):
        read_manipulations(ROW.replace(old, new, 1))


def test_asking_loads_no_numerics():
    code = (
        "import sys; from euthymia.evidence.manipulation import terms_of; terms_of('NBQX'); "
        "print([m for m in ('jax', 'equinox', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
