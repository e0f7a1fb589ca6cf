"""What every fit of a record shares: the rows it was judged by, and the record's text with the new values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Residual:
    """A published value, ours, and the standard error of the published one."""

    what: str
    published: float
    fitted: float
    se: float


def rewritten(record: str, values: Mapping[str, float], errors: Mapping[str, float]) -> str:
    """Return the text of a record with fitted values and their relative errors, all else as it stands.

    Args:
        record: The text of the record's TOML file.
        values: Fitted numbers by name, in the record's units.
        errors: Their standard errors, where known.
    """
    import tomlkit

    document = tomlkit.parse(record)
    for name, value in values.items():
        document[name]["value"] = float(f"{value:.4g}")  # type: ignore[index]
        if name in errors:
            document[name]["cv"] = float(f"{errors[name] / abs(value):.2g}")  # type: ignore[index]
    return tomlkit.dumps(document)
