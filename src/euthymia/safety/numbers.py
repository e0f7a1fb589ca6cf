"""What every safety link without a state of its own is: a handful of numbers with units, read from one record."""

from __future__ import annotations

import dataclasses
from typing import Self

import equinox as eqx

from euthymia.engine.mechanism import Source


class Numbers(eqx.Module):
    """A base for links that are formulas; their fields are declared by ``parameter(unit, meaning)``."""

    @classmethod
    def parameters(cls) -> dict[str, tuple[str, str]]:
        """Return unit and meaning of each number, by name."""
        return {field.name: (field.metadata["unit"], field.metadata["meaning"]) for field in dataclasses.fields(cls)}

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build the link from an evidence record, each number asked for by name and unit."""
        return cls(**{name: record.value(name, unit) for name, (unit, _) in cls.parameters().items()})
