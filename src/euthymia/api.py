"""The public verbs: simulate a treatment, conduct a trial, ask where a number comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from euthymia.engine.course import Course
from euthymia.errors import EuthymiaError, ScheduleError
from euthymia.trials.results import TrialSummary

if TYPE_CHECKING:
    from pathlib import Path

    from euthymia.engine.stream import Stream
    from euthymia.models.accounts import Mechanism
    from euthymia.models.condition import Condition
    from euthymia.pharmacology.body import Normal
    from euthymia.report.circuit_study import CircuitAnswer
    from euthymia.treatment.dose import Dose
    from euthymia.treatment.regimen import Regimen
    from euthymia.trials.design import Trial
    from euthymia.trials.power_results import DesignComparison, PowerStudy
    from euthymia.trials.power_run import Work

TYPICAL_MADRS = 37.0  # points; the mean baseline of TRANSFORM-2 (row R0029)


def simulate(
    regimen: str | Regimen,
    *,
    days: float = 28.0,
    population: int = 1,
    seed: int = 1,
    fast: bool = False,
    threads: int | None = None,
    condition: Condition | None = None,
    therapy: str = "",
    beside: Sequence[str] = (),
    mechanism: Mechanism | str = "disinhibition",
    deplete_on: float | None = None,
    safety: bool = True,
) -> TreatmentCourse:
    """Simulate a treatment in a typical person or in many.

    Args:
        regimen: A sentence, such as ``"esketamine 84 mg nasal on days 1 4 8 11"``, or a regimen object.
        days: How long, days.
        population: Number of people; 1 is a typical person, for whom nothing is drawn.
        seed: Seed of the named streams.
        fast: One pass over the grid instead of two; the error is larger and not estimated.
        threads: Worker threads; all cores when None.
        condition: Impaired kidneys or liver, and other drugs that change levels; none when left out.
        therapy: Sessions of behavioural therapy, such as ``"weekly for 10 weeks from day 15"``; study days, or elapsed
            ones where a day 0 is written.
        beside: Other drugs that act on the way from the trigger to connections, such as ``("naltrexone",)``.
        mechanism: The account of how treatment works, such as ``"direct"``.
        deplete_on: Study day on which serotonin is depleted, 1 for the first; never when left out.
        safety: Whether to follow harms too; a large population runs a little faster without.

    Returns:
        The course: levels, effect site, block, plasticity and MADRS over time; occupied serotonin transporters,
        serotonin and autoreceptors with an oral antidepressant; skills with therapy; dissociation, pressures, sedation,
        responsiveness, memory, breathing and drug liking.

    Raises:
        ScheduleError: When the regimen cannot be given, or the days are no time to simulate.
        UnknownNameError: When there is no such other drug or mechanism.
        EuthymiaError: When a number of people or threads is below 1, or a condition has no published effect.

    Example:
        >>> course = simulate("esketamine 84 mg nasal on day 1", days=1)
        >>> 95 < course["plasma"].max() < 105
        True
    """
    from euthymia.engine.stream import Stream
    from euthymia.evidence import load_record
    from euthymia.models.accounts import mechanism_named
    from euthymia.models.asked import Asked
    from euthymia.models.condition import HEALTHY
    from euthymia.models.course import treat
    from euthymia.models.dosing import setting_of
    from euthymia.patients.population import Traits, draw, typical
    from euthymia.symptoms.setting import under
    from euthymia.treatment.regimen import Regimen
    from euthymia.treatment.sentence import regimen as parsed
    from euthymia.trials.results import chain_assumptions

    _check_days(days)
    _check_count("population", population)
    _check_count("threads", threads)
    given = regimen if isinstance(regimen, Regimen) else parsed(regimen)
    others = (beside,) if isinstance(beside, str) else tuple(beside)
    asked = Asked(therapy, others, deplete_on, mechanism_named(mechanism))
    stream, alone = Stream(seed).fold("simulate"), population == 1
    sizes = under(load_record("amplitudes"), setting_of(given.doses))
    course = treat(
        typical(TYPICAL_MADRS, amplitudes=sizes) if alone else draw(stream, 0, population, Traits(), amplitudes=sizes),
        given,
        _typical_drug if alone else lambda drug: _drawn_drug(stream, drug, population),
        days=days,
        seed=None if alone else seed,
        fast=fast,
        threads=threads,
        condition=condition or HEALTHY,
        beside=asked.beside(),
        chain=asked.chain(),
        safety=safety,
    )
    assumptions = chain_assumptions() + _beyond_the_chain(given.doses, asked.records)
    said = " | ".join((course.meta.regimen, *asked.words))
    return TreatmentCourse(course.t, course.variables, replace(course.meta, regimen=said, assumptions=assumptions))


def conduct(
    trial: Trial,
    *,
    seed: int = 1,
    replicates: int = 200,
    threads: int | None = None,
    chunk: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> ConductedTrial:
    """Conduct a trial many times and set the predictions beside its published results.

    Args:
        trial: The design.
        seed: Seed of the named streams.
        replicates: How many times.
        threads: Worker threads; all cores when None. Never changes the result.
        chunk: People a task. Never changes the result.
        progress: Called with the share of the work that is done.

    Raises:
        TrialFileError: When the design asks for something that has no model yet.
        EuthymiaError: When a number of replicates, threads or people a task is below 1.
    """
    from euthymia.trials.analyse import summarise
    from euthymia.trials.conduct import conduct as run
    from euthymia.trials.design import arms_of
    from euthymia.trials.schedule import at_sessions
    from euthymia.trials.tablets import names_of
    from euthymia.trials.therapy import taught

    _check_count("replicates", replicates)
    _check_count("threads", threads)
    _check_count("chunk", chunk)
    found = summarise(run(trial, seed=seed, replicates=replicates, threads=threads, chunk=chunk, progress=progress))
    doses = at_sessions(dose for arm in arms_of(trial) for dose in arm.regimen.doses)
    at_home = ("sert", "serotonin") * bool(names_of(trial)) + ("therapy",) * taught(trial)
    found = replace(found, assumptions=found.assumptions + _beyond_the_chain(doses, at_home))
    return ConductedTrial(**{field.name: getattr(found, field.name) for field in fields(found)})


class VirtualTrial:
    """A trial ready to be conducted; ``eu.trial("transform-2").conduct(seed=1).summary()``."""

    def __init__(self, design: Trial) -> None:
        self.design = design

    def conduct(self, *, seed: int = 1, replicates: int = 200, threads: int | None = None) -> ConductedTrial:
        """Conduct the trial; see :func:`conduct`."""
        return conduct(self.design, seed=seed, replicates=replicates, threads=threads)

    def power(
        self,
        *,
        replicates: int = 1000,
        target: float | None = None,
        assurance: bool = False,
        seed: int = 1,
        workers: int = 1,
        out: str | Path | None = None,
    ) -> PowerStudy:
        """Return the operating characteristics of the trial; see :func:`power`, which can be asked for more."""
        return power(
            self.design,
            replicates=replicates,
            target=target,
            assurance=assurance,
            seed=seed,
            workers=workers,
            out=out,
        )


def trial(name: str | Path) -> VirtualTrial:
    """Return the trial of that name, or the one described by a TOML file.

    Raises:
        UnknownNameError: When there is no trial of that name.
        TrialFileError: When a file cannot be conducted as written.
    """
    from euthymia.trials.catalogue import load_trial

    return VirtualTrial(load_trial(str(name)))


def power(
    trial: Trial,
    *,
    replicates: int = 1000,
    precision: float | None = None,
    alpha: float = 0.05,
    margin: float | None = None,
    arm: str | None = None,
    target: float | None = None,
    largest: int = 4000,
    assurance: bool = False,
    trials_differ: bool = False,
    seed: int = 1,
    workers: int = 1,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> PowerStudy:
    """Return how the primary analysis of a trial behaves: power, bias, coverage, errors of sign, and more where asked.

    Args:
        trial: The design.
        replicates: How many at most.
        precision: Monte Carlo standard error of power that is enough to stop; None to conduct all.
        alpha: Two-sided level of the test.
        margin: Size of a favourable difference, of which it is counted how often the estimate is at least that good.
        arm: The only arm to compare with the reference; all of them when None.
        target: Power for which the size is sought, all arms growing alike.
        largest: People in all arms together beyond which no size is tried.
        assurance: Whether to average over the uncertainty of the amplitudes and over trials too.
        trials_differ: Whether trials differ in care and in drug effect.
        seed: Seed of the named streams.
        workers: Processes. Never changes the result.
        threads: Threads, with one process; all cores when None. Never changes the result.
        out: Folder that keeps finished blocks, so that a run that was ended goes on from there, and the result.
        progress: Called with the share of a stage that is done.

    Raises:
        TrialFileError: When the design asks for something that has no model yet.
        UnknownNameError: When no such arm is compared with the reference.
        EuthymiaError: When what is asked makes no sense.
        OutputError: When the folder cannot be used, or holds something else.
    """
    from euthymia.trials.power import Asked
    from euthymia.trials.power import power as study

    asked = Asked(replicates, precision, alpha, margin, arm, target, largest, assurance, trials_differ)
    return _kept(study(trial, asked, seed=seed, work=_work(workers, threads, out, progress)), out, "power.json")


def compare(
    first: Trial,
    second: Trial,
    *,
    replicates: int = 1000,
    alpha: float = 0.05,
    trials_differ: bool = False,
    seed: int = 1,
    workers: int = 1,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> DesignComparison:
    """Return how two designs differ in power and in what they estimate, in the same people.

    Args:
        first: A design.
        second: Another one; arms of the same name have the same people.
        replicates: How many of each.
        alpha: Two-sided level of both tests.
        trials_differ: Whether trials differ in care and in drug effect.
        seed: Seed of the named streams.
        workers: Processes. Never changes the result.
        threads: Threads, with one process; all cores when None. Never changes the result.
        out: Folder that keeps finished blocks and the result.
        progress: Called with the share of a design that is done.

    Raises:
        TrialFileError: When a design asks for something that has no model yet.
        EuthymiaError: When no arm of one has a twin in the other, or a number makes no sense.
        OutputError: When the folder cannot be used, or holds something else.
    """
    from euthymia.trials.power_compare import compared

    work = _work(workers, threads, out, progress)
    found = compared(
        first, second, replicates=replicates, seed=seed, alpha=alpha, trials_differ=trials_differ, work=work
    )
    return _kept(found, out, "compare.json")


def circuit(ketamine: str | Sequence[float] = "0 0.1 0.3 1 3 10 uM", *, changes: Sequence[str] = ()) -> CircuitAnswer:
    """Return what ketamine does to the cortical circuit: rates, gain, gamma, stability, surge, spectrum, spikes.

    Args:
        ketamine: Free levels at the receptors with a unit, or numbers in uM.
        changes: What is done to the healthy circuit, such as ``"AMPA 0.7"`` or ``"NMDA SST 0.4"``.

    Raises:
        UnknownNameError: When a change is not known; it names the nearest.
        EuthymiaError: When levels or changes cannot be read.

    Example:
        >>> circuit("1 uM").rates.shape
        (1, 3)
    """
    from euthymia.report.circuit_study import answer

    return answer(ketamine, changes)


class TreatmentCourse(Course):
    """The course of a treatment, which can draw itself."""

    def plot(self, names: Sequence[str] | None = None, path: str | Path | None = None) -> str:
        """Return a figure with one panel a variable as SVG text, and write it where a path is given.

        Args:
            names: Variables, top to bottom; all of them when left out.
            path: Where to write the figure; whole or not at all.

        Raises:
            UnknownNameError: When the course lacks one of the names.
            OutputError: When the place cannot be written to.
        """
        from euthymia.report import figures

        return _drawn(figures.plot_course(self, names), path)


class Figure(Enum):
    """What there is to draw of a conducted trial."""

    COURSE = "course"
    CONTRASTS = "contrasts"
    CHANGES = "changes"
    SAFETY = "safety"


class ConductedTrial(TrialSummary):
    """What a conducted trial says, which can draw itself."""

    def plot(self, figure: Figure = Figure.COURSE, path: str | Path | None = None) -> str:
        """Return one of the report's figures as SVG text, and write it where a path is given.

        Args:
            figure: Which.
            path: Where to write the figure; whole or not at all.

        Raises:
            OutputError: When the place cannot be written to.
        """
        from euthymia.report import trial_figures

        draw = {
            Figure.COURSE: trial_figures.plot_bands,
            Figure.CONTRASTS: trial_figures.plot_contrasts,
            Figure.CHANGES: trial_figures.plot_distributions,
            Figure.SAFETY: trial_figures.plot_safety,
        }[Figure(figure)]
        return _drawn(draw(self), path)


def _typical_drug(drug: str) -> Normal:
    """Return the draws of a typical person: none."""
    import numpy as np

    return lambda purpose: np.zeros(1)


def _drawn_drug(stream: Stream, drug: str, population: int) -> Normal:
    """Return the draws of a drug's numbers, in a stream of its own."""
    return lambda purpose: stream.fold("drug", drug).normal(purpose, 0, population)[:, 0]


def _beyond_the_chain(doses: Iterable[Dose], further: Sequence[str] = ()) -> tuple[dict[str, object], ...]:
    """Return every number of the records that these drugs bring in, and of further ones, beside those of the chain."""
    from euthymia.evidence import load_record
    from euthymia.models.records import records_of
    from euthymia.trials.results import CHAIN_RECORDS, assumption

    names = sorted({*records_of(doses), *further} - {*CHAIN_RECORDS})
    return tuple(assumption(each) for name in names for each in load_record(name).parameters)


def _check_days(days: float) -> None:
    from euthymia.treatment.dose import LAST_DAY

    if not math.isfinite(days) or not 0.0 < days <= LAST_DAY:
        raise ScheduleError(f"days is {days:g}; expected more than 0 and at most {LAST_DAY}")


def _check_count(name: str, count: int | None) -> None:
    if count is not None and count < 1:
        raise EuthymiaError(f"{name} is {count}; expected 1 or more")


def _work(workers: int, threads: int | None, out: str | Path | None, progress: Callable[[float], None] | None) -> Work:
    from euthymia.report import files
    from euthymia.trials.power_run import Work
    from euthymia.trials.power_store import Folder

    _check_count("workers", workers)
    _check_count("threads", threads)
    folder = None if out is None else Folder(files.check_place(out), files.write_atomic)
    return Work(workers, threads, folder, progress)


def _kept(found: Any, out: str | Path | None, name: str) -> Any:
    """Write a result into a folder, where one is given, and return it."""
    from pathlib import Path

    from euthymia.report import files

    if out is not None:
        files.write_atomic(Path(out) / name, found.to_json())
    return found


def _drawn(element: str, path: str | Path | None) -> str:
    from euthymia.report import figures, files

    found = figures.standalone(element)
    if path is not None:
        files.write_atomic(path, found)
    return found


__all__ = [
    "ConductedTrial",
    "Figure",
    "TreatmentCourse",
    "VirtualTrial",
    "circuit",
    "compare",
    "conduct",
    "power",
    "simulate",
    "trial",
]
