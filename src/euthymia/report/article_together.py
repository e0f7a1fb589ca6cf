"""The article's figure of both drugs: ketamine beside tablets, against each alone and their sum."""

from __future__ import annotations

from euthymia.report.article_courses import WEEKS, at, course, line, panel
from euthymia.report.panels import Line, Panel, Sheet

TABLETS, INFUSIONS = (
    "escitalopram 20 mg oral daily for 12 weeks",
    "ketamine 0.5 mg/kg iv over 40 min on days 1 4 8 11 15 18",
)
SSRI, KETAMINE, BOTH, SUM = "SSRI", "ketamine, six infusions", "both", "sum of each alone"
WEEKS_SHOWN = 12


def sheet() -> Sheet:
    """Return the figure."""
    days = 7.0 * WEEKS_SHOWN
    words = {SSRI: TABLETS, KETAMINE: INFUSIONS, BOTH: f"{INFUSIONS}; {TABLETS}"}
    found = {label: course(each, days) for label, each in words.items()}
    effect = panel("MADRS change by treatment", "points", found, "severity change", per=WEEKS)
    alone = [line(label, found[label], "severity change", per=WEEKS).y for label in (SSRI, KETAMINE)]
    effect = Panel(
        effect.title, effect.unit, effect.along, (*effect.lines, Line(SUM, effect.lines[0].x, alone[0] + alone[1]))
    )
    panels = (
        panel("Occupied serotonin transporters", "1", found, "SERT occupancy", per=WEEKS, daily=True),
        panel("Serotonin (rest = 1)", "1", found, "serotonin", per=WEEKS, daily=True),
        panel("Fast potentiation", "1", found, "potentiation", per=WEEKS),
        panel("Spine density (healthy = 1)", "1", found, "spines", per=WEEKS),
        effect,
        panel("MADRS with care and sessions", "points", found, "MADRS", per=WEEKS),
    )
    share = _of_sum(found, 28.0)
    caption = (
        "A typical person on an SSRI, on six infusions of ketamine, or on both from the same day.",
        f"On day 28 both together do {share:.0f} % of the sum: they meet in the spines, which approach one "
        "ceiling, and "
        "are otherwise independent.",
        "Care is that of the trials behind each: with infusions that of clinics, with tablets alone that of pill "
        "placebo.",
        "Fitted: each alone; no number was fitted to a combination.",
        "Assumed: that serotonin and translation add up in the formation of spines.",
        "Missed: nothing here makes a new tablet work sooner after ketamine, and no trial tells whether it does.",
    )
    numbers = tuple(
        (f"change at week {week}, {label}", at(each, "severity change", 7.0 * week), "points")
        for label, each in found.items()
        for week in (1, 4, 12)
    )
    return Sheet(
        "together",
        "Ketamine and an SSRI, alone and together",
        panels,
        caption,
        (*numbers, ("both, of the sum on day 28", share, "%")),
    )


def _of_sum(found: dict, day: float) -> float:
    one, other, both = (at(found[label], "severity change", day) for label in (SSRI, KETAMINE, BOTH))
    return 100.0 * both / (one + other)
