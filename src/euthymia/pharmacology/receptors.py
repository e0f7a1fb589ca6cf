"""How drugs stand in an agonist's way or help it: antagonists, channel block, allosteric modulators.

Each gives a dose ratio r (the factor on the agonist's KA) or an efficacy share q (the factor on its tau), or both;
`OperationalAgonist` and `Occupancy` take them, so that any drug can be tried on any tissue.
"""

from __future__ import annotations

import jax.numpy as jnp

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.pharmacology.response import AbstractLaw


class CompetitiveAntagonist(AbstractLaw):
    r"""Agonist or antagonist, never both on one receptor (Gaddum, Schild).

        r = 1 + B/KB                                                                                        (1)
        log10(r - 1) = log10 B - log10 KB                                                                   (2)
        IC50 = KB (1 + A/KA)                                                                                (3)

    The curve moves to the right without end and keeps its maximum; the Schild plot (2) has slope 1 and meets zero at
    KB. (3), of Cheng and Prusoff, is the level that displaces half of a bound ligand.
    """

    KB: Scalar = parameter("uM", "dissociation constant of the antagonist or modulator")

    def dose_ratio(self, B: Scalar) -> Scalar:
        """Return r at ``B`` uM of antagonist."""
        return 1.0 + B / self.KB  # (1)

    def schild(self, B: Scalar) -> Scalar:
        """Return log10(r - 1) at ``B`` uM, above 0."""
        return jnp.log10(B) - jnp.log10(self.KB)  # (2)

    def IC50(self, A: Scalar, KA: Scalar) -> Scalar:
        """Return the level, uM, that halves the occupancy by ``A`` uM of a ligand with dissociation constant KA."""
        return self.KB * (1.0 + A / KA)  # (3)


class NonCompetitiveAntagonist(AbstractLaw):
    r"""A bound receptor is lost to the agonist, which cannot win it back.

        q = 1/(1 + B/KB)                                                                                    (1)

    It scales tau: with a receptor reserve the curve first moves to the right, then its maximum falls.
    """

    KB: Scalar = parameter("uM", "dissociation constant of the antagonist or modulator")

    def efficacy(self, B: Scalar) -> Scalar:
        """Return q, the share of receptors left, at ``B`` uM."""
        return 1.0 / (1.0 + B / self.KB)  # (1)


class OpenChannelBlock(AbstractLaw):
    r"""A blocker that enters only open channels, and lets them close only after it has left.

        O = A/(KA + A (1 + B/KB))                                                                           (1)
        IC50 = KB (1 + KA/A)                                                                                (2)

    Uncompetitive: the more agonist, the stronger the block, the opposite of a competitive antagonist. A trapping
    blocker differs: its steady block does not depend on the agonist at all (`receptor_kinetics`).
    """

    KA: Scalar = parameter("uM", "dissociation constant of the agonist")
    KB: Scalar = parameter("uM", "dissociation constant of the antagonist or modulator")

    def __call__(self, A: Scalar, B: Scalar) -> Scalar:
        """Return the share of channels open and free at ``A`` uM of agonist and ``B`` uM of blocker."""
        return A / (self.KA + A * (1.0 + B / self.KB))  # (1)

    def IC50(self, A: Scalar) -> Scalar:
        """Return the level, uM, that halves the open share at ``A`` uM of agonist."""
        return self.KB * (1.0 + self.KA / A)  # (2)


class AllostericModulator(AbstractLaw):
    r"""A second site on the same receptor: the ternary complex of receptor, agonist and modulator.

        r = (1 + B/KB)/(1 + alpha B/KB)                                                                     (1)
        q = (1 + alpha beta B/KB)/(1 + alpha B/KB)                                                          (2)
        rho = A/(A + KA r)                                                                                  (3)

    alpha is the cooperativity of binding, beta that of efficacy: above 1 a positive modulator, below 1 a negative one,
    1 a silent one. Both have a ceiling, r -> 1/alpha and q -> beta, which no competitive drug has; without agonist
    the modulator does nothing.
    """

    KB: Scalar = parameter("uM", "dissociation constant of the antagonist or modulator")
    alpha: Scalar = parameter("1", "cooperativity of binding")
    beta: Scalar = parameter("1", "cooperativity of efficacy")

    def dose_ratio(self, B: Scalar) -> Scalar:
        """Return r at ``B`` uM of modulator; below 1 the agonist gets stronger."""
        return (1.0 + B / self.KB) / (1.0 + self.alpha * B / self.KB)  # (1)

    def efficacy(self, B: Scalar) -> Scalar:
        """Return q at ``B`` uM of modulator."""
        bound = self.alpha * B / self.KB
        return (1.0 + self.beta * bound) / (1.0 + bound)  # (2)

    def occupancy(self, A: Scalar, B: Scalar, KA: Scalar) -> Scalar:
        """Return the share of receptors with agonist, with or without modulator."""
        return A / (A + KA * self.dose_ratio(B))  # (3)
