"""What the same exposure does besides: dissociation, pressure, sedation, responsiveness, memory, breathing, liking."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

import numpy as np

from euthymia.engine.course import Series, Told, made
from euthymia.evidence import load_record
from euthymia.models.defaults import Safety
from euthymia.models.dosing import STUDY_DRUG
from euthymia.models.exposure import SEDATIVE, Exposure
from euthymia.models.sites import OF_RACEMATE, OF_S, USE
from euthymia.pharmacology.body import Blood
from euthymia.safety.abuse import DrugLiking
from euthymia.safety.anaesthesia import Anaesthesia
from euthymia.safety.memory import Encoding
from euthymia.safety.respiration import Respiration
from euthymia.safety.sedation import AWAKE, Sedation

S_IN_BLOOD = ("S-ketamine", STUDY_DRUG)  # the racemate's S-form, and what esketamine is


def harms(
    safety: Safety,
    exposed: Exposure,
    values: Mapping[str, np.ndarray],
    visit: np.ndarray,
    sensitivity: np.ndarray,
    only: Collection[str] | None = None,
) -> dict[str, Series]:
    """Return the harms of a course, each [person, time], all of a typical person but for the size of dissociation.

    Breathing follows the level of S-ketamine itself; what is net of acute tolerance are dissociation, pressure and
    sedation. No other depressant of breathing is among the drugs of a course.

    Args:
        safety: Dissociation and pressure.
        exposed: The drugs in the people, with the sites of `with_sites`.
        values: Outputs of the linear system, [person, time].
        visit: Number of the dosing visit, [time].
        sensitivity: Personal factor on dissociation, [person].
        only: Names of those that are wanted; all when None.
    """
    link, felt = safety.dissociation, values[exposed.felt]
    z = np.asarray(link.drive(felt, values["tolerance"]))
    sedation = Sedation.from_record(load_record("sedation"))
    midazolam = sum((values[name] for name in exposed.outputs(SEDATIVE)), start=np.zeros(()))
    record = load_record("anaesthesia")
    curve, memory = Anaesthesia.from_record(record), Encoding.from_record(record)
    breathing = Respiration.from_record(load_record("respiration"))
    liking = DrugLiking.from_record(load_record("abuse"))

    @cache
    def depth() -> np.ndarray:
        return np.asarray(curve.depth(racemate=_positive(values[OF_RACEMATE]), S=_positive(values[OF_S])))

    def S_level() -> np.ndarray:
        return sum((_positive(values[name]) for name in _in_blood(exposed)), start=np.zeros_like(felt))

    told: dict[str, Told] = {
        "CADSS": (
            lambda: link.score(link.effect(z), visit, sensitivity[:, None]),
            "points",
            "Dissociation (CADSS)",
        ),
        "SBP change": (lambda: safety.pressure.systolic(z), "mmHg", "Rise of systolic pressure"),
        "DBP change": (lambda: safety.pressure.diastolic(z), "mmHg", "Rise of diastolic pressure"),
        "sedation": (
            lambda: sedation.probability(sedation.drive(z, midazolam), 0.0, AWAKE - 1),
            "1",
            "Chance of any sedation (MOAA/S below 5)",
        ),
        "unresponsive": (lambda: curve.unresponsive(depth()), "1", "Chance of not responding (anaesthesia)"),
        "memory": (lambda: memory.stored(depth()), "1", "Chance that a moment is remembered"),
        "ventilation": (lambda: breathing.ventilation(S_level()), "L/min", "Minute ventilation"),
        "drug liking": (
            lambda: liking.liking(_positive(felt), _positive(values[USE])),
            "points",
            "Drug liking (50 is neutral)",
        ),
    }
    return made(told, only)


def _positive(level: np.ndarray) -> np.ndarray:
    """Return a level without the rounding that lets an empty site stand a hair below nothing."""
    return np.maximum(level, 0.0)


def _in_blood(exposed: Exposure) -> list[str]:
    """Return the outputs that are S-ketamine in blood."""
    return [
        level.output for level in exposed.levels if level.substance in S_IN_BLOOD and level.blood is not Blood.EFFECT
    ]
