"""Statement 2: drugs mimic a transmitter, help it, or stand in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from euthymia.claims.claim import Role, Rule, Shown, Support, of_part
from euthymia.claims.exchange import Exchange
from euthymia.claims.lab import Lab, at, exact
from euthymia.claims.registry import claim
from euthymia.evidence.facts import find_part

if TYPE_CHECKING:
    from euthymia.circuit.synapse_kinds import ReceptorKind
    from euthymia.models.two_cells import Demonstration, Way

LEVEL = 1.0  # uM; the half-way level of the library's example drugs
INFUSION = "ketamine 0.5 mg/kg iv over 40 min on day 1"
TEXTBOOK = "textbook pharmacology with example numbers of no particular drug"
LOWEST_USUAL = {"escitalopram": 10, "sertraline": 50, "fluoxetine": 20}  # mg


def _with_drug(lab: Lab, kind: ReceptorKind, way: Way) -> Demonstration:
    from euthymia.models.two_cells import demonstrate

    level = 0.0 if lab.exchange is Exchange.NO_DRUG else LEVEL
    return lab.once((kind, way), lambda: demonstrate(kind, way, level))


@claim(
    "2.mimic",
    says="Some drugs mimic a transmitter.",
    known=TEXTBOOK,
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command="euthymia circuit --synapse AMPA",
    sources=("destexhe1998",),
    rules=(Rule("resting potential moved by an agonist, without any spike", "mV", "more than nothing", low=0.1),),
)
def _mimic(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.circuit.synapse_kinds import ReceptorKind
    from euthymia.models.two_cells import Way

    return exact(_with_drug(lab, ReceptorKind.AMPA, Way.AGONIST).shift)


@claim(
    "2.potentiate",
    says="Some drugs make a transmitter stronger.",
    known=TEXTBOOK,
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command='euthymia circuit --synapse "GABA-A fast"',
    sources=("destexhe1998",),
    rules=(
        Rule("inhibition by GABA with a positive modulator, over that without", "1", "more than a tenth", low=1.1),
        Rule("what the modulator does without GABA", "mV", "nothing: it mimics nobody", -0.001, 0.001),
    ),
)
def _potentiate(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.circuit.synapse_kinds import ReceptorKind
    from euthymia.models.two_cells import Way

    found = _with_drug(lab, ReceptorKind.GABA_A_FAST, Way.POSITIVE)
    return exact(found.area_ratio, found.shift)


@claim(
    "2.suppress",
    says="Some drugs stand in a transmitter's way, as ketamine does in that of glutamate.",
    known="ketamine blocks open NMDA receptors and is trapped in them; half-block levels from cells in a dish",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command=f'euthymia simulate "{INFUSION}" --days 1',
    sources=("kotermanski2009", "gilling2009"),
    rules=(
        Rule("excitation with a competitive antagonist, over that without", "1", "a tenth less at least", high=0.9),
        Rule("NMDA receptors of SST cells that an infusion blocks, at most", "%", "more than a tenth", low=10.0),
    ),
)
def _suppress(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.circuit.synapse_kinds import ReceptorKind
    from euthymia.models.two_cells import Way

    blocked = 100.0 * lab.course(INFUSION, 28.0)["NMDA block SST"].max()
    return exact(_with_drug(lab, ReceptorKind.AMPA, Way.COMPETITIVE).peak_ratio, blocked)


@claim(
    "2.reuptake",
    says="SSRIs keep serotonin from being taken up again.",
    known="the lowest usual doses of five SSRIs occupy 76 to 85 % of the transporters of the striatum",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.NO_DRUG,
    command='euthymia simulate "escitalopram 10 mg oral daily for 4 weeks" --days 28',
    rows=("S0419", "S0420"),
    sources=("meyer2004",),
    rules=(
        *(of_part(find_part(f"22.{drug}"), f"transporters occupied, {drug}") for drug in LOWEST_USUAL),
        Rule("serotonin above rest after four weeks of escitalopram", "%", "more than nothing", low=1.0),
    ),
)
def _reuptake(lab: Lab) -> tuple[Shown, ...]:
    # Fluoxetine needs two months to gather; a day's mean is taken at noon.
    taken = {drug: lab.course(f"{drug} {mg} mg oral daily for 10 weeks", 69.5) for drug, mg in LOWEST_USUAL.items()}
    occupied = [
        100.0 * at(each, "SERT occupancy", 69.4) if "SERT occupancy" in each.names else 0.0 for each in taken.values()
    ]
    first = next(iter(taken.values()))
    raised = 100.0 * (at(first, "serotonin", 28.0) - 1.0) if "serotonin" in first.names else 0.0
    return exact(*occupied, raised)
