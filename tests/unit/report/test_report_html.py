from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sample_results

from euthymia.errors import UnknownNameError
from euthymia.report import drawing, figures, trial_figures
from euthymia.report.html import course_report, trial_report

VOID = {"meta", "br", "hr", "img", "link", "input"}
EVIL = "<script>alert('x')</script>&\"quoted\""


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that every element that opens also closes."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page() -> str:
    return trial_report(sample_results.trial_summary())


def test_the_same_results_give_the_same_page(page: str) -> None:
    assert trial_report(sample_results.trial_summary()) == page
    assert course_report(sample_results.course(5)) == course_report(sample_results.course(5))


def test_the_page_is_well_formed_and_its_names_are_unique(page: str) -> None:
    reader = Reader(page)
    ids = [value for name, value in reader.attributes if name == "id"]
    assert reader.open == []
    assert len(ids) == len(set(ids))


def test_the_page_asks_nothing_of_the_network_and_runs_nothing(page: str) -> None:
    reader = Reader(page)
    assert not {"script", "link", "img", "iframe", "object", "a"} & set(reader.tags)
    targets = [value for name, value in reader.attributes if name in ("src", "href", "xlink:href")]
    assert all(target.startswith("#") for target in targets)
    assert re.findall(r"url\((?!#)|@import", page) == []
    assert "default-src 'none'" in page


def test_every_section_and_the_warning_stand_in_the_page(page: str) -> None:
    text = Reader(page).text
    for heading in ("The question", "The design", "The result beside what was published", "Figures", "Sources"):
        assert heading in text
    assert "not for treating a person" in text
    assert "euthymia trial run sample --replicates 200 --seed 1" in text
    assert "largest numerical error of MADRS at any visit: 0.0031 points" in text


def test_misses_are_marked_in_words_and_in_the_row(page: str) -> None:
    assert page.count('<tr class="missed">') == 3
    assert len(re.findall(r">MISS</td>", page)) == 3


def test_calibration_rows_are_not_sold_as_foresight(page: str) -> None:
    assert "not that it foresees" in page


def test_text_from_a_user_s_file_is_escaped_everywhere() -> None:
    summary = sample_results.trial_summary()
    arms = tuple(replace(arm, name=EVIL + arm.name, regimen=EVIL) for arm in summary.arms)
    bands = tuple(replace(band, arm=EVIL + band.arm) for band in summary.bands)
    rows = tuple(replace(row, arm=EVIL, measure=EVIL, why_not=EVIL) for row in summary.comparisons)
    odd = replace(
        summary, title=EVIL, citation=EVIL, notes=(EVIL,), command=EVIL, arms=arms, bands=bands, comparisons=rows
    )
    made = trial_report(odd)
    assert "<script" not in made
    reader = Reader(made)
    assert "script" not in reader.tags
    assert EVIL in reader.text


def test_a_dollar_sign_in_a_name_is_not_read_as_mathematics() -> None:
    summary = sample_results.trial_summary()
    bands = tuple(replace(band, arm="arm $x_1$") for band in summary.bands)
    assert "arm $x_1$, predicted" in trial_figures.plot_bands(replace(summary, bands=bands))


def test_a_trial_without_published_rows_or_safety_still_makes_a_page() -> None:
    summary = sample_results.trial_summary()
    bare = replace(
        summary, comparisons=(), safety=(), distributions=(), bands=(), contrasts=(), assumptions=(), notes=()
    )
    assert "what would it find?" in Reader(trial_report(bare)).text


def test_a_long_name_loses_its_middle_and_nothing_else_changes() -> None:
    assert drawing.short("placebo\n+ AD") == "placebo + AD"
    assert drawing.short("a" * 40 + "b" * 40, 11) == "aaaaa…bbbbb"


def test_the_reference_arm_is_grey_and_no_two_arms_share_a_colour() -> None:
    colours = drawing.arm_colours(["a", "placebo", "b", "c"], ["placebo"])
    assert colours["placebo"] == drawing.REFERENCE_COLOUR
    assert len(set(colours.values())) == 4


def test_published_changes_are_added_to_the_published_baseline() -> None:
    found = trial_figures.published_totals(sample_results.trial_summary(), sample_results.ACTIVE)
    assert [(t, round(value, 6)) for t, value, _ in found] == [(0.0, 37.0), (336.0, 24.8), (648.0, 15.6)]


def test_the_forest_sets_each_published_difference_beside_ours_and_adds_what_no_paper_printed() -> None:
    rows = trial_figures.forest_rows(sample_results.trial_summary())
    assert [row.published.row_id for row in rows if row.published] == ["A7"]
    assert [row.label.splitlines()[1] for row in rows if row.published is None] == [
        "day 2, ANCOVA, OC",
        "day 8, ANCOVA, OC",
        "day 15, ANCOVA, OC",
    ]


def test_what_we_do_not_predict_is_listed_with_its_reason(page: str) -> None:
    text = Reader(page).text
    assert "Published (calibration), but not predicted" in text
    assert "this measure is not simulated" in text


def test_a_figure_of_a_variable_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'plasma'"):
        figures.plot_course(sample_results.course(), ["plasm"])


def test_a_short_course_is_drawn_in_hours_and_a_long_one_in_days() -> None:
    course = sample_results.course()
    assert "hours after randomisation" in figures.plot_course(course, ["CADSS"], until=24.0)
    assert "days after randomisation" in figures.plot_course(course, ["CADSS"])
