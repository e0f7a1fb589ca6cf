"""How much serotonin is worth: sizes that give an oral antidepressant its published course over placebo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from euthymia.engine.ensemble import group, run
from euthymia.evidence import Record, load_record
from euthymia.models.chain import Chain
from euthymia.models.defaults import Sizes, default_chain, default_safety
from euthymia.models.exposure import exposure
from euthymia.models.following import events_of
from euthymia.models.transporters import USUAL, Daily, given_daily, with_transporters
from euthymia.patients.population import typical
from euthymia.plasticity.serotonin import Adaptation

WEEK = 168.0  # h
BASELINE = 37.0  # points; the change by serotonin does not depend on it
ROUNDS = 8
ENOUGH = 1e-6  # points


@dataclass(frozen=True)
class Course:
    """Change of severity by an oral antidepressant over placebo, points, at weeks 1 and 6."""

    week1: float
    week6: float


def published_course(record: Record | None = None) -> Course:
    """Return the pooled difference at week 6, in MADRS points, and the share of it that is there at week 1."""
    record = record or load_record("oral_antidepressant")
    week6 = record.value("difference_HAMD17", "points") * record.value("MADRS_per_HAMD17", "1")
    return Course(record.value("fraction_week1", "1") * week6, week6)


def course_of(chain: Chain) -> Course:
    """Return what the usual dose of an oral antidepressant does to a typical person under a chain."""
    return Course(*changes_of(chain, [WEEK, 6.0 * WEEK]))


def changes_of(chain: Chain, times: Sequence[float]) -> tuple[float, ...]:
    """Return the change of severity at some times, by the usual dose taken up to the last of them, points.

    Args:
        chain: The chain, of a typical person.
        times: When, h, rising.
    """
    who, end = typical(BASELINE), times[-1]
    exposed = exposure({}, who, _nobody_differs, brain=chain.brain, tolerance=default_safety().tolerance)
    exposed = with_transporters(exposed, _nobody_differs, [USUAL])
    events = events_of(exposed, given_daily([Daily(USUAL, 1.0, 0.0, end)], who.count))
    people = group(exposed.linear, chain.reading(exposed.linear.outputs))
    found = run(people, events, np.array(times)).values["sev"][0]
    return tuple(float(change) for change in found)


def fit_oral(sizes: Sizes) -> Sizes:
    """Return the sizes with y_5HT and a_5HT such that an oral antidepressant has its published course.

    Args:
        sizes: The others, which are kept.
    """
    target = published_course()
    x = np.array([sizes.y_5HT, sizes.a_5HT])
    for _ in range(ROUNDS):
        now = course_of(default_chain(_with(sizes, x)))
        short = np.array([target.week1 - now.week1, target.week6 - now.week6])
        if np.abs(short).max() < ENOUGH:
            break
        # Severity is linear in a_5HT and nearly so in y_5HT: a step of Newton's with exact slopes by differences.
        columns = [course_of(default_chain(_with(sizes, x + move))) for move in np.diag([1e-3, 1e-2])]
        slope = [[one.week1 - now.week1, one.week6 - now.week6] for one in columns]
        x = x + np.linalg.solve(np.array(slope).T / np.array([1e-3, 1e-2]), short)
    return _with(sizes, x)


def fit_serotonin_only(sizes: Sizes) -> float:
    """Return a_5HT for a rival in which serotonin itself lifts mood and its spines do not, from week 6 alone."""
    chain = default_chain(replace(sizes, y_5HT=0.0, a_5HT=1.0))
    return published_course().week6 / course_of(chain).week6


def fit_plasticity_only(sizes: Sizes) -> float:
    """Return y_5HT for a rival in which autoreceptors stay and only spines are slow, from week 6 alone."""
    y = sizes.y_5HT
    for _ in range(ROUNDS):
        now = course_of(default_chain(replace(sizes, y_5HT=y, a_5HT=0.0), Adaptation.UNCHANGED)).week6
        y *= published_course().week6 / now
    return y


def fit_rivals() -> dict[str, float]:
    """Return the two numbers above at the sizes of the amplitudes record."""
    sizes = Sizes.from_record(load_record("amplitudes"))
    return {"a_5HT_serotonin_only": fit_serotonin_only(sizes), "y_5HT_plasticity_only": fit_plasticity_only(sizes)}


def _with(sizes: Sizes, x: np.ndarray) -> Sizes:
    return replace(sizes, y_5HT=float(x[0]), a_5HT=float(x[1]))


def _nobody_differs(drug: str):
    return lambda purpose: np.zeros(1)
