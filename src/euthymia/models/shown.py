"""What a course shows of a run: the levels, and what happens between the effect site and severity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from euthymia.engine.course import Told
from euthymia.models.chain import Chain
from euthymia.models.exposure import Exposure, Level
from euthymia.models.reads import OUTPUT_NAMES
from euthymia.models.transporters import occupancy
from euthymia.pharmacology.body import Blood
from euthymia.pharmacology.nmda import Block
from euthymia.plasticity.serotonin import SerotoninInput

PIECE = 8192  # numbers at a time of a long calculation: its intermediate results stay in the processor's own memory

Values = Mapping[str, np.ndarray]


def levels(exposed: Exposure, values: Values, leading: str) -> dict[str, Told]:
    """Return the levels; the first one of the leading drug is "plasma".

    Args:
        exposed: The drugs in the people.
        values: Outputs of the linear system, [person, time].
        leading: The drug that the course is about.
    """
    ordered = sorted(exposed.levels, key=lambda level: level.drug != leading)
    names = ["plasma", *(_name(level) for level in ordered[1:])]
    return {
        name: (lambda level=level: values[level.output], "ng/mL", level.label)
        for name, level in zip(names, ordered, strict=True)
    }


def free_level(chain: Chain, values: Values) -> np.ndarray:
    """Return free ketamine at the effect site, uM in racemate equivalents, [person, time]."""
    return np.asarray(chain.brain.racemate_equivalents(values["effect"], chain.fu))


def along_the_chain(chain: Chain, values: Values, *, unknown: bool) -> dict[str, Told]:
    """Return what happens between the effect site and severity.

    Args:
        chain: The chain of the people.
        values: Outputs of the linear system and slow states, [person, time].
        unknown: Whether an antidepressant is among the drugs whose occupancy is not known.
    """
    c = free_level(chain, values)

    @cache
    def block() -> Block:
        return chain.block(c)

    return {
        "effect site": (lambda: c, "uM", "Free ketamine at the effect site, racemate equivalents"),
        "NMDA block E": (lambda: block().E, "1", "Blocked NMDA receptors, pyramidal cells"),
        "NMDA block PV": (lambda: block().PV, "1", "Blocked NMDA receptors, PV interneurons"),
        "NMDA block SST": (lambda: block().SST, "1", "Blocked NMDA receptors, SST interneurons"),
        "surge": (
            lambda: in_pieces(chain.circuit.surge, c),
            "1",
            "Glutamate surge (relative rise of the pyramidal rate)",
        ),
        "BDNF": (lambda: values["bdnf"], "1", "BDNF release and TrkB signal"),
        "translation": (lambda: values["mtor"], "1", "Translation (mTORC1)"),
        "potentiation": (lambda: values["pot"], "1", "Fast synaptic potentiation"),
        "spines": (lambda: values["spn"], "1", "Spine density (healthy = 1)"),
        **(_serotonin(chain, values, unknown=unknown) if "AR" in values else {}),
        **({"skills": (lambda: values["lrn"], "1", "Learned skills")} if "lrn" in values else {}),
        "severity change": (lambda: values["sev"], "points", "Change of severity by treatment, without care"),
    }


def in_pieces(function: Callable[[np.ndarray], np.ndarray], values: np.ndarray) -> np.ndarray:
    """Return a function of each number by itself, lying in memory as the numbers do."""
    turned = values.flags.f_contiguous and not values.flags.c_contiguous
    flat = np.ascontiguousarray(values.T if turned else values).reshape(-1)
    found = np.empty_like(flat)
    for first in range(0, flat.size, PIECE):
        found[first : first + PIECE] = function(flat[first : first + PIECE])
    return found.reshape(values.shape[::-1]).T if turned else found.reshape(values.shape)


def _name(level: Level) -> str:
    """Return a level's name among the variables of a course: that of its substance."""
    return f"{level.substance} effect site" if level.blood is Blood.EFFECT else level.substance


def _serotonin(chain: Chain, values: Values, *, unknown: bool) -> dict[str, Told]:
    """Return occupied transporters, where a drug binds them, autoreceptors and serotonin."""
    occupied, rest = occupancy(values), np.zeros_like(values["AR"])
    theta = rest if occupied is None else occupied
    inputs = SerotoninInput(theta, 1.0 - values.get(OUTPUT_NAMES["depleted"], rest))
    label = "Occupied serotonin transporters" + (", or what stands for them" if unknown else "")
    return {
        **({} if occupied is None else {"SERT occupancy": (lambda: theta, "1", label)}),
        "serotonin": (lambda: chain.serotonin.HT(values["AR"], inputs), "1", "Serotonin outside cells (rest = 1)"),
        "autoreceptors": (lambda: values["AR"], "1", "Sensitivity of autoreceptors (untreated = 1)"),
    }
