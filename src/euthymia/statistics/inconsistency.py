"""Whether a network agrees: studies of one design, designs with each other, direct with indirect evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.meta_analysis import Spread
from euthymia.statistics.network import Network
from euthymia.statistics.network_meta_analysis import between_studies, stack
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Disagreement:
    """A statistic of disagreement.

    Attributes:
        name: What disagrees.
        Q: Chi-square statistic.
        df: Degrees of freedom.
        p: p value; 1 without degrees of freedom.
    """

    name: str
    Q: float
    df: int
    p: float


@dataclass(frozen=True)
class Inconsistency:
    """Cochran's statistic of a network in parts.

    Attributes:
        total: Of one effect a comparison, in all studies.
        within: Of studies of one design, all designs together.
        between: Of designs with each other.
        by_design: Within each design that several studies have.
        between_random: Of designs with each other, once studies of one design may differ by ``tau2``.
        tau2: Variance between studies of one design.
    """

    total: Disagreement
    within: Disagreement
    between: Disagreement
    by_design: tuple[Disagreement, ...]
    between_random: Disagreement
    tau2: float


@dataclass(frozen=True, eq=False)
class Split:
    """Direct and indirect evidence for each comparison that studies made; arrays are [comparison].

    Attributes:
        names: 'treatment - comparator'.
        direct: Effect from studies that compared both.
        direct_se: Its standard error.
        indirect: Effect from the rest; NaN where there is none.
        indirect_se: Its standard error.
        difference: Direct - indirect.
        p: Two-sided p value of no difference.
    """

    names: tuple[str, ...]
    direct: Array
    direct_se: Array
    indirect: Array
    indirect_se: Array
    difference: Array
    p: Array


def inconsistency(network: Network, *, spread: Spread = Spread.DERSIMONIAN_LAIRD) -> Inconsistency:
    """Take Cochran's statistic of a network apart by design, the set of treatments that a study compared.

    Args:
        network: The studies.
        spread: How the variance between studies of one design is estimated, for ``between_random``.

    Returns:
        The parts; ``between_random`` is the test to read where studies of one design differ.

    Source:
        Krahn, Binder, König (2013), BMC Med Res Methodol 13:35; Jackson et al (2014), Stat Med 33:3639.
    """
    y, X, S, K = stack(network)
    D = _by_design(network)
    df_total, df_within = len(y) - X.shape[1], len(y) - D.shape[1]
    total, within = _misfit(y, X, S), _misfit(y, D, S)
    each = []
    for design in network.designs:
        own = [study for study in network.studies if study.arms == design]
        if len(own) > 1:
            yd, _, Sd, _ = stack(network, own)
            alone = np.tile(np.eye(len(design) - 1), (len(own), 1))
            each.append(_test(network.design_name(design), _misfit(yd, alone, Sd), len(yd) - len(design) + 1))
    tau2 = between_studies(y, D, S, K, spread)
    freed = _misfit(y, X, S + tau2 * K) - _misfit(y, D, S + tau2 * K)
    apart = df_total - df_within
    return Inconsistency(
        _test("all studies", total, df_total), _test("within designs", within, df_within),
        _test("between designs", total - within, apart), tuple(each),
        _test("between designs, random effects", freed, apart), tau2,
    )  # fmt: skip


def split(network: Network, tau2: float) -> Split:
    """Set direct evidence for each comparison beside indirect evidence.

    Studies that compared both treatments get an effect of their own for that comparison; the others give the indirect
    one. Both use one variance between studies.

    Args:
        network: The studies.
        tau2: Variance between studies, as the network's analysis found it.

    Raises:
        TableError: When tau2 is negative.

    Source:
        Dias, Welton, Caldwell, Ades (2010), Stat Med 29:932, of side-splitting; in studies of several arms, the
        treatment that comes later carries the difference (White 2015, Stata J 15:951).
    """
    from scipy.special import ndtr

    if not tau2 >= 0.0:
        raise TableError(f"a variance between studies of {tau2} given; it must be 0 or more")
    y, X, S, K = stack(network)
    W = np.linalg.inv(S + tau2 * K)
    pairs = sorted({(a, b) for study in network.studies for a in study.arms for b in study.arms if a < b})
    rows = [_one_split(network, y, X, W, pair) for pair in pairs]
    names = tuple(f"{network.treatments[b]} - {network.treatments[a]}" for a, b in pairs)
    direct, direct_se, indirect, indirect_se, difference, difference_se = np.array(rows).T
    return Split(
        names, direct, direct_se, indirect, indirect_se, difference, 2.0 * ndtr(-np.abs(difference / difference_se))
    )


def _one_split(network: Network, y: Array, X: Array, W: Array, pair: tuple[int, int]) -> tuple[float, ...]:
    """Return direct, indirect effect and difference of a pair, each with its error; NaN where nothing is indirect."""
    first, second = pair
    extra = np.concatenate(
        [
            [float({first, second} <= set(study.arms)) * sign for sign in _carried(study.arms, second)]
            for study in network.studies
        ]
    )
    full = np.column_stack([X, extra])
    row = np.zeros(len(network.treatments))
    row[second], row[first] = 1.0, -1.0
    if np.linalg.matrix_rank(full) < full.shape[1]:
        kept = np.linalg.inv(X.T @ W @ X)
        effect = float(row[1:] @ kept @ X.T @ W @ y)
        return effect, float(np.sqrt(row[1:] @ kept @ row[1:])), np.nan, np.nan, np.nan, np.nan
    covariance = np.linalg.inv(full.T @ W @ full)
    found = covariance @ full.T @ W @ y
    without, with_it = np.append(row[1:], 0.0), np.append(row[1:], 1.0)
    apart = np.append(np.zeros(len(row) - 1), 1.0)
    pieces: list[float] = []
    for weights in (with_it, without, apart):
        pieces += [float(weights @ found), float(np.sqrt(weights @ covariance @ weights))]
    return tuple(pieces)


def _carried(arms: tuple[int, ...], second: int) -> list[float]:
    """Return by how much each effect of a study changes when its arm ``second`` changes by one."""
    if arms[0] == second:
        return [-1.0] * (len(arms) - 1)
    return [float(arm == second) for arm in arms[1:]]


def _by_design(network: Network) -> Array:
    """Return columns that give every design effects of its own, [effect, design x comparison]."""
    designs = network.designs
    width = np.cumsum([0, *(len(design) - 1 for design in designs)])
    rows = []
    for study in network.studies:
        full = np.zeros((len(study.effects), width[-1]))
        full[:, width[designs.index(study.arms)] : width[designs.index(study.arms) + 1]] = np.eye(len(full))
        rows.append(full)
    return np.concatenate(rows)


def _misfit(y: Array, X: Array, V: Array) -> float:
    """Return the weighted sum of squares around the best fit."""
    lower = np.linalg.cholesky(V)
    left, right = np.linalg.solve(lower, X), np.linalg.solve(lower, y)
    residual = right - left @ np.linalg.lstsq(left, right, rcond=None)[0]
    return float(residual @ residual)


def _test(name: str, Q: float, df: int) -> Disagreement:
    from scipy.special import chdtrc

    return Disagreement(name, Q, df, float(chdtrc(df, Q)) if df else 1.0)
