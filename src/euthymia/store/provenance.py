"""Where a run came from: all that its bytes depend on, enough to make them again and to say what differs."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

SCHEMA = "euthymia.run/1"
SHOWING = ("cli", "report", "api.py", "__init__.py", "__main__.py")
PACKAGES = ("euthymia", "jax", "jaxlib", "numpy", "scipy", "pyarrow")
ID_DIGITS = 10
LONGEST_SHOWN = 60


def provenance(
    kind: str, request: Mapping[str, Any], *, seed: int, units: int, a_shard: int, command: str
) -> dict[str, Any]:
    """Return what a run depends on.

    Args:
        kind: What is run, such as ``"simulate"``.
        request: What was asked for, as plain data from which it can be asked again.
        seed: Seed of the named streams.
        units: How many people or replicates.
        a_shard: How many of them a shard holds.
        command: The command that makes the same bytes again.
    """
    return {
        "schema": SCHEMA,
        "kind": kind,
        "command": command,
        "seed": seed,
        "units": units,
        "units a shard": a_shard,
        "request": dict(request),
        "records": records_digest(),
        "program": program_digest(),
        "versions": versions(),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def fingerprint(found: Mapping[str, Any]) -> str:
    """Return the digest of everything that bytes depend on; how the command is spelled is no part of it."""
    return _digest(_text({name: value for name, value in found.items() if name != "command"}))


def run_id(found: Mapping[str, Any]) -> str:
    """Return the name of a run: the same request in the same program always has the same."""
    return f"r{fingerprint(found)[:ID_DIGITS]}"


def differences(held: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> tuple[str, ...]:
    """Return what differs between two provenances, a sentence each; the command's spelling is left out."""
    found: list[str] = []
    for name in [*held, *(name for name in now if name not in held)]:
        before, after = held.get(name), now.get(name)
        if before == after or (name == "command" and not path):
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found += differences(before, after, f"{path}{name}: ")
        else:
            found.append(f"{path}{name} was {_short(before)} and is {_short(after)}")
    return tuple(found)


def versions() -> dict[str, str]:
    """Return the versions of what computes and writes, and of Python."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


@cache
def records_digest() -> str:
    """Return the digest of the evidence records, and of what the trials taught of them, as they are installed."""
    root = files("euthymia.evidence")
    entries = [*root.joinpath("records").iterdir(), *root.joinpath("posteriors").iterdir()]
    texts = sorted(
        (one.name, one.read_text(encoding="utf-8")) for one in entries if one.name.endswith((".toml", ".json"))
    )
    return _digest(_text(texts))


@cache
def program_digest() -> str:
    """Return the digest of the source that results come from; command line and reports only show them."""
    root = Path(str(files("euthymia")))
    sources = sorted(path for path in root.rglob("*.py") if path.relative_to(root).parts[0] not in SHOWING)
    return _digest(_text([[path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")] for path in sources]))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
