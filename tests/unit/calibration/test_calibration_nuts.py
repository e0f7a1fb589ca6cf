"""Draws by NUTS: a synthetic posterior whose moments are known, and a chain that stops and goes on."""

from __future__ import annotations

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.calibration import nuts
from euthymia.calibration.nuts import Plan, sample
from euthymia.calibration.posterior import Mode
from euthymia.errors import EuthymiaError

MEAN = np.array([0.5, -1.0])
COVARIANCE = np.array([[0.5, 0.3], [0.3, 0.4]])
PLAN = Plan(warmup=50, draws=400, block=100)


class Synthetic:
    size, names = 2, ("one", "other")


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    precision = np.linalg.inv(COVARIANCE)

    def height(model, errors, x):
        return -0.5 * (x - MEAN) @ jnp.asarray(precision) @ (x - MEAN)

    monkeypatch.setattr(nuts, "log_posterior", height)


def drawn(out: Path, plan: Plan = PLAN) -> np.ndarray:
    mode = Mode(MEAN, COVARIANCE, np.empty(0), np.empty(0), 0.0, 0, np.empty(0))
    return sample(Synthetic(), None, mode, plan, out=out)  # pyright: ignore[reportArgumentType]


def test_draws_have_the_moments_of_the_posterior(tmp_path: Path):
    found = drawn(tmp_path)
    assert found.shape == (PLAN.draws, 2)
    assert found.mean(0) == pytest.approx(MEAN, abs=0.15)
    assert np.cov(found.T) == pytest.approx(COVARIANCE, abs=0.15)


def test_a_chain_that_was_stopped_goes_on_to_the_same_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = drawn(tmp_path / "whole")
    done = []

    def stop_after_two(*args):
        keep(*args)
        done.append(args)
        if len(done) == 3:
            raise KeyboardInterrupt

    keep = nuts._keep
    with monkeypatch.context() as patched:
        patched.setattr(nuts, "_keep", stop_after_two)
        with pytest.raises(KeyboardInterrupt):
            drawn(tmp_path / "stopped")
    assert drawn(tmp_path / "stopped").tobytes() == whole.tobytes()


def test_a_folder_with_another_chain_is_refused(tmp_path: Path):
    drawn(tmp_path, Plan(warmup=10, draws=10, block=10))
    with pytest.raises(EuthymiaError, match="another plan"):
        drawn(tmp_path)
