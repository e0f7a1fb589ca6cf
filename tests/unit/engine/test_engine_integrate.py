"""The structured scheme on cascades with closed forms, and derivatives through it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crowd
import full_crowd
from euthymia.engine import along, integrate, linear_steps
from euthymia.engine.along import Carry, Plan
from euthymia.engine.grid import segments
from euthymia.engine.linear_steps import ModalKinetics
from euthymia.models.kinetics import TARGET

LANES = 8


class Cascade(eqx.Module):
    """Two states behind one decaying driver u: a' = u - a, b' = u a - (1 + u) b; the second rate varies."""

    feedback: tuple[str, ...] = eqx.field(static=True, default=())

    def fast(self, exposure):
        return {"u": exposure[0]}

    def links(self):
        return (("a", lambda y, u: (1.0, u["u"])), ("b", lambda y, u: (1.0 + u["u"], u["u"] * y["a"])))

    def initial(self, persons):
        return {"a": jnp.zeros(persons), "b": jnp.zeros(persons)}


class Noting(Cascade):
    """The same two states; what both links of b read is noted once a is known."""

    noting = "a"

    def noted(self, slow, drivers):
        return {"ua": drivers["u"] * slow["a"]}

    def links(self):
        def b(y, u):
            return 1.0 + u["u"], u["ua"] if "ua" in u else u["u"] * y["a"]

        return (("a", lambda y, u: (1.0, u["u"])), ("b", b))


def one_mode(rate: float) -> ModalKinetics:
    return ModalKinetics(jnp.full((1, LANES), -rate), jnp.ones((1, 1, LANES)), jnp.ones((1, 1, LANES)))


def plan_of(length: np.ndarray, dose: float) -> Plan:
    """Return a dose at the start, and nothing that runs."""
    return schedule(length, np.full((1, LANES), dose), np.zeros((1, LANES)))


def schedule(length: np.ndarray, bolus: np.ndarray, inflow: np.ndarray) -> Plan:
    """Return what is given at the start, [target, lane], and what runs throughout, [running, lane]."""
    given = np.where(np.arange(length.size) == 0, 0, -1)
    return Plan(*map(jnp.asarray, (length, given, np.zeros_like(given), bolus[None], inflow[None])))


def cascade(pieces: int, levels: int = 1) -> list[np.ndarray]:
    """Return b at 4 h by level, after a unit bolus into a driver that decays at 0.5 per hour."""
    system = Cascade()
    carry = Carry(jnp.zeros((1, LANES)), levels * (system.initial(LANES),))
    end, _, _ = along.advance(system, one_mode(0.5), carry, plan_of(np.full(pieces, 4.0 / pieces), 1.0))
    return [np.asarray(level["b"])[0] for level in end.slow]


def test_the_kinetic_layer_has_no_step_error():
    kinetics, system = one_mode(0.3), Cascade()
    carry = Carry(jnp.zeros((1, LANES)), (system.initial(LANES),))
    _, outputs, _ = along.advance(system, kinetics, carry, plan_of(np.array([0.1, 5.0, 40.0]), 7.0))
    np.testing.assert_allclose(outputs[:, 0, 0], 7.0 * np.exp(-0.3 * np.cumsum([0.1, 5.0, 40.0])), rtol=1e-13)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-6, 50.0), st.floats(-5.0, 5.0), st.floats(-5.0, 5.0), st.floats(0.01, 10.0))
def test_a_constant_rate_and_a_linear_drive_are_stepped_exactly(rate, start, slope, h):
    d0, d1 = 2.0, 2.0 + slope * h
    y = float(integrate._relax(start, rate, d0, rate, d1, jnp.asarray(h)))
    # y = start e^-rh + d0 (1 - e^-rh)/r + slope (h/r - (1 - e^-rh)/r^2), each quotient from its own stable form
    settled = -np.expm1(-rate * h) / rate
    ramp = (h - settled) / rate if rate * h > 1e-2 else h**2 / 2.0 * (1.0 - rate * h / 3.0 * (1.0 - rate * h / 4.0))
    assert y == pytest.approx(start * np.exp(-rate * h) + d0 * settled + slope * ramp, rel=1e-7, abs=1e-9)


def test_the_series_of_phi_meets_its_quotient():
    x = linear_steps.SERIES_BELOW * np.array([0.999999, 1.000001])
    for values in linear_steps.phi(jnp.asarray(x)):
        assert abs(values[1] - values[0]) < 1e-7
    E, phi1, phi2 = linear_steps.phi(jnp.zeros(1))
    assert (E[0], phi1[0], phi2[0]) == (1.0, 1.0, 0.5)


def test_halving_the_steps_quarters_the_error():
    exact = cascade(4096)[0]
    errors = np.array([abs(cascade(pieces)[0] - exact) for pieces in (8, 16, 32, 64)])
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx([2.0, 2.0, 2.0], abs=0.1)


def test_the_second_level_is_the_same_scheme_with_halved_steps():
    coarse, fine = cascade(16, levels=2)
    assert coarse == pytest.approx(cascade(16)[0], rel=1e-13)
    assert fine == pytest.approx(cascade(32)[0], rel=1e-13)


def test_padding_moves_nothing():
    system, kinetics = Cascade(), one_mode(0.5)
    carry = Carry(jnp.zeros((1, LANES)), (system.initial(LANES),))
    short = along.advance(system, kinetics, carry, plan_of(np.full(3, 1.0), 1.0))[0]
    padded = along.advance(system, kinetics, carry, plan_of(np.array([1.0, 1.0, 1.0, 0.0, 0.0]), 1.0))[0]
    assert jax.tree.all(jax.tree.map(np.array_equal, short, padded))


def test_what_is_noted_once_is_what_each_link_would_have_found():
    kinetics, plan = one_mode(0.5), plan_of(np.array([0.1, 1.0, 3.0, 0.0]), 1.0)
    ends = []
    for system in (Cascade(), Noting()):
        carry = Carry(jnp.zeros((1, LANES)), 2 * (system.initial(LANES),))
        ends.append(along.advance(system, kinetics, carry, plan)[0])
    for one, other in zip(jax.tree.leaves(ends[0]), jax.tree.leaves(ends[1]), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)
    assert not isinstance(Cascade(), integrate.Noting)


@pytest.mark.parametrize("levels", [1, 2])
def test_what_is_told_in_one_array_is_what_advancing_gives_apart(levels: int):
    system, kinetics = Cascade(), one_mode(0.5)
    carry = Carry(jnp.zeros((1, LANES)), levels * (system.initial(LANES),))
    plan = plan_of(np.array([0.1, 1.0, 3.0, 0.0]), 1.0)
    end, outputs, slow = along.advance(system, kinetics, carry, plan)
    same, told = along.advance_telling(system, kinetics, carry, plan, np.array([1, 2, 3]))
    for one, other in zip(jax.tree.leaves(end), jax.tree.leaves(same), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-15)
    corrections = [(slow[-1][name] - slow[0][name]) / 3.0 for name in "ab"]
    expected = [outputs[:, 0], *(slow[-1][name] + by for name, by in zip("ab", corrections, strict=True))]
    expected += [abs(by) for by in corrections] if levels == 2 else []
    np.testing.assert_allclose(told, np.stack(expected, axis=1)[:3], rtol=1e-14, atol=1e-17)


def test_where_one_stops_to_tell_moves_nothing():
    system, kinetics = Cascade(), one_mode(0.5)
    carry = Carry(jnp.zeros((1, LANES)), 2 * (system.initial(LANES),))
    plan = plan_of(np.array([0.1, 1.0, 3.0, 7.0, 0.0]), 1.0)
    found = [along.advance_telling(system, kinetics, carry, plan, np.array(at)) for at in ([1, 2, 4], [2, 4, 4])]
    (end, often), (same, rarely) = found
    assert jax.tree.all(jax.tree.map(np.array_equal, end, same))
    assert np.array_equal(often[1:], rarely[:2])
    assert np.array_equal(rarely[1], rarely[2])


def test_what_follows_the_last_stop_is_left_out():
    system, kinetics = Cascade(), one_mode(0.5)
    carry = Carry(jnp.zeros((1, LANES)), (system.initial(LANES),))
    whole, part = plan_of(np.full(5, 1.0), 1.0), plan_of(np.full(3, 1.0), 1.0)
    ends = [along.advance_telling(system, kinetics, carry, each, np.array([3]))[0] for each in (whole, part)]
    assert jax.tree.all(jax.tree.map(np.array_equal, *ends))


def test_gifts_and_stretches_act_in_their_segments():
    system, kinetics = Cascade(), one_mode(0.3)
    carry = Carry(jnp.zeros((1, LANES)), (system.initial(LANES),))
    bolus, inflow = np.array([5.0, 7.0]), np.array([0.0, 2.0])
    amounts = [np.broadcast_to(each[:, None, None], (2, 1, LANES)) for each in (bolus, inflow)]
    length, given, flowing = np.array([1.0, 2.0, 3.0]), np.array([0, -1, 1]), np.array([0, 1, 0])
    _, outputs, _ = along.advance(system, kinetics, carry, Plan(length, given, flowing, *amounts))
    one, two, three = np.exp(-0.3 * length)
    first = 5.0 * one
    second = first * two + 2.0 * (1.0 - two) / 0.3
    np.testing.assert_allclose(outputs[:, 0, 0], [first, second, (second + 7.0) * three], rtol=1e-13)


# --- derivatives ----------------------------------------------------------------------------------------------------

NUMBERS = {
    "severity.a_pot": lambda chain: chain.severity.a_pot,
    "potentiation.k_pot": lambda chain: chain.potentiation.k_pot,
    "spines.k_spn": lambda chain: chain.spines.k_spn,
    "bdnf.tau_mtor": lambda chain: chain.bdnf.tau_mtor,
    "brain.Kpuu": lambda chain: chain.brain.Kpuu,
    "trigger.s_dis": lambda chain: chain.trigger.trigger.s_dis,
}


@pytest.fixture(scope="module")
def final_severity():
    """Mean severity three days after 30 mg into a vein, as a function of the chain."""
    people = crowd.draw(LANES)
    block = people.group.blocks[0]
    kinetics = block.kinetics.aim([TARGET.vein])
    kinetics = jax.tree.map(lambda value: value[..., :LANES], kinetics)
    length = np.diff(segments(0.0, 72.0, doses=[0.0]))
    plan = plan_of(length, 30.0)

    @jax.jit
    def mean(chain):
        carry = Carry(jnp.zeros(kinetics.shape()), 2 * (chain.initial(LANES),))
        end, _, _ = along.advance(chain, kinetics, carry, plan)
        coarse, fine = (level["sev"] for level in end.slow)
        return jnp.mean(fine + (fine - coarse) / 3.0)

    return mean, jax.tree.map(jnp.asarray, people.chain)


@pytest.fixture(scope="module")
def gradient(final_severity):
    mean, chain = final_severity
    return jax.jit(jax.grad(mean))(chain)


@pytest.mark.parametrize("name", NUMBERS)
def test_reverse_mode_agrees_with_finite_differences(final_severity, gradient, name):
    mean, chain = final_severity
    where = NUMBERS[name]
    value = float(where(chain))
    ends = [mean(eqx.tree_at(where, chain, jnp.asarray(value * factor))) for factor in (1.0 + 1e-5, 1.0 - 1e-5)]
    assert float(where(gradient)) == pytest.approx(float(ends[0] - ends[1]) / (2e-5 * value), rel=1e-6)


def test_everybodys_gain_moves_only_their_own_severity(final_severity, gradient):
    mean, chain = final_severity
    assert np.sum(gradient.severity.gain * chain.severity.gain) == pytest.approx(float(mean(chain)), rel=1e-12)


FACTORS = (1.0 + 1e-5, 1.0 - 1e-5)
FULL = {
    "spines.y_5HT": lambda chain: chain.spines.y_5HT,
    "relief.a_5HT": lambda chain: chain.relief.a_5HT,
    "serotonin.tau_AR": lambda chain: chain.serotonin.tau_AR,
    "serotonin.kappa": lambda chain: chain.serotonin.kappa,
    "learning.k_lrn": lambda chain: chain.learning.k_lrn,
    "learning.y_lrn": lambda chain: chain.learning.y_lrn,
    "protection.e_lrn": lambda chain: chain.protection.e_lrn,
    "glutamatergic": lambda chain: chain.glutamatergic,
    "serotonergic": lambda chain: chain.serotonergic,
}


@pytest.fixture(scope="module")
def severity_after_ten_days():
    """Mean severity ten days after 30 mg into a vein, on a daily tablet, in therapy and after rapamycin."""
    people = full_crowd.draw(LANES)
    linear = people.exposed.linear
    given = {"c": 30.0, "therapy": 1.0, "elimination stopped": 0.5}
    daily = linear.states.index(f"{full_crowd.TABLET} a day")
    kinetics = people.group.blocks[0].kinetics.aim([*map(linear.states.index, given), daily])
    kinetics = jax.tree.map(lambda value: value[..., :LANES], kinetics)
    length = np.diff(segments(0.0, 240.0, doses=[0.0]))
    bolus, inflow = np.zeros((2, len(given) + 1, LANES))
    bolus[: len(given)] = np.array([*given.values()])[:, None]
    inflow[-1] = 3.0  # mg/h; far from 0 and from full occupancy
    plan = schedule(length, bolus, inflow)

    def where(chain):
        return [each(chain) for each in FULL.values()]

    @jax.jit
    def mean(numbers):
        chain = eqx.tree_at(where, people.chain, numbers)
        carry = Carry(jnp.zeros(kinetics.shape()), (chain.initial(LANES),))
        end, _, _ = along.advance(chain, kinetics, carry, plan)
        return jnp.mean(end.slow[0]["sev"])

    numbers = [jnp.asarray(value) for value in where(people.chain)]
    return mean, numbers, jax.jit(jax.grad(mean))(numbers)


@pytest.mark.parametrize("name", FULL)
def test_reverse_mode_agrees_with_finite_differences_on_the_full_chain(severity_after_ten_days, name):
    """Of a trait, [person], in the direction of itself."""
    mean, numbers, slopes = severity_after_ten_days
    place = list(FULL).index(name)
    ends = [mean([*numbers[:place], numbers[place] * factor, *numbers[place + 1 :]]) for factor in FACTORS]
    along = float(jnp.sum(slopes[place] * numbers[place]))
    assert abs(along) > 1e-3, "nothing to compare"
    assert along == pytest.approx(float(ends[0] - ends[1]) / (FACTORS[0] - FACTORS[1]), rel=1e-6)
