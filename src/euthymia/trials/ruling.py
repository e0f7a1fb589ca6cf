"""The rules of arms at work: who meets a rule at a visit, and what then happens to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from euthymia.trials.design import Arm, Phase, Trial, visits_of
from euthymia.trials.draws import Draws
from euthymia.trials.fates import Fates
from euthymia.trials.rescue import rescue_given
from euthymia.trials.rules import Action, Rule
from euthymia.trials.schedule import Schedule
from euthymia.trials.tablets import Tablets
from euthymia.trials.therapy import Taught


@dataclass(frozen=True)
class Told:
    """What a visit tells of people; each is asked only where a rule needs it, [person].

    Attributes:
        fall: Fall of the trial's scale since the start of the phase, as a fraction of the total then.
        MADRS: MADRS total, points.
        intolerable: Whether the last dosing visit of the phase was.
    """

    fall: Callable[[], np.ndarray]
    MADRS: Callable[[], np.ndarray]
    intolerable: Callable[[], np.ndarray]


def meets(rule: Rule, told: Told, persons: int) -> np.ndarray:
    """Return who meets all conditions of a rule, [person].

    Args:
        rule: The rule; one without conditions is met by everybody.
        told: What the visit tells.
        persons: How many people.
    """
    found = np.ones(persons, dtype=bool)
    if rule.fall_below is not None:
        found &= told.fall() < rule.fall_below
    if rule.MADRS_min is not None:
        found &= told.MADRS() >= rule.MADRS_min
    if rule.intolerable:
        found &= told.intolerable()
    return found


@dataclass(eq=False)
class Ruling:
    """The rules of a batch.

    Attributes:
        trial: The design.
        fates: What has become of people; changed by rules.
        schedule: Their sessions; changed by rules.
        tablets: What they take at home; likewise.
        taught: Their therapy; likewise.
        weight: Body weights, kg, [person].
        draw: Their draws.
    """

    trial: Trial
    fates: Fates
    schedule: Schedule
    tablets: Tablets
    taught: Taught
    weight: np.ndarray
    draw: Draws

    def times(self) -> set[float]:
        """Return the times at which any rule is decided, h."""
        return {
            visit.t
            for phase in self.trial.phases
            for visit in visits_of(self.trial, phase)
            if any(visit.label in rule.at for arm in phase.arms for rule in arm.rules)
        }

    def at_visit(self, phase: Phase, t: float, told: Told) -> None:
        """Do what the rules of a phase say at its visit at ``t`` hours."""
        label = next((visit.label for visit in visits_of(self.trial, phase) if visit.t == t), None)
        acting = self.fates.phases[phase.name].acting(t)
        for place, arm in enumerate(phase.arms):
            for number, rule in enumerate(arm.rules):
                if label in rule.at:
                    self._rule(phase, arm, number, acting == place, told, t)

    def _rule(self, phase: Phase, arm: Arm, number: int, mine: np.ndarray, told: Told, t: float) -> None:
        """Let one rule act on those who meet it for the first time; of these it happens to a share."""
        rule, here = arm.rules[number], self.fates.phases[phase.name]
        there = self.fates.left > t if rule.action in (Action.RESCUE, Action.LEAVE) else self.fates.treated(t)
        acted = here.acted.get((arm.name, number), np.zeros(self.fates.persons, dtype=bool))
        met = mine & there & ~acted & meets(rule, told, self.fates.persons)
        here.acted[arm.name, number] = acted | met
        who = met & (self.draw(f"rule {number} of {arm.name}")[:, 0] < (1.0 if rule.share is None else rule.share))
        self._act(phase, rule, who, t)
        if rule.unblinds:
            here.told = np.where(who, np.minimum(here.told, t), here.told)

    def _act(self, phase: Phase, rule: Rule, who: np.ndarray, t: float) -> None:
        match rule.action:
            case Action.LEAVE:
                self.fates.leave(phase.name, who, t, rule.reason)
            case Action.STOP:
                self.fates.stop(phase.name, who, t, rule.reason)
            case Action.RESCUE:
                self._rescue(phase, rule, who, t)
            case Action.SWITCH:
                self._switch(phase, rule.to_arm, who, t)

    def _rescue(self, phase: Phase, rule: Rule, who: np.ndarray, t: float) -> None:
        here = self.fates.phases[phase.name]
        here.rescued = np.where(who, np.minimum(here.rescued, t), here.rescued)
        doses = next(given for decided, given in rescue_given(self.trial, phase, rule) if decided == t)
        self.schedule.add(doses, who, self.weight)
        self.tablets.add(doses, who)

    def _switch(self, phase: Phase, to_arm: str, who: np.ndarray, t: float) -> None:
        """Let people go on as those of another arm; until then they had what their own arm has."""
        place = next(number for number, arm in enumerate(phase.arms) if arm.name == to_arm)
        self.fates.phases[phase.name].move(who, place, t)
        moves = np.where(who, t, np.inf)
        self.schedule.stop(moves)
        self.taught.stop(moves)
        self.tablets.switch(who, t)
        self.schedule.assign(phase.arms[place], who, self.weight, since=t)
        self.tablets.assign(phase.arms[place], phase, who, since=t)
        self.taught.assign(phase.arms[place], phase, who, since=t)
