"""One synapse: closed forms, reversal potentials, and each step at which a drug can act."""

from __future__ import annotations

import dataclasses

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.circuit.magnesium import scaled, unblocked_fraction
from euthymia.circuit.synapse import (
    Cell,
    Pair,
    Receptor,
    pair,
    receptor,
    respond,
    resting_state,
    with_drug,
)
from euthymia.circuit.synapse_forms import (
    alpha_course,
    biexponential_course,
    potential_of_alpha,
    potential_of_exponentials,
)
from euthymia.circuit.synapse_kinds import ReceptorKind, receptor_named
from euthymia.circuit.synapse_receptors import NO_DRUG, ReceptorAction, SecondMessenger, TwoStates
from euthymia.circuit.synapse_terminal import Terminal, TerminalAction
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record

ANY_KIND = pytest.mark.parametrize("kind", ReceptorKind, ids=lambda kind: kind.value)
TRAIN = [5.0, 15.0, 25.0, 35.0, 45.0]
share = st.floats(0.05, 0.95)


def small(tau_T: float, koff: float) -> Pair:
    """Two cells, at rest at 0 mV, with so little transmitter that nothing saturates and no current notices V."""
    weak = Terminal(T_max=1e-6, tau_T=tau_T, share_uptake=0.0, share_breakdown=0.0)
    return Pair(weak, (Receptor(TwoStates(1.0, koff), 1e-4, 65.0, 0.0),), Cell(20.0, 0.0))


def test_a_small_conductance_is_bi_exponential() -> None:
    found = respond(small(1.2, 0.2), spikes=[0.0], duration=60.0)
    s = 1e-6 * 1.2 * biexponential_course(found.t, 1.2, 5.0)
    np.testing.assert_allclose(found.open[:, 0], s, atol=1e-6 * s.max())


def test_equal_times_of_pulse_and_receptor_give_the_alpha_course() -> None:
    found = respond(small(2.0, 0.5), spikes=[0.0], duration=40.0)
    s = alpha_course(found.t, 2.0)
    np.testing.assert_allclose(found.open[:, 0] / found.open[:, 0].max(), s, atol=1e-5)


def test_the_potential_of_a_small_bi_exponential_conductance_is_the_closed_form() -> None:
    found = respond(small(1.2, 0.2), spikes=[0.0], duration=120.0)
    height = 1e-4 * 65.0 * 1e-6 * 1.2 * 5.0 / (5.0 - 1.2)
    V = potential_of_exponentials(found.t, [height, -height], [5.0, 1.2], 20.0)
    np.testing.assert_allclose(found.PSP, V, atol=2e-4 * V.max())


def test_the_potential_of_a_small_alpha_conductance_is_the_closed_form() -> None:
    found = respond(small(2.0, 0.5), spikes=[0.0], duration=120.0)
    V = potential_of_alpha(found.t, found.I[:, 0].max(), 2.0, 20.0)
    np.testing.assert_allclose(found.PSP, V, atol=1e-3 * V.max())


@given(tau=st.floats(0.5, 10.0), tau_m=st.floats(12.0, 40.0))
def test_the_closed_forms_meet_where_two_times_become_one(tau: float, tau_m: float) -> None:
    t = np.linspace(0.0, 100.0, 201)
    near = tau * (1 + 1e-5)
    np.testing.assert_allclose(np.e * biexponential_course(t, tau, near), alpha_course(t, tau), atol=1e-4)
    a = np.e * near / (near - tau)
    V = potential_of_exponentials(t, [a, -a], [near, tau], tau_m)
    np.testing.assert_allclose(V, potential_of_alpha(t, 1.0, tau, tau_m), atol=1e-4)


def test_the_error_falls_with_the_fourth_power_of_the_step() -> None:
    two = pair(ReceptorKind.AMPA, ReceptorKind.NMDA)
    ends = [respond(two, spikes=[2.0], duration=20.0, dt=dt).V[-1] for dt in (0.2, 0.1, 0.05, 0.0125)]
    errors = np.abs(np.array(ends[:3]) - ends[3])
    assert np.all(np.log2(errors[:-1] / errors[1:]) > 3.5)


@ANY_KIND
def test_at_its_reversal_potential_a_receptor_passes_no_current(kind: ReceptorKind) -> None:
    two = pair(kind)
    held = dataclasses.replace(two.cell, E_leak=two.receptors[0].E)
    found = respond(Pair(two.terminal, two.receptors, held), spikes=TRAIN, duration=100.0)
    assert found.open.max() > 0.0
    np.testing.assert_allclose(found.PSP, 0.0, atol=1e-9)


@ANY_KIND
def test_the_potential_moves_towards_the_reversal_potential_and_never_beyond(kind: ReceptorKind) -> None:
    two = pair(kind)
    strong = dataclasses.replace(two.receptors[0], g_max=1e3 * two.receptors[0].g_max)
    found = respond(Pair(two.terminal, (strong,), two.cell), spikes=TRAIN, duration=100.0)
    E = two.receptors[0].E
    assert np.sign(found.peak()) == np.sign(E - two.cell.E_leak)
    assert np.all((found.V - E) * (two.cell.E_leak - E) > -1e-6)
    assert abs(found.V - E).min() < 0.2 * abs(two.cell.E_leak - E)


@ANY_KIND
def test_without_a_spike_nothing_happens(kind: ReceptorKind) -> None:
    found = respond(pair(kind), spikes=[], duration=50.0)
    np.testing.assert_allclose(found.PSP, 0.0, atol=1e-9)
    assert found.peak() == pytest.approx(0.0, abs=1e-9)


@ANY_KIND
def test_an_agonist_holds_the_cell_where_it_rests(kind: ReceptorKind) -> None:
    two = pair(kind)
    drugged = with_drug(two, receptors=ReceptorAction(agonist=2.0 * two.receptors[0].gate.K))
    found = respond(drugged, spikes=[], duration=100.0)
    np.testing.assert_allclose(found.PSP, 0.0, atol=1e-8)
    assert np.sign(found.V[0] - two.cell.E_leak) == np.sign(two.receptors[0].E - two.cell.E_leak)


@settings(deadline=None, max_examples=8)
@given(kind=st.sampled_from(list(ReceptorKind)), x=share)
def test_each_action_moves_the_open_share_in_its_direction(kind: ReceptorKind, x: float) -> None:
    def opened(**action: float) -> float:
        drugged = with_drug(pair(kind), receptors=ReceptorAction(**action))
        return float(respond(drugged, spikes=TRAIN, duration=100.0, dt=0.05).open.sum())

    plain = opened()
    assert opened(dose_ratio=1.0 / x) < plain  # competitive antagonist
    assert opened(unbinding=x) > plain  # positive modulator
    assert opened(unbinding=1.0 / x) < plain  # negative modulator
    assert opened(efficacy=x) < plain  # non-competitive antagonist
    assert opened(block=x) == pytest.approx((1.0 - x) * plain, rel=1e-9)  # channel block


@ANY_KIND
def test_inhibited_uptake_and_breakdown_raise_and_less_release_lowers(kind: ReceptorKind) -> None:
    def size(action: TerminalAction) -> float:
        return abs(respond(with_drug(pair(kind), terminal=action), spikes=TRAIN, duration=200.0, dt=0.05).area())

    plain = size(TerminalAction())
    assert size(TerminalAction(uptake=0.2)) > plain
    assert size(TerminalAction(breakdown=0.2)) > plain
    assert size(TerminalAction(release=0.8)) < plain


def test_the_area_of_the_pulse_is_what_release_over_clearance_says() -> None:
    drugged = with_drug(pair(ReceptorKind.AMPA), terminal=TerminalAction(release=0.8, uptake=0.5, breakdown=0.5))
    found = respond(drugged, spikes=[0.0], duration=60.0)
    value = load_record("synapse").value
    kept, cleared = 1 - value("share_breakdown", "1") / 2, 1 - value("share_uptake", "1") / 2
    area = 0.8 * value("T_max", "mM") * value("tau_T", "ms") / (kept * cleared)
    assert np.trapezoid(found.T, found.t) == pytest.approx(area, rel=1e-4)


def test_a_competitive_antagonist_is_overcome_by_transmitter_and_a_block_is_not() -> None:
    gate = receptor(ReceptorKind.AMPA).gate
    much = 1e6 * gate.K
    surmounted, blocked = ReceptorAction(dose_ratio=10.0), ReceptorAction(block=0.5)
    assert gate.open(gate.steady(much, surmounted), surmounted) == pytest.approx(1.0, abs=1e-4)
    assert gate.open(gate.steady(much, blocked), blocked) == pytest.approx(0.5, abs=1e-4)
    assert gate.steady(gate.K, NO_DRUG) == pytest.approx(0.5)


def test_magnesium_blocks_nmda_as_the_circuit_has_it_and_nothing_else() -> None:
    for kind in ReceptorKind:
        two = receptor(kind)
        state = two.gate.steady(1.0, NO_DRUG)
        ratio = float(two.conductance(state, -65.0)) / (two.g_max * float(two.gate.open(state, NO_DRUG)))
        expected = unblocked_fraction(scaled(-65.0), float(two.Mg)) if kind is ReceptorKind.NMDA else 1.0
        assert ratio == pytest.approx(float(expected), rel=1e-12)


def test_one_spike_opens_few_channels_by_second_messenger_and_a_train_opens_many() -> None:
    two = pair(ReceptorKind.GABA_B)
    one, ten = (respond(two, spikes=spikes, duration=300.0, dt=0.05).open.max() for spikes in ([5.0], TRAIN * 2))
    assert ten > 10 * one
    assert isinstance(two.receptors[0].gate, SecondMessenger)


def test_slow_inhibition_outlasts_fast_and_the_messenger_both() -> None:
    def half_time(kind: ReceptorKind) -> float:
        found = respond(pair(kind), spikes=[0.0], duration=600.0, dt=0.05)
        return float(found.t[np.flatnonzero(found.PSP / found.peak() > 0.5)[-1]])

    order = [half_time(kind) for kind in (ReceptorKind.GABA_A_FAST, ReceptorKind.GABA_A_SLOW, ReceptorKind.GABA_B)]
    assert order == sorted(order)


def test_a_response_differentiates_with_respect_to_a_drug() -> None:
    def rest(agonist: float) -> jax.Array:
        return resting_state(with_drug(pair(ReceptorKind.AMPA), receptors=ReceptorAction(agonist=agonist)))[0][0]

    K = receptor(ReceptorKind.AMPA).gate.K
    assert jax.grad(rest)(K) == pytest.approx(0.25 / K, rel=1e-9)  # d/dA of A/(A + K) at K


def test_a_typo_gets_the_nearest_receptor() -> None:
    assert receptor_named("gaba-a FAST") is ReceptorKind.GABA_A_FAST
    with pytest.raises(UnknownNameError, match="no receptor 'NMDE'; did you mean 'NMDA'"):
        receptor_named("NMDE")


@pytest.mark.parametrize(
    ("spikes", "duration", "dt"),
    [([60.0], 50.0, 0.01), ([-1.0], 50.0, 0.01), ([float("nan")], 50.0, 0.01), ([], 0.0, 0.01), ([], 1.0, 2.0)],
)
def test_times_that_are_none_are_refused(spikes: list[float], duration: float, dt: float) -> None:
    with pytest.raises(EuthymiaError, match="expected"):
        respond(pair(ReceptorKind.AMPA), spikes=spikes, duration=duration, dt=dt)
