"""What stands behind and beside a total is shown where there is any of it, and escaped nowhere but in the page."""

from __future__ import annotations

from dataclasses import replace

import sample_results

from euthymia.report import html, tables
from euthymia.report.rating_tables import blinding_table, items_table, rating_tables, scales_table
from euthymia.trials.outcomes import ArmBlinding, ItemMean, ScaleVisit
from euthymia.trials.results import TrialSummary

around = sample_results.around


def summary() -> TrialSummary:
    arm = sample_results.ACTIVE
    return replace(
        sample_results.trial_summary(),
        item_means=(
            ItemMean(arm, "induction", "baseline", 0.0, "suicidal thoughts", around(1.5, 0.2)),
            ItemMean(arm, "induction", "day 2", 24.0, "suicidal thoughts", around(1.2, 0.2)),
            ItemMean(arm, "induction", "day 28", 648.0, "suicidal thoughts", around(0.4, 0.1)),
        ),
        scale_visits=(
            ScaleVisit(
                *(arm, "induction", "day 28", 648.0, "PHQ-9"),
                *(around(100.0, 3.0), around(9.1, 1.0), around(-11.0, 1.1), around(0.6, 0.1), around(0.3, 0.1)),
            ),
        ),
        blinding=(
            ArmBlinding(
                *(arm, "induction", True, around(100.0, 3.0)), around(0.8, 0.1), around(0.75, 0.1), around(0.5, 0.2)
            ),
        ),
    )


def test_an_item_stands_at_the_start_and_at_the_last_visit():
    (row,) = items_table(summary()).rows
    assert [cell.text for cell in row[1:]] == [
        "suicidal thoughts",
        "1.5 [1.3, 1.7]",
        "day 28",
        "0.4 [0.3, 0.5]",
    ]


def test_other_scales_and_guesses_are_said_in_points_and_percent():
    (row,) = scales_table(summary()).rows
    assert [cell.text for cell in row[2:]] == [
        "PHQ-9",
        "100",
        "9.1 [8.1, 10.1]",
        "−11.0 [−12.1, −9.9]",
        "60 [50, 70]",
        "30 [20, 40]",
    ]
    (row,) = blinding_table(summary()).rows
    assert [cell.text for cell in row[2:]] == ["100", "75 [65, 85]", "0.50 [0.30, 0.70]"]


def test_what_is_not_there_has_no_table_in_the_page():
    assert rating_tables(sample_results.trial_summary()) == []
    assert "What people think they were given" not in html.trial_report(sample_results.trial_summary())
    page = html.trial_report(summary())
    for made in rating_tables(summary()):
        assert made.title in page


def test_a_contrast_on_another_scale_says_so():
    found = sample_results.trial_summary()
    other = replace(found, contrasts=tuple(replace(one, scale="HAMD17") for one in found.contrasts))
    assert all(row[2].text.startswith("HAMD17: ") for row in tables.contrasts_table(other).rows)
    assert all(row[2].text.startswith("ANCOVA") for row in tables.contrasts_table(found).rows)
