"""From bound agonist to effect: occupancy, the operational model, and a partial agonist beside a full one."""

from __future__ import annotations

from euthymia.engine.mechanism import AbstractNumbers, Scalar, parameter


class AbstractLaw(AbstractNumbers):
    """A closed form with parameters and without time; its numbers come from a record, each by name and unit."""


class Occupancy(AbstractLaw):
    r"""Binding of one ligand to one site, at equilibrium.

        rho = A/(A + KA)                                                                                    (1)

    Assumes that binding does not deplete the ligand.
    """

    KA: Scalar = parameter("uM", "dissociation constant of the agonist")

    def __call__(self, A: Scalar, *, dose_ratio: Scalar = 1.0) -> Scalar:
        """Return the occupied share at ``A`` uM; ``dose_ratio`` is how much more agonist an antagonist makes needed."""
        return A / (A + self.KA * dose_ratio)  # (1)


class OperationalAgonist(AbstractLaw):
    r"""The operational model of agonism: how far a bound receptor moves the tissue.

        E = Em (tau A)^n/((KA + A)^n + (tau A)^n)                                                           (1)
        Emax = Em tau^n/(1 + tau^n)                                                                         (2)
        EC50 = KA/((2 + tau^n)^(1/n) - 1)                                                                   (3)

    tau is efficacy times receptor number: above 1 there is a reserve of receptors and EC50 lies below KA; a partial
    agonist has a small tau and its EC50 comes near KA. Antagonists and modulators act on (1) in two ways only: they
    multiply KA by a dose ratio r, or tau by a share q.
    """

    Em: Scalar = parameter("1", "largest effect of the tissue")
    tau: Scalar = parameter("1", "efficacy of the agonist in this tissue")
    KA: Scalar = parameter("uM", "dissociation constant of the agonist")
    n: Scalar = parameter("1", "slope between bound receptors and effect")

    def __call__(self, A: Scalar, *, dose_ratio: Scalar = 1.0, efficacy: Scalar = 1.0) -> Scalar:
        """Return the effect at ``A`` uM of agonist, in the unit of Em.

        Args:
            A: Agonist, uM.
            dose_ratio: r, the factor on KA of whatever else is present.
            efficacy: q, the factor on tau of whatever else is present.
        """
        stimulus = (self.tau * efficacy * A) ** self.n
        return self.Em * stimulus / ((self.KA * dose_ratio + A) ** self.n + stimulus)  # (1)

    def Emax(self, efficacy: Scalar = 1.0) -> Scalar:
        """Return the effect of very much agonist."""
        stimulus = (self.tau * efficacy) ** self.n
        return self.Em * stimulus / (1.0 + stimulus)  # (2)

    def EC50(self, *, dose_ratio: Scalar = 1.0, efficacy: Scalar = 1.0) -> Scalar:
        """Return the level of half of Emax, uM."""
        return self.KA * dose_ratio / ((2.0 + (self.tau * efficacy) ** self.n) ** (1.0 / self.n) - 1.0)  # (3)


class PartialAgonist(AbstractLaw):
    r"""A partial agonist P beside a full agonist A at the same site.

        S = (tau A/KA + tau_P P/KP)/(1 + A/KA + P/KP)                                                       (1)
        E = Em S^n/(1 + S^n)                                                                                (2)

    Alone it stimulates up to its own ceiling; beside much full agonist it displaces that and lowers the effect to the
    same ceiling.
    """

    Em: Scalar = parameter("1", "largest effect of the tissue")
    tau: Scalar = parameter("1", "efficacy of the full agonist")
    KA: Scalar = parameter("uM", "dissociation constant of the full agonist")
    n: Scalar = parameter("1", "slope between bound receptors and effect")
    tau_P: Scalar = parameter("1", "efficacy of the partial agonist")
    KP: Scalar = parameter("uM", "dissociation constant of the partial agonist")

    def __call__(self, A: Scalar, P: Scalar) -> Scalar:
        """Return the effect at ``A`` uM of the full and ``P`` uM of the partial agonist."""
        full, partial = A / self.KA, P / self.KP
        S = (self.tau * full + self.tau_P * partial) / (1.0 + full + partial)  # (1)
        return self.Em * S**self.n / (1.0 + S**self.n)  # (2)

    def ceiling(self) -> Scalar:
        """Return the effect of very much partial agonist, whatever the full one does."""
        return self.Em * self.tau_P**self.n / (1.0 + self.tau_P**self.n)
