"""From a fit to what is kept of it: the posterior's file, and the same for ArviZ."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from euthymia.calibration.likelihood import discrepancy_of
from euthymia.calibration.whole import Found
from euthymia.evidence.posterior import FreeNumber, Posterior, TrialEffect

COMMAND = "euthymia calibrate --write"


def kept(found: Found, *, command: str = COMMAND) -> Posterior:
    """Return what is kept of a fit.

    Args:
        found: The fit.
        command: What makes it again.
    """
    from importlib.metadata import version

    model, mode = found.model, found.mode
    sd, count = np.sqrt(np.diag(mode.covariance)), len(model.free)
    numbers = tuple(
        FreeNumber(
            prior.name, prior.unit, prior.centre, prior.width, prior.scale.value, float(mode.x[at]), float(sd[at])
        )
        for at, prior in enumerate(model.free)
    )
    ids = [fixed.trial.id for fixed in model.trials.fixed]
    homes = [(one.name, ids[place]) for one in model.own for place in one.trials]
    effects = tuple(
        TrialEffect(kind, trial, float(mode.x[at]), float(sd[at])) for at, (kind, trial) in enumerate(homes, count)
    )
    return Posterior(
        numbers=numbers,
        together=tuple(tuple(map(float, row)) for row in mode.covariance[:count, :count]),
        effects=effects,
        trials=tuple(ids),
        rows=len(model.published()),
        rows_hash=rows_hash(found),
        version=version("euthymia"),
        command=command,
    )


def rows_hash(found: Found) -> str:
    """Return a digest of the names and values of everything that was fitted."""
    parts = [f"{row.trial} {row.row_id} {row.kind.value} {row.published:g}" for row in found.model.all_rows]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def inference_data(found: Found, *, draws: int = 1000, seed: int = 1) -> Any:
    """Return a fit as ArviZ's InferenceData: groups prior, posterior, posterior_predictive and observed_data.

    Draws are those of the normal approximation; predictions are linear in it, for trials with the effects they had.

    Args:
        found: The fit.
        draws: How many.
        seed: Of the generator.
    """
    import arviz

    model, mode, rng = found.model, found.mode, np.random.default_rng(seed)
    prior = rng.standard_normal((draws, model.size))
    z = rng.standard_normal((draws, model.size)) @ np.linalg.cholesky(mode.covariance).T
    spread = np.linalg.cholesky(np.asarray(found.errors.covariance(float(discrepancy_of(model, mode.x)))))
    noise = rng.standard_normal((draws, len(mode.predicted))) @ spread.T
    return arviz.from_dict(
        prior=_named(found, prior),
        posterior=_named(found, mode.x + z),
        posterior_predictive={"published": (mode.predicted + z @ mode.jacobian.T + noise)[None]},
        observed_data={"published": model.published()},
    )


def _named(found: Found, x: np.ndarray) -> dict[str, np.ndarray]:
    """Return draws by name with a chain before them, sizes in their units, trial effects in SDs."""
    free = found.model.free
    sizes = {prior.name: np.vectorize(prior.value)(x[:, at])[None] for at, prior in enumerate(free)}
    own = {name: x[:, at][None] for at, name in enumerate(found.model.names) if at >= len(free)}
    return sizes | own
