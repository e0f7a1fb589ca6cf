"""Who enters a later phase, and where."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.treatment.sentence import regimen
from euthymia.trials.allocation import OUTSIDE, Standing, allocated
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Arm, Comedication, ComedicationKind, Entry, Phase, Stable
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

NOTHING = Comedication(ComedicationKind.NONE)
BEFORE = Phase("first", 0.0, 168.0, (Arm("open", 4, regimen("none"), NOTHING),))


def entered(standing: Standing, *entries: Entry, u: float = 0.5) -> list[int]:
    """Return the arms of a second phase into which people go."""
    arms = tuple(
        Arm(f"arm {place}", None, regimen("none"), NOTHING, entry=entry) for place, entry in enumerate(entries)
    )
    after, count = Phase("second", 168.0, 336.0, arms), standing.rated.size
    return allocated(BEFORE, after, np.zeros(count, dtype=int), standing, np.full(count, u)).tolist()


def standing(*past: tuple[float, ...], baseline: float = 40.0, left: tuple[int, ...] = ()) -> Standing:
    totals = np.array(past, dtype=float)
    stayed = ~np.isin(np.arange(len(past)), left)
    return Standing(totals[:, -1], np.full(len(past), baseline), totals, stayed)


def test_a_fall_is_counted_from_randomisation():
    people = standing((30.0, 20.0), (30.0, 21.0), (10.0, 12.0))
    assert entered(people, Entry("open", fall_min=0.5)) == [0, OUTSIDE, 0]


def test_stable_means_enough_of_the_last_ratings():
    people = standing((30, 10, 10, 10, 13), (10, 10, 30, 30, 10), (30, 10, 13, 10, 10))
    assert entered(people, Entry("open", stable=Stable(12.0, 3, 4))) == [0, OUTSIDE, 0]


def test_conditions_hold_together():
    people = standing((10, 10), (10, 10), baseline=15.0)
    assert entered(people, Entry("open", fall_min=0.5, stable=Stable(12.0, 2, 2))) == [OUTSIDE, OUTSIDE]
    assert entered(people, Entry("open", MADRS_min=11.0, stable=Stable(12.0, 2, 2))) == [OUTSIDE, OUTSIDE]


def test_nobody_enters_after_leaving():
    assert entered(standing((5.0,), (5.0,), left=(0,)), Entry("open")) == [OUTSIDE, 0]


@pytest.mark.parametrize(("u", "arm"), [(0.0, 0), (0.74, 0), (0.76, 1), (0.999, 1)])
def test_arms_share_their_people_by_weight(u: float, arm: int):
    assert entered(standing((5.0,)), Entry("open", weight=3.0), Entry("open", weight=1.0), u=u) == [arm]


STABLE = "stable = { threshold = 12, at_least = 3, of = 4 }"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("stable = { threshold = 12, at_least = 5, of = 4 }", "stable.at_least: given 5 of the last 4 ratings"),
        ("stable = { threshold = 12, at_least = 3, of = 40 }", "stable.of: given 40; 16 ratings are made up to"),
        ("stable = { threshold = 12, at_least = 3 }", "stable.of"),
        ("stable = { threshold = 12, at_lest = 3, of = 4 }", "at_lest"),
        ("fall_min = 1.5", "fall_min"),
    ],
)
def test_an_entry_that_cannot_be_decided_is_refused(given: str, message: str):
    content = to_toml(load_trial("sustain-1"))
    table = "[phases.arms.entry.stable]\nthreshold = 12\nat_least = 3\nof = 4\n"
    assert table in content
    with pytest.raises(TrialFileError, match=message):
        parse_trial(content.replace(table, "", 1).replace("weight = 90\n", f"weight = 90\n{given}\n", 1))
