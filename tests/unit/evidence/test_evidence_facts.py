"""Facts: tolerances are read as written, rows exist and keep their split, a broken file is refused with its place."""

from __future__ import annotations

import math

import pytest

from euthymia.errors import EvidenceError, TrialFileError, UnknownNameError
from euthymia.evidence.facts import Basis, Part, Verdict, facts, find_part, read_facts
from euthymia.evidence.published import Split
from euthymia.trials.catalogue import load_trial, trial_names

HEAD = '[[fact]]\nnumber = 1\ntitle = "t"\nasks = "a"\ntolerance = "t"\nhow = "h"\nrows = ["R0001"]\n'
DERIVED = ("7.t2.oc", "15.CADSS.peak", "18.sd", "19.ratio")  # published numbers made from that row and others
PARTS = [part for fact in facts().facts for part in fact.parts]


def part(rest: str, published: str = "-4.0") -> Part:
    (fact,) = read_facts(
        f'{HEAD}parts = [{{ id = "x", what = "x", rows = ["R0001"], published = "{published}", {rest} }}]'
    ).facts
    return fact.parts[0]


@pytest.fixture(scope="module")
def rows() -> dict[str, tuple[float, Split]]:
    """Return value and split of every row that a trial of the package has."""
    every = (row for name in trial_names() for row in load_trial(name).published)
    return {row.row_id: (row.value, row.split) for row in every}


@pytest.mark.parametrize(
    ("rest", "low", "high", "basis"),
    [
        ("within = 1.5", -5.5, -2.5, Basis.STATED),
        ("low = 0.3, high = 1.5", 0.3, 1.5, Basis.STATED),
        ("high = 0", -math.inf, 0.0, Basis.STATED),
        ('low = -7.2, high = 0.07, basis = "the printed interval"', -7.2, 0.07, Basis.PRINTED),
        ('unit = "points"', -math.inf, math.inf, Basis.NONE),
    ],
)
def test_the_interval_is_the_one_that_is_written(rest: str, low: float, high: float, basis: Basis):
    found = part(rest)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.basis is basis


def test_a_part_is_held_missed_shown_or_not_simulated():
    assert part("within = 1").verdict(-4.9) is Verdict.HELD
    assert part("within = 1").verdict(-5.1) is Verdict.MISSED
    assert part("within = 1").verdict(math.nan) is Verdict.MISSED
    assert part("within = 1").verdict(None) is Verdict.NOT_SIMULATED
    assert part('not_simulated = "why"').verdict(-4.0) is Verdict.NOT_SIMULATED
    assert part('unit = "points"').verdict(99.0) is Verdict.SHOWN


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[fact", "not readable as TOML"),
        ('[[facts]]\nnumber = 1"', "not readable as TOML"),
        (HEAD, "at least one number"),
        (HEAD.replace("R0001", "R001") + "parts = []", "R or S and four digits"),
        (HEAD.replace('title = "t"', 'titel = "t"'), "unknown key"),
        ('[[row]]\nid = "S0001"\nwhat = "w"\nvalue = 1\nunit = "1"\nsplit = "calibraton"', "did you mean"),
        ('[[row]]\nid = "1"\nwhat = "w"\nvalue = 1\nunit = "1"\nsplit = "calibration"', "R or S and four digits"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(content: str, said: str):
    with pytest.raises((EvidenceError, TrialFileError), match=said):
        read_facts(content)


@pytest.mark.parametrize(
    ("rest", "published", "said"),
    [
        ("within = 1, low = 0", "1", "one or the other"),
        ("within = 1", "about 2", "single number"),
        ("low = 2, high = 1", "1", "must not be above"),
        ('basis = "the printed interval"', "1", "without within, low or high"),
        ('within = 1, basis = "none stated"', "1", "leave one out"),
        ("widthin = 1", "1", "did you mean 'within'"),
    ],
)
def test_a_tolerance_that_says_nothing_or_two_things_is_refused(rest: str, published: str, said: str):
    with pytest.raises(TrialFileError, match=said):
        part(rest, published)


def test_a_row_of_a_part_that_the_fact_does_not_list_is_refused():
    with pytest.raises(TrialFileError, match="lacks R0002"):
        read_facts(HEAD + 'parts = [{ id = "x", what = "x", rows = ["R0002"], published = "1" }]')


def test_a_part_that_stands_twice_is_refused():
    one = '{ id = "x", what = "x", rows = [], published = "1" }'
    with pytest.raises(TrialFileError, match="stands twice"):
        read_facts(f"{HEAD}parts = [{one}, {one}]")


def test_a_typo_gets_the_nearest_part():
    assert find_part("3.pool").rows == ("R0007", "R0008", "R0040")
    with pytest.raises(UnknownNameError, match=r"did you mean '3\.pool'"):
        find_part("3.pol")


def test_there_are_26_facts_in_order_and_each_part_carries_its_number():
    assert [fact.number for fact in facts().facts] == list(range(1, 27))
    for fact in facts().facts:
        assert all(each.id.startswith(f"{fact.number}.") for each in fact.parts)


def test_every_row_is_in_a_trial_of_the_package_or_carried_by_value(rows: dict[str, tuple[float, Split]]):
    carried = {row.id: row for row in facts().carried}
    named = {row for fact in facts().facts for row in fact.rows}
    assert named <= rows.keys() | carried.keys()
    assert carried.keys() <= named
    for name in carried.keys() & rows.keys():
        assert carried[name].value == rows[name][0]


def test_every_row_of_a_fact_is_behind_one_of_its_parts_or_beside_them():
    for fact in facts().facts:
        assert {row for each in fact.parts for row in each.rows} == set(fact.rows)


def test_a_part_rests_on_rows_of_its_own_split_only(rows: dict[str, tuple[float, Split]]):
    splits = {name: split for name, (_, split) in rows.items()} | {row.id: row.split for row in facts().carried}
    for each in PARTS:
        assert {splits[row] for row in each.rows} <= {each.split}, each.id


def test_the_published_number_of_a_part_with_one_row_is_that_rows_value_or_sd():
    every = [row for name in trial_names() for row in load_trial(name).published]
    known = {row.row_id: {row.value, row.sd} for row in every} | {row.id: {row.value} for row in facts().carried}
    for each in PARTS:
        if len(each.rows) == 1 and each.id not in DERIVED and _is_number(each.published):
            assert float(each.published) in known[each.rows[0]], each.id


def _is_number(said: str) -> bool:
    try:
        return math.isfinite(float(said))
    except ValueError:
        return False
