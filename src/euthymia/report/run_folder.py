"""A folder that a run was written to: what stands in it, read back without running anything."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from euthymia.engine.course import SCHEMA as COURSE_SCHEMA
from euthymia.engine.course import plain
from euthymia.errors import EuthymiaError
from euthymia.trials.results import SCHEMA as TRIAL_SCHEMA

PROVENANCE, PROVENANCE_SCHEMA = "provenance.json", "euthymia.provenance/1"


class Kind(Enum):
    """What was run; the value is the file that holds the result."""

    TRIAL = "trial.json"
    COURSE = "course.json"


SCHEMAS = {Kind.TRIAL: TRIAL_SCHEMA, Kind.COURSE: COURSE_SCHEMA}


@dataclass(frozen=True)
class RunFolder:
    """A finished run.

    Attributes:
        kind: What was run.
        name: The trial's id, or the regimen.
        title: What it was, in words.
        treatments: What was given, a sentence an arm.
        size: How much was drawn, in words.
        command: The command that makes it again.
        seed: Seed of the named streams; None where nothing was drawn.
        version: The version of euthymia that made it.
        accuracy: The numerical error, in words.
        assumptions: The numbers it rests on, as flat mappings.
        result: The whole document.
        provenance: Digests, versions and design; empty where the folder has none.
    """

    kind: Kind
    name: str
    title: str
    treatments: tuple[str, ...]
    size: str
    command: str
    seed: int | None
    version: str
    accuracy: str
    assumptions: tuple[Mapping[str, object], ...]
    result: Mapping[str, Any]
    provenance: Mapping[str, Any]

    def listed(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Return a list of the result, empty where it has none."""
        return self.result.get(name) or ()


def provenance_text(command: str, seed: int | None, design: object = None) -> str:
    """Return the text of ``provenance.json``: what the bytes of a run depend on beside its command.

    Args:
        command: The command that makes it again.
        seed: Seed of the named streams; None where nothing was drawn.
        design: The trial as designed; None for a course.
    """
    from euthymia.store.provenance import program_digest, records_digest, versions

    document = {
        "schema": PROVENANCE_SCHEMA,
        "command": command,
        "seed": seed,
        "records": records_digest(),
        "program": program_digest(),
        "versions": versions(),
        "design": plain(design),
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_run(folder: Path) -> RunFolder:
    """Return the run that a folder holds.

    Raises:
        EuthymiaError: When the folder is missing, holds no run, or holds one that cannot be read.
    """
    if not folder.is_dir():
        raise EuthymiaError(f"no folder '{folder}'; give one that a run was written to with --out")
    present = [kind for kind in Kind if (folder / kind.value).is_file()]
    if not present:
        wanted = " or ".join(kind.value for kind in Kind)
        raise EuthymiaError(
            f"no run in '{folder}': expected {wanted}, which `euthymia trial run NAME --out FOLDER` and "
            "`euthymia simulate REGIMEN --out FOLDER` write"
        )
    kind = present[0]
    result = _document(folder / kind.value, SCHEMAS[kind])
    more = folder / PROVENANCE
    provenance = _document(more, PROVENANCE_SCHEMA) if more.is_file() else {}
    try:
        return (_trial if kind is Kind.TRIAL else _course)(result, provenance)
    except (KeyError, TypeError, IndexError) as error:
        raise EuthymiaError(f"'{folder / kind.value}' lacks what a run holds: {error}") from error


def _document(path: Path, schema: str) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EuthymiaError(f"cannot read '{path}': {error}") from error
    given = found.get("schema") if isinstance(found, dict) else None
    if given != schema:
        raise EuthymiaError(f"'{path}' has schema {given!r}; expected {schema!r}")
    return found


def _trial(result: Mapping[str, Any], provenance: Mapping[str, Any]) -> RunFolder:
    accuracy = result["accuracy"]
    return RunFolder(
        kind=Kind.TRIAL,
        name=result["trial"],
        title=result["title"],
        treatments=tuple(f"{arm['name']}: {arm['regimen']}" for arm in result["arms"]),
        size=f"{result['replicates']} replicates of {result['subjects']} simulated people",
        command=result["command"],
        seed=result["seed"],
        version=result["version"],
        accuracy=f"{accuracy['text']}: {accuracy['value']:.2g} {accuracy['unit']}",
        assumptions=tuple(result["assumptions"]),
        result=result,
        provenance=provenance,
    )


def _course(result: Mapping[str, Any], provenance: Mapping[str, Any]) -> RunFolder:
    meta = result["meta"]
    errors = "; ".join(f"{name} {value:.2g}" for name, value in meta["error_estimate"].items())
    alone = meta["persons"] == 1
    return RunFolder(
        kind=Kind.COURSE,
        name=meta["regimen"],
        title="A course of treatment, simulated",
        treatments=(meta["regimen"],),
        size="a typical person" if alone else f"{meta['persons']} simulated people",
        command=meta["command"],
        seed=meta["seed"],
        version=meta["version"],
        accuracy=errors or "not estimated",
        assumptions=tuple(meta["assumptions"]),
        result=result,
        provenance=provenance,
    )
