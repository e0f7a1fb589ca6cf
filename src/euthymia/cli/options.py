"""Options that several commands share, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only (docs/json.md describes it).")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of every random draw.")]
Replicates = Annotated[int, typer.Option(min=1, help="How many times the trial is conducted.")]
TrialName = Annotated[str, typer.Argument(help="A trial's name, or a TOML file.")]
TrialOut = Annotated[
    Path | None, typer.Option(help="Folder for report.html, trial.json, provenance.json; else ./report.html.")
]
Threads = Annotated[int | None, typer.Option(min=1, help="Threads; the result is the same whatever the number.")]
Chunk = Annotated[int | None, typer.Option(min=1, help="Replicates at a time; the result is the same whatever it is.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="Write report.pdf too (pip install 'euthymia[pdf]').")]
CourseOut = Annotated[
    Path | None, typer.Option(help="Folder for report.html, course.csv, .json, .svg and provenance.json.")
]
Store = Annotated[
    str | None, typer.Option(help="Keep the run, or go on with it: a folder, or postgresql://...?shards=FOLDER.")
]
KeptIn = Annotated[str, typer.Option("--store", envvar="EUTHYMIA_STORE", help="Where runs are kept: a folder or URL.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes of a kept run; the result is the same whatever it is.")]
Cluster = Annotated[
    str | None, typer.Option(help="Dask scheduler of a kept run, such as tcp://host:8786; or local:N to start one.")
]
RunName = Annotated[str, typer.Argument(help="A run's name, or the beginning of it.")]
