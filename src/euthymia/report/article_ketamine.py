"""The article's figure of ketamine: hours and weeks, one infusion and six, and the infusion without drug."""

from __future__ import annotations

from dataclasses import replace

from euthymia.engine.course import Course
from euthymia.report.article_courses import HOURS, WEEKS, at, course, panel
from euthymia.report.panels import Sheet

INFUSION = "0.5 mg/kg iv over 40 min"
ONCE, REPEATED = "on day 1", "on days 1 4 8 11 15 18"
DRUG_ONCE, DRUG_OFTEN, SALINE = "one infusion", "six infusions", "saline, one infusion"
WEEKS_SHOWN = 12


def sheet() -> Sheet:
    """Return the figure."""
    days = 7.0 * WEEKS_SHOWN
    once = course(f"ketamine {INFUSION} {ONCE}", days, safety=True)
    often = course(f"ketamine {INFUSION} {REPEATED}", days)
    saline = _without_drug(once)
    one, both = {DRUG_ONCE: once}, {DRUG_ONCE: once, DRUG_OFTEN: often}
    panels = (
        panel("Free ketamine at receptors", "uM", one, "effect site", per=HOURS, last=12.0),
        panel("Glutamate surge", "1", one, "surge", per=HOURS, last=12.0),
        panel("Dissociation (CADSS)", "points", one, "CADSS", per=HOURS, last=12.0),
        panel("MADRS, first two days", "points", {DRUG_ONCE: once, SALINE: saline}, "MADRS", per=HOURS, last=48.0),
        panel("Fast potentiation", "1", both, "potentiation", per=WEEKS),
        panel("Spine density (healthy = 1)", "1", both, "spines", per=WEEKS),
        panel("MADRS change by the drug", "points", both, "severity change", per=WEEKS),
        panel("MADRS with care and sessions", "points", {**both, SALINE: saline}, "MADRS", per=WEEKS),
    )
    peak = float(once["severity change"].min())
    fall = [MADRS_at - at(once, "MADRS", 0.0) for MADRS_at in (at(once, "MADRS", 1.0), at(saline, "MADRS", 1.0))]
    caption = (
        "A typical person given ketamine 0.5 mg/kg over 40 minutes, once or six times in eighteen days.",
        f"At 24 hours the total has fallen by {-fall[0]:.1f} points after ketamine and by {-fall[1]:.1f} after saline: "
        f"{100.0 * fall[1] / fall[0]:.0f} % of it belongs to the occasion, as in the trials a good part does.",
        "Fitted: the size of what connections and the signal do to mood, the occasion, the size of dissociation.",
        "Assumed: the trigger (a surge by disinhibition), and nearly every rate between the surge and spines.",
        "Missed: one infusion leaves little on day 7, where trials still count 40 % responders; weeks need repetition.",
    )
    numbers = (
        ("largest change by one infusion", peak, "points"),
        *((f"change by one infusion at {name}", at(once, "severity change", day), "points") for name, day in MOMENTS),
        *(
            (f"change by six infusions, week {week}", at(often, "severity change", 7.0 * week), "points")
            for week in (3, 4, 8)
        ),
        ("fall of the total in 24 hours, ketamine", -fall[0], "points"),
        ("fall of the total in 24 hours, saline", -fall[1], "points"),
        ("largest CADSS", float(once["CADSS"].max()), "points"),
    )
    return Sheet("ketamine", "Ketamine over hours and weeks, single and repeated", panels, caption, numbers)


def _without_drug(found: Course) -> Course:
    """Return the same person at the same session without what the drug does."""
    MADRS, drug = found.series("MADRS"), found["severity change"]
    return replace(found, variables={"MADRS": replace(MADRS, values=MADRS.values - drug)})


MOMENTS = (("2 h", 2.0 / 24.0), ("24 h", 1.0), ("7 days", 7.0), ("14 days", 14.0))
