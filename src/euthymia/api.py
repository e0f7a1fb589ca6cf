"""The public verbs: simulate a treatment, conduct a trial, ask where a number comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from euthymia.engine.course import Course
from euthymia.errors import EuthymiaError, ScheduleError
from euthymia.trials.results import TrialSummary

if TYPE_CHECKING:
    from pathlib import Path

    from euthymia.engine.device import Dtype
    from euthymia.models.accounts import Mechanism
    from euthymia.models.condition import Condition
    from euthymia.patients.who import Who
    from euthymia.report.circuit_study import CircuitAnswer
    from euthymia.runs.job import Job
    from euthymia.score.mechanisms import Accounts
    from euthymia.score.results import Board
    from euthymia.treatment.regimen import Regimen
    from euthymia.trials.design import Trial
    from euthymia.trials.power_results import DesignComparison, PowerStudy
    from euthymia.trials.power_run import Work


def simulate(
    regimen: str | Regimen,
    *,
    days: float = 28.0,
    population: int = 1,
    seed: int = 1,
    fast: bool = False,
    dtype: Dtype | str = "float64",
    threads: int | None = None,
    condition: Condition | None = None,
    therapy: str = "",
    beside: Sequence[str] = (),
    mechanism: Mechanism | str = "disinhibition",
    deplete_on: float | None = None,
    safety: bool = True,
    who: Who | None = None,
    store: str | Path | None = None,
    keep: Sequence[str] = (),
    workers: int = 1,
    cluster: str | None = None,
    chunk: int | None = None,
    command: str = "",
    progress: Callable[[float], None] | None = None,
) -> TreatmentCourse:
    """Simulate a treatment in a typical person or in many.

    Args:
        regimen: A sentence, such as ``"esketamine 84 mg nasal on days 1 4 8 11"``, or a regimen object.
        days: How long, days.
        population: Number of people; 1 is a typical person, for whom nothing is drawn.
        seed: Seed of the named streams.
        fast: One pass over the grid instead of two; the error is larger and not estimated.
        dtype: ``"float32"`` computes the chain with fewer digits, which is quicker.
        threads: Worker threads; all cores when None.
        condition: Impaired kidneys or liver, and other drugs that change levels; none when left out.
        therapy: Sessions of behavioural therapy, such as ``"weekly for 10 weeks from day 15"``; study days, or elapsed
            ones where a day 0 is written.
        beside: Other drugs that act on the way from the trigger to connections, such as ``("naltrexone",)``.
        mechanism: The account of how treatment works, such as ``"direct"``.
        deplete_on: Study day on which serotonin is depleted, 1 for the first; never when left out.
        safety: Whether to follow harms too; a large population runs a little faster without.
        who: Who is treated: age, sex, weight, severity, drugs that failed before; usual people when left out.
        store: Where the run is kept, and gone on with if it was ended: a folder, or ``postgresql://...?shards=FOLDER``.
        keep: Variables that a kept run holds; all of them when left out.
        workers: Processes of a kept run. Never changes the result.
        cluster: Dask scheduler of a kept run, or ``local:N``. Never changes the result.
        chunk: People a task of a kept run, rounded up to whole shards. Never changes the result.
        command: The command that makes the run again, for its provenance.
        progress: Called with the share of a kept run that is done.

    Returns:
        The course: levels, effect site, block, plasticity and MADRS over time; occupied serotonin transporters,
        serotonin and autoreceptors with an oral antidepressant; skills with therapy; dissociation, pressures, sedation,
        responsiveness, memory, breathing and drug liking.

    Raises:
        ScheduleError: When the regimen cannot be given, or the days are no time to simulate.
        UnknownNameError: When there is no such other drug, mechanism or dtype.
        EuthymiaError: When a number of people or threads is below 1, or a condition has no published effect.
        StoreError: When the store cannot be used.
        WorkError: When workers were lost again and again.

    Example:
        >>> course = simulate("esketamine 84 mg nasal on day 1", days=1)
        >>> 95 < course["plasma"].max() < 105
        True
    """
    from euthymia.engine.device import dtype_named
    from euthymia.models.accounts import mechanism_named
    from euthymia.models.asked import Asked
    from euthymia.models.condition import HEALTHY
    from euthymia.patients.who import ANYBODY
    from euthymia.runs.treatment import Treatment
    from euthymia.treatment.regimen import Regimen
    from euthymia.treatment.sentence import regimen as parsed

    _check_days(days)
    _check_count("population", population)
    _check_count("threads", threads)
    others = (beside,) if isinstance(beside, str) else tuple(beside)
    job = Treatment(
        regimen=regimen if isinstance(regimen, Regimen) else parsed(regimen),
        days=days,
        population=population,
        seed=seed,
        fast=fast,
        dtype=dtype_named(dtype),
        condition=condition or HEALTHY,
        asked=Asked(therapy, others, deplete_on, mechanism_named(mechanism)),
        safety=safety,
        who=who or ANYBODY,
        keep=(keep,) if isinstance(keep, str) else tuple(keep),
        command=command,
    )
    if store is None:
        _check_unkept(workers=workers, cluster=cluster, chunk=chunk, keep=job.keep)
        _, course = job.course(range(population), threads)
    else:
        course = _stored(job, store, threads, workers, cluster, chunk, progress)
    return TreatmentCourse(course.t, course.variables, course.meta)


def conduct(
    trial: Trial,
    *,
    seed: int = 1,
    replicates: int = 200,
    threads: int | None = None,
    chunk: int | None = None,
    progress: Callable[[float], None] | None = None,
    store: str | Path | None = None,
    workers: int = 1,
    cluster: str | None = None,
    command: str = "",
) -> ConductedTrial:
    """Conduct a trial many times and set the predictions beside its published results.

    Args:
        trial: The design.
        seed: Seed of the named streams.
        replicates: How many times.
        threads: Worker threads; all cores when None. Never changes the result.
        chunk: People a task; replicates a task of a kept run. Never changes the result.
        progress: Called with the share of the work that is done.
        store: Where the run is kept, and gone on with if it was ended: a folder, or ``postgresql://...?shards=FOLDER``.
        workers: Processes of a kept run. Never changes the result.
        cluster: Dask scheduler of a kept run, or ``local:N``. Never changes the result.
        command: The command that makes the run again, for its provenance.

    Raises:
        TrialFileError: When the design asks for something that has no model yet.
        EuthymiaError: When a number of replicates, threads or people a task is below 1.
        StoreError: When the store cannot be used.
        WorkError: When workers were lost again and again.
    """
    from euthymia.runs.conducted import ConductedJob, summary
    from euthymia.trials.conduct import conduct as run

    _check_count("replicates", replicates)
    _check_count("threads", threads)
    _check_count("chunk", chunk)
    if store is None:
        _check_unkept(workers=workers, cluster=cluster)
        found = summary(run(trial, seed=seed, replicates=replicates, threads=threads, chunk=chunk, progress=progress))
    else:
        found = _stored(
            ConductedJob(trial, replicates, seed, command), store, threads, workers, cluster, chunk, progress
        )
    return _conducted(found)


def load(store: str | Path, run: str) -> TreatmentCourse | ConductedTrial:
    """Return the result of a finished run that is kept, as `simulate` or `conduct` gave it.

    Args:
        store: A folder, or ``postgresql://...?shards=FOLDER``.
        run: The run's name, or the beginning of it.

    Raises:
        StoreError: When there is no store, the run is not finished, or a shard was changed.
        UnknownNameError: When no run, or more than one, is called so.
    """
    from euthymia import runs

    found = runs.load(store, run)
    if isinstance(found, Course):
        return TreatmentCourse(found.t, found.variables, found.meta)
    return _conducted(found)


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

    def _repr_html_(self) -> str:
        """Return what a notebook shows of the design."""
        from euthymia.report.notebook import design_cell

        return design_cell(self.design)


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


def score_trials(
    trials: Sequence[Trial] = (),
    *,
    replicates: int = 200,
    leave_out: bool = False,
    seed: int = 1,
    threads: int | None = None,
    out: str | Path | None = None,
    command: str = "",
    progress: Callable[[float], None] | None = None,
) -> Board:
    """Predict trials with their published rows, judge the predictions, and set two rivals beside them.

    Args:
        trials: The trials; when none is given, those marked for validation, or with ``leave_out`` for calibration.
        replicates: How often each is conducted.
        leave_out: Whether to take each trial out of what the mechanism's numbers were fitted to; its rivals never
            know it.
        seed: Seed of the named streams.
        threads: Worker threads; all cores when None. Never changes the result.
        out: Folder that keeps finished blocks, so that a run that was ended goes on from there, and ``score.json``.
        command: What the result says it was made by.
        progress: Called with the share of trials that are done.

    Raises:
        TrialFileError: When a design asks for something that has no model yet.
        EuthymiaError: When a trial has no published rows or is given twice, or a number makes no sense.
        OutputError: When the folder cannot be used, or holds another run.
    """
    from euthymia.evidence.published import Split
    from euthymia.score.leaving_out import left_out
    from euthymia.score.run import score, trials_of

    _check_count("threads", threads)
    folder = _blocks(out)
    chosen = tuple(trials) or trials_of(Split.CALIBRATION if leave_out else Split.VALIDATION)
    without = left_out(seed, folder) if leave_out else None
    found = score(
        chosen, seed=seed, replicates=replicates, threads=threads, folder=folder, without=without, progress=progress
    )
    return _kept(replace(found, command=command, version=_version()), out, "score.json")


def compare_mechanisms(
    trials: Sequence[Trial] = (),
    *,
    among: Sequence[Mechanism | str] = (),
    replicates: int = 200,
    seed: int = 1,
    threads: int | None = None,
    out: str | Path | None = None,
    command: str = "",
    progress: Callable[[float], None] | None = None,
) -> Accounts:
    """Predict trials under each account of how treatment works, and say which one foresees their published rows.

    Args:
        trials: The trials; when none is given, those marked for validation.
        among: The accounts, such as ``"direct"``; when none is given, all but the closed loop, which takes some fifty
            times as long.
        replicates: How often each is conducted under each account.
        seed: Seed of the named streams.
        threads: Worker threads; all cores when None. Never changes the result.
        out: Folder that keeps finished blocks, so that a run that was ended goes on, and ``mechanisms.json``.
        command: What the result says it was made by.
        progress: Called with the share of the work that is done.

    Raises:
        TrialFileError: When a design asks for something that has no model yet.
        EuthymiaError: When a trial has no published rows or is given twice, or a number makes no sense.
        OutputError: When the folder cannot be used, or holds another run.
    """
    from euthymia.evidence.published import Split
    from euthymia.models.accounts import mechanism_named
    from euthymia.score import mechanisms
    from euthymia.score.run import trials_of

    _check_count("threads", threads)
    folder = _blocks(out)
    chosen = tuple(trials) or trials_of(Split.VALIDATION)
    accounts = [mechanism_named(str(each)) for each in among] or mechanisms.COMPARED
    found = mechanisms.compare_mechanisms(
        chosen, among=accounts, seed=seed, replicates=replicates, threads=threads, folder=folder, progress=progress
    )
    return _kept(replace(found, command=command, version=_version()), out, "mechanisms.json")


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

    def report(self, path: str | Path) -> Path:
        """Write the report of the course: question, design, results, figures, numbers by grade, sources.

        Args:
            path: Where; it ends in ``.html`` (one page that stands alone) or ``.pdf`` (needs Typst).

        Raises:
            OutputError: When it ends otherwise, or the place cannot be written to.
            EuthymiaError: When a PDF is asked for and Typst is not installed.
        """
        from euthymia.report.course_document import course_document
        from euthymia.report.handing import hand_over

        meta = replace(self.meta, version=self.meta.version or _version())
        return hand_over(lambda: course_document(replace(self, meta=meta)), path)

    def _repr_html_(self) -> str:
        """Return what a notebook shows of the course."""
        from euthymia.report.notebook import course_cell

        return course_cell(self)


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

    def report(self, path: str | Path, design: Trial | None = None) -> Path:
        """Write the report of the trial: question, design, results beside what was published, figures, sources.

        Args:
            path: Where; it ends in ``.html`` (one page that stands alone) or ``.pdf`` (needs Typst).
            design: The trial, for all of its design; the arms alone when None.

        Raises:
            OutputError: When it ends otherwise, or the place cannot be written to.
            EuthymiaError: When a PDF is asked for and Typst is not installed.
        """
        from euthymia.report.handing import hand_over
        from euthymia.report.trial_document import trial_document

        return hand_over(lambda: trial_document(replace(self, version=self.version or _version()), design), path)

    def _repr_html_(self) -> str:
        """Return what a notebook shows of the trial."""
        from euthymia.report.notebook import trial_cell

        return trial_cell(self)


def _conducted(found: TrialSummary) -> ConductedTrial:
    return ConductedTrial(**{field.name: getattr(found, field.name) for field in fields(found)})


def _check_days(days: float) -> None:
    from euthymia.treatment.dose import LAST_DAY

    if not math.isfinite(days) or not 0.0 < days <= LAST_DAY:
        raise ScheduleError(f"days is {days:g}; expected more than 0 and at most {LAST_DAY}")


def _check_count(name: str, count: int | None) -> None:
    if count is not None and count < 1:
        raise EuthymiaError(f"{name} is {count}; expected 1 or more")


def _check_unkept(**given: object) -> None:
    """Refuse what only a kept run has."""
    for name, value in given.items():
        if value not in (None, 1, ()):
            raise EuthymiaError(f"{name} is given without a store; it is for runs that are kept (store=...)")


def _stored(
    job: Job,
    store: str | Path,
    threads: int | None,
    workers: int,
    cluster: str | None,
    chunk: int | None,
    progress: Callable[[float], None] | None,
) -> Any:
    """Return the result of a run that is kept."""
    from euthymia.engine.executor import executor
    from euthymia.runs.keeping import Work as How
    from euthymia.runs.keeping import keep
    from euthymia.store.catalogue import Catalogue

    _check_count("chunk", chunk)
    work = How(executor(workers, cluster), threads, chunk, progress)
    return keep(job, Catalogue.at(store), work).result


def _work(workers: int, threads: int | None, out: str | Path | None, progress: Callable[[float], None] | None) -> Work:
    from euthymia.report import files
    from euthymia.trials.power_run import Work
    from euthymia.trials.power_store import Folder

    _check_count("workers", workers)
    _check_count("threads", threads)
    folder = None if out is None else Folder(files.check_place(out), files.write_atomic)
    return Work(workers, threads, folder, progress)


def _blocks(out: str | Path | None) -> Path | None:
    """Return the folder of a score's finished blocks."""
    from euthymia.report import files

    return None if out is None else files.check_place(out) / "blocks"


def _version() -> str:
    from importlib.metadata import version

    return version("euthymia")


def _kept(found: Any, out: str | Path | None, name: str) -> Any:
    """Write a result into a folder, where one is given, and return it."""
    from pathlib import Path

    from euthymia.report import files

    if out is not None:
        files.write_atomic(files.check_folder(Path(out)) / name, found.to_json())
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
    "compare_mechanisms",
    "conduct",
    "load",
    "power",
    "score_trials",
    "simulate",
    "trial",
]
