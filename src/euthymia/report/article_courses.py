"""What the article's figures are drawn from: courses of a typical person, thinned to a figure's width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from euthymia.engine.course import Course
from euthymia.report.panels import Line, Panel

if TYPE_CHECKING:
    from euthymia.models.beside import Beside
    from euthymia.models.chain import Chain

MADRS = 37.0  # points; the mean baseline of TRANSFORM-2 (row R0029)
POINTS = 241  # a curve; more cannot be seen
WEEKS, DAYS, HOURS = "weeks", "days", "hours"
HOURS_IN = {WEEKS: 168.0, DAYS: 24.0, HOURS: 1.0}


def course(
    words: str,
    days: float,
    *,
    beside: Beside | None = None,
    chain: Chain | None = None,
    safety: bool = False,
    MADRS: float = MADRS,
) -> Course:
    """Return the course of a typical person.

    Args:
        words: The regimen.
        days: How long.
        beside: What is given beside it.
        chain: Another chain than the default one.
        safety: Whether harms are followed.
        MADRS: Severity at the start, points.
    """
    from euthymia.models.beside import NOTHING
    from euthymia.models.course import treat
    from euthymia.patients.population import typical
    from euthymia.treatment.sentence import regimen

    def nobody_differs(drug: str):
        return lambda purpose: np.zeros(1)

    return treat(
        typical(MADRS),
        regimen(words),
        nobody_differs,
        days=days,
        seed=None,
        beside=beside or NOTHING,
        chain=chain,
        safety=safety,
    )


def at(found: Course, name: str, day: float) -> float:
    """Return a variable at a time in days."""
    return float(np.interp(24.0 * day, found.t, found[name]))


def line(label: str, found: Course, name: str, *, per: str, last: float | None = None, daily: bool = False) -> Line:
    """Return a variable as a curve.

    Args:
        label: What the curve is.
        found: The course.
        name: The variable.
        per: Unit of the time axis: `WEEKS`, `DAYS` or `HOURS`.
        last: Where it ends, in that unit; the end of the course when left out.
        daily: Whether to look at the same hour of each day, so that tablets do not shake the curve.
    """
    hours = HOURS_IN[per]
    end = float(found.t[-1]) / hours if last is None else last
    x = np.linspace(0.0, end, POINTS)
    if daily:
        x = np.arange(0.0, hours * end + 1.0, 24.0) / hours
    return Line(label, x, np.interp(hours * x, found.t, found[name]))


def panel(
    title: str,
    unit: str,
    courses: dict[str, Course],
    name: str,
    *,
    per: str,
    last: float | None = None,
    daily: bool = False,
    marks: tuple[tuple[float, str], ...] = (),
) -> Panel:
    """Return one variable of several courses over time; a course that lacks it is left out."""
    having = {label: found for label, found in courses.items() if name in found.names}
    drawn = [line(label, found, name, per=per, last=last, daily=daily) for label, found in having.items()]
    return Panel(title, unit, per, tuple(drawn), marks)
