"""Gerhard et al. 2020, J Clin Invest 130:1336: which receptor, on which cell.

Ketamine at 1 uM quietens inhibition and excites pyramidal cells of the mouse prefrontal cortex, at 10 uM it lowers
both; without NMDA receptors (of their GluN2B kind) on interneurons it no longer works, without them on pyramidal cells
it does. Here: the mean field, NMDA conductance scaled down on one kind of cell, and what ketamine does to its rates.
"""

from __future__ import annotations

from beside import Line, show

import euthymia as eu
from euthymia.circuit.mean_field import Population

CITATION = "Gerhard et al. 2020, J Clin Invest 130:1336-1349, abstract and Figure 1"
E, PV, SST = Population
KNOCK_DOWN = 0.4  # NMDA left on the cells of a knock-down, the size of the project's specification; the paper has none
OCCLUDED = 0.5  # a rise of less than half of that without knock-down counts as blocked or occluded


def rise(*changes: str) -> tuple[float, bool]:
    """Return the relative change of the E rate at 1 uM, and whether the fixed point is stable there and at rest."""
    found = eu.circuit([0.0, 1.0], changes=changes)
    return float(found.change()[1, E]), bool(found.stable.all())


def compare() -> list[Line]:
    """Return what the paper states beside what the mean field says."""
    healthy = eu.circuit([1.0, 10.0])
    low, high = 100 * healthy.change()
    plain, _ = rise()
    lines = [
        Line(
            "1 uM",
            "spontaneous inhibitory currents on pyramidal cells rarer, excitatory ones more frequent",
            f"SST {low[SST]:+.0f} %, PV {low[PV]:+.0f} %, E {low[E]:+.0f} %",
            bool(low[SST] < 0 and low[PV] < 0 < low[E]),
        ),
        Line(
            "10 uM",
            "inhibitory and excitatory currents both rarer",
            f"SST {high[SST]:+.0f} %, PV {high[PV]:+.0f} %, E {high[E]:+.0f} %",
            bool(max(high) < 0),
        ),
    ]
    for population, says, occluded in (
        (SST, "knock-down on Sst interneurons blocks or occludes the antidepressant action", True),
        (PV, "knock-down on Pvalb interneurons blocks it", True),
        (E, "knock-down on glutamate principal neurons does not block it", False),
    ):
        found, stable = rise(f"NMDA {population.name} {KNOCK_DOWN}")
        lines.append(
            Line(
                f"knock-down on {population.name}",
                says,
                f"E {100 * found:+.1f} % at 1 uM, against {100 * plain:+.1f} % without knock-down"
                + ("" if stable else " (fixed points; one of them unstable)"),
                (found < OCCLUDED * plain) == occluded,
            )
        )
    return lines


LIMITS = (
    "the paper's knock-downs are of one subunit and their outcome is behaviour a day later; ours scale the whole NMDA "
    "conductance and end at the firing rate. Sizes of currents are not compared. The half-block levels were fitted to "
    "make the first two lines come out, so only the knock-downs are a test."
)

if __name__ == "__main__":
    show(CITATION, "Which NMDA receptors start ketamine's action.", compare(), LIMITS)
