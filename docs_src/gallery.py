"""Make docs/gallery.md and its figures again, in docs/img/: python docs_src/gallery.py (a minute)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import euthymia as eu
from euthymia.api import ConductedTrial
from euthymia.engine.course import Course, CourseMeta, Series
from euthymia.report import figures
from euthymia.report.files import write_atomic

HOURS = 6.0  # between points of a course drawn beside another
DOCS = Path(__file__).parents[1] / "docs"
STATED = "Every figure here is a simulation, made by the lines beneath it; for research and teaching, not for treating a person."


@dataclass(frozen=True)
class Piece:
    """A figure of the gallery.

    Attributes:
        name: Its name as a file, without `gallery-` and ending.
        title: What it shows.
        said: What to see in it.
        code: The lines that a reader types for the like of it.
        draw: Makes it, as an SVG element.
    """

    name: str
    title: str
    said: str
    code: str
    draw: Callable[[], str]

    @property
    def file(self) -> str:
        return f"gallery-{self.name}.svg"


def first_dose() -> str:
    course = eu.simulate("esketamine 84 mg nasal on day 1", days=2)
    names = ["plasma", "NMDA block SST", "CADSS", "spines", "MADRS"]
    return figures.plot_course(course, names, "One dose, from the level to the MADRS")


TWICE, ONCE = (f"esketamine 84 mg nasal {often} weekly for 4 weeks" for often in ("twice", "once"))


def two_schedules() -> str:
    courses = [eu.simulate(each, days=56, population=200, seed=1) for each in (TWICE, ONCE)]
    titles = ("twice weekly: MADRS", "once weekly: MADRS")
    return _beside(courses, titles, "MADRS", "The same people on two schedules")


BOTH = "escitalopram 10 mg oral daily for 12 weeks; ketamine 0.5 mg/kg iv over 40 min on days 57 60 64 67"


def ssri_then_ketamine() -> str:
    course = eu.simulate(BOTH, days=84)
    names = ["SERT occupancy", "autoreceptors", "spines", "severity change", "MADRS"]
    return figures.plot_course(course, names, "A tablet, and ketamine from week 9")


def therapy() -> str:
    tablets = "ketamine 0.5 mg/kg iv over 40 min on days 1 4 8 11"
    course = eu.simulate(tablets, days=84, therapy="weekly for 10 weeks from day 2")
    return figures.plot_course(course, ["spines", "skills", "MADRS"], "Infusions, and therapy beside them")


@cache
def transform_2() -> ConductedTrial:
    return eu.trial("transform-2").conduct(seed=1, replicates=60)


def trial_bands() -> str:
    return transform_2().plot(eu.Figure.COURSE)


def trial_contrasts() -> str:
    return transform_2().plot(eu.Figure.CONTRASTS)


def trial_safety() -> str:
    return transform_2().plot(eu.Figure.SAFETY)


def _beside(courses: list[Course], titles: tuple[str, ...], name: str, spoken: str) -> str:
    """Draw one variable of several courses over the same time, a panel a course."""
    t = np.arange(0.0, courses[0].t[-1] + HOURS / 2, HOURS)
    series = {}
    for title, each in zip(titles, courses, strict=True):
        values = np.stack([each.at(name, float(hour)) for hour in t], axis=-1)
        series[title] = Series(values, each.series(name).unit, title)
    return figures.plot_course(Course(t, series, CourseMeta("", persons=courses[0].meta.persons)), title=spoken)


PIECES = (
    Piece(
        "first-dose",
        "One dose, from the level to the MADRS",
        "A typical person. What moves within hours is gone by the next day; spines and severity stay.",
        'course = eu.simulate("esketamine 84 mg nasal on day 1", days=2)\n'
        'course.plot(["plasma", "NMDA block SST", "CADSS", "spines", "MADRS"], path="dose.svg")',
        first_dose,
    ),
    Piece(
        "two-schedules",
        "The same people on two schedules",
        "Median and middle 90 % of 200 people, who are the same in both panels.",
        f'course = eu.simulate("{TWICE}", days=56, population=200, seed=1)\ncourse.plot(["MADRS"], path="twice.svg")',
        two_schedules,
    ),
    Piece(
        "ssri-then-ketamine",
        "A tablet, and ketamine from week 9",
        "A typical person. Transporters are occupied in days, autoreceptors give way in weeks, ketamine acts in a day.",
        f'course = eu.simulate(\n    "{BOTH}",\n    days=84,\n)\n'
        'course.plot(["SERT occupancy", "autoreceptors", "spines", "severity change", "MADRS"], path="both.svg")',
        ssri_then_ketamine,
    ),
    Piece(
        "therapy",
        "Infusions, and therapy beside them",
        "A typical person. Skills are learned faster while there are more spines, and outlast them.",
        'course = eu.simulate(\n    "ketamine 0.5 mg/kg iv over 40 min on days 1 4 8 11",\n    days=84,\n'
        '    therapy="weekly for 10 weeks from day 2",\n)\n'
        'course.plot(["spines", "skills", "MADRS"], path="therapy.svg")',
        therapy,
    ),
    Piece(
        "trial-course",
        "A virtual TRANSFORM-2, and the published one",
        "Mean of each arm with the interval in which 90 % of trials of this size fall; points are published. "
        "This trial took part in the fit.",
        'result = eu.trial("transform-2").conduct(seed=1, replicates=60)\nresult.plot(eu.Figure.COURSE, path="course.svg")',
        trial_bands,
    ),
    Piece(
        "trial-contrasts",
        "Its differences between arms",
        "Blue: predicted. Orange: published, with the paper's interval.",
        'result.plot(eu.Figure.CONTRASTS, path="contrasts.svg")',
        trial_contrasts,
    ),
    Piece(
        "trial-safety",
        "Its dissociation and blood pressure",
        "In the hours after the first and the last dose shown.",
        'result.plot(eu.Figure.SAFETY, path="safety.svg")',
        trial_safety,
    ),
)

ARTICLE = {
    "ssri": "the SSRI's weeks",
    "ketamine": "ketamine's hours",
    "together": "both together",
    "therapy": "therapy",
    "depletion": "depletion",
    "doses": "doses",
}


def page() -> str:
    """Return the page."""
    lines = ["# Gallery", "", STATED, "", "`python docs_src/gallery.py` makes all of it again.", ""]
    for piece in PIECES:
        lines += [f"## {piece.title}", "", f"![{piece.title}](img/{piece.file})", "", piece.said, ""]
        lines += [
            "```python",
            *([] if piece is not PIECES[0] else ["import euthymia as eu", ""]),
            piece.code,
            "```",
            "",
        ]
    lines += ["## The article's statements", ""]
    lines += ["Made by `euthymia article`; [article.md](article.md) says what each shows.", ""]
    for name, what in ARTICLE.items():
        lines += [f"![The article's figure of {what}](img/article-{name}.svg)", ""]
    return "\n".join(lines).rstrip() + "\n"


def drawn(piece: Piece) -> str:
    """Return the file of a piece."""
    made = piece.draw()
    return made if made.startswith("<?xml") else figures.standalone(made)


def main() -> None:
    for piece in PIECES:
        write_atomic(DOCS / "img" / piece.file, drawn(piece))
    write_atomic(DOCS / "gallery.md", page())


if __name__ == "__main__":
    main()
