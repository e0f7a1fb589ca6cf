"""The expected course of published trials: everybody's mean total, its scatter, and chances, smooth in the sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.calibration.cascade import Tracks, Values, course, side_by_side
from euthymia.calibration.fixed import Fixed
from euthymia.calibration.measured import Form, form, moments
from euthymia.calibration.undrugged import Courses, without_drug
from euthymia.errors import EuthymiaError
from euthymia.models.accounts import Mechanism
from euthymia.symptoms.items import Ideation


class Effects(NamedTuple):
    """What trials have of their own, each [trial].

    Attributes:
        care: Added to everybody's response to care at study day 28, points.
        gain: Factor on the drug's effect by connections.
        oral: Factor on the effect of serotonin.
        visit: Factor on the fluctuation from visit to visit.
    """

    care: Array
    gain: Array
    oral: Array
    visit: Array


class Expected(NamedTuple):
    """What a trial's people are rated in expectation, each [rating, person].

    Attributes:
        severity: True severity over the window, MADRS points.
        mean: Mean total on the trial's scale, points.
        variance: Variance of it, visit's fluctuation and rater's error.
        fluctuation: SD from visit to visit, MADRS points, a number.
    """

    severity: Float[Array, "rating person"]
    mean: Float[Array, "rating person"]
    variance: Float[Array, "rating person"]
    fluctuation: Array


@dataclass(frozen=True, eq=False)
class Trials:
    """Trials whose people stand still, ready to be run again with other sizes.

    Attributes:
        fixed: The trials.
        tracks: Their people beside one another.
        place: Number of each person's trial, [person].
        forms: The instrument of each trial.
    """

    fixed: tuple[Fixed, ...]
    tracks: Tracks
    place: np.ndarray
    forms: tuple[Form, ...]

    @classmethod
    def of(cls, fixed: Sequence[Fixed]) -> Trials:
        """Put trials beside one another.

        Raises:
            EuthymiaError: When they were conducted under several accounts.
        """
        accounts = {one.mechanism.value for one in fixed}
        if len(accounts) > 1:
            raise EuthymiaError(f"trials conducted under {' and '.join(sorted(accounts))}; expected one account")
        place = np.repeat(np.arange(len(fixed)), [one.persons for one in fixed])
        tracks = jax.tree.map(jnp.asarray, side_by_side([one.lanes for one in fixed]))
        return cls(tuple(fixed), tracks, place, tuple(map(_form_of, fixed)))

    @property
    def mechanism(self) -> Mechanism:
        """The account of how treatment works under which they were conducted."""
        return self.fixed[0].mechanism

    def alike(self) -> Effects:
        """Return the effects of trials that have nothing of their own."""
        ones = jnp.ones(len(self.fixed))
        return Effects(0.0 * ones, ones, ones, ones)


def expected(trials: Trials, values: Values, effects: Effects) -> tuple[Expected, ...]:
    """Return what every trial's people are rated in expectation.

    Args:
        trials: The trials.
        values: Sizes by full name, in the units of their records; those left out are of the evidence.
        effects: What trials have of their own.
    """
    gain, oral = effects.gain[trials.place], effects.oral[trials.place]
    sev, area = course(trials.tracks, values, gain, oral, trials.mechanism)
    found = []
    for number, (fixed, instrument) in enumerate(zip(trials.fixed, trials.forms, strict=True)):
        who = trials.place == number
        drug = _drug(fixed, sev[:, who], area[:, who])
        sizes = Courses.of(values, fixed.setting)
        belief = np.stack([rating.belief for rating in fixed.ratings])
        severity = without_drug(fixed, sizes, effects.care[number]) + drug + (fixed.normals.baseline + belief)
        fluctuation = sizes.sd_visit * effects.visit[number]
        found.append(Expected(severity, *moments(instrument, severity, fluctuation), fluctuation))
    return tuple(found)


def _drug(fixed: Fixed, sev: Array, area: Array) -> Array:
    """Return the drugs' change of severity over the window of each rating, [rating, person]."""
    found = []
    for rating in fixed.ratings:
        at = _at(fixed, rating.t)
        if rating.window == 0.0:
            found.append(sev[at])
        else:
            begin = _at(fixed, max(rating.t - rating.window, 0.0))
            found.append((area[at] - area[begin]) / rating.window)
    return jnp.stack(found)


def _at(fixed: Fixed, t: float) -> int:
    return int(np.argmin(np.abs(fixed.lanes.t - t)))


def _form_of(fixed: Fixed) -> Form:
    admitted = fixed.trial.population.suicidal_ideation
    return form(fixed.scale, Ideation.ADMITTED if admitted else Ideation.EXCLUDED)
