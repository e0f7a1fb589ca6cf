"""`euthymia transmitters`: what it prints, and that it stays light."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

HEAVY = {"jax", "equinox", "scipy.linalg", "pandas", "matplotlib"}


def test_all_of_them_are_listed_with_a_tally(euthymia: Callable[..., object]) -> None:
    ended = euthymia("transmitters")
    assert ended.code == 0
    assert ended.out.rstrip().endswith("229 signals: 7 modelled, 22 only as a group, 200 only listed")
    assert "galanin-like peptide" in " ".join(ended.out.split())


def test_one_signal_is_told_in_full(euthymia: Callable[..., object]) -> None:
    out = euthymia("transmitters", "drd2").out
    assert out.startswith("dopamine: small molecule, core\n")
    assert "euthymia.circuit.modulation" in out
    assert "unverified" in out
    assert "no, only listed" in euthymia("transmitters", "melatonin").out
    assert "only as a group: one gate" in euthymia("transmitters", "kyotorphin").out


def test_json_holds_the_same(euthymia: Callable[..., object]) -> None:
    found = json.loads(euthymia("transmitters", "--modelled", "--json").out)
    assert found["schema"] == "euthymia.transmitters/1"
    assert [each["name"] for each in found["signals"]][:2] == ["L-glutamate", "GABA"]
    assert all(each["modelled"] and each["modules"] for each in found["signals"])


def test_family_and_modelled_narrow_down(euthymia: Callable[..., object]) -> None:
    found = json.loads(euthymia("transmitters", "--family", "3", "--json").out)["signals"]
    assert len(found) == 6
    assert euthymia("transmitters", "--family", "orexins", "--modelled").out == "no signal of that kind\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("serotonim",), "did you mean 'serotonin'?"), (("--family", "orexines"), "did you mean 'Orexins'?")],
)
def test_a_name_that_does_not_exist_is_one_line(
    euthymia: Callable[..., object], words: tuple[str, ...], expected: str
) -> None:
    ended = euthymia("transmitters", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert expected in ended.err


def test_it_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['euthymia', 'transmitters']\n"
        "from euthymia.cli import main\n"
        f"try: main()\nfinally: print('\\n' + ','.join(sorted({HEAVY!r} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == ""
