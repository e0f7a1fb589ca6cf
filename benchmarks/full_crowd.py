"""People on everything at once, for measuring engines: a spray, tablets every day, therapy, and rapamycin as it fades.

84 days as in `crowd`, 16 spray visits; sertraline for the first eight weeks and its washing out; weekly sessions of
therapy, whose work is done in two days so that it jumps; rapamycin on the first day. People are drawn from the
population, so they differ in kinetics, in both traits, and in what they are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crowd import DAYS, DOSE_DAYS, STRENGTHS
from euthymia.engine import ensemble
from euthymia.engine.linear import Event
from euthymia.engine.stream import Stream
from euthymia.evidence.manipulation import manipulations
from euthymia.models.beside import Beside
from euthymia.models.chain import Chain
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.dosing import Session
from euthymia.models.exposure import Exposure, exposure
from euthymia.models.following import events_of
from euthymia.models.taken import Normals
from euthymia.models.transporters import Daily, given_daily, with_transporters
from euthymia.patients.population import People, Traits
from euthymia.patients.population import draw as draw_people
from euthymia.pharmacology.route import Route
from euthymia.plasticity.learning import WEEK, every

RAPAMYCIN = "rapamycin, elimination"
TABLET = "sertraline"
TABLETS = (50.0, 100.0, 150.0, 200.0)  # mg a day
ON_TABLETS = 56.0 * 24.0  # h; then they wash out
SESSIONS = 10  # of therapy, one a week
PRACTICE = 48.0  # h in which the work of a session is done
REPORT = np.array([1.0, 2.0, 24.0, 26.0, 72.0, *(24.0 * day for day in range(7, DAYS + 1, 7)), ON_TABLETS + 36.0])
REPORT.sort()


@dataclass(frozen=True, eq=False)
class FullCrowd:
    """Virtual people with what they are given.

    Attributes:
        people: Who they are.
        exposed: What they are exposed to.
        chain: The nonlinear part, with everybody's traits.
        events: What is given, amounts [person].
    """

    people: People
    exposed: Exposure
    chain: Chain
    events: list[Event]

    @property
    def persons(self) -> int:
        """Number of people."""
        return self.people.count

    @cached_property
    def group(self) -> ensemble.Group:
        """Everybody, ready for the structured engine."""
        return ensemble.group(self.exposed.linear, self.chain)


def draw(persons: int, *, seed: int = 1, first: int = 0) -> FullCrowd:
    """Return people from the population, each with 16 sprays and a daily tablet of random strengths.

    Args:
        persons: How many.
        seed: Seed of the named streams.
        first: Number of the first person; person 7 is the same whoever else is drawn.
    """
    stream, last = Stream(seed).fold("full crowd"), first + persons
    people = draw_people(stream, first, last, Traits())
    spray = _one_of(STRENGTHS, stream.uniform("spray", first, last, len(DOSE_DAYS)))
    tablets = _one_of(TABLETS, stream.uniform("tablets", first, last))[:, 0]
    others = tuple(row for row in manipulations() if row.name == RAPAMYCIN)
    beside = Beside(therapy=every(WEEK, SESSIONS, first=0.0, practice=PRACTICE), others=others)
    typical, tolerance = beside.on(default_chain()), default_safety().tolerance
    normals: Normals = lambda drug: lambda name: np.zeros(persons)  # noqa: E731  (no drug with spread of this kind)
    exposed = exposure({"esketamine": (Route.NASAL,)}, people, normals, brain=typical.brain, tolerance=tolerance)
    exposed, given = beside.states(with_transporters(exposed, normals, [TABLET]))
    given += given_daily([Daily(TABLET, tablets, 0.0, ON_TABLETS)], persons)
    visits = [Session(24.0 * day, Route.NASAL, 0.0, spray[:, place]) for place, day in enumerate(DOSE_DAYS)]
    chain = typical.reading(exposed.linear.outputs).with_traits(
        people.gain / float(typical.severity.gain), people.serotonergic
    )
    return FullCrowd(people, exposed, chain, [*exposed.events(visits), *events_of(exposed, given)])


def _one_of(strengths: tuple[float, ...], u: np.ndarray) -> np.ndarray:
    """Return one of some strengths, all alike likely, for each uniform number."""
    return np.asarray(strengths)[np.floor(u * len(strengths)).astype(int)]
