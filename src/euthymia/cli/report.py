"""`euthymia report`: a trial, a kept run or the calibration as one page, and as PDF."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from euthymia.cli import options, output, work
from euthymia.errors import EuthymiaError

if TYPE_CHECKING:
    from euthymia.report.document import Report

SCHEMA = "euthymia.files/1"
CALIBRATION = "calibration"
PAGE, PRINT = "report.html", "report.pdf"


def report(
    what: Annotated[
        str,
        typer.Argument(help="A trial's name or TOML file; with --store a kept run's name; or 'calibration'."),
    ],
    pdf: options.Pdf = False,
    out: Annotated[Path, typer.Option(help="Folder for report.html and report.pdf.")] = Path(),
    store: Annotated[str | None, typer.Option(help="Where the run is kept: a folder or URL.")] = None,
    replicates: options.Replicates = 200,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    json: options.AsJson = False,
) -> None:
    """Write the report of a trial, of a kept run or of the calibration: question, design, results, sources, command."""
    from euthymia.report import files

    files.check_place(out)
    ready(pdf)
    if store is not None:
        made = _of_run(store, what)
    elif what == CALIBRATION:
        made = _of_calibration()
    elif Path(what).is_dir():
        raise EuthymiaError(f"'{what}' is a folder; to have its report as PDF, run its command again with --pdf")
    else:
        made = _of_trial(what, replicates, seed, threads)
    files.check_folder(out)
    written = [files.write_atomic(out / name, content) for name, content in contents(made, pdf=pdf).items()]
    if json:
        output.emit({"schema": SCHEMA, "files": [{"file": path.name, "caption": made.title} for path in written]})
        return
    for path in written:
        output.say(f"wrote {path}")


def ready(pdf: bool) -> None:
    """Refuse, before any work, a PDF that cannot be made."""
    if pdf:
        from euthymia.report.pdf import check_pdf

        check_pdf()


def contents(made: Report, *, pdf: bool) -> dict[str, bytes | str]:
    """Return the files of a report by name."""
    from euthymia.report.html import as_html

    found: dict[str, bytes | str] = {PAGE: as_html(made)}
    if pdf:
        from euthymia.report.pdf import as_pdf

        found[PRINT] = as_pdf(made)
    return found


def _of_trial(name: str, replicates: int, seed: int, threads: int | None) -> Report:
    from euthymia.trials.catalogue import load_trial

    design = load_trial(name)
    found = work.conducted(design, replicates=replicates, seed=seed, threads=threads)
    command = work.spelled("euthymia", "trial", "run", name, "--replicates", replicates, "--seed", seed)
    from euthymia.report.trial_document import trial_document

    return trial_document(replace(found, command=command, version=output.version()), design)


def _of_run(store: str, name: str) -> Report:
    from euthymia import runs
    from euthymia.report.run_document import run_document

    run = runs.show(store, name).run
    result: Any = runs.load(store, run.id)
    return run_document(run.provenance, result, version=output.version())


def _of_calibration() -> Report:
    from euthymia.evidence.posterior import posterior
    from euthymia.report.calibration_document import calibration_document

    try:
        return calibration_document(posterior())
    except FileNotFoundError as error:
        raise EuthymiaError("this package keeps no posterior of a calibration, so there is none to report") from error
