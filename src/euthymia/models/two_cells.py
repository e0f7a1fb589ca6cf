"""Two cells and a drug: the receptor library says what the drug does, the synapse what becomes of a spike.

The ways of acting are those of any textbook of pharmacology, with the library's example numbers, which are of no
particular drug; only the trapping block of the NMDA receptor is ketamine's.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from typing import NamedTuple

import jax

from euthymia.circuit import synapse
from euthymia.circuit.synapse import Pair, Response, respond, with_drug
from euthymia.circuit.synapse_kinds import ReceptorKind
from euthymia.circuit.synapse_receptors import AbstractGate, ReceptorAction
from euthymia.circuit.synapse_terminal import TerminalAction
from euthymia.engine.mechanism import Scalar
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.pharmacology.receptor_kinetics import Cleft, TrappingReceptor
from euthymia.pharmacology.receptor_kinetics import Receptor as Shares
from euthymia.pharmacology.receptors import (
    AllostericModulator,
    CompetitiveAntagonist,
    NonCompetitiveAntagonist,
    OpenChannelBlock,
)
from euthymia.pharmacology.transporter import Reuptake, ReversibleInhibition

MS = 1.0 / 3_600_000.0  # h
UM_PER_MM = 1000.0
FAR_BELOW = 1e-6  # of Km: where uptake is proportional to the transmitter, as an exponential clearance has it

# A train that shows both a single event and what builds up over several (second messengers, trapping).
SPIKES = (10.0, 30.0, 50.0, 70.0, 90.0)
DURATION = 400.0


class Way(enum.Enum):
    """A way of acting on a synapse; the value is how a user spells it."""

    AGONIST = "agonist"
    COMPETITIVE = "competitive antagonist"
    NON_COMPETITIVE = "non-competitive antagonist"
    CHANNEL_BLOCK = "channel block"
    TRAPPING_BLOCK = "trapping block"
    POSITIVE = "positive modulator"
    NEGATIVE = "negative modulator"
    UPTAKE = "uptake inhibitor"
    ENZYME = "enzyme inhibitor"


class TrappingGate(AbstractGate):
    """The ten-state NMDA receptor of the receptor library as a gate of a synapse, with a free drug of c uM.

    It starts silent, with a share of its receptors already blocked: nothing enters or leaves a closed channel. A factor
    on unbinding has no meaning in this scheme and is left aside; an agonist acts from the first millisecond on.
    """

    receptor: TrappingReceptor
    c: Scalar = 0.0  # uM, racemate equivalents
    Mg: Scalar = 1.0  # mM
    blocked: Scalar = 0.0  # share at the start

    @property
    def K(self) -> Scalar:
        """Transmitter that binds half of one site, mM."""
        return self.receptor.ku / self.receptor.kb / UM_PER_MM

    def steady(self, T: Scalar, action: ReceptorAction) -> Shares:
        """Return the state after a long time without transmitter."""
        return self.receptor.initial_state()._replace(B0=self.blocked + 0.0 * self.receptor.Kd)

    def derivative(self, state: Shares, T: Scalar, V: Scalar, action: ReceptorAction) -> Shares:
        """Return rates of change, 1/ms."""
        glu = UM_PER_MM * (T + action.agonist) / action.dose_ratio
        return jax.tree.map(
            lambda rate: rate * MS, self.receptor.derivative(0.0, state, Cleft(glu, self.c, V, self.Mg))
        )

    def open(self, state: Shares, action: ReceptorAction) -> Scalar:
        """Return the open share."""
        return action.efficacy * (1.0 - action.block) * state.O


class Demonstration(NamedTuple):
    """The same spikes without and with a drug."""

    way: Way
    level: float  # uM
    without: Response
    drugged: Response

    @property
    def peak_ratio(self) -> float:
        """Peak of the postsynaptic potential with the drug over that without."""
        return self.drugged.peak() / self.without.peak()

    @property
    def area_ratio(self) -> float:
        """Area of the postsynaptic potential with the drug over that without."""
        return self.drugged.area() / self.without.area()

    @property
    def shift(self) -> float:
        """How far the drug alone moves the resting potential, mV."""
        return float(self.drugged.V[0] - self.without.V[0])


def demonstrate(
    kind: ReceptorKind,
    way: Way,
    level: float,
    *,
    spikes: Sequence[float] = SPIKES,
    duration: float = DURATION,
) -> Demonstration:
    """Return the postsynaptic potential of a train of spikes without and with a drug.

    Args:
        kind: The receptor below the terminal.
        way: How the drug acts.
        level: Its free level, uM.
        spikes: Times of the presynaptic spikes, ms.
        duration: How long to follow, ms.

    Raises:
        EuthymiaError: When the receptor has no trapping scheme, or the level is negative.

    Example:
        >>> demonstrate(ReceptorKind.AMPA, Way.COMPETITIVE, 1.0).peak_ratio < 1.0
        True
    """
    if not 0.0 <= level < float("inf"):
        raise EuthymiaError(f"a level of {level!r} uM; expected a number of at least 0")
    pair = trapping_pair(0.0) if way is Way.TRAPPING_BLOCK else synapse.pair(kind)
    if way is Way.TRAPPING_BLOCK and kind is not ReceptorKind.NMDA:
        raise EuthymiaError(f"{kind.value} has no trapping scheme here; expected NMDA")
    drugged = trapping_pair(level) if way is Way.TRAPPING_BLOCK else acted(pair, way, level)
    told = [respond(each, spikes=spikes, duration=duration) for each in (pair, drugged)]
    return Demonstration(way, level, *told)


def acted(pair: Pair, way: Way, level: float) -> Pair:
    """Return the pair while a drug acts in one way, the library's example numbers behind it.

    Args:
        pair: Two cells.
        way: How the drug acts; any but the trapping block, for which there is `trapping_pair`.
        level: Its free level, uM.
    """
    record = load_record("receptors")
    gate = pair.receptors[0].gate
    if way is Way.AGONIST:
        return with_drug(pair, receptors=ReceptorAction(agonist=gate.K * level / record.value("KA", "uM")))
    if way is Way.COMPETITIVE:
        r = CompetitiveAntagonist.from_record(record).dose_ratio(level)
        return with_drug(pair, receptors=ReceptorAction(dose_ratio=r))
    if way is Way.NON_COMPETITIVE:
        q = NonCompetitiveAntagonist.from_record(record).efficacy(level)
        return with_drug(pair, receptors=ReceptorAction(efficacy=q))
    if way is Way.CHANNEL_BLOCK:
        law = OpenChannelBlock(UM_PER_MM * gate.K, record.value("KB", "uM"))
        most = UM_PER_MM * pair.terminal.T_max
        return with_drug(pair, receptors=ReceptorAction(block=1.0 - law(most, level) / law(most, 0.0)))
    if way in (Way.POSITIVE, Way.NEGATIVE):
        law = AllostericModulator.from_record(record)
        law = law if way is Way.POSITIVE else dataclasses.replace(law, alpha=1.0 / law.alpha, beta=1.0 / law.beta)
        return with_drug(pair, receptors=ReceptorAction(unbinding=law.dose_ratio(level), efficacy=law.efficacy(level)))
    if way is Way.UPTAKE:
        carrier = Reuptake.from_record(record.replace(Ki=record.value("KB", "uM")))
        S = FAR_BELOW * carrier.Km
        return with_drug(pair, terminal=TerminalAction(uptake=carrier(S, level) / carrier(S, 0.0)))
    if way is Way.ENZYME:
        enzyme = ReversibleInhibition.from_record(record)
        left = enzyme(enzyme.Kcat, level) / enzyme(enzyme.Kcat, 0.0)
        return with_drug(pair, terminal=TerminalAction(breakdown=left))
    raise EuthymiaError(f"{way.value} is a scheme of the receptor, not a change of it; see trapping_pair")


def trapping_pair(c: float, *, blocked: float = 0.0) -> Pair:
    """Return two cells joined by NMDA receptors of ten states, with ketamine beside them.

    Args:
        c: Free ketamine, uM racemate equivalents.
        blocked: Share of the receptors that is blocked before the first spike.
    """
    pair = synapse.pair(ReceptorKind.NMDA)
    scheme = TrappingReceptor.from_record(load_record("nmda_kinetics"))
    below = pair.receptors[0]
    gate = TrappingGate(scheme, c, below.Mg, blocked)
    return Pair(pair.terminal, (dataclasses.replace(below, gate=gate),), pair.cell)


def way_named(name: str) -> Way:
    """Return the way of acting of that name, whatever its case.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    for way in Way:
        if name.strip().lower() == way.value:
            return way
    raise UnknownNameError("way of acting", name, [way.value for way in Way])
