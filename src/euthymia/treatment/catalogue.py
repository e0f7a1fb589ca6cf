"""The drugs that schedules may name."""

from __future__ import annotations

from euthymia.errors import UnknownNameError
from euthymia.treatment.drug import Drug, DrugClass, Limit, Route

UNKNOWN = "no kinetic model was found; its own course in the body is not simulated"
BY_DOSE = "no kinetic model was found; occupied serotonin transporters follow from the daily dose at steady state"


def _oral(name: str, largest_mg: float, kinetics: str = "", instead: str = UNKNOWN) -> Drug:
    """Return an oral antidepressant; the limit is about twice the largest daily dose in common use (assumed).

    Args:
        name: Its name.
        largest_mg: The limit.
        kinetics: What its kinetic model is; empty where none was found.
        instead: What a reader must know where none was found.
    """
    return Drug(
        name=name,
        title=name.capitalize(),
        kind=DrugClass.ORAL_ANTIDEPRESSANT,
        limits=(Limit(Route.ORAL, largest_mg),),
        modelled=bool(kinetics),
        note=kinetics or instead,
    )


# The limits catch slips of the pen (a lost decimal point, mg for mg/kg); they say nothing on what is safe.
DRUGS = (
    Drug(
        name="esketamine",
        title="Esketamine",
        kind=DrugClass.RAPID,
        limits=(Limit(Route.NASAL, 84.0), Limit(Route.INTRAVENOUS, 200.0, 2.0), Limit(Route.ORAL, 300.0, 4.0)),
        aliases=("spravato", "s-ketamine", "(s)-ketamine"),
        device_mg=28.0,
        devices=3,
        note="nasal: one to three devices of 28 mg (US prescribing information)",
    ),
    Drug(
        name="ketamine",
        title="Ketamine (racemate)",
        kind=DrugClass.RAPID,
        limits=(
            Limit(Route.INTRAVENOUS, 500.0, 5.0),
            Limit(Route.INTRAMUSCULAR, 1000.0, 15.0),
            Limit(Route.SUBCUTANEOUS, 500.0, 5.0),
            Limit(Route.NASAL, 500.0, 5.0),
            Limit(Route.ORAL, 1000.0, 10.0),
            Limit(Route.SUBLINGUAL, 1000.0, 10.0),
            Limit(Route.RECTAL, 1000.0, 10.0),
        ),
        aliases=("racemate", "rac-ketamine"),
        note="the racemate: arterial levels (Kamp 2020); by other routes with assumed rates of absorption",
    ),
    Drug(
        name="midazolam",
        title="Midazolam",
        kind=DrugClass.ACTIVE_PLACEBO,
        limits=(Limit(Route.INTRAVENOUS, 50.0, 0.5),),
        note="an active placebo: it sedates and blocks no NMDA receptor (kinetics of Albrecht 1999)",
    ),
    Drug(
        name="placebo",
        title="Placebo",
        kind=DrugClass.PLACEBO,
        limits=tuple(Limit(route, 0.0, 0.0) for route in Route),
        aliases=("saline", "sham"),
        note="a dose without a drug: it still is a session, with its expectations and its observation",
    ),
    _oral("citalopram", 120.0, "both enantiomers and their metabolites (Akil 2016)"),
    _oral("duloxetine", 240.0, instead=BY_DOSE),
    _oral("escitalopram", 60.0, "two compartments (Areberg 2006)"),
    _oral("fluoxetine", 160.0, "with norfluoxetine, from label figures, chronic use"),
    _oral("mirtazapine", 120.0),
    _oral("paroxetine", 120.0, "linear (Shigetome 2025) or saturable (Kim 2015)"),
    _oral("sertraline", 400.0, "adults (Zhang 2024) or adolescents (Xia 2025)"),
    _oral("venlafaxine", 750.0, instead=BY_DOSE),
)
_BY_NAME = {name: drug for drug in DRUGS for name in (drug.name, *drug.aliases)}


def drug_names() -> tuple[str, ...]:
    """Return the names of all drugs, aliases left out, in alphabetical order."""
    return tuple(sorted(drug.name for drug in DRUGS))


def find_drug(name: str) -> Drug:
    """Return the drug that a name or an alias means, whatever the case of its letters.

    Raises:
        UnknownNameError: When no drug has the name.

    Example:
        >>> find_drug("Spravato").name
        'esketamine'
    """
    found = _BY_NAME.get(name.strip().lower())
    if found is None:
        raise UnknownNameError("drug", name, drug_names())
    return found
