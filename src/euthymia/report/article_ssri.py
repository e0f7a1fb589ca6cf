"""The article's figure of an SSRI: twelve weeks on tablets, and the two clocks of stopping."""

from __future__ import annotations

import numpy as np

from euthymia.engine.course import Course
from euthymia.report.article_courses import POINTS, WEEKS, at, course, panel
from euthymia.report.panels import Line, Panel, Sheet

DRUG = "escitalopram 20 mg oral daily"
ON, OFF = 12, 12  # weeks on tablets, and after
FOLLOWED = 26  # weeks after stopping, as long as the stopping trials
CARE, TABLETS, KEPT = "care alone", "tablets for 12 weeks, then none", "tablets kept"
AFTER = 4.0  # weeks of what is left after stopping
LEFT = {"SERT occupancy": "occupancy left", "serotonin": "serotonin left", "severity change": "effect left"}


def sheet() -> Sheet:
    """Return the figure."""
    days = 7.0 * (ON + OFF)
    stopped = course(f"{DRUG} for {ON} weeks", days)
    kept = course(f"{DRUG} for {ON + OFF} weeks", days)
    alone = course("none", days)
    shown = {TABLETS: stopped, KEPT: kept}
    stop = ((float(ON), "stop"),)
    panels = (
        panel("Occupied serotonin transporters", "1", shown, "SERT occupancy", per=WEEKS, daily=True, marks=stop),
        panel("Serotonin (rest = 1)", "1", shown, "serotonin", per=WEEKS, daily=True, marks=stop),
        panel("Sensitivity of autoreceptors", "1", shown, "autoreceptors", per=WEEKS, daily=True, marks=stop),
        panel("Spine density (healthy = 1)", "1", shown, "spines", per=WEEKS, daily=True, marks=stop),
        panel("MADRS change by tablets", "points", shown, "severity change", per=WEEKS, daily=True, marks=stop),
        panel("MADRS with care", "points", {**shown, CARE: alone}, "MADRS", per=WEEKS, daily=True, marks=stop),
        _left(stopped, kept),
        _relapse(),
    )
    quick, added, slow = (_half_time(stopped, kept, name) for name in LEFT)
    caption = (
        "A typical person on escitalopram 20 mg a day for twelve weeks, and after stopping.",
        f"Two clocks: what serotonin had gained is half gone {added:.0f} days after the last tablet, occupancy after "
        f"{quick:.0f}, the effect on mood after {slow:.0f}; relapse, drawn from another layer, takes months.",
        "Fitted: the size on mood, to the difference from pill placebo at weeks 1 and 6; relapse, to shares at 26 "
        "weeks.",
        "Assumed: that autoreceptors desensitise, and how fast; spines that grow with serotonin.",
        "Missed: half or more of the response that the trials count is there on pill placebo, and here it is care; "
        "serotonin never falls below rest on stopping; the relapse layer loses its own fit after 26 weeks.",
    )
    numbers = (
        *(
            (f"change by tablets at week {week}", at(kept, "severity change", 7.0 * week), "points")
            for week in (1, 6, 12)
        ),
        ("half of occupancy gone after", quick, "days"),
        ("half of the added serotonin gone after", added, "days"),
        ("half of the effect gone after", slow, "days"),
        *(
            (f"{panels[7].lines[place].label}: relapsed at 26 weeks", float(panels[7].lines[place].y[-1]), "%")
            for place in (0, 1)
        ),
    )
    return Sheet("ssri", "An SSRI over twelve weeks and after stopping", panels, caption, numbers)


def _share_left(stopped: Course, kept: Course, name: str, t: np.ndarray) -> np.ndarray:
    """Return what is left at times ``t``, h, of what tablets do to a variable, against those who keep them."""
    rest = stopped[name][0]
    after, still = (np.interp(t, found.t, found[name]) - rest for found in (stopped, kept))
    return 100.0 * after / still


def _half_time(stopped: Course, kept: Course, name: str) -> float:
    """Return the days after the last dose when less than half is left for good."""
    t = np.arange(0.0, 7.0 * OFF, 0.1)
    left = _share_left(stopped, kept, name, 24.0 * (7.0 * ON - 1.0 + t))
    return float(t[np.flatnonzero(left >= 50.0)[-1] + 1])


def _left(stopped: Course, kept: Course) -> Panel:
    x = np.linspace(-0.5, AFTER, POINTS)
    lines = [Line(label, x, _share_left(stopped, kept, name, 168.0 * (ON + x))) for name, label in LEFT.items()]
    return Panel("Left of what tablets do", "%", "weeks after stopping", tuple(lines), ((0.0, "stop"),))


def _relapse() -> Panel:
    """Return the slow clock: the share of remitted people who have relapsed, by two wells."""
    from euthymia.evidence import load_record
    from euthymia.symptoms.hazard import relapsed
    from euthymia.symptoms.relapse import DoubleWell

    record = load_record("relapse")
    well, x = DoubleWell.from_record(record), np.linspace(0.0, FOLLOWED, 27)
    tilts = {TABLETS: 0.0, KEPT: record.value("tilt_treatment", "1")}
    lines = [
        Line(label, x, 100.0 * relapsed(well, 168.0 * x, lambda _, tilt=tilt: tilt)) for label, tilt in tilts.items()
    ]
    return Panel("Remitted people who relapse", "%", "weeks after stopping", tuple(lines))
