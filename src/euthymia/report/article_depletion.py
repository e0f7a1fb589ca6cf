"""The article's figure of depletion: a lack of serotonin in healthy, untreated and drug-remitted people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euthymia.engine.course import Course
from euthymia.report.article_courses import POINTS, course
from euthymia.report.panels import Line, Panel, Sheet

TABLETS, WAIT = "escitalopram 20 mg oral daily for 9 weeks", 56.0  # days before the drink
DAYS_SHOWN = 4.0
HEALTHY, UNTREATED, TREATED = "healthy", "depressed, untreated", "remitted on an SSRI"
RIVAL = "remitted, serotonin only account"


def sheet() -> Sheet:
    """Return the figure."""
    people = _people()
    panels = (
        _panel("Serotonin (rest = 1)", "1", "serotonin", people),
        _panel("MADRS change after the drink", "points", "severity change", people),
    )
    worst = {label: _worst(usual, untouched) for label, (usual, _, untouched) in people.items()}
    caption = (
        "A drink without tryptophan on day 57; the line takes the fall of tryptophan in cerebrospinal fluid for "
        "the lack of "
        "serotonin, the far edge of the band the fall of serotonin's waste.",
        f"Only people on an SSRI lose anything, {worst[TREATED]:.1f} points at most, because mood here follows what "
        "serotonin is above rest: published reviews find no fall in healthy people and relapse in those remitted "
        "on such drugs.",
        "Fitted: what serotonin itself is worth, to the course of tablets over pill placebo.",
        "Assumed: how much serotonin is missing and how fast it returns; that a lack below rest does nothing to mood.",
        f"Missed: the size (relapse was seen, which {worst[TREATED]:.1f} points are not; the account in which "
        "serotonin is "
        f"all gives {worst[RIVAL]:.1f}), and the modest fall of remitted people without drugs and of healthy "
        "relatives.",
    )
    numbers = tuple((f"largest change, {label}", value, "points") for label, value in worst.items())
    return Sheet("depletion", "Depletion in healthy, untreated and drug-remitted people", panels, caption, numbers)


def _people() -> dict[str, tuple[Course, Course, Course]]:
    """Return of each kind of people the courses with the two sizes of depletion, and without."""
    from euthymia.evidence import load_record
    from euthymia.models.accounts import Mechanism
    from euthymia.models.beside import NOTHING, Beside, Depletion
    from euthymia.models.defaults import default_chain
    from euthymia.models.rivals import rival

    record = load_record("depletion")
    lacks = [
        Beside(depletions=(Depletion(24.0 * WAIT, record.value(name, "1"), record.value("half_life", "h")),))
        for name in ("share", "share_turnover")
    ]
    usual = default_chain()
    kinds = {
        HEALTHY: ("none", replace(usual, stress=np.asarray(0.0)), 5.0),
        UNTREATED: ("none", usual, 37.0),
        TREATED: (TABLETS, usual, 37.0),
        RIVAL: (TABLETS, rival(Mechanism.SEROTONIN_ONLY), 37.0),
    }
    days = WAIT + DAYS_SHOWN
    found = {}
    for label, (words, chain, MADRS) in kinds.items():
        all_, turnover, none = (
            course(words, days, chain=chain, beside=each, MADRS=MADRS) for each in (*lacks, NOTHING)
        )
        found[label] = all_, turnover, none
    return found


def _panel(title: str, unit: str, name: str, people: dict[str, tuple[Course, Course, Course]]) -> Panel:
    """Return a variable around the drink; mood as the difference from the same person without it."""
    x = np.linspace(-0.5, DAYS_SHOWN, POINTS)
    lines = []
    for label, courses in people.items():
        upper, lower = (_around(each, courses[2], name, x) for each in courses[:2])
        lines.append(Line(label, x, upper, np.minimum(upper, lower), np.maximum(upper, lower)))
    return Panel(title, unit, "days after the drink", tuple(lines), ((0.0, "drink"),))


def _around(found: Course, untouched: Course, name: str, x: np.ndarray) -> np.ndarray:
    t = 24.0 * (WAIT + x)
    values = np.interp(t, found.t, found[name])
    return values if name == "serotonin" else values - np.interp(t, untouched.t, untouched[name])


def _worst(found: Course, untouched: Course) -> float:
    after = found.t >= 24.0 * WAIT
    rise = found["severity change"] - np.interp(found.t, untouched.t, untouched["severity change"])
    return float(max(rise[after].max(), 0.0))
