"""Published rows: what a row must be to be believed."""

from __future__ import annotations

import dataclasses

import pytest

from euthymia.errors import EvidenceError, TrialFileError
from euthymia.evidence.published import (
    Estimator,
    Measure,
    PublishedRow,
    Split,
    Status,
    Unit,
    read_row,
    unit_of,
)
from euthymia.evidence.strict import Table

ROW = PublishedRow(
    row_id="X1",
    arm="a",
    phase="p",
    measure=Measure.RESPONSE,
    estimator=Estimator.OC,
    t=648.0,
    value=54.1,
    unit=Unit.PERCENT,
    source="printed",
    status=Status.READ,
    split=Split.CALIBRATION,
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": 101.0}, "from 0 to 100"),
        ({"value": -1.0}, "from 0 to 100"),
        ({"value": float("nan")}, "finite"),
        ({"t": float("inf")}, "finite"),
        ({"unit": Unit.POINTS}, "printed in 'percent'"),
        ({"sd": 0.0}, "above 0"),
        ({"se": -1.0}, "above 0"),
        ({"n": 0}, "above 0"),
        ({"ci_low": 40.0, "ci_high": 60.0}, "all of ci_low"),
        ({"ci_low": 60.0, "ci_high": 70.0, "ci_level": 95.0}, "contain the value"),
        ({"ci_low": 40.0, "ci_high": 60.0, "ci_level": 100.0}, "between 0 and 100"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(changes: dict[str, float], said: str):
    with pytest.raises(EvidenceError, match=said):
        dataclasses.replace(ROW, **changes)


def test_a_row_needs_no_errors_and_no_time():
    assert dataclasses.replace(ROW, t=None).sd is None


def test_shares_are_percent_and_scores_are_points():
    assert unit_of(Measure.AE_NAUSEA) is Unit.PERCENT
    assert unit_of(Measure.MADRS_CHANGE_DIFF) is Unit.POINTS
    assert unit_of(Measure.SBP_MAX_INCREASE) is Unit.MMHG


def _table(**changes: object) -> Table:
    written = {"row_id": "X1", "arm": "a", "phase": "p", "measure": "response", "estimator": "OC", "t": 648}
    written |= {"value": 54.1, "unit": "percent", "source": "printed", "status": "read", "split": "calibration"}
    return Table("rows.toml", "published[0]", written | changes)


def test_a_table_becomes_its_row():
    assert read_row(_table()) == ROW


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"measure": "respons"}, "published[0].measure: given 'respons'; did you mean 'response'"),
        ({"estimator": 3}, "published[0].estimator: given 3; allowed: OC, LOCF"),
        ({"valu": 3}, "published[0].valu: unknown key; did you mean 'value'"),
        ({"value": "unknown"}, "published[0].value: given 'unknown'; a number is needed"),
        ({"source": " "}, "published[0].source: given an empty text"),
        ({"n": 2.5}, "published[0].n: given 2.5; a whole number"),
        ({"value": 154.0}, "published[0]: published row 'X1': value 154.0"),
    ],
)
def test_a_table_with_a_fault_is_named_with_its_path(changes: dict[str, object], said: str):
    with pytest.raises(TrialFileError) as caught:
        read_row(_table(**changes))
    assert f"rows.toml: {said}" in str(caught.value)
