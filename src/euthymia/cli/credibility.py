"""`euthymia credibility`: the paper-work that a finished run is handed over with, as a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from euthymia.cli import options, output

SCHEMA = "euthymia.credibility/1"
MARKDOWN, PAGE = "credibility.md", "credibility.html"


def credibility(
    run: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that a run was written to with --out.")],
    out: Annotated[Path | None, typer.Option(help="Folder for credibility.md and .html; else that of the run.")] = None,
    json: options.AsJson = False,
) -> None:
    """Draft plan, report and assessment table of a run, by the headings of ICH M15 and ASME V and V 40."""
    from euthymia.report import files
    from euthymia.report.run_folder import read_run

    folder = read_run(run)
    if out is not None or not json:
        files.check_place(out or run)
    from euthymia.report.credibility import draft, to_dict
    from euthymia.report.credibility_page import as_html, as_markdown

    made = draft(folder)
    written: list[Path] = []
    if out is not None or not json:
        place = files.check_folder(out or run)
        contents = {MARKDOWN: as_markdown(made), PAGE: as_html(made)}
        written = [files.write_atomic(place / name, content) for name, content in contents.items()]
    if json:
        output.emit({"schema": SCHEMA, **to_dict(made)})
        return
    output.say(f"{made.title}: {len(made.sections)} sections, {made.open} entries to be filled in by a person")
    for path in written:
        output.say(f"wrote {path}")
    output.say("A draft. For research and teaching, not for treating a person.")
