"""The article's figures: laws that hold whatever the amplitudes, and captions that own up to misses."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from euthymia.errors import UnknownNameError
from euthymia.report.article import STUDIES, study
from euthymia.report.figures import standalone
from euthymia.report.panels import Line, Panel, Sheet, plot_sheet

LARGEST = 150_000  # bytes of a figure of the docs


@cache
def sheet(name: str) -> Sheet:
    return study(name).sheet()


def panel(name: str, title: str) -> Panel:
    return next(each for each in sheet(name).panels if each.title.startswith(title))


def curve(name: str, title: str, label: str) -> Line:
    return next(each for each in panel(name, title).lines if each.label.startswith(label))


def number(name: str, what: str) -> float:
    return next(value for said, value, _ in sheet(name).numbers if said == what)


@pytest.mark.long
@pytest.mark.parametrize("each", STUDIES, ids=lambda each: each.name)
def test_a_figure_is_small_has_units_and_says_what_is_fitted_assumed_and_missed(each):
    made = sheet(each.name)
    assert made.name == each.name
    assert len(standalone(plot_sheet(made)).encode()) < LARGEST
    for word in ("Fitted:", "Assumed:", "Missed"):
        assert any(sentence.startswith(word) for sentence in made.caption)
    for shown in made.panels:
        assert shown.lines
        for line in shown.lines:
            assert line.x.shape == line.y.shape
            assert np.isfinite(line.y).all()


def test_a_figure_that_does_not_exist_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'therapy'"):
        study("terapy")


def test_depletion_moves_only_people_whom_serotonin_holds():
    for label in ("healthy", "depressed, untreated"):
        assert number("depletion", f"largest change, {label}") == pytest.approx(0.0, abs=1e-9)
        assert curve("depletion", "Serotonin", label).y.min() < 0.5
    treated = number("depletion", "largest change, remitted on an SSRI")
    assert 0.0 < treated < number("depletion", "largest change, remitted, serotonin only account")


@pytest.mark.long
def test_stopping_has_two_clocks():
    serotonin, effect = (number("ssri", f"half of the {what} gone after") for what in ("added serotonin", "effect"))
    assert serotonin < 7.0 < effect
    stopped, kept = (
        number("ssri", f"{label}: relapsed at 26 weeks")
        for label in ("tablets for 12 weeks, then none", "tablets kept")
    )
    assert stopped == pytest.approx(37.6, abs=0.1)  # row S0629
    assert kept == pytest.approx(19.6, abs=0.1)


@pytest.mark.long
def test_at_a_day_the_fall_is_the_drug_and_the_occasion():
    drug = number("ketamine", "change by one infusion at 24 h")
    fall, saline = (number("ketamine", f"fall of the total in 24 hours, {what}") for what in ("ketamine", "saline"))
    assert fall - saline == pytest.approx(-drug, abs=1e-6)
    assert 0.0 < saline < fall


@pytest.mark.long
def test_the_band_of_therapy_holds_its_curve():
    for drug in ("SSRI", "ketamine"):
        both = curve("therapy", f"Learned skills, {drug}", "both")
        assert both.low is not None
        assert both.high is not None
        assert (both.low <= both.y + 1e-9).all()
        assert (both.y <= both.high + 1e-9).all()


@pytest.mark.long
def test_both_drugs_do_more_than_each_and_no_more_than_their_sum():
    for week in (1, 4):
        each = [number("together", f"change at week {week}, {label}") for label in ("SSRI", "ketamine, six infusions")]
        both = number("together", f"change at week {week}, both")
        assert sum(each) - 0.02 <= both < min(each)


@pytest.mark.long
def test_what_happens_at_anaesthetic_levels_follows_the_dose():
    rising = [curve("doses", title, "typical") for title in ("Free ketamine", "Largest chance of no response")]
    falling = [curve("doses", "Least chance to remember", "typical"), *panel("doses", "Least transfer").lines]
    assert all((np.diff(line.y) >= -1e-9).all() for line in rising)
    assert all((np.diff(line.y) <= 1e-9).all() for line in falling)
    up, back = panel("doses", "Least transfer").lines
    assert (back.y <= up.y + 1e-9).all()
