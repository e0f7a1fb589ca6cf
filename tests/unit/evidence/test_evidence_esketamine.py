"""The esketamine record says what the published table says: Perez-Ruixo 2021, Clin Pharmacokinet 60:501, Table 3."""

import math

import pytest

from euthymia.evidence import Grade, Scale, find, load_record

# symbol, value, unit, CV in percent of a log-normal (None: no between-subject term printed)
TABLE_3 = [
    ("mult_dev", 0.62, "1", None),
    ("mult_FRn_Japanese", 1.34, "1", None),
    ("ka_n", 2.93, "1/h", 61.5),
    ("D_sw", 0.53, "h", None),
    ("ka_sw", 1.45, "1/h", 132),
    ("D_po", 0.32, "h", None),
    ("ka_po", 0.97, "1/h", 132),
    ("F_gut", 0.64, "1", None),
    ("Vc", 192, "L", 27.5),
    ("Q1", 84.3, "L/h", None),
    ("Vp1", 143, "L", 49.3),
    ("Q2", 37.6, "L/h", None),
    ("Vp2", 417, "L", None),
    ("Qh", 151, "L/h", 23.2),
    ("s_age", -2.19, "L/h/y", None),
    ("Vh", 101, "L", 34.6),
    ("kel", 1.11, "1/h", 120),
    ("mult_kel_Asian", 0.36, "1", None),
    ("sigma", 0.276, "1", None),
    ("Vcn", 70.0, "L", 31.6),
    ("CLn", 38.0, "L/h", 25.4),
    ("mult_CLn_Asian", 0.81, "1", None),
    ("Vpn", 115, "L", None),
    ("Q3", 26.1, "L/h", None),
    ("sigma_n", 0.422, "1", None),
]


@pytest.mark.parametrize(("symbol", "value", "unit", "cv"), TABLE_3, ids=[row[0] for row in TABLE_3])
def test_a_row_of_table_3_is_entered_as_printed(symbol, value, unit, cv):
    found = find(f"esketamine.{symbol}")
    assert (found.value, found.unit) == (value, unit)
    assert (found.source, found.where, found.grade) == ("perezruixo2021", "Table 3", Grade.PATIENTS)
    assert found.omega == pytest.approx(0.0 if cv is None else math.sqrt(math.log(1 + (cv / 100) ** 2)))
    assert found.iiv_scale is (None if cv is None else Scale.LOG)


def test_the_nasal_fraction_varies_on_the_logit_scale():
    found = find("esketamine.FRn")
    assert (found.value, found.omega, found.iiv_scale) == (0.54, 0.708, Scale.LOGIT)


def test_the_spread_that_is_missing_in_print_is_marked_as_assumed():
    found = find("esketamine.kmet")
    assert (found.value, found.grade, found.iiv_grade) == (2.77, Grade.PATIENTS, Grade.ASSUMED)
    assert "missing in print" in found.note


def test_the_volumes_add_up_to_the_abstracts_steady_state_volume():
    record = load_record("esketamine")
    assert sum(record.value(name, "L") for name in ("Vc", "Vp1", "Vp2")) == 752


def test_clearance_and_first_pass_are_those_computed_from_the_table():
    record = load_record("esketamine")
    Qh, Vh, kel, kmet = (record[name].value for name in ("Qh", "Vh", "kel", "kmet"))
    extraction = (kel + kmet) * Vh / (Qh + (kel + kmet) * Vh)
    assert Qh * extraction == pytest.approx(109, abs=0.5)
    assert record["F_gut"].value * (1 - extraction) == pytest.approx(0.178, abs=0.0005)


@pytest.mark.parametrize(("devices", "printed"), [(2, 0.54), (3, 0.51)])
def test_bioavailability_of_56_and_84_mg_is_that_of_the_abstract(devices, printed):
    record = load_record("esketamine")
    Qh, Vh, kel, kmet = (record[name].value for name in ("Qh", "Vh", "kel", "kmet"))
    survives = record["F_gut"].value * Qh / (Qh + (kel + kmet) * Vh)
    first = record["FRn"].value
    nasal = [first] + [first * record["mult_dev"].value] * (devices - 1)
    assert sum(f + (1 - f) * survives for f in nasal) / devices == pytest.approx(printed, abs=0.005)
