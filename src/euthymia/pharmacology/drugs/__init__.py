"""The bodies: every published model of a drug's kinetics that there is, by name and by drug."""

from __future__ import annotations

from collections.abc import Callable

from euthymia.errors import UnknownNameError
from euthymia.pharmacology.body import Body
from euthymia.pharmacology.drugs.ketamine_kamp import ketamine_kamp

# The first body of a drug is its default.
MODELS: tuple[Callable[[], Body], ...] = (ketamine_kamp,)


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
