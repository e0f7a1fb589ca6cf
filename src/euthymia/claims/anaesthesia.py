"""Statement 6: at high doses ketamine parts the upper from the lower brain, while heart and lungs go on."""

from __future__ import annotations

import numpy as np

from euthymia.claims.claim import Role, Rule, Shown, Support
from euthymia.claims.exchange import Exchange
from euthymia.claims.lab import Lab, exact
from euthymia.claims.registry import claim

INJECTION = "ketamine 2 mg/kg iv over 1 min on day 1"
MINUTES = np.arange(0.0, 120.0, 0.25)
DEEP = 10.0  # uM; well within anaesthesia
OPIOID = 2.0  # its level over its own half-effect on breathing
COMMAND = f'euthymia simulate "{INJECTION}" --days 1'
DOSES = "euthymia article doses"


def _minutes(lab: Lab, name: str) -> np.ndarray:
    """Return a harm every quarter of a minute after an injection of 2 mg/kg."""
    found = lab.course(INJECTION, 1.0, safety=True)
    return np.interp(MINUTES / 60.0, found.t, found[name])


@claim(
    "6.unresponsive",
    says="At a high dose people no longer respond.",
    known="2 mg/kg over a minute: anaesthesia within half a minute, for five to ten minutes",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command=COMMAND,
    sources=("ketalarlabel",),
    rules=(
        Rule("largest chance of no response after 2 mg/kg over a minute", "%", "nearly all", low=95.0),
        Rule("minutes in which more than half do not respond", "min", "the label", 5.0, 10.0),
    ),
    note="the level at which half do not respond is assumed",
)
def _unresponsive(lab: Lab) -> tuple[Shown, ...]:
    chance = _minutes(lab, "unresponsive")
    return exact(100.0 * chance.max(), 0.25 * np.count_nonzero(chance > 0.5))


@claim(
    "6.memory",
    says="At a high dose nothing is remembered.",
    known="no curve of memory over the level was found",
    support=Support.SILENT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command=DOSES,
    rules=(Rule("least chance that a moment is kept", "%", "next to none", high=5.0),),
    note="put in: that memory ends where responsiveness does is assumed",
)
def _memory(lab: Lab) -> tuple[Shown, ...]:
    return exact(100.0 * _minutes(lab, "memory").min())


@claim(
    "6.parted",
    says="At a high dose the upper brain is parted from the lower.",
    known="signals back from the frontal lobe fall more than those to it; known here from secondary reading only",
    support=Support.IN_PART,
    role=Role.STRUCTURAL,
    exchange=Exchange.SAME_WIRING,
    command='euthymia circuit --areas --ketamine "0 10 uM"',
    rules=(
        Rule("signals back to the lower area at 10 uM", "% of rest", "half at most", high=50.0),
        Rule("signals back over signals up, both relative to rest, at 10 uM", "1", "back falls more", high=0.5),
    ),
    note="that signals back take NMDA receptors is assumed; with the same receptors both ways they fall alike",
)
def _parted(lab: Lab) -> tuple[Shown, ...]:
    back, up = _transfer(lab)
    return exact(100.0 * back, back / up)


@claim(
    "6.perception",
    says="At a high dose nothing is perceived.",
    known="no number was found of how far signals on their way up fall in people",
    support=Support.SILENT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command='euthymia circuit --areas --ketamine "0 10 uM"',
    rules=(Rule("signals up to the upper area at 10 uM", "% of rest", "half at most", high=50.0),),
)
def _perception(lab: Lab) -> tuple[Shown, ...]:
    return exact(100.0 * _transfer(lab)[1])


def _transfer(lab: Lab) -> tuple[float, float]:
    """Return the transfer from the upper to the lower area and up, at the deep level, relative to rest."""
    from euthymia.circuit.areas import TwoAreas, answer, symmetric_pathways
    from euthymia.circuit.surge import blocked_fraction, half_block_levels

    def solve() -> tuple[float, float]:
        areas = TwoAreas.from_evidence()
        if lab.exchange is Exchange.SAME_WIRING:
            areas = symmetric_pathways(areas)
        level = 0.0 if lab.exchange is Exchange.NO_DRUG else DEEP
        found = answer(areas, blocked_fraction(np.array([level]), half_block_levels())[0]).relative
        return float(found.feedback), float(found.feedforward)

    return lab.once("transfer", solve)


@claim(
    "6.lungs",
    says="Breathing goes on.",
    known="S-ketamine raises ventilation and works against an opioid's depression; the label warns of fast large doses",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.OPIOID,
    command=DOSES,
    sources=("jonkman2018", "ketalarlabel"),
    rules=(Rule("least ventilation in two hours after 2 mg/kg", "% of rest", "no fall by a tenth", low=90.0),),
    note="the level's effect alone: that a fast injection can stop breathing for a while is another curve",
)
def _lungs(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.evidence import load_record
    from euthymia.safety.respiration import Respiration

    found = lab.course(INJECTION, 1.0, safety=True)
    breathing = Respiration.from_record(load_record("respiration"))
    level = np.interp(MINUTES / 60.0, found.t, found["S-ketamine"])
    opioid = OPIOID if lab.exchange is Exchange.OPIOID else 0.0
    least = float(np.min(breathing.ventilation(level, opioid)))
    return exact(100.0 * least / float(breathing.ventilation(0.0)))


@claim(
    "6.heart",
    says="The heart goes on.",
    known="pressure does not fall: mean arterial pressure +27 % at 1959 ng/mL of S-ketamine",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command=DOSES,
    sources=("langsjo2005",),
    rules=(
        Rule("least change of systolic pressure in two hours", "mmHg", "no fall", low=-1.0),
        Rule("largest rise of systolic pressure", "mmHg", "it rises", low=5.0),
    ),
    note="the course of pressure was fitted far below these doses",
)
def _heart(lab: Lab) -> tuple[Shown, ...]:
    change = _minutes(lab, "SBP change")
    return exact(change.min(), change.max())
