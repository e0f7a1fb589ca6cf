"""Blocks of replicates in a folder, whole or not there, so that a run that was ended goes on where it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from euthymia.errors import OutputError
from euthymia.score.mechanism import Block, Job, conducted
from euthymia.store.files import digest, make_folder, write_durably
from euthymia.store.provenance import program_digest, records_digest
from euthymia.trials.writing import to_toml

SCHEMA = "euthymia.score-blocks/1"


@dataclass(frozen=True)
class Kept:
    """A source of blocks that keeps what it conducts.

    Attributes:
        folder: Where; None to keep nothing.
        threads: Worker threads; all cores when None.
    """

    folder: Path | None = None
    threads: int | None = None

    def __call__(self, job: Job, numbers: range) -> Block:
        """Return a block: the one that is kept, or else a conducted one, which is kept from then on.

        Raises:
            OutputError: When the kept one was changed or belongs to another run.
        """
        if self.folder is None:
            return conducted(job, numbers, self.threads)
        file = self.folder / _place(job) / f"block-{numbers.start:05d}-{len(numbers):03d}.json"
        if file.exists():
            return _read(file, fingerprint(job))
        block = conducted(job, numbers, self.threads)
        make_folder(file.parent)
        write_durably(file, _text(block, fingerprint(job)).encode())
        return block


def fingerprint(job: Job) -> str:
    """Return the digest of everything that a block depends on."""
    plan = (
        SCHEMA,
        to_toml(job.trial),
        job.seed,
        job.uncertainty.key,
        str(job.mechanism),
        records_digest(),
        program_digest(),
    )
    return digest(json.dumps(plan).encode())


def _place(job: Job) -> str:
    return f"{job.trial.id}-{str(job.mechanism).replace(' ', '-')}" if job.mechanism else job.trial.id


def _text(block: Block, plan: str) -> str:
    draws = {name: values.tolist() for name, values in block.draws.items()}
    held = {"draws": draws, "reasons": dict(block.reasons)}
    return json.dumps({"plan": plan, "check": digest(json.dumps(held).encode()), **held}) + "\n"


def _read(file: Path, plan: str) -> Block:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        body = {"draws": held["draws"], "reasons": held["reasons"]}
        sound = held["plan"] == plan and held["check"] == digest(json.dumps(body).encode())
        draws = {name: np.asarray(values, dtype=float) for name, values in held["draws"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        sound, draws, held = False, {}, {"reasons": {}}
    if not sound:
        raise OutputError(
            f"'{file}' was changed or belongs to another run (trial, seed, program or records differ); "
            "remove it, or give another folder with --out"
        )
    return Block(draws, held["reasons"])
