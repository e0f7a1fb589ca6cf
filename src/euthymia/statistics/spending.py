"""How the error of a trial with several analyses is shared between them: by spending, or by the shape of its bounds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.errors import EuthymiaError

Array = NDArray[np.floating]
SMALLEST_STEP = 1e-3  # of all information, between two analyses


class DesignError(EuthymiaError):
    """A trial of several analyses that cannot be planned as asked."""


class Spending(ABC):
    """How much of an error may be spent by the time a fraction of all information is there."""

    @abstractmethod
    def spent(self, error: float, fractions: Array) -> Array:
        """Return the error spent at fractions from 0 to 1, [analysis]: all of it at 1.

        Args:
            error: Of a test to one side.
            fractions: Of all information, [analysis].
        """


@dataclass(frozen=True)
class OBrienFlemingSpending(Spending):
    """Almost nothing early: 2 Phi(z / sqrt(t)), z the quantile of error / 2 (Lan, DeMets 1983, Biometrika 70:659)."""

    def spent(self, error: float, fractions: Array) -> Array:
        """Return the error spent."""
        from scipy.special import ndtr, ndtri

        return 2.0 * ndtr(ndtri(error / 2.0) / np.sqrt(fractions))


@dataclass(frozen=True)
class PocockSpending(Spending):
    """Almost evenly: error log(1 + (e - 1) t) (Lan, DeMets 1983)."""

    def spent(self, error: float, fractions: Array) -> Array:
        """Return the error spent."""
        return error * np.log1p((np.e - 1.0) * fractions)


@dataclass(frozen=True)
class HwangShihDeCani(Spending):
    """The gamma family: error (1 - exp(-gamma t)) / (1 - exp(-gamma)); even at 0, early above it, late below it.

    Attributes:
        gamma: Shape; -4 is near O'Brien and Fleming, 1 near Pocock.

    Source:
        Hwang, Shih, DeCani (1990), Stat Med 9:1439.
    """

    gamma: float

    def spent(self, error: float, fractions: Array) -> Array:
        """Return the error spent."""
        if self.gamma == 0.0:
            return error * fractions
        return error * np.expm1(-self.gamma * fractions) / np.expm1(-self.gamma)


@dataclass(frozen=True)
class PowerSpending(Spending):
    """error t^rho (Kim, DeMets 1987, Biometrika 74:149).

    Attributes:
        rho: Above 0; 3 is near O'Brien and Fleming, 1 even.
    """

    rho: float

    def __post_init__(self) -> None:
        if not self.rho > 0.0:
            raise DesignError(f"power {self.rho} of spending given; it must be above 0")

    def spent(self, error: float, fractions: Array) -> Array:
        """Return the error spent."""
        return error * fractions**self.rho


class Shape(ABC):
    """Bounds known but for one constant, which is found from the error."""

    @abstractmethod
    def bounds(self, constant: float, fractions: Array) -> Array:
        """Return bounds on the normal scale at fractions of the last analysis' information, [analysis]."""


@dataclass(frozen=True)
class WangTsiatis(Shape):
    """constant x t^(delta - 1/2) (Wang, Tsiatis 1987, Biometrics 43:193).

    Attributes:
        delta: 1/2 is Pocock's constant bound, 0 O'Brien and Fleming's.
    """

    delta: float

    def bounds(self, constant: float, fractions: Array) -> Array:
        """Return the bounds."""
        return constant * fractions ** (self.delta - 0.5)


@dataclass(frozen=True)
class HaybittlePeto(Shape):
    """One high bound at every analysis but the last (Haybittle 1971, Br J Radiol 44:793).

    Attributes:
        early: That bound.
    """

    early: float = 3.0

    def bounds(self, constant: float, fractions: Array) -> Array:
        """Return the bounds."""
        found = np.full(len(fractions), self.early)
        found[-1] = constant
        return found


POCOCK = WangTsiatis(0.5)
O_BRIEN_FLEMING = WangTsiatis(0.0)


def check_fractions(fractions: ArrayLike) -> Array:
    """Return fractions of information as an array, or raise DesignError where they are not such."""
    t = np.atleast_1d(np.asarray(fractions, dtype=float))
    if t.ndim != 1 or not np.all(np.isfinite(t)) or t[0] <= 0.0 or t[-1] > 1.0:
        raise DesignError(f"fractions of information {t.tolist()} given; they lie above 0, and the last is 1 at most")
    if np.any(np.diff(t) < SMALLEST_STEP):
        raise DesignError(f"fractions of information {t.tolist()} given; each is {SMALLEST_STEP} more than that before")
    return t
