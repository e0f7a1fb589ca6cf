"""`euthymia article`: lists, draws, prints JSON, and refuses before any work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from euthymia.report import article
from euthymia.report.panels import Line, Panel, Sheet

LINE = Line("one", np.array([0.0, 1.0]), np.array([2.0, 3.0]), np.array([1.0, 2.0]), np.array([3.0, 4.0]))
SHEET = Sheet(
    "ssri", "A title", (Panel("Mood", "points", "weeks", (LINE,)),), ("Seen. ",), (("mood", -1.25, "points"),)
)


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace the numerics by a sheet of two points; returns what was asked for."""
    asked: list[str] = []

    def sheet(self: article.Study) -> Sheet:
        asked.append(self.name)
        return SHEET

    monkeypatch.setattr(article.Study, "sheet", sheet)
    return asked


def test_without_a_name_every_figure_is_listed(euthymia: Callable[..., object], sketched: list[str]) -> None:
    ended = euthymia("article")
    assert ended.code == 0
    assert all(each.name in ended.out for each in article.STUDIES)
    assert {row["name"] for row in json.loads(euthymia("article", "--json").out)["figures"]} == {
        each.name for each in article.STUDIES
    }
    assert sketched == []


def test_a_figure_is_written_with_its_caption_on_screen(
    euthymia: Callable[..., object], sketched: list[str], tmp_path: Path
) -> None:
    ended = euthymia("article", "ssri", "--out", "mood.svg")
    assert ended.code == 0
    assert "Seen." in ended.out
    assert "\N{MINUS SIGN}1.25" in ended.out
    assert "wrote mood.svg" in ended.out
    assert (tmp_path / "mood.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_without_a_place_it_is_written_here_under_its_name(
    euthymia: Callable[..., object], sketched: list[str], tmp_path: Path
) -> None:
    euthymia("article", "SSRI")
    assert [path.name for path in tmp_path.iterdir()] == ["ssri.svg"]


def test_json_is_one_document_and_writes_nothing(
    euthymia: Callable[..., object], sketched: list[str], tmp_path: Path
) -> None:
    found = json.loads(euthymia("article", "ssri", "--json").out)
    assert found["schema"] == "euthymia.article/1"
    assert found["panels"][0]["lines"][0] == {
        "label": "one",
        "x": [0.0, 1.0],
        "y": [2.0, 3.0],
        "low": [1.0, 2.0],
        "high": [3.0, 4.0],
    }
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [(("ketamin",), "did you mean 'ketamine'"), (("ssri", "--out", "missing/x.svg"), "cannot write to")],
)
def test_mistakes_are_told_before_any_work(
    euthymia: Callable[..., object], sketched: list[str], words: tuple[str, ...], message: str
) -> None:
    ended = euthymia("article", *words)
    assert ended.code == 2
    assert message in ended.err
    assert sketched == []
