"""What `euthymia bench` measures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from euthymia.runs import speed
from euthymia.runs.speed import Size, Speed, measure

KNOWN = Speed(2, 4.0, 1.5, 0.02, 150.0, (Size(256, 0.1, 0.15, 2560.0, 9e4),))


def test_a_person_costs_its_processor_time_in_exponentials_of_the_same_run() -> None:
    found = measure((8,), starts=False, turns=1)
    (size,) = found.sizes
    assert size.exponentials == pytest.approx(size.cpu / size.people * found.reference * 1e6)
    assert size.per_second == pytest.approx(size.people / size.seconds)
    assert found.warm > 0.0


def test_bench_prints_a_table(euthymia: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "measure", lambda: KNOWN)
    out = euthymia("bench").out
    assert "2,560" in out
    assert "150 million exponentials" in out
    assert "20 ms" in out


def test_bench_prints_json_and_nothing_else(euthymia: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "measure", lambda: KNOWN)
    found = json.loads(euthymia("bench", "--json").out)
    assert found["schema"] == "euthymia.bench/1"
    assert found["sizes"][0]["people"] == 256


def test_a_gpu_is_not_for_runs_that_are_kept(euthymia: Callable[..., Any], tmp_path: Path) -> None:
    given = "simulate", "esketamine 84 mg nasal on day 1", "--device", "gpu", "--store", str(tmp_path / "runs")
    ended = euthymia(*given)
    assert ended.code == 2
    assert "not for runs that are kept" in ended.err
