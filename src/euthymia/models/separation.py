"""How far the upper area is parted from the lower one: transfer of signals in both directions over a course."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import numpy as np

from euthymia.engine.course import Series, Told, made
from euthymia.models.chain import Chain

NAMES = "feedforward transfer", "feedback transfer"
HIGH = 2.0  # uM; below it the circuit is hyper-responsive, and the index says nothing of what people feel
LOWEST, HIGHEST, NODES = 0.004, 60.0, 128  # uM, uM, levels at which the two areas are solved


def separation(chain: Chain, c: np.ndarray, only: Collection[str] | None = None) -> dict[str, Series]:
    """Return transfer from the lower to the upper area and back, relative to rest, where a level is anaesthetic.

    The two areas settle within a second, so transfer follows the level at once; it is solved at fixed levels and
    interpolated (error below a hundredth of the value at rest). Empty when nobody reaches `HIGH`.

    Args:
        chain: Gives the block at a level.
        c: Free level in racemate equivalents, uM, [person, time].
        only: Names of those that are wanted; both when None.
    """
    if not c.size or c.max() < HIGH or not {*NAMES}.intersection(NAMES if only is None else only):
        return {}
    nodes, feedforward, feedback = _transfers(_Block(chain))
    logs = np.log(np.maximum(c, LOWEST / 2.0))
    upwards, back = (
        f"Signals from the {way} area, relative to rest" for way in ("lower to the upper", "upper to the lower")
    )
    told: list[Told] = [
        (lambda: np.interp(logs, nodes, feedforward), "1", upwards),
        (lambda: np.interp(logs, nodes, feedback), "1", back),
    ]
    return made(dict(zip(NAMES, told, strict=True)), only)


class _Block:
    """A chain's block as a key: the default chain's is solved once however often it is asked for."""

    def __init__(self, chain: Chain) -> None:
        self.block = chain.block
        self.numbers = tuple(float(np.max(leaf)) for leaf in _leaves(chain.block))

    def __hash__(self) -> int:
        return hash((type(self.block), self.numbers))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Block) and (type(self.block), self.numbers) == (type(other.block), other.numbers)


def _leaves(block: object) -> list[np.ndarray]:
    import jax

    return [np.asarray(leaf) for leaf in jax.tree.leaves(block)]


@cache
def _transfers(key: _Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logs of levels, and both transfers relative to rest there; the first node stands for no drug."""
    from euthymia.circuit.areas import TwoAreas, answer

    levels = np.geomspace(LOWEST, HIGHEST, NODES)
    areas = TwoAreas.from_evidence()
    blocks = [key.block(np.asarray(level)) for level in levels]
    relative = [answer(areas, np.array([block.E, block.PV, block.SST])).relative for block in blocks]
    feedforward = np.array([1.0, *(float(one.feedforward) for one in relative)])
    feedback = np.array([1.0, *(float(one.feedback) for one in relative)])
    return np.log(np.concatenate([[LOWEST / 2.0], levels])), feedforward, feedback
