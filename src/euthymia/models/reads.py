"""What reaches the chain from the linear system beside the effect site, and the names of the outputs that hold it."""

from __future__ import annotations

from typing import NamedTuple

OUTPUT_NAMES = {
    "bound": "SERT bound",
    "load": "SERT load",
    "depleted": "serotonin depleted",
    "therapy": "therapy",
    "hnk": "free hydroxynorketamine",
    "rho_syn": "synthesis stopped",
    "rho_elim": "elimination stopped",
}  # what the outputs are called that the chain reads beside the effect site, which is the first one


class Reads(NamedTuple):
    """Where the chain finds what reaches it among the outputs of the linear system; None for what nobody is given.

    Attributes:
        bound: Load of drugs on serotonin transporters, each weighted by its largest occupancy.
        load: The same load, unweighted.
        depleted: Share of serotonin's supply that is taken away.
        therapy: Intensity of therapy, 1 for a session a week.
        hnk: Free hydroxynorketamine, uM.
        rho_syn: Share of synthesis that a drug stops.
        rho_elim: Share of elimination that a drug stops.
    """

    bound: int | None = None
    load: int | None = None
    depleted: int | None = None
    therapy: int | None = None
    hnk: int | None = None
    rho_syn: int | None = None
    rho_elim: int | None = None
