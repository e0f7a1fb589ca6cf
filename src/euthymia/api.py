"""The public verbs: simulate a treatment, conduct a trial, ask where a number comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from euthymia.engine.course import Course
    from euthymia.treatment.regimen import Regimen
    from euthymia.trials.design import Trial
    from euthymia.trials.results import TrialSummary


def simulate(
    regimen: str | Regimen,
    *,
    days: float = 28.0,
    population: int = 1,
    seed: int = 1,
    fast: bool = False,
    threads: int | None = None,
) -> Course:
    """Simulate a treatment in a typical person or in many.

    Args:
        regimen: A sentence, such as ``"esketamine 84 mg nasal on days 1 4 8 11"``, or a regimen object.
        days: How long, days.
        population: Number of people; 1 is a typical person, for whom nothing is drawn.
        seed: Seed of the named streams.
        fast: One pass over the grid instead of two; the error is larger and not estimated.
        threads: Worker threads; all cores when None.

    Returns:
        The course: plasma, effect site, block, plasticity, MADRS, CADSS and pressure over time.

    Raises:
        ScheduleError: When the regimen cannot be given or has no model.

    Example:
        >>> course = simulate("esketamine 84 mg nasal on day 1", days=1)
        >>> 95 < course["plasma"].max() < 105
        True
    """
    from euthymia.patients.course import simulate_course
    from euthymia.treatment.regimen import Regimen
    from euthymia.treatment.sentence import regimen as parsed
    from euthymia.trials.results import chain_assumptions

    given = regimen if isinstance(regimen, Regimen) else parsed(regimen)
    course = simulate_course(given, days=days, population=population, seed=seed, fast=fast, threads=threads)
    return replace(course, meta=replace(course.meta, assumptions=chain_assumptions()))


def conduct(
    trial: Trial,
    *,
    seed: int = 1,
    replicates: int = 200,
    threads: int | None = None,
    chunk: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> TrialSummary:
    """Conduct a trial many times and set the predictions beside its published results.

    Args:
        trial: The design.
        seed: Seed of the named streams.
        replicates: How many times.
        threads: Worker threads; all cores when None. Never changes the result.
        chunk: People a task. Never changes the result.
        progress: Called with the share of the work that is done.
    """
    from euthymia.trials.analyse import summarise
    from euthymia.trials.conduct import conduct as run

    return summarise(run(trial, seed=seed, replicates=replicates, threads=threads, chunk=chunk, progress=progress))


class VirtualTrial:
    """A trial ready to be conducted; ``eu.trial("transform-2").conduct(seed=1).summary()``."""

    def __init__(self, design: Trial) -> None:
        self.design = design

    def conduct(self, *, seed: int = 1, replicates: int = 200, threads: int | None = None) -> TrialSummary:
        """Conduct the trial; see :func:`conduct`."""
        return conduct(self.design, seed=seed, replicates=replicates, threads=threads)


def trial(name: str | Path) -> VirtualTrial:
    """Return the trial of that name, or the one described by a TOML file.

    Raises:
        UnknownNameError: When there is no trial of that name.
        TrialFileError: When a file cannot be conducted as written.
    """
    from euthymia.trials.catalogue import load_trial

    return VirtualTrial(load_trial(str(name)))


def plot(course: Course, names: list[str] | None = None, path: str | Path | None = None) -> str:
    """Draw variables of a course; return the SVG, and write it where a path is given."""
    from euthymia.report import figures, files

    drawn = figures.standalone(figures.plot_course(course, names) if names else figures.plot_course(course))
    if path is not None:
        files.write_atomic(path, drawn)
    return drawn


__all__ = ["VirtualTrial", "conduct", "plot", "simulate", "trial"]
