"""The statistical model: standard normals to sizes and trial effects, and these to every fitted number.

Every free number and every trial's own effect is a standard normal before the data (non-centred), so that the prior is
the same for all of them and the trials are pooled by the spreads that are free themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.calibration import anchors as outside
from euthymia.calibration.expected import Effects, Expected, Trials, expected
from euthymia.calibration.fixed import Fixed
from euthymia.calibration.measured import below
from euthymia.calibration.priors import Prior, Scale, free_under
from euthymia.calibration.rows import Kind, Row, Unused, rows_of
from euthymia.symptoms.setting import Setting

PERCENT = 100.0
TINY = 1e-9


@dataclass(frozen=True)
class Own:
    """An effect that some trials have of their own.

    Attributes:
        name: What it is.
        spread: The free number that is its SD between trials.
        trials: Which trials have it.
    """

    name: str
    spread: str
    trials: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Model:
    """Trials with their rows and what is free.

    Attributes:
        trials: The trials, their people standing still.
        rows: The fitted rows of each trial.
        unused: Calibration rows that are not fitted.
        free: The free numbers.
        own: The effects that trials have of their own.
        anchored: Whether what is known from outside the trials counts too.
        starts: What everybody was rated at the start of the phase of each rating, [rating, person], by trial.
    """

    trials: Trials
    rows: tuple[tuple[Row, ...], ...]
    unused: tuple[Unused, ...]
    free: tuple[Prior, ...]
    own: tuple[Own, ...]
    anchored: bool
    starts: tuple[np.ndarray, ...]

    @property
    def size(self) -> int:
        """How many standard normals there are."""
        return len(self.free) + sum(len(one.trials) for one in self.own)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the standard normals: free numbers, then effects by trial."""
        ids = [fixed.trial.id for fixed in self.trials.fixed]
        return (
            *(prior.name for prior in self.free),
            *(f"{one.name} of {ids[place]}" for one in self.own for place in one.trials),
        )

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The fitted rows of all trials, without anchors."""
        return tuple(row for rows in self.rows for row in rows)

    def values(self, x: Array) -> dict[str, Array]:
        """Return the free numbers, in the units of their records, from the standard normals."""
        return {prior.name: _value(prior, x[place]) for place, prior in enumerate(self.free)}

    def effects(self, x: Array) -> Effects:
        """Return what trials have of their own."""
        values, count = self.values(x), len(self.trials.fixed)
        found, first = {}, len(self.free)
        for one in self.own:
            z = jnp.zeros(count).at[np.array(one.trials, dtype=int)].set(x[first : first + len(one.trials)])
            found[one.name] = values[one.spread] * z if one.spread in values else 0.0 * z
            first += len(one.trials)
        nothing = jnp.zeros(count)
        gain = values.get("amplitudes.gain", jnp.ones(()))
        return Effects(
            care=found.get("care", nothing),
            gain=1.0 + found.get("drug effect", nothing) / gain,
            oral=1.0 + found.get("effect of tablets", nothing),
            visit=jnp.exp(found.get("fluctuation", nothing)),
        )

    def predicted(self, x: Array) -> Float[Array, " row"]:
        """Return every fitted number: rows by trial, then anchors."""
        values = self.values(x)
        found = expected(self.trials, values, self.effects(x))
        parts = [
            statistics(fixed, rows, one, start, instrument, values)
            for fixed, rows, one, start, instrument in zip(
                self.trials.fixed, self.rows, found, self.starts, self.trials.forms, strict=True
            )
            if rows
        ]
        return jnp.concatenate([*parts, outside.predicted(values, self.trials.mechanism)] if self.anchored else parts)

    def published(self) -> np.ndarray:
        """Return what was published, in the order of `predicted`."""
        own = [row.published for row in self.all_rows]
        return np.array([*own, *(one.published for one in outside.anchors())] if self.anchored else own)


def build(
    fixed: Sequence[Fixed],
    *,
    free: Sequence[Prior] | None = None,
    anchored: bool = True,
    sizes: Mapping[str, float] | None = None,
) -> Model:
    """Return the model of some trials.

    Args:
        fixed: The trials, conducted once.
        free: What is free; everything with a prior that the account does not rule out when None.
        anchored: Whether what is known from outside the trials counts too.
        sizes: The numbers that the trials were conducted with; those of the evidence when None.

    Raises:
        EvidenceError: When a row that could be fitted is not marked calibration.
    """
    trials = Trials.of(fixed)
    rows, unused = zip(*(rows_of(one) for one in fixed), strict=True)
    chosen = tuple(free_under(trials.mechanism) if free is None else free)
    now = jax.jit(lambda effects: expected(trials, sizes or {}, effects))(trials.alike())
    starts = tuple(_starts(one, at) for one, at in zip(fixed, now, strict=True))
    everyone = tuple(range(len(fixed)))
    dosed = tuple(place for place in everyone if np.any(fixed[place].lanes.trigger > TINY))
    at_home = tuple(place for place in everyone if fixed[place].setting is Setting.TABLETS)
    own = (
        Own("care", "amplitudes.sd_trial_care", everyone),
        Own("drug effect", "amplitudes.sd_trial_gain", dosed),
        Own("effect of tablets", "calibration.sd_trial_oral", at_home),
        Own("fluctuation", "calibration.sd_trial_visit", everyone),
    )
    named = {prior.name for prior in chosen}
    return Model(
        trials,
        tuple(map(tuple, rows)),
        tuple(one for part in unused for one in part),
        chosen,
        tuple(one for one in own if one.spread in named and one.trials),
        anchored,
        starts,
    )


def statistics(fixed: Fixed, rows: Sequence[Row], found: Expected, start: np.ndarray, form, values) -> Array:
    """Return the fitted numbers of a trial, points or percent, [row].

    Args:
        fixed: The trial.
        rows: Its rows.
        found: What its people are rated in expectation.
        start: What they were rated at the start of the phase, less what was expected then, [rating, person].
        form: The trial's instrument.
        values: Sizes by full name.
    """
    base = base_of(fixed, found, start)
    change = found.mean - base
    second = change**2 + found.variance
    fall = 1.0 - fixed.trial.response.fall
    responds = _chance(form, found, fall * base)
    limits = {row.threshold for row in rows if row.kind is Kind.REMISSION}
    remits = {limit: _chance(form, found, limit) for limit in limits}

    weights = np.stack([row.weight.ravel() for row in rows if row.kind is not Kind.CADSS] or [np.zeros(change.size)])
    averaged = {
        what: jnp.asarray(weights) @ of.ravel()
        for what, of in (("change", change), ("second", second), ("responds", responds), ("total", found.mean))
    } | {limit: jnp.asarray(weights) @ of.ravel() for limit, of in remits.items()}
    others = [row for row in rows if row.kind is not Kind.CADSS]

    def one(row: Row) -> Array:
        if row.kind is Kind.CADSS:
            gain = values.get("amplitudes.CADSS_gain", fixed.amplitudes.value("CADSS_gain", "points"))
            return gain * float(fixed.CADSS @ row.weight[0])
        at = next(place for place, other in enumerate(others) if other is row)
        match row.kind:
            case Kind.SPREAD:
                return jnp.sqrt(averaged["second"][at] - averaged["change"][at] ** 2)
            case Kind.RESPONSE:
                return PERCENT * averaged["responds"][at]
            case Kind.REMISSION:
                return PERCENT * averaged[row.threshold][at]
            case Kind.DIFFERENCE:
                return averaged["total"][at] - (found.mean * _other(row)).sum()
            case Kind.CORRELATION:
                return _correlation(change, second, row)
            case _:
                return averaged["change"][at]

    return jnp.stack([one(row) for row in rows])


def _chance(form, found: Expected, limit: Array | float) -> Array:
    return below(form, found.severity, found.fluctuation, limit)


def _correlation(change: Array, second: Array, row: Row) -> Array:
    """Return the correlation of people's changes at two ratings, within and between them."""
    one, other = (int(np.flatnonzero(weight.any(1))[0]) for weight in (row.weight, _other(row)))
    together = (change[one] * change[other]).mean() - change[one].mean() * change[other].mean()
    spread = [second[at].mean() - change[at].mean() ** 2 for at in (one, other)]
    return together / jnp.sqrt(spread[0] * spread[1])


def _other(row: Row) -> np.ndarray:
    return np.zeros_like(row.weight) if row.against is None else row.against


def base_of(fixed: Fixed, found: Expected, start: np.ndarray) -> Array:
    """Return the rating at the start of the phase of each rating; a later phase starts with a rating of its own."""
    rows = []
    for place, rating in enumerate(fixed.ratings):
        begin = _begin(fixed, rating.t)
        rows.append(start[place] if begin is None else start[place] + found.mean[begin])
    return jnp.stack(rows)


def _starts(fixed: Fixed, found: Expected) -> np.ndarray:
    """Return ratings at the start of phases, of later ones less what is expected of them at the present sizes."""
    rows = []
    for rating in fixed.ratings:
        phase = next(one for one in reversed(fixed.data.phases) if one.phase.start < rating.t)
        begin = _begin(fixed, rating.t)
        rated = phase.on(fixed.scale).baseline[0]
        rows.append(rated if begin is None else rated - np.asarray(found.mean[begin]))
    return np.stack(rows)


def _begin(fixed: Fixed, t: float) -> int | None:
    """Return the rating at the start of the phase that a rating at ``t`` belongs to; None for the first phase."""
    phase = next(one for one in reversed(fixed.trial.phases) if one.start < t)
    if phase is fixed.trial.phases[0]:
        return None
    return next(place for place, one in enumerate(fixed.ratings) if one.t == phase.start)


def _value(prior: Prior, x: Array) -> Array:
    if prior.scale is Scale.LOG:
        return prior.centre * jnp.exp(prior.width * x)
    odds = prior.centre / (1.0 - prior.centre) * jnp.exp(prior.width * x)
    return odds / (1.0 + odds)
