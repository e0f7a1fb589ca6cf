"""Sheets of panels: the same bytes each time, every unit on an axis, curves told apart without colour."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.report.panels import LOOKS, Line, Panel, Sheet, plot_sheet

X = np.linspace(0.1, 10.0, 20)
WORDS = ("first", "second", "third", "fourth", "fifth", "sixth")


def sheet(logarithmic: bool = False) -> Sheet:
    lines = tuple(Line(word, X, X * (place + 1.0)) for place, word in enumerate(WORDS))
    banded = Line(WORDS[0], X, X, X - 1.0, X + 1.0)
    panels = (
        Panel("Level", "ng/mL", "hours", lines, ((3.0, "stop"),), logarithmic),
        Panel("Share", "1", "weeks", (banded,)),
        Panel("Score", "points", "weeks", (banded,)),
    )
    return Sheet("test", "A sheet", panels, ("A caption.",))


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_sheet_says_its_units_its_curves_and_its_marks(logarithmic: bool):
    drawn = plot_sheet(sheet(logarithmic))
    for word in (*WORDS, "ng/mL", "points", "no unit", "hours", "weeks", "stop", "Level"):
        assert f">{word}<" in drawn
    assert plot_sheet(sheet(logarithmic)) == drawn


def test_curves_differ_without_colour():
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for place, (colour, dash) in enumerate(LOOKS):
        for other, another in LOOKS[:place]:
            assert str(dash) != str(another) or abs(lightness(colour) - lightness(other)) > 60.0


def test_the_data_of_a_sheet_are_all_of_its_points():
    found = sheet().to_dict()
    lines = found["panels"][0]["lines"]  # type: ignore[index]
    assert [each["label"] for each in lines] == list(WORDS)
    np.testing.assert_array_equal(lines[2]["y"], 3.0 * X)
    assert "low" not in lines[0]
