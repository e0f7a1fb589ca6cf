"""`euthymia trial export`: analysis datasets of one replicate of a simulated trial."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output, work

if TYPE_CHECKING:
    from euthymia.report.adam_dataset import Dataset

Number = Annotated[int, typer.Option("--replicate", min=1, help="Which replicate; that of `trial run` by its number.")]
Formats = Annotated[list[str] | None, typer.Option("--format", help="parquet or xpt; give it twice for both.")]
Folder = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
Start = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The date of everybody's randomisation.")]


def export(
    trial: options.TrialName,
    out: Folder = Path("adam"),
    replicate: Number = 1,
    formats: Formats = None,
    start: Start = datetime(2000, 1, 1),
    seed: options.Seed = 1,
    threads: options.Threads = None,
    json: options.AsJson = False,
) -> None:
    """Write one replicate of a trial as CDISC analysis datasets: ADSL, ADQS, ADEX, ADAE, ADVS, ADTTE."""
    from euthymia.report import adam_files, files
    from euthymia.trials.catalogue import load_trial

    kinds = list(dict.fromkeys(adam_files.format_named(name) for name in formats or ["parquet"]))
    design, day = load_trial(trial), start.date()
    files.check_place(out)
    from euthymia.report.adam import check_start, datasets
    from euthymia.trials.conduct import conduct_one

    check_start(day)
    with output.progress("conducting the trial"):
        data = conduct_one(design, seed=seed, number=replicate, threads=threads)
    made = datasets(data, start=day)
    command = _command(trial, kinds, replicate, day, seed)
    told = adam_files.define(made, data, replicate=replicate, start=day, command=command)
    written = adam_files.write(made, out, kinds, told)
    if json:
        output.emit(told)
        return
    _print(made)
    output.say("Nobody here exists. For research and teaching, not for treating a person.")
    for path in written:
        output.say(f"wrote {path}")


def _command(trial: str, kinds: list, replicate: int, start: date, seed: int) -> str:
    asked = [word for kind in kinds for word in ("--format", kind)]
    return work.spelled(
        *("euthymia", "trial", "export", trial, "--replicate", replicate, *asked),
        *("--start", start.isoformat(), "--seed", seed),
    )


def _print(made: tuple[Dataset, ...]) -> None:
    from euthymia.report.tables import Column, table

    columns = (Column("Dataset"), Column("What"), Column("Rows", numeric=True), Column("Variables", numeric=True))
    rows = [(each.name, each.label, str(each.rows), str(len(each.variables))) for each in made]
    output.show(table("Analysis datasets", columns, rows))
