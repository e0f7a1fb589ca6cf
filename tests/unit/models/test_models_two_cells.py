"""The receptor library on a synapse: every way of acting has its sign, and trapping depends on use."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.circuit.synapse import respond
from euthymia.circuit.synapse_kinds import ReceptorKind
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.models.two_cells import Way, acted, demonstrate, trapping_pair, way_named

LOWERS = (Way.COMPETITIVE, Way.NON_COMPETITIVE, Way.CHANNEL_BLOCK, Way.NEGATIVE)
RAISES = (Way.POSITIVE, Way.UPTAKE, Way.ENZYME)


@pytest.mark.parametrize("kind", [ReceptorKind.AMPA, ReceptorKind.GABA_B], ids=lambda kind: kind.value)
@pytest.mark.parametrize("way", LOWERS + RAISES, ids=lambda way: way.value)
def test_every_way_of_acting_has_its_sign(kind: ReceptorKind, way: Way) -> None:
    found = demonstrate(kind, way, 1.0, spikes=[5.0, 15.0], duration=150.0)
    assert (found.area_ratio > 1.0) == (way in RAISES)
    assert found.shift == 0.0


@pytest.mark.parametrize("kind", ReceptorKind, ids=lambda kind: kind.value)
def test_an_agonist_moves_the_cell_without_a_spike(kind: ReceptorKind) -> None:
    found = demonstrate(kind, Way.AGONIST, 1.0, spikes=[5.0], duration=50.0)
    below = found.without.V[0]
    assert np.sign(found.shift) == np.sign(found.without.peak()) != 0
    assert found.drugged.V[0] != below


def test_an_agonist_at_its_own_constant_binds_half_of_the_receptors() -> None:
    from euthymia.circuit.synapse import pair

    two = acted(pair(ReceptorKind.AMPA), Way.AGONIST, load_record("receptors").value("KA", "uM"))
    assert float(respond(two, spikes=[], duration=1.0).open[0, 0]) == pytest.approx(0.5)


def test_a_level_of_nothing_changes_nothing() -> None:
    for way in Way:
        found = demonstrate(ReceptorKind.NMDA, way, 0.0, spikes=[5.0], duration=30.0)
        np.testing.assert_allclose(found.drugged.V, found.without.V, atol=1e-12)


def test_trapping_block_grows_with_use() -> None:
    spikes = [5.0 + 100.0 * k for k in range(6)]
    plain, drugged = (respond(trapping_pair(c), spikes=spikes, duration=600.0) for c in (0.0, 30.0))
    starts = range(0, 60_000, 10_000)
    ratios = np.array([drugged.open[k : k + 10_000].max() / plain.open[k : k + 10_000].max() for k in starts])
    assert np.all(np.diff(ratios) < 0)
    assert ratios[0] > 0.9


def test_receptors_that_are_blocked_before_the_first_spike_stay_so_while_closed() -> None:
    spikes, duration = [20.0], 60.0
    plain, half = (respond(trapping_pair(0.0, blocked=b), spikes=spikes, duration=duration) for b in (0.0, 0.5))
    assert half.open[2500] / plain.open[2500] == pytest.approx(0.5, rel=0.02)


def test_only_nmda_receptors_trap() -> None:
    with pytest.raises(EuthymiaError, match="AMPA has no trapping scheme here; expected NMDA"):
        demonstrate(ReceptorKind.AMPA, Way.TRAPPING_BLOCK, 1.0)
    with pytest.raises(EuthymiaError, match="expected a number of at least 0"):
        demonstrate(ReceptorKind.AMPA, Way.UPTAKE, -1.0)


def test_a_typo_gets_the_nearest_way() -> None:
    assert way_named("Channel Block") is Way.CHANNEL_BLOCK
    with pytest.raises(UnknownNameError, match="did you mean 'uptake inhibitor'"):
        way_named("uptake inhibitors")
