from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest
import rich.console
import sample_results

from euthymia.report import tables, words
from euthymia.report.assumptions import assumption_tables, cited, grade_counts
from euthymia.report.course_tables import course_csv, course_table
from euthymia.trials.results import FitCount, Interval


def printed(made: tables.Table, width: int = 200) -> str:
    screen = rich.console.Console(width=width, file=io.StringIO(), force_terminal=False)
    screen.print(tables.to_rich(made))
    return screen.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "text"), [(-1.25, "−1.2"), (0.0, "0.0"), (-0.04, "0.0"), (None, "–"), (math.nan, "–"), (math.inf, "–")]
)
def test_a_number_reads_as_print_does(value: float | None, text: str) -> None:
    assert words.number(value) == text


def test_a_signed_number_shows_its_sign_except_zero() -> None:
    assert [words.number(value, signed=True) for value in (1.5, -1.5, 0.0)] == ["+1.5", "−1.5", "0.0"]


@pytest.mark.parametrize(
    ("t", "text"), [(0.0, "baseline"), (2.0, "2 h"), (24.0, "24 h"), (168.0, "day 8"), (648.0, "day 28")]
)
def test_times_read_as_trials_say_them(t: float, text: str) -> None:
    assert words.when(t) == text


def test_every_miss_is_a_word_and_not_only_a_colour() -> None:
    text = printed(tables.comparisons_table(sample_results.comparisons()))
    assert text.count("MISS") == 3 + 1  # the note explains the word once
    assert text.count("inside\n") + text.count("inside ") >= 6
    assert "not predicted: this measure is not simulated" in text


def test_the_score_counts_what_is_inside_what_missed_and_what_is_not_predicted() -> None:
    said = tables.score(sample_results.comparisons())
    assert said == "6 of 9 published values lie inside our 90 % intervals; 3 missed; 1 not predicted."
    assert tables.score(()) == "No published value to compare with."


def test_text_from_a_file_is_never_read_as_markup() -> None:
    summary = sample_results.trial_summary()
    odd = replace(summary, arms=(replace(summary.arms[0], name="[red]x[/red] [/"),))
    assert "[red]x[/red] [/" in printed(tables.arms_table(odd))


def test_a_file_cannot_drive_the_terminal() -> None:
    summary = sample_results.trial_summary()
    odd = replace(summary, arms=(replace(summary.arms[0], name="a\x1b[31mb\nc"),))
    text = printed(tables.arms_table(odd))
    assert "\x1b" not in text
    assert "a\ufffd[31mb c" in text


def test_numbers_stay_on_one_line_in_a_narrow_terminal() -> None:
    assert "−20.1 [−22.1, −18.1]" in printed(tables.comparisons_table(sample_results.comparisons()), width=100)


def test_a_row_that_does_not_match_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="every row needs 1 cells"):
        tables.table("t", (tables.Column("a"),), [("x", "y")])


def test_shares_are_shown_in_percent() -> None:
    assert words.percent(Interval(0.5, 0.42, 0.58)) == "50 [42, 58]"


def test_the_short_table_has_each_arm_once_at_its_last_visit() -> None:
    rows = tables.final_table(sample_results.trial_summary()).rows
    assert [(row[0].text, row[1].text) for row in rows] == [
        (sample_results.ACTIVE, "day 28"),
        (sample_results.PLACEBO, "day 28"),
    ]


def test_the_least_sure_numbers_come_first() -> None:
    assert grade_counts(sample_results.ASSUMPTIONS) == "2 numbers: 1 assumed, 1 measured in patients."
    assert [made.title for made in assumption_tables(sample_results.ASSUMPTIONS)] == [
        "Assumed (1)",
        "Measured in patients (1)",
    ]


def test_known_sources_are_written_out_and_unknown_ones_stay_as_given() -> None:
    sources = cited(sample_results.ASSUMPTIONS, sample_results.comparisons())
    assert any(source.startswith("Perez-Ruixo 2021") for source in sources)
    assert "author2000" in sources


def test_the_course_table_gives_the_peak_and_the_score_by_day() -> None:
    rows = {row[0].text: row[1].text for row in course_table(sample_results.course()).rows}
    assert rows["MADRS at the start"] == "37.0"
    assert {"MADRS after 1 day", "MADRS after 28 days", "CADSS total: peak"} <= set(rows)
    assert (
        "[" in {row[0].text: row[1].text for row in course_table(sample_results.course(9)).rows}["MADRS after 28 days"]
    )


def test_csv_holds_the_floats_exactly() -> None:
    course = sample_results.course()
    rows = list(csv.DictReader(io.StringIO(course_csv(course))))
    assert np.array_equal([float(row["MADRS [points]"]) for row in rows], course["MADRS"])
    assert "MADRS [points] median" in course_csv(sample_results.course(5)).splitlines()[0]


def test_contrasts_say_what_the_plan_estimates_and_which_fits_went_otherwise() -> None:
    summary = sample_results.trial_summary()
    fits = (FitCount("unstructured", 0, 198), FitCount("no covariance could be fitted", -1, 2))
    first = replace(
        summary.contrasts[0], estimator="MMRM", primary=True, estimand="difference in means of the change", fits=fits
    )
    note = tables.contrasts_table(replace(summary, contrasts=(first, *summary.contrasts[1:]))).note
    assert "Primary, MMRM: difference in means of the change." in note
    assert f"MMRM: no covariance could be fitted in 2 of {summary.replicates} replicates." in note
    assert "unstructured" not in note
