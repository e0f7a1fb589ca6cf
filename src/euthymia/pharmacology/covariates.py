"""What about a person may change a drug's kinetics: age, weight, sex, enzymes, ancestry, kidney and liver."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from euthymia.errors import EuthymiaError

TYPICAL_AGE = 45.0  # years; the typical person of the esketamine check points
TYPICAL_WEIGHT = 70.0  # kg; the reference weight of most published models
TYPICAL_MEPHENYTOIN = 0.769  # S/R ratio at which the published escitalopram clearance is the typical one


class CovariateError(EuthymiaError):
    """A covariate that no person can have."""


class Metaboliser(IntEnum):
    """Phenotype of a metabolising enzyme."""

    UNKNOWN = -1
    POOR = 0
    INTERMEDIATE = 1
    NORMAL = 2
    RAPID = 3
    ULTRARAPID = 4


class Renal(IntEnum):
    """Impairment of the kidney."""

    NORMAL = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3


class ChildPugh(IntEnum):
    """Impairment of the liver."""

    NORMAL = 0
    A = 1
    B = 2
    C = 3


@dataclass(frozen=True)
class Covariates:
    """Covariates of a group of people; every array is [person].

    Attributes:
        age: Years.
        weight: Body weight, kg.
        female: Whether a woman.
        CYP2B6: Share of this enzyme's activity that is left, 0 to 1.
        CYP2D6: A `Metaboliser`. No model here has a published effect of it; it is carried for models that will.
        CYP2C19: A `Metaboliser`.
        asian: Whether of Asian ancestry.
        japanese: Whether of Japanese ancestry; such people are Asian too.
        renal: A `Renal` class.
        hepatic: A `ChildPugh` class.
        mephenytoin: S/R ratio of mephenytoin in urine, the marker of CYP2C19 in the escitalopram model.
    """

    age: np.ndarray
    weight: np.ndarray
    female: np.ndarray
    CYP2B6: np.ndarray
    CYP2D6: np.ndarray
    CYP2C19: np.ndarray
    asian: np.ndarray
    japanese: np.ndarray
    renal: np.ndarray
    hepatic: np.ndarray
    mephenytoin: np.ndarray

    def __post_init__(self) -> None:
        if len({getattr(self, field.name).shape for field in fields(self)}) != 1 or self.age.ndim != 1:
            raise CovariateError("covariates of different numbers of people; expected one value a person for each")
        _positive("age", self.age, "years")
        _positive("weight", self.weight, "kg")
        if not ((self.CYP2B6 >= 0.0) & (self.CYP2B6 <= 1.0)).all():
            raise CovariateError("CYP2B6 activity outside 0 to 1; expected the share of activity that is left")
        if (self.japanese & ~self.asian).any():
            raise CovariateError("japanese without asian; Japanese people carry both factors, so set asian too")

    @property
    def count(self) -> int:
        """Number of people."""
        return self.age.size

    def take(self, index: np.ndarray) -> Covariates:
        """Return the covariates of the people at ``index``."""
        return Covariates(*(getattr(self, field.name)[index] for field in fields(self)))


def people(
    count: int,
    *,
    age: np.ndarray | float = TYPICAL_AGE,
    weight: np.ndarray | float = TYPICAL_WEIGHT,
    female: np.ndarray | bool = False,
    CYP2B6: np.ndarray | float = 1.0,
    CYP2D6: np.ndarray | Metaboliser = Metaboliser.NORMAL,
    CYP2C19: np.ndarray | Metaboliser = Metaboliser.NORMAL,
    asian: np.ndarray | bool = False,
    japanese: np.ndarray | bool = False,
    renal: np.ndarray | Renal = Renal.NORMAL,
    hepatic: np.ndarray | ChildPugh = ChildPugh.NORMAL,
    mephenytoin: np.ndarray | float = TYPICAL_MEPHENYTOIN,
) -> Covariates:
    """Return covariates of ``count`` people, each given once for all or as [person]; what is not said is typical.

    Raises:
        CovariateError: When a value is one that no person can have.

    Example:
        >>> people(2, weight=np.array([60.0, 80.0])).weight.tolist()
        [60.0, 80.0]
    """

    def number(value: np.ndarray | float) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, dtype=float), (count,))

    def whole(value: np.ndarray | int) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, dtype=int), (count,))

    def flag(value: np.ndarray | bool) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, dtype=bool), (count,))

    return Covariates(
        age=number(age),
        weight=number(weight),
        female=flag(female),
        CYP2B6=number(CYP2B6),
        CYP2D6=whole(CYP2D6),
        CYP2C19=whole(CYP2C19),
        asian=flag(np.asarray(asian) | np.asarray(japanese)),
        japanese=flag(japanese),
        renal=whole(renal),
        hepatic=whole(hepatic),
        mephenytoin=number(mephenytoin),
    )


def _positive(name: str, values: np.ndarray, unit: str) -> None:
    wrong = values[~((values > 0.0) & np.isfinite(values))]
    if wrong.size:
        raise CovariateError(f"{name} of {wrong[0]:g} {unit}; expected a finite number above 0")
