"""`euthymia simulate`: one treatment, a typical person or many."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output, report, work
from euthymia.engine.device import Device, Dtype, use
from euthymia.errors import EuthymiaError, ScheduleError
from euthymia.models.accounts import Mechanism
from euthymia.models.organs import Kidneys, Liver, condition_of

if TYPE_CHECKING:
    from euthymia.engine.course import Course
    from euthymia.models.asked import Asked
    from euthymia.models.condition import Condition

LONGEST_DAYS = 3660.0


def simulate(
    regimen: Annotated[str, typer.Argument(help='The treatment, such as "esketamine 84 mg nasal on days 1 4 8 11".')],
    days: Annotated[float, typer.Option(help="How long to simulate.")] = 28.0,
    patients: Annotated[int, typer.Option(min=1, help="How many people; 1 is a typical person.")] = 1,
    seed: options.Seed = 1,
    kidneys: Annotated[Kidneys, typer.Option(help="Impairment of the kidney.")] = Kidneys.NORMAL,
    liver: Annotated[Liver, typer.Option(help="Child-Pugh class of the liver.")] = Liver.NORMAL,
    alongside: Annotated[
        list[str] | None, typer.Option("--with", help="Another drug, by its effect on levels or on plasticity.")
    ] = None,
    therapy: Annotated[str, typer.Option(help='Sessions of therapy, such as "weekly for 10 weeks from day 15".')] = "",
    mechanism: Annotated[
        Mechanism, typer.Option(help="The account of how treatment works.", case_sensitive=False)
    ] = Mechanism.DISINHIBITION,
    deplete_on: Annotated[float | None, typer.Option(help="Study day on which serotonin is depleted.")] = None,
    who: Annotated[
        list[str] | None,
        typer.Option(help="Who is treated: 'age 70', 'women 0.5', 'MADRS 32', 'failed 2'; repeatable."),
    ] = None,
    store: options.Store = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="A variable that a kept run holds, such as MADRS; all when left out.")
    ] = None,
    threads: options.Threads = None,
    chunk: Annotated[
        int | None, typer.Option(min=1, help="People at a time of a kept run; the result is the same whatever it is.")
    ] = None,
    workers: options.Workers = 1,
    cluster: options.Cluster = None,
    device: Annotated[Device, typer.Option(help="What computes: cpu, or one GPU (not tested).")] = Device.CPU,
    dtype: Annotated[
        Dtype, typer.Option(help="Digits of the computation; float32 is quicker and less exact.")
    ] = Dtype.FLOAT64,
    out: options.CourseOut = None,
    pdf: options.Pdf = False,
    fast: Annotated[bool, typer.Option("--fast", help="Coarser steps: quicker, with a larger stated error.")] = False,
    json: options.AsJson = False,
) -> None:
    """Simulate a treatment and print its course."""
    from euthymia.patients.who import who_spoken
    from euthymia.report import files
    from euthymia.treatment.sentence import regimen as parsed

    check_days(days)
    parsed(regimen)
    if pdf and out is None:
        raise EuthymiaError("--pdf writes beside report.html; say where with --out")
    report.ready(pdf)
    if out is not None:
        files.check_place(out)
    people = who_spoken(who or ())
    condition, asked, spelled = beside(kidneys, liver, alongside or [], therapy, mechanism, deplete_on)
    spelled += [word for phrase in people.said for word in ("--who", phrase)]
    spelled += [word for name in keep or [] for word in ("--keep", name)]
    spelled += ["--dtype", dtype.value] * (dtype is not Dtype.FLOAT64)
    command = _spelled(regimen, days, patients, seed, spelled, fast)
    kept = work.Kept(store, workers, cluster, threads, chunk, command)
    kept.check(keep or (), chunked=True)
    if device is Device.GPU and store is not None:
        raise EuthymiaError("--device gpu is not for runs that are kept: another device gives other last digits")
    use(device)
    made = work.simulated(
        regimen,
        days=days,
        patients=patients,
        seed=seed,
        fast=fast,
        dtype=dtype,
        condition=condition,
        asked=asked,
        kept=kept,
        keep=keep or (),
        who=people,
    )
    course = replace(made, meta=replace(made.meta, command=command, version=output.version()))
    written = _write(course, out, pdf) if out is not None else []
    if json:
        output.emit(course.to_dict())
        return
    from euthymia.report.course_tables import course_table

    output.show(course_table(course))
    for path in written:
        output.say(f"wrote {path}")


def check_days(days: float) -> None:
    """Refuse a number of days that cannot be simulated.

    Raises:
        ScheduleError: Naming the option.
    """
    if not math.isfinite(days) or not 0 < days <= LONGEST_DAYS:
        raise ScheduleError(f"--days is {days:g}; expected more than 0 and at most {LONGEST_DAYS:g}")


def beside(
    kidneys: Kidneys,
    liver: Liver,
    alongside: list[str],
    therapy: str,
    mechanism: Mechanism,
    deplete_on: float | None,
) -> tuple[Condition, Asked, list[str]]:
    """Return what is the matter with the people, what they get beside the regimen, and the options that say so."""
    from euthymia.models.asked import Asked
    from euthymia.treatment.others import sorted_out

    others = sorted_out(alongside)
    asked = Asked(therapy, others.acting, deplete_on, mechanism)
    words = [] if kidneys is Kidneys.NORMAL else ["--kidneys", kidneys.value]
    words += [] if liver is Liver.NORMAL else ["--liver", liver.value]
    words += [word for drug in alongside for word in ("--with", drug)]
    words += ["--therapy", therapy] if therapy else []
    words += [] if mechanism is Mechanism.DISINHIBITION else ["--mechanism", mechanism.value]
    words += [] if deplete_on is None else ["--deplete-on", f"{deplete_on:g}"]
    return condition_of(kidneys, liver, others.kinetic), asked, words


def _spelled(regimen: str, days: float, patients: int, seed: int, condition: list[str], fast: bool) -> str:
    """Return the command that makes a course again."""
    words: list[object] = ["euthymia", "simulate", regimen, "--days", f"{days:g}"]
    words += ["--patients", patients] if patients > 1 else []
    return work.spelled(*words, "--seed", seed, *condition, *(["--fast"] if fast else []))


def _write(course: Course, folder: Path, pdf: bool) -> list[Path]:
    from euthymia.report import figures, files
    from euthymia.report.course_document import course_document
    from euthymia.report.course_tables import course_csv
    from euthymia.report.run_folder import PROVENANCE, provenance_text

    contents: dict[str, bytes | str] = {
        "course.csv": course_csv(course),
        "course.json": output.to_json(course.to_dict()),
        "course.svg": figures.standalone(figures.plot_course(course)),
        **report.contents(course_document(course), pdf=pdf),
        PROVENANCE: provenance_text(course.meta.command, course.meta.seed),
    }
    files.check_folder(folder)
    return [files.write_atomic(folder / name, content) for name, content in contents.items()]
