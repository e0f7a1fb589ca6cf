"""Our values of the check points of receptors and transporters: one small function each, by the name of the point."""

from __future__ import annotations

from collections.abc import Callable

from checkpoint_levels import mean_level
from euthymia.evidence import load_record
from euthymia.pharmacology.drugs import bodies
from euthymia.pharmacology.receptor_kinetics import SECOND, Cleft, GatingSet, TrappingReceptor, trapping_receptor
from euthymia.pharmacology.subunits import Subunit, subunit_block
from euthymia.pharmacology.transporter import plasma_occupancy

KINETICS, LEVELS, SERT, BRAIN = (load_record(name) for name in ("nmda_kinetics", "nmda_subunits", "sert", "brain"))
SATURATING = 1000.0  # uM of glutamate
USED = (GatingSet.DESTEXHE_1996, GatingSet.LESTER_1992)
# Free level as printed (uM), and the factor of the molecule.
EXPOSURES = {
    "84": (0.24, 1.0),
    "S": (0.24, 0.61),
    "iv": (0.47, 1.0),
    "anaesthesia": (4.5, 1.0),
}
LOWEST_USUAL = {"citalopram": 20.0, "escitalopram": 10.0, "sertraline": 50.0, "paroxetine": 20.0, "fluoxetine": 20.0}


def receptor(gating: GatingSet = GatingSet.DESTEXHE_1996) -> TrappingReceptor:
    """Return the receptor with one set of gating rates."""
    return trapping_receptor(KINETICS, gating=gating)


def affinity(molecule: str) -> float:
    """Return a Ki of Ebert 1997, uM."""
    return LEVELS.value(f"Ki_{molecule}", "uM")


def mixture() -> float:
    """Return the Ki of S and R in equal parts, uM: shares of the sites add."""
    return 1.0 / (0.5 / affinity("S") + 0.5 / affinity("R"))


def free_of_magnesium(V: float) -> float:
    """Return the share of channels without magnesium at 1 mM."""
    return float(receptor().free_of_magnesium(V, 1.0))


def voltage(V: float) -> float:
    """Return the factor of a potential on the half-block level, against -70 mV."""
    return float(receptor().k_minus(V) / receptor().k_minus(-70.0))


def half_block() -> float:
    """Return the block at Kd, percent: the worst of all gating sets."""
    surroundings = Cleft(SATURATING, KINETICS.value("Kd", "uM"), -70.0, 0.0)
    found = [100.0 * float(receptor(gating).steady(surroundings).blocked) for gating in GatingSet]
    return max(found, key=lambda percent: abs(percent - 50.0))


def between(rate: Callable[[TrappingReceptor], float]) -> float:
    """Return the middle of a rate over the two gating sets that are used."""
    return 0.5 * sum(rate(receptor(gating)) for gating in USED)


def blocked(exposure: str, what: str) -> float:
    """Return a predicted occupancy, percent: without magnesium, or of one kind of receptor with 1 mM at -66 mV."""
    c, factor = EXPOSURES[exposure]
    if what == "0":
        return 100.0 * c / factor / (c / factor + KINETICS.value("Kd", "uM"))
    return 100.0 * float(subunit_block(KINETICS, LEVELS, Subunit(what))(c / factor, V=-66.0, Mg=1.0))


def occupied(drug: str) -> float:
    """Return the share of transporters occupied at the mean level of the lowest usual dose."""
    name, mg = bodies(drug)[0].name, LOWEST_USUAL[drug]
    metabolite = mean_level(name, mg, 1) if drug == "fluoxetine" else 0.0
    return float(plasma_occupancy(SERT, drug)(mean_level(name, mg), metabolite))


VALUES: dict[str, Callable[[], float]] = {
    "ebert.racemate": mixture,
    **{f"ebert.{molecule}": lambda molecule=molecule: affinity(molecule) / mixture() for molecule in ("S", "R", "SN", "RN")},
    "racemate.back": lambda: 0.5 / BRAIN.value("f_S", "1") + 0.5 / BRAIN.value("f_R", "1"),
    "P.destexhe": lambda: float(receptor().P_sat),
    "P.lester": lambda: float(receptor(GatingSet.LESTER_1992).P_sat),
    "block.half": half_block,
    "k_minus.rule": lambda: between(lambda each: float(each.k_minus(-70.0)) * SECOND),
    "k_plus.rule": lambda: between(lambda each: float(each.k_plus) * SECOND),
    **{f"Kd.{V}": lambda V=V: voltage(float(V)) for V in (-40, 0)},
    **{f"Mg.{V}": lambda V=V: free_of_magnesium(float(V)) for V in (-66, -40, 0)},
    "Mg.factor": lambda: 1.0 / free_of_magnesium(-66.0),
    "Mg.2A": lambda: LEVELS.value("IC50_2A", "uM") / free_of_magnesium(-66.0),
    **{f"theta.{exposure}.{what}": lambda exposure=exposure, what=what: blocked(exposure, what)
       for exposure in EXPOSURES for what in ("0", "2A", "2B", "2C", "2D")},
    **{f"SERT.{drug}": lambda drug=drug: occupied(drug) for drug in LOWEST_USUAL},
    **{f"SERT.{drug}.2001": lambda drug=drug: occupied(drug) for drug in ("citalopram", "paroxetine")},
    "SERT.plateau": lambda: float(plasma_occupancy(SERT, "paroxetine")(28.0)),
    **{f"theta.{drug}": lambda drug=drug: occupied(drug) for drug in ("escitalopram", "sertraline", "fluoxetine")},
}  # fmt: skip
