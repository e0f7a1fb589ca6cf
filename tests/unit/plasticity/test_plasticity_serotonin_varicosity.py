"""The full terminal: rest, what is conserved, what cannot turn negative, what is done to it, and who solves it."""

from __future__ import annotations

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.engine import ensemble, reference
from euthymia.engine.linear import Event, respond
from euthymia.errors import ScheduleError
from euthymia.evidence import load_record
from euthymia.plasticity.varicosity import (
    REST,
    Varicosity,
    VaricosityInput,
    VaricosityState,
    conserved,
    rest_root,
    rested,
    resting,
)
from euthymia.plasticity.varicosity_course import Change, UnphysicalWarning, follow
from euthymia.plasticity.varicosity_supply import Form
from euthymia.plasticity.varicosity_system import INPUTS, MOUSE, alike, held_levels, mouse_escitalopram

RECORD = load_record("varicosity")
BOUNDED = rested(Varicosity.from_record(RECORD))
PUBLISHED = replace(BOUNDED, vesicles=replace(BOUNDED.vesicles, form=Form.PUBLISHED))
e5 = float(BOUNDED.start.e5)

shares = st.floats(0.0, 1.0)
inputs = st.builds(VaricosityInput, st.floats(0.0, 100.0), st.floats(0.0, 3.0), shares, shares, shares)
states = st.builds(VaricosityState, *[st.floats(0.0, 10.0)] * len(VaricosityState._fields))


def percent(given: VaricosityInput, hours: list[float], model: Varicosity = BOUNDED) -> np.ndarray:
    return 100.0 * follow(model, [Change(0.0, given)], hours).e5 / e5


@pytest.mark.parametrize("form", Form)
def test_nothing_changes_at_rest(form: Form):
    model = rested(Varicosity.from_record(RECORD, form))
    change = model.derivative(0.0, model.initial_state(), REST)
    assert max(abs(float(value)) for value in change) < 1e-8
    assert tuple(map(float, model.start)) == pytest.approx(tuple(map(float, BOUNDED.start)))


def test_a_terminal_left_alone_stays_at_rest_for_three_months():
    found = follow(BOUNDED, [], [0.0, 24.0, 2160.0])
    for value, start in zip(found, BOUNDED.start, strict=True):
        assert value == pytest.approx(np.full(3, float(start)), rel=1e-5, abs=1e-9)


def test_rest_follows_what_is_done():
    # at 0.2 uM the bounded form settles; its rest is where its course ends
    given = VaricosityInput(I_esc=0.2)
    late = follow(BOUNDED, [Change(0.0, given)], [4000.0])
    for found, settled in zip(late, resting(BOUNDED, given), strict=True):
        assert found[0] == pytest.approx(float(settled), rel=1e-4, abs=1e-8)


@given(states, inputs)
@settings(max_examples=30)
def test_three_sums_never_change(state: VaricosityState, given: VaricosityInput):
    for model in (BOUNDED, PUBLISHED):
        change = model.derivative(0.0, state, given)
        largest = max(abs(float(value)) for value in (change.bh2, change.s_ph, change.s_srf, change.s_ina))
        assert [float(each) for each in conserved(change)] == pytest.approx([0.0] * 3, abs=1e-12 * (1.0 + largest))


def test_three_sums_are_kept_by_a_course():
    before, after = conserved(BOUNDED.start), conserved(follow(BOUNDED, [Change(0.0, VaricosityInput(0.1))], [500.0]))
    for old, new in zip(before, after, strict=True):
        assert new[0] == pytest.approx(float(old), rel=1e-8)


@given(states, inputs, st.sampled_from([name for name in VaricosityState._fields if name != "s_srf"]))
@settings(max_examples=100)
def test_a_state_at_nought_does_not_fall_in_the_bounded_form(state, given, name):
    # which makes negative values impossible; the surface transporters are kept positive by the sums, not by this
    change = BOUNDED.derivative(0.0, state._replace(**{name: 0.0}), given)
    assert float(getattr(change, name)) >= 0.0


def test_an_empty_reserve_goes_on_giving_in_the_published_form():
    empty = PUBLISHED.start._replace(r5=0.0, v5=50.0, c5=0.0)
    assert float(PUBLISHED.derivative(0.0, empty, REST).r5) == -float(PUBLISHED.vesicles.mob_max)
    assert float(BOUNDED.derivative(0.0, empty, REST).r5) == 0.0


@given(inputs.filter(lambda given: given.fire <= 1.5))
@settings(max_examples=6)
def test_nothing_turns_negative_within_ninety_days_whatever_is_done(given: VaricosityInput):
    found = follow(BOUNDED, [Change(0.0, given)], [1.0, 24.0, 240.0, 2160.0])
    assert min(float(value.min()) for value in found) > -1e-9


def test_a_negative_state_is_told_with_its_name_the_form_and_the_time():
    words = r"the published form .* negative c5 \(seen at 60 h\), r5 \(seen at 40 h\); from then on"
    with pytest.warns(UnphysicalWarning, match=words):
        follow(PUBLISHED, [Change(0.0, VaricosityInput(I_esc=0.05))], [20.0, 40.0, 60.0])


def test_the_start_of_the_authors_drifts_to_rest():
    authors = Varicosity.from_record(RECORD)
    found = follow(authors, [], [0.0, 2000.0])
    assert found.e5[0] / e5 == pytest.approx(1.021, abs=0.001)
    assert found.e5[1] == pytest.approx(e5, rel=1e-5)


def test_a_change_acts_from_its_time_on_and_can_be_taken_back():
    drug = VaricosityInput(I_esc=0.01)
    found = follow(BOUNDED, [Change(5.0, drug), Change(6.0, REST)], [2.0, 5.0, 6.0, 2000.0]).e5
    alone = follow(BOUNDED, [Change(0.0, drug)], [1.0]).e5
    assert found[:2] == pytest.approx(e5, rel=1e-6)
    assert found[2] == pytest.approx(alone[0], rel=1e-5)
    assert found[3] == pytest.approx(e5, rel=1e-3)


@pytest.mark.parametrize("changes", [[Change(-1.0, REST)], [Change(2.0, REST), Change(1.0, REST)]])
def test_changes_out_of_order_are_refused(changes):
    with pytest.raises(ScheduleError, match="each must be later than the one before, and none before 0 h"):
        follow(BOUNDED, changes, [1.0])


class TestManipulations:
    """What is done by name, and what it does first."""

    def test_inhibited_oxidase_spares_serotonin_and_leaves_less_of_its_waste(self):
        found = follow(BOUNDED, [Change(0.0, VaricosityInput(mao=0.9))], [6.0, 72.0, 240.0])
        assert np.all(np.diff([e5, *found.e5]) > 0.0)
        assert np.all(found.hiaa < float(BOUNDED.start.hiaa))
        assert np.all(found.v5 > float(BOUNDED.start.v5))

    def test_blocked_packing_empties_vesicles_within_hours_and_spills_into_the_enzyme(self):
        found = follow(BOUNDED, [Change(0.0, VaricosityInput(vmat=1.0))], [1.0, 6.0, 24.0])
        assert found.v5[2] < 0.01 * float(BOUNDED.start.v5)
        assert found.e5[2] < 0.01 * e5
        assert found.hiaa[0] > 10.0 * float(BOUNDED.start.hiaa)

    def test_blocked_packing_makes_no_sense_in_the_published_form(self):
        with pytest.warns(UnphysicalWarning, match="negative r5"):
            found = follow(PUBLISHED, [Change(0.0, VaricosityInput(vmat=1.0))], [24.0])
        assert found.e5[0] > 0.8 * e5

    def test_taken_tryptophan_leaves_that_share_of_it_in_blood(self):
        found = follow(BOUNDED, [Change(0.0, VaricosityInput(tryptophan=0.8))], [24.0])
        assert found.btrp[0] / float(BOUNDED.start.btrp) == pytest.approx(0.2, abs=0.02)

    def test_the_reserve_carries_serotonin_over_a_day_without_tryptophan(self):
        # the model's prediction, not an observation: a day of depletion is hardly seen outside, a week is
        day, week = percent(VaricosityInput(tryptophan=0.8), [24.0, 240.0])
        assert 95.0 < day < 98.0
        assert week < 50.0

    def test_firing_moves_release_both_ways(self):
        low, high = (percent(VaricosityInput(fire=fire), [0.5])[0] for fire in (0.5, 1.4))
        assert low < 80.0
        assert high > 108.0

    def test_no_firing_leaves_the_leaks(self):
        assert percent(VaricosityInput(fire=0.0), [24.0])[0] < 20.0


class TestTransporter:
    @given(st.just(0.0) | st.floats(1e-6, 0.99))
    def test_level_and_occupancy_are_inverse(self, theta: float):
        transporter = BOUNDED.transporter
        assert float(transporter.occupancy(transporter.level(theta))) == pytest.approx(theta, abs=1e-9)

    def test_without_internalisation_a_blocked_transporter_still_stands_at_the_surface(self):
        still = eqx.tree_at(lambda model: model.transporter.k_inside, BOUNDED, 0.0)
        found = follow(still, [Change(0.0, VaricosityInput(I_esc=0.2))], [24.0])
        assert found.s_ina[0] == pytest.approx(0.0, abs=1e-12)
        assert found.s_srf[0] > 0.7


class TestMouse:
    """Escitalopram in a mouse, in front of the terminal."""

    LINEAR = mouse_escitalopram(RECORD)

    def test_drug_leaves_from_blood_only(self):
        losses = -self.LINEAR.matrix[0, :4, :4].sum(axis=0)
        free = RECORD.value("k10", "1/h") * (1.0 - RECORD.value("bound_blood", "1"))
        assert losses == pytest.approx([0.0, free, 0.0, 0.0], abs=1e-9)

    def test_the_level_in_brain_rises_with_the_dose_and_is_gone_in_days(self):
        assert self.LINEAR.outputs == INPUTS
        assert self.LINEAR.states[:4] == MOUSE
        times = np.array([0.5, 1.0, 24.0, 240.0])
        one, two = (respond(self.LINEAR, [Event(0.0, 0.0, 0, np.array([dose]))], times)[0, 0] for dose in (10.0, 20.0))
        assert two == pytest.approx(2.0 * one)
        assert np.all(one[:2] > one[2])
        assert one[3] < 1e-3 * one[0]


@pytest.mark.long
def test_the_reference_solver_of_the_engine_agrees_with_the_course():
    people = ensemble.group(held_levels(2), alike(BOUNDED, 2))
    events = [Event(1.0, 0.0, 0, np.array([0.01, 0.2])), Event(30.0, 0.0, INPUTS.index("fire"), np.array([-0.5, -0.5]))]
    found = reference.run(people, events, [24.0, 48.0], rtol=1e-7, atol=1e-9)
    for person, level in enumerate((0.01, 0.2)):
        drug = VaricosityInput(I_esc=level)
        changes = [Change(1.0, drug), Change(30.0, drug._replace(fire=0.5))]
        course = follow(BOUNDED, changes, [24.0, 48.0], rtol=1e-8, atol=1e-11)
        for name, value in course._asdict().items():
            assert found.values[name][person] == pytest.approx(value, rel=1e-4, abs=1e-8), name


@pytest.mark.long
def test_an_oral_dose_in_a_mouse_raises_serotonin_and_lets_it_return():
    people = ensemble.group(mouse_escitalopram(RECORD), alike(BOUNDED, 1))
    dose = RECORD.value("F_oral", "1") * 20.0  # ug: 1 mg/kg in a mouse of 20 g
    found = reference.run(people, [Event(0.0, 0.0, 0, np.array([dose]))], [1.0, 24.0, 720.0])
    change = found.values["e5"][0] / e5
    assert change[0] > 1.05
    assert change[2] == pytest.approx(1.0, abs=0.02)
    assert np.all(found.values["r5"] > 0.0)


@pytest.mark.long
def test_the_rest_state_has_derivatives_in_the_numbers():
    model, done = jax.tree.map(jnp.asarray, (BOUNDED, REST))

    def outside(k_out: float):
        changed = eqx.tree_at(lambda one: one.removal.k_out, model, jnp.asarray(k_out))
        return VaricosityState(*rest_root(changed, done).solution).e5

    step = 1e-2
    slope = float(jax.grad(outside)(40.0))
    assert slope < 0.0
    assert slope == pytest.approx(float(outside(40.0 + step) - outside(40.0 - step)) / (2.0 * step), rel=1e-4)
