"""The chain with another way from level to blocked receptors."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.circuit.surge import half_block_levels
from euthymia.engine.course import made
from euthymia.engine.ensemble import group, run
from euthymia.engine.linear import Event
from euthymia.evidence import load_record
from euthymia.models.chain import Chain
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.kinetics import TARGET, kinetics
from euthymia.models.shown import PIECE, along_the_chain, free_level, in_pieces
from euthymia.pharmacology.disposition import Esketamine
from euthymia.pharmacology.nmda import BlockRoute, EquilibriumBlock, EscapingBlock

T = np.array([0.5, 2.0, 24.0, 168.0])
LEVELS = np.array([0.1, 0.5, 2.0])


@pytest.fixture(scope="module")
def escaping() -> EscapingBlock:
    return EscapingBlock.from_record(load_record("nmda_kinetics"))


def course(chain: Chain) -> dict[str, np.ndarray]:
    linear = kinetics(
        Esketamine.from_record(load_record("esketamine")), chain.brain, default_safety().tolerance, persons=1
    )
    given = [Event(0.0, 2.0 / 3.0, TARGET.vein, np.array([28.0]))]
    return run(group(linear, chain.with_gain(np.ones(1))), given, T).values


def test_the_default_block_given_again_is_the_default_chain():
    chain = default_chain()
    again = chain.with_block(EquilibriumBlock.from_record(load_record("nmda")))
    one, other = course(chain), course(again)
    for name, values in one.items():
        assert other[name] == pytest.approx(values, rel=1e-6, abs=1e-9)


def test_a_block_that_escapes_runs_through_the_chain_with_the_circuit_solved_under_it(escaping: EscapingBlock):
    chain = default_chain().with_block(escaping)
    values = course(chain)
    assert values["sev"][0, 2] < 0.0
    level = {"effect": np.array([[50.0, 100.0]])}
    shown = made(along_the_chain(chain, level, unknown=False), ("NMDA block SST",))["NMDA block SST"].values
    np.testing.assert_allclose(shown, np.asarray(escaping(free_level(chain, level)).SST))
    assert np.abs(values["sev"] - course(default_chain())["sev"]).max() > 0.0


def test_both_routes_are_routes(escaping: EscapingBlock):
    routes: tuple[BlockRoute, ...] = (EquilibriumBlock.from_record(load_record("nmda")), escaping)
    for route in routes:
        for share in default_chain().with_block(route).block(LEVELS):
            assert ((np.asarray(share) > 0.0) & (np.asarray(share) < 1.0)).all()


def test_an_escaping_block_with_the_default_s_half_levels_has_the_default_s_surge(escaping: EscapingBlock):
    """Only half-block levels reach the circuit: the dose curve follows the block, not its class."""
    half = np.array([float(level) for level in escaping.half_block()])
    same = EquilibriumBlock(*half)
    one, other = (default_chain().with_block(route) for route in (escaping, same))
    np.testing.assert_allclose(one.circuit.change(LEVELS), other.circuit.change(LEVELS), rtol=1e-9, atol=1e-12)
    assert not np.allclose(half, half_block_levels(), rtol=0.05)


@pytest.mark.parametrize("shape", [(0, 3), (1, 5), (3, PIECE), (PIECE // 2, 5)])
def test_the_surge_in_pieces_has_the_bytes_of_the_surge_at_once_however_the_levels_lie(shape: tuple[int, int]):
    c = np.geomspace(1e-3, 50.0, num=max(shape[0] * shape[1], 1))[: shape[0] * shape[1]].reshape(shape)
    curve = default_chain().circuit
    for levels in (c, np.asfortranarray(c), np.repeat(c, 2, axis=1)[:, ::2]):
        found = in_pieces(curve.surge, levels)
        assert found.flags.f_contiguous == levels.flags.f_contiguous or not levels.flags.c_contiguous
        np.testing.assert_array_equal(found, curve.surge(levels))
