"""Limits of dosing records: endless small doses, infusions too short for the clock, and cells that once went astray."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.engine.compartments import Compartments, repeated, settled, transition
from euthymia.engine.reading import read_records
from euthymia.pharmacology.compartments import compartment_model
from euthymia.pharmacology.predict import predict

CL, V = 5.0, 50.0
MODEL = compartment_model("one-compartment-iv", {"CL": CL, "V": V})


def predicted(text: str) -> np.ndarray:
    return predict(read_records(text), MODEL).pred


@given(st.floats(-15.0, -1.0).map(lambda power: 10.0**power))
def test_small_doses_for_ever_are_a_constant_infusion(interval: float):
    """The level lies between trough and peak of k II/(e^k II - 1), which both tend to RATE/CL."""
    text = f"ID,TIME,AMT,EVID,SS,II\n1,0,{interval!r},1,1,{interval!r}\n1,0,.,0,.,.\n"
    assert predicted(text)[0] == pytest.approx(
        (1.0 / CL) * (1.0 + 0.5 * CL / V * interval), rel=1e-2 * interval + 1e-13
    )


@given(st.floats(0.01, 10.0), st.floats(0.01, 10.0), st.floats(0.01, 10.0), st.floats(0.0, 10.0), st.floats(0.1, 24.0))
def test_the_sum_over_endless_doses_is_its_own_next_term(k10: float, there: float, back: float, ka: float, tau: float):
    system = Compartments(k10, ((there, back),), ka + 0.01)
    sums, Phi = repeated(system, tau), transition(system, tau)[0]
    np.testing.assert_allclose(sums, np.eye(3) + Phi @ sums, rtol=1e-9, atol=1e-12)


def test_endless_doses_at_short_intervals_settle_like_a_constant_rate():
    system = Compartments(0.3, ((0.5, 0.2), (0.1, 0.01)), 1.5)
    np.testing.assert_allclose(1e-9 * repeated(system, 1e-9), settled(system), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("t", [0.0, 1e3, 1e6])
@pytest.mark.parametrize(("ss", "sum_"), [("0,0", 1.0), ("1,12", 1.0 / (1.0 - np.exp(-1.2)))])
def test_an_infusion_shorter_than_the_clock_can_tell_is_a_bolus(t: float, ss: str, sum_: float):
    text = f"ID,TIME,AMT,EVID,RATE,SS,II\n1,{t},100,1,1e15,{ss}\n1,{t + 2.0},.,0,.,.,.\n"
    assert predicted(text)[0] == pytest.approx(100.0 / V * np.exp(-0.2) * sum_, rel=1e-9)


def test_an_individual_called_C_is_no_comment_where_others_have_letters():
    read = read_records("SUBJID,TIME,AMT\nA,0,100\nC,0,100\nC,1,.\n")
    assert [record.ID for record in read.records] == ["A", "C", "C"]
    assert read.comments == 0


@pytest.mark.parametrize("head", ["ID,TIME,AMT\n", "NOTE,ID,TIME,AMT\n"])
def test_C_is_a_comment_where_individuals_are_numbers(head: str):
    body = "1,0,100\nC,0,100\n" if head.startswith("ID") else ".,1,0,100\nC,1,0,100\n"
    read = read_records(head + body)
    assert (len(read.records), read.comments) == (1, 1)


def test_a_duration_without_an_amount_asks_for_a_dose():
    (problem,) = read_records("ID,TIME,AMT,DUR\n1,0,.,2\n").problems
    assert problem.dose
    assert problem.reason == "the dose has no AMT"


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1.5", "-1"])
def test_a_compartment_that_cannot_be_is_listed(number: str):
    read = read_records(f"ID,TIME,AMT,CMT\n1,0,100,{number}\n")
    reasons = [problem.reason for problem in read.problems]
    if number == "1e400":  # a whole number as it is written; the model has no such compartment
        reasons = [problem.reason for problem in predict(read, MODEL, skip_bad=True).problems]
    assert len(reasons) == 1
