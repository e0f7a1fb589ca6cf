"""The fit of everything to every calibration trial: rounds of conducting, climbing and conducting again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from euthymia.calibration.fixed import PEOPLE, fix
from euthymia.calibration.likelihood import Errors, errors
from euthymia.calibration.model import Model, build
from euthymia.calibration.posterior import Mode, Slopes, climb
from euthymia.calibration.priors import Prior, before, free_under
from euthymia.errors import EuthymiaError
from euthymia.evidence.posterior import Posterior, posterior
from euthymia.evidence.published import Split
from euthymia.models.accounts import Mechanism
from euthymia.trials.catalogue import load_trial, trial_names

ROUNDS = 6  # most times that trials are conducted again
SETTLED = 0.1  # of posterior SDs: largest move of a free number between two rounds that ends the fit
PRIOR, RECORDS, DEFAULT = "the priors", "the records", "the default's mode"  # where a first round begins
NOT_HERE = ("sustain-1",)  # a trial of relapse, whose rows are jumps; see `euthymia.calibration.relapse`


@dataclass(frozen=True, eq=False)
class Found:
    """What the fit found.

    Attributes:
        model: Trials conducted at the sizes before the last climb, and their rows.
        errors: How rows scatter.
        mode: The mode and its curvature.
        rounds: How often the trials were conducted.
        ends: Height at which the first round ended, by where it began; empty where it went on from elsewhere.
    """

    model: Model
    errors: Errors
    mode: Mode
    rounds: int
    ends: Mapping[str, float] = field(default_factory=dict)


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
    begin: Posterior | None = None,
    mechanism: Mechanism = Mechanism.DISINHIBITION,
    progress: Callable[[float], None] | None = None,
) -> Found:
    """Fit the free numbers to trials.

    Each round conducts the trials at the sizes found so far, fixes how rows scatter there, and climbs, until a round
    moves no free number by a tenth of its posterior SD. The first round starts from the priors and from where the
    records stand, and the next go on from the higher end; that of an account other than the default one starts from
    the priors and from the mode of the default's posterior.

    Args:
        names: The trials; all of calibration when None.
        seed: Seed of the named streams.
        people: In each arm.
        rounds: How often the trials are conducted at most.
        inflation: Further variance of small trials; see `likelihood.errors`.
        out: Folder for where each round ended.
        resume: Whether to go on from the rounds in that folder.
        begin: Posterior of these trials and others to begin at, in place of the priors and the records.
        mechanism: The account of how treatment works. Rows, priors and code are the same for all; numbers that an
            account rules out are not free under it.
        progress: Called with the share of the work that is done.

    Raises:
        EvidenceError: When a row that is not marked calibration would be fitted.
        EuthymiaError: When there is no round to do, nothing to resume from, or the account cannot be fitted.
    """
    if rounds < 1:
        raise EuthymiaError(f"rounds is {rounds}; expected 1 or more")
    if mechanism is Mechanism.CLOSED_LOOP:
        raise EuthymiaError(f"{mechanism.value!r} is solved person by person and not fitted; give another account")
    if resume and out is None:
        raise EuthymiaError("nothing to resume from: no folder was given; expected the one of the fit that was stopped")
    chosen = names_of_trials() if names is None else tuple(names)
    free, ends, averaging = free_under(mechanism), dict[str, float](), None
    x, done = _kept(out, chosen, mechanism) if resume else (None, 0)
    usual = None if mechanism is Mechanism.DISINHIBITION else posterior()
    for number in range(min(done, rounds - 1), rounds):
        sizes = sizes_at(x, free) if x is not None else sizes_of(begin or usual, free)
        fixed = [fix(load_trial(name), seed=seed, people=people, sizes=sizes, mechanism=mechanism) for name in chosen]
        model = build(fixed, sizes=sizes)
        slopes = Slopes(model)
        if x is None and begin is not None:
            x = from_posterior(model, begin)
        starts = {"": x} if x is not None else beginnings(model, usual)
        scatter = errors(model, jnp.asarray([*starts.values()][-1]), inflation)
        last = number + 1 == rounds
        if x is None:
            climbed = {name: climb(model, scatter, start, slopes=slopes, fine=False) for name, start in starts.items()}
            ends |= {name: one.log_posterior for name, one in climbed.items()}
            mode = max(climbed.values(), key=lambda one: one.log_posterior)
            settled = False
            if last:
                mode = climb(model, scatter, mode.x, slopes=slopes)
        else:
            mode = climb(model, scatter, x, slopes=slopes, averaging=averaging)
            averaging, settled = mode.averaging, moved(model, mode, x) < SETTLED
        x = mode.x
        if out is not None:
            _keep(out, chosen, mechanism, x, number + 1)
        if progress:
            progress(1.0 if last or settled else (number + 1) / rounds)
        if last or settled:
            return Found(model, scatter, mode, number + 1, ends)
    raise EuthymiaError("no round was done")


def moved(model: Model, mode: Mode, x: np.ndarray) -> float:
    """Return how far a free number is from where it was, at most, in posterior SDs."""
    count = len(model.free)
    return float(np.max(np.abs(mode.x - x)[:count] / np.sqrt(np.diag(mode.covariance)[:count])))


def beginnings(model: Model, usual: Posterior | None) -> dict[str, np.ndarray]:
    """Return where a first round begins, by name; the last is where it is taken how rows scatter.

    Args:
        model: Trials and what is free.
        usual: The default's posterior, for an account other than the default one.
    """
    prior = {PRIOR: np.zeros(model.size)}
    return prior | ({RECORDS: from_records(model)} if usual is None else {DEFAULT: from_posterior(model, usual)})


def from_records(model: Model) -> np.ndarray:
    """Return the standard normals at which every free number is that of its record's file, trials alike."""
    own = [prior.place(before(prior.name).value) for prior in model.free]
    return np.array([*own, *np.zeros(model.size - len(own))])


def from_posterior(model: Model, kept: Posterior) -> np.ndarray:
    """Return the standard normals at the mode of a posterior of these trials and others."""
    own = {f"{one.kind} of {one.trial}": one.mode for one in kept.effects}
    own |= {one.name: one.mode for one in kept.numbers}
    return np.array([own.get(name, 0.0) for name in model.names])


def sizes_at(x: np.ndarray, free: Sequence[Prior]) -> dict[str, float]:
    """Return the free numbers at ``x``, by name in their units."""
    return {prior.name: prior.value(float(at)) for prior, at in zip(free, x, strict=False)}


def sizes_of(kept: Posterior | None, free: Sequence[Prior]) -> dict[str, float]:
    """Return the free numbers at the mode of a posterior, as their records' files have them where it has none."""
    known = {} if kept is None else {one.name: one.value for one in kept.numbers}
    return {prior.name: known.get(prior.name, before(prior.name).value) for prior in free}


def _keep(out: Path, names: Sequence[str], mechanism: Mechanism, x: np.ndarray, rounds: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    path = out / "rounds.npz"
    part = path.with_suffix(".part.npz")
    np.savez(part, x=x, rounds=rounds, names=np.array(names), mechanism=mechanism.value)
    part.replace(path)


def _kept(out: Path | None, names: Sequence[str], mechanism: Mechanism) -> tuple[np.ndarray | None, int]:
    """Return where the rounds in a folder ended, and how many there were."""
    path = None if out is None else out / "rounds.npz"
    if path is None or not path.exists():
        return None, 0
    with np.load(path) as kept:
        if tuple(kept["names"]) != tuple(names):
            raise EuthymiaError(f"{path} is of other trials: {', '.join(kept['names'])}; expected {', '.join(names)}")
        if "mechanism" in kept and str(kept["mechanism"]) != mechanism.value:
            raise EuthymiaError(f"{path} is of the account {kept['mechanism']}; expected {mechanism.value}")
        return kept["x"], int(kept["rounds"])
