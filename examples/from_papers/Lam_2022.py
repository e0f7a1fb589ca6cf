"""Lam et al. 2022, J Neurosci 42:1035: too much and too little excitation spoil decisions in two ways.

Two groups of pyramidal cells collect evidence and suppress each other through shared interneurons. With less NMDA on
interneurons the circuit decides on the first evidence; with less NMDA on pyramids it hardly decides. Here: the decision
network of Wang 2002 (2,000 leaky cells), the parameters as in a public re-implementation, evidence that fluctuates.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
from beside import Line, show
from leaky import Group, Weights
from runs import CHUNK, group_rates

CITATION = "Lam et al. 2022, J Neurosci 42:1035-1053, abstract"
E_CELLS, I_CELLS, SHARE, W_PLUS = 1600, 400, 0.15, 1.7
REST_OF_E, LEFT, RIGHT, INHIBITORY = range(4)  # groups
LEAK_E, LEAK_I = 25.0, 20.0  # nS
AMPA_E, AMPA_I, NMDA_E, NMDA_I, GABA_E, GABA_I = 0.05, 0.04, 0.165, 0.13, 1.3, 1.0  # nS, of one contact
EXT_E, EXT_I, RATE_EXT = 2.1, 1.62, 2.4  # nS, nS, 1/ms
TAU_G = 5.0  # ms
EVIDENCE = 0.04  # 1/ms at each cell of a group where the evidence is even
START, FRAME, FRAMES = 300.0, 100.0, 20  # ms, ms: two seconds of evidence
SPREAD = 0.4  # SD of the evidence from frame to frame, relative; its mean is even
DECIDED = 15.0  # Hz: a group that fires more has won
LOST = 0.03  # of the NMDA conductance; 2 to 3 % in the paper, not confirmed. The only strength that was tried here
TRIALS = 200
RESAMPLES = 1000
CLEAR = 2.0  # standard errors that a difference must have to count


class Read(enum.Enum):
    """When a choice is read."""

    WHEN_MADE = enum.auto()  # when a group first passes the threshold; at the end where none does
    AT_THE_END = enum.auto()  # in the last frame


class Trials(NamedTuple):
    """What a circuit made of the same evidence, trial by trial.

    Attributes:
        evidence: For the left, relative, [trial, frame].
        rates: Of the left and the right group, Hz, [trial, frame, 2].
        read: When the choice is read.
    """

    evidence: np.ndarray
    rates: np.ndarray
    read: Read

    def choices(self) -> np.ndarray:
        """Return 1 for the left and -1 for the right, [trial]: the group that fires more when the choice is read."""
        over = self.rates.max(axis=2) > DECIDED
        when = np.where(over.max(axis=1), over.argmax(axis=1), FRAMES - 1)
        if self.read is Read.AT_THE_END:
            when = np.full_like(when, FRAMES - 1)
        left, right = self.rates[np.arange(len(when)), when].T
        return np.where(left > right, 1, -1)

    def of(self, which: np.ndarray) -> Trials:
        """Return some of the trials, by number."""
        return self._replace(evidence=self.evidence[which], rates=self.rates[which])


def network(*, on_E: float = 1.0, on_I: float = 1.0) -> tuple[list[Group], Weights]:
    """Return the decision network.

    Args:
        on_E: NMDA conductance on pyramidal cells, relative.
        on_I: NMDA conductance on interneurons, relative.
    """
    selective = Group(round(SHARE * E_CELLS), 20.0, 2.0, EXT_E / LEAK_E, RATE_EXT, tau_G=TAU_G)
    others = dataclasses.replace(selective, cells=E_CELLS - 2 * selective.cells)
    groups = [others, selective, selective, Group(I_CELLS, 10.0, 1.0, EXT_I / LEAK_I, RATE_EXT, tau_G=TAU_G)]
    w = np.ones((4, 3))
    w[[LEFT, RIGHT]] = 1 - SHARE * (W_PLUS - 1) / (1 - SHARE)
    w[[LEFT, RIGHT], [LEFT, RIGHT]] = W_PLUS
    leak = np.array([LEAK_E] * 3 + [LEAK_I])
    A, N, G = np.zeros((3, 4, 4))
    A[:, :INHIBITORY] = w * (np.array([AMPA_E] * 3 + [AMPA_I]) / leak)[:, None]
    N[:, :INHIBITORY] = w * (np.array([on_E * NMDA_E] * 3 + [on_I * NMDA_I]) / leak)[:, None]
    G[:, INHIBITORY] = np.array([GABA_E] * 3 + [GABA_I]) / leak
    return groups, Weights(A, N, G)


def trial(seed: int, **changed: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the evidence of one trial, which depends on the seed alone, and the rates of both groups, by frame."""
    evidence = np.clip(SPREAD * np.random.default_rng([seed, FRAMES]).standard_normal(FRAMES), -1.0, 1.0)
    before, a_frame = round(START / CHUNK), round(FRAME / CHUNK)
    events = np.full((before + FRAMES * a_frame, 4), RATE_EXT)
    for group, side in ((LEFT, 1.0), (RIGHT, -1.0)):
        events[before:, group] += EVIDENCE * (1 + side * np.repeat(evidence, a_frame))
    rates = group_rates(*network(**changed), events, seed)[before:, [LEFT, RIGHT]]
    return evidence, rates.reshape(FRAMES, a_frame, 2).mean(axis=1)


def decide(trials: int = TRIALS, **changed: float) -> Trials:
    """Return the trials of one circuit; the same seeds, so the same evidence, for each."""
    with ThreadPoolExecutor() as pool:
        evidence, rates = zip(*pool.map(lambda seed: trial(seed, **changed), range(trials)), strict=True)
    return Trials(np.array(evidence), np.array(rates), Read.WHEN_MADE)


def accuracy(found: Trials) -> float:
    """Return the share of choices of the side with more evidence."""
    return float(np.mean(found.choices() == np.sign(found.evidence.sum(axis=1))))


def by_coin(found: Trials) -> float:
    """Return the share of right choices where trials that nobody has won are answered by a coin."""
    right = found.choices() == np.sign(found.evidence.sum(axis=1))
    return float(np.mean(np.where(found.rates.max(axis=(1, 2)) > DECIDED, right, 0.5)))


def decided(found: Trials, frames: int = FRAMES) -> float:
    """Return the share of trials in which a group has won within some frames."""
    return float(np.mean(found.rates[:, :frames].max(axis=(1, 2)) > DECIDED))


def weights(found: Trials) -> np.ndarray:
    """Return how much the evidence of each frame goes with the choice: their covariance over the evidence's SD."""
    choices = found.choices()
    return np.mean((choices - choices.mean())[:, None] * found.evidence, axis=0) / SPREAD


def weight(found: Trials, start: int = 0, stop: int = FRAMES) -> float:
    """Return the sum of the weights from one frame to another."""
    return float(weights(found)[start:stop].sum())


def mean_time(found: Trials) -> float:
    """Return when the evidence came that went with the choices, the mean over the weights, s."""
    each = weights(found)
    return float((each * (np.arange(FRAMES) + 0.5)).sum() / each.sum() * FRAME / 1000.0)


class Shift(NamedTuple):
    """A measure of two circuits that met the same trials, and the standard error of its difference."""

    before: float
    after: float
    error: float

    @property
    def rises(self) -> bool:
        """Whether it is clearly larger in the second circuit."""
        return self.after - self.before > CLEAR * self.error

    @property
    def falls(self) -> bool:
        """Whether it is clearly smaller in the second circuit."""
        return self.before - self.after > CLEAR * self.error

    def __str__(self) -> str:
        return (
            f"{self.before:.2f} to {self.after:.2f} (difference {self.after - self.before:+.2f}, SE {self.error:.2f})"
        )


def shift(measure: Callable[[Trials], float], before: Trials, after: Trials) -> Shift:
    """Return how a measure differs, its error by resampling trials."""
    n = len(before.evidence)
    draws = np.random.default_rng(1).integers(n, size=(RESAMPLES, n))
    differences = [measure(after.of(draw)) - measure(before.of(draw)) for draw in draws]
    return Shift(measure(before), measure(after), float(np.std(differences)))


def primacy(found: Trials, split: int) -> float:
    """Return by how much the weights before a frame exceed those after it."""
    return weight(found, stop=split) - weight(found, start=split)


def compare() -> list[Line]:
    """Return what the paper states beside the network's choices."""
    healthy, raised, lowered = decide(), decide(on_I=1 - LOST), decide(on_E=1 - LOST)
    split = round(1000.0 * mean_time(healthy) / FRAME)
    early, late, lead = partial(weight, stop=split), partial(weight, start=split), partial(primacy, split=split)
    soon = partial(decided, frames=split)

    def up(measure: Callable[[Trials], float]) -> Shift:
        return shift(measure, healthy, raised)

    def down(measure: Callable[[Trials], float]) -> Shift:
        return shift(measure, healthy, lowered)

    def at_the_end(measure: Callable[[Trials], float]) -> Shift:
        return shift(measure, *(found._replace(read=Read.AT_THE_END) for found in (healthy, raised)))

    changed = np.mean(raised.choices() != raised._replace(read=Read.AT_THE_END).choices())
    profiles = (
        f"{name} {' '.join(f'{each:.2f}' for each in weights(found).reshape(5, -1).mean(axis=1))}"
        for name, found in (("healthy", healthy), ("raised", raised), ("lowered", lowered))
    )
    return [
        Line(
            "less NMDA on interneurons: accuracy",
            "raised E/I impairs performance",
            f"share of right choices {up(accuracy)}",
            up(accuracy).falls,
        ),
        Line(
            "less NMDA on interneurons: primacy",
            "early evidence is overweighted, late evidence underweighted",
            f"weight of the first {split * FRAME:.0f} ms less that of the rest {up(lead)}; the first {up(early)}, "
            f"the rest {up(late)}",
            up(lead).rises,
        ),
        Line(
            "less NMDA on interneurons: impulsive",
            "decisions are impulsive",
            f"share of trials decided within {split * FRAME:.0f} ms {up(soon)}",
            up(soon).rises,
        ),
        Line(
            "the same with the choice read at the end",
            "not told apart in the abstract",
            f"share of right choices {at_the_end(accuracy)}; primacy {at_the_end(lead)}; "
            f"{100 * changed:.0f} % of the choices had changed",
            at_the_end(accuracy).falls and at_the_end(lead).rises,
        ),
        Line(
            "less NMDA on pyramids: accuracy",
            "lowered E/I impairs performance too, so that it is an inverted U of E/I",
            f"share of right choices {down(accuracy)}; not judged: {down(by_coin)} if a coin answers undecided trials",
            down(accuracy).falls,
        ),
        Line(
            "less NMDA on pyramids: integration",
            "of evidence is weakened",
            f"sum of the weights {down(weight)}",
            down(weight).falls,
        ),
        Line(
            "less NMDA on pyramids: indecisive",
            "competition is weakened",
            f"share of trials decided within two seconds {down(decided)}",
            down(decided).falls,
        ),
        Line(
            "less NMDA on pyramids: recency",
            "a diffusion model that leaks describes it, so that late evidence counts for more",
            f"mean time of the evidence that counted, s {down(mean_time)}",
            down(mean_time).rises,
        ),
        Line("weights over time", "in figures, not in the abstract", f"means of 400 ms: {'; '.join(profiles)}", None),
    ]


LIMITS = (
    f"{TRIALS} trials of each circuit with the same evidence; a difference agrees where it has the stated sign and is "
    "more than two standard errors. A choice is read when a group first passes 15 Hz. Read at the end of the evidence, "
    "which was tried first, choices of the circuit with raised E/I change with our strongly fluctuating evidence. "
    "A right choice is that of the side with more evidence in all; this is no psychometric curve. No delays; size of "
    "the loss and kind of evidence are ours."
)

if __name__ == "__main__":
    show(CITATION, "Evidence, weighted too early or too weakly.", compare(), LIMITS)
