"""Adverse-event reports: what people say of a session, a process of its own beside what is measured in it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

import equinox as eqx
import numpy as np

from euthymia.engine.mechanism import Scalar, Source


class Event(StrEnum):
    """A reported event with a model; the value names it in records."""

    DISSOCIATION = "dissociation"
    DIZZINESS = "dizziness"
    NAUSEA = "nausea"
    SEDATION = "sedation"
    BLOOD_PRESSURE = "blood_pressure"


# What each event answers to, and the unit of its slope's inverse.
SIGNALS = {
    Event.DISSOCIATION: ("peak CADSS by the drug", "points"),
    Event.DIZZINESS: ("peak dissociative effect, attenuation included", "1"),
    Event.NAUSEA: ("peak dissociative effect, attenuation included", "1"),
    Event.SEDATION: ("levels of MOAA/S lost", "1"),
    Event.BLOOD_PRESSURE: ("largest systolic rise by the cuff, beyond what is noticed", "mmHg"),
}


class Reporting(eqx.Module):
    r"""Reports at a session as a hazard.

        H = exp(omega_report p - omega_report^2 / 2) (base + slope max(signal, 0))                          (1)
        P(report at one session) = 1 - exp(-H)                                                              (2)
        P(report at any session) = 1 - exp(-sum H)                                                          (3)

    p is a standard normal of the person: who reports one thing reports another. ``base`` is what is reported under
    placebo. A rise of pressure counts from ``noticed_rise`` (mmHg) on: cuffs scatter by as much under placebo. The same
    score is reported by some and not by others, so a count of reports need not follow the dose.
    """

    sources: ClassVar = ("takahashi2021", "fedgchin2019", "citrome2020")
    base: dict[Event, Scalar]
    slope: dict[Event, Scalar]
    omega_report: Scalar
    noticed_rise: Scalar

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build from the reporting record."""
        return cls(
            base={event: record.value(f"base_{event.value}", "1") for event in Event},
            slope={
                event: record.value(f"slope_{event.value}", "1" if unit == "1" else f"1/{unit}")
                for event, (_, unit) in SIGNALS.items()
            },
            omega_report=record.value("omega_report", "1"),
            noticed_rise=record.value("noticed_rise", "mmHg"),
        )

    def proneness(self, p: np.ndarray) -> np.ndarray:
        """Return people's factors on every hazard, mean one, from standard normals."""
        return np.exp(self.omega_report * p - 0.5 * self.omega_report**2)

    def hazard(self, event: Event, signal: np.ndarray, proneness: np.ndarray) -> np.ndarray:
        """Return H of a session from the event's signal (see SIGNALS) and the person's factor."""
        return proneness * (self.base[event] + self.slope[event] * np.maximum(signal, 0.0))  # (1)

    def probability(self, hazard: np.ndarray) -> np.ndarray:
        """Return the probability of at least one report; hazards of several sessions add before."""
        return -np.expm1(-hazard)  # (2), (3)
