"""What happens to people by rule: rescue, another arm, an end of treatment or of the trial; frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from euthymia.treatment.regimen import Regimen


class Action(StrEnum):
    """What a rule does to a person."""

    RESCUE = "rescue"
    SWITCH = "switch"
    STOP = "stop"
    LEAVE = "leave"


class Leaving(IntEnum):
    """Why somebody left the trial, or stopped the study treatment; kept as small numbers in arrays."""

    STAYED = -1
    INEFFICACY = 0
    ADVERSE_EVENT = 1
    ADMINISTRATIVE = 2
    UNSTATED = 3  # by a hazard that knows no reasons

    @property
    def words(self) -> str:
        """Return the reason in words; empty for those who stayed."""
        return {
            Leaving.STAYED: "",
            Leaving.INEFFICACY: "lack of efficacy",
            Leaving.ADVERSE_EVENT: "adverse event",
            Leaving.ADMINISTRATIVE: "administrative",
            Leaving.UNSTATED: "reason not simulated",
        }[self]


@dataclass(frozen=True)
class Rule:
    """What happens to people of an arm at a visit when all of the rule's conditions hold; once to each of them.

    Attributes:
        action: What happens.
        at: Labels of the visits at which it is decided.
        fall_below: The trial's scale fell by less than this fraction since the start of the phase; None for any fall.
        MADRS_min: The MADRS at the visit is at least this, points; None for any.
        intolerable: Whether only people whose last dosing visit was intolerable are meant.
        share: Of those whom the conditions first apply to, how many it happens to; None for all of them.
        regimen: What rescue gives besides the arm's own treatment; its day 1 starts with the visit.
        to_arm: The arm of the same phase as whose people those who switch go on; empty for other actions.
        unblinds: Whether people know from then on what they are given.
    """

    action: Action
    at: tuple[str, ...]
    fall_below: float | None = None
    MADRS_min: float | None = None
    intolerable: bool = False
    share: float | None = None
    regimen: Regimen | None = None
    to_arm: str = ""
    unblinds: bool = False

    @property
    def conditional(self) -> bool:
        """Tell whether the rule asks anything of a person."""
        return self.fall_below is not None or self.MADRS_min is not None or self.intolerable

    @property
    def reason(self) -> Leaving:
        """Return why people leave or stop by this rule, as its conditions say."""
        if self.intolerable:
            return Leaving.ADVERSE_EVENT
        return Leaving.INEFFICACY if self.conditional else Leaving.ADMINISTRATIVE
