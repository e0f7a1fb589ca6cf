"""`euthymia article`: what the article states, as figures that the model makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.report.panels import Sheet

SCHEMA = "euthymia.article/1"


def article(
    name: Annotated[
        str, typer.Argument(help="ssri, depletion, ketamine, together, therapy or doses; left out, all are listed.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="An SVG file; left out, the figure's name in this folder.")] = None,
    json: options.AsJson = False,
) -> None:
    """Make a figure of the article's statements, with what is fitted, assumed and missed."""
    from euthymia.report.article import study

    if not name:
        _list(json)
        return
    asked = study(name)
    from euthymia.report import files

    place = out if out is not None or json else Path(f"{asked.name}.svg")
    if place is not None:
        files.check_file(place)
    with output.progress(f"drawing {asked.name}"):
        sheet = asked.sheet()
    written = None if place is None else _drawn(sheet, place)
    if json:
        output.emit({"schema": SCHEMA, "statement": asked.statement, **sheet.to_dict()})
        return
    _tell(sheet)
    output.say(f"wrote {written}")


def _list(json: bool) -> None:
    from euthymia.report.article import STUDIES
    from euthymia.report.tables import Column, table

    if json:
        rows = [{"name": each.name, "shows": each.shows, "statement": each.statement} for each in STUDIES]
        output.emit({"schema": SCHEMA, "figures": rows})
        return
    columns = (Column("Figure"), Column("Shows"), Column("Statements about"))
    rows = [(each.name, each.shows, each.statement) for each in STUDIES]
    output.show(table("Figures of the article's statements", columns, rows, "euthymia article NAME makes one."))


def _drawn(sheet: Sheet, place: Path) -> Path:
    from euthymia.report import figures, files, panels

    return files.write_atomic(place, figures.standalone(panels.plot_sheet(sheet)))


def _tell(sheet: Sheet) -> None:
    """Print the caption and some numbers; misses stay plainly visible."""
    from euthymia.report import words
    from euthymia.report.tables import Column, table

    columns = (Column("What"), Column("Value", numeric=True), Column("Unit"))
    rows = [(what, words.number(value, 2), unit) for what, value, unit in sheet.numbers]
    output.show(table(sheet.title, columns, rows, ""))
    for sentence in sheet.caption:
        output.say(sentence)
    output.say("For research and teaching, not for treating a person.")
