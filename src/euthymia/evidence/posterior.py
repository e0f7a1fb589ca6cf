"""The posterior of the free numbers, as the package keeps it: what the calibration trials say, and how surely.

A small file of the package, written by ``euthymia calibrate --write``; reading it loads no numerics.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from euthymia.errors import EvidenceError, UnknownNameError

if TYPE_CHECKING:
    import numpy as np

SCHEMA = "euthymia.posterior/1"
NAME = "calibration.json"
INFORMED = 0.1  # contraction below which the trials say next to nothing of a number
NINETY = 1.645  # SDs on either side that hold nine tenths of a normal


class Standing(Enum):
    """What may be said of a number after the trials."""

    PRIOR = "prior"
    ESTIMATED = "estimated"


@dataclass(frozen=True)
class FreeNumber:
    """A free number before and after the trials.

    Attributes:
        name: Record and symbol, as `euthymia.evidence.find` knows it.
        unit: Its unit.
        centre: Middle of the prior.
        width: SD of the prior on its scale.
        scale: That scale: "log" or "logit".
        mode: Where the posterior is highest, in prior SDs from the middle.
        sd: SD of the posterior, in prior SDs.
    """

    name: str
    unit: str
    centre: float
    width: float
    scale: str
    mode: float
    sd: float

    @property
    def value(self) -> float:
        """The number at the mode, in its unit."""
        return self.at(self.mode)

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the 90 % interval, in its unit."""
        return self.at(self.mode - NINETY * self.sd), self.at(self.mode + NINETY * self.sd)

    @property
    def contraction(self) -> float:
        """How much of the prior's variance the trials have taken away: 1 - var(posterior)/var(prior)."""
        return 1.0 - self.sd**2

    @property
    def standing(self) -> Standing:
        """Whether the trials inform it; what they do not is a prior, whatever its posterior looks like."""
        return Standing.ESTIMATED if self.contraction >= INFORMED else Standing.PRIOR

    def at(self, x: float) -> float:
        """Return the number ``x`` prior SDs from the prior's middle."""
        if self.scale == "log":
            return self.centre * math.exp(self.width * x)
        odds = self.centre / (1.0 - self.centre) * math.exp(self.width * x)
        return odds / (1.0 + odds)


@dataclass(frozen=True)
class TrialEffect:
    """What a trial has of its own, in SDs between trials.

    Attributes:
        kind: Care, drug effect, effect of tablets, or fluctuation.
        trial: The trial's id.
        mode: Where the posterior is highest.
        sd: Its SD.
    """

    kind: str
    trial: str
    mode: float
    sd: float


@dataclass(frozen=True, eq=False)
class Posterior:
    """The normal approximation of the posterior around its mode.

    Attributes:
        numbers: The free numbers.
        together: Covariance of the numbers in prior SDs, row by row.
        effects: What trials have of their own.
        trials: The trials that were fitted.
        rows: How many published numbers were.
        rows_hash: Digest of their names and values.
        version: Version of the program.
        command: What makes it again.
    """

    numbers: tuple[FreeNumber, ...]
    together: tuple[tuple[float, ...], ...]
    effects: tuple[TrialEffect, ...]
    trials: tuple[str, ...]
    rows: int
    rows_hash: str
    version: str
    command: str

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the numbers in prior SDs, [number, number]."""
        import numpy as np

        return np.array(self.together)

    @property
    def names(self) -> tuple[str, ...]:
        """The free numbers' names."""
        return tuple(number.name for number in self.numbers)

    def __getitem__(self, name: str) -> FreeNumber:
        """Return a free number.

        Raises:
            UnknownNameError: When no free number has that name.
        """
        if name not in self.names:
            raise UnknownNameError("free number", name, self.names)
        return self.numbers[self.names.index(name)]

    def draws(self, count: int, *, seed: int = 1) -> dict[str, np.ndarray]:
        """Return values of every free number drawn together, in their units, [draw].

        Args:
            count: How many.
            seed: Of the generator.
        """
        import numpy as np

        root = np.linalg.cholesky(self.covariance)
        z = np.random.default_rng(seed).standard_normal((count, len(self.numbers))) @ root.T
        x = np.array([number.mode for number in self.numbers]) + z
        return {number.name: np.vectorize(number.at)(x[:, place]) for place, number in enumerate(self.numbers)}

    def __str__(self) -> str:
        """Return the numbers as a table, those that the trials inform most first."""
        lines = [f"{len(self.trials)} trials, {self.rows} published numbers; {self.command}"]
        lines.append(f"{'number':36s} {'prior':>10s} {'value':>10s}  {'90 % interval':23s} {'contraction':>11s}")
        for one in sorted(self.numbers, key=lambda one: -one.contraction):
            low, high = one.interval
            word = one.standing.value
            lines.append(
                f"{one.name:36s} {one.centre:10.4g} {one.value:10.4g}  {low:10.4g} to {high:<10.4g} "
                f"{one.contraction:9.2f}  {word} {'' if one.unit == '1' else one.unit}".rstrip()
            )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Return everything as JSON-ready data, with keys in a fixed order."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "command": self.command,
            "trials": list(self.trials),
            "rows": self.rows,
            "rows_hash": self.rows_hash,
            "numbers": [
                {
                    "name": one.name,
                    "unit": one.unit,
                    "prior": {"centre": one.centre, "width": one.width, "scale": one.scale},
                    "mode": one.mode,
                    "sd": one.sd,
                    "value": one.value,
                    "interval90": list(one.interval),
                    "contraction": one.contraction,
                    "standing": one.standing.value,
                }
                for one in self.numbers
            ],
            "covariance": [[float(f"{value:.6g}") for value in row] for row in self.together],
            "effects": [{"kind": one.kind, "trial": one.trial, "mode": one.mode, "sd": one.sd} for one in self.effects],
        }


@cache
def posterior() -> Posterior:
    """Return the posterior that comes with the package.

    Raises:
        EvidenceError: When its file cannot be understood.
    """
    entry = files("euthymia.evidence").joinpath("posteriors", NAME)
    return from_text(entry.read_text(encoding="utf-8"), NAME)


def read_posterior(path: Path) -> Posterior:
    """Return a posterior from a file that ``euthymia calibrate`` wrote.

    Args:
        path: The file.

    Raises:
        EvidenceError: When it cannot be read or understood.
    """
    try:
        return from_text(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror})") from error


def from_text(text: str, place: str) -> Posterior:
    """Return the posterior that a JSON text describes.

    Args:
        text: The text.
        place: What to call it in errors.

    Raises:
        EvidenceError: When it is no such text.
    """
    try:
        return from_dict(json.loads(text), place)
    except ValueError as error:
        raise EvidenceError(f"{place}: not a posterior ({type(error).__name__}: {error})") from error


def from_dict(data: Mapping[str, Any], place: str) -> Posterior:
    """Return the posterior that plain data describe, as of `Posterior.to_dict`.

    Args:
        data: The data.
        place: What to call them in errors.

    Raises:
        EvidenceError: When they describe none.
    """
    try:
        if data["schema"] != SCHEMA:
            raise EvidenceError(f"{place}: schema is {data['schema']!r}; expected {SCHEMA!r}")
        return Posterior(
            numbers=tuple(_number(one) for one in data["numbers"]),
            together=tuple(tuple(map(float, row)) for row in data["covariance"]),
            effects=tuple(TrialEffect(**one) for one in data["effects"]),
            trials=tuple(data["trials"]),
            rows=data["rows"],
            rows_hash=data["rows_hash"],
            version=data["version"],
            command=data["command"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{place}: not a posterior ({type(error).__name__}: {error})") from error


def _number(data: Mapping[str, Any]) -> FreeNumber:
    prior = data["prior"]
    return FreeNumber(
        data["name"], data["unit"], prior["centre"], prior["width"], prior["scale"], data["mode"], data["sd"]
    )
