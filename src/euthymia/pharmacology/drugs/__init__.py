"""The bodies: every published model of a drug's kinetics that there is, by name and by drug."""

from __future__ import annotations

from collections.abc import Callable

from euthymia.errors import UnknownNameError
from euthymia.pharmacology.body import Body
from euthymia.pharmacology.drugs.citalopram import citalopram
from euthymia.pharmacology.drugs.escitalopram import escitalopram
from euthymia.pharmacology.drugs.esketamine import esketamine
from euthymia.pharmacology.drugs.fluoxetine import fluoxetine
from euthymia.pharmacology.drugs.hydroxynorketamine import hydroxynorketamine
from euthymia.pharmacology.drugs.ketamine_ashraf import ketamine_ashraf
from euthymia.pharmacology.drugs.ketamine_clements import ketamine_clements
from euthymia.pharmacology.drugs.ketamine_domino import ketamine_domino
from euthymia.pharmacology.drugs.ketamine_kamp import ketamine_kamp
from euthymia.pharmacology.drugs.ketamine_otto import ketamine_otto
from euthymia.pharmacology.drugs.midazolam import midazolam
from euthymia.pharmacology.drugs.midazolam_barr import midazolam_barr
from euthymia.pharmacology.drugs.paroxetine import paroxetine, paroxetine_saturable
from euthymia.pharmacology.drugs.sertraline import sertraline, sertraline_adolescents

# The first body of a drug is its default. A placebo has none, and neither has venlafaxine: only its occupancy of the
# serotonin transporter by dose was found.
MODELS: tuple[Callable[[], Body], ...] = (
    esketamine,
    ketamine_otto,
    ketamine_ashraf,
    ketamine_kamp,
    ketamine_clements,
    ketamine_domino,
    hydroxynorketamine,
    citalopram,
    escitalopram,
    fluoxetine,
    paroxetine,
    paroxetine_saturable,
    sertraline,
    sertraline_adolescents,
    midazolam,
    midazolam_barr,
)


def bodies(drug: str | None = None) -> tuple[Body, ...]:
    """Return the bodies of one drug, its default first, or all of them.

    Raises:
        UnknownNameError: When no body is of that drug.
    """
    everything = tuple(model() for model in MODELS)
    found = tuple(body for body in everything if drug in (None, body.drug))
    if not found:
        raise UnknownNameError("kinetic model of drug", str(drug), {body.drug for body in everything})
    return found


def find_body(name: str) -> Body:
    """Return the body of that name.

    Raises:
        UnknownNameError: When there is none; it names the nearest.

    Example:
        >>> find_body("kamp2020").drug
        'ketamine'
    """
    known = {body.name: body for body in bodies()}
    if name not in known:
        raise UnknownNameError("kinetic model", name, known)
    return known[name]
