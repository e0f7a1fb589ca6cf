"""The names of the scales, and when a person counts as responding or in remission on them."""

from __future__ import annotations

from enum import Enum, StrEnum

from euthymia.evidence import load_record


class Scale(StrEnum):
    """Scales of depression; on every one of them more is worse and 0 is none."""

    MADRS = "MADRS"
    HAMD17 = "HAMD17"
    QIDS_SR16 = "QIDS-SR16"
    PHQ9 = "PHQ-9"


class Remission(Enum):
    """Definitions of remission: a scale, and the name of the highest total that still counts in the record `scales`."""

    MADRS_ESKETAMINE = (Scale.MADRS, "remission_MADRS_esketamine")
    MADRS_DOSE_RANGING = (Scale.MADRS, "remission_MADRS_dose_ranging")
    MADRS_STRICT = (Scale.MADRS, "remission_MADRS_strict")
    HAMD17 = (Scale.HAMD17, "remission_HAMD17")
    QIDS_SR16 = (Scale.QIDS_SR16, "remission_QIDS_SR16")
    PHQ9 = (Scale.PHQ9, "remission_PHQ9")

    @property
    def scale(self) -> Scale:
        """The scale of the definition."""
        return self.value[0]

    @property
    def threshold(self) -> float:
        """Highest total of a person in remission, points."""
        return load_record("scales").value(self.value[1], "points")


def usual_remission(scale: Scale) -> Remission:
    """Return the usual definition of remission on a scale; for the MADRS, that of the esketamine trials."""
    return next(definition for definition in Remission if definition.scale is scale)


def usual_fall() -> float:
    """Return the fall, as a fraction of baseline, that usually counts as response on any scale."""
    return load_record("scales").value("response_fall", "1")
