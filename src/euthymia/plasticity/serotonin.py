"""Serotonin in one number and its autoreceptors in another: what occupied transporters do over hours and weeks."""

from __future__ import annotations

import enum
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, parameter
from euthymia.engine.steady import Root, checked, fixed_point, settling_newton


class Adaptation(enum.Enum):
    """What autoreceptors do under lasting serotonin: a hypothesis, on which experiments disagree.

    DESENSITISE explains the delay of the drugs by serotonin itself. With UNCHANGED autoreceptors, as Hjorth and
    Auerbach found after citalopram, something slower downstream (spines) must explain it.
    """

    DESENSITISE = "desensitise"
    UNCHANGED = "unchanged"


class SerotoninState(NamedTuple):
    """Sensitivity of autoreceptors; 1 before treatment."""

    AR: Scalar


class SerotoninInput(NamedTuple):
    """What serotonin depends on; the defaults are rest.

    Attributes:
        theta: Occupied share of serotonin transporters.
        supply: Releasable serotonin relative to rest: below 1 when tryptophan or vesicles are depleted.
    """

    theta: Scalar = 0.0
    supply: Scalar = 1.0


class Serotonin(AbstractRelaxation[SerotoninState, SerotoninInput]):
    r"""Outside serotonin (rest 1) by balance of release and clearance, with feedback by autoreceptors.

        clr = (1 - theta)(1 - f_res) + f_res                                                            (1)
        clr HT (1 + kappa AR (HT - 1)) = supply                                                         (2)
        dAR/dt = (AR_inf(HT) - AR)/tau_AR                                                               (3)
        AR_inf = AR_min + (1 - AR_min) K_AR/(K_AR + max(HT - 1, 0))                                     (4)
        fire = 1/(1 + kappa AR (HT - 1))                                                                (5)

    HT settles within hours and is taken as settled; (2) is a quadratic of which the positive root counts. The target
    of AR depends on AR itself, through HT: a scheme that steps it by rate and drive must predict it first
    (``feedback``). Serotonin returns to 1 at once when occupancy is gone, whatever AR: no undershoot.
    """

    sources: ClassVar = ("hervas2001", "czachura2000")
    f_res: Scalar = parameter("1", "share of clearance that is not the transporter")
    kappa: Scalar = parameter("1", "strength of the feedback")
    AR_min: Scalar = parameter("1", "least sensitivity of autoreceptors")
    K_AR: Scalar = parameter("1", "rise of serotonin at which the target is half-way down")
    tau_AR: Scalar = parameter("h", "time constant of desensitisation and of recovery")
    adaptation: Adaptation = eqx.field(static=True, default=Adaptation.DESENSITISE)

    def initial_state(self) -> SerotoninState:
        """Return full sensitivity."""
        return SerotoninState(1.0 + 0.0 * self.tau_AR)

    def HT(self, AR: Scalar, inputs: SerotoninInput) -> Scalar:
        """Return outside serotonin relative to rest."""
        clr = (1.0 - inputs.theta) * (1.0 - self.f_res) + self.f_res  # (1)
        square, straight = clr * self.kappa * AR, clr * (1.0 - self.kappa * AR)
        root = jnp.sqrt(straight**2 + 4.0 * square * inputs.supply)
        # (2); of the two ways to write the root, each where it adds two numbers of one sign
        rising = straight > 0.0
        above = jnp.where(rising, 2.0 * inputs.supply, root - straight)
        return above / jnp.where(rising, straight + root, 2.0 * square)

    def fire(self, AR: Scalar, inputs: SerotoninInput) -> Scalar:
        """Return the firing of raphe neurons relative to rest."""
        return 1.0 / (1.0 + self.kappa * AR * (self.HT(AR, inputs) - 1.0))  # (5)

    def target(self, HT: Scalar) -> Scalar:
        """Return the sensitivity towards which autoreceptors go under serotonin ``HT``."""
        if self.adaptation is Adaptation.UNCHANGED:
            return jnp.ones_like(HT)
        return self.AR_min + (1.0 - self.AR_min) * self.K_AR / (self.K_AR + jnp.maximum(HT - 1.0, 0.0))  # (4)

    def relaxation(
        self, t: Scalar, state: SerotoninState, inputs: SerotoninInput
    ) -> tuple[SerotoninState, SerotoninState]:
        """Return rate and drive, 1/h."""
        return self.adapting(self.HT(state.AR, inputs))

    def adapting(self, HT: Scalar) -> tuple[SerotoninState, SerotoninState]:
        """Return rate and drive, 1/h, under serotonin ``HT``."""
        rate = 1.0 / self.tau_AR
        return SerotoninState(rate), SerotoninState(rate * self.target(HT))  # (3)

    def settled(self, inputs: SerotoninInput) -> Scalar:
        """Return AR after a long time under constant inputs, one number each.

        Raises:
            ConvergenceError: When no such value is found.
        """

        model, inputs = jax.tree.map(lambda value: jnp.asarray(value, float), (self, inputs))
        return checked(_settled(model, inputs), "the sensitivity of autoreceptors").solution[0]


def withdrawn(before: Scalar, now: Scalar) -> Scalar:
    """Return how much of the serotonin that treatment had added is gone: 0 while on it, 1 back at rest.

    This is the quick clock of stopping, days by the drug's kinetics; relapse has a slower one, elsewhere. That
    symptoms of discontinuation follow it is a hypothesis.

    Args:
        before: Serotonin on treatment, above 1.
        now: Serotonin now; below 1 the share passes 1.
    """
    return (before - now) / (before - 1.0)


@eqx.filter_jit
def _settled(model: Serotonin, inputs: SerotoninInput) -> Root:
    def residual(AR: Any, given: tuple[Serotonin, SerotoninInput]) -> Any:
        one, now = given
        return one.target(one.HT(AR, now)) - AR

    return fixed_point(residual, jnp.ones(1), (model, inputs), search=settling_newton)
