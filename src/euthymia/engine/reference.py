"""The adaptive reference: the whole system as one differential equation for Diffrax, behind the ensemble's interface.

It shares the mechanisms' equations with the structured scheme and nothing else: no closed form, no modes, no grid. It
is there to check the scheme and to run models that do not fit it; it is some hundred times slower.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, NamedTuple

from euthymia.engine import runtime

runtime.start()

import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jaxtyping import Array  # noqa: E402

from euthymia.engine.ensemble import NEAR, Block, Group, Moment, Outcome  # noqa: E402
from euthymia.engine.integrate import States, System  # noqa: E402
from euthymia.engine.linear import Event, Linear  # noqa: E402

MOST_STEPS = 1_000_000  # between two jumps; reached only by an explicit method on a stiff model


class Method(enum.Enum):
    """Which solver: TSIT5 is explicit, KVAERNO5 implicit for stiff models; both of order five."""

    TSIT5 = "Tsit5"
    KVAERNO5 = "Kvaerno5"


class Person(NamedTuple):
    """One person's equations and what is given, or those of many with a leading axis on every array.

    Attributes:
        system: The nonlinear part, of one lane.
        matrix: Kinetics, 1/h, [state, state].
        read: Outputs per amount, [output, state].
        bolus: Amounts added at the start of each interval, [interval, state].
        inflow: Constant input during each interval, amount per h, [interval, state].
    """

    system: System
    matrix: Array
    read: Array
    bolus: Array
    inflow: Array


def run(
    people: Group,
    events: Sequence[Event],
    report: Sequence[float] | np.ndarray,
    *,
    start: float = 0.0,
    method: Method = Method.KVAERNO5,
    rtol: float = 1e-8,
    atol: float = 1e-10,
) -> Outcome:
    """Take people from ``start`` through events to the last time reported, every person with steps of their own.

    Args:
        people: Who.
        events: What is given.
        report: Times to report, h, increasing; the last one is the end.
        start: First time, h; nobody has had anything before it.
        method: Solver.
        rtol: Relative tolerance of a step.
        atol: Absolute tolerance of a step.

    Returns:
        Kinetic outputs and slow states [person, time] as the ensemble gives them, with no error estimate and a moment
        that holds the time only: a reference is not resumed.
    """
    report = np.asarray(report, dtype=float)
    events = [event for event in events if start <= event.t < report[-1]]
    jumps = [start, *(event.t for event in events), *(event.t + event.duration for event in events), *report]
    times = np.unique(np.round(jumps, 9))
    times = times[(times >= start) & (times <= report[-1] + NEAR)]
    rows = np.searchsorted(times, report - NEAR)
    found: dict[str, np.ndarray] = {}
    for block in people.blocks:
        persons = _persons(block, people.linear, events, times)
        for name, value in _solve(persons, times, people.linear.outputs, _solver(method), rtol, atol).items():
            found.setdefault(name, np.empty((people.persons, report.size)))[block.people] = np.asarray(value)[:, rows]
    return Outcome(report, found, {}, Moment(float(report[-1]), []))


def _solver(method: Method) -> Any:
    import diffrax

    return {Method.TSIT5: diffrax.Tsit5, Method.KVAERNO5: diffrax.Kvaerno5}[method]()


def _persons(block: Block, linear: Linear, events: Sequence[Event], times: np.ndarray) -> Person:
    """Return the people of a block, each with arrays of their own, stacked."""
    index = block.people
    alone = [block.system.take(np.array([lane])) for lane in range(index.size)]
    system = jax.tree.map(lambda *leaves: np.stack([np.asarray(leaf) for leaf in leaves]), *alone)
    bolus, inflow = np.zeros((2, index.size, times.size - 1, len(linear.states)))
    middle = 0.5 * (times[:-1] + times[1:])
    for event in events:
        amount = event.amount[index][:, None]
        if event.duration == 0.0:
            bolus[:, np.abs(times[:-1] - event.t) < NEAR, event.target] += amount
        else:
            during = (middle > event.t) & (middle < event.t + event.duration)
            inflow[:, during, event.target] += amount / event.duration
    return Person(system, *map(jnp.asarray, (linear.matrix[index], linear.read[index], bolus, inflow)))


@eqx.filter_jit
def _solve(
    persons: Person, times: np.ndarray, outputs: tuple[str, ...], solver: Any, rtol: float, atol: float
) -> dict[str, Array]:
    """Return every variable at every time for every person, [person, time]."""
    return jax.vmap(lambda person: _one(person, times, outputs, solver, rtol, atol))(persons)


def _one(
    person: Person, times: np.ndarray, outputs: tuple[str, ...], solver: Any, rtol: float, atol: float
) -> dict[str, Array]:
    """Solve one person interval by interval, so that no step crosses a jump."""
    import diffrax

    field: Any = _derivative  # Diffrax's annotation wants one array type for states and arguments alike
    term = diffrax.ODETerm(field)
    control = diffrax.PIDController(rtol=rtol, atol=atol)

    def interval(
        state: tuple[Array, States], given: tuple[Array, Array, Array, Array]
    ) -> tuple[tuple[Array, States], tuple[Array, States]]:
        left, right, bolus, inflow = given
        amounts, slow = state
        solution = diffrax.diffeqsolve(
            term,
            solver,
            left,
            right,
            None,
            (amounts + bolus, slow),
            args=(person, inflow),
            stepsize_controller=control,
            saveat=diffrax.SaveAt(t1=True),
            max_steps=MOST_STEPS,
        )
        after = jax.tree.map(lambda value: value[0], solution.ys)
        return after, after

    slow = {name: value[0] for name, value in person.system.initial(1).items()}
    before = (jnp.zeros(person.matrix.shape[0]), slow)
    given = (jnp.asarray(times[:-1]), jnp.asarray(times[1:]), person.bolus, person.inflow)
    _, path = jax.lax.scan(interval, before, given)
    amounts, slow = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), before, path)
    return dict(zip(outputs, person.read @ amounts.T, strict=True)) | slow


def _derivative(t: Any, y: tuple[Array, States], args: tuple[Person, Array]) -> tuple[Array, States]:
    """Return the rates of change of all amounts and all slow states."""
    (amounts, slow), (person, inflow) = y, args
    lanes = {name: value[None] for name, value in slow.items()}
    drivers = person.system.fast([level[None] for level in person.read @ amounts])
    rates = {name: link(lanes, drivers) for name, link in person.system.links()}
    changes = {name: jnp.broadcast_to(drive - rate * lanes[name], (1,))[0] for name, (rate, drive) in rates.items()}
    return person.matrix @ amounts + inflow, changes
