"""What a trial estimates, as ICH E9(R1) asks for it: variable, people, intercurrent events, summary; frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class IntercurrentEvent(StrEnum):
    """What happens after randomisation and bears on what is measured, as far as a simulated trial has it."""

    DISCONTINUATION = "discontinuation"
    RESCUE = "rescue"
    SWITCH = "switch"


NOT_SIMULATED = {
    "death": "nobody dies in a simulated trial",
}


class Strategy(StrEnum):
    """How an intercurrent event is taken into the question."""

    TREATMENT_POLICY = "treatment policy"
    HYPOTHETICAL = "hypothetical"
    COMPOSITE = "composite"
    WHILE_ON_TREATMENT = "while on treatment"
    PRINCIPAL_STRATUM = "principal stratum"


NO_STRATUM = (
    "who would have stayed on either treatment is seen in nobody, and no analysis here claims to know it; "
    "ask for another strategy"
)


class SummaryMeasure(StrEnum):
    """What the arms' outcomes are boiled down to."""

    MEAN_DIFFERENCE = "difference in means"
    RISK_DIFFERENCE = "risk difference"
    ODDS_RATIO = "odds ratio"
    HAZARD_RATIO = "hazard ratio"


_HAD = {
    IntercurrentEvent.DISCONTINUATION: "left",
    IntercurrentEvent.RESCUE: "been rescued",
    IntercurrentEvent.SWITCH: "changed arm",
}
_DID = {**_HAD, IntercurrentEvent.RESCUE: "were rescued"}
_ITSELF = {
    IntercurrentEvent.DISCONTINUATION: "leaving",
    IntercurrentEvent.RESCUE: "rescue",
    IntercurrentEvent.SWITCH: "a change of arm",
}


@dataclass(frozen=True)
class Handling:
    """One intercurrent event and the strategy for it."""

    event: IntercurrentEvent
    strategy: Strategy

    @property
    def words(self) -> str:
        """Return the event and the strategy as a phrase."""
        had, did, itself = _HAD[self.event], _DID[self.event], _ITSELF[self.event]
        said = {
            Strategy.TREATMENT_POLICY: f"whether or not people {did}",
            Strategy.HYPOTHETICAL: f"as if nobody had {had}",
            Strategy.COMPOSITE: f"{itself} counting as failure",
            Strategy.WHILE_ON_TREATMENT: f"by what was seen of people until they {did}",
            Strategy.PRINCIPAL_STRATUM: "in those who would have stayed in either arm",
        }[self.strategy]
        return f"{said} ({self.event}: {self.strategy})"


@dataclass(frozen=True)
class Estimand:
    """The question behind an estimate.

    Attributes:
        variable: What is measured, with its scale, for example ``"change of the MADRS from baseline"``.
        visit: When, the label of a visit; empty for a time to an event.
        population: Whom it is about.
        arm: The treatment.
        reference: What it is compared with.
        handling: Each intercurrent event with its strategy.
        summary: How arms are compared.
    """

    variable: str
    visit: str
    population: str
    arm: str
    reference: str
    handling: tuple[Handling, ...]
    summary: SummaryMeasure

    @property
    def words(self) -> str:
        """Return the whole question as one phrase."""
        when = f" at {self.visit}" if self.visit else ""
        events = "; ".join(one.words for one in self.handling)
        return (
            f"{self.summary} of the {self.variable}{when}, {self.arm} against {self.reference}, "
            f"in people with {self.population}, {events}"
        )
