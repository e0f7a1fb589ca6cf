"""The kinds of receptor that a synapse can have, by name; nothing here loads the numerics."""

from __future__ import annotations

import enum

from euthymia.errors import UnknownNameError


class ReceptorKind(enum.Enum):
    """The receptors of one synapse; the value is how a user spells it."""

    AMPA = "AMPA"
    NMDA = "NMDA"
    GABA_A_FAST = "GABA-A fast"
    GABA_A_SLOW = "GABA-A slow"
    GABA_B = "GABA-B"


def receptor_named(name: str) -> ReceptorKind:
    """Return the kind of receptor of that name, whatever its case.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    for kind in ReceptorKind:
        if name.strip().lower() == kind.value.lower():
            return kind
    raise UnknownNameError("receptor", name, [kind.value for kind in ReceptorKind])
