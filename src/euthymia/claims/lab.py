"""What a claim may ask of the simulator: courses of a typical person, people, trials; each is run once and kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from euthymia.claims.claim import Shown
from euthymia.claims.exchange import Exchange

if TYPE_CHECKING:
    from euthymia.engine.course import Course
    from euthymia.evidence import Record
    from euthymia.models.accounts import Mechanism
    from euthymia.models.chain import Chain
    from euthymia.trials.data import TrialData

MADRS = 37.0  # points; the mean baseline of TRANSFORM-2 (row R0029)
SEED = 1
REPLICATES = 64  # of a trial: few, so that everything is done in two minutes; the Monte Carlo error is shown
TWICE = ("transform-1", "transform-2", "aspire-pooled")  # trials conducted twice as often: a claim hangs on each
PEOPLE, GROUPS = 4000, 20  # people drawn without a trial, and groups of them that give the Monte Carlo error
MIDDLE_90 = (5.0, 95.0)
HOURS_PER_DAY = 24.0
NEXT_TO_NOTHING = 1e-6  # of a size; none at all would leave its spread between trials undefined
SIZES = ("gain", "signal", "y_5HT", "a_5HT", "sd_trial_gain")  # the last one is a spread of the first
SPREADS = ("care_sd", "sd_visit", "sd_trial_care", "sd_trial_gain")
Kept = TypeVar("Kept")


class Lab:
    """The simulator as claims see it, as it is or with one link exchanged.

    Args:
        exchange: Which link is exchanged.
        replicates: How often each trial is conducted.
        seed: Seed of the named streams.
    """

    def __init__(
        self, exchange: Exchange = Exchange.NOTHING, *, replicates: int = REPLICATES, seed: int = SEED
    ) -> None:
        self.exchange, self.replicates, self.seed = exchange, replicates, seed
        self._kept: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what ``make`` gives, computed the first time that this lab is asked for ``key``."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def course(
        self,
        words: str,
        days: float,
        *,
        therapy: str = "",
        others: tuple[str, ...] = (),
        safety: bool = False,
        depleted: bool = False,
        healthy: bool = False,
        account: Mechanism | None = None,
    ) -> Course:
        """Return the course of a typical person.

        Args:
            words: The regimen.
            days: How long.
            therapy: Sessions of therapy in words.
            others: Other drugs that act on the chain.
            safety: Whether harms are followed.
            depleted: Whether serotonin is depleted on the fourth day before the end.
            healthy: Whether the person is well and under no stress.
            account: Another account of how treatment works than that of the lab.
        """
        key = ("course", words, days, therapy, others, safety, depleted, healthy, account)
        return self.once(key, lambda: self._course(*key[1:]))

    def _course(
        self,
        words: str,
        days: float,
        therapy: str,
        others: tuple[str, ...],
        safety: bool,
        depleted: bool,
        healthy: bool,
        account: Mechanism | None,
    ) -> Course:
        from euthymia.models.asked import Asked
        from euthymia.models.course import treat
        from euthymia.patients.population import typical
        from euthymia.treatment.sentence import regimen

        beside = Asked(therapy, others, days - 3.0 if depleted else None).beside()
        chain = self.chain(account)
        if healthy:
            chain = replace(chain, stress=np.asarray(0.0))
        return treat(
            typical(5.0 if healthy else MADRS),
            regimen("none" if self.exchange is Exchange.NO_DRUG else words),
            lambda drug: lambda purpose: np.zeros(1),
            days=days,
            seed=None,
            beside=beside,
            chain=chain,
            safety=safety,
        )

    def chain(self, account: Mechanism | None = None) -> Chain:
        """Return the chain from dose to mood, with what is exchanged, or under another account."""
        from euthymia.models.accounts import Mechanism
        from euthymia.models.defaults import Sizes
        from euthymia.models.rivals import as_recorded, rival

        exchanged = {
            Exchange.SEROTONIN_ONLY: Mechanism.SEROTONIN_ONLY,
            Exchange.PLASTICITY_ONLY: Mechanism.PLASTICITY_ONLY,
        }
        which = account or exchanged.get(self.exchange, Mechanism.DISINHIBITION)
        chain = rival(which, as_recorded(which, Sizes.from_record(self.amplitudes())))
        if self.exchange is Exchange.NO_GATE:
            return replace(chain, learning=replace(chain.learning, y_lrn=np.asarray(0.0)))
        return chain

    def amplitudes(self) -> Record:
        """Return the sizes of effects, with what is exchanged."""
        from euthymia.evidence import load_record

        record = load_record("amplitudes")
        if self.exchange is Exchange.EQUAL_PEOPLE:
            return record.replace(**dict.fromkeys(SPREADS, NEXT_TO_NOTHING))
        if self.exchange is Exchange.NO_DISSOCIATION:
            return record.replace(CADSS_gain=NEXT_TO_NOTHING)
        if self.exchange is Exchange.NO_EFFECT:
            return record.replace(**{name: NEXT_TO_NOTHING * record[name].value for name in SIZES})
        return record

    def trial(self, name: str) -> TrialData:
        """Return a trial of the package, conducted as published."""
        return self.once(("trial", name), lambda: self._trial(name))

    def _trial(self, name: str) -> TrialData:
        from euthymia.engine.ensemble import Settings
        from euthymia.trials.batch import Batch
        from euthymia.trials.catalogue import load_trial
        from euthymia.trials.stacking import stacked

        sizes = self.amplitudes() if self.exchange in OF_SIZES else None
        count = self.replicates * (2 if name in TWICE else 1)
        blocks = (range(first, min(first + REPLICATES, count)) for first in range(0, count, REPLICATES))
        parts = [Batch(load_trial(name), self.seed, each, Settings(), amplitudes=sizes) for each in blocks]
        return stacked([part.conducted() for part in parts], count)

    def row(self, row: str) -> Shown:
        """Return what the conducted trial says for a published row of it; errors as of :meth:`values`."""
        return of_replicates(self.values(row))

    def values(self, row: str) -> np.ndarray:
        """Return what the conducted trial says for a published row of it, in the row's unit, [replicate].

        Raises:
            ValueError: When the row is not predicted.
        """
        from euthymia.claims.cited import cited
        from euthymia.trials.predict import Nothing, predict

        data = self.trial(cited(row).trial)
        values = predict(data, next(each for each in data.trial.published if each.row_id == row))
        if isinstance(values, Nothing):
            raise ValueError(f"row {row}: {values.why}")
        return values


OF_SIZES = (Exchange.NO_EFFECT, Exchange.EQUAL_PEOPLE, Exchange.NO_DISSOCIATION)


def exact(*values: float) -> tuple[Shown, ...]:
    """Return numbers of which there is one: nothing was drawn."""
    return tuple(Shown(float(value)) for value in values)


def of_replicates(values: np.ndarray) -> Shown:
    """Return the mean over replicates, the interval that holds 90 % of them, and the error of the mean."""
    known = values[np.isfinite(values)]
    if known.size < 2:
        return Shown(float("nan"))
    low, high = np.percentile(known, MIDDLE_90)
    return Shown(float(known.mean()), float(low), float(high), float(known.std(ddof=1) / np.sqrt(known.size)))


def by_groups(function: Callable[..., float], *people: np.ndarray) -> Shown:
    """Return a function of all people, with the error that its values in `GROUPS` groups of them imply.

    Args:
        function: Of arrays [person].
        people: What it needs, the same people in each.
    """
    groups = zip(*(np.array_split(each, GROUPS) for each in people), strict=True)
    values = np.array([function(*group) for group in groups])
    return Shown(float(function(*people)), error=float(values.std(ddof=1) / np.sqrt(GROUPS)))


def at(found: Course, name: str, day: float) -> float:
    """Return a variable at a time in days."""
    return float(np.interp(HOURS_PER_DAY * day, found.t, found[name]))


def days_until_half(t: np.ndarray, left: Sequence[float] | np.ndarray) -> float:
    """Return when less than half is left for good, in the unit of ``t``; inf when it never is."""
    above = np.flatnonzero(np.asarray(left) >= 0.5)
    return float(t[0] if not above.size else t[above[-1] + 1] if above[-1] + 1 < t.size else np.inf)
