"""Those who fill in the forms: the ten MADRS items of everybody at every visit, and totals on other scales."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np

from euthymia.evidence import load_record
from euthymia.symptoms.items import Group, Ideation, Item, Items, adding_up, profile, rate
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import rate_as
from euthymia.trials.design import Trial
from euthymia.trials.draws import Draws


class Rated(NamedTuple):
    """One form of everybody.

    Attributes:
        total: Points, [person].
        items: Scores of the ten MADRS items, [person, item]; None on other scales, of which only totals are known.
    """

    total: np.ndarray
    items: np.ndarray | None


@dataclass(eq=False)
class Raters:
    """The raters of a batch; a draw is made once, so that a form can be filled in again with other severities.

    Attributes:
        items: The model of the items.
        profile: How people's items deviate for good, [person, item].
        draw: Draws of the people.
    """

    items: Items
    profile: np.ndarray
    draw: Draws
    _drawn: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, trial: Trial, draw: Draws) -> Self:
        """Return the raters of a trial's people."""
        ideation = Ideation.ADMITTED if trial.population.suicidal_ideation else Ideation.EXCLUDED
        items = Items.from_record(load_record("items"), ideation)
        own = profile(items, draw.normal("item groups", len(Group)), draw.normal("item profile", len(Item)))
        return cls(items, own, draw)

    def at_entry(self, scale: Scale, severity: np.ndarray, total: np.ndarray) -> Rated:
        """Return the forms at enrolment: the MADRS total that people were let in by, and items that add up to it.

        Args:
            scale: What is filled in.
            severity: True severity, MADRS points, [person].
            total: MADRS total by which people were enrolled, points, [person].
        """
        if scale is Scale.MADRS:
            found = adding_up(self.items, total, self.profile, self._normal("items at 0 h", len(Item)))
            return Rated(total, found.astype(np.int8))
        return Rated(rate_as(scale, severity, self._normal(f"{scale} at 0 h", 1)[:, 0]), None)

    def at_visit(self, scale: Scale, t: float, severity: np.ndarray, spread: float) -> Rated:
        """Return the forms filled in at a visit.

        Args:
            scale: What is filled in.
            t: When, h.
            severity: True severity over the window that is asked about, MADRS points, [person].
            spread: SD of a person's own fluctuation from visit to visit, MADRS points; one draw for all scales.
        """
        felt = severity + spread * self._normal(f"rating {t:g} h", 1)[:, 0]
        if scale is Scale.MADRS:
            found = rate(self.items, felt, self.profile, self._normal(f"items at {t:g} h", len(Item)))
            return Rated(found.sum(1).astype(float), found.astype(np.int8))
        return Rated(rate_as(scale, felt, self._normal(f"{scale} at {t:g} h", 1)[:, 0]), None)

    def _normal(self, purpose: str, columns: int) -> np.ndarray:
        if purpose not in self._drawn:
            self._drawn[purpose] = self.draw.normal(purpose, columns)
        return self._drawn[purpose]
