r"""The planned mixed model for repeated measures, for many replicates: the fit of `statistics.mmrm` on few rows.

Arms and baseline act at each visit by themselves, so a person's mean is linear in z = (1, arms, baseline) and of the
people with the same visits observed only the cross-products of z and y matter:

    sum_s (z_s, y_s)(z_s, y_s)' = R'R,   R the triangle of a QR decomposition                               (1)

So the rows of R stand in for the people of a pattern, and nothing of likelihood, errors or degrees of freedom changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from euthymia.errors import ConvergenceError
from euthymia.statistics.correlation import CompoundSymmetry, Toeplitz
from euthymia.statistics.covariance import Covariance, Unstructured
from euthymia.statistics.inference import Errors, contrast
from euthymia.statistics.layout import Layout, moments
from euthymia.statistics.likelihood import differentiate
from euthymia.statistics.mmrm import MMRM, Likelihood, fit_layout
from euthymia.statistics.table import TableError

if TYPE_CHECKING:
    from euthymia.statistics.repeated import LongData

ERRORS = Errors.KENWARD_ROGER_LINEAR
LADDER = (Unstructured(), Toeplitz(heterogeneous=True), CompoundSymmetry(heterogeneous=True))  # the first that fits
DEPENDENT = 1e-9  # of a column's length left after those before it, below which a coefficient has no people


@dataclass(frozen=True, eq=False)
class CrossProducts(Layout):
    """A layout whose rows stand in for more people.

    Attributes:
        people: How many people each pattern has, [pattern].
    """

    people: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Return the number of people of each pattern."""
        return self.people


def mmrm_contrasts(
    change: np.ndarray, baseline: np.ndarray, arm: np.ndarray, *, arms: int, visit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit the change by arm x visit and baseline x visit by REML, with the first covariance of the ladder that fits.

    Args:
        change: Change from baseline, [subject, visit]; NaN where not observed.
        baseline: [subject].
        arm: Numbers of the arms, 0 the reference, [subject]; -1 takes the subject out.
        arms: How many there are.
        visit: The visit asked about.

    Returns:
        Differences of the arms from the reference, standard errors and degrees of freedom (Kenward-Roger, linear),
        each [arm]; NaN where the model cannot be fitted.
    """
    nothing = np.full(arms - 1, np.nan)
    unknown = nothing, nothing, nothing
    layout = _layout(change, baseline, arm, arms)
    if layout is None:
        return unknown
    visits = change.shape[1]
    rows = np.eye(layout.X.shape[-1])[[(1 + place) * visits + visit for place in range(arms - 1)]]
    for structure in LADDER:
        try:
            found = contrast(_fitted(layout, structure), rows, errors=ERRORS)
        except (ConvergenceError, TableError, np.linalg.LinAlgError):
            continue
        return found.estimate, found.se, found.df
    return unknown


def _layout(change: np.ndarray, baseline: np.ndarray, arm: np.ndarray, arms: int) -> CrossProducts | None:
    """Return the data as cross-products; None where a coefficient has no people."""
    seen = np.isfinite(change)
    used = seen.any(1) & (arm >= 0) & np.isfinite(baseline)
    if not used.any():
        return None
    change, seen, arm, baseline = change[used], seen[used], arm[used], baseline[used]
    z = np.column_stack([np.ones(len(arm)), *(arm == place for place in range(1, arms)), baseline - baseline.mean()])
    observed, pattern = np.unique(seen, axis=0, return_inverse=True)
    pattern = pattern.reshape(-1)
    parts = [_stand_ins(z[pattern == place], change[pattern == place], here) for place, here in enumerate(observed)]
    y, X = (np.concatenate([part[at] for part in parts]) for at in range(2))
    starts = np.cumsum([0, *(len(part[0]) for part in parts[:-1])])
    columns = X.shape[-1]
    if seen.sum() <= columns or y.size < columns:
        return None
    Q, triangle = np.linalg.qr(X.reshape(-1, columns))
    lengths = np.linalg.norm(triangle, axis=0)
    if np.any(np.abs(np.diag(triangle)) <= DEPENDENT * lengths):
        return None
    matrices = len(observed)
    return CrossProducts(
        y=y,
        X=Q.reshape(X.shape),
        triangle=triangle,
        names=tuple(f"column {number}" for number in range(columns)),
        kept=np.arange(columns),
        starts=starts,
        pattern=np.repeat(np.arange(matrices), [len(part[0]) for part in parts]),
        observed=observed,
        matrix=np.zeros(matrices, dtype=np.int64),
        times=np.arange(change.shape[1], dtype=float)[None],
        group=np.zeros(1, dtype=np.int64),
        subjects=np.arange(len(y)),
        people=np.bincount(pattern),
    )


def _stand_ins(z: np.ndarray, change: np.ndarray, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes [row, visit] and columns [row, visit, column] that stand in for the people of a pattern."""
    visits = len(observed)
    R = np.asarray(np.linalg.qr(np.column_stack([z, change[:, observed]]), mode="r"))  # (1)
    y = np.zeros((len(R), visits))
    y[:, observed] = R[:, z.shape[1] :]
    here = np.eye(visits) * observed
    X = R[:, None, : z.shape[1], None] * here[None, :, None, :]
    return y, X.reshape(len(R), visits, -1)


def _fitted(layout: CrossProducts, structure: Covariance) -> MMRM:
    """Return the fit by REML; it has no table to name its rows by, so only numbered contrasts can be asked of it."""
    start = structure.start(_moments(layout), layout.times[0])
    found = fit_layout(layout, structure, Likelihood.REML, start)
    state, surfaces = found.kept
    slopes = differentiate(layout, state, surfaces, restricted=True)
    back = np.linalg.inv(layout.triangle)
    spread = back @ state.root
    return MMRM(
        data=cast("LongData", None),
        layout=layout,
        likelihood=Likelihood.REML,
        covariance=structure,
        refused=(),
        beta=back @ state.beta,
        beta_covariance=spread @ spread.T,
        theta=found.at,
        theta_covariance=2.0 * np.linalg.inv(slopes.hessian),
        sigma=surfaces[0].value[None],
        deviance=state.deviance,
        steps=found.steps,
        state=state,
        slopes=slopes,
        surfaces=tuple(surfaces),
    )


def _moments(layout: CrossProducts) -> np.ndarray:
    """Return the rough covariance of `moments`, divided by the people who were seen and not by those who stand in."""
    standing = layout.observed[layout.pattern].astype(float)
    seen = layout.observed.astype(float)
    people = seen.T @ (layout.people[:, None] * seen)
    return moments(layout) * np.maximum(standing.T @ standing, 1.0) / np.maximum(people, 1.0)
