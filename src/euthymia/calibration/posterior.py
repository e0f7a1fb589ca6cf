"""The posterior around its mode: Fisher's scoring up to it, and the normal that its curvature makes (Laplace).

    H = J' C^-1 J + 1,   step = H^-1 gradient                                                               (1)
    M = C + J_z J_z',   gradient of ln sd_k: less tr(1 - V)_k,   H_kl = 2 |(1 - V)_kl|^2                    (2)

J are the slopes of the predicted numbers by forward differentiation, all directions at once; an effect that trials have
of their own reaches only its trial's rows, so one direction serves all trials. The spreads between trials, and the
discrepancy, are climbed with the trials' effects z averaged over their posterior, whose covariance V is (1 + J_z' C^-1
J_z)^-1 (Laplace again): at the highest point of both together, spreads are far too large. What moves only covariances
has Fisher's information of the marginal M. How V depends on other free numbers is differenced once the search is near,
which takes as long as many steps, held while it goes on, and differenced again where it ended until nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from euthymia.calibration.likelihood import DISCREPANCY, Errors, discrepancy_of
from euthymia.calibration.model import Model

STEPS = 40
ENOUGH = 0.01  # gain of log posterior below which the search ends
ROUGHLY = 0.1  # the same below which what averaging over effects does to the slope is looked at too
LOOKS = 4  # most times that it is
SHIFT = 1e-3  # of a standard normal, for the difference that takes
HALVINGS = 6
LONGEST = 1.5  # longest move of one standard normal in one step
MANY = 100  # places at which numbers are predicted at a time
TOGETHER = 4  # directions differentiated at a time


@dataclass(frozen=True, eq=False)
class Mode:
    """Where the posterior is highest, and its curvature.

    Attributes:
        x: Standard normals of sizes and trial effects.
        covariance: Inverse of (1) there.
        jacobian: Slopes of the predicted numbers, [row, normal].
        predicted: The predicted numbers.
        log_posterior: Its logarithm without the constant.
        steps: How many were taken.
        averaging: What averaging over trials' own effects adds to the gradient of the free numbers there, [number].
    """

    x: np.ndarray
    covariance: np.ndarray
    jacobian: np.ndarray
    predicted: np.ndarray
    log_posterior: float
    steps: int
    averaging: np.ndarray


class Slopes:
    """The predicted numbers of a model and their slopes, compiled once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.predicted = jax.jit(model.predicted)
        self._along = jax.jit(jax.vmap(self._direction, in_axes=(None, 0)))
        self._many = jax.jit(jax.vmap(model.predicted))
        self.directions, self.home = _directions(model)

    def _direction(self, x: Array, v: Array) -> Array:
        return jax.jvp(self.model.predicted, (x,), (v,))[1]

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return the slopes at ``x``, [row, normal]."""
        parts = []
        for first in range(0, len(self.directions), TOGETHER):
            chosen = self.directions[first : first + TOGETHER]
            padded = np.pad(chosen, ((0, TOGETHER - len(chosen)), (0, 0)))
            parts.append(np.asarray(self._along(jnp.asarray(x), jnp.asarray(padded)))[: len(chosen)])
        return _spread_out(self.model, np.concatenate(parts), self.home)

    def of_effects(self, x: np.ndarray) -> np.ndarray:
        """Return the slopes at ``x`` by trials' own effects alone, zero by the free numbers, [row, normal]."""
        count = len(self.model.free)
        chosen = self.directions[count:]
        if not len(chosen):
            return np.zeros((len(self.model.published()), self.model.size))
        padded = np.pad(chosen, ((0, TOGETHER - len(chosen)), (0, 0)))
        along = np.asarray(self._along(jnp.asarray(x), jnp.asarray(padded)))[: len(chosen)]
        whole = np.concatenate([np.zeros((count, along.shape[1])), along])
        return _spread_out(self.model, whole, self.home)

    def many(self, x: np.ndarray) -> np.ndarray:
        """Return the predicted numbers at several places, [place, row]."""
        parts = [self._many(jnp.asarray(x[first : first + MANY])) for first in range(0, len(x), MANY)]
        return np.concatenate([np.asarray(part) for part in parts])


def climb(
    model: Model,
    errors: Errors,
    x: np.ndarray,
    *,
    slopes: Slopes | None = None,
    steps: int = STEPS,
    held: Sequence[int] = (),
    fine: bool = True,
    averaging: np.ndarray | None = None,
    published: np.ndarray | None = None,
    progress: Callable[[float], None] | None = None,
) -> Mode:
    """Climb from ``x`` to the nearest mode.

    Args:
        model: Trials, rows and what is free.
        errors: How rows scatter, standing still.
        x: Where to begin.
        slopes: Compiled slopes of the same model.
        steps: Largest number of steps.
        held: Normals that stay where they are.
        fine: Whether to go on to the very top, which takes most of the time.
        averaging: What averaging over effects adds to the gradient, where it is known from nearby; nothing when None.
        published: What was published; that of the model when None.
        progress: Called with the share of the steps that is done.
    """
    slopes = slopes or Slopes(model)
    published = model.published() if published is None else published
    free = np.setdiff1d(np.arange(model.size), np.array(held, dtype=int))
    here = _Place(model, errors, x, np.asarray(slopes.predicted(jnp.asarray(x))), published, slopes.at(x))
    own = np.zeros(len(model.free)) if averaging is None else averaging
    taken, looks, moved = 0, 0, True
    for taken in range(1, steps + 1):
        gradient, H = here.curvature()
        gradient[: len(model.free)] += own
        move = np.zeros(model.size)
        move[free] = np.linalg.solve(H[np.ix_(free, free)], gradient[free])
        move *= min(1.0, LONGEST / max(float(np.abs(move).max()), LONGEST))
        better = _better(here, move, slopes)
        gained = 0.0 if better is None else better.height() - here.height()
        if better is not None:
            here = replace(better, J=slopes.at(better.x))
        if progress:
            progress(taken / steps)
        if gained < (ENOUGH if looks or averaging is not None else ROUGHLY):
            if not fine or not model.own or looks == LOOKS or not moved:
                break
            own, looks, moved = _of_averaging(here, slopes), looks + 1, False
        else:
            moved = True
    _, H = here.curvature()
    return Mode(here.x, np.linalg.inv(H), here.J, here.predicted, here.height(), taken, own)


@dataclass(frozen=True, eq=False)
class _Place:
    """A place on the way: where, what is predicted there, and slopes (of where the step began, until renewed)."""

    model: Model
    errors: Errors
    x: np.ndarray
    predicted: np.ndarray
    published: np.ndarray
    J: np.ndarray

    @property
    def residual(self) -> np.ndarray:
        return self.published - self.predicted

    @property
    def own(self) -> slice:
        """Where trials' own effects are among the normals."""
        return slice(len(self.model.free), self.model.size)

    def covariance(self) -> np.ndarray:
        return np.asarray(self.errors.covariance(float(discrepancy_of(self.model, self.x))))

    def height(self) -> float:
        """Return the log posterior with trials' own effects averaged out around where they are."""
        try:
            found = log_of(self.model, self.errors, self.x, self.residual) - 0.5 * float(self.x @ self.x)
            found += self.averaging(self.J)
        except np.linalg.LinAlgError:
            return -np.inf
        return found if np.isfinite(found) else -np.inf

    def averaging(self, J: np.ndarray) -> float:
        """Return what averaging over trials' own effects adds to the height, for these slopes by effects."""
        Jz = J[:, self.own]
        return -0.5 * float(np.linalg.slogdet(np.eye(Jz.shape[1]) + Jz.T @ np.linalg.solve(self.covariance(), Jz))[1])

    def curvature(self) -> tuple[np.ndarray, np.ndarray]:
        """Return gradient and curvature, (1) and (2)."""
        model, C = self.model, self.covariance()
        spreads = _spreads(model)
        J = self.J.copy()
        J[:, [at for at, _, _ in spreads]] = 0.0
        inverse = np.linalg.inv(C)
        weighted = inverse @ self.residual
        gradient, H = self.J.T @ weighted - self.x, J.T @ inverse @ J + np.eye(self.x.size)
        Jz = self.J[:, self.own]
        inner = inverse @ Jz
        V = np.linalg.inv(np.eye(Jz.shape[1]) + Jz.T @ inner)
        learned = np.eye(len(V)) - V
        for at, width, part in spreads:
            gradient[at] -= width * float(np.trace(learned[part, part]))
            for other, wide, rest in spreads:
                H[at, other] += 2.0 * width * wide * float((learned[part, rest] ** 2).sum())
        place = next((at for at, prior in enumerate(model.free) if prior.name == DISCREPANCY), None)
        if place is not None:
            marginal = inverse - inner @ V @ inner.T
            now = float(discrepancy_of(model, self.x))
            change = 2.0 * model.free[place].width * (now * self.errors.scale) ** 2  # of the variances, by its normal
            gradient[place] += 0.5 * float(change @ (weighted**2 - np.diag(marginal)))
            H[place, place] += 0.5 * float(change @ marginal**2 @ change)
        return gradient, H


def _better(here: _Place, move: np.ndarray, slopes: Slopes) -> _Place | None:
    """Return a higher place along a move, by halving it; None where there is none."""
    now = here.height()
    for halving in range(HALVINGS):
        x = here.x + 0.5**halving * move
        there = replace(here, x=x, predicted=np.asarray(slopes.predicted(jnp.asarray(x))), J=slopes.of_effects(x))
        if there.height() > now:
            return there
    return None


def _of_averaging(here: _Place, slopes: Slopes) -> np.ndarray:
    """Return what averaging over effects adds to the gradient of the free numbers, by differences, [number].

    The spreads have it in (2) already, and so has the discrepancy.
    """
    count = len(here.model.free)
    known = {at for at, _, _ in _spreads(here.model)}
    known |= {at for at, prior in enumerate(here.model.free) if prior.name == DISCREPANCY}
    now, found = here.averaging(here.J), np.zeros(count)
    for at in sorted(set(range(count)) - known):
        x = here.x + SHIFT * np.eye(here.model.size)[at]
        found[at] = (here.averaging(slopes.of_effects(x)) - now) / SHIFT
    return found


def averaging_at(model: Model, errors: Errors, x: np.ndarray, slopes: Slopes) -> np.ndarray:
    """Return what averaging over trials' own effects adds to the gradient of the free numbers at a place, [number].

    Args:
        model: Trials, rows and what is free.
        errors: How rows scatter.
        x: The place.
        slopes: Compiled slopes of the same model.
    """
    predicted = np.asarray(slopes.predicted(jnp.asarray(x)))
    return _of_averaging(_Place(model, errors, x, predicted, model.published(), slopes.of_effects(x)), slopes)


def _spreads(model: Model) -> list[tuple[int, float, slice]]:
    """Return the spreads between trials that are free: place, width of the prior, and where their effects are."""
    found, first = list[tuple[int, float, slice]](), 0
    names = [prior.name for prior in model.free]
    for own in model.own:
        at = names.index(own.spread)
        found.append((at, model.free[at].width, slice(first, first + len(own.trials))))
        first += len(own.trials)
    return found


def gradient_at(model: Model, errors: Errors, x: np.ndarray, slopes: Slopes) -> np.ndarray:
    """Return the gradient of the log posterior of everything together, [normal], nothing averaged out."""
    residual = model.published() - np.asarray(slopes.predicted(jnp.asarray(x)))
    C = np.asarray(errors.covariance(float(discrepancy_of(model, x))))
    inverse = np.linalg.inv(C)
    weighted = inverse @ residual
    gradient = slopes.at(x).T @ weighted - x
    place = next((at for at, prior in enumerate(model.free) if prior.name == DISCREPANCY), None)
    if place is not None:
        change = 2.0 * model.free[place].width * (float(discrepancy_of(model, x)) * errors.scale) ** 2
        gradient[place] += 0.5 * float(change @ (weighted**2 - np.diag(inverse)))
    return gradient


def log_of(model: Model, errors: Errors, x: np.ndarray, residual: np.ndarray) -> float:
    """Return the log likelihood of residuals (published less predicted) without its constant."""
    C = np.asarray(errors.covariance(float(discrepancy_of(model, jnp.asarray(x)))))
    root = np.linalg.cholesky(C)
    z = np.linalg.solve(root, residual)
    return float(-0.5 * z @ z - np.log(np.diag(root)).sum())


def _directions(model: Model) -> tuple[np.ndarray, list[tuple[int, ...] | None]]:
    """Return directions to differentiate in, and of each the trials whose normals it moves at once; None for all."""
    found, home = list[np.ndarray](), list[Any]()
    for place in range(len(model.free)):
        found.append(np.eye(model.size)[place])
        home.append(None)
    first = len(model.free)
    for own in model.own:
        v = np.zeros(model.size)
        v[first : first + len(own.trials)] = 1.0
        found.append(v)
        home.append(own.trials)
        first += len(own.trials)
    return np.stack(found), home


def _spread_out(model: Model, along: np.ndarray, home: list[tuple[int, ...] | None]) -> np.ndarray:
    """Return the slopes by every normal from those along the directions, [row, normal]."""
    trial = np.repeat(np.arange(len(model.rows)), [len(rows) for rows in model.rows])
    trial = np.concatenate([trial, np.full(along.shape[1] - trial.size, -1)])
    columns = []
    for slope, trials in zip(along, home, strict=True):
        columns += [slope] if trials is None else [np.where(trial == place, slope, 0.0) for place in trials]
    return np.stack(columns, axis=1)
