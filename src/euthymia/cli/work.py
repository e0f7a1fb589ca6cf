"""The long work behind commands: the one place where the command line calls the numerics, loaded only then."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from euthymia.cli import output

if TYPE_CHECKING:
    from euthymia.engine.course import Course
    from euthymia.models.asked import Asked
    from euthymia.models.condition import Condition
    from euthymia.trials.design import Trial
    from euthymia.trials.results import TrialSummary


def simulated(
    regimen: str, *, days: float, patients: int, seed: int, fast: bool, condition: Condition, asked: Asked
) -> Course:
    """Return the course of a typical person, or of ``patients`` people."""
    from euthymia import api

    with output.progress("simulating"):
        return api.simulate(
            regimen,
            days=days,
            population=patients,
            seed=seed,
            fast=fast,
            condition=condition,
            therapy=asked.therapy,
            beside=asked.others,
            mechanism=asked.mechanism,
            deplete_on=asked.deplete_on,
        )


def conducted(trial: Trial, *, replicates: int, seed: int, threads: int | None, chunk: int | None) -> TrialSummary:
    """Return what a trial says; ``threads`` and ``chunk`` change the time it takes, never a byte."""
    from euthymia import api

    with output.progress("conducting the trial") as move:
        return api.conduct(trial, seed=seed, replicates=replicates, threads=threads, chunk=chunk, progress=move)


def spelled(*words: object) -> str:
    """Return a command line as a user would type it again."""
    return shlex.join(str(word) for word in words)
