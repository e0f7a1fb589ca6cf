"""The built pages: they are of the sources that stand beside them, small, and ask nobody else for anything."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "web-ui"
BUILT = ROOT / "src/euthymia/web/static"
FIRST_PAGE_BYTES = 300 * 1024
DOSE = "DosePage"


def files_of_a_build() -> list[Path]:
    single = [SOURCES / name for name in ("index.html", "package.json", "package-lock.json", "tsconfig.json")]
    walked = [path for folder in ("src", "public") for path in (SOURCES / folder).rglob("*") if path.is_file()]
    return sorted([*single, SOURCES / "vite.config.js", *walked], key=lambda path: str(path.relative_to(SOURCES)))


def digest_of_sources() -> str:
    found = hashlib.sha256()
    for path in files_of_a_build():
        found.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def reached_from(name: str, seen: set[str] | None = None) -> set[str]:
    """Scripts that a script imports at once, and those that they import."""
    seen = set() if seen is None else seen
    if name not in seen:
        seen.add(name)
        text = (BUILT / "assets" / name).read_text()
        for other in re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', text):
            reached_from(other, seen)
    return seen


def test_committed_assets_are_built_of_the_committed_sources():
    stamped = (BUILT / "sources.sha256").read_text().strip()
    assert stamped == digest_of_sources(), "build again: npm ci && npm run build, in web-ui"


def test_first_page_stays_below_300_kib_uncompressed():
    index = (BUILT / "index.html").read_text()
    asked = {path.lstrip("/") for path in re.findall(r'(?:src|href)="(/[^"]+)"', index)}
    page = next(path.name for path in (BUILT / "assets").glob(f"{DOSE}-*.js"))
    asked |= {f"assets/{name}" for name in reached_from(page)}
    total = len(index.encode()) + sum((BUILT / path).stat().st_size for path in asked)
    assert len(asked) >= 4
    assert total <= FIRST_PAGE_BYTES


def test_pages_are_split_so_that_one_does_not_load_the_others():
    names = {path.name.split("-")[0] for path in (BUILT / "assets").glob("*Page-*.js")}
    pages = {"DosePage", "CircuitPage", "TrialPage", "ClaimsPage", "ScorePage", "EvidencePage", "LearnPage"}
    assert names == pages
    index = (BUILT / "index.html").read_text()
    assert not any(page in index for page in pages)


def test_assets_name_no_address_outside():
    known = ("http://www.w3.org/",)  # names of SVG, which nobody asks
    for path in BUILT.rglob("*"):
        if path.suffix in {".js", ".css", ".html", ".svg"}:
            found = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}/?", path.read_text())
            assert [each for each in found if not each.startswith(known)] == [], path.name


def test_index_holds_no_script_or_style_of_its_own():
    index = (BUILT / "index.html").read_text()
    assert re.search(r"<script(?![^>]*\bsrc=)", index) is None
    assert "<style" not in index
    assert " style=" not in index


def test_lock_of_packages_records_no_registry():
    packages = json.loads((SOURCES / "package-lock.json").read_text())["packages"]
    assert [name for name, said in packages.items() if "resolved" in said] == []
    assert all("integrity" in said for name, said in packages.items() if name)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm: the pages cannot be built here")
def test_building_again_gives_the_committed_bytes(tmp_path: Path):
    """pytest -m long tests/web/test_web_assets.py"""
    there = tmp_path / "web-ui"
    shutil.copytree(SOURCES, there, ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "src/euthymia/web").mkdir(parents=True)
    for command in (["npm", "ci"], ["npm", "run", "build"]):
        subprocess.run(command, cwd=there, check=True, capture_output=True, timeout=500)
    made = tmp_path / "src/euthymia/web/static"
    names = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(BUILT) for path in BUILT.rglob("*") if path.is_file())
    assert [name for name in names if (made / name).read_bytes() != (BUILT / name).read_bytes()] == []
