"""Expectation: what patients come to believe they were given, from what they feel, and what belief does to a rating.

A rival to part of a drug's effect: who dissociates guesses the drug, who feels nothing guesses placebo, a sedating
control lies between. It makes dissociation go with benefit without either causing the other; the analyses of the large
nasal trials saw no such relation, so a trial file can switch it off.
"""

from __future__ import annotations

import enum
from typing import ClassVar

import numpy as np

from euthymia.engine.mechanism import AbstractNumbers, parameter
from euthymia.errors import EuthymiaError


class Masking(enum.Enum):
    """What patients are told."""

    BLIND = "blind"
    TOLD_DRUG = "told that it is the drug"
    TOLD_CONTROL = "told that it is not"


class Guess(AbstractNumbers):
    r"""Belief in having had the drug, by odds that cues move.

        logit p = logit(share) + mean over sessions of evidence + omega_guess b                             (1)
        evidence = -doubt + w_CADSS ln(1 + CADSS/CADSS_cue) + w_sedation ln(1 + levels)                     (2)

    share is the part of patients who are given the drug, as the consent form says; levels how far below awake sedation
    took the patient (5 - MOAA/S); b a standard normal of the person. Without any cue a patient doubts. Sessions repeat
    one another, so their evidence is averaged and not added (assumed). No source gives a number of (2).
    """

    sources: ClassVar = ()
    doubt: float = parameter("1", "log odds against the drug when nothing is felt")
    w_CADSS: float = parameter("1", "weight of dissociation on the log odds")
    CADSS_cue: float = parameter("points", "CADSS at which dissociation becomes a cue")
    w_sedation: float = parameter("1", "weight of sedation on the log odds")
    omega_guess: float = parameter("1", "SD between people, log odds")

    def evidence(self, CADSS: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Return what a session says for the drug, log odds.

        Args:
            CADSS: Highest total of the session, points.
            levels: Levels of sedation below awake, 0 to 5, of the same shape.
        """
        felt = self.w_CADSS * np.log1p(np.asarray(CADSS) / self.CADSS_cue)
        return felt + self.w_sedation * np.log1p(np.asarray(levels)) - self.doubt  # (2)

    def belief(self, evidence: np.ndarray, share: float, person: np.ndarray | float = 0.0) -> np.ndarray:
        """Return each person's probability of having had the drug, in their own eyes.

        Args:
            evidence: Evidence of the sessions so far, [session, person]; NaN where somebody was not there.
            share: Part of patients who are given the drug, between 0 and 1.
            person: Standard normals, [person].

        Returns:
            Beliefs, [person]; before any session the share itself, moved by the person.

        Raises:
            EuthymiaError: When the share is not between 0 and 1.
        """
        if not 0.0 < share < 1.0:
            raise EuthymiaError(f"share on the drug is {share!r}; expected between 0 and 1 (see Masking for open arms)")
        seen = np.asarray(evidence, dtype=float)
        there = np.isfinite(seen)
        mean = np.where(there, seen, 0.0).sum(0) / np.maximum(there.sum(0), 1)
        odds = np.log(share / (1.0 - share)) + mean + self.omega_guess * np.asarray(person)  # (1)
        return 1.0 / (1.0 + np.exp(-odds))


class Expectation(AbstractNumbers):
    r"""What a belief is worth on the scale.

        change = -x_exp (p - share) remains                                                                 (1)

    remains is what is left of the session that the belief comes from: in trials a belief fades with the effect of the
    session itself (`background`), assumed. The change is zero where belief is what the consent form says: the response
    to being in a trial at all is elsewhere (`background`), the same in every arm. A patient who is sure of the drug
    improves, one who is sure of placebo gets worse than one who does not know.
    """

    sources: ClassVar = ("rutherford2009",)
    x_exp: float = parameter("points", "effect of going from certainty of placebo to certainty of the drug")

    def change(self, belief: np.ndarray | float, share: float, remains: np.ndarray | float = 1.0) -> np.ndarray:
        """Return the change of severity, points, negative is better.

        Args:
            belief: Probability of the drug in the patients' eyes, [person].
            share: Part of patients who are given the drug, as they are told.
            remains: Part of the session's effect that is left, 1 at its end, 0 once nothing is.
        """
        return -self.x_exp * (np.asarray(belief) - share) * np.asarray(remains)  # (1)


def told(masking: Masking, belief: np.ndarray) -> np.ndarray:
    """Return beliefs under a masking: an open arm knows, whatever it feels."""
    if masking is Masking.BLIND:
        return np.asarray(belief)
    return np.full_like(np.asarray(belief, dtype=float), float(masking is Masking.TOLD_DRUG))


def guesses(belief: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return who says "the drug" when asked, from uniforms of the same shape: more sure, more often."""
    return np.asarray(u) < np.asarray(belief)


def blinding_index(right: np.ndarray) -> float:
    """Return how far an arm is unblinded, 2 (share of right guesses) - 1: 1 all right, 0 by chance, -1 all wrong.

    Args:
        right: Whether each patient of the arm guessed right.

    Raises:
        EuthymiaError: When nobody was asked.
    """
    if np.size(right) == 0:
        raise EuthymiaError("blinding is asked of nobody; expected at least one guess")
    return 2.0 * float(np.mean(right)) - 1.0
