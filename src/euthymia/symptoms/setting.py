"""Where people are treated: care in a clinic with dosing sessions is not the care of a visit for tablets."""

from __future__ import annotations

from enum import StrEnum

from euthymia.evidence import Record

UNITS = {
    "care_mean": "points",
    "care_sd": "points",
    "tau_care": "d",
    "shape_care": "1",
    "omega_care": "1",
    "sd_visit": "points",
}  # what differs between settings, in the units of the amplitudes record


class Setting(StrEnum):
    """What a course of treatment is built around.

    Trials with sessions bring people into a clinic for hours, often twice a week, and were fitted as such; trials of
    tablets see them for a rating. What a person's mood does without a drug is much larger in the first.
    """

    SESSIONS = "sessions"
    TABLETS = "tablets"


def under(amplitudes: Record, setting: Setting) -> Record:
    """Return the amplitudes of a setting: those of care and of the fluctuation between visits.

    Args:
        amplitudes: The amplitudes record, in which sessions have the plain names and tablets names of their own.
        setting: Where people are treated.
    """
    if setting is Setting.SESSIONS:
        return amplitudes
    return amplitudes.replace(**{name: amplitudes.value(f"{name}_{setting}", unit) for name, unit in UNITS.items()})
