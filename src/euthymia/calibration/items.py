"""Fitting the MADRS items: published item means before and after treatment, internal consistency, and raters' error.

The means are of people without suicidal ideation (pooled GEMINI and ASCEND). Each published mean is that of a
population whose total has the published mean and an assumed spread, so that floors count; the same quasi-random people
stand for every population.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from euthymia.calibration.fitted import Residual, rewritten
from euthymia.evidence import Record, load_record
from euthymia.symptoms.items import HIGHEST, MIDDLE, Group, Item, Items, covariance, expected, profile, reliability

PEOPLE = 1024  # quasi-random people of each population; a power of two, as Sobol's points want
SE_MEAN = 0.1  # points; an SD between people of 1.4 (assumed) over the root of 198, and the rounding of a printed mean
SE_ALPHA = 0.035  # half the difference between the two published values
SE_SEM = 0.1  # points
ALPHA = {"S0487": 0.84, "S0488": 0.91}  # Cronbach's alpha of the MADRS in treatment-resistant depression
SD_BASELINE = 5.69  # points; between people at entry, TRANSFORM-2, as the trials of the item means do not say
SD_LATER = 10.67  # points; between people at day 28 of TRANSFORM-2
NORMAL = 0.01  # how closely slopes average 1 and locations the middle, which only says what theta is measured in
STEP = 1e-3  # for differences
TREATED, CONTROL = "dextromethorphan-bupropion", "control"

# Rows S0532 to S0571: baseline and change to week 6 of the control arm, then of the treated arm, points.
PUBLISHED = {
    Item.APPARENT_SADNESS: (3.8, -1.8, 3.8, -2.2),
    Item.REPORTED_SADNESS: (4.2, -1.7, 4.2, -2.2),
    Item.INNER_TENSION: (3.2, -1.0, 3.2, -1.7),
    Item.REDUCED_SLEEP: (3.9, -1.0, 3.9, -1.4),
    Item.REDUCED_APPETITE: (2.3, -1.0, 2.7, -1.3),
    Item.CONCENTRATION: (3.7, -1.4, 3.7, -1.8),
    Item.LASSITUDE: (3.9, -1.8, 3.9, -2.1),
    Item.INABILITY_TO_FEEL: (4.0, -1.6, 4.0, -2.1),
    Item.PESSIMISTIC_THOUGHTS: (3.4, -1.5, 3.3, -2.0),
    Item.SUICIDAL_THOUGHTS: (0.7, -0.3, 0.7, -0.4),
}


@dataclass(frozen=True, eq=False)
class Population:
    """Published item means of one arm at one visit, and the spread of the total there.

    Attributes:
        what: Arm and visit.
        means: Item means, points, [item].
        sd: SD of the true total between people, points.
    """

    what: str
    means: np.ndarray
    sd: float

    @property
    def total(self) -> float:
        """Mean of the total, points: the item means add up to it."""
        return float(self.means.sum())


@dataclass(frozen=True)
class ItemFit:
    """Fitted numbers with their standard errors, and the misfit row by row."""

    values: Mapping[str, float]
    errors: Mapping[str, float]
    residuals: tuple[Residual, ...]

    def __str__(self) -> str:
        lines = [f"{name:34s} {value:8.3f}  (se {self.errors[name]:.2g})" for name, value in self.values.items()]
        lines.append(f"\n{'row':58s} {'published':>9s} {'fitted':>7s} {'z':>6s}")
        lines += [
            f"{row.what:58s} {row.published:9.2f} {row.fitted:7.2f} {(row.fitted - row.published) / row.se:+6.1f}"
            for row in self.residuals
        ]
        return "\n".join(lines)


def populations() -> tuple[Population, ...]:
    """Return the published item means by arm and visit."""
    table = np.array([PUBLISHED[item] for item in Item])
    control, treated = table[:, :2], table[:, 2:]
    return (
        Population(f"{CONTROL}, baseline", control[:, 0], SD_BASELINE),
        Population(f"{CONTROL}, week 6", control.sum(1), SD_LATER),
        Population(f"{TREATED}, baseline", treated[:, 0], SD_BASELINE),
        Population(f"{TREATED}, week 6", treated.sum(1), SD_LATER),
    )


def people(mean: float, sd: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return quasi-random people: severities, points, [person], and draws of profiles, [person, group], [person, item].

    Severities have a beta distribution over the whole scale, with the mean and SD asked for.

    Args:
        mean: Mean severity, points.
        sd: SD between people, points.
    """
    from scipy.special import ndtri
    from scipy.stats import beta

    u = _uniforms()
    highest = HIGHEST * len(Item)
    share = mean / highest
    weight = share * (1.0 - share) * (highest / sd) ** 2 - 1.0
    severity = highest * beta.ppf(u[:, 0], share * weight, (1.0 - share) * weight)
    normals = ndtri(u[:, 1:])
    return severity, normals[:, : len(Group)], normals[:, len(Group) :]


def fit() -> ItemFit:
    """Fit locations, slopes and the two SDs by least squares to the published values.

    Example:
        python -c 'from euthymia.calibration.items import fit; print(fit())'
    """
    from scipy.optimize import least_squares

    record = load_record("items")
    start = _start()

    def misfit(x: np.ndarray) -> np.ndarray:
        items = _items(x, record)
        data = [(row.fitted - row.published) / row.se for row in compare(items)]
        return np.array([*data, (items.slope.mean() - 1.0) / NORMAL, (items.location.mean() - MIDDLE) / NORMAL])

    found = least_squares(misfit, start, diff_step=STEP, x_scale="jac")
    values = _values(found.x)
    errors = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))
    errors[-2:] *= np.exp(found.x[-2:])  # the SDs are fitted on the log scale
    return ItemFit(
        values=values,
        errors=dict(zip(values, map(float, errors), strict=True)),
        residuals=compare(_items(found.x, record)),
    )


def compare(items: Items) -> tuple[Residual, ...]:
    """Return published item means, alphas and the raters' error beside ours.

    Args:
        items: The model of people without suicidal ideation.
    """
    found = []
    for population in populations():
        severity, group, own = people(population.total, population.sd)
        means = expected(items, severity, profile(items, group, own)).mean(0)
        found += [
            Residual(f"{population.what}: {item}", float(population.means[item.column]), float(ours), SE_MEAN)
            for item, ours in zip(Item, means, strict=True)
        ]
    severity, group, own = people(populations()[1].total, SD_LATER)
    ours = reliability(*covariance(items, severity, profile(items, group, own)))
    found += [Residual(f"{row} alpha", alpha, ours.alpha, SE_ALPHA) for row, alpha in ALPHA.items()]
    sem = load_record("rating").value("sem", "points")
    return (*found, Residual("S0484 standard error of measurement", sem, ours.sem, SE_SEM))


def updated(found: ItemFit, record: str) -> str:
    """Return the text of the record `items` with fitted values and their relative errors, all else as it stands.

    Args:
        found: The fit.
        record: The text of the record's TOML file.
    """
    return rewritten(record, found.values, found.errors)


@cache
def _uniforms() -> np.ndarray:
    """Return the same points of the unit cube every time, [person, severity and draws]."""
    from scipy.stats import qmc

    return qmc.Sobol(1 + len(Group) + len(Item), scramble=False).random(PEOPLE) + 0.5 / PEOPLE


def _start() -> np.ndarray:
    """Return a first guess: locations from the means before treatment, slopes of 1, and middling SDs."""
    means = np.array([PUBLISHED[item][0] for item in Item])
    return np.concatenate([means - means.mean() + MIDDLE, np.ones(len(Item)), np.log([0.7, 0.7])])


def _items(x: np.ndarray, record: Record) -> Items:
    n = len(Item)
    sds = np.exp(x[2 * n :])
    return replace(
        Items.from_record(record),
        location=x[:n],
        slope=x[n : 2 * n],
        sd_profile=float(sds[0]),
        sd_error=float(sds[1]),
    )


def _values(x: np.ndarray) -> dict[str, float]:
    """Return parameters by their names in the record."""
    names = [item.name.lower() for item in Item]
    keys = [*(f"location_{name}" for name in names), *(f"slope_{name}" for name in names), "sd_profile", "sd_error"]
    return dict(zip(keys, map(float, np.concatenate([x[:-2], np.exp(x[-2:])])), strict=True))
