"""The sites that only harms depend on, beside those of the chain: where anaesthesia acts, and the trace of use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euthymia.engine.linear import Linear
from euthymia.engine.mechanism import AbstractRelaxation
from euthymia.evidence import load_record
from euthymia.models.dosing import STUDY_DRUG
from euthymia.models.exposure import Exposure
from euthymia.pharmacology.body import Blood
from euthymia.safety.abuse import UseState, UseTolerance
from euthymia.safety.anaesthesia import HypnoticSite, HypnoticState

OF_RACEMATE, OF_S, USE = "hypnotic site, racemate", "hypnotic site, S-ketamine", "trace of use"


def with_sites(exposed: Exposure) -> Exposure:
    r"""Return the exposure with three more states and outputs, on which nothing in the chain depends.

        dC_h/dt = (ln 2/t_hypnotic) (C - C_h),   C of given racemate, and of given S-ketamine               (1)
        dU/dt = (ln 2/t_use) (felt - U)                                                                     (2)

    Args:
        exposed: The drugs in the people.
    """
    old = exposed.linear
    persons, n, outputs = old.persons, old.matrix.shape[-1], len(old.outputs)
    matrix, read = np.zeros((persons, n + 3, n + 3)), np.zeros((persons, outputs + 3, n + 3))
    matrix[:, :n, :n], read[:, :outputs, :n] = old.matrix, old.read
    hypnotic = HypnoticSite.from_record(load_record("anaesthesia"))
    use = UseTolerance.from_record(load_record("abuse"))
    inputs = (
        (hypnotic, HypnoticState, read[:, _rows(exposed, racemate=True)].sum(1)),
        (hypnotic, HypnoticState, read[:, _rows(exposed, racemate=False)].sum(1)),
        (use, UseState, read[:, old.outputs.index(exposed.felt)]),
    )
    for place, (site, state, level) in enumerate(inputs, start=n):
        matrix[:, place] = _follow(site, state, np.eye(n + 3)[place], level)
        read[:, outputs + place - n, place] = 1.0
    names = (OF_RACEMATE, OF_S, USE)
    return replace(exposed, linear=Linear(matrix, read, (*old.states, *names), (*old.outputs, *names)))


def _follow(site: AbstractRelaxation, state: type, own: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return the row of a site's rates, [person, state], from the row of the level that it follows."""
    (rate,) = site.derivative(0.0, state(own), level)
    return np.asarray(rate)


def _rows(exposed: Exposure, *, racemate: bool) -> list[int]:
    """Return the outputs that are levels in blood of given racemate, both forms together, or of given S-ketamine."""
    substance = "ketamine" if racemate else STUDY_DRUG
    return [
        exposed.linear.outputs.index(level.output)
        for level in exposed.levels
        if level.substance == substance and level.blood is not Blood.EFFECT
    ]
