"""The mixed model for repeated measures of every replicate of a conducted phase, fitted once and kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from euthymia.evidence.published import Estimator
from euthymia.statistics.replicated_fit import Fitted, ReplicatedMMRM, fit_replicates
from euthymia.symptoms.scale import Scale
from euthymia.trials.data import PhaseData
from euthymia.trials.design import reference_of
from euthymia.trials.quantity import change_by


@dataclass(frozen=True, eq=False)
class Mixed:
    """The fits of a phase.

    Attributes:
        fits: Means and differences, [replicate, arm, visit], and how each fit ended.
        arms: Names of the arms in their order; arms taken together go by the name of the first of them.
        visits: Places, among the phase's visits, of those at which anybody was rated.
    """

    fits: ReplicatedMMRM
    arms: tuple[str, ...]
    visits: tuple[int, ...]

    def mean(self, arm: str, visit: int) -> np.ndarray:
        """Return the mean change of an arm at a visit of the phase, points, [replicate]."""
        return self._at(self.fits.mean, arm, visit)

    def difference(self, arm: str, visit: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return an arm's difference from the reference at a visit, its error and degrees of freedom, [replicate]."""
        difference, se, df = (
            self._at(values, arm, visit) for values in (self.fits.difference, self.fits.se, self.fits.df)
        )
        return difference, se, df

    def ended(self) -> dict[Fitted, int]:
        """Return how many fits ended in which way."""
        return {way: int((self.fits.code == way).sum()) for way in Fitted if (self.fits.code == way).any()}

    def _at(self, values: np.ndarray, arm: str, visit: int) -> np.ndarray:
        if visit not in self.visits:
            return np.full(len(values), np.nan)
        return values[:, self.arms.index(arm), self.visits.index(visit)]


_KEPT: WeakKeyDictionary[PhaseData, dict[tuple[Scale, tuple[str, ...]], Mixed | None]] = WeakKeyDictionary()


def mixed_model(phase: PhaseData, scale: Scale, together: tuple[str, ...] = ()) -> Mixed | None:
    """Return the mixed model of the observed changes of a phase, all its arms and visits in one model.

    Args:
        phase: The conducted phase.
        scale: The scale.
        together: Arms that are taken as one.

    Returns:
        The fits; None where the phase has no reference arm with another beside it, or nobody was rated.
    """
    kept = _KEPT.setdefault(phase, {})
    key = (scale, together if len(together) > 1 else ())
    if key not in kept:
        kept[key] = _fit(phase, *key)
    return kept[key]


def _fit(phase: PhaseData, scale: Scale, together: tuple[str, ...]) -> Mixed | None:
    reference = reference_of(phase.phase)
    names = [arm.name for arm in phase.phase.arms]
    joined = [together[0] if name in together else name for name in names]
    arms = tuple(dict.fromkeys(joined))
    change = change_by(phase, Estimator.OC, scale)
    visits = tuple(int(place) for place in np.flatnonzero(np.isfinite(change).any((0, 1))))
    if reference is None or reference.name in together or len(arms) < 2 or not visits:
        return None
    code = np.array([*(arms.index(name) for name in joined), -1])
    fits = fit_replicates(
        change[..., list(visits)],
        phase.on(scale).baseline,
        code[phase.arm],
        arms=len(arms),
        reference=arms.index(reference.name),
    )
    return Mixed(fits, arms, visits)
