"""The courses without a drug in JAX: natural recovery, care and sessions, as `symptoms.background` has them.

The same closed forms (1) to (3) of that module, written for sizes that are differentiated; the tests hold them to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.calibration.cascade import Values
from euthymia.calibration.fixed import Fixed, Rating
from euthymia.evidence import load_record
from euthymia.symptoms.background import NODES, REFERENCE_DAY, WEIGHTS
from euthymia.symptoms.setting import UNITS, Setting

DAY = 24.0  # h


@dataclass(frozen=True, eq=False)
class Courses:
    """Sizes of a setting's courses without a drug; times in h, sizes in points."""

    care_mean: Array
    care_sd: Array
    tau_care: Array
    shape_care: Array
    omega_care: Array
    session_mean: Array
    omega_session: Array
    tau_session: Array
    sd_visit: Array
    natural_fraction: Array
    tau_natural: Array

    @classmethod
    def of(cls, values: Values, setting: Setting) -> Courses:
        """Return the sizes of a setting; those that are not among the values are of the evidence."""
        record = load_record("amplitudes")

        def number(name: str) -> Array:
            at = f"{name}_{setting}" if setting is Setting.TABLETS and name in UNITS else name
            full = f"amplitudes.{at}"
            found = values[full] if full in values else record[at].value
            return jnp.asarray(found) * (DAY if record[at].unit == "d" else 1.0)

        return cls(**{name: number(name) for name in cls.__dataclass_fields__})


def without_drug(fixed: Fixed, sizes: Courses, care: Array | float = 0.0) -> Float[Array, "rating person"]:
    """Return the change of severity without a drug over the window of each rating, points.

    Args:
        fixed: The trial.
        sizes: Sizes of the courses.
        care: What the trial adds to everybody's response to care at study day 28, points.
    """
    return jnp.stack([_change(fixed, sizes, care, rating) for rating in fixed.ratings])


def _change(fixed: Fixed, sizes: Courses, care: Array | float, rating: Rating) -> Array:
    begin = max(rating.t - rating.window, 0.0)
    whole = rating.t - begin
    times = np.array([rating.t]) if rating.window == 0.0 else begin + 0.5 * whole * (NODES + 1.0)
    weights = np.ones(1) if rating.window == 0.0 else 0.5 * whole / rating.window * WEIGHTS
    who = fixed.normals
    natural = sizes.natural_fraction * who.baseline * jnp.expm1(-times[:, None] / sizes.tau_natural)
    own = sizes.tau_care * jnp.exp(sizes.omega_care * who.speed)
    reached = -jnp.expm1(-((times[:, None] / own) ** sizes.shape_care))
    full = -jnp.expm1(-((REFERENCE_DAY / sizes.tau_care) ** sizes.shape_care))
    cared = -(sizes.care_mean + care + sizes.care_sd * who.care) * reached / full
    return jnp.asarray(weights) @ (natural + cared) + _sessions(fixed, sizes, rating)


def _sessions(fixed: Fixed, sizes: Courses, rating: Rating) -> Array:
    if not fixed.sessions.size:
        return jnp.zeros(fixed.persons)
    omega, tau = sizes.omega_session, sizes.tau_session
    size = sizes.session_mean * jnp.exp(omega * fixed.normals.session - 0.5 * omega**2)
    since = np.maximum(rating.t - fixed.sessions, 0.0)
    if rating.window == 0.0:
        remains = jnp.where(fixed.sessions < rating.t, jnp.exp(-since / tau), 0.0)
    else:
        within = np.minimum(since, rating.window)
        remains = tau * (jnp.exp(-(since - within) / tau) - jnp.exp(-since / tau)) / rating.window
    return -size * (remains @ fixed.attended)
