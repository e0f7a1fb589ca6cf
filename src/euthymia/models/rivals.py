"""The default chain with one link exchanged: other accounts of what starts plasticity, and of why tablets are slow."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import equinox as eqx
import jax
import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.models.accounts import Mechanism
from euthymia.models.chain import Chain
from euthymia.models.defaults import KEPT, Sizes, default_chain
from euthymia.models.loop import default_loop
from euthymia.plasticity.serotonin import Adaptation


def rival(mechanism: Mechanism, sizes: Sizes | None = None) -> Chain:
    """Return the chain under one account.

    Each has the size that its own record gives it, so that they can be told apart by their course and not by their size
    alone. `Mechanism.SEROTONIN_ONLY` has serotonin itself lift mood, without any spines from it, and autoreceptors that
    adapt; `Mechanism.PLASTICITY_ONLY` has autoreceptors that do not, and slow spines.

    Args:
        mechanism: Which.
        sizes: Sizes of the default chain, from which the rival departs.
    """
    sizes = sizes or Sizes.from_record(load_record("amplitudes"))
    record = load_record("rivals")
    match mechanism:
        case Mechanism.DISINHIBITION:
            return weighted(1.0, 0.0, 0.0, sizes)
        case Mechanism.DIRECT:
            return weighted(0.0, 1.0, 0.0, sizes)
        case Mechanism.HYDROXYNORKETAMINE:
            return weighted(0.0, 0.0, 1.0, sizes)
        case Mechanism.SEROTONIN_ONLY:
            return default_chain(replace(sizes, y_5HT=0.0, a_5HT=record.value("a_5HT_serotonin_only", "points")))
        case Mechanism.PLASTICITY_ONLY:
            slow = replace(sizes, y_5HT=record.value("y_5HT_plasticity_only", "1"), a_5HT=0.0)
            return default_chain(slow, Adaptation.UNCHANGED)
        case Mechanism.CLOSED_LOOP:
            return replace(default_chain(sizes), loop=default_loop(record.value("share_loop", "1")))


@lru_cache(maxsize=KEPT)
def weighted(disinhibition: float, direct: float, hydroxynorketamine: float, sizes: Sizes | None = None) -> Chain:
    """Return the chain with the three triggers side by side.

    Args:
        disinhibition: Weight of the surge of glutamate.
        direct: Weight of the block of resting receptors on pyramidal cells.
        hydroxynorketamine: Weight of the metabolite.
        sizes: Sizes of the default chain.

    Raises:
        EuthymiaError: When a weight is below 0 or they do not add up to 1.
    """
    weights = (disinhibition, direct, hydroxynorketamine)
    if min(weights) < 0.0 or not np.isclose(sum(weights), 1.0):
        raise EuthymiaError(f"weights {weights}; expected three of at least 0 that add up to 1")
    chain = default_chain(sizes)

    def where(links: Chain) -> tuple[object, ...]:
        return links.trigger.trigger.w_dis, links.trigger.trigger.w_dir, links.trigger.w_hnk

    return jax.tree.map(np.asarray, eqx.tree_at(where, chain, weights))
