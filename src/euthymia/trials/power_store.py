"""Finished blocks of replicates in a folder: a file each, whole or not there, and only of the very same job."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from euthymia.errors import OutputError
from euthymia.store.provenance import program_digest, records_digest
from euthymia.trials.power_analysis import analysis_name
from euthymia.trials.power_plan import BLOCK, Job
from euthymia.trials.writing import to_toml

SCHEMA = "euthymia.power-blocks/1"
PLAN = "plan.json"
STAGES = re.compile(r"power|assurance|typical|first|second|size-\d+|looks")
RESULTS = ("power.json", "compare.json")
AXES = 4  # of rows: replicate, part, contrast, field
Write = Callable[[Path, str], object]


@dataclass(frozen=True)
class Folder:
    """A place that keeps blocks.

    Attributes:
        path: Where.
        write: Puts a text into a file whole or not at all.
    """

    path: Path
    write: Write

    def stage(self, name: str) -> Folder:
        """Return the folder of one stage of a study."""
        return replace(self, path=self.path / name)

    def check(self) -> None:
        """Refuse a folder that holds something else than a study of power.

        Raises:
            OutputError: Naming what is in the way.
        """
        if self.path.exists() and not self.path.is_dir():
            raise OutputError(f"'{self.path}' is no folder; give another place with --out")
        for entry in sorted(self.path.iterdir()) if self.path.exists() else ():
            known = STAGES.fullmatch(entry.name) or entry.name in RESULTS or entry.name.startswith(".")
            if not known:
                raise OutputError(
                    f"'{self.path}' holds '{entry.name}', which is no part of a study of power; "
                    "give an empty folder with --out"
                )

    def open(self, job: Job) -> None:
        """Make the folder of a job's blocks, or make sure that it holds blocks of the very same job.

        Raises:
            OutputError: When it cannot be made, or holds those of another job; it says what differs.
        """
        plan = plan_of(job)
        file = self.path / PLAN
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            held = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        except OSError as error:
            raise OutputError(f"cannot use '{self.path}': {(error.strerror or 'unknown').lower()}") from error
        except ValueError as error:
            raise OutputError(f"'{file}' cannot be read as a plan; give another place with --out") from error
        if held is None:
            if any(entry.suffix == ".json" for entry in self.path.iterdir()):
                raise OutputError(f"'{self.path}' holds blocks without '{PLAN}'; give another place with --out")
            self.write(file, _text(plan))
        elif held != plan:
            raise OutputError(f"'{self.path}' holds another run: {_difference(held, plan)}; give another --out")

    def read(self, job: Job, number: int) -> np.ndarray | None:
        """Return the rows of a block that is kept, or None.

        Raises:
            OutputError: When the file was changed.
        """
        file = self._block(number)
        if not file.exists():
            return None
        try:
            held = json.loads(file.read_text(encoding="utf-8"))
            rows = np.asarray(held["rows"], dtype=float)
            sound = held["check"] == _digest(_text(held["rows"])) and held["plan"] == fingerprint(job)
        except (OSError, ValueError, KeyError, TypeError):
            sound, rows = False, np.empty(0)
        if not sound or rows.ndim != AXES or rows.shape[-1] != len(job.fields):
            raise OutputError(f"'{file}' was changed or belongs to another run; remove it and run again")
        return rows

    def save(self, job: Job, number: int, rows: np.ndarray) -> None:
        """Keep the rows of a block."""
        values = rows.tolist()
        held = {"plan": fingerprint(job), "block": number, "check": _digest(_text(values)), "rows": values}
        self.write(self._block(number), _text(held))

    def _block(self, number: int) -> Path:
        return self.path / f"block-{number:05d}.json"


def plan_of(job: Job) -> dict[str, object]:
    """Return what a block depends on, in words and digests."""
    amplitudes = None if job.amplitudes is None else {each.name: each.value for each in job.amplitudes.parameters}
    return {
        "schema": SCHEMA,
        "trial": job.trial.id,
        "design": _digest(to_toml(replace(job.trial, published=(), notes=(), unverified=()))),
        "seed": job.seed,
        "trials differ": job.trials_differ,
        "uncertain amplitudes": job.uncertain,
        "other amplitudes": amplitudes,
        "parts analysed": [[list(part.start), list(part.stop)] for part in job.parts],
        **_looks(job),
        "analysis": analysis_name(job.trial),
        "replicates a block": BLOCK,
        "records": records_digest(),
        "program": program_digest(),
        "versions": {name: version(name) for name in ("euthymia", "jax", "numpy", "scipy")},
    }


def _looks(job: Job) -> dict[str, object]:
    """Return what the looks at a trial depend on; nothing where they are left out."""
    if job.looks is None or job.trial.interim is None:
        return {}
    return {"sizes found again at level": job.looks if job.trial.interim.reestimation else None}


def fingerprint(job: Job) -> str:
    """Return the digest of everything that a block depends on."""
    return _digest(_text(plan_of(job)))


def _difference(held: Mapping[str, object], plan: Mapping[str, object]) -> str:
    for name, wanted in plan.items():
        if held.get(name) != wanted:
            return f"{name} is {_short(held.get(name))} there and {_short(wanted)} here"
    return "it has more to it"


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _text(value: object) -> str:
    """Return JSON of one form; numbers that are none are spelled NaN and Infinity, as Python reads them back."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
