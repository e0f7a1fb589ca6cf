"""The slow cascade again, with other sizes, along fixed kinetics: from the trigger to severity, differentiably.

The links are those of the chain itself (`models.chain`); only its fast layer is replaced by what was written down of a
conducted trial. Steps are taken by the engine's sweep, and the reverse pass keeps one set of states a step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.calibration.fixed import Lanes
from euthymia.engine.integrate import Drivers, States, sweep
from euthymia.evidence import find, load_record
from euthymia.models.accounts import Mechanism
from euthymia.models.chain import Chain
from euthymia.models.reads import Reads
from euthymia.models.rivals import rival

Values = Mapping[str, Any]  # numbers by full name, in the units of their records
HOURS = {"d": 24.0, "1/d": 1.0 / 24.0}  # what a number of a record is multiplied by for the core's hours

# Where each number of a record stands in the chain.
PLACES = {
    "plasticity.tau_bdnf": lambda chain: chain.bdnf.tau_bdnf,
    "plasticity.tau_mtor": lambda chain: chain.bdnf.tau_mtor,
    "plasticity.k_pot": lambda chain: chain.potentiation.k_pot,
    "plasticity.tau_pot": lambda chain: chain.potentiation.tau_pot,
    "plasticity.k_spn": lambda chain: chain.spines.k_spn,
    "plasticity.y_mtor": lambda chain: chain.spines.y_mtor,
    "plasticity.a_pot": lambda chain: chain.relief.severity.a_pot,
    "amplitudes.gain": lambda chain: chain.relief.severity.gain,
    "amplitudes.y_5HT": lambda chain: chain.spines.y_5HT,
    "amplitudes.a_5HT": lambda chain: chain.relief.a_5HT,
    "serotonin.f_res": lambda chain: chain.serotonin.f_res,
    "serotonin.kappa": lambda chain: chain.serotonin.kappa,
    "serotonin.AR_min": lambda chain: chain.serotonin.AR_min,
    "serotonin.K_AR": lambda chain: chain.serotonin.K_AR,
    "serotonin.tau_AR": lambda chain: chain.serotonin.tau_AR,
}
OCCUPANCY = "calibration.occupancy_odds"  # factor on every load on transporters
SIGNAL = "amplitudes.signal"  # in units of a_bdnf of the plasticity record


class Tracks(NamedTuple):
    """The lanes of several groups of people beside one another; every array but ``people`` is [step, person].

    Attributes:
        h: Length of each step, h; 0 where a group has no further ones.
        trigger: What starts plasticity at the start and at the end of the steps, two arrays.
        bound: Load on transporters weighted by the largest occupancy, at the same ends.
        load: The same load unweighted.
        glutamatergic: Personal factor on connections, [person].
        serotonergic: Personal factor on serotonin, [person].
    """

    h: Any
    trigger: tuple[Any, Any]
    bound: tuple[Any, Any]
    load: tuple[Any, Any]
    glutamatergic: Any
    serotonergic: Any


def side_by_side(groups: Sequence[Lanes]) -> Tracks:
    """Return groups as one, shorter grids padded with steps of no length."""
    longest = max(group.t.size for group in groups)

    def padded(values: np.ndarray) -> np.ndarray:
        return np.pad(values, ((0, longest - len(values)), *((0, 0),) * (values.ndim - 1)), mode="edge")

    def ends(name: str) -> tuple[np.ndarray, np.ndarray]:
        whole = np.concatenate([padded(getattr(group, name)) for group in groups], axis=1)
        return whole[:-1], whole[1:]

    lengths = [np.tile(np.diff(padded(group.t))[:, None], (1, group.glutamatergic.size)) for group in groups]
    return Tracks(
        h=np.concatenate(lengths, axis=1),
        trigger=ends("trigger"),
        bound=ends("bound"),
        load=ends("load"),
        glutamatergic=np.concatenate([group.glutamatergic for group in groups]),
        serotonergic=np.concatenate([group.serotonergic for group in groups]),
    )


def chain_with(
    values: Values,
    glutamatergic: Array,
    serotonergic: Array,
    mechanism: Mechanism = Mechanism.DISINHIBITION,
) -> Chain:
    """Return the chain with other numbers and people's own factors.

    What starts plasticity is not in it but in the lanes; of an account of that alone, the chain is the default one.

    Args:
        values: Numbers by full name, in the units of their records; those left out are of the evidence.
        glutamatergic: Factor on connections, [person].
        serotonergic: Factor on serotonin, [person].
        mechanism: The account of how treatment works; what it rules out must not be among the values.
    """
    chain = replace(rival(mechanism), reads=Reads(bound=0, load=0))
    for name, place in PLACES.items():
        if name in values:
            chain = eqx.tree_at(place, chain, jnp.asarray(values[name]) * HOURS.get(find(name).unit, 1.0))
    if SIGNAL in values:
        unit = load_record("plasticity").value("a_bdnf", "points")
        chain = eqx.tree_at(lambda one: one.relief.severity.a_bdnf, chain, jnp.asarray(values[SIGNAL]) * unit)
    return replace(chain, glutamatergic=glutamatergic, serotonergic=serotonergic)


def course(
    tracks: Tracks,
    values: Values,
    gain: Array | float = 1.0,
    oral: Array | float = 1.0,
    mechanism: Mechanism = Mechanism.DISINHIBITION,
) -> tuple[Float[Array, "time person"], Float[Array, "time person"]]:
    """Return the change of severity by drugs and its integral at the boundaries of the steps, points and points h.

    Args:
        tracks: The people and what drives them.
        values: Numbers by full name.
        gain: What a person's trial does to the effect by connections, a factor, [person].
        oral: What it does to that by serotonin.
        mechanism: The account of how treatment works.
    """
    chain = chain_with(values, tracks.glutamatergic * gain, tracks.serotonergic * oral, mechanism)

    def drivers(trigger: Array, bound: Array, load: Array) -> Drivers:
        return {"trigger": trigger, "theta": occupied(values, bound, load)}

    @jax.checkpoint
    def step(slow: States, now: Any) -> tuple[States, tuple[Array, Array]]:
        h, before, after = now
        slow = sweep(chain, slow, drivers(*before), drivers(*after), h)
        return slow, (slow["sev"], slow["area"])

    starts, ends = zip(tracks.trigger, tracks.bound, tracks.load, strict=True)
    start = chain.initial(tracks.glutamatergic.size)
    _, (sev, area) = jax.lax.scan(step, start, (tracks.h, starts, ends))
    return _from_rest(sev), _from_rest(area)


def _from_rest(values: Array) -> Array:
    return jnp.concatenate([jnp.zeros_like(values[:1]), values])


def occupied(values: Values, bound: Array, load: Array) -> Array:
    """Return the occupied share of transporters, from the two loads on them.

    Args:
        values: Sizes by full name; the factor on the odds is 1 where it is not among them.
        bound: Load weighted by the largest occupancy.
        load: Load.
    """
    odds = values.get(OCCUPANCY, 1.0)
    return odds * bound / (1.0 + odds * load)
