"""Weighed draws: of the posterior as the likelihood has it, and of the prior where trials say nothing."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.calibration.fixed import fix
from euthymia.calibration.importance import weighed
from euthymia.calibration.likelihood import Errors, errors, log_posterior
from euthymia.calibration.model import build
from euthymia.calibration.posterior import Slopes, climb
from euthymia.calibration.priors import prior_of
from euthymia.trials.catalogue import load_trial

FREE = ("amplitudes.gain", "calibration.discrepancy")


@pytest.fixture(scope="module")
def one_trial():
    fixed = [fix(load_trial("murrough-2013"), people=12)]
    model = build(fixed, free=[prior_of(name) for name in FREE], anchored=False)
    slopes = Slopes(model)
    scatter = errors(model, jnp.zeros(model.size))
    return model, scatter, slopes, climb(model, scatter, np.zeros(model.size), slopes=slopes)


def test_moments_of_weighed_draws_are_those_of_the_posterior_on_a_grid(one_trial):
    model, scatter, slopes, mode = one_trial
    found = weighed(model, scatter, mode, np.random.default_rng(1), slopes=slopes)
    assert found.effective > 500.0
    axis = np.linspace(-5.0, 5.0, 41)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    height = np.asarray(jax.lax.map(lambda at: log_posterior(model, scatter, at), jnp.asarray(grid), batch_size=41))
    share = np.exp(height - height.max())
    share /= share.sum()
    mean = share @ grid
    sd = np.sqrt(share @ (grid - mean) ** 2)
    own = found.weight @ found.x
    assert own == pytest.approx(mean, abs=4.0 * float((sd / np.sqrt(found.effective)).max()))
    assert np.sqrt(found.weight @ (found.x - own) ** 2) == pytest.approx(sd, rel=4.0 / np.sqrt(2.0 * found.effective))


def test_where_trials_say_nothing_draws_are_of_the_prior(one_trial):
    model, scatter, slopes, mode = one_trial
    vague = Errors(1e8 * scatter.sampling, 0.0 * scatter.scale)
    found = weighed(model, vague, mode, np.random.default_rng(2), slopes=slopes)
    draws = found.resampled(np.random.default_rng(3), 4000)
    assert draws.mean(0) == pytest.approx(np.zeros(model.size), abs=0.15)
    assert np.cov(draws.T) == pytest.approx(np.eye(model.size), abs=0.2)


def test_the_same_seed_gives_the_same_draws(one_trial):
    model, scatter, slopes, mode = one_trial
    one, other = (weighed(model, scatter, mode, np.random.default_rng(4), slopes=slopes) for _ in range(2))
    assert one.x.tobytes() == other.x.tobytes()
    assert one.weight.sum() == pytest.approx(1.0)
