"""One treatment in one person or in many: everything between the dose and the rating scale, over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import numpy as np

from euthymia.engine.course import Course, CourseMeta, Series, made
from euthymia.engine.device import Dtype
from euthymia.engine.ensemble import Outcome, Settings, group, run
from euthymia.evidence import load_record
from euthymia.models.beside import NOTHING, Beside
from euthymia.models.chain import Chain
from euthymia.models.condition import HEALTHY, Condition
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.dosing import followed, routes_of, sessions, setting_of
from euthymia.models.exposure import Exposure, exposure
from euthymia.models.following import Given, events_of
from euthymia.models.harms import harms
from euthymia.models.metabolite import bodies_for, with_metabolite
from euthymia.models.separation import separation
from euthymia.models.shown import along_the_chain, free_level, levels
from euthymia.models.sites import with_sites
from euthymia.models.taken import Normals, Takers
from euthymia.models.transporters import USUAL, daily_courses, given_daily, with_transporters
from euthymia.symptoms.background import Background, Person
from euthymia.symptoms.background import course as course_without_drug
from euthymia.symptoms.rating import Rating
from euthymia.symptoms.setting import under
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import HOURS_PER_DAY, Dose
from euthymia.treatment.drug import DrugClass
from euthymia.treatment.regimen import Regimen

AFTER_DOSE = np.array([2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 75, 90, 120, 180, 240, 360, 720]) / 60.0
AFTER_TABLET = np.array([1.0, 2.0, 4.0, 8.0])  # h; tablets rise and fall within hours, not minutes


class People(Takers, Protocol):
    """What a course asks of a group of people; every array is [person]."""

    @property
    def background(self) -> Person:
        """True baseline and the personal sizes of the courses without drug."""
        ...

    @property
    def gain(self) -> np.ndarray:
        """Size of what connections do to severity, the typical one times the personal factor."""
        ...

    @property
    def serotonergic(self) -> np.ndarray:
        """Personal factor on what serotonin does."""
        ...

    @property
    def sensitivity(self) -> np.ndarray:
        """Personal factor on dissociation."""
        ...


def treat(
    people: People,
    regimen: Regimen,
    normals: Normals,
    *,
    days: float,
    seed: int | None,
    fast: bool = False,
    dtype: Dtype = Dtype.FLOAT64,
    threads: int | None = None,
    condition: Condition = HEALTHY,
    beside: Beside = NOTHING,
    chain: Chain | None = None,
    safety: bool = True,
    only: Collection[str] | None = None,
) -> Course:
    """Return the course of a regimen in people; in a single person without a person axis.

    An oral antidepressant moves mood by the transporters it occupies. One without kinetics here (duloxetine,
    mirtazapine, venlafaxine) has no level in the course; one without a known occupancy counts as another at its usual
    dose.

    Args:
        people: Who is treated.
        regimen: What is given.
        normals: Gives the standard normals of a drug's numbers.
        days: How long, days.
        seed: What the people were drawn with; None where nothing was drawn.
        fast: One pass over the grid instead of two.
        dtype: Digits with which the chain is computed.
        threads: Worker threads; all cores when None.
        condition: What else is the matter with the people.
        beside: What else they are given: therapy, other drugs, depletion.
        chain: Another chain than the default one.
        safety: Whether harms are followed too.
        only: Names of the variables that are wanted; all when None.

    Raises:
        ScheduleError: When a dose cannot be given as said.
        EuthymiaError: When the condition has no published effect on any of the drugs.
    """
    oral = tuple(dose for dose in regimen if _kind(dose) is DrugClass.ORAL_ANTIDEPRESSANT)
    at_visits = tuple(dose for dose in regimen if dose not in oral)
    tablets = tuple(dose for dose in oral if followed(dose.drug, dose.route))
    daily = daily_courses(dose for dose in oral if dose not in tablets)
    typical, tolerance = beside.on(chain or default_chain()), default_safety().tolerance
    exposed = exposure(
        *(routes_of(regimen), people, normals),
        brain=typical.brain,
        tolerance=tolerance,
        condition=condition,
        bodies=bodies_for(typical),
    )
    exposed, given = _reaching(typical, exposed, normals, beside, [one.drug for one in daily])
    if safety:
        exposed = with_sites(exposed)
    t = _times(days, at_visits, [*(dose.t for dose in tablets), *(one.t for one in beside.depletions)])
    own = typical.reading(exposed.linear.outputs).with_traits(
        people.gain / float(typical.severity.gain), people.serotonergic
    )
    events = [
        *exposed.events(sessions((*at_visits, *tablets), people.weight)),
        *events_of(exposed, [*given, *given_daily(daily, people.count)]),
    ]
    settings = Settings(richardson=not fast, dtype=dtype, threads=threads)
    outcome = run(group(exposed.linear, own), events, t, settings=settings)
    told = {
        **levels(exposed, outcome.values, _leading(exposed, at_visits)),
        **along_the_chain(own, outcome.values, unknown=USUAL in {one.drug for one in daily}),
        "MADRS": (lambda: _mood(people, outcome, at_visits), "points", "MADRS with care and expectation"),
    }
    variables = made(told, only)
    if safety:
        visit = _visits(t, at_visits)
        variables |= separation(own, free_level(own, outcome.values), only)
        variables |= harms(default_safety(), exposed, outcome.values, visit, people.sensitivity, only)
    if people.count == 1:
        variables = {name: Series(series.values[0], series.unit, series.label) for name, series in variables.items()}
    meta = CourseMeta(
        regimen=str(regimen),
        seed=seed,
        persons=people.count,
        engine=_engine(fast, dtype),
        error_estimate={"severity": float(outcome.error["sev"].max())} if outcome.error else {},
    )
    return Course(t, variables, meta)


def _engine(fast: bool, dtype: Dtype) -> str:
    digits = "" if dtype is Dtype.FLOAT64 else f", {dtype.value}"
    return f"structured scheme, {'one pass' if fast else 'Richardson'}{digits}"


def _reaching(
    chain: Chain, exposed: Exposure, normals: Normals, beside: Beside, daily: Sequence[str]
) -> tuple[Exposure, list[Given]]:
    """Return the exposure with everything the chain reads of it, and what reaches it beside the drugs."""
    exposed = with_transporters(exposed, normals, daily)
    return beside.states(with_metabolite(chain, exposed))


def _kind(dose: Dose) -> DrugClass:
    return find_drug(dose.drug).kind


def _times(days: float, at_visits: Sequence[Dose], tablets: Sequence[float]) -> np.ndarray:
    """Return the times to report: twice a day, densely after each dose of a drug, less so after a tablet or a lack."""
    end = days * HOURS_PER_DAY
    after = [dose.t + AFTER_DOSE for dose in at_visits if _kind(dose) is not DrugClass.PLACEBO]
    after += [at + AFTER_TABLET for at in tablets]
    t = np.unique(np.round(np.concatenate([[0.0, end], np.arange(0.0, end, HOURS_PER_DAY / 2), *after]), 9))
    return t[(t >= 0.0) & (t <= end)]


def _leading(exposed: Exposure, at_visits: Sequence[Dose]) -> str:
    """Return the drug that the course is about: the first rapid one, else the first one given."""
    rapid = [dose.drug for dose in at_visits if _kind(dose) is DrugClass.RAPID]
    others = [dose.drug for dose in at_visits if dose.drug in exposed.drugs]
    return next(iter((*rapid, *others, *exposed.drugs)))


def _mood(people: People, outcome: Outcome, at_visits: Sequence[Dose]) -> np.ndarray:
    """Return severity as the scale would have it without error: with care and the occasion."""
    amplitudes = under(load_record("amplitudes"), setting_of(at_visits))
    typical, rating = Background.from_record(amplitudes), Rating.from_record(load_record("rating"))
    visits = np.array([dose.t for dose in at_visits])
    change = course_without_drug(typical, people.background, outcome.t, sessions=visits)
    true = people.background.baseline[:, None] + change + outcome.values["sev"]
    return np.clip(true, rating.lowest, rating.highest)


def _visits(t: np.ndarray, at_visits: Sequence[Dose]) -> np.ndarray:
    """Return the number of the dosing visit at each time, 1 until the second."""
    starts = np.array([dose.t for dose in at_visits if _kind(dose) is DrugClass.RAPID])
    return np.maximum(np.searchsorted(starts, t, side="right"), 1).astype(float)
