"""The people and the schedule that every engine is measured on: 84 days, 16 spray visits, 30 times to report."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from euthymia.engine import ensemble
from euthymia.engine.linear import Event, Linear
from euthymia.engine.mechanism import Scalar
from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.models.chain import Chain
from euthymia.models.defaults import default_chain
from euthymia.models.kinetics import KINETIC_STATES, TARGET, kinetics
from euthymia.pharmacology.absorption import NasalDevice
from euthymia.pharmacology.disposition import Esketamine
from euthymia.safety.dissociation import AcuteTolerance

DAYS = 84
DOSE_DAYS = (0, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49, 56, 63, 70, 77)  # twice weekly, then weekly
STRENGTHS = (28.0, 56.0, 84.0)  # mg: one, two or three devices
OMEGA_GAIN = 0.5  # spread of the size of effect, log scale
PEAK = 40.0 / 60.0  # h after the first device at which plasma is compared
PEAKS = tuple(24.0 * day + PEAK for day in DOSE_DAYS)
VISITS = (2.0, 24.0, *(24.0 * day for day in range(7, DAYS + 1, 7)))
REPORT = np.array(sorted((*PEAKS, *VISITS)))


@dataclass(frozen=True)
class Crowd:
    """Virtual people with what they are given.

    Attributes:
        body: Disposition, [person] where people differ.
        FRn: Nasal fraction of the first device, [person].
        tolerance: Acute tolerance.
        chain: The nonlinear part, with each person's gain.
        events: What is given, amounts [person].
    """

    body: Esketamine
    FRn: np.ndarray
    tolerance: AcuteTolerance
    chain: Chain
    events: list[Event]

    @property
    def persons(self) -> int:
        """Number of people."""
        return len(np.asarray(self.chain.severity.gain))

    @cached_property
    def linear(self) -> Linear:
        """The kinetics of everybody."""
        return kinetics(self.body, self.chain.brain, self.tolerance, self.persons)

    @cached_property
    def group(self) -> ensemble.Group:
        """Everybody, ready for the structured engine."""
        return ensemble.group(self.linear, self.chain)


def draw(persons: int, *, seed: int = 1, first: int = 0) -> Crowd:
    """Return people drawn with the between-subject spread of the evidence, each with 16 doses of a random strength.

    Args:
        persons: How many.
        seed: Seed of the named streams.
        first: Number of the first person; person 7 is the same whoever else is drawn.
    """
    stream, last = Stream(seed).fold("crowd"), first + persons
    record = load_record("esketamine")

    def individual(name: str) -> Scalar:
        parameter = record[name]
        if not parameter.omega:
            return parameter.value
        return parameter.value * np.exp(parameter.omega * stream.normal(name, first, last)[:, 0])

    body = Esketamine(**{name: individual(name) for name in Esketamine.parameters()})
    FRn = record["FRn"]
    logit = math.log(FRn.value / (1.0 - FRn.value)) + FRn.omega * stream.normal("FRn", first, last)[:, 0]
    nasal = 1.0 / (1.0 + np.exp(-logit))
    events = _events(NasalDevice.from_record(record), nasal, stream, first, last)
    gain = np.exp(OMEGA_GAIN * stream.normal("gain", first, last)[:, 0])
    tolerance = AcuteTolerance.from_record(load_record("dissociation"))
    return Crowd(body, nasal, tolerance, default_chain().with_gain(gain), events)


def with_equal_rates(gap: float) -> Crowd:
    """Return one person whose nasal absorption is as fast as a mode of disposition, but for ``gap`` (1/h).

    At a gap of 0 the matrix has no basis of eigenvectors, and near it the closed form in modes loses its digits.
    """
    person = draw(1)
    central, liver = KINETIC_STATES.index("c"), KINETIC_STATES.index("hep")
    rates = -np.linalg.eigvals(person.linear.matrix[0, central : liver + 1, central : liver + 1]).real
    return replace(person, body=replace(person.body, ka_n=np.array([rates.max() + gap])))


def _events(device: NasalDevice, FRn: np.ndarray, stream: Stream, first: int, last: int) -> list[Event]:
    drawn = stream.uniform("dose", first, last, len(DOSE_DAYS))
    strength = np.asarray(STRENGTHS)[np.floor(drawn * len(STRENGTHS)).astype(int)]
    found: list[Event] = []
    for visit, day in enumerate(DOSE_DAYS):
        amount = strength[:, visit]
        found += device.events(24.0 * day, amount, FRn, mucosa=TARGET.mucosa, swallowed=TARGET.swallowed)
    return found
