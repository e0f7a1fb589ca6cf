"""What a serotonin terminal makes and packs: tryptophan to serotonin, and vesicles that hold and release it."""

from __future__ import annotations

import enum
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp

from euthymia.engine.mechanism import AbstractNumbers, Scalar, parameter


class Form(enum.Enum):
    """The reserve of vesicles: as PUBLISHED it can be drained below nothing, BOUNDED it gives less as it empties."""

    PUBLISHED = "published"
    BOUNDED = "bounded"


class AbstractPart(AbstractNumbers):
    """A group of fluxes with their numbers, each asked for by name and unit."""


class Synthesis(AbstractPart):
    r"""Tryptophan from blood to serotonin.

    J_in   = Vmax_in btrp/(Km_in + btrp)                                                                (1)
    J_tph  = f_syn Vmax_tph trp/(Km_tph + trp + trp^2/Ki_tph) bh4/(Km_bh4 + bh4)                        (2)
    J_drr  = Vmax_drr bh2 NADPH/((Km_bh2 + bh2)(Km_NADPH + NADPH))
             - Vmax_back bh4 NADP/((Km_bh4_back + bh4)(Km_NADP + NADP))                                 (3)
    J_pool = k_store trp - k_unstore pool                                                               (4)
    J_aadc = Vmax_aadc htp/(Km_aadc + htp)                                                              (5)

    All in uM/h. A depletion d of tryptophan takes that share of what reaches the blood and of its usual level.
    """

    input_btrp: Scalar = parameter("uM/h", "tryptophan that reaches the blood")
    k_btrp: Scalar = parameter("1/h", "return of blood tryptophan to its usual level")
    btrp_set: Scalar = parameter("uM", "usual tryptophan in blood")
    Vmax_in: Scalar = parameter("uM/h", "largest uptake from blood")
    Km_in: Scalar = parameter("uM", "blood tryptophan at half of that")
    Vmax_tph: Scalar = parameter("uM/h", "largest rate of tryptophan hydroxylase")
    Km_tph: Scalar = parameter("uM", "tryptophan at half of that")
    Ki_tph: Scalar = parameter("uM", "inhibition by its own substrate")
    Km_bh4: Scalar = parameter("uM", "tetrahydrobiopterin at half of that")
    Vmax_drr: Scalar = parameter("uM/h", "largest rate of dihydrobiopterin reductase")
    Km_bh2: Scalar = parameter("uM", "dihydrobiopterin at half of that")
    Km_NADPH: Scalar = parameter("uM", "NADPH at half of that")
    Vmax_back: Scalar = parameter("uM/h", "largest rate of the reductase backwards")
    Km_bh4_back: Scalar = parameter("uM", "tetrahydrobiopterin at half of that")
    Km_NADP: Scalar = parameter("uM", "NADP at half of that")
    NADPH: Scalar = parameter("uM", "NADPH, constant")
    NADP: Scalar = parameter("uM", "NADP, constant")
    k_store: Scalar = parameter("1/h", "tryptophan into its store")
    k_unstore: Scalar = parameter("1/h", "tryptophan out of its store")
    k_trp: Scalar = parameter("1/h", "other use of tryptophan")
    k_pool: Scalar = parameter("1/h", "other use of stored tryptophan")
    Vmax_aadc: Scalar = parameter("uM/h", "largest rate of decarboxylation")
    Km_aadc: Scalar = parameter("uM", "5-hydroxytryptophan at half of that")

    def arrival(self, btrp: Scalar, depletion: Scalar) -> Scalar:
        """Return what reaches the blood and returns to its usual level, uM/h."""
        left = 1.0 - depletion
        return self.input_btrp * left - self.k_btrp * (btrp - self.btrp_set * left)

    def uptake(self, btrp: Scalar) -> Scalar:
        """Return J_in."""
        return self.Vmax_in * btrp / (self.Km_in + btrp)  # (1)

    def hydroxylation(self, trp: Scalar, bh4: Scalar, f_syn: Scalar) -> Scalar:
        """Return J_tph."""
        by_trp = trp / (self.Km_tph + trp + trp**2 / self.Ki_tph)
        return f_syn * self.Vmax_tph * by_trp * bh4 / (self.Km_bh4 + bh4)  # (2)

    def recycling(self, bh2: Scalar, bh4: Scalar) -> Scalar:
        """Return J_drr."""
        forth = self.Vmax_drr * bh2 * self.NADPH / ((self.Km_bh2 + bh2) * (self.Km_NADPH + self.NADPH))
        back = self.Vmax_back * bh4 * self.NADP / ((self.Km_bh4_back + bh4) * (self.Km_NADP + self.NADP))
        return forth - back  # (3)

    def storing(self, trp: Scalar, pool: Scalar) -> Scalar:
        """Return J_pool."""
        return self.k_store * trp - self.k_unstore * pool  # (4)

    def decarboxylation(self, htp: Scalar) -> Scalar:
        """Return J_aadc."""
        return self.Vmax_aadc * htp / (self.Km_aadc + htp)  # (5)


class Packed(NamedTuple):
    """Into ready vesicles, into the reserve, from reserve to ready, and released; uM/h."""

    ready: Scalar
    reserve: Scalar
    mobilised: Scalar
    released: Scalar


class Vesicles(AbstractPart):
    r"""Packing, mobilisation and release.

    J_v   = max(0, Vmax_vmat c5/(Km_vmat + c5) - k_vesicle v5),   J_r likewise with r5                  (1)
    J_mob = min(mob_max, max(0, k_mob (v5_full - v5))) b                                                (2)
    b     = 1 as published,   r5/(r5 + K_res) bounded                                                   (3)
    J_rel = k_rel min(rel_max, fire f_rel h3) v5                                                        (4)

    A block of the packing carrier, as by reserpine, takes its share of Vmax_vmat. As published nothing stops
    mobilisation when the reserve is empty; (3), bounded, is an assumption of this project and changes nothing at
    rest, where J_mob = 0.
    """

    Vmax_vmat: Scalar = parameter("uM/h", "largest rate of packing")
    Km_vmat: Scalar = parameter("uM", "cytosolic serotonin at half of that")
    k_vesicle: Scalar = parameter("1/h", "leak out of vesicles")
    mob_max: Scalar = parameter("uM/h", "largest rate from reserve to ready")
    k_mob: Scalar = parameter("1/h", "rate from the reserve per missing ready serotonin")
    v5_full: Scalar = parameter("uM", "ready serotonin at which the reserve stops giving")
    K_res: Scalar = parameter("uM", "reserve at which the bounded form gives half")
    k_rel: Scalar = parameter("1/h", "release at rest")
    rel_max: Scalar = parameter("1", "largest factor on release")
    h3: Scalar = parameter("1", "factor on release by histamine")
    form: Form = eqx.field(static=True, default=Form.BOUNDED)

    def packing(self, c5: Scalar, block: Scalar) -> Scalar:
        """Return what the carrier could pack, uM/h, with a share ``block`` of it blocked."""
        return self.Vmax_vmat * (1.0 - block) * c5 / (self.Km_vmat + c5)

    def __call__(self, c5: Scalar, v5: Scalar, r5: Scalar, *, fire: Scalar, f_rel: Scalar, block: Scalar) -> Packed:
        """Return the four fluxes; firing and f_rel are relative to rest, the block of packing is a share."""
        packing = self.packing(c5, block)
        wanted = jnp.minimum(self.mob_max, jnp.maximum(0.0, self.k_mob * (self.v5_full - v5)))
        bound = r5 / (r5 + self.K_res) if self.form is Form.BOUNDED else 1.0  # (3)
        return Packed(
            ready=jnp.maximum(0.0, packing - self.k_vesicle * v5),  # (1)
            reserve=jnp.maximum(0.0, packing - self.k_vesicle * r5),
            mobilised=wanted * bound,  # (2)
            released=self.k_rel * jnp.minimum(self.rel_max, fire * f_rel * self.h3) * v5,  # (4)
        )
