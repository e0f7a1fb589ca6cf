r"""Who leaves when, and why: hazards of each reason that depend on how people are, with the published share kept.

        h_i(k) = s sum over reasons c of h_c w_ci(k)/mean(w_c(k))                                            (1)
        mean over those still there of 1 - exp(-h_i(k) dt) = 1 - exp(-h dt)                                  (2)
        w = exp(-slope fall) for lack of efficacy, ratio^reported for adverse events, 1 for all else          (3)

h is the constant hazard that gives an arm its published share by the end of the phase, h_c the part of it that a reason
has; k an interval between two visits. fall is the fall of the trial's scale at the last rating, as a fraction of the
total at the start of the phase; reported whether any event was at the last dosing visit. Means are taken within an arm
of one replicate, and s follows from (2): in expectation every arm loses what it did without (3), and with equal weights
everybody leaves at the very time at which they would have. Reasons compete; that they depend on these two things, and
in this form, is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from euthymia.evidence import Record
from euthymia.trials.design import Phase, Trial, dropout_of
from euthymia.trials.draws import Draws
from euthymia.trials.fates import Fates
from euthymia.trials.rules import Leaving

REASONS = (Leaving.INEFFICACY, Leaving.ADVERSE_EVENT, Leaving.ADMINISTRATIVE)
NEARLY_ALL = 1.0 - 1e-12  # a share of one has no finite hazard
STEPS = 60  # of Newton's method, which comes from below and never passes the root


@dataclass(frozen=True)
class Tendency:
    """What makes people leave.

    Attributes:
        slope: Log of how much rarer leaving for lack of efficacy is after a fall of the whole baseline.
        ratio_reported: How much likelier leaving for an adverse event is once one was reported.
        share_inefficacy: Part of those who leave that does so for lack of efficacy, where a trial does not say.
        share_adverse_event: The same for adverse events.
    """

    slope: float
    ratio_reported: float
    share_inefficacy: float
    share_adverse_event: float

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """Return the tendency that the record of leaving has."""
        return cls(
            slope=record.value("slope_inefficacy", "1"),
            ratio_reported=record.value("ratio_reported", "1"),
            share_inefficacy=record.value("share_inefficacy", "1"),
            share_adverse_event=record.value("share_adverse_event", "1"),
        )

    def weights(self, fall: np.ndarray, reported: np.ndarray) -> np.ndarray:
        """Return relative hazards of the reasons, [person, reason], from fractions of baseline and whether reported."""
        worse = np.exp(-self.slope * np.clip(fall, -1.0, 1.0))
        felt = np.where(reported, self.ratio_reported, 1.0)
        return np.stack([worse, felt, np.ones_like(worse)], axis=1)  # (3)


def parts(trial: Trial, arm: str, tendency: Tendency) -> np.ndarray:
    """Return the parts that the reasons have among those who leave an arm, summing to one, [reason].

    What a trial prints goes first; what is left is shared out as in the record.

    Args:
        trial: The design.
        arm: Name of the arm.
        tendency: Usual parts.
    """
    usual = np.array([tendency.share_inefficacy, tendency.share_adverse_event, 0.0])
    usual[2] = 1.0 - usual.sum()
    everything = dropout_of(trial, arm) or 0.0
    printed = next((one for one in trial.dropout.arms if one.arm == arm), None)
    if printed is None or everything <= 0.0:
        return usual
    known = np.array(
        [np.nan if one is None else one / everything for one in (printed.inefficacy, printed.adverse_event, None)]
    )
    said = np.minimum(np.nansum(known), 1.0)
    rest = np.isnan(known)
    known[~rest] *= said / max(np.nansum(known), said) if said > 0.0 else 1.0
    known[rest] = (1.0 - said) * usual[rest] / usual[rest].sum()
    return known


def scaled(hazard: np.ndarray, who: np.ndarray, share: float) -> np.ndarray:
    """Return hazards over an interval with a common factor, so that a share of each replicate leaves in expectation.

    Args:
        hazard: Cumulated over the interval, above 0, [replicate, subject].
        who: Who counts, the same shape.
        share: Of them, how many leave in expectation, below 1.

    Returns:
        ``hazard`` times the factor of its replicate; 0 for those who do not count.
    """
    count = np.maximum(who.sum(1, keepdims=True), 1)
    hazard = np.where(who, hazard, 0.0)
    factor = np.ones_like(count, dtype=float)
    for _ in range(STEPS):
        stays = np.where(who, np.exp(-factor * hazard), 0.0)
        slope = (hazard * stays).sum(1, keepdims=True) / count
        lacks = share - (np.where(who, 1.0, 0.0) - stays).sum(1, keepdims=True) / count  # (2)
        factor = factor + np.where(slope > 0.0, lacks / np.where(slope > 0.0, slope, 1.0), 0.0)
    return factor * hazard


@dataclass(eq=False)
class Departures:
    """The departures of a batch.

    Attributes:
        trial: The design.
        fates: What has become of people; changed by departures.
        draw: Their draws.
        tendency: What makes them leave.
    """

    trial: Trial
    fates: Fates
    draw: Draws
    tendency: Tendency
    _spent: dict[str, np.ndarray] = field(default_factory=dict)

    def between(self, phase: Phase, start: float, end: float, fall: np.ndarray, reported: np.ndarray) -> None:
        """Decide who leaves from ``start`` to ``end`` (h), by how people were when it starts.

        Args:
            phase: The phase.
            start: Time of the last rating, or the start of the phase.
            end: Time of the next, or the end of the phase.
            fall: Fall of the trial's scale so far, as a fraction of its start, [person].
            reported: Whether anything was reported at the last dosing visit, [person].
        """
        arm, patience = self.fates.phases[phase.name].arm, -np.log(self.draw(f"leaving {phase.name}")[:, 0])
        spent = self._spent.setdefault(phase.name, np.zeros(arm.size))
        weights = self.tendency.weights(fall, reported)
        for place, one in enumerate(phase.arms):
            everything = min(dropout_of(self.trial, one.name) or 0.0, NEARLY_ALL)
            there = (arm == place) & (self.fates.left > start) & (spent < patience)
            if everything <= 0.0 or not there.any():
                continue
            usual = -np.log1p(-everything) / (phase.end - phase.start) * (end - start)
            hazards = self._hazards(usual, parts(self.trial, one.name, self.tendency), weights, there)
            total = hazards.sum(1)
            leaves = there & (spent + total >= patience)
            when = start + (end - start) * (patience - spent)[leaves] / total[leaves]
            self._depart(phase, leaves, when, self._reasons(phase, hazards[leaves], leaves))
            spent += total

    def _hazards(self, usual: float, share: np.ndarray, weights: np.ndarray, there: np.ndarray) -> np.ndarray:
        """Return hazards of the reasons over an interval, [person, reason]; 0 for those who are not there."""
        shape = (len(self.draw.numbers), self.draw.subjects)
        who = there.reshape(shape)
        count = np.maximum(who.sum(1), 1)[:, None, None]
        of_reason = weights.reshape(*shape, len(REASONS)) * who[..., None]
        mean = np.maximum(of_reason.sum(1, keepdims=True) / count, np.finfo(float).tiny)
        hazards = usual * share * of_reason / mean  # (1) without s
        total = hazards.sum(2)
        whole = scaled(total, who, -np.expm1(-usual))
        return (hazards * np.where(who, whole / np.where(who, total, 1.0), 0.0)[..., None]).reshape(-1, len(REASONS))

    def _reasons(self, phase: Phase, hazards: np.ndarray, who: np.ndarray) -> np.ndarray:
        """Return why people leave, by the hazards that compete, [leaver]."""
        reached = np.cumsum(hazards, axis=1) / hazards.sum(1, keepdims=True)
        chosen = (self.draw(f"reason {phase.name}")[who] >= reached).sum(1)
        return np.array(REASONS, dtype=np.int8)[np.minimum(chosen, len(REASONS) - 1)]

    def _depart(self, phase: Phase, who: np.ndarray, when: np.ndarray, why: np.ndarray) -> None:
        t, reason = np.full(who.size, np.inf), np.full(who.size, Leaving.STAYED, dtype=np.int8)
        t[who], reason[who] = when, why
        depart(self.trial, self.fates, self.draw, phase, t, reason)


def depart(trial: Trial, fates: Fates, draw: Draws, phase: Phase, t: np.ndarray, reason: np.ndarray) -> None:
    """Let people leave, or, as large a share of them as the trial follows up, only stop the study treatment.

    Who has stopped already has nothing to stop, and leaves.

    Args:
        trial: The design.
        fates: What becomes of people.
        draw: Their draws.
        phase: The phase.
        t: When, h, [person]; inf for those who stay.
        reason: Why, as numbers of `Leaving`, [person].
    """
    goes = np.isfinite(t)
    stays = goes & (fates.stopped > t)
    if trial.dropout.followed > 0.0:
        stays &= draw(f"followed {phase.name}")[:, 0] < trial.dropout.followed
    else:
        stays &= False
    fates.stop(phase.name, stays, t, reason)
    fates.leave(phase.name, goes & ~stays, t, reason)
