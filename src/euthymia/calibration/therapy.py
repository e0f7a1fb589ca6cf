"""Fitting the size of therapy: how many points learned skills are worth, from pooled trials of behavioural therapy.

The trials are unblinded and their patients milder than those of the ketamine trials, so the number belongs beside
waiting lists and care as usual, never beside a pill placebo.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.evidence import load_record
from euthymia.plasticity.learning import Learning, LearningInput, Protection, Sessions, every
from euthymia.plasticity.spines import SpineInput, Spines, SpineState

# Rows S0401 and S0402: mean HAMD17 after therapy and in the controls, 58 comparisons, at a median of about 10 weeks.
HAMD17_THERAPY, HAMD17_CONTROL = 8.7, 13.4
STRESS = 1.0  # the episode goes on in both arms
STEP = 6.0  # h


@dataclass(frozen=True)
class Therapy:
    """What the fit found.

    Attributes:
        a_lrn: Effect of all learned skills, points.
        lrn: Skills at the end of the course.
        grown: Spines that skills have kept by then, above the depressed rest.
        target: Difference between the arms, MADRS points.
    """

    a_lrn: float
    lrn: float
    grown: float
    target: float


def fit_therapy() -> Therapy:
    """Return the effect of skills that makes a course of weekly sessions differ from control as published.

    What skills do by keeping spines from stress is taken first, at the size that the ketamine trials give to
    connections (``amplitudes.gain``); the rest is the skills' own.
    """
    plasticity, therapy = load_record("plasticity"), load_record("therapy")
    link = load_record("oral_antidepressant").value("MADRS_per_HAMD17", "1")
    course = therapy.value("course", "h")
    interval = therapy.value("interval", "h")
    sessions = every(interval, round(course / interval), first=0.0, practice=therapy.value("practice", "h"))
    lrn, grown = after_therapy(sessions, course)
    target = link * (HAMD17_CONTROL - HAMD17_THERAPY)
    by_spines = load_record("amplitudes").value("gain", "1") * plasticity.value("a_spn", "points") * grown
    return Therapy(a_lrn=(target - by_spines) / lrn, lrn=lrn, grown=grown, target=target)


def after_therapy(sessions: Sessions, hours: float) -> tuple[float, float]:
    """Return skills, and spines above the depressed rest, after ``hours`` of therapy without a drug."""
    plasticity = load_record("plasticity")
    learning, protection = Learning.from_record(plasticity), Protection.from_record(plasticity)
    spines = Spines.from_record(plasticity)
    rest = spines.resting()
    lrn, spn = 0.0, float(rest)
    for middle in np.arange(0.5 * STEP, hours, STEP):
        before = lrn
        inputs = LearningInput(float(sessions.intensity(middle)), spn / float(rest) - 1.0)
        lrn = float(learning.after(lrn, inputs, STEP))
        felt = protection.felt(STRESS, 0.5 * (before + lrn))
        (rate,), (drive,) = spines.relaxation(0.0, SpineState(spn), SpineInput(0.0, felt))
        spn = float(drive / rate + (spn - drive / rate) * np.exp(-rate * STEP))
    return lrn, spn - float(rest)
