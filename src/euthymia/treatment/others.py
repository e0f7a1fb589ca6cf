"""Which table knows a drug that is taken beside a regimen: that of kinetic interactions, that of manipulations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from euthymia.errors import EuthymiaError, UnknownNameError, suggestion
from euthymia.evidence.manipulation import Manipulation, manipulations

# Of two ways to describe one drug only one may be taken. In people rapamycin lengthened the effect (Abdallah 2020).
NOT_TAKEN = ("rapamycin, synthesis", "benzodiazepine, circuit")
# What the table describes is another dose, a slice, or a metabolite in place of the drug: not given beside it.
NOT_BESIDE = ("inhibition in slices", "glutamate over dose", "anaesthetic dose", "hydroxynorketamine itself")


@dataclass(frozen=True)
class Others:
    """Names of other drugs, by what each of them changes; one may stand in both.

    Attributes:
        kinetic: Those that change the level of a drug of the regimen.
        acting: Those that act on the way from the trigger to connections.
    """

    kinetic: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()


def other_drug(name: str) -> tuple[Manipulation, ...]:
    """Return the rows of the table of manipulations by which a drug acts on the chain, by its name or the row's.

    Raises:
        UnknownNameError: When no row that can act beside a drug has that name.
    """
    known = acting()
    if name.lower() not in known:
        raise UnknownNameError("other drug", name, known)
    return (known[name.lower()],)


def acting() -> dict[str, Manipulation]:
    """Return the rows that can act beside a drug, by every name they go by, in lower case."""
    return {
        each.lower(): row
        for row in manipulations()
        if row.terms and row.name not in NOT_BESIDE
        for each in (row.name, *(row.agents if row.name not in NOT_TAKEN else ()))
    }


def interacting() -> tuple[str, ...]:
    """Return the drugs with a published effect on the kinetics of another, in the order of their names."""
    from euthymia.pharmacology.interactions import INTERACTIONS

    return tuple(sorted({each.other for each in INTERACTIONS}))


def sorted_out(names: Iterable[str]) -> Others:
    """Return drugs taken beside a regimen by the table that knows them.

    Raises:
        EuthymiaError: When neither table knows one of them; both are listed.
    """
    kinetic, acts = interacting(), acting()
    given = tuple(dict.fromkeys(name.lower() for name in names))
    for name in given:
        if name not in kinetic and name not in acts:
            raise EuthymiaError(
                f"no drug {name!r} to give beside the regimen; {suggestion(name, (*kinetic, *acts))}"
                f"with an effect on levels: {', '.join(kinetic)}; on the way to connections: {', '.join(sorted(acts))}"
            )
    return Others(tuple(n for n in given if n in kinetic), tuple(n for n in given if n in acts))
