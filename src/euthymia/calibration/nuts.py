"""Draws from the posterior itself by the no-U-turn sampler, in blocks on disk, so that a run can stop and go on.

The sampler moves in coordinates in which the normal approximation is standard, so its own adaptation has little to
learn. The first blocks are warm-up; each block ends with the sampler's whole state in the folder.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from euthymia.calibration.likelihood import Errors, log_posterior
from euthymia.calibration.model import Model
from euthymia.calibration.posterior import Mode
from euthymia.errors import EuthymiaError

STATE, DRAWS = "nuts_state.pkl", "nuts_draws.npz"


@dataclass(frozen=True)
class Plan:
    """How many draws.

    Attributes:
        warmup: Draws of the warm-up.
        draws: Draws that are kept.
        block: Draws between two states on disk.
        seed: Seed of the chain.
    """

    warmup: int = 300
    draws: int = 1000
    block: int = 50
    seed: int = 1


def sample(
    model: Model,
    errors: Errors,
    mode: Mode,
    plan: Plan,
    *,
    out: Path,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """Return draws of the standard normals, [draw, normal], going on from what the folder holds.

    Args:
        model: Trials and what is free.
        errors: How rows scatter.
        mode: The mode and its curvature.
        plan: How many draws.
        out: Folder of states and draws.
        progress: Called with the share of the work that is done.

    Raises:
        EuthymiaError: When the folder holds a chain of another plan or another model.
    """
    from numpyro.infer import MCMC, NUTS

    root = jnp.asarray(np.linalg.cholesky(mode.covariance))

    def potential(z: Any) -> Any:
        return -log_posterior(model, errors, jnp.asarray(mode.x) + root @ z)

    mark = (asdict(plan), model.names)
    state: Any
    state, kept = _kept(out, mark)
    kernel = NUTS(potential_fn=potential)
    chain = MCMC(kernel, num_warmup=plan.warmup, num_samples=plan.block, progress_bar=False)
    start = jnp.zeros(model.size)
    if state is None:
        chain.warmup(jax.random.PRNGKey(plan.seed), init_params=start)
        state = chain.last_state
        _keep(out, mark, state, kept)
    while len(kept) < plan.draws:
        chain.post_warmup_state = state
        chain.run(state.rng_key, init_params=start)
        state = chain.last_state
        block = mode.x + np.asarray(chain.get_samples()) @ np.asarray(root).T
        kept = np.concatenate([kept.reshape(-1, model.size), block])
        _keep(out, mark, state, kept)
        if progress:
            progress(min(len(kept) / plan.draws, 1.0))
    return kept[: plan.draws]


def _keep(out: Path, mark: Any, state: Any, kept: np.ndarray) -> None:
    out.mkdir(parents=True, exist_ok=True)
    part = out / f"{STATE}.part"
    part.write_bytes(pickle.dumps((mark, jax.tree.map(np.asarray, state), len(kept))))
    np.savez(out / f"part_{DRAWS}", x=kept)
    (out / f"part_{DRAWS}").replace(out / DRAWS)
    part.replace(out / STATE)


def _kept(out: Path, mark: Any) -> tuple[Any, np.ndarray]:
    """Return the sampler's state in a folder and the draws so far; nothing where it holds none.

    Raises:
        EuthymiaError: When they are of another plan or model.
    """
    path = out / STATE
    if not path.exists():
        return None, np.empty((0,))
    found, state, count = pickle.loads(path.read_bytes())
    if found != mark:
        raise EuthymiaError(f"{path} is of another plan or other trials; expected this run's, or an empty folder")
    with np.load(out / DRAWS) as draws:
        return jax.tree.map(jnp.asarray, state), draws["x"][:count]
