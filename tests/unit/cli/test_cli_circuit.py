"""`euthymia circuit`: tables, JSON, a figure, and one line for each mistake."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

LEVELS = ("--ketamine", "0 1 10 uM")
DOCS = Path(__file__).parents[3] / "docs" / "json.md"


def test_the_dose_curve_is_printed(euthymia: Callable[..., object]) -> None:
    ended = euthymia("circuit", *LEVELS)
    assert ended.code == 0
    assert "4.81 (+11.7)" in ended.out
    assert "stable" in ended.out


def test_spectrum_stability_and_spikes_follow_when_asked(euthymia: Callable[..., object]) -> None:
    out = euthymia("circuit", *LEVELS, "--spectrum", "--stability", "--spiking", "--neurons", "200", "--ms", "100").out
    for title in ("Spectrum above 20 Hz", "onset of a rhythm", "200 cells, 100 ms, seed 1"):
        assert title in out


def test_areas_are_shown_in_both_directions_when_asked(euthymia: Callable[..., object]) -> None:
    out = euthymia("circuit", *LEVELS, "--areas").out
    row = next(line for line in out.splitlines() if "x2.58" in line)
    assert ("x1.78" in row, "0.69" in row) == (True, True)
    assert "Between a lower and an upper area" not in euthymia("circuit", *LEVELS).out


def keys(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from keys(value)
    elif isinstance(document, list):
        for each in document[:1]:
            yield from keys(each)


def test_json_is_one_document_whose_every_key_is_described(euthymia: Callable[..., object]) -> None:
    words = (
        "--areas",
        "--spectrum",
        "--stability",
        "--spiking",
        "--neurons",
        "200",
        "--ms",
        "100",
        "--seed",
        "4",
        "--json",
    )
    ended = euthymia("circuit", *LEVELS, "--change", "NMDA SST 0.5", *words)
    found = json.loads(ended.out)
    assert (found["schema"], found["changes"]) == ("euthymia.circuit/1", ["NMDA SST 0.5"])
    assert found["levels"][0]["gamma"] is None
    assert found["spectrum"]["power"][0] is None
    assert (found["areas"]["levels"][0]["feedback"], found["areas"]["levels"][2]["stable"]) == (None, True)
    assert found["stability"]["rhythms"][0]["frequency"] > 30.0
    assert found["spiking"]["seed"] == 4
    assert len(found["spiking"]["runs"]) == 3
    described = set(re.findall(r"`([A-Za-z_0-9]+)`", DOCS.read_text(encoding="utf-8")))
    assert set(keys(found)) - described == set()


def test_the_same_seed_gives_the_same_bytes(euthymia: Callable[..., object]) -> None:
    words = ("circuit", "--ketamine", "0 1 10 uM", "--spiking", "--neurons", "200", "--ms", "50", "--json")
    first, again, other = (euthymia(*words, "--seed", seed).out for seed in ("1", "1", "2"))
    assert first == again != other


def test_the_figure_is_written(euthymia: Callable[..., object], tmp_path: Path) -> None:
    assert euthymia("circuit", *LEVELS, "--out", "c.svg").out.endswith("wrote c.svg\n")
    assert (tmp_path / "c.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_a_synapse_is_shown_under_every_way_of_acting(euthymia: Callable[..., object]) -> None:
    out = euthymia("circuit", "--synapse", "gaba-a fast").out
    assert "competitive antagonist" in out
    found = json.loads(euthymia("circuit", "--synapse", "AMPA", "--level", "2", "--json").out)
    assert (found["schema"], found["receptor"], found["ways"][0]["level"]) == ("euthymia.synapse/1", "AMPA", 2.0)
    described = set(re.findall(r"`([A-Za-z_0-9]+)`", DOCS.read_text(encoding="utf-8")))
    assert set(keys(found)) - described == set()


MISTAKES = [
    (("--ketamine", "0 1"), "has no unit"),
    (("--ketamine", "0 -1 uM"), "'-1'"),
    (("--ketamine", "1 ng/mL"), "does not measure"),
    (("--change", "AMPP 0.7"), "did you mean 'AMPA'"),
    (("--change", "AMPA -1"), "allowed: 0 or more"),
    (("--synapse", "NMDE"), "did you mean 'NMDA'"),
    (("--synapse", "NMDA", "--level", "-1"), "expected a number of at least 0"),
    (("--synapse", "NMDA", "--out", "c.svg"), "has no figure"),
    (("--spiking", "--ms", "0.5"), "expected a whole number"),
    (("--spiking", "--neurons", "5"), "--neurons"),
    (("--out", "missing/c.svg"), "cannot write to"),
]


@pytest.mark.parametrize(("words", "expected"), MISTAKES, ids=lambda value: None)
def test_a_mistake_is_one_line_and_nothing_is_written(
    euthymia: Callable[..., object], tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    ended = euthymia("circuit", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1
    assert expected in ended.err
    assert list(tmp_path.iterdir()) == []


def test_mistakes_load_no_numerics() -> None:
    code = (
        "import sys\nfrom euthymia.cli import main\n"
        f"for words in {[words for words, _ in MISTAKES]!r}:\n"
        "    sys.argv = ['euthymia', 'circuit', *words]\n"
        "    try: main()\n    except SystemExit as end: assert end.code == 2\n"
        "print(sorted({'jax', 'equinox', 'matplotlib', 'scipy.special'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
