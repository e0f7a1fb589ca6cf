"""`euthymia trial figures`, `tables` and `flow`: a conducted trial as pictures, as tables, and as counts of people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output
from euthymia.cli.trial_export import Number

if TYPE_CHECKING:
    from euthymia.report.consort import Consort
    from euthymia.trials.data import TrialData
    from euthymia.trials.design import Trial

FILES_SCHEMA = "euthymia.files/1"

Folder = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
MaybeFolder = Annotated[Path | None, typer.Option("--out", help="Folder for flow.txt, flow.json, flow.csv, flow.svg.")]
Pictures = Annotated[list[str] | None, typer.Option("--format", help="png or svg; give it twice for both.")]


def figures(
    trial: options.TrialName,
    out: Folder = Path("figures"),
    formats: Pictures = None,
    replicates: options.Replicates = 200,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    json: options.AsJson = False,
) -> None:
    """Draw a trial: flow, means, people, waterfall, cumulative response, leaving, relapse, forest."""
    from euthymia.report import files, sheet
    from euthymia.trials.catalogue import load_trial

    forms = list(dict.fromkeys(sheet.form_named(name) for name in formats or ["png"]))
    design = load_trial(trial)
    files.check_place(out)
    data = _conducted(design, replicates, seed, threads)
    from euthymia.report.outcome_figures import sheets
    from euthymia.trials.analyse import summarise

    made = sheets(data, summarise(data))
    files.check_folder(out)
    content = {f"{each.name}.{form}": (each.file(form), each.caption) for each in made for form in forms}
    written = [(files.write_atomic(out / name, drawn), caption) for name, (drawn, caption) in content.items()]
    _told([path for path, _ in written], json, captions=[caption for _, caption in written])


def tables(
    trial: options.TrialName,
    out: Folder = Path("tables"),
    replicates: options.Replicates = 200,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    json: options.AsJson = False,
) -> None:
    """Print arms by visit and contrasts by estimator, and write them as CSV beside the published values."""
    from euthymia.report import files
    from euthymia.trials.catalogue import load_trial

    design = load_trial(trial)
    files.check_place(out)
    data = _conducted(design, replicates, seed, threads)
    from euthymia.report import outcome_tables, tables
    from euthymia.report.consort import consort, consort_table
    from euthymia.trials.analyse import summarise

    summary, people = summarise(data), consort(data)
    content = {
        "visits.csv": outcome_tables.visits_csv(summary),
        "contrasts.csv": outcome_tables.contrasts_csv(summary),
        "published.csv": outcome_tables.published_csv(summary),
        "flow.csv": outcome_tables.flow_csv(people),
    }
    files.check_folder(out)
    if not json:
        output.show(tables.visits_table(summary), tables.contrasts_table(summary), consort_table(people))
    _told([files.write_atomic(out / name, text) for name, text in content.items()], json)


def flow(
    trial: options.TrialName,
    replicate: Number = 1,
    out: MaybeFolder = None,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    json: options.AsJson = False,
) -> None:
    """Count how many people of one replicate came how far: assigned, treated, left, completed, analysed."""
    from dataclasses import replace

    from euthymia.report import consort, files
    from euthymia.trials.catalogue import load_trial

    design = load_trial(trial)
    if out is not None:
        files.check_place(out)
    from euthymia.trials.conduct import conduct_one

    found = replace(
        consort.consort(conduct_one(design, seed=seed, number=replicate, threads=threads)), replicate=replicate
    )
    written = [] if out is None else _write_flow(found, out)
    if json:
        output.emit(found.to_dict())
        return
    output.show(consort.consort_table(found))
    for path in written:
        output.say(f"wrote {path}")


def _write_flow(found: Consort, out: Path) -> list[Path]:
    from euthymia.report import consort_figure, files, outcome_tables, sheet

    files.check_folder(out)
    content: dict[str, bytes | str] = {
        "flow.txt": found.text(),
        "flow.json": output.to_json(found.to_dict()),
        "flow.csv": outcome_tables.flow_csv(found),
        "flow.svg": consort_figure.flow(found).file(sheet.Form.SVG),
    }
    return [files.write_atomic(out / name, each) for name, each in content.items()]


def _conducted(design: Trial, replicates: int, seed: int, threads: int | None) -> TrialData:
    from euthymia.trials.conduct import conduct

    with output.progress("conducting the trial") as move:
        return conduct(design, seed=seed, replicates=replicates, threads=threads, progress=move)


def _told(written: list[Path], json: bool, captions: list[str] | None = None) -> None:
    if json:
        said = captions or [""] * len(written)
        listed = [{"file": path.name, "caption": caption} for path, caption in zip(written, said, strict=True)]
        output.emit({"schema": FILES_SCHEMA, "files": listed})
        return
    for path in written:
        output.say(f"wrote {path}")
    output.say("Nobody here exists. For research and teaching, not for treating a person.")
