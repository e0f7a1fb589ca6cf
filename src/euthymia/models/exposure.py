"""From the drugs of a regimen to what the chain and the scales are exposed to: one linear system for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from euthymia.engine.linear import Event, Linear
from euthymia.models.condition import HEALTHY, Condition
from euthymia.models.dosing import SPRAYED, STUDY_DRUG, Session
from euthymia.models.dosing import events as inputs
from euthymia.models.joining import FELT, joined
from euthymia.models.kinetics import kinetics
from euthymia.models.taken import Normals, Taken, Takers, taken
from euthymia.pharmacology.body import Blood, Body
from euthymia.pharmacology.brain import EffectSite
from euthymia.pharmacology.route import Route
from euthymia.safety.dissociation import AcuteTolerance

SEDATIVE = ("midazolam", Blood.EFFECT)  # what sedates at a site of its own
OWN_NAMES = {"S-ketamine": "esketamine", "S-norketamine": "noresketamine"}  # after a dose of esketamine


class Level(NamedTuple):
    """A level in blood or at a site.

    Attributes:
        drug: The drug that was given.
        output: Its name among the outputs of the linear system.
        substance: What it is a level of.
        blood: Where.
    """

    drug: str
    output: str
    substance: str
    blood: Blood

    @property
    def label(self) -> str:
        """What it is, in words."""
        where = {
            Blood.ARTERIAL: "in arterial plasma",
            Blood.VENOUS: "in venous plasma",
            Blood.UNSTATED: "in plasma (site not stated)",
            Blood.EFFECT: "at its effect site",
        }
        return f"{self.substance[0].upper()}{self.substance[1:]} {where[self.blood]}"


@dataclass(frozen=True, eq=False)
class Exposure:
    """The drugs of a regimen in a group of people, ready for the engine.

    Attributes:
        linear: Amounts, effect sites and tolerance of everybody.
        events: Turns sessions into inputs of the system; raises ScheduleError for a dose that cannot be given as said.
        drugs: Names of the drugs.
        felt: Name of the output that dissociation follows.
        levels: The levels among the outputs, drug by drug.
    """

    linear: Linear
    events: Callable[[Sequence[Session]], list[Event]]
    drugs: tuple[str, ...]
    felt: str
    levels: tuple[Level, ...]

    def outputs(self, place: tuple[str, Blood]) -> tuple[str, ...]:
        """Return the names of the outputs that are levels of a substance at a place."""
        return tuple(level.output for level in self.levels if (level.substance, level.blood) == place)


def exposure(
    routes: Mapping[str, tuple[Route, ...]],
    who: Takers,
    normals: Normals,
    *,
    brain: EffectSite,
    tolerance: AcuteTolerance,
    condition: Condition = HEALTHY,
    bodies: Mapping[str, Body] | None = None,
) -> Exposure:
    """Return what people are exposed to.

    Without any drug, and with esketamine alone by nose or vein, the system is that of `chain.kinetics`.

    Args:
        routes: The ways in which each drug is given, by its name.
        who: The people.
        normals: Gives the standard normals of a drug's numbers.
        brain: Effect site.
        tolerance: Acute tolerance.
        condition: What else is the matter with the people.
        bodies: Other bodies than the default ones, by drug; not of esketamine.

    Raises:
        EuthymiaError: When the condition has no published effect on any of the drugs.
    """
    if condition == HEALTHY and (not routes or (set(routes) == {STUDY_DRUG} and set(*routes.values()) <= SPRAYED)):
        return _alone(who, brain, tolerance)
    return beside(taken(routes, who, normals, condition, bodies), who.count, brain, tolerance)


def beside(drugs: Mapping[str, Taken], persons: int, brain: EffectSite, tolerance: AcuteTolerance) -> Exposure:
    """Return the exposure to several drugs, or to any one of them by any of its routes."""
    whole = joined(drugs, persons, brain, tolerance)

    def events(given: Sequence[Session]) -> list[Event]:
        found = []
        for session in given:
            each, place = drugs[session.drug], whole.places[session.drug]
            own = each.body.inputs(session.route, session.t, session.amount, session.duration, each.individual)
            found += [replace(event, target=int(place[event.target])) for event in own]
        return found

    levels = (
        Level(drug, output.name, OWN_NAMES.get(output.substance, output.substance), output.blood)
        if drug == STUDY_DRUG
        else Level(drug, output.name, output.substance, output.blood)
        for drug, each in drugs.items()
        for output in each.body.outputs
    )
    return Exposure(whole.linear, events, tuple(drugs), FELT, tuple(levels))


def _alone(who: Takers, brain: EffectSite, tolerance: AcuteTolerance) -> Exposure:
    """Return esketamine alone: one site serves receptors and dissociation, and no other drug's model is loaded."""
    linear = kinetics(who.body, brain, tolerance, who.count)
    levels = tuple(
        Level(STUDY_DRUG, output, substance, Blood.VENOUS)
        for output, substance in zip(("plasma", "noresketamine"), OWN_NAMES.values(), strict=True)
    )
    return Exposure(linear, lambda given: inputs(given, who.FRn), (STUDY_DRUG,), "effect", levels)
