"""The article's figure of the dose: from an antidepressant infusion of ketamine to an anaesthetic one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from euthymia.engine.course import Course
from euthymia.report.article_courses import at, course
from euthymia.report.panels import Line, Panel, Sheet

DOSES = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)  # mg/kg over 40 minutes
PERSON = "typical person"
UP, BACK = "transfer up", "transfer back"
MARKS = ((0.5, "0.5"),)
Extreme = Callable[[np.ndarray], float]
ALONG = "ketamine over 40 min, mg/kg"


def sheet() -> Sheet:
    """Return the figure."""
    found = {dose: course(f"ketamine {dose:g} mg/kg iv over 40 min on day 1", 8.0, safety=True) for dose in DOSES}
    panels = (
        _panel("Free ketamine, peak", "uM", found, "effect site", np.max),
        _panel("Dissociation (CADSS), peak", "points", found, "CADSS", np.max),
        Panel("MADRS change by the drug", "points", ALONG, _mood(found), MARKS, logarithmic=True),
        _panel("Largest chance of no response", "1", found, "unresponsive", np.max),
        _panel("Least chance to remember", "1", found, "memory", np.min),
        Panel("Least transfer between areas", "1", ALONG, _transfers(found), logarithmic=True),
        _panel("Ventilation, furthest from rest", "L/min", found, "ventilation", _furthest),
        _panel("Largest rise of systolic pressure", "mmHg", found, "SBP change", np.max),
    )
    best = min(found, key=lambda dose: at(found[dose], "severity change", 1.0))
    breathing = found[DOSES[-1]]["ventilation"]
    change = 100.0 * (_furthest(breathing) / breathing[0] - 1.0)
    half = _crossing(found, "unresponsive", 0.5)
    caption = (
        "One infusion of ketamine over forty minutes in a typical person, from a fifth of the antidepressant "
        "dose to ten times "
        "it.",
        f"Half of the people stop responding at {half:.1f} mg/kg, and signals back from the upper to the lower "
        "area fail "
        f"before those on the way up. At {DOSES[-1]:g} mg/kg ventilation moves by {change:+.0f} %; pressure "
        "rises, not falls.",
        "Fitted: the size on mood and of dissociation, at antidepressant doses alone.",
        "Assumed: that the surge over the dose is that of the calibrated circuit; the step from levels to "
        "unresponsiveness.",
        f"Missed or unknown: mood after a day is best at {best:g} mg/kg here, for on its way out any dose passes "
        "the best "
        "level, and no row says what an anaesthetic dose does to mood; people who do not respond cannot be asked "
        "about "
        "dissociation; pressure was fitted far below these doses.",
    )
    numbers = (
        ("half do not respond at", half, "mg/kg"),
        ("mood after a day is best at", best, "mg/kg"),
        *(
            (f"change at 24 h, {dose:g} mg/kg", at(found[dose], "severity change", 1.0), "points")
            for dose in (0.1, 0.5, 1.0, 4.0)
        ),
        *((f"largest CADSS, {dose:g} mg/kg", float(found[dose]["CADSS"].max()), "points") for dose in (0.1, 0.5, 1.0)),
        ("largest change of ventilation", change, "%"),
    )
    return Sheet("doses", "Ketamine from low to anaesthetic doses", panels, caption, numbers)


def _furthest(values: np.ndarray) -> float:
    """Return the value that is furthest from the first one."""
    return float(values[np.argmax(np.abs(values - values[0]))])


def _panel(title: str, unit: str, found: dict[float, Course], name: str, extreme: Extreme) -> Panel:
    values = np.array([extreme(each[name]) for each in found.values()])
    return Panel(title, unit, ALONG, (Line(PERSON, np.array(DOSES), values),), MARKS, logarithmic=True)


def _mood(found: dict[float, Course]) -> tuple[Line, ...]:
    after = {"after 2 h": 2.0 / 24.0, "after 24 h": 1.0, "after 7 days": 7.0}
    return tuple(
        Line(label, np.array(DOSES), np.array([at(each, "severity change", day) for each in found.values()]))
        for label, day in after.items()
    )


def _transfers(found: dict[float, Course]) -> tuple[Line, ...]:
    """Return the least transfer each way, where a level is high enough for it to be known."""
    names = {UP: "feedforward transfer", BACK: "feedback transfer"}
    known = {dose: each for dose, each in found.items() if names[UP] in each.names}
    doses = np.array(list(known))
    return tuple(
        Line(label, doses, np.array([each[name].min() for each in known.values()])) for label, name in names.items()
    )


def _crossing(found: dict[float, Course], name: str, level: float) -> float:
    """Return the dose at which the largest value of a variable passes a level."""
    reached = np.array([each[name].max() for each in found.values()])
    return float(np.exp(np.interp(level, reached, np.log(DOSES))))
