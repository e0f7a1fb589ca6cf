"""Mixed models for repeated measures: a mean, a covariance between visits, and what is missing at random left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import ConvergenceError
from euthymia.statistics.covariance import Correlated, Covariance, Surface, Unstructured
from euthymia.statistics.layout import Layout, lay_out, moments
from euthymia.statistics.likelihood import Slopes, State, differentiate, evaluate
from euthymia.statistics.newton import Minimum, minimise
from euthymia.statistics.repeated import LongData, RepeatedMeasures, read_long
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
ADVICE = "try a covariance of fewer parameters, one covariance for all arms, or name fallbacks"


class Likelihood(Enum):
    """Which likelihood is made largest."""

    REML = "restricted maximum likelihood"
    ML = "maximum likelihood"


@dataclass(frozen=True, eq=False)
class MMRM:
    """A fitted model for repeated measures.

    Attributes:
        data: The table as read.
        layout: The usable rows, arranged.
        likelihood: Which likelihood was made largest.
        covariance: The structure that was fitted.
        refused: Structures tried before it, each with the reason why it could not be fitted.
        beta: Coefficients of the named columns, [column].
        beta_covariance: Their covariance as if the visits' covariance were known, [column, column].
        theta: Covariance parameters, those of one group after another, [parameter].
        theta_covariance: Inverse of their observed information, [parameter, parameter].
        sigma: Covariance of the visits, [group, visit, visit]; at the typical times where times differ.
        deviance: Minus twice the log likelihood.
        steps: Steps of the search.
        state: The likelihood at the estimate.
        slopes: Its derivatives.
        surfaces: Covariance and derivatives of each distinct matrix.
    """

    data: LongData
    layout: Layout
    likelihood: Likelihood
    covariance: Covariance
    refused: tuple[str, ...]
    beta: Array
    beta_covariance: Array
    theta: Array
    theta_covariance: Array
    sigma: Array
    deviance: float
    steps: int
    state: State
    slopes: Slopes
    surfaces: tuple[Surface, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the coefficients."""
        return self.layout.names

    @property
    def aic(self) -> float:
        """Return Akaike's criterion; under REML only covariance parameters count."""
        count = len(self.theta) + (len(self.beta) if self.likelihood is Likelihood.ML else 0)
        return self.deviance + 2.0 * count


def fit_mmrm(
    table: Any,
    measures: RepeatedMeasures,
    covariance: Covariance | None = None,
    *,
    likelihood: Likelihood = Likelihood.REML,
    by_arm: bool = False,
    fallbacks: Sequence[Covariance] = (),
) -> MMRM:
    """Fit a mixed model for repeated measures.

    Args:
        table: A row for each subject and visit: pandas, Polars, Arrow or a mapping of columns.
        measures: Which columns mean what, and the fixed effects.
        covariance: Structure of the covariance between visits; unstructured if left out.
        likelihood: Restricted (the usual choice) or not.
        by_arm: Whether each arm has covariance parameters of its own.
        fallbacks: Structures to try in turn where the one before cannot be fitted; the fit says which it is.

    Returns:
        The fit; ``contrast``, ``marginal_means`` and ``differences`` read it.

    Raises:
        UnknownNameError: When a column or level does not exist.
        TableError: When the rows cannot be used as they are.
        ConvergenceError: When no structure can be fitted.

    Source:
        Mallinckrodt et al (2008), Drug Inf J 42:303; the likelihood as in ``likelihood.py``.
    """
    return fit_long(read_long(table, measures), covariance, likelihood=likelihood, by_arm=by_arm, fallbacks=fallbacks)


def fit_long(
    data: LongData,
    covariance: Covariance | None = None,
    *,
    likelihood: Likelihood = Likelihood.REML,
    by_arm: bool = False,
    fallbacks: Sequence[Covariance] = (),
    start: Array | None = None,
) -> MMRM:
    """Fit a table that has been read, as ``fit_mmrm`` does.

    Args:
        data: The table.
        covariance: Structure of the covariance between visits; unstructured if left out.
        likelihood: Restricted or not.
        by_arm: Whether each arm has covariance parameters of its own.
        fallbacks: Structures to try in turn.
        start: Covariance parameters from which the first structure is sought; rough ones if left out.

    Raises:
        TableError: When the rows cannot be used as they are.
        ConvergenceError: When no structure can be fitted.
    """
    layout = lay_out(data, by_arm=by_arm)
    refused: list[str] = []
    for structure in (covariance or Unstructured(), *fallbacks):
        try:
            return _fit(data, layout, structure, likelihood, tuple(refused), None if refused else start)
        except ConvergenceError as error:
            refused.append(f"{structure.title}: {error}")
    raise ConvergenceError(f"no covariance could be fitted ({'; '.join(refused)}); {ADVICE}")


def fit_layout(
    layout: Layout, structure: Covariance, likelihood: Likelihood, start: Array | None = None
) -> Minimum[tuple[State, list[Surface]]]:
    """Return the covariance parameters of largest likelihood, with the covariance of each distinct matrix there."""
    visits = layout.X.shape[1]
    if visits < 2 and isinstance(structure, Correlated):
        raise TableError(f"{structure.title} needs two visits at least; the table has {visits}")
    restricted = likelihood is Likelihood.REML

    def surfaces(theta: Array) -> list[Surface]:
        sets = theta.reshape(layout.groups, -1)
        return [structure.surface(sets[g], times) for g, times in zip(layout.group, layout.times, strict=True)]

    def value(theta: Array) -> tuple[float, tuple[State, list[Surface]]] | None:
        with np.errstate(over="ignore", invalid="ignore"):
            here = surfaces(theta)
            sigma = np.stack([each.value for each in here])
        if not np.all(np.isfinite(sigma)):
            return None
        state = evaluate(layout, sigma, restricted=restricted)
        return None if state is None else (state.deviance, (state, here))

    def derivatives(_: Array, kept: tuple[State, list[Surface]]) -> tuple[Array, Array]:
        slopes = differentiate(layout, *kept, restricted=restricted)
        return slopes.gradient, slopes.hessian

    if start is None:
        start = np.tile(structure.start(moments(layout), np.median(layout.times, axis=0)), layout.groups)
    return minimise(value, derivatives, start)


def _fit(
    data: LongData,
    layout: Layout,
    structure: Covariance,
    likelihood: Likelihood,
    refused: tuple[str, ...],
    start: Array | None,
) -> MMRM:
    found = fit_layout(layout, structure, likelihood, start)
    state, surfaces = found.kept
    slopes = differentiate(layout, state, surfaces, restricted=likelihood is Likelihood.REML)
    back = np.linalg.inv(layout.triangle)
    spread = back @ state.root
    typical = np.median(layout.times, axis=0)
    sets = found.at.reshape(layout.groups, -1)
    return MMRM(
        data=data, layout=layout, likelihood=likelihood, covariance=structure, refused=refused,
        beta=back @ state.beta, beta_covariance=spread @ spread.T, theta=found.at,
        theta_covariance=2.0 * np.linalg.inv(slopes.hessian),
        sigma=np.stack([structure.surface(theta, typical).value for theta in sets]),
        deviance=state.deviance, steps=found.steps, state=state, slopes=slopes, surfaces=tuple(surfaces),
    )  # fmt: skip
