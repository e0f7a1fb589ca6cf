"""The chain from dose to mood, on one screen: the only place where mechanisms meet.

    dose -> plasma -> effect site -> blocked receptors -> glutamate surge -> BDNF -> connections -> severity
                                 `-> acute tolerance -> dissociation, pressure           ^  ^
    tablets -> occupied transporters -> serotonin <-> autoreceptors ---------------------'  |
    sessions of therapy -> skills <-> connections ------------------------------------------'

The linear part (amounts in the body, effect site, tolerance) is solved in closed form; the slow part is a cascade.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.surge import DoseCurve, solve_dose_curve
from euthymia.engine.integrate import Drivers, Link, States
from euthymia.engine.mechanism import Scalar
from euthymia.models.loop import Loop
from euthymia.models.reads import OUTPUT_NAMES, Reads
from euthymia.pharmacology.brain import EffectSite
from euthymia.pharmacology.nmda import BlockRoute
from euthymia.plasticity.bdnf import BDNF, BDNFState
from euthymia.plasticity.gates import OPEN, GatedTrigger, Gates, inhibited
from euthymia.plasticity.learning import Learning, LearningInput, LearningState, Protection
from euthymia.plasticity.serotonin import Serotonin, SerotoninInput, SerotoninState
from euthymia.plasticity.spines import (
    FastPotentiation,
    PotentiationState,
    SpineInput,
    Spines,
    SpineState,
    excitatory_weight,
)
from euthymia.symptoms.relief import Relief, ReliefInput
from euthymia.symptoms.severity import Severity, SeverityState

SLOW_STATES = ("bdnf", "mtor", "pot", "spn", "sev", "area")  # without tablets and therapy


class Chain(eqx.Module):
    """The default chain; each field is a link that can be exchanged for a rival (`rivals`).

    People differ in two traits (factors, mean 1): what connections make of the signal, and of serotonin.
    """

    brain: EffectSite
    fu: Scalar
    block: BlockRoute
    circuit: DoseCurve
    trigger: GatedTrigger
    bdnf: BDNF
    potentiation: FastPotentiation
    serotonin: Serotonin
    learning: Learning
    protection: Protection
    spines: Spines
    relief: Relief
    gates: Gates = OPEN
    glutamatergic: Scalar = 1.0
    serotonergic: Scalar = 1.0
    stress: Scalar = 1.0  # 1 in an episode, which goes on: its natural course is a curve of its own; 0 in health
    loop: Loop | None = None
    reads: Reads = eqx.field(static=True, default=Reads())

    def fast(self, exposure: Any) -> Drivers:
        """Return what follows at once from the outputs of the linear system."""
        c = self.brain.racemate_equivalents(exposure[0], self.fu)
        read = {name: exposure[place] for name, place in self.reads._asdict().items() if place is not None}
        if "bound" in read:
            read["theta"] = read.pop("bound") / (1.0 + read.pop("load"))
        if self.loop is None:
            return read | {"trigger": self._trigger(self.circuit.relative_surge(c), self.block(c).E, read)}
        return read | {"c": c}

    def links(self) -> tuple[Link, ...]:
        """Return the slow cascade, from the signal (hours) to the spines (weeks), skills and severity."""
        learned = (("lrn", self._lrn),) if self.reads.therapy is not None else ()
        adapting = (("AR", self._AR),) if self.serotonin_moves else ()
        return (
            ("bdnf", lambda y, u: self._bdnf(y, u, "bdnf")),
            ("mtor", lambda y, u: self._bdnf(y, u, "mtor")),
            ("pot", lambda y, u: _only(self.potentiation.relaxation(0.0, PotentiationState(y["pot"]), y["bdnf"]))),
            *adapting,
            *learned,
            ("spn", self._spn),
            ("sev", lambda y, u: self._sev(y, u, "sev")),
            ("area", lambda y, u: self._sev(y, u, "area")),
        )

    @property
    def serotonin_moves(self) -> bool:
        """Whether anything reaches serotonin: occupied transporters, or a lack of it."""
        return self.reads.bound is not None or self.reads.depleted is not None

    @property
    def noting(self) -> str:
        """Autoreceptors, with which serotonin is known, which three links read."""
        return "AR" if self.serotonin_moves else ""

    def noted(self, slow: States, drivers: Drivers) -> Drivers:
        """Return serotonin relative to rest."""
        return {"HT": self.serotonin.HT(slow["AR"], self._given(drivers))}

    @property
    def feedback(self) -> tuple[str, ...]:
        """States that act on themselves or on faster ones: autoreceptors on serotonin, spines on what is learned."""
        found = ("AR",) * self.serotonin_moves + ("spn",) * (self.reads.therapy is not None)
        return found if self.loop is None else tuple(dict.fromkeys(("pot", "spn", *found)))

    def initial(self, persons: int) -> States:
        """Return the slow states before treatment, [person]."""
        start = {name: 0.0 for name, _ in self.links()} | {"spn": self.resting}
        if "AR" in start:
            start["AR"] = 1.0
        return {name: jnp.broadcast_to(jnp.asarray(value, dtype=float), (persons,)) for name, value in start.items()}

    def _trigger(self, surge: Scalar, resting_block: Scalar, u: Drivers) -> Scalar:
        return self.trigger(surge, resting_block, u.get("hnk", 0.0), self.gates)

    def _bdnf(self, y: States, u: Drivers, which: str) -> tuple[Any, Any]:
        if self.loop is None:
            trigger = u["trigger"]
        else:
            weight = excitatory_weight(self.loop.share * y["pot"], y["spn"], self.spines.healthy())
            trigger = self._trigger(self.loop.relative_surge(u["c"], weight), self.block(u["c"]).E, u)
        rate, drive = inhibited(
            self.bdnf.relaxation(0.0, BDNFState(y["bdnf"], y["mtor"]), trigger), u.get("rho_syn", self.gates.rho_syn)
        )
        return getattr(rate, which), getattr(drive, which)

    def _given(self, u: Drivers) -> SerotoninInput:
        return SerotoninInput(u.get("theta", 0.0), 1.0 - u.get("depleted", 0.0))

    def _HT(self, y: States, u: Drivers) -> Scalar:
        """Return serotonin above rest, as this person's connections and mood see it, plus the rest of 1."""
        if "AR" not in y:
            return 1.0
        HT = u["HT"] if "HT" in u else self.serotonin.HT(y["AR"], self._given(u))
        return 1.0 + self.serotonergic * (HT - 1.0)

    def _AR(self, y: States, u: Drivers) -> tuple[Any, Any]:
        if "HT" in u:
            return _only(self.serotonin.adapting(u["HT"]))
        return _only(self.serotonin.relaxation(0.0, SerotoninState(y["AR"]), self._given(u)))

    def _lrn(self, y: States, u: Drivers) -> tuple[Any, Any]:
        inputs = LearningInput(u["therapy"], y["spn"] * (1.0 / self.resting) - 1.0)
        return _only(self.learning.relaxation(0.0, LearningState(y["lrn"]), inputs))

    def _spn(self, y: States, u: Drivers) -> tuple[Any, Any]:
        felt = self.protection.felt(self.stress, y.get("lrn", 0.0))
        elimination = u.get("rho_elim", self.gates.rho_elim)
        inputs = SpineInput(self.glutamatergic * y["mtor"], felt, self._HT(y, u), elimination)
        return _only(self.spines.relaxation(0.0, SpineState(y["spn"]), inputs))

    def _sev(self, y: States, u: Drivers, which: str) -> tuple[Any, Any]:
        bdnf, pot = self.glutamatergic * y["bdnf"], self.glutamatergic * y["pot"]
        inputs = ReliefInput(bdnf, pot, y["spn"] - self.resting, self._HT(y, u), y.get("lrn", 0.0))
        rate, drive = self.relief.relaxation(0.0, SeverityState(y["sev"], y["area"]), inputs)
        return getattr(rate, which), getattr(drive, which)

    @property
    def resting(self) -> Scalar:
        """Spine density before treatment, under this person's stress."""
        return self.spines.resting(self.stress)

    @property
    def severity(self) -> Severity:
        """Severity from connections, without skills and serotonin itself."""
        return self.relief.severity

    def reading(self, outputs: Sequence[str]) -> Chain:
        """Return the chain that finds what reaches it among these outputs of a linear system, by their names."""
        places = {field: outputs.index(name) for field, name in OUTPUT_NAMES.items() if name in outputs}
        return dataclasses.replace(self, reads=Reads(**places))

    def with_gain(self, gain: Scalar) -> Chain:
        """Return the chain with another size of what connections do to severity, a number or [person]."""
        return eqx.tree_at(lambda chain: chain.relief.severity.gain, self, np.asarray(gain, dtype=float))

    def with_traits(self, glutamatergic: Scalar, serotonergic: Scalar) -> Chain:
        """Return the chain of people with their own traits, factors with mean 1, [person]."""
        own = {"glutamatergic": glutamatergic, "serotonergic": serotonergic}
        return dataclasses.replace(self, **{name: np.asarray(value, dtype=float) for name, value in own.items()})

    def with_block(self, block: BlockRoute) -> Chain:
        """Return the chain with another way from level to blocked receptors, the calibrated circuit solved under it.

        The circuit is reached through half-block levels, so the block must be hyperbolic in the level.
        """
        half = block(1.0)  # at 1 uM, where b/(1 - b) is 1 uM over the half-block level
        IC50 = np.array([float(np.asarray(1.0 / share - 1.0)) for share in half])
        circuit = solve_dose_curve(MeanField.from_evidence(), IC50)
        return jax.tree.map(np.asarray, dataclasses.replace(self, block=block, circuit=circuit))

    def take(self, people: Any) -> Chain:
        """Return the chain of the people at these positions."""

        def own(chain: Chain) -> tuple[Any, ...]:
            return chain.relief.severity.gain, chain.glutamatergic, chain.serotonergic

        return eqx.tree_at(own, self, tuple(np.asarray(one)[people] if np.ndim(one) else one for one in own(self)))


def _only(relaxation: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return rate and drive of a mechanism with a single state as plain arrays."""
    (rate,), (drive,) = relaxation
    return rate, drive
