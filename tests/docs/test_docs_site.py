"""The site is built without a warning, holds every page, loads nothing from elsewhere; so does the gallery."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pages
import pytest

import gallery

OUTSIDE = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//[^\"' >]+")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for name in ("mkdocs", "material", "mkdocstrings"):
        pytest.importorskip(name, reason="the site needs pip install 'euthymia[docs]', which .ci/run does")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=pages.ROOT, env=quiet, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder


def test_every_page_stands_in_the_menu() -> None:
    listed = re.findall(r"^ +- (?:[^:\n]+: )?(\S+\.md)$", (pages.ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M)
    there = [page.removeprefix("docs/") for page in pages.names() if page.startswith("docs/")]
    assert sorted(listed) == sorted(there)


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    found = {path.name: OUTSIDE.findall(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert {name: each for name, each in found.items() if each} == {}
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"@import|url\([\"']?(?:https?:)?//", styles) == []


def test_the_reference_holds_the_verbs_and_what_they_take(site: Path) -> None:
    page = (site / "reference" / "python.html").read_text(encoding="utf-8")
    for name in ("euthymia.api.simulate", "euthymia.api.conduct", "euthymia.api.power", "euthymia.runs.query"):
        assert f'id="{name}"' in page
    assert "Number of people; 1 is a typical person" in page


def test_the_gallery_is_as_its_maker_says_and_its_figures_are_there() -> None:
    assert pages.text("docs/gallery.md") == gallery.page()
    assert [piece.name for piece in gallery.PIECES if not (gallery.DOCS / "img" / piece.file).exists()] == []


@pytest.mark.long
def test_the_gallery_s_figures_are_those_of_this_program() -> None:
    kept = {piece.name: (gallery.DOCS / "img" / piece.file).read_text(encoding="utf-8") for piece in gallery.PIECES}
    assert [piece.name for piece in gallery.PIECES if gallery.drawn(piece) != kept[piece.name]] == []
