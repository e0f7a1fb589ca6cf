"""What of ketamine becomes hydroxynorketamine, for the one account of how treatment works that asks for it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.models.chain import Chain
from euthymia.models.exposure import Exposure
from euthymia.models.following import with_states
from euthymia.models.reads import OUTPUT_NAMES
from euthymia.pharmacology.body import Blood, Body
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.drug import DrugClass

HNK = OUTPUT_NAMES["hnk"]
NORKETAMINE = ("norketamine", "noresketamine", "S-norketamine", "R-norketamine")


def asks_for_metabolite(chain: Chain) -> bool:
    """Return whether the chain's trigger depends on hydroxynorketamine."""
    return float(chain.trigger.w_hnk) > 0.0


def bodies_for(chain: Chain) -> Mapping[str, Body]:
    """Return the bodies to take instead of the default ones: with norketamine, where the chain asks for what it forms.

    The racemate's own kinetics stay those of its default body; its norketamine is a placeholder.
    """
    if not asks_for_metabolite(chain):
        return {}
    from euthymia.pharmacology.drugs.hydroxynorketamine import hydroxynorketamine

    body = hydroxynorketamine()
    return {body.drug: body}


def with_metabolite(chain: Chain, exposed: Exposure) -> Exposure:
    """Return the exposure with free hydroxynorketamine where the chain asks for it, else as it is."""
    return with_hydroxynorketamine(exposed) if asks_for_metabolite(chain) else exposed


def with_hydroxynorketamine(exposed: Exposure) -> Exposure:
    r"""Return the exposure with free hydroxynorketamine, formed from norketamine by whatever model gives it.

        dC_h/dt = CLn/Vh C_n - ln 2/t_h C_h                                                                 (1)

    The equation and the numbers are those of the placeholder `pharmacology.drugs.hydroxynorketamine`; that all of it is
    free is part of the placeholder K_hnk.

    Raises:
        EuthymiaError: When none of the drugs that form it has norketamine in its model.
    """
    levels = [one.output for one in exposed.levels if one.substance in NORKETAMINE and one.blood is not Blood.EFFECT]
    forming = [drug for drug in exposed.drugs if find_drug(drug).kind is DrugClass.RAPID]
    if forming and not levels:
        listed = ", ".join(forming)
        raise EuthymiaError(f"hydroxynorketamine after {listed}: no norketamine in the model; allowed: esketamine")
    record = load_record("hydroxynorketamine")
    formed = record.value("CLn", "L/h") / record.value("Vh", "L")
    rate = math.log(2.0) / record.value("t_h", "h")
    weight = 1.0 / load_record("brain").value("molar_mass", "g/mol")
    state = "hydroxynorketamine"
    return with_states(exposed, {state: rate}, {HNK: {state: weight}}, {state: dict.fromkeys(levels, formed)})
