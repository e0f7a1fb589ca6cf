"""Every combination of EVID 1 and 4, SS, form of RATE, lag and ADDL, with F, against one line of algebra a dose.

One compartment, CL 5 L/h and V 50 L. A dose of A that enters at s over d (rate r = A/d) is at t > s

    d = 0:  A/V e^(-k (t-s))                                                                                (1)
    d > 0:  r/CL (1 - e^(-k min(t-s, d))) e^(-k max(t-s-d, 0))                                              (2)

and the doses of a steady state before it, all over by then, add
r/CL (1 - e^(-kd)) e^(-k (t-s-d)) q/(1-q), or as boluses
A/V e^(-k (t-s)) q/(1-q), with q = e^(-k II). A dose of 1000 mg at time 0 is there to be kept (EVID 1 with SS 0 or 2) or
wiped out.
"""

from __future__ import annotations

from itertools import product
from math import exp

import pytest

from euthymia.engine.reading import read_records
from euthymia.pharmacology.compartments import compartment_model
from euthymia.pharmacology.predict import predict

CL, V, F, D, R = 5.0, 50.0, 0.8, 3.0, 20.0
k = CL / V
BEFORE, AMT, STATED = 1000.0, 100.0, 40.0
GIVEN, II = 5.0, 12.0  # the record's time and interval, h
TIMES = (5.0, 6.0, 8.5, 16.0, 18.0, 22.0)
DURATIONS = {0.0: 0.0, STATED: F * AMT / STATED, -1.0: F * AMT / R, -2.0: D}
COMBINATIONS = list(product((1, 4), (0, 1, 2), DURATIONS, (0.0, 1.5), (0, 1)))


def one_dose(t: float, s: float, d: float) -> float:
    """Return what a dose that enters at s has left at t, mg/L."""
    if t < s:
        return 0.0
    if d == 0.0:
        return F * AMT / V * exp(-k * (t - s))
    return F * AMT / d / CL * (1.0 - exp(-k * min(t - s, d))) * exp(-k * max(t - s - d, 0.0))


def endless_past(t: float, s: float, d: float) -> float:
    """Return what the doses at s - II, s - 2 II and so on have left at t, all of them over."""
    q = exp(-k * II)
    height = F * AMT / V if d == 0.0 else F * AMT / d / CL * (1.0 - exp(-k * d))
    return height * exp(-k * (t - s - d)) * q / (1.0 - q)


def expected(t: float, evid: int, ss: int, rate: float, lag: float, addl: int) -> float:
    s, d = GIVEN + lag, DURATIONS[rate]
    kept = 0.0 if evid == 4 or ss == 1 else F * BEFORE / V * exp(-k * (t - lag))
    level = kept + sum(one_dose(t, s + number * II, d) for number in range(addl + 1))
    return level + (endless_past(t, s, d) if ss else 0.0)


def test_there_are_96_combinations() -> None:
    assert len(COMBINATIONS) == 96


@pytest.mark.parametrize(("evid", "ss", "rate", "lag", "addl"), COMBINATIONS)
def test_the_combination_is_what_the_algebra_gives(evid: int, ss: int, rate: float, lag: float, addl: int) -> None:
    model = compartment_model("one-compartment-iv", {"CL": CL, "V": V, "F": F, "tlag": lag, "D": D, "R": R})
    head = f"ID,TIME,AMT,EVID,SS,II,ADDL,RATE\n1,0,{BEFORE},1,0,0,0,0\n1,{GIVEN},{AMT},{evid},{ss},{II},{addl},{rate}\n"
    found = predict(read_records(head + "".join(f"1,{t},.,0,.,.,.,.\n" for t in TIMES)), model)
    assert found.pred.tolist() == pytest.approx([expected(t, evid, ss, rate, lag, addl) for t in TIMES], rel=1e-11)
    assert found.tally.given + found.tally.cancelled + found.tally.after_end == 2 + addl
