"""What of a conducted trial stays fixed in a fit: who its people are, what they are given, where, and what they guess.

A trial is conducted once at the present amplitudes, with even draws and nobody leaving. From then on its people keep
their standard normals, doses, sessions, beliefs and arms, and only the sizes of things move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from euthymia.calibration.even import even_draws, matched
from euthymia.engine.ensemble import Settings
from euthymia.engine.grid import Resolution, segments
from euthymia.engine.linear import respond
from euthymia.engine.stream import Stream
from euthymia.evidence import Record, load_record
from euthymia.models.accounts import Mechanism
from euthymia.models.defaults import EXCHANGED
from euthymia.patients.population import People, draw
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.setting import Setting
from euthymia.trials.batch import Batch
from euthymia.trials.data import TrialData
from euthymia.trials.design import EXPECTATION_IN_FITS, DropoutSpec, Trial
from euthymia.trials.enrolment import traits_of

AMPLITUDES = "amplitudes."  # before the name of one
PEOPLE = 96  # an arm of the first phase
MANY = 4096  # people of whom it is taken what an arm is like on average
GRID = Resolution(shortest=0.1, growth=0.25, longest=24.0)  # severities within 0.1 points
MINUTE = 40.0  # after a dose, when dissociation is read


@dataclass(frozen=True, eq=False)
class Lanes:
    """What drives the slow cascade of a group of people, on a grid of times.

    Attributes:
        t: Boundaries of the steps, h, [time].
        trigger: What starts plasticity, [time, person].
        bound: Load on serotonin transporters weighted by the largest occupancy, [time, person].
        load: The same load unweighted.
        glutamatergic: Personal factor on connections, [person].
        serotonergic: Personal factor on serotonin, [person].
    """

    t: np.ndarray
    trigger: np.ndarray
    bound: np.ndarray
    load: np.ndarray
    glutamatergic: np.ndarray
    serotonergic: np.ndarray


@dataclass(frozen=True, eq=False)
class Normals:
    """What makes people differ in their courses without a drug, each [person].

    Attributes:
        baseline: True severity at the start, points.
        care: Standard normal of the response to care; selected where treatments failed.
        speed: Standard normal of the time scale of care.
        session: Standard normal of the effect of a session.
    """

    baseline: np.ndarray
    care: np.ndarray
    speed: np.ndarray
    session: np.ndarray


@dataclass(frozen=True, eq=False)
class Rating:
    """One occasion on which everybody is rated.

    Attributes:
        t: When, h.
        window: How far the rating looks back, h.
        belief: What beliefs do to severity, points, [person].
    """

    t: float
    window: float
    belief: np.ndarray


@dataclass(frozen=True, eq=False)
class Fixed:
    """A trial whose people, doses and beliefs stand still.

    Attributes:
        trial: The design as published.
        setting: Whose care people are under.
        scale: The trial's scale, on which everything here is rated.
        lanes: What drives the cascade.
        normals: How people differ without a drug.
        sessions: Times of the dosing sessions, h, [session]; those at one time are one.
        attended: Whether people are at them, [session, person].
        ratings: The occasions, in order of time.
        data: What conducting it gave.
        amplitudes: The sizes that it was conducted with.
        CADSS: Score 40 minutes after the first dose over its gain, [person]; empty without sessions.
        mechanism: The account of how treatment works.
    """

    trial: Trial
    setting: Setting
    scale: Scale
    lanes: Lanes
    normals: Normals
    sessions: np.ndarray
    attended: np.ndarray
    ratings: tuple[Rating, ...]
    data: TrialData
    amplitudes: Record
    CADSS: np.ndarray
    mechanism: Mechanism = Mechanism.DISINHIBITION

    @property
    def persons(self) -> int:
        """Number of people."""
        return self.normals.baseline.size


def fix(
    trial: Trial,
    *,
    seed: int = 1,
    people: int = PEOPLE,
    sizes: Mapping[str, float] | None = None,
    mechanism: Mechanism = Mechanism.DISINHIBITION,
) -> Fixed:
    """Conduct a trial once and keep what a fit leaves alone.

    Args:
        trial: The design.
        seed: Seed of the named streams.
        people: In each arm of the first phase.
        sizes: Free numbers to conduct it with, by full name; those of the evidence when None.
        mechanism: The account of how treatment works under which it is conducted.
    """
    sizes = sizes or {}
    batch = conducted_evenly(trial, seed, people, sizes, mechanism)
    data = batch.conducted()
    times, place = np.unique(batch.schedule.t, return_inverse=True)
    attended = np.zeros((times.size, batch.people.count))
    np.maximum.at(attended, place, batch.schedule.attended)
    windows = {visit.t: batch._windows(visit)[trial.scale] for visit in trial.visits}
    ratings = tuple(Rating(t, window, _belief(batch, t, window)) for t, window in sorted(windows.items()))
    many = _many(batch, seed)
    first = data.safety.CADSS
    minute = list(_minutes()).index(MINUTE)
    score = first[0, :, 0, minute] if first.shape[2] else np.zeros(0)
    return Fixed(
        trial=trial,
        setting=Setting.SESSIONS if batch.schedule.t.size else Setting.TABLETS,
        scale=trial.scale,
        lanes=_like(batch, lanes_of(batch, ratings), many),
        normals=_alike(batch, normals_of(batch), many),
        sessions=times,
        attended=attended,
        ratings=ratings,
        data=data,
        amplitudes=batch.amplitudes,
        CADSS=score / batch.amplitudes.value("CADSS_gain", "points"),
        mechanism=mechanism,
    )


def conducted_evenly(
    trial: Trial,
    seed: int,
    people: int,
    sizes: Mapping[str, float],
    mechanism: Mechanism = Mechanism.DISINHIBITION,
) -> Batch:
    """Return a batch of one replicate with so many people an arm, from whom nobody leaves."""
    own = {name.removeprefix(AMPLITUDES): value for name, value in sizes.items() if name.startswith(AMPLITUDES)}
    first, *later = trial.phases
    arms = tuple(replace(arm, n=people) for arm in first.arms)
    wide = replace(trial, phases=(replace(first, arms=arms), *later), dropout=DropoutSpec())
    settings = Settings(threads=1)
    batch = Batch(
        wide,
        seed,
        range(1),
        settings,
        amplitudes=load_record("amplitudes").replace(**own),
        others={name: value for name, value in sizes.items() if name.partition(".")[0] in EXCHANGED},
        trial_effects=False,
        expectation=EXPECTATION_IN_FITS and trial.expectation,
        mechanism=None if mechanism is Mechanism.DISINHIBITION else mechanism,
        draws=even_draws(wide, seed),
    )
    batch.beliefs.trial = trial  # the share on the drug that people are told of is that of the published sizes
    return batch


def normals_of(batch: Batch, people: People | None = None) -> Normals:
    """Return the standard normals behind courses without a drug, of the batch's people or of others."""
    typical, person = batch.background, (people or batch.people).background
    omega = typical.omega_session
    return Normals(
        baseline=person.baseline,
        care=(person.care - typical.care_mean) / typical.care_sd,
        speed=np.log(person.tau_care / typical.tau_care) / typical.omega_care,
        session=(np.log(person.session / typical.session_mean) + 0.5 * omega**2) / omega,
    )


def lanes_of(batch: Batch, ratings: tuple[Rating, ...]) -> Lanes:
    """Return what drives the cascade, from the exact kinetics at the boundaries of its steps."""
    exposed, chain = batch.exposed, batch.chain
    given = [*exposed.events(batch.schedule.sessions()), *batch.tablets.events(exposed)]
    doses = [event.t for event in given]
    ends = [event.t + event.duration for event in given]
    looked = [at for one in ratings for at in (one.t, max(one.t - one.window, 0.0))]
    stop = max(one.t for one in ratings)
    t = segments(0.0, stop, doses=doses, breaks=[*ends, *looked], resolution=GRID)
    outputs = np.moveaxis(respond(exposed.linear, given, t), 0, -1)  # [output, time, person]
    drivers: dict[str, Any] = chain.fast(list(outputs))
    nothing = np.zeros(outputs.shape[1:])
    bound = nothing if chain.reads.bound is None else outputs[chain.reads.bound]
    load = nothing if chain.reads.load is None else outputs[chain.reads.load]
    shape = (batch.people.count,)
    return Lanes(
        t=t,
        trigger=np.asarray(drivers["trigger"]),
        bound=bound,
        load=load,
        glutamatergic=np.broadcast_to(chain.glutamatergic, shape),
        serotonergic=np.broadcast_to(chain.serotonergic, shape),
    )


def _many(batch: Batch, seed: int) -> list[People]:
    """Return many people of each arm, for what the few should be like on average."""
    arms = batch.trial.phases[0].arms
    stream = Stream(seed).fold("many", batch.trial.id)
    return [
        draw(stream.fold(arm.name), 0, MANY, traits_of(batch.trial, arm), amplitudes=batch.amplitudes) for arm in arms
    ]


def _alike(batch: Batch, few: Normals, many: list[People]) -> Normals:
    """Return the few with means, SDs and correlations of their normals, and their link to severity, as of the many.

    Whom treatments failed is drawn by rejection, after which even draws are even no longer.
    """
    names = ("care", "speed", "session")
    found = {name: getattr(few, name).copy() for name in names}
    for place, people in enumerate(many):
        who = batch.arm[batch.trial.phases[0].name] == place
        whole = normals_of(batch, people)
        here, there = (np.stack([getattr(one, name) for name in names]) for one in (few, whole))
        moved = matched(here[:, who], few.baseline[who], there, whole.baseline)
        for name, values in zip(names, moved, strict=True):
            found[name][who] = values
    return replace(few, **found)


def _like(batch: Batch, few: Lanes, many: list[People]) -> Lanes:
    """Return the few with the mean personal factors of the many."""
    glutamatergic, serotonergic = few.glutamatergic.copy(), few.serotonergic.copy()
    typical = batch.amplitudes.value("gain", "1")
    for place, people in enumerate(many):
        who = batch.arm[batch.trial.phases[0].name] == place
        glutamatergic[who] *= people.gain.mean() / typical / glutamatergic[who].mean()
        serotonergic[who] *= people.serotonergic.mean() / serotonergic[who].mean()
    return replace(few, glutamatergic=glutamatergic, serotonergic=serotonergic)


def _belief(batch: Batch, t: float, window: float) -> np.ndarray:
    if not batch.expectation:
        return np.zeros(batch.people.count)
    return batch.beliefs.change(t, window, batch.background.tau_session)


def _minutes() -> tuple[float, ...]:
    from euthymia.trials.data import SAFETY_MINUTES

    return SAFETY_MINUTES
