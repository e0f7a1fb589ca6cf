"""What people come to believe they are given, what it does to their ratings, and what they guess when asked.

In a blind phase a belief follows from the dissociation and sedation felt at the dosing visits of the phase so far, and
from the share of its people who are given the drug. In an open phase, and where everybody is given the drug, people
know. Where nobody is, there is nothing to guess. Beliefs are there whether or not a trial lets them move ratings.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from euthymia.evidence import load_record
from euthymia.safety.sedation import AWAKE
from euthymia.symptoms.expectation import Expectation, Guess, guesses, told
from euthymia.symptoms.expectation import Masking as Told
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.drug import DrugClass
from euthymia.trials.data import Guesses
from euthymia.trials.design import Arm, Masking, Phase, Trial
from euthymia.trials.dosing_visits import LENGTH, SLACK, DosingVisits
from euthymia.trials.fates import Fates


@dataclass(eq=False)
class Beliefs:
    """The beliefs of a batch's people.

    Attributes:
        trial: The design.
        visits: What is felt and seen at the dosing visits.
        fates: In which arm people are in every phase that has begun, and who was told what they are given.
        guess: How cues move belief.
        expectation: What a belief is worth.
        usual: Share of people on a drug that the response to care and sessions is known under.
    """

    trial: Trial
    visits: DosingVisits
    fates: Fates
    guess: Guess = field(default_factory=lambda: Guess.from_record(load_record("expectation")))
    expectation: Expectation = field(default_factory=lambda: Expectation.from_record(load_record("expectation")))
    usual: float = field(default_factory=lambda: load_record("expectation").value("share_placebo_controlled", "1"))
    _evidence: dict[int, np.ndarray] = field(default_factory=dict)
    _belief: dict[int, np.ndarray] = field(default_factory=dict)

    def change(self, t: float, window: float, tau: float) -> np.ndarray:
        """Return what belief does to severity at ``t``, or its mean over the window before, points, [person].

        Args:
            t: When, h; a session counts from its end on.
            window: Length of the window that a rating looks back on, h; 0 is the moment itself.
            tau: Time constant with which a session's effect, and with it the belief, fades, h.
        """
        schedule = self.visits.schedule
        found, until = np.zeros(self.visits.people.count), np.full(self.visits.people.count, float(t))
        for row in np.flatnonzero(schedule.t + LENGTH <= t + SLACK)[::-1]:
            begin = float(schedule.t[row])
            share, known = self._share(self._phase(begin)), self._known(self._phase(begin), begin)
            who = schedule.attended[row] & (until > begin) & (until >= t if window == 0.0 else until > t - window)
            if who.any() and share > 0.0:
                remains = _remains(begin, until[who], t, window, tau)
                against = share if known is None else self.usual
                found[who] += self.expectation.change(self.belief(int(row))[who], against, remains)
                if known is None:
                    self._tell(found, int(row), who, until, t, window, tau)
            until[who] = begin
        return found

    def belief(self, row: int) -> np.ndarray:
        """Return probabilities of having been given the drug, in people's own eyes, after a session, [person]."""
        if row not in self._belief:
            times = self.visits.schedule.t
            phase = self._phase(float(times[row]))
            belief = self._known(phase, float(times[row]))
            if belief is None:
                evidence = np.stack([self._said(at) for at in range(row + 1) if times[at] >= phase.start])
                belief = self.guess.belief(evidence, self._share(phase), self.visits.draw.normal("belief")[:, 0])
            self._belief[row] = belief
        return self._belief[row]

    def guesses(self, phase: Phase, attended: np.ndarray, shape: tuple[int, int]) -> Guesses:
        """Return what people answer after their last dosing visit of a blind phase, as long as nobody told them.

        Args:
            phase: The phase.
            attended: Who was at which session, [session, person].
            shape: Replicates and subjects, as which the people are arranged.
        """
        times, count = self.visits.schedule.t, self.visits.people.count
        asked, belief = np.zeros(count, dtype=bool), np.full(count, np.nan)
        blind = self._known(phase, phase.start) is None and self._share(phase) > 0.0
        here = self.fates.phases[phase.name]
        for row in np.flatnonzero((times >= phase.start) & (times < phase.end) & blind):
            there = attended[row] & (here.arm >= 0) & (here.told > times[row])
            asked |= there
            belief[there] = self.belief(int(row))[there]
        says = guesses(np.where(asked, belief, 0.0), self.visits.draw(f"guess {phase.name}")[:, 0])
        return Guesses(asked.reshape(shape), belief.reshape(shape), (says & asked).reshape(shape))

    def _known(self, phase: Phase, t: float) -> np.ndarray | None:
        """Return the beliefs of people who know what they get, [person]; None in a blind phase with something to guess.

        What sessions and care do is known from trials with a control: certainty counts from the usual belief in those.
        """
        if phase.masking is Masking.BLIND and self._share(phase) < 1.0:
            return None
        return self._sure(phase, t)

    def _sure(self, phase: Phase, t: float) -> np.ndarray:
        """Return what people would believe who know what they are given at ``t`` hours, [person]."""
        place = self.fates.phases[phase.name].acting(t)
        on_drug = np.isin(place, [number for number, arm in enumerate(phase.arms) if given_drug(arm)])
        belief = np.zeros(place.size)
        return np.where(on_drug, told(Told.TOLD_DRUG, belief), told(Told.TOLD_CONTROL, belief))

    def _tell(
        self, found: np.ndarray, row: int, who: np.ndarray, until: np.ndarray, t: float, window: float, tau: float
    ) -> None:
        """Put knowledge in the place of belief for those who were told, from then on; see `change`."""
        begin = float(self.visits.schedule.t[row])
        phase = self._phase(begin)
        since = np.maximum(self.fates.phases[phase.name].told, begin)
        knows = who & ((since <= t) if window == 0.0 else (since < until))
        if knows.any():
            remains = _remains(begin, until[knows], t, window, tau, since[knows])
            found[knows] += self.expectation.change(self._sure(phase, begin)[knows], self.usual, remains)
            found[knows] -= self.expectation.change(self.belief(row)[knows], self._share(phase), remains)

    def _said(self, row: int) -> np.ndarray:
        """Return what a session says for the drug, log odds, [person]; NaN for those who were not there."""
        if row not in self._evidence:
            exposure, seen = self.visits.seen(row)
            evidence = self.guess.evidence(exposure.CADSS.max(1), AWAKE - seen.MOAAS)
            self._evidence[row] = np.where(self.visits.schedule.attended[row], evidence, np.nan)
        return self._evidence[row]

    def _phase(self, t: float) -> Phase:
        return next(phase for phase in reversed(self.trial.phases) if phase.start <= t)

    def _share(self, phase: Phase) -> float:
        """Return the share of a phase's people who are given the drug, as its allocation has it."""
        weights = [arm.entry.weight if arm.entry else float(arm.n or 0) for arm in phase.arms]
        drug = sum(weight for weight, arm in zip(weights, phase.arms, strict=True) if given_drug(arm))
        return drug / sum(weights)


def given_drug(arm: Arm) -> bool:
    """Tell whether an arm is given the drug that people guess about; an active placebo is none."""
    return any(find_drug(name).kind is DrugClass.RAPID for name in {dose.drug for dose in arm.regimen.doses})


def _remains(
    begin: float, until: np.ndarray, t: float, window: float, tau: float, since: np.ndarray | float = -np.inf
) -> np.ndarray:
    """Return what remains of a session's effect at ``t``, or what it adds to the mean over a window until the next.

    With ``since`` only what it adds from then on counts.
    """
    if window == 0.0:
        return np.full(until.size, np.exp(-(t - begin) / tau))
    first = np.maximum(max(t - window, begin), since) - begin
    return tau * (np.exp(-first / tau) - np.exp(-(until - begin) / tau)) / window
