"""Statement 1: nerve cells signal electrically and, between each other, chemically; some excite, some inhibit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from euthymia.claims.claim import Role, Rule, Shown, Support
from euthymia.claims.exchange import Exchange
from euthymia.claims.lab import Lab, exact
from euthymia.claims.registry import claim

if TYPE_CHECKING:
    from euthymia.circuit.synapse import Response
    from euthymia.circuit.synapse_kinds import ReceptorKind

SPIKE, FOLLOWED = 5.0, 300.0  # ms
A_TENTH_LESS = 0.9
HALF_ACTIVE = 0.5
SIGN = "the sign is the claim"


def _response(lab: Lab, kind: ReceptorKind) -> Response:
    """Return what one spike does to the next cell through receptors of a kind, mV over ms."""
    from euthymia.circuit.synapse import pair, respond
    from euthymia.circuit.synapse_kinds import ReceptorKind
    from euthymia.circuit.synapse_terminal import TerminalAction

    if lab.exchange is Exchange.SIGNS:
        kind = {ReceptorKind.AMPA: ReceptorKind.GABA_A_FAST, ReceptorKind.NMDA: ReceptorKind.GABA_A_SLOW}.get(
            kind, ReceptorKind.AMPA
        )
    cells = pair(kind)
    if lab.exchange is Exchange.NO_DRUG:
        silent = replace(cells.terminal, action=TerminalAction(release=0.0))
        cells = replace(cells, terminal=silent)
    return lab.once(("synapse", kind), lambda: respond(cells, spikes=[SPIKE], duration=FOLLOWED))


def _rate_change(lab: Lab, change: str) -> float:
    """Return by how many percent a change of the circuit moves the rate of its pyramidal cells."""
    from euthymia.circuit.study import study

    usual = lab.once("rest", lambda: float(study([0.0]).rest[0]))
    return 100.0 * (lab.once(("rest", change), lambda: float(study([0.0], changes=[change]).rest[0])) / usual - 1.0)


@claim(
    "1.synapse",
    says="A nerve cell carries its signal electrically and passes it to the next cell chemically.",
    known="release, binding and current follow each other within milliseconds; rates from recordings on slices",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command="euthymia circuit --synapse AMPA",
    sources=("destexhe1998",),
    rules=(
        Rule("potential of the next cell after one spike", "mV", "larger than nothing at all", low=0.05),
        Rule("its peak behind that of the transmitter", "ms", "the chemical comes first", low=0.1),
    ),
)
def _synapse(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.circuit.synapse_kinds import ReceptorKind

    found = _response(lab, ReceptorKind.AMPA)
    behind = found.t[np.argmax(np.abs(found.PSP))] - found.t[np.argmax(found.T)]
    return exact(found.peak(), behind)


@claim(
    "1.glutamate",
    says="Glutamate excites.",
    known="its receptors' currents reverse near 0 mV, far above rest; rates and reversal from recordings",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.SIGNS,
    command='euthymia circuit --change "AMPA 0.9"',
    sources=("destexhe1998",),
    rules=(
        Rule("potential by AMPA receptors", "mV", SIGN, low=0.01),
        Rule("potential by NMDA receptors", "mV", SIGN, low=0.01),
        Rule("rate of pyramidal cells with a tenth less of AMPA", "% change", SIGN, high=-0.1),
    ),
)
def _glutamate(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.circuit.synapse_kinds import ReceptorKind

    less = "GABA-A" if lab.exchange is Exchange.SIGNS else "AMPA"
    peaks = (_response(lab, kind).peak() for kind in (ReceptorKind.AMPA, ReceptorKind.NMDA))
    return exact(*peaks, _rate_change(lab, f"{less} {A_TENTH_LESS}"))


@claim(
    "1.gaba",
    says="GABA inhibits.",
    known="currents through its receptors reverse below rest; rates and reversal from recordings",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.SIGNS,
    command='euthymia circuit --change "GABA-A 0.9"',
    sources=("destexhe1998",),
    rules=(
        Rule("potential by fast GABA-A receptors", "mV", SIGN, high=-0.01),
        Rule("rate of pyramidal cells with a tenth less of GABA-A", "% change", SIGN, low=0.1),
    ),
)
def _gaba(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.circuit.synapse_kinds import ReceptorKind

    less = "AMPA" if lab.exchange is Exchange.SIGNS else "GABA-A"
    return exact(_response(lab, ReceptorKind.GABA_A_FAST).peak(), _rate_change(lab, f"{less} {A_TENTH_LESS}"))


@claim(
    "1.modulate",
    says="Serotonin modulates: it moves the two main transmitters' balance, either way.",
    known="that 5-HT1A receptors calm and 5-HT2A receptors stir pyramidal cells is known here from memory only",
    support=Support.SILENT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_MODULATION,
    command='euthymia circuit --change "5-HT2A 0.5"',
    rules=(
        Rule("rate of pyramidal cells, 5-HT1A receptors half active", "% change", SIGN, high=-0.1),
        Rule("rate of pyramidal cells, 5-HT2A receptors half active", "% change", SIGN, low=0.1),
    ),
    note="signs are put in and unverified, sizes assumed: the claim shows that the circuit passes them on",
)
def _modulate(lab: Lab) -> tuple[Shown, ...]:
    active = 0.0 if lab.exchange is Exchange.NO_MODULATION else HALF_ACTIVE
    return exact(*(_rate_change(lab, f"{receptor} {active}") for receptor in ("5-HT1A", "5-HT2A")))


@claim(
    "1.others",
    says="Some 200 other transmitters modulate too.",
    known="a catalogue of names reaches 200 only when processed peptides are counted one by one; names unverified",
    support=Support.IN_PART,
    role=Role.STRUCTURAL,
    exchange=Exchange.SMALL_ONLY,
    command="euthymia transmitters",
    rules=(
        Rule("signals in the catalogue beside glutamate and GABA", "names", "some 200, by a quarter", 150.0, 250.0),
        Rule("of them, those that do anything in the model", "names", "half of 200", low=100.0),
    ),
)
def _others(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.evidence.transmitters import Kind, signals

    counted = [
        each
        for each in signals()
        if each.name not in ("L-glutamate", "GABA")
        and not (lab.exchange is Exchange.SMALL_ONLY and each.family.kind is Kind.PEPTIDE)
    ]
    return exact(len(counted), sum(each.modelled or each.as_a_group for each in counted))
