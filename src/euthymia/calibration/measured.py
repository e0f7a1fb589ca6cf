"""What a rating of known severity is on average, and how it scatters: moments of totals in closed form.

A person's fluctuation from visit to visit is normal about the true severity; what is felt becomes a total by the
instrument's form, whose mean and mean square over raters are tables joined by straight lines. The mean of such a line
over a normal is exact, so every expectation here is smooth in severity and in the fluctuation.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr
from jaxtyping import Array

from euthymia.evidence import load_record
from euthymia.symptoms.items import Group, Ideation, Item, Items, covariance, profile
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import instrument, translate

PROFILES = 128  # quasi-random people over whom the raters' error in the items is averaged
FELT = np.concatenate([[-12.0, -6.0, -3.0], np.arange(0.0, 60.1, 3.0), [63.0, 66.0, 72.0]])  # knots, MADRS points
STRAIGHT = 1e-12  # change of slope below which a knot is none
LEAST = 0.25  # smallest variance of a total, squared points; below it the straight lines are too coarse
HALF = 0.5  # a total is whole points, so "at most k" is below k and a half


class Form(NamedTuple):
    """An instrument as a measurement of felt severity, by knots of `FELT`; beyond the outer ones it is flat.

    Attributes:
        mean: Mean total over raters, points, [knot].
        square: Mean of the squared total, [knot].
        spread: SD of the total over raters, points, [knot].
    """

    mean: np.ndarray
    square: np.ndarray
    spread: np.ndarray


@cache
def form(scale: Scale, ideation: Ideation = Ideation.EXCLUDED) -> Form:
    """Return an instrument's form.

    Args:
        scale: Which.
        ideation: Whether people with suicidal ideation are among the rated.
    """
    mean, spread = _of_items(ideation) if scale is Scale.MADRS else _of_total(scale)
    # A straight line between two knots of a square lies above it, on average by (step slope)^2/6.
    above = (np.gradient(FELT) * np.gradient(mean, FELT)) ** 2 / 6.0
    return Form(mean, mean**2 + spread**2 - above, spread)


def moments(form: Form, severity: Array | np.ndarray, fluctuation: Array | float) -> tuple[Array, Array]:
    """Return mean and variance of totals, points and their squares, of severity's shape.

    Args:
        form: The instrument.
        severity: True severity over the window asked about, MADRS points.
        fluctuation: SD of a person from visit to visit, MADRS points.
    """
    mean, square = (_averaged(table, jnp.asarray(severity), fluctuation) for table in (form.mean, form.square))
    return mean, jnp.maximum(square - mean**2, LEAST)


def below(
    form: Form, severity: Array | np.ndarray, fluctuation: Array | float, limit: Array | np.ndarray | float
) -> Array:
    """Return the chance of a total of at most ``limit`` (points), of severity's shape.

    The rater's error counts as it is where the mean total equals the limit.

    Args:
        form: The instrument.
        severity: True severity, MADRS points.
        fluctuation: SD of a person from visit to visit, MADRS points.
        limit: Highest total that counts, points; broadcasts.
    """
    passed = jax.lax.stop_gradient(jnp.floor(jnp.asarray(limit) + 1e-9)) + HALF
    inner = slice(3, -3)  # from nothing to the highest severity
    felt = jnp.interp(passed, form.mean[inner], FELT[inner])
    slope = jnp.interp(felt, FELT, np.gradient(form.mean, FELT))
    error = jnp.interp(felt, FELT, form.spread) / jnp.maximum(slope, 0.1)
    return ndtr((felt - severity) / jnp.sqrt(fluctuation**2 + error**2))


def density(z: Array) -> Array:
    """Return the density of the standard normal."""
    return jnp.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)


def _averaged(table: np.ndarray, severity: Array, fluctuation: Array | float) -> Array:
    """Return the mean of a table, straight between its knots and flat outside, over a normal."""
    slopes = np.diff(np.concatenate([[0.0], np.diff(table) / np.diff(FELT), [0.0]]))
    bent = np.abs(slopes) > STRAIGHT
    z = (severity[..., None] - FELT[bent]) / fluctuation
    return table[0] + (fluctuation * (density(z) + z * ndtr(z))) @ jnp.asarray(slopes[bent])


def _of_items(ideation: Ideation) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and SD of the MADRS total over raters, [knot]: the items add up to the severity, cut to the scale."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    items = Items.from_record(load_record("items"), ideation)
    columns = len(Group) + len(Item)
    normals = ndtri(qmc.Sobol(columns, scramble=False).random(PROFILES) + 0.5 / PROFILES)
    own = profile(items, normals[:, : len(Group)], normals[:, len(Group) :])
    highest = instrument(Scale.MADRS).highest
    felt = np.clip(FELT, 0.0, highest)
    errors = [covariance(items, np.full(PROFILES, at), own)[1].sum() for at in felt]
    return felt, np.sqrt(np.array(errors))


def _of_total(scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and SD over raters of a total that is rounded and cut to its range, [knot]."""
    facts = instrument(scale)
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    centre = translate(FELT, Scale.MADRS, scale)
    totals = np.clip(centre[:, None] + facts.sd_error * nodes, 0.0, facts.highest)
    weights = weights / weights.sum()
    mean = totals @ weights
    rounding = 1.0 / 12.0  # variance of rounding to whole points
    return mean, np.sqrt((totals**2) @ weights - mean**2 + rounding)
