"""Data files with lag, F, ADDL, SS, RATE -1 and -2, zero order and resets against a plain simulation by LSODA.

The simulation below knows nothing of our engine: it writes the rates out as a matrix, keeps a queue of what is to enter
and integrates from edge to edge. Its times are whole grains, so that no two edges differ by rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from euthymia.engine.reading import read_records
from euthymia.pharmacology.compartments import DISPOSITION, CompartmentModel, compartment_model
from euthymia.pharmacology.predict import predict

TIGHT = {"method": "LSODA", "rtol": 1e-12, "atol": 1e-15}
ERROR = 1e-8
GRAIN = 64  # grains an hour
COLUMNS = "ID,TIME,AMT,CMT,EVID,II,ADDL,SS,RATE"
ABSORPTIONS = ("iv", "oral", "zero-order")

log_rates = st.floats(-1.0, 0.5).map(lambda power: 10.0**power)
gaps = st.sampled_from([0.0, 1e-14, 1e-11, 1e-8, 1e-5]) | st.floats(-1e-3, 1e-3)


@dataclass(frozen=True)
class Row:
    """One record; times and durations in grains, ``duration`` what the dose should take once F is in."""

    t: int
    evid: int
    amt: int = 0
    duration: int = 0
    form: int = 0  # of RATE: 0 none, 1 stated, -1 and -2 from the model
    ii: int = 0
    addl: int = 0
    ss: int = 0


@dataclass(frozen=True)
class Case:
    """A model and the records of one individual; lag and D in grains."""

    model: CompartmentModel
    F: float
    tlag: int
    D: int
    R: float
    rows: tuple[Row, ...]

    @property
    def zero_order(self) -> bool:
        return self.model.name.endswith("zero-order")

    def grains(self, row: Row) -> int:
        """Return how long the dose of a row takes."""
        if row.form in (1, -1):
            return row.duration
        return self.D if row.form == -2 or self.zero_order else 0

    def text(self) -> str:
        return "\n".join([COLUMNS, *map(self._line, self.rows)])

    def _line(self, row: Row) -> str:
        rate = float(row.form)
        if row.form == 1:
            rate = row.amt * self.F / (row.duration / GRAIN) if row.amt else float(row.duration)
        return f"1,{row.t / GRAIN},{row.amt},,{row.evid},{row.ii / GRAIN},{row.addl},{row.ss},{rate!r}"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    number, absorption = draw(st.integers(1, 3)), draw(st.sampled_from(ABSORPTIONS))
    V, k10 = draw(st.floats(1.0, 50.0)), draw(log_rates)
    given = dict(zip(DISPOSITION[number], (k10 * V, V), strict=False))
    for Q, Vj in zip(DISPOSITION[number][2::2], DISPOSITION[number][3::2], strict=True):
        given[Q] = draw(log_rates) * V
        given[Vj] = given[Q] / draw(log_rates)
    word = {1: "one", 2: "two", 3: "three"}[number]
    if absorption == "oral":
        given["ka"] = draw(log_rates | gaps.map(lambda gap: k10 * (1.0 + gap)))
    F, tlag, D = draw(st.sampled_from([1.0, 0.5, 0.75])), draw(st.just(0) | st.integers(1, GRAIN)), draw(_durations)
    rows, t, R = [], 0, 0.0
    for _ in range(draw(st.integers(1, 4))):
        rows.append(draw(_doses(t, first=not rows)))
        if rows[-1].form == -1:  # one R for the model: the first such dose sets it, the others take its duration
            R = R or rows[-1].amt * F / (rows[-1].duration / GRAIN)
            rows[-1] = _with_rate(rows[-1], F, R)
        t += draw(st.integers(0, 12 * GRAIN))
        rows.append(Row(t, draw(st.sampled_from([0, 0, 0, 2, 3]))))
        t += draw(st.integers(0, 6 * GRAIN))
    rows.append(Row(t, 0))
    given |= {"F": F, "tlag": tlag / GRAIN, "D": D / GRAIN, "R": R or 1.0}
    return Case(compartment_model(f"{word}-compartment-{absorption}", given), F, tlag, D, R, tuple(rows))


_durations = st.integers(GRAIN // 2, 10 * GRAIN)


@st.composite
def _doses(draw: st.DrawFn, t: int, *, first: bool) -> Row:
    form, ss = draw(st.sampled_from([0, 1, -1, -2])), draw(st.sampled_from([0, 0, 1, 2]))
    evid = 1 if first else draw(st.sampled_from([1, 1, 4]))
    duration = draw(_durations)
    if ss and form == 1 and draw(st.booleans()):  # a constant infusion; its rate is a whole number, kept in duration
        return Row(t, evid, 0, duration, 1, ss=ss)
    ii = draw(st.integers(4 * GRAIN, 24 * GRAIN))
    return Row(t, evid, draw(st.integers(1, 100)), duration, form, ii, draw(st.integers(0, 3)), ss)


def _with_rate(row: Row, F: float, R: float) -> Row:
    """Return the row with the nearest amount for which R gives a whole number of grains."""
    duration = max(1, round(row.amt * F / R * GRAIN))
    amt = round(duration * R / F / GRAIN)
    exact = amt * F / R * GRAIN
    if amt < 1 or abs(exact - round(exact)) > 1e-9 * exact:
        return Row(row.t, row.evid, row.amt, row.duration, 0, row.ii, row.addl, row.ss)
    return Row(row.t, row.evid, amt, round(exact), -1, row.ii, row.addl, row.ss)


@dataclass
class Simulation:
    """A body integrated by LSODA from edge to edge; times in grains."""

    A: np.ndarray
    x: np.ndarray
    t: int = 0
    queue: list[tuple[int, int, float]] = field(default_factory=list)  # what is to enter: start, duration, amount
    running: list[tuple[int, float]] = field(default_factory=list)  # infusions: end, rate

    def pass_time(self, to: int) -> None:
        while True:
            starts = [start for start, _, _ in self.queue if start <= to]
            ends = [end for end, _ in self.running if end <= to]
            stop = min([*starts, *ends, to])
            self._integrate(stop)
            self.running = [each for each in self.running if each[0] > stop]
            due = [each for each in self.queue if each[0] <= stop]
            self.queue = [each for each in self.queue if each[0] > stop]
            for _, duration, amount in due:
                self.enter(duration, amount)
            if not starts and not ends:
                return

    def enter(self, duration: int, amount: float) -> None:
        if duration:
            self.running.append((self.t + duration, amount / duration * GRAIN))
        else:
            self.x[0] += amount

    def empty(self, t: int) -> None:
        self.x, self.t = np.zeros_like(self.x), t
        self.queue, self.running = [], []

    def _integrate(self, to: int) -> None:
        if to > self.t:
            rate = np.zeros_like(self.x)
            rate[0] = sum(each for _, each in self.running)
            span = (0.0, (to - self.t) / GRAIN)
            if self.x.any() or rate.any():
                self.x = solve_ivp(lambda _, x: self.A @ x + rate, span, self.x, jac=lambda _t, _x: self.A, **TIGHT).y[
                    :, -1
                ]
            self.t = to


def rates(model: CompartmentModel) -> np.ndarray:
    """Return dA/dt = M A, written out from clearances and volumes."""
    p, depot = model.parameters, int("ka" in model.parameters)
    CL, V, *others = (p[name] for name in DISPOSITION[model.compartments])
    M = np.zeros((depot + model.compartments, depot + model.compartments))
    M[depot, depot] -= CL / V
    for place, (Q, Vj) in enumerate(zip(others[::2], others[1::2], strict=True), start=depot + 1):
        M[depot, depot] -= Q / V
        M[place, depot] += Q / V
        M[depot, place] += Q / Vj
        M[place, place] -= Q / Vj
    if depot:
        M[0, 0] -= p["ka"]
        M[1, 0] += p["ka"]
    return M


def settled(A: np.ndarray, ii: int, duration: int, amount: float, since: int) -> Simulation:
    """Return a body ``since`` after the last of endlessly many doses: the fixed point of one interval of LSODA."""
    size = len(A)

    def interval(start: np.ndarray, until: int, dosed: float) -> Simulation:
        body = Simulation(A, start.copy())
        ends = range(duration, 0, -ii) if duration else ()
        body.running = [(end, dosed / duration * GRAIN) for end in ends]
        if not duration:
            body.enter(0, dosed)
        body.pass_time(until)
        return body

    M = np.stack([interval(unit, ii, 0.0).x for unit in np.eye(size)], axis=1)
    before = np.linalg.solve(np.eye(size) - M, interval(np.zeros(size), ii, amount).x)
    return interval(before, since, amount)


def by_lsoda(case: Case) -> list[float]:
    """Return the prediction at every observation and other-type event."""
    A = rates(case.model)
    central, V = int("ka" in case.model.parameters), case.model.parameters[DISPOSITION[case.model.compartments][1]]
    body, found = Simulation(A, np.zeros(len(A))), []
    for row in case.rows:
        if row.evid in (3, 4):
            body.empty(row.t)
        else:
            body.pass_time(row.t)
        if row.evid in (1, 4):
            give(case, row, body)
        if row.evid in (0, 2):
            found.append(body.x[central] / V)
    return found


def give(case: Case, row: Row, body: Simulation) -> None:
    if row.ss == 1:
        body.empty(row.t)
    if row.ss and not row.amt:
        body.x = body.x - np.linalg.solve(body.A, np.eye(len(body.x))[0] * row.duration)
        return
    duration, amount = case.grains(row), row.amt * case.F
    if row.ss:
        since = row.ii - case.tlag if case.tlag else 0
        steady = settled(body.A, row.ii, duration, amount, since)
        body.x = body.x + steady.x
        body.running += [(row.t + end - since, rate) for end, rate in steady.running]
    first = 1 if row.ss and not case.tlag else 0
    for number in range(first, row.addl + 1):
        body.queue.append((row.t + case.tlag + number * row.ii, duration, amount))
    body.pass_time(row.t)


def check(case: Case) -> None:
    found = predict(read_records(case.text()), case.model).pred
    highest = max(sum(row.amt for row in case.rows), 1) / case.model.parameters[DISPOSITION[case.model.compartments][1]]
    np.testing.assert_allclose(found, by_lsoda(case), rtol=ERROR, atol=1e-6 * ERROR * highest)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_a_data_file_is_followed_as_lsoda_follows_it(case: Case) -> None:
    check(case)


@pytest.mark.long
@settings(max_examples=5000, deadline=None)
@given(cases())
def test_a_data_file_is_followed_as_lsoda_follows_it_many_times(case: Case) -> None:
    check(case)
