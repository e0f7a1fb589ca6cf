"""The chain from dose to mood, on one screen: the only place where mechanisms meet.

    dose -> plasma -> effect site -> blocked receptors -> glutamate surge -> BDNF -> connections -> severity
                                 `-> acute tolerance -> dissociation, pressure

The linear part (amounts in the body, effect site, tolerance) is solved in closed form; the slow part is a cascade.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.surge import DoseCurve, default_dose_curve, solve_dose_curve
from euthymia.engine.integrate import Drivers, Link, States
from euthymia.engine.linear import Linear
from euthymia.engine.mechanism import Scalar
from euthymia.evidence import Record, load_record
from euthymia.pharmacology.brain import EffectSite, EffectSiteState
from euthymia.pharmacology.disposition import Esketamine, EsketamineInput, EsketamineState
from euthymia.pharmacology.nmda import BlockRoute, EquilibriumBlock
from euthymia.plasticity.bdnf import BDNF, BDNFState, Trigger
from euthymia.plasticity.spines import FastPotentiation, PotentiationState, SpineInput, Spines, SpineState
from euthymia.safety.dissociation import AcuteTolerance, Dissociation, ToleranceState
from euthymia.safety.pressure import Pressure
from euthymia.symptoms.severity import Severity, SeverityInput, SeverityState

KINETIC_STATES = (*EsketamineState._fields, "effect", "tolerance")
KINETIC_OUTPUTS = ("effect", "plasma", "noresketamine", "tolerance")
SLOW_STATES = ("bdnf", "mtor", "pot", "spn", "sev", "area")
STRESS = 1.0  # the episode goes on; its natural course is a curve of its own


class Target(NamedTuple):
    """Positions of the states that doses go to."""

    mucosa: int = KINETIC_STATES.index("nas")
    swallowed: int = KINETIC_STATES.index("sw")
    vein: int = KINETIC_STATES.index("c")


TARGET = Target()


class Chain(eqx.Module):
    """The default chain; each field is a link that can be exchanged for a rival."""

    brain: EffectSite
    fu: Scalar
    block: BlockRoute
    circuit: DoseCurve
    trigger: Trigger
    bdnf: BDNF
    potentiation: FastPotentiation
    spines: Spines
    severity: Severity
    feedback: bool = eqx.field(static=True, default=False)

    def fast(self, exposure: Any) -> Drivers:
        """Return what follows at once from the effect-site level: free level, block, surge and trigger."""
        c = self.brain.racemate_equivalents(exposure[0], self.fu)
        block = self.block(c)
        return {"trigger": self.trigger(self.circuit.relative_surge(c), block.E)}

    def links(self) -> tuple[Link, ...]:
        """Return the slow cascade, from the signal (hours) to the spines (weeks) and severity."""
        return (
            ("bdnf", lambda y, u: self._bdnf(y, u["trigger"], "bdnf")),
            ("mtor", lambda y, u: self._bdnf(y, u["trigger"], "mtor")),
            ("pot", lambda y, u: _only(self.potentiation.relaxation(0.0, PotentiationState(y["pot"]), y["bdnf"]))),
            (
                "spn",
                lambda y, u: _only(self.spines.relaxation(0.0, SpineState(y["spn"]), SpineInput(y["mtor"], STRESS))),
            ),
            ("sev", lambda y, u: self._severity(y, "sev")),
            ("area", lambda y, u: self._severity(y, "area")),
        )

    def initial(self, persons: int) -> States:
        """Return the slow states before treatment, [person]."""
        start = {name: 0.0 for name in SLOW_STATES} | {"spn": self.spines.resting()}
        return {name: jnp.broadcast_to(jnp.asarray(value, dtype=float), (persons,)) for name, value in start.items()}

    def with_gain(self, gain: Scalar) -> Chain:
        """Return the chain of people with their own size of effect, [person]."""
        return eqx.tree_at(lambda chain: chain.severity.gain, self, np.asarray(gain, dtype=float))

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
        return self.with_gain(np.asarray(self.severity.gain)[people])

    def derived(self, kinetic: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return free level (uM), block and surge from kinetic outputs, for display."""
        c = np.asarray(self.brain.racemate_equivalents(kinetic["effect"], self.fu))
        block = self.block(c)
        found = {"c": c, "block_E": block.E, "block_PV": block.PV, "block_SST": block.SST}
        return {name: np.asarray(value) for name, value in found.items()} | {"surge": np.asarray(self.circuit.surge(c))}

    def _bdnf(self, y: States, trigger: Scalar, which: str) -> tuple[Any, Any]:
        rate, drive = self.bdnf.relaxation(0.0, BDNFState(y["bdnf"], y["mtor"]), trigger)
        return getattr(rate, which), getattr(drive, which)

    def _severity(self, y: States, which: str) -> tuple[Any, Any]:
        inputs = SeverityInput(y["bdnf"], y["pot"], y["spn"] - self.spines.resting())
        rate, drive = self.severity.relaxation(0.0, SeverityState(y["sev"], y["area"]), inputs)
        return getattr(rate, which), getattr(drive, which)


class Safety(eqx.Module):
    """Dissociation and pressure from the same exposure."""

    tolerance: AcuteTolerance
    dissociation: Dissociation
    pressure: Pressure


@cache
def default_chain(signal: float | None = None) -> Chain:
    """Return the chain with every number from the evidence records, or with another weight of the signal."""
    plasticity = load_record("plasticity")
    chain = Chain(
        brain=EffectSite.from_record(load_record("brain")),
        fu=load_record("esketamine").value("fu", "1"),
        block=EquilibriumBlock.from_record(load_record("nmda")),
        circuit=default_dose_curve(),
        trigger=_from(Trigger, plasticity, w_dis="1", w_dir="1", s_dis="1", s_dir="1"),
        bdnf=BDNF.from_record(plasticity),
        potentiation=FastPotentiation.from_record(plasticity),
        spines=Spines.from_record(plasticity),
        severity=_severity(plasticity, load_record("amplitudes").value("signal", "1") if signal is None else signal),
    )
    # Numbers become arrays, so that another value is other data and not another program.
    return jax.tree.map(np.asarray, chain)


@cache
def default_safety(CADSS_gain: float | None = None) -> Safety:
    """Return the safety layer with every number from the evidence records, or with another ``CADSS_gain`` (points)."""
    record = load_record("dissociation")
    units = {"g_tol": "1", "C50_dis": "ng/mL", "h_dis": "1", "CADSS_max": "points"}
    return Safety(
        tolerance=AcuteTolerance.from_record(record),
        dissociation=Dissociation(
            **{name: record.value(name, unit) for name, unit in units.items()},
            CADSS_gain=CADSS_gain or load_record("amplitudes").value("CADSS_gain", "points"),
            attenuation=record.value("attenuation", "1"),
            attenuation_floor=record.value("attenuation_floor", "1"),
        ),
        pressure=_from(Pressure, load_record("pressure"), E_SBP_coefficient="mmHg", E_SBP_exponent="1", DBP_ratio="1"),
    )


def kinetics(body: Esketamine, brain: EffectSite, tolerance: AcuteTolerance, persons: int) -> Linear:
    """Return the linear part of the chain for a group of people.

    The matrix is read off the mechanisms' own derivatives, one unit state at a time: an equation stands in one place.

    Args:
        body: Disposition, each parameter a number or [person].
        brain: Effect site.
        tolerance: Acute tolerance.
        persons: Number of people.
    """
    n = len(KINETIC_STATES)
    matrix, read = np.zeros((persons, n, n)), np.zeros((persons, len(KINETIC_OUTPUTS), n))
    for column in range(n):
        unit = [float(column == row) for row in range(n)]
        amounts, effect, tolerated = EsketamineState(*unit[:8]), unit[8], unit[9]
        plasma = body.plasma(amounts)
        rates = (
            *body.derivative(0.0, amounts, EsketamineInput(0.0, 0.0)),
            brain.derivative(0.0, EffectSiteState(effect), plasma).effect,
            tolerance.derivative(0.0, ToleranceState(tolerated), effect).tolerance,
        )
        for row, rate in enumerate(rates):
            matrix[:, row, column] = rate
        for row, value in enumerate((effect, plasma, body.noresketamine(amounts), tolerated)):
            read[:, row, column] = value
    return Linear(matrix, read, KINETIC_STATES, KINETIC_OUTPUTS)


def _from(kind: type, record: Record, **units: str) -> Any:
    """Build a module from a record, naming the unit of each number."""
    return kind(**{name: record.value(name, unit) for name, unit in units.items()})


def _severity(plasticity: Record, signal: float) -> Severity:
    """Return the severity link; the weight of the signal itself is fitted, relative to its record."""
    typical = Severity.from_record(plasticity)
    return eqx.tree_at(lambda link: link.a_bdnf, typical, signal * typical.a_bdnf)


def _only(relaxation: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return rate and drive of a mechanism with a single state as plain arrays."""
    (rate,), (drive,) = relaxation
    return rate, drive
