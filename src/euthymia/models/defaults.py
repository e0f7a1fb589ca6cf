"""The default chain and the default harms, with every number from the evidence records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Self

import equinox as eqx
import jax
import numpy as np

from euthymia.circuit.surge import default_dose_curve
from euthymia.engine.mechanism import Source
from euthymia.errors import EuthymiaError
from euthymia.evidence import Record, load_record
from euthymia.models.chain import Chain
from euthymia.pharmacology.brain import EffectSite
from euthymia.pharmacology.nmda import EquilibriumBlock
from euthymia.plasticity.bdnf import BDNF
from euthymia.plasticity.gates import GatedTrigger
from euthymia.plasticity.learning import Learning, Protection
from euthymia.plasticity.serotonin import Adaptation, Serotonin
from euthymia.plasticity.spines import FastPotentiation, Spines
from euthymia.safety.dissociation import AcuteTolerance, Dissociation
from euthymia.safety.pressure import Pressure
from euthymia.symptoms.relief import Relief
from euthymia.symptoms.severity import Severity

Others = tuple[tuple[str, float], ...]
EXCHANGED = ("plasticity", "serotonin")  # records whose numbers can be exchanged one by one
KEPT = 512  # chains; a study of uncertainty asks for one a draw


@dataclass(frozen=True)
class Sizes:
    """What is fitted in the chain: sizes that no source gives.

    Attributes:
        gain: Size of what connections do to severity, relative to the plasticity record.
        signal: Weight of the signal itself, relative to the same record.
        y_5HT: Gain of serotonin on formation of spines.
        a_5HT: Effect of one unit of raised serotonin itself, points.
        a_lrn: Effect of all learned skills, points.
    """

    gain: float
    signal: float
    y_5HT: float
    a_5HT: float
    a_lrn: float

    @classmethod
    def from_record(cls, amplitudes: Source) -> Self:
        """Build from the amplitudes record."""
        units = {"gain": "1", "signal": "1", "y_5HT": "1", "a_5HT": "points"}
        own = {name: amplitudes.value(name, unit) for name, unit in units.items()}
        return cls(**own, a_lrn=load_record("therapy").value("a_lrn", "points"))


class Safety(eqx.Module):
    """Dissociation and pressure from the same exposure."""

    tolerance: AcuteTolerance
    dissociation: Dissociation
    pressure: Pressure


def default_chain(
    sizes: Sizes | None = None,
    adaptation: Adaptation = Adaptation.DESENSITISE,
    others: Mapping[str, float] | None = None,
) -> Chain:
    """Return the chain with every number from the evidence records.

    Args:
        sizes: Other sizes than those of the amplitudes record.
        adaptation: What autoreceptors do.
        others: Other numbers of the records of `EXCHANGED`, by full name (``"plasticity.tau_pot"``), in their units.

    Raises:
        UnknownNameError: When a record has no such number.
        EuthymiaError: When the number is of a record that cannot be exchanged here.
    """
    wanted = tuple(sorted((others or {}).items()))
    return _chain(sizes or Sizes.from_record(load_record("amplitudes")), adaptation, wanted)


def _exchanged(record: str, others: Others) -> Record:
    """Return a record with those of its numbers exchanged that are named."""
    own = {name.partition(".")[2]: value for name, value in others if name.partition(".")[0] == record}
    return load_record(record).replace(**own)


@lru_cache(maxsize=KEPT)
def _chain(sizes: Sizes, adaptation: Adaptation, others: Others) -> Chain:
    foreign = [name for name, _ in others if name.partition(".")[0] not in EXCHANGED]
    if foreign:
        allowed = " and ".join(EXCHANGED)
        raise EuthymiaError(f"no number of the chain to exchange: {foreign[0]}; allowed: those of {allowed}")
    plasticity = _exchanged("plasticity", others)
    severity = eqx.tree_at(
        lambda link: (link.a_bdnf, link.gain),
        Severity.from_record(plasticity),
        (sizes.signal * plasticity.value("a_bdnf", "points"), sizes.gain),
    )
    chain = Chain(
        brain=EffectSite.from_record(load_record("brain")),
        fu=load_record("esketamine").value("fu", "1"),
        block=EquilibriumBlock.from_record(load_record("nmda")),
        circuit=default_dose_curve(),
        trigger=GatedTrigger.from_records(plasticity, load_record("manipulations")),
        bdnf=BDNF.from_record(plasticity),
        potentiation=FastPotentiation.from_record(plasticity),
        serotonin=replace(Serotonin.from_record(_exchanged("serotonin", others)), adaptation=adaptation),
        learning=Learning.from_record(plasticity),
        protection=Protection.from_record(plasticity),
        spines=eqx.tree_at(lambda link: link.y_5HT, Spines.from_record(plasticity), sizes.y_5HT),
        relief=Relief(severity=severity, a_5HT=sizes.a_5HT, a_lrn=sizes.a_lrn),
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


def _from(kind: type, record: Record, **units: str) -> Any:
    """Build a module from a record, naming the unit of each number."""
    return kind(**{name: record.value(name, unit) for name, unit in units.items()})
