"""The pages that show the article's figures and the chain: nothing left out, images small enough to load."""

from __future__ import annotations

from pathlib import Path

import pytest

import article as page
from euthymia.models.accounts import Mechanism
from euthymia.models.chain import OUTPUT_NAMES
from euthymia.report.article import STUDIES

DOCS = Path(__file__).parents[3] / "docs"
LARGEST = 150_000  # bytes


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_every_figure_is_shown_with_its_command_and_its_misses(study: object):
    text = (DOCS / "article.md").read_text(encoding="utf-8")
    name = study.name  # type: ignore[attr-defined]
    assert f"`euthymia article {name}`" in text
    assert f"(img/{page.image(name)})" in text
    assert (DOCS / "img" / page.image(name)).stat().st_size < LARGEST
    assert text.count("- Missed") == len(STUDIES)


def test_the_page_of_the_chain_knows_every_account_and_everything_that_is_read():
    text = (DOCS / "models" / "chain.md").read_text(encoding="utf-8")
    for mechanism in Mechanism:
        assert text.count(f"| {mechanism.value} |") == 2  # after the spray, on tablets
    for name in OUTPUT_NAMES.values():
        assert f"`{name}`" in text
