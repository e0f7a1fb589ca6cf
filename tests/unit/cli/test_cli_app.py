from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from euthymia.cli import doctor, work
from euthymia.errors import OutputError

# Not scipy itself: pint, which reads units, imports the bare package to see whether it is there.
HEAVY = {
    "duckdb",
    "jax",
    "pyarrow",
    "sqlalchemy",
    "distributed",
    "equinox",
    "diffrax",
    "scipy.linalg",
    "scipy.special",
    "scipy.stats",
    "pandas",
    "matplotlib",
}
REGIMEN = "esketamine 84 mg nasal on day 1"

# Runs the program and prints, as the last line of stdout, which of the heavy packages were loaded.
PROBE = """
import sys
sys.argv = ["euthymia", *{words!r}]
from euthymia.cli import main
try:
    main()
finally:
    print()
    print(",".join(sorted({heavy!r} & set(sys.modules))))
"""


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["simulate", "--help"],
        ["trial", "list"],
        ["trial", "run", "no-such-trial"],
        ["simulate", "esketamin 84 mg nasal on day 1"],
        ["evidence", "esketamine.ka_n"],
        ["cite"],
        ["doctor"],
        ["label"],
        ["label", "--show", "us-2025"],
        [
            "label",
            REGIMEN,
            "--age",
            "45",
            "--diagnosis",
            "MDD",
            "--madrs",
            "32",
            "--failed-drugs",
            "2",
            "--bp",
            "150/95",
        ],
        ["label", REGIMEN, "--bp", "150"],
        ["pk", "--help"],
    ],
)
def test_quick_commands_and_errors_load_nothing_heavy(words: list[str]) -> None:
    code = PROBE.format(words=words, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1] == ""


def test_a_user_s_mistake_is_one_line_and_exit_code_2(euthymia: Callable[..., object]) -> None:
    ended = euthymia("simulate", "esketamin 84 mg nasal on day 1")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")
    assert "did you mean 'esketamine'" in ended.err
    assert ended.err.count("\n") == 1


def test_a_typo_in_a_command_gets_the_nearest_one(euthymia: Callable[..., object]) -> None:
    ended = euthymia("trail")
    assert ended.code == 2
    assert "trial" in ended.err


def test_a_message_of_several_lines_is_printed_as_one(
    euthymia: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OutputError("first\nsecond")

    monkeypatch.setattr(work, "simulated", fails)
    assert euthymia("simulate", REGIMEN).err == "error: first second\n"


def test_an_interrupt_ends_with_130_and_no_traceback(
    euthymia: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "simulated", stopped)
    ended = euthymia("simulate", REGIMEN)
    assert ended.code == 130
    assert "Traceback" not in ended.err


def test_the_version_is_the_installed_one(euthymia: Callable[..., object]) -> None:
    from importlib.metadata import version

    assert euthymia("--version").out == f"euthymia {version('euthymia')}\n"


def test_the_program_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "euthymia", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("euthymia ")


def test_the_help_says_what_it_is_not_for(euthymia: Callable[..., object]) -> None:
    assert "not for treating a person" in " ".join(euthymia("--help").out.replace("│", " ").split())


def test_doctor_prints_json_and_nothing_else(euthymia: Callable[..., object]) -> None:
    ended = euthymia("doctor", "--json")
    found = json.loads(ended.out)
    assert ended.err == ""
    assert found["schema"] == "euthymia.doctor/1"
    assert found["dependencies"]["numpy"]
    assert found["cores"] >= 1


def test_doctor_ends_with_1_when_a_dependency_is_missing(
    euthymia: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_dependencies", lambda: {"numpy": "2.0", "jax": None})
    ended = euthymia("doctor")
    assert ended.code == 1
    assert "MISSING" in ended.out
