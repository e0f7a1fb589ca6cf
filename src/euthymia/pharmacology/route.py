"""The ways into a body, one word each: the words are those of schedules, data files and models alike."""

from __future__ import annotations

from enum import StrEnum


class Route(StrEnum):
    """The way a dose enters the body."""

    NASAL = "nasal"
    INTRAVENOUS = "iv"
    ORAL = "oral"
    INTRAMUSCULAR = "im"
    SUBCUTANEOUS = "sc"
    SUBLINGUAL = "sublingual"
    RECTAL = "rectal"
