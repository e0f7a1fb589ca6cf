"""The command line run inside the test's own process, and trials that come from invented results."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from euthymia.cli import main, work

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "report"))
import sample_results
from cli_samples import Ended


@pytest.fixture
def euthymia(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ended]:
    """Run ``euthymia`` with the given words in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["euthymia", *words])
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def sample_work(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Replace the numerics by invented results; returns what each call was given."""
    calls: list[dict[str, object]] = []

    def conducted(trial: object, **options: object) -> object:
        calls.append(options)
        return sample_results.trial_summary()

    def simulated(regimen: str, **options: object) -> object:
        calls.append(options)
        return sample_results.course(int(options["patients"]))  # type: ignore[call-overload]

    monkeypatch.setattr(work, "conducted", conducted)
    monkeypatch.setattr(work, "simulated", simulated)
    return calls
