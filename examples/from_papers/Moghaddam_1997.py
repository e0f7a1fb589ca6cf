"""Moghaddam, Adams, Verma & Daly 1997, J Neurosci 17:2921: glutamate in the prefrontal cortex, an inverted U.

Microdialysis in awake rats: low doses of ketamine raise glutamate outflow, an intermediate dose leaves it, an
anaesthetic dose lowers it. Here: the glutamate release of the circuit (E rate times release) over the free level. Which
level in a rat's brain belongs to which dose is not known here, so signs and their order are compared, not doses.
"""

from __future__ import annotations

import numpy as np
from beside import Line, show

import euthymia as eu
from euthymia.circuit.mean_field import Population

CITATION = "Moghaddam, Adams, Verma & Daly 1997, J Neurosci 17:2921-2927, abstract"
LEVELS = np.geomspace(0.05, 30.0, 60)
ANAESTHESIA = 4.5  # uM of free ketamine in humans, the project's specification (circuit, section 4)


def compare() -> list[Line]:
    """Return what the paper states beside the release of the circuit."""
    found = eu.circuit(LEVELS)
    release = 100 * found.change()[:, Population.E]  # release probability is 1 throughout, so this is the rate's change
    top, turn = int(np.argmax(release)), int(np.flatnonzero(release > 0)[-1])
    blocked = eu.circuit(LEVELS, changes=["AMPA 0"]).change()[:, Population.E]
    return [
        Line(
            "low doses",
            "10, 20 and 30 mg/kg raise glutamate outflow",
            f"{release[0]:+.1f} % at {LEVELS[0]:g} uM, most at {LEVELS[top]:.2f} uM with {release[top]:+.1f} %",
            bool(release[0] > 0 and 0 < top < len(LEVELS) - 1),
        ),
        Line(
            "an intermediate dose",
            "50 mg/kg has no effect",
            f"the change passes zero between {LEVELS[turn]:.2f} and {LEVELS[turn + 1]:.2f} uM",
            bool(release[turn + 1] < 0),
        ),
        Line(
            "an anaesthetic dose",
            "200 mg/kg lowers glutamate",
            f"{np.interp(ANAESTHESIA, LEVELS, release):+.1f} % at {ANAESTHESIA:g} uM, {release[-1]:+.1f} % at 30 uM",
            bool(np.interp(ANAESTHESIA, LEVELS, release) < 0 and release[-1] < 0),
        ),
        Line(
            "AMPA antagonists",
            "they block what follows the glutamate: dopamine release (CNQX), the deficit of working memory (LY293558)",
            f"without AMPA receptors the E rate rises by at most {100 * blocked.max():+.1f} %: here the surge itself "
            "needs them; dopamine and working memory lie outside the circuit",
            None,
        ),
    ]


LIMITS = (
    "the paper measures what a probe collects in 20 minutes, neurons and glia together; ours is the steady rate of "
    "pyramidal cells. The ratio of the doses (20 between the first rise and the fall) and of our levels cannot be "
    "compared without the rat's kinetics."
)

if __name__ == "__main__":
    show(CITATION, "An inverted U of glutamate over the dose.", compare(), LIMITS)
