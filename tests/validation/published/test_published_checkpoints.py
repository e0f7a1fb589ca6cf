"""Every check point of the evidence, within the tolerance that its source states; misses are expected to stay misses.

The values are computed by the functions that write docs/checkpoints.md, so that page and tests cannot disagree.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import checkpoints as page
from checkpoint_levels import IV, course, typical
from euthymia.evidence.checkpoint import Checkpoint, checkpoints

POINTS = [(group, point) for group in checkpoints() for point in group.points]


def marks(conducted: bool, missed: str) -> list[pytest.MarkDecorator]:
    long = [pytest.mark.long] if conducted else []
    return [*long, *([pytest.mark.xfail(strict=True, reason=missed)] if missed else [])]


def test_every_check_point_has_a_value_and_every_value_a_check_point():
    assert page.VALUES.keys() == {point.id for _, point in POINTS}


@pytest.mark.parametrize(
    "point",
    [pytest.param(point, marks=marks(group.conducted, point.missed), id=point.id) for group, point in POINTS],
)
def test_the_check_point_is_held(point: Checkpoint):
    ours = page.VALUES[point.id]()
    assert point.low <= ours <= point.high


def test_the_page_is_the_one_that_the_script_writes():
    """Python docs_src/checkpoints.py mends it; the part of whole trials is checked by the long test below."""
    written = page.PAGE.read_text(encoding="utf-8")
    assert written[: written.index(page.TRIALS)] == page.quick()


@pytest.mark.long
def test_the_part_of_whole_trials_is_the_one_that_the_script_writes():
    written = page.PAGE.read_text(encoding="utf-8")
    assert written[written.index(page.TRIALS) :] == page.trials()


@pytest.mark.parametrize(
    ("name", "mg", "minutes", "at"),
    [
        ("otto2021", 35.0, 40.0, 110.0),
        ("kamp2020", 20.0, 20.0, 20.0),
        ("domino1984", 20.0, 20.0, 20.0),
        ("kamp2020", 140.0, 1.0, 5.0),
        ("kamp2020", 140.0, 1.0, 10.0),
        ("kamp2020", 140.0, 1.0, 15.0),
    ],
)
def test_levels_that_miss_the_notes_are_those_of_lsoda(name: str, mg: float, minutes: float, at: float):
    """The notes' 0.2 to 0.9 % are theirs: the same equations and parameters, integrated tightly, give our digits."""
    body, person = typical(name)
    system, (event,) = body.system(person), body.inputs(IV, 0.0, np.array([mg]), minutes / 60.0, person)
    x, A = np.zeros(len(body.states)), system.matrix[0]
    for start, stop in pairwise(sorted({0.0, minutes / 60.0, at / 60.0})):
        rate = np.zeros(x.size)
        rate[event.target] = mg / event.duration * (start < event.duration)
        x = solve_ivp(lambda _, x, rate=rate: A @ x + rate, (start, stop), x, "LSODA", rtol=1e-12, atol=1e-14).y[:, -1]
    assert course(name, mg, minutes, at) == pytest.approx(float(system.read[0, 0] @ x), rel=1e-9)
