"""The default chain with one link exchanged: other accounts of what starts plasticity, and of why tablets are slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import equinox as eqx
import jax
import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.models.accounts import Mechanism
from euthymia.models.chain import Chain
from euthymia.models.defaults import KEPT, Others, Sizes, default_chain
from euthymia.models.loop import default_loop
from euthymia.plasticity.serotonin import Adaptation


def rival(mechanism: Mechanism, sizes: Sizes | None = None, others: Mapping[str, float] | None = None) -> Chain:
    """Return the chain under one account.

    `Mechanism.SEROTONIN_ONLY` has serotonin itself lift mood, without any spines from it, and autoreceptors that adapt;
    `Mechanism.PLASTICITY_ONLY` has autoreceptors that do not, slow spines, and no effect of serotonin itself.

    Args:
        mechanism: Which.
        sizes: Its sizes; those of its own record over the default's when None (`as_recorded`). What the account rules
            out is 0 whatever they say.
        others: Other numbers of the chain, as `default_chain` takes them.
    """
    sizes = sizes or as_recorded(mechanism, Sizes.from_record(load_record("amplitudes")))
    match mechanism:
        case Mechanism.DISINHIBITION:
            return weighted(1.0, 0.0, 0.0, sizes, others)
        case Mechanism.DIRECT:
            return weighted(0.0, 1.0, 0.0, sizes, others)
        case Mechanism.HYDROXYNORKETAMINE:
            return weighted(0.0, 0.0, 1.0, sizes, others)
        case Mechanism.SEROTONIN_ONLY:
            return default_chain(replace(sizes, y_5HT=0.0), others=others)
        case Mechanism.PLASTICITY_ONLY:
            return default_chain(replace(sizes, a_5HT=0.0), Adaptation.UNCHANGED, others)
        case Mechanism.CLOSED_LOOP:
            share = load_record("rivals").value("share_loop", "1")
            return replace(default_chain(sizes, others=others), loop=default_loop(share))


def as_recorded(mechanism: Mechanism, sizes: Sizes) -> Sizes:
    """Return the sizes of an account as its own record has them, so that it differs by its course and not by its size.

    Args:
        mechanism: Which.
        sizes: Sizes of the default chain, from which the account departs.
    """
    record = load_record("rivals")
    match mechanism:
        case Mechanism.SEROTONIN_ONLY:
            return replace(sizes, y_5HT=0.0, a_5HT=record.value("a_5HT_serotonin_only", "points"))
        case Mechanism.PLASTICITY_ONLY:
            return replace(sizes, y_5HT=record.value("y_5HT_plasticity_only", "1"), a_5HT=0.0)
        case _:
            return sizes


def weighted(
    disinhibition: float,
    direct: float,
    hydroxynorketamine: float,
    sizes: Sizes | None = None,
    others: Mapping[str, float] | None = None,
) -> Chain:
    """Return the chain with the three triggers side by side.

    Args:
        disinhibition: Weight of the surge of glutamate.
        direct: Weight of the block of resting receptors on pyramidal cells.
        hydroxynorketamine: Weight of the metabolite.
        sizes: Sizes of the default chain.
        others: Other numbers of the chain, as `default_chain` takes them.

    Raises:
        EuthymiaError: When a weight is below 0 or they do not add up to 1.
    """
    return _weighted((disinhibition, direct, hydroxynorketamine), sizes, tuple(sorted((others or {}).items())))


@lru_cache(maxsize=KEPT)
def _weighted(weights: tuple[float, float, float], sizes: Sizes | None, others: Others) -> Chain:
    if min(weights) < 0.0 or not np.isclose(sum(weights), 1.0):
        raise EuthymiaError(f"weights {weights}; expected three of at least 0 that add up to 1")
    chain = default_chain(sizes, others=dict(others))

    def where(links: Chain) -> tuple[object, ...]:
        return links.trigger.trigger.w_dis, links.trigger.trigger.w_dir, links.trigger.w_hnk

    return jax.tree.map(np.asarray, eqx.tree_at(where, chain, weights))
