"""54 scenarios of dosing records against closed forms written out in numbers (scenarios/README.md)."""

from __future__ import annotations

import csv
import math
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import pk_scenarios
from euthymia.engine.reading import read_records
from euthymia.engine.records import Dataset
from euthymia.pharmacology.compartments import CompartmentModel, CovariateEffect, compartment_model
from euthymia.pharmacology.predict import predict

FOLDER = Path(__file__).parent / "scenarios"
RECORDS = read_records(FOLDER / "records.csv")
with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
    EXPECTED = list(csv.DictReader(file))
SCENARIOS = tuple(dict.fromkeys(row["ID"] for row in EXPECTED))


def model(name: str) -> CompartmentModel:
    given = tomllib.loads((FOLDER / "models.toml").read_text(encoding="utf-8"))[name]
    kind, central = given.pop("model"), given.pop("central", None)
    effects = tuple(
        CovariateEffect(each["parameter"], each["column"], each["reference"], each["power"])
        for each in given.pop("covariate", [])
    )
    return compartment_model(kind, given, entries={"central": central} if central else {}, effects=effects)


def only(ID: str) -> Dataset:
    return replace(RECORDS, records=tuple(record for record in RECORDS.records if record.ID == ID))


def test_there_are_54_scenarios_and_every_row_can_be_followed() -> None:
    assert RECORDS.problems == ()
    assert len(SCENARIOS) == 54
    assert tuple(ID for ID, _ in RECORDS.individuals()) == SCENARIOS


def test_every_kind_of_record_occurs() -> None:
    records = RECORDS.records
    assert {int(record.evid) for record in records} == {0, 1, 2, 3, 4}
    assert {int(record.ss) for record in records} == {0, 1, 2}
    assert {min(record.rate, 1.0) for record in records} == {-2.0, -1.0, 0.0, 1.0}
    together = {(record.evid.resets, int(record.ss), min(record.rate, 1.0)) for record in records if record.evid.doses}
    assert {
        (True, 1, 0.0),
        (True, 0, -2.0),
        (True, 0, 1.0),
        (False, 1, -1.0),
        (False, 1, -2.0),
        (False, 2, 1.0),
    } <= together


def test_the_page_is_the_one_that_the_script_writes() -> None:
    """Python docs_src/pk_scenarios.py mends it."""
    assert pk_scenarios.PAGE.read_text(encoding="utf-8") == pk_scenarios.page()


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['ID']}@{row['TIME']}")
def test_the_value_is_what_the_arithmetic_gives(row: dict[str, str]) -> None:
    assert re.fullmatch(r"([0-9.+\-*/() ]|exp)+", row["DERIVATION"])
    assert eval(row["DERIVATION"], {"exp": math.exp}) == pytest.approx(float(row["VALUE"]), rel=1e-13)


@pytest.mark.parametrize("ID", SCENARIOS)
def test_the_predictions_are_those_of_the_closed_form(ID: str) -> None:
    rows = [row for row in EXPECTED if row["ID"] == ID]
    found = predict(only(ID), model(rows[0]["MODEL"]))
    assert [row.t for row in found.rows] == [float(row["TIME"]) for row in rows]
    assert found.pred.tolist() == pytest.approx([float(row["VALUE"]) for row in rows], rel=1e-11, abs=1e-14)
