"""Check points: the interval follows from what the source says, and a broken file is refused with its place."""

from __future__ import annotations

import pytest

from euthymia.errors import EvidenceError, TrialFileError, UnknownNameError
from euthymia.evidence.checkpoint import Checkpoint, checkpoints, find_checkpoint, read_checkpoints

HEAD = '[[group]]\ntitle = "t"\nwhere = "w"\nstanding = "published"\n'


def point(rest: str, head: str = "") -> Checkpoint:
    (group,) = read_checkpoints(f'{HEAD}{head}\npoints = [{{ id = "x", what = "x", unit = "1", {rest} }}]')
    return group.points[0]


@pytest.mark.parametrize(
    ("rest", "low", "high"),
    [
        ('value = "43.8"', 43.75, 43.85),
        ('value = "185"', 184.5, 185.5),
        ('value = "0.20"', 0.195, 0.205),
        ('value = "-28"', -28.5, -27.5),
        ('value = "90", digit = 10', 85.0, 95.0),
        ('value = "100 to 250"', 100.0, 250.0),
        ('value = "-6.7", se = 3.0', -6.7 - 5.88, -6.7 + 5.88),
        ('value = "8", count = 29, people = 346', 5.685, 11.82),  # the exact interval of 29 of 346
        ('value = "0", people = 222', 0.0, 1.65),
    ],
)
def test_the_interval_follows_from_what_is_printed(rest: str, low: float, high: float):
    found = point(rest)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-3)


def test_a_stated_relative_tolerance_goes_before_the_printed_digits():
    found = point('value = "101.0"', "relative = 0.01")
    assert (found.low, found.high) == pytest.approx((99.99, 102.01))
    assert found.tolerance == "1 %"


def test_the_error_is_against_the_value_or_the_nearer_end_of_a_range():
    assert point('value = "10"').error(12.5) == pytest.approx(2.5)
    assert point('value = "10 to 20"').error(15.0) is None
    assert point('value = "10 to 20"').error(22.0) == pytest.approx(2.0)
    assert point('value = "10 to 20"').error(9.0) == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[group", "not readable as TOML"),
        (HEAD + 'source = "nobody1900"', "no source 'nobody1900'"),
        (HEAD + 'points = [{ id = "x", what = "x", unit = "1", value = "1", tolerence = 3 }]', "unknown key"),
        (HEAD + 'points = [{ id = "x", what = "x", unit = "1" }]', "missing"),
        (HEAD.replace("published", "rumoured"), "allowed: published, computed"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(content: str, said: str):
    with pytest.raises((EvidenceError, TrialFileError), match=r"checkpoints\.toml") as raised:
        read_checkpoints(content)
    assert said in str(raised.value)


def test_two_check_points_of_one_name_are_refused():
    one = '{ id = "x", what = "x", unit = "1", value = "1" }'
    with pytest.raises(TrialFileError, match="'x' stands twice"):
        read_checkpoints(f"{HEAD}points = [{one}, {one}]")


def test_a_typo_gets_the_nearest_check_point():
    assert find_checkpoint("esketamine.Cmax.84").printed == "101.0"
    with pytest.raises(UnknownNameError, match=r"did you mean .esketamine\.Cmax\.84."):
        find_checkpoint("esketamine.Cmax.48")


def test_table_4_is_held_to_one_percent_and_nothing_else_has_a_wider_tolerance_than_printed():
    stated = [group for group in checkpoints() for each in group.points if each.tolerance.endswith(" %")]
    assert {group.source for group in stated} == {"perezruixo2021"}
