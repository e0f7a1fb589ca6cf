"""The names of the accounts of how treatment works; what each exchanges in the chain stands in `rivals`."""

from __future__ import annotations

from enum import StrEnum

from euthymia.errors import UnknownNameError


class Mechanism(StrEnum):
    """An account of how treatment works.

    The first three differ in the trigger, the next two in why an oral antidepressant needs weeks; the last one closes
    the loop from connections back into the circuit.
    """

    DISINHIBITION = "disinhibition"
    DIRECT = "direct"
    HYDROXYNORKETAMINE = "hydroxynorketamine"
    SEROTONIN_ONLY = "serotonin only"
    PLASTICITY_ONLY = "plasticity only"
    CLOSED_LOOP = "closed loop"


def mechanism_named(name: str) -> Mechanism:
    """Return the account of that name; a hyphen stands for a space.

    Raises:
        UnknownNameError: When there is no such account.
    """
    found = name.lower().replace("-", " ")
    if found not in set(Mechanism):
        raise UnknownNameError("mechanism", name, [each.value for each in Mechanism])
    return Mechanism(found)
