"""The article's figure of therapy: alone, beside an SSRI and after ketamine, with its unknown gain as a band."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from euthymia.engine.course import Course
from euthymia.report.article_courses import WEEKS, at, course, line, panel
from euthymia.report.panels import Line, Panel, Sheet

SESSIONS = "weekly for 10 weeks"
DRUGS = {
    "SSRI": "escitalopram 20 mg oral daily for 24 weeks",
    "ketamine": "ketamine 0.5 mg/kg iv over 40 min on days 1 4 8 11 15 18",
}
THERAPY, DRUG, BOTH, SUM = "therapy alone (band: gain)", "drug alone", "both (band: gain)", "sum of each alone"
WEEKS_SHOWN = 24
END = 70.0  # days; the end of the sessions
Courses = tuple[Course, Course, Course]  # with the assumed gain, the least and the largest


def sheet() -> Sheet:
    """Return the figure."""
    days = 7.0 * WEEKS_SHOWN
    alone = _with_therapy("none", days)
    panels: list[Panel] = []
    numbers = [
        (f"change at week 10, therapy alone{which}", at(each, "severity change", END), "points")
        for which, each in zip(("", ", least gain", ", largest gain"), alone, strict=True)
    ]
    for drug, words in DRUGS.items():
        only, both = course(words, days), _with_therapy(words, days)
        usual, low, high = both
        draw = partial(_panel, drug=drug, alone=alone, only=only, both=both)
        panels += [draw("skills", "Learned skills", "1"), draw("severity change", "MADRS change", "points")]
        effects = (at(each, "severity change", END) for each in (only, low, usual, high))
        names = ("alone", "and therapy, least gain", "and therapy", "and therapy, largest gain")
        numbers += [
            (f"change at week 10, {drug} {name}", value, "points") for name, value in zip(names, effects, strict=True)
        ]
    caption = (
        "A typical person with ten weekly sessions of behavioural therapy from the first day, drug or not.",
        "The band runs from spines that do not gate learning to twice the assumed gain: how ketamine and therapy "
        "combine no calibration row tells, so the interaction is wholly assumed. Therapy alone has a band too, "
        "because it "
        "protects spines.",
        "Fitted: the size of skills, to the difference between therapy and unblinded controls, in milder patients.",
        "Assumed: the rates of learning and forgetting, the gain of spines on learning, protection from stress.",
        "Missed: therapy alone is larger here than a drug, because its trials could not be blinded.",
    )
    ordered = (panels[0], panels[2], panels[1], panels[3])
    return Sheet("therapy", "Therapy alone, with an SSRI and with ketamine", ordered, caption, tuple(numbers))


def _with_therapy(words: str, days: float) -> Courses:
    """Return the course beside therapy, with the assumed gain of spines on learning, the least and the largest."""
    import numpy as np

    from euthymia.evidence import load_record
    from euthymia.models.beside import Beside
    from euthymia.models.defaults import default_chain
    from euthymia.treatment.therapy import therapy

    chain, beside = default_chain(), Beside(therapy=therapy(SESSIONS))
    gains = [load_record("therapy").value(name, "1") for name in ("y_lrn_low", "y_lrn_high")]
    others = [replace(chain, learning=replace(chain.learning, y_lrn=np.asarray(gain))) for gain in gains]
    usual, low, high = (course(words, days, beside=beside, chain=each) for each in (chain, *others))
    return usual, low, high


def _panel(name: str, title: str, unit: str, *, drug: str, alone: Courses, only: Course, both: Courses) -> Panel:
    """Return one variable under therapy, the drug and both; skills have no curve of the drug alone."""
    therapy, together = _band(THERAPY, alone, name), _band(BOTH, both, name)
    shown = panel(f"{title}, {drug}", unit, {DRUG: only}, name, per=WEEKS, daily=True, marks=((10.0, "last session"),))
    added = tuple(Line(SUM, each.x, each.y + therapy.y) for each in shown.lines)
    return replace(shown, lines=(therapy, *shown.lines, together, *added))


def _band(label: str, courses: Courses, name: str) -> Line:
    middle, low, high = (line(label, each, name, per=WEEKS, daily=True) for each in courses)
    return replace(middle, low=low.y, high=high.y)
