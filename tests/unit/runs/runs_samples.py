"""Jobs that are kept in tests: one that computes next to nothing, and a treatment whose worker dies on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from euthymia.runs.treatment import Treatment
from euthymia.store.moments import Moments, moments
from euthymia.store.shards import Rows, Shard

REGIMEN = "esketamine 84 mg nasal on day 1"


@dataclass(frozen=True)
class Total:
    """The sum of everything."""

    total: float

    def to_dict(self) -> dict[str, object]:
        return {"total": self.total}


@dataclass(frozen=True)
class Invented:
    """Numbers that depend on seed and person only.

    Attributes:
        units: How many people.
        seed: Seed.
        width: Numbers a person, which makes shards as large as a test wants.
        seconds: How long a shard takes.
    """

    units: int = 100
    seed: int = 1
    width: int = 3
    seconds: float = 0.0
    a_shard: int = 10
    command: str = ""
    title: str = "invented people"

    kind: ClassVar[str] = "invented"

    def request(self) -> dict[str, Any]:
        return {"width": self.width}

    def check(self) -> None:
        """Nothing to refuse."""

    def rows(self, numbers: range, threads: int | None) -> Rows:
        time.sleep(self.seconds)
        values = np.stack([np.random.default_rng([self.seed, each]).normal(size=self.width) for each in numbers])
        return Rows({"person": np.arange(numbers.start, numbers.stop), "values": values})

    def moments(self, rows: Rows) -> Mapping[str, Moments]:
        return {"first": moments(rows.columns["values"][:, 0])}

    def views(self) -> Mapping[str, str]:
        return {}

    def result(self, shards: tuple[Shard, ...], load: Any) -> Total:
        return Total(float(np.concatenate([load(shard, None).columns["values"].sum(axis=1) for shard in shards]).sum()))


@dataclass(frozen=True)
class Dying(Treatment):
    """A treatment whose worker is killed once, when it comes to the second shard.

    Attributes:
        marks: Folder in which it is noted that it was.
    """

    marks: str = ""

    def rows(self, numbers: range, threads: int | None) -> Rows:
        mark = Path(self.marks) / "killed"
        if numbers.start and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().rows(numbers, threads)


def files_of(store: Path) -> dict[str, bytes]:
    """Return the shards and results of a store; a half-written file of a run that was killed is hidden, and swept."""
    held = (path for path in sorted((store / "shards").rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(store)): path.read_bytes() for path in held}
