"""How far a posterior may be believed: correlations, coverage of fitted rows, profiles, and ranks of simulations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.calibration import importance
from euthymia.calibration.likelihood import DISCREPANCY, Errors
from euthymia.calibration.model import Model
from euthymia.calibration.posterior import Slopes, climb
from euthymia.calibration.whole import Found
from euthymia.evidence.posterior import NINETY

RANKS = 99  # draws that a true number is ranked among
BINS = 10


@dataclass(frozen=True)
class Beside:
    """A fitted row beside its predictive interval for a new trial of its size.

    Attributes:
        trial: The trial's id.
        row_id: The published row.
        arm: The arm.
        kind: What it is of the arm.
        t: When, h.
        published: As printed.
        fitted: With the trial's own effects.
        typical: For a trial with none.
        low: Lower end of the 90 % interval.
        high: Upper end.
    """

    trial: str
    row_id: str
    arm: str
    kind: str
    t: float
    published: float
    fitted: float
    typical: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the published number lies in the interval."""
        return self.low <= self.published <= self.high


def coverage(found: Found) -> tuple[Beside, ...]:
    """Return every fitted row beside the 90 % interval of a new trial of its size, by the normal approximation.

    The interval holds the posterior of the free numbers, new effects of the trial, sampling and the discrepancy; what
    is known of the trial's own effects is forgotten.

    Args:
        found: The fit.
    """
    model, mode = found.model, found.mode
    count, rows = len(model.free), model.all_rows
    J = mode.jacobian[: len(rows)]
    typical = mode.predicted[: len(rows)] - J[:, count:] @ mode.x[count:]
    own = J[:, :count] @ mode.covariance[:count, :count]
    variance = (own * J[:, :count]).sum(1) + (J[:, count:] ** 2).sum(1) + _scatter(found)[: len(rows)]
    half = NINETY * np.sqrt(variance)
    return tuple(
        Beside(
            row.trial,
            row.row_id,
            row.arm,
            row.kind.value,
            row.t,
            row.published,
            float(mode.predicted[at]),
            float(typical[at]),
            float(typical[at] - half[at]),
            float(typical[at] + half[at]),
        )
        for at, row in enumerate(rows)
    )


def together(found: Found, most: int = 12) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of free numbers that go together most after the trials, with their correlations.

    Args:
        found: The fit.
        most: How many pairs.
    """
    count = len(found.model.free)
    cov = found.mode.covariance[:count, :count]
    r = cov / np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
    pairs = [(a, b) for a in range(count) for b in range(a)]
    pairs.sort(key=lambda pair: -abs(r[pair]))
    names = found.model.names
    return tuple((names[b], names[a], float(r[a, b])) for a, b in pairs[:most])


def profile(found: Found, name: str, places: Sequence[float]) -> np.ndarray:
    """Return how far the log posterior falls when a number is held and all others climb again, [place].

    Args:
        found: The fit.
        name: A free number.
        places: Where it is held, in posterior SDs from the mode.
    """
    at = found.model.names.index(name)
    sd = float(np.sqrt(found.mode.covariance[at, at]))
    slopes, fallen = Slopes(found.model), list[float]()
    for place in places:
        x = found.mode.x.copy()
        x[at] += place * sd
        ended = climb(found.model, found.errors, x, slopes=slopes, held=(at,))
        fallen.append(ended.log_posterior - found.mode.log_posterior)
    return np.array(fallen)


def simulated_ranks(model: Model, errors: Errors, count: int, *, weighed: bool = True, seed: int = 1) -> np.ndarray:
    """Return the ranks of true numbers among draws of their posteriors, [simulation, normal].

    In each simulation the standard normals are drawn from their prior, what would have been published from the
    likelihood, and the pipeline finds the posterior. Ranks are uniform where it is right (simulation-based calibration,
    Talts 2018).

    Args:
        model: A reduced set of trials and free numbers.
        errors: How rows scatter.
        count: Simulations.
        weighed: Whether draws are of the posterior itself (`importance.weighed`), or of the normal at the mode.
        seed: Of the generator.
    """
    slopes, ranks = Slopes(model), np.empty((count, model.size), dtype=int)
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        true = rng.standard_normal(model.size)
        made = np.asarray(slopes.predicted(true))
        C = np.asarray(errors.covariance(_discrepancy(model, true)))
        published = made + np.linalg.cholesky(C) @ rng.standard_normal(made.size)
        ended = climb(model, errors, np.zeros(model.size), slopes=slopes, published=published)
        if weighed:
            found = importance.weighed(model, errors, ended, rng, slopes=slopes, published=published)
            draws = found.resampled(rng, RANKS)
        else:
            root = np.linalg.cholesky(ended.covariance)
            draws = ended.x + rng.standard_normal((RANKS, model.size)) @ root.T
        ranks[number] = (draws < true).sum(0)
    return ranks


def uniformity(ranks: np.ndarray) -> np.ndarray:
    """Return the p-value of Pearson's chi-square test that ranks are uniform, [normal].

    Args:
        ranks: As of `simulated_ranks`.
    """
    from scipy.stats import chisquare

    bins = ranks * BINS // (RANKS + 1)
    counts = np.stack([(bins == one).sum(0) for one in range(BINS)])
    return np.asarray(chisquare(counts, axis=0).pvalue)


def _scatter(found: Found) -> np.ndarray:
    """Return the variance of rows by sampling and discrepancy."""
    discrepancy = _discrepancy(found.model, found.mode.x)
    return np.diag(np.asarray(found.errors.covariance(discrepancy)))


def _discrepancy(model: Model, x: np.ndarray) -> float:
    return next((p.value(float(x[at])) for at, p in enumerate(model.free) if p.name == DISCREPANCY), 0.0)


def inside_by_trial(rows: Sequence[Beside]) -> dict[str, tuple[int, int]]:
    """Return how many rows of each trial lie inside their interval, and how many there are."""
    trials = dict.fromkeys(row.trial for row in rows)
    return {
        trial: (sum(row.inside for row in rows if row.trial == trial), sum(row.trial == trial for row in rows))
        for trial in trials
    }
