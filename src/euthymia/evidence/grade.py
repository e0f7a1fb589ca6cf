"""How surely a number is known: the four grades of evidence, and the scales of differences between people."""

from __future__ import annotations

from enum import Enum


class Grade(Enum):
    """Who stands behind a number."""

    PATIENTS = "measured in patients"
    ANIMALS = "measured in animals"
    FITTED = "fitted by us"
    ASSUMED = "assumed"

    @property
    def measured(self) -> bool:
        """Whether somebody measured it, so that a source must be named."""
        return self in (Grade.PATIENTS, Grade.ANIMALS)


class Scale(Enum):
    """The scale on which people differ from the typical value by a normal deviate."""

    LOG = "log"
    LOGIT = "logit"
    ADDITIVE = "additive"
