"""The page of the score: its rules as they stood first, every miss, and a rival that wins named as such."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from score_samples import PLACEBO, row, trial

import score_page
from euthymia.evidence.published import Measure, Split
from euthymia.score.board import beside, tallies, trial_score
from euthymia.score.forecast import Forecast
from euthymia.score.mechanism import NAME
from euthymia.score.results import Board
from euthymia.trials.quantity import Nothing

ROOT = Path(__file__).parents[3]
SILENT = Nothing("made up to say nothing")
NORMAL = stats.norm.ppf((np.arange(400) + 0.5) / 400)


@pytest.fixture
def document() -> dict[str, object]:
    """Return a board on which the mechanism is wrong and a rival right, as JSON gives it back."""
    made = [
        trial(f"t{i}", row(f"row {i}", PLACEBO, Measure.MADRS_CHANGE, -15.0 - 0.1 * i, split=Split.USER))
        for i in range(4)
    ]
    scores = [
        trial_score(
            each,
            {
                NAME: {each.published[0].row_id: Forecast(-8.0 + NORMAL)},
                "Emax regression": {each.published[0].row_id: Forecast(-15.0 + NORMAL)},
                "meta-analysis": {
                    each.published[0].row_id: Nothing("made up to say nothing") if i else Forecast(NORMAL)
                },
            },
            made,
            each.id,
        )
        for i, each in enumerate(made)
    ]
    return json.loads(Board(1, 400, "made up", False, tuple(scores), tallies(scores), beside(scores)).to_json())


def test_the_page_holds_its_rules_word_for_word():
    rules = (ROOT / "docs_src" / "score_rules.md").read_text(encoding="utf-8").rstrip()
    assert (ROOT / "docs" / "score.md").read_text(encoding="utf-8").startswith(rules)


def test_a_rival_that_wins_is_said_to_win(document: dict[str, object]):
    said = "\n".join(score_page.totals(document))
    assert "not told apart" in said  # one row of one cluster is common to all
    pair = document["beside"][0]  # type: ignore[index]
    assert pair["pair_total"] < -80.0
    worse = {**document, "beside": [{**pair, "verdict": "worse"}]}
    assert "**The Emax regression is better than the mechanism.**" in "\n".join(score_page.totals(worse))


def test_every_miss_is_listed_and_nothing_else(document: dict[str, object]):
    assert len(score_page.misses(document)) == 4 + 3
    assert len(score_page.held(document)) == 3


def test_who_says_nothing_is_named_with_the_reason(document: dict[str, object]):
    (line, _) = score_page.silent(document)
    assert line.startswith("- *meta-analysis: made up to say nothing* (3): t1 row 1")


def test_coverage_counts_all_rows_that_are_predicted(document: dict[str, object]):
    assert "hold 0 of 4 counted rows (0 %)" in score_page.coverage(document)[0]


def test_the_readme_tells_the_coverage_that_the_page_shows():
    page, readme = ((ROOT / name).read_text(encoding="utf-8") for name in ("docs/score.md", "README.md"))
    held, counted = re.search(r"intervals hold (\d+) of (\d+) counted rows", page).groups()  # type: ignore[union-attr]
    assert f"hold {held} of {counted} counted values" in " ".join(readme.split())
