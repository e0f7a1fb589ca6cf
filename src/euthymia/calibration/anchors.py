"""What is known from outside the trials on file: the pooled course of tablets, occupancy, and serotonin in rats."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from euthymia.calibration.cascade import Tracks, Values, chain_with, course, occupied, side_by_side
from euthymia.calibration.fixed import GRID, Lanes
from euthymia.calibration.oral import BASELINE, WEEK, published_course
from euthymia.engine.grid import segments
from euthymia.engine.linear import respond
from euthymia.evidence import load_record
from euthymia.models.accounts import Mechanism
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.exposure import exposure
from euthymia.models.following import events_of
from euthymia.models.transporters import USUAL, Daily, given_daily, with_transporters
from euthymia.patients.population import typical
from euthymia.plasticity.serotonin import SerotoninInput

TIMES = (WEEK, 6.0 * WEEK)  # h, at which the pooled course is known
SETTLING = 60  # rounds towards the sensitivity of autoreceptors under lasting serotonin; each halves what is left


@dataclass(frozen=True)
class Anchor:
    """A published number outside the trials.

    Attributes:
        name: What it is.
        row_id: Where it is from.
        published: As printed, or turned into the unit of the model.
        se: Its standard error.
    """

    name: str
    row_id: str
    published: float
    se: float


@cache
def anchors() -> tuple[Anchor, ...]:
    """Return the anchors, in the order of `predicted`."""
    record, of_tablets = load_record("calibration"), load_record("oral_antidepressant")
    pooled, rats = published_course(), load_record("serotonin")
    printed = of_tablets["difference_HAMD17"].cv or 0.0
    spread = float(np.hypot(printed, record.value("cv_link", "1"))) * abs(pooled.week6)
    animals = record.value("cv_animals", "1")
    rise = rats.value("chronic_rise", "1")
    own = rats.value("chronic_rise_spread", "1") / rise
    block = rats.value("block_of_acute_rise", "1")
    return (
        Anchor("difference of a usual antidepressant from placebo at week 6, points", "S0001", pooled.week6, spread),
        Anchor(
            "share of it that is there at week 1",
            "S0003",
            pooled.week1 / pooled.week6,
            record.value("se_week1", "1"),
        ),
        Anchor(
            "occupied transporters at a usual dose",
            "sert.theta_usual",
            load_record("sert").value("theta_usual", "1"),
            record.value("se_occupancy", "1"),
        ),
        Anchor(
            "serotonin after weeks of such a dose, relative to rest",
            "hervas2001",
            rise,
            rise * float(np.hypot(own, animals)),
        ),
        Anchor("factor of an acute autoreceptor blocker on the rise", "hervas2001", block, block * animals),
    )


def predicted(values: Values, mechanism: Mechanism = Mechanism.DISINHIBITION) -> Array:
    """Return the anchors as the model has them, [anchor].

    Args:
        values: Sizes by full name, in the units of their records.
        mechanism: The account of how treatment works.
    """
    tracks, places = _tablets()
    sev, _ = course(tracks, values, mechanism=mechanism)
    week1, week6 = (sev[at, 0] for at in places)
    one = jnp.ones(1)
    serotonin = chain_with(values, one, one, mechanism).serotonin
    theta = occupied(values, tracks.bound[1][-1, 0], tracks.load[1][-1, 0])
    taken = SerotoninInput(theta)

    def settle(AR: Array, _: None) -> tuple[Array, None]:
        return 0.5 * (AR + serotonin.target(serotonin.HT(AR, taken))), None

    AR, _ = jax.lax.scan(settle, one[0], length=SETTLING)
    acute = serotonin.HT(one[0], taken) - 1.0
    unopposed = serotonin.HT(1e-6 * one[0], taken) - 1.0
    return jnp.stack([week6, week1 / week6, theta, serotonin.HT(AR, taken), unopposed / acute])


@cache
def _tablets() -> tuple[Tracks, tuple[int, ...]]:
    """Return a typical person on the usual dose, and where the two weeks are on the grid."""
    who = typical(BASELINE)
    chain = default_chain()

    def nobody(drug: str):
        return lambda purpose: np.zeros(1)

    exposed = exposure({}, who, nobody, brain=chain.brain, tolerance=default_safety().tolerance)
    exposed = with_transporters(exposed, nobody, [USUAL])
    given = events_of(exposed, given_daily([Daily(USUAL, 1.0, 0.0, TIMES[-1])], who.count))
    reading = chain.reading(exposed.linear.outputs)
    t = segments(0.0, TIMES[-1], doses=[0.0], breaks=TIMES, resolution=GRID)
    outputs = np.moveaxis(respond(exposed.linear, given, t), 0, -1)
    places = (reading.reads.bound, reading.reads.load)
    bound, load = (outputs[place] for place in places if place is not None)
    one = np.ones(1)
    lanes = Lanes(t, np.zeros_like(bound), bound, load, one, one)
    return side_by_side([lanes]), tuple(int(np.argmin(np.abs(t - at))) for at in TIMES)
