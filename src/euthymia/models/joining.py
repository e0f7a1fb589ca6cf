"""Several drugs in one body: their linear systems side by side, and one effect site that both ketamines reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from euthymia.engine.linear import Linear
from euthymia.evidence import load_record
from euthymia.models.taken import Taken
from euthymia.pharmacology.brain import EffectSite, EffectSiteState
from euthymia.pharmacology.entry import Entry, Into, Parts, Spray
from euthymia.safety.dissociation import AcuteTolerance, ToleranceState

S, R = "S-ketamine", "R-ketamine"
EFFECT, FELT, TOLERANCE = "effect", "felt", "tolerance"
SITES = ("effect S", "effect R", TOLERANCE)
FIRST_LEVEL = 3  # outputs before the levels: effect, felt, tolerance


@dataclass(frozen=True)
class Joined:
    """The drugs of a regimen as one linear system.

    Attributes:
        linear: The system; its outputs are the effect site, the site that is felt, tolerance, then every level.
        places: Position in it of each drug's own states; -1 for a state that no dose reaches, which is left out.
    """

    linear: Linear
    places: Mapping[str, np.ndarray]


def joined(drugs: Mapping[str, Taken], persons: int, brain: EffectSite, tolerance: AcuteTolerance) -> Joined:
    r"""Return the drugs side by side, with the sites that follow their levels.

        dC_eS/dt = ke0 (C_S - C_eS),    dC_eR/dt = ke0 (C_R - C_eR)                                         (1)
        effect = C_eS + (f_S/f_R) C_eR                                                                      (2)
        felt = C_eS + w_R C_eR                                                                              (3)
        dC_tol/dt = (ln 2/t_tol) (felt - C_tol)                                                             (4)

    C_S and C_R are the sums over the drugs, venous or arterial as each drug's model gives them. (2) drives the
    receptors in S-equivalents; (3) drives dissociation: the two weights of R-ketamine come from different data. That
    R-ketamine enters the brain as S-ketamine does is assumed.

    Args:
        drugs: The drugs by name.
        persons: Number of people.
        brain: Effect site.
        tolerance: Acute tolerance.
    """
    parts = {drug: _pruned(each) for drug, each in drugs.items()}
    inner = sum(system.matrix.shape[-1] for system, _ in parts.values())
    levels = [name for system, _ in parts.values() for name in system.outputs]
    matrix = np.zeros((persons, inner + len(SITES), inner + len(SITES)))
    read = np.zeros((persons, FIRST_LEVEL + len(levels), inner + len(SITES)))
    names: list[str] = []
    places: dict[str, np.ndarray] = {}
    row = FIRST_LEVEL
    for drug, (system, kept) in parts.items():
        here = slice(len(names), len(names) + len(system.states))
        matrix[:, here, here] = system.matrix
        read[:, row : row + len(system.outputs), here] = system.read
        places[drug] = np.full(len(drugs[drug].body.states), -1)
        places[drug][kept] = np.arange(here.start, here.stop)
        names += [f"{drug} {state}" for state in system.states]
        row += len(system.outputs)
    _sites(matrix, read, _carrying(drugs, levels, S), _carrying(drugs, levels, R), brain, tolerance)
    return Joined(Linear(matrix, read, (*names, *SITES), (EFFECT, FELT, TOLERANCE, *levels)), places)


def _sites(
    matrix: np.ndarray, read: np.ndarray, S_rows: list[int], R_rows: list[int], brain: EffectSite, tol: AcuteTolerance
) -> None:
    """Write (1) to (4) into the last rows of the matrix and the first rows of the outputs."""
    n = matrix.shape[-1]
    e_S, e_R, e_tol = n - 3, n - 2, n - 1
    record = load_record("brain")
    potency = record.value("f_S", "1") / record.value("f_R", "1")
    w_R = load_record("dissociation").value("w_R", "1")
    unit = np.eye(n)
    for site, rows in ((e_S, S_rows), (e_R, R_rows)):
        level = read[:, rows].sum(1)
        matrix[:, site] = brain.derivative(0.0, EffectSiteState(unit[site]), level).effect  # (1)
    read[:, 0] = unit[e_S] + potency * unit[e_R]  # (2)
    read[:, 1] = unit[e_S] + w_R * unit[e_R]  # (3)
    matrix[:, e_tol] = tol.derivative(0.0, ToleranceState(unit[e_tol]), read[:, 1]).tolerance  # (4)
    read[:, 2] = unit[e_tol]


def _pruned(each: Taken) -> tuple[Linear, np.ndarray]:
    """Return a drug's system with only the states that a dose by its routes can reach, and their positions."""
    system = each.body.system(each.individual)
    flows = (system.matrix != 0.0).any(0)
    reached = np.isin(system.states, [state for route in each.routes for state in _entered(each.body.entries[route])])
    while True:
        further = reached | flows[:, reached].any(1)
        if (further == reached).all():
            break
        reached = further
    kept = np.flatnonzero(reached)
    states = tuple(system.states[place] for place in kept)
    matrix, read = system.matrix[:, kept][:, :, kept], system.read[:, :, kept]
    return Linear(matrix, read, states, system.outputs), kept


def _entered(entry: Entry) -> Iterable[str]:
    """Return the names of the states that a dose enters."""
    match entry:
        case Spray():
            return entry.mucosa, entry.swallowed
        case Parts():
            return [into.into for into in entry.parts]
        case Into():
            return (entry.into,)
        case _:
            return (entry.state,)


def _carrying(drugs: Mapping[str, Taken], levels: list[str], substance: str) -> list[int]:
    """Return the rows of the outputs that are levels of a substance."""
    outputs = [output for each in drugs.values() for output in each.body.outputs]
    return [FIRST_LEVEL + levels.index(output.name) for output in outputs if output.substance == substance]
