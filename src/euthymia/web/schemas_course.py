"""Courses: one or two treatments, who gets them, and the curves that come back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from euthymia.models.organs import Kidneys, Liver
from euthymia.web import limits
from euthymia.web.schemas import Answer, Body, Numbers, Seed, Text

Name = Annotated[str, Field(max_length=60)]


class Unit(StrEnum):
    """Unit of an amount."""

    MG = "mg"
    MG_PER_KG = "mg/kg"


class DoseAsked(Body):
    """One dose, as a timeline has it."""

    drug: Name
    route: Name
    amount: float = Field(ge=0, le=5000, description="In `unit`; 0 for placebo.")
    unit: Unit = Unit.MG
    day: int = Field(ge=1, le=int(limits.MOST_DAYS), description="Study day; 1 starts with randomisation.")
    hour: float = Field(default=0.0, ge=0, lt=24, description="h after the start of the day.")
    duration_h: float = Field(default=0.0, ge=0, le=168, description="Length of an infusion, h; 0 when given at once.")


class RegimenAsked(Body):
    """What is given, as a sentence or dose by dose, and what is given beside it."""

    sentence: str | None = Field(
        default=None,
        max_length=limits.LONGEST_SENTENCE,
        description='The grammar of `euthymia simulate`, such as "esketamine 84 mg nasal on days 1 4 8 11".',
    )
    doses: list[DoseAsked] | None = Field(default=None, max_length=limits.MOST_DOSES)
    label: Text = Field(default="", description="A name for people; comes back as it is.")
    alongside: list[Name] = Field(default=[], max_length=8, description="Other drugs, see /meta others.")
    therapy: Text = Field(default="", description='Sessions, such as "weekly for 10 weeks from day 15".')
    mechanism: Name = Field(default="disinhibition", description="The account of how treatment works.")
    deplete_on: float | None = Field(
        default=None, ge=1, le=limits.MOST_DAYS, description="Study day of a lack of serotonin."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.sentence is None) == (self.doses is None):
            raise ValueError("expected either sentence or doses")
        return self


class WhoAsked(Body):
    """Who is treated. With one person it is a typical one, and spreads are left aside."""

    age: float = Field(default=45.0, ge=18, le=90, description="Mean age, years.")
    age_sd: float = Field(
        default=11.0, ge=0.5, le=25, description="SD of age, years; ages are cut to 18 to 64, or wider."
    )
    women: float = Field(
        default=0.6, ge=0, le=1, description="Share of women. One typical person is a woman from 0.5 on."
    )
    weight: float | None = Field(
        default=None, ge=35, le=200, description="Mean body weight, kg; null: as the evidence has it."
    )
    weight_sd: float = Field(default=15.0, ge=0.5, le=50, description="SD of weight, kg, where a mean is given.")
    MADRS: float = Field(default=37.0, ge=10, le=58, description="Mean MADRS total at the start, points.")
    MADRS_sd: float = Field(default=5.7, ge=0.5, le=12, description="SD of it, points.")
    failed: int = Field(
        default=0, ge=0, le=4, description="Courses of an oral antidepressant that failed before, in a row."
    )
    kidneys: Kidneys = Kidneys.NORMAL
    liver: Liver = Liver.NORMAL


class CoursesAsked(Body):
    """One or two treatments of the same people."""

    regimens: list[RegimenAsked] = Field(min_length=1, max_length=limits.MOST_REGIMENS)
    who: WhoAsked = WhoAsked()
    people: int = Field(default=500, ge=1, le=limits.MOST_PEOPLE, description="1 is a typical person, nothing drawn.")
    days: float = Field(default=28.0, ge=0.25, le=limits.MOST_DAYS, description="How long, days.")
    seed: Seed = 1
    curves: list[Name] | None = Field(
        default=None, max_length=limits.MOST_CURVES, description="Names of /meta curves; null for the default ones."
    )
    window: tuple[float, float] | None = Field(
        default=None, description="From and to, h: only these times, so that a first day can be seen finely."
    )
    points: int = Field(default=240, ge=20, le=limits.MOST_POINTS, description="At most this many times in the answer.")
    fast: bool = Field(default=False, description="Coarser steps: quicker, with a larger, unknown error.")

    @model_validator(mode="after")
    def _window_goes_on(self) -> Self:
        if self.window is not None and not 0.0 <= self.window[0] < self.window[1]:
            raise ValueError("window: expected two numbers of hours, at least 0, the second larger")
        return self


class CurveAnswer(Answer):
    """One curve: quantiles over people at each time; only "50" for a typical person."""

    label: str
    unit: str
    quantiles: dict[Literal["5", "25", "50", "75", "95"], Numbers] = Field(
        description="Percentiles over people, in `unit`, 4 significant digits; null where not known."
    )


class GivenDose(Answer):
    """A dose that was given."""

    t_h: float = Field(description="h after randomisation.")
    drug: str
    route: str
    amount: float
    unit: Unit
    duration_h: float


class Figure(Answer):
    """One number of a course, with its unit."""

    name: str
    value: float | None
    low: float | None = Field(default=None, description="5 % point over people.")
    high: float | None = Field(default=None, description="95 % point over people.")
    unit: str


class CourseAnswer(Answer):
    """The course of one treatment."""

    label: str
    sentence: str = Field(description="The regimen as a sentence that reads back.")
    doses: list[GivenDose]
    t_h: list[float] = Field(description="h after randomisation; a choice of the times that were computed.")
    curves: dict[str, CurveAnswer]
    figures: list[Figure] = Field(description="Peaks and MADRS at chosen days: median, 5 and 95 % points.")
    error_points: float | None = Field(description="Estimated numerical error of severity, points; null with `fast`.")
    command: str = Field(description="The command line that gives the same numbers.")


class CoursesAnswer(Answer):
    """The courses, in the order asked."""

    schema_: Literal["euthymia.web.courses/1"] = Field(default="euthymia.web.courses/1", alias="schema")
    people: int
    days: float
    seed: int | None = Field(description="null for a typical person.")
    courses: list[CourseAnswer]
    lacking: list[str] = Field(description="Curves that were asked for and that no course has.")
    records: list[str] = Field(description="Evidence records used; ask /evidence?q=RECORD.")
