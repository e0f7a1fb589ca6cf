"""What every mechanism must do, asked of each one that the package has."""

import importlib
import inspect
import pkgutil
import re
import typing
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import euthymia
from euthymia import units
from euthymia.engine.mechanism import AbstractMechanism
from euthymia.evidence import load_record, record_names, references

ROOMS = ("pharmacology", "circuit", "plasticity", "symptoms", "safety", "models")
T = 1.5


def mechanisms() -> list[type[AbstractMechanism]]:
    """Return every final mechanism of the package, by name."""
    for room in ROOMS:
        package = importlib.import_module(f"euthymia.{room}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"euthymia.{room}.{module.name}")
    found: set[type[AbstractMechanism]] = set()
    ahead: list[type[AbstractMechanism]] = [AbstractMechanism]
    while ahead:
        for cls in ahead.pop().__subclasses__():
            ahead.append(cls)
            if not inspect.isabstract(cls) and cls.__module__.startswith(f"{euthymia.__name__}."):
                found.add(cls)
    return sorted(found, key=lambda cls: cls.__qualname__)


def with_records_numbers(cls: type[AbstractMechanism]) -> AbstractMechanism:
    """Return the mechanism with the numbers of the record that holds them all, as arrays."""
    wanted = set(cls.parameters())
    holding = [name for name in record_names() if wanted <= set(load_record(name).names)]
    assert holding, f"no record holds {sorted(wanted)}"
    return jax.tree.map(jnp.asarray, cls.from_record(load_record(holding[0])))


def example(kind: Any, value: float) -> Any:
    """Return an input of this kind: a number, or a named tuple of numbers."""
    fields = getattr(kind, "_fields", None)
    return jnp.asarray(value) if fields is None else kind(*(jnp.asarray(value) for _ in fields))


class Case(typing.NamedTuple):
    """A mechanism somewhere off its initial state."""

    mechanism: AbstractMechanism
    state: Any
    inputs: Any


@pytest.fixture(params=mechanisms(), ids=lambda cls: cls.__qualname__)
def cls(request: pytest.FixtureRequest) -> type[AbstractMechanism]:
    return request.param


@pytest.fixture
def case(cls: type[AbstractMechanism]) -> Case:
    mechanism = with_records_numbers(cls)
    _, inputs = typing.get_args(cls.__orig_bases__[0])  # type: ignore[attr-defined]
    state = jax.tree.map(lambda value: jnp.asarray(value) + 0.1, mechanism.initial_state())
    return Case(mechanism, state, example(inputs, 0.5))


def total(mechanism: AbstractMechanism, state: Any, inputs: Any) -> Any:
    return sum(jax.tree.leaves(mechanism.derivative(T, state, inputs)))


def test_mechanisms_are_found():
    assert {"Esketamine", "EffectSite", "BDNF", "Spines", "Severity"} <= {cls.__qualname__ for cls in mechanisms()}


def test_every_parameter_has_a_unit_that_parses_and_a_meaning(cls):
    assert cls.parameters()
    for name, (unit, meaning) in cls.parameters().items():
        units.parse(unit)
        assert meaning.strip(), name


def test_every_source_is_a_reference(cls):
    assert set(cls.sources) <= references().keys()


def test_the_docstring_states_numbered_equations_that_the_code_marks(cls):
    numbers = set(re.findall(r"\((\d+)\)\s*$", inspect.getdoc(cls) or "", re.MULTILINE))
    assert "1" in numbers
    marked = set(re.findall(r"\((\d+)\)", " ".join(re.findall(r"#(.*)$", inspect.getsource(cls), re.MULTILINE))))
    assert numbers <= marked, f"equations {sorted(numbers - marked)} are stated and not marked in the code"


def test_the_initial_state_is_finite(cls):
    assert np.isfinite(jax.tree.leaves(with_records_numbers(cls).initial_state())).all()


def test_the_derivative_has_the_structure_of_the_state(case):
    change = case.mechanism.derivative(T, case.state, case.inputs)
    assert jax.tree.structure(change) == jax.tree.structure(case.state)
    assert np.isfinite(jax.tree.leaves(change)).all()


def test_it_compiles(case):
    plain = case.mechanism.derivative(T, case.state, case.inputs)
    compiled = eqx.filter_jit(lambda m, y, u: m.derivative(T, y, u))(*case)
    np.testing.assert_allclose(jax.tree.leaves(compiled), jax.tree.leaves(plain), rtol=1e-12, atol=1e-15)


def test_it_runs_for_many_people_at_once(case):
    def several(tree: Any) -> Any:
        return jax.tree.map(lambda value: jnp.stack([value, 2.0 * value, 3.0 * value]), tree)

    many = jax.vmap(lambda m, y, u: m.derivative(T, y, u))(*map(several, case))
    mechanism, state, inputs = (jax.tree.map(lambda value: 3.0 * value, part) for part in case)
    third = mechanism.derivative(T, state, inputs)
    for everybody, one in zip(jax.tree.leaves(many), jax.tree.leaves(third), strict=True):
        assert everybody.shape == (3,)
        np.testing.assert_allclose(everybody[2], one, rtol=1e-12)


def test_it_has_finite_derivatives_in_parameters_state_and_inputs(case):
    slopes = jax.grad(total, argnums=(0, 1, 2))(*case)
    assert np.isfinite(jax.tree.leaves(slopes)).all()
    assert any(np.any(leaf != 0.0) for leaf in jax.tree.leaves(slopes[0]))


def test_a_small_step_along_the_gradient_changes_the_derivative_as_it_says(case):
    slope = jax.grad(total, argnums=1)(*case)
    step = 1e-6

    def at(shift: float) -> Any:
        return total(case.mechanism, jax.tree.map(lambda value: value + shift, case.state), case.inputs)

    assert float(at(step) - at(-step)) / (2 * step) == pytest.approx(
        float(sum(jax.tree.leaves(slope))), rel=1e-5, abs=1e-5
    )
