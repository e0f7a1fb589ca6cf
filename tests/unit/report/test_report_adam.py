"""Analysis datasets: the names of the guide, laws between datasets, and files that two other readers read back."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.report.adam import datasets
from euthymia.report.adam_dataset import Block, Dataset, Form, assembled, sas_day, study_day
from euthymia.report.adam_files import Format, define, format_named, parquet, write
from euthymia.report.adam_variables import VARIABLES, Kind, variable
from euthymia.report.adam_xport import ibm, xport
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct, conduct_one
from euthymia.trials.data import TrialData

START = date(2024, 2, 28)  # a leap day follows
SMALL_ENOUGH_TO_BE_ZERO = 1e-70  # pandas reads the zero of the mainframe as 5.4e-79


def small(name: str, n: int) -> TrialData:
    trial = load_trial(name)
    first = replace(trial.phases[0], arms=tuple(replace(arm, n=n) for arm in trial.phases[0].arms))
    return conduct_one(replace(trial, phases=(first, *trial.phases[1:]), published=()), seed=2)


@pytest.fixture(scope="module")
def spray() -> TrialData:
    return small("transform-2", 40)


@pytest.fixture(scope="module")
def made(spray: TrialData) -> Mapping[str, Dataset]:
    return {each.name: each for each in datasets(spray, start=START)}


def frame(dataset: Dataset) -> pd.DataFrame:
    return pd.DataFrame(dict(dataset.columns))


def test_a_trial_of_a_spray_has_all_six_datasets(made: Mapping[str, Dataset]):
    assert tuple(made) == ("ADSL", "ADQS", "ADEX", "ADAE", "ADVS", "ADTTE")
    assert made["ADSL"].rows == 80


def test_names_and_labels_fit_into_a_transport_file():
    assert all(len(each.name) <= 8 and len(each.label) <= 40 and each.label for each in VARIABLES.values())
    assert variable("TRT02P").label == "Planned Treatment for Period 02"
    with pytest.raises(UnknownNameError, match="did you mean 'AVAL'"):
        variable("AVALL")


def test_every_row_is_told_apart_by_the_keys(made: Mapping[str, Dataset]):
    for each in made.values():
        assert not frame(each).duplicated(list(each.keys)).any(), each.name


def test_a_parameter_has_one_code_and_one_number(made: Mapping[str, Dataset]):
    for name in ("ADQS", "ADEX", "ADVS", "ADTTE"):
        told = frame(made[name])[["PARAM", "PARAMCD", "PARAMN"]].drop_duplicates()
        assert all(told[column].is_unique for column in told), name
        assert (told["PARAMCD"].str.len() <= 8).all()


def test_values_are_among_the_terms(made: Mapping[str, Dataset]):
    for each in made.values():
        for one in each.variables:
            if one.terms:
                assert set(each[one.name]) <= {"", *one.terms}, (each.name, one.name)


def test_variables_of_subjects_are_those_of_adsl(made: Mapping[str, Dataset]):
    people = frame(made["ADSL"]).set_index("USUBJID")
    for name in ("ADQS", "ADEX", "ADAE", "ADVS", "ADTTE"):
        rows = frame(made[name])
        for column in ("AGE", "SEX", "SITEID", "SAFFL", "TRTSDT"):
            assert (people.loc[rows["USUBJID"], column].to_numpy() == rows[column].to_numpy()).all()


def test_the_ten_items_add_up_to_the_total(made: Mapping[str, Dataset]):
    rows = frame(made["ADQS"])
    rows = rows[(rows["PARCAT1"] == "MADRS") & (rows["DTYPE"] == "")]
    items = rows[rows["PARAMCD"] != "MADRSTOT"].groupby(["USUBJID", "AVISITN"])["AVAL"].agg(["sum", "size"])
    total = rows[rows["PARAMCD"] == "MADRSTOT"].set_index(["USUBJID", "AVISITN"])["AVAL"]
    assert (items["size"] == 10).all()
    assert (items["sum"].sort_index() == total.sort_index()).all()


def test_changes_are_values_less_baselines(made: Mapping[str, Dataset]):
    for name in ("ADQS", "ADVS"):
        rows = frame(made[name]).dropna(subset=["CHG"])
        assert len(rows)
        assert (rows["CHG"] == rows["AVAL"] - rows["BASE"]).all()


def test_scores_are_those_of_the_trial(spray: TrialData, made: Mapping[str, Dataset]):
    rows = frame(made["ADQS"])
    rows = rows[(rows["PARAMCD"] == "MADRSTOT") & (rows["ANL01FL"] == "Y")]
    phase = spray.phases[0]
    assert len(rows) == phase.observed.sum()
    last = rows[rows["AVISIT"] == phase.visits[-1].label]
    assert sorted(last["AVAL"]) == sorted(phase.MADRS[0, phase.observed[0, :, -1], -1])


def test_who_left_has_a_last_total_at_every_visit_after(made: Mapping[str, Dataset]):
    rows, people = frame(made["ADQS"]), frame(made["ADSL"])
    rows = rows[(rows["PARAMCD"] == "MADRSTOT") & (rows["ANL02FL"] == "Y")]
    gone = people.loc[(people["EOSSTT"] == "DISCONTINUED") & (people["FASFL"] == "Y"), "USUBJID"]
    assert len(gone)
    visits = rows[rows["USUBJID"].isin(gone)].groupby("USUBJID")
    assert visits.size().nunique() == 1
    for _, mine in visits:
        carried = mine[mine["DTYPE"] == "LOCF"]
        seen = mine[mine["DTYPE"] == ""].sort_values("AVISITN")
        assert (carried["AVAL"] == seen["AVAL"].iloc[-1]).all()


def test_who_left_is_an_event_and_the_others_are_censored(made: Mapping[str, Dataset]):
    times, people = frame(made["ADTTE"]), frame(made["ADSL"]).set_index("USUBJID")
    left = people.loc[times["USUBJID"], "EOSSTT"].to_numpy() == "DISCONTINUED"
    assert (times["CNSR"].to_numpy() == np.where(left, 0.0, 1.0)).all()
    assert (times["AVAL"] == times["ADT"] - times["STARTDT"] + 1).all()
    assert (people.loc[times["USUBJID"], "EOSDT"].to_numpy() == times["ADT"].to_numpy()).all()


def test_nobody_has_a_dose_an_event_or_a_reading_after_leaving(made: Mapping[str, Dataset]):
    end = frame(made["ADSL"]).set_index("USUBJID")["EOSDT"]
    for name, column in (("ADEX", "ASTDT"), ("ADAE", "ASTDT"), ("ADVS", "ADT")):
        rows = frame(made[name]).dropna(subset=[column])
        assert (rows[column].to_numpy() <= end.loc[rows["USUBJID"]].to_numpy()).all(), name


def test_doses_are_those_of_the_trial_and_placebo_is_nothing(spray: TrialData, made: Mapping[str, Dataset]):
    rows = frame(made["ADEX"])
    doses = rows[rows["PARAMCD"] == "DOSE"]
    seen = spray.safety.seen
    assert seen is not None
    assert len(doses) == seen.attended.sum()
    assert doses["AVAL"].sum() == spray.dose[0][seen.attended[0]].sum()
    assert set(doses.loc[doses["AVAL"] > 0, "EXTRT"]) == {"ESKETAMINE"}
    assert (doses.loc[doses["TRTP"] == "placebo + AD", "AVAL"] == 0).all()
    total = rows[rows["PARAMCD"] == "TDOSE"].set_index("USUBJID")["AVAL"]
    assert (doses.groupby("USUBJID")["AVAL"].sum() == total).all()


def test_reports_and_readings_are_those_of_the_trial(spray: TrialData, made: Mapping[str, Dataset]):
    seen = spray.safety.seen
    assert seen is not None
    assert made["ADAE"].rows == (seen.reports & seen.attended[..., None]).sum()
    pressure = frame(made["ADVS"])
    systolic = pressure[pressure["PARAMCD"] == "SYSBP"]
    assert systolic["AVAL"].sum() == seen.SBP[seen.attended].sum()
    assert (pressure.groupby(["USUBJID", "PARAMCD", "AVISITN"])["ABLFL"].agg(lambda v: (v == "Y").sum()) == 1).all()


def test_a_trial_of_pills_has_no_readings_but_everybody_takes_something():
    made = {each.name: each for each in datasets(small("khan-1998", 10), start=START)}
    assert "ADVS" not in made
    assert set(made["ADSL"]["SAFFL"]) == {"Y"}
    rows = frame(made["ADEX"])
    assert set(rows["PARAMCD"]) <= {"DAILYMG", "DAILYUSE"}
    assert (rows["AENDT"] >= rows["ASTDT"]).all()
    assert "HAMD17" in set(made["ADQS"]["PARAMCD"])


def test_a_cross_over_has_two_periods():
    made = {each.name: each for each in datasets(small("lapidus-2014", 6), start=START)}
    people = frame(made["ADSL"])
    assert set(people["TRT02P"]) <= {"saline second", "ketamine second", ""}
    assert (people.loc[people["TRT02P"] != "", "ARM"].str.contains(" - ")).all()
    assert set(made["ADQS"]["APERIOD"]) == {1.0, 2.0}


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e70, max_value=1e70))
def test_a_double_of_the_mainframe_reads_back_exactly(value: float):
    word = int.from_bytes(ibm(np.array([value]))[0].tobytes(), "big")
    sign, power, fraction = word >> 63, (word >> 56) & 0x7F, word & ((1 << 56) - 1)
    read = (-1) ** sign * np.ldexp(float(fraction), 4 * (power - 64) - 56)
    assert read == value or (read == 0.0 and abs(value) < 16.0**-64)


def test_known_doubles_of_the_mainframe():
    """1, -118.625 (a textbook's example of the format), 0 and the missing value."""
    words = [each.tobytes().hex() for each in ibm(np.array([1.0, -118.625, 0.0, np.nan]))]
    assert words == ["4110000000000000", "c276a00000000000", "0000000000000000", "2e00000000000000"]


def test_a_number_too_large_is_refused():
    with pytest.raises(EuthymiaError, match="too large"):
        ibm(np.array([1e80]))


def test_transport_files_are_read_back_by_two_other_readers(made: Mapping[str, Dataset], tmp_path: Path):
    for name, each in made.items():
        path = tmp_path / f"{name}.xpt"
        path.write_bytes(xport(each))
        read, meta = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
        again = pd.read_sas(path, format="xport", encoding="ascii")
        assert (meta.table_name, meta.file_label) == (name, each.label)
        assert meta.column_names_to_labels == {one.name: one.label for one in each.variables}
        assert list(again.columns) == list(read.columns) == [one.name for one in each.variables]
        for one in each.variables:
            if one.kind is Kind.TEXT:
                assert list(read[one.name]) == list(again[one.name].fillna("")) == list(each[one.name])
                width = max(map(len, each[one.name]))
                assert meta.variable_storage_width[one.name] == max(width, 1)
            else:
                assert np.array_equal(read[one.name].to_numpy(float), each[one.name], equal_nan=True)
                limits = {"rtol": 1e-12, "atol": SMALL_ENOUGH_TO_BE_ZERO}
                np.testing.assert_allclose(again[one.name].to_numpy(float), each[one.name], **limits)


def test_dates_are_dates_in_every_file(made: Mapping[str, Dataset], tmp_path: Path):
    path = tmp_path / "adsl.xpt"
    path.write_bytes(xport(made["ADSL"]))
    read, meta = pyreadstat.read_xport(str(path))
    assert set(read["TRTSDT"]) == {START}
    assert meta.original_variable_types["TRTSDT"] == "DATE9"
    assert set(pq.read_table(io.BytesIO(parquet(made["ADSL"])))["TRTSDT"].to_pylist()) == {START}
    assert sas_day(date(1960, 1, 1), 47.0) == 1.0
    assert study_day(0.0) == 1.0


def test_parquet_holds_values_and_labels(made: Mapping[str, Dataset]):
    for each in made.values():
        table = pq.read_table(io.BytesIO(parquet(each)))
        assert table.num_rows == each.rows
        for one in each.variables:
            assert table.schema.field(one.name).metadata[b"label"].decode() == one.label
        numbers = [one.name for one in each.variables if one.kind is Kind.NUMBER]
        for name in numbers:
            assert np.array_equal(table[name].to_pandas().to_numpy(float), each[name], equal_nan=True)


def test_the_same_replicate_gives_the_same_bytes(spray: TrialData, made: Mapping[str, Dataset]):
    again = {each.name: each for each in datasets(spray, start=START)}
    for name, each in made.items():
        assert xport(again[name]) == xport(each)
        assert parquet(again[name]) == parquet(each)


def test_a_set_is_written_whole_with_its_description(spray: TrialData, made: Mapping[str, Dataset], tmp_path: Path):
    every = list(made.values())
    told = define(every, spray, replicate=1, start=START, command="euthymia trial export transform-2")
    written = write(every, tmp_path / "out", list(Format), told)
    assert len(written) == 13
    read = json.loads((tmp_path / "out" / "define.json").read_text(encoding="utf-8"))
    assert read == told
    assert [each["records"] for each in read["datasets"]] == [each.rows for each in every]


def test_text_beyond_ascii_or_too_long_is_refused_before_anything_is_written(spray: TrialData, tmp_path: Path):
    def only(text: str) -> Dataset:
        return assembled(Form("ADSL", "x", "x", ("ARM",), ("ARM",)), [Block(np.arange(1), {"ARM": text})])

    assert b"Zurich - 2 x" in xport(only("Zürich – 2 ×"))
    for text, message in (("プラセボ", "cannot be written in ASCII"), ("x" * 201, "of 201 characters")):
        with pytest.raises(EuthymiaError, match=message):
            write([only(text)], tmp_path / "none", [Format.XPT], {})
    assert not (tmp_path / "none").exists()


def test_only_one_replicate_and_a_date_within_reach_are_taken(spray: TrialData):
    trial = spray.trial
    with pytest.raises(EuthymiaError, match="one replicate"):
        datasets(conduct(trial, replicates=2), start=START)
    with pytest.raises(EuthymiaError, match="starts on 1066-10-14; allowed"):
        datasets(spray, start=date(1066, 10, 14))


def test_a_format_with_a_typo_gets_the_nearest_name():
    assert format_named("XPT") is Format.XPT
    with pytest.raises(UnknownNameError, match="did you mean 'parquet'"):
        format_named("parket")
