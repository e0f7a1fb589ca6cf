"""The fit of everything to every calibration trial: rounds of conducting, climbing and conducting again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from euthymia.calibration.fixed import PEOPLE, fix
from euthymia.calibration.likelihood import Errors, errors
from euthymia.calibration.model import Model, build
from euthymia.calibration.posterior import Mode, Slopes, climb
from euthymia.errors import EuthymiaError
from euthymia.evidence import Record, find, load_record
from euthymia.evidence.published import Split
from euthymia.trials.catalogue import load_trial, trial_names

ROUNDS = 2
NOT_HERE = ("sustain-1",)  # a trial of relapse, whose rows are jumps; see `euthymia.calibration.relapse`


@dataclass(frozen=True, eq=False)
class Found:
    """What the fit found.

    Attributes:
        model: Trials conducted at the sizes before the last climb, and their rows.
        errors: How rows scatter.
        mode: The mode and its curvature.
        rounds: How often the trials were conducted.
    """

    model: Model
    errors: Errors
    mode: Mode
    rounds: int


def names_of_trials() -> tuple[str, ...]:
    """Return the trials of the package that are fitted: all marked calibration, but those of relapse."""
    known = (name for name in trial_names() if name not in NOT_HERE)
    return tuple(name for name in known if load_trial(name).split is Split.CALIBRATION)


def fit(
    names: Sequence[str] | None = None,
    *,
    seed: int = 1,
    people: int = PEOPLE,
    rounds: int = ROUNDS,
    inflation: float = 0.0,
    out: Path | None = None,
    resume: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Found:
    """Fit the free numbers to trials.

    Each round conducts the trials at the sizes found so far, fixes how rows scatter there, and climbs. The first round
    starts from the priors and from where the records stand, and goes on from the higher end.

    Args:
        names: The trials; all of calibration when None.
        seed: Seed of the named streams.
        people: In each arm.
        rounds: How often the trials are conducted.
        inflation: Further variance of small trials; see `likelihood.errors`.
        out: Folder for where each round ended.
        resume: Whether to go on from the rounds in that folder.
        progress: Called with the share of the work that is done.

    Raises:
        EvidenceError: When a row that is not marked calibration would be fitted.
        EuthymiaError: When there is no round to do, or nothing to resume from.
    """
    if rounds < 1:
        raise EuthymiaError(f"rounds is {rounds}; expected 1 or more")
    if resume and out is None:
        raise EuthymiaError("nothing to resume from: no folder was given; expected the one of the fit that was stopped")
    chosen = names_of_trials() if names is None else tuple(names)
    x, done = _kept(out, chosen) if resume else (None, 0)
    for number in range(min(done, rounds - 1), rounds):
        amplitudes = None if x is None else sizes_at(x)
        model = build([fix(load_trial(name), seed=seed, people=people, amplitudes=amplitudes) for name in chosen])
        slopes = Slopes(model)
        begin = [x] if x is not None else [np.zeros(model.size), from_records(model)]
        scatter = errors(model, jnp.asarray(begin[-1]), inflation)
        ends = [climb(model, scatter, start, slopes=slopes) for start in begin]
        mode = max(ends, key=lambda one: one.log_posterior)
        x = mode.x
        if out is not None:
            _keep(out, chosen, x, number + 1)
        if progress:
            progress((number + 1) / rounds)
        if number + 1 == rounds:
            return Found(model, scatter, mode, rounds)
    raise EuthymiaError("no round was done")


def from_records(model: Model) -> np.ndarray:
    """Return the standard normals at which every free number is that of its record, trials alike."""
    own = [prior.place(find(prior.name).value) for prior in model.free]
    return np.array([*own, *np.zeros(model.size - len(own))])


def sizes_at(x: np.ndarray) -> Record:
    """Return the amplitudes record with the free numbers at ``x``."""
    from euthymia.calibration.priors import priors

    found = {prior.name: prior.value(float(at)) for prior, at in zip(priors(), x, strict=False)}
    own = {name.removeprefix("amplitudes."): value for name, value in found.items() if name.startswith("amplitudes.")}
    return load_record("amplitudes").replace(**own)


def _keep(out: Path, names: Sequence[str], x: np.ndarray, rounds: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    path = out / "rounds.npz"
    part = path.with_suffix(".part.npz")
    np.savez(part, x=x, rounds=rounds, names=np.array(names))
    part.replace(path)


def _kept(out: Path | None, names: Sequence[str]) -> tuple[np.ndarray | None, int]:
    """Return where the rounds in a folder ended, and how many there were."""
    path = None if out is None else out / "rounds.npz"
    if path is None or not path.exists():
        return None, 0
    with np.load(path) as kept:
        if tuple(kept["names"]) != tuple(names):
            raise EuthymiaError(f"{path} is of other trials: {', '.join(kept['names'])}; expected {', '.join(names)}")
        return kept["x"], int(kept["rounds"])
