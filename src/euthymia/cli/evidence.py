"""The commands that say where numbers come from: `euthymia evidence` and `euthymia cite`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.evidence.citation import Reference, Style, cite, reference, references
from euthymia.evidence.explain import between_subjects, explain, uncertainty
from euthymia.evidence.grade import Grade
from euthymia.evidence.parameter import Parameter
from euthymia.evidence.record import load_record, record_names
from euthymia.evidence.search import grade_named, search

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

EVIDENCE_SCHEMA = "euthymia.evidence/1"
REFERENCES_SCHEMA = "euthymia.references/1"
PLAIN_WIDTH = 160  # columns of a table that goes to a file or a pipe
ROOM_FOR_ALL = 110  # columns of a terminal below which a table is cut down; --json and a single number tell all

# What a table of numbers shows, by heading.
PARAMETER_COLUMNS: dict[str, Callable[[Parameter], str]] = {
    "symbol": lambda p: p.name,
    "value": lambda p: f"{p.value:.6g}",
    "unit": lambda p: p.unit,
    "between people": between_subjects,
    "uncertainty": uncertainty,
    "source": lambda p: p.source,
    "where": lambda p: p.where,
    "grade": lambda p: p.grade.value,
}
BROKEN = ("between people", "uncertainty", "where")  # columns whose words may take several lines

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (docs/evidence.md describes it).")]


def register(app: typer.Typer) -> None:
    """Add the commands ``evidence`` and ``cite`` to the command line.

    Args:
        app: The application they belong to.
    """
    app.command("evidence")(show_evidence)
    app.command("cite")(show_references)


def show_evidence(
    name: Annotated[
        str, typer.Argument(help="A record (esketamine), a parameter (esketamine.ka_n) or a part of a name.")
    ] = "",
    assumed: Annotated[bool, typer.Option("--assumed", help="Only numbers that nobody measured or fitted.")] = False,
    grade: Annotated[str, typer.Option("--grade", help="Only numbers of this grade, such as patients.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the numbers behind the simulator: value, unit, spread, source and grade."""
    if not (name or assumed or grade):
        return _show_records(as_json)
    chosen = _filtered(search(name), assumed=assumed, grade=grade_named(grade) if grade else None)
    if as_json:
        _print_json(EVIDENCE_SCHEMA, "parameters", [parameter.to_dict() for parameter in chosen])
    elif len(chosen) == 1:
        typer.echo(str(explain(chosen[0].full_name)))
    elif chosen:
        _print_parameters(chosen)
        _print_sources(parameter.source for parameter in chosen)
    else:
        typer.echo("no number of that kind")


def show_references(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="Sources to cite; all of them when left out.")
    ] = None,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print BibTeX entries.")] = False,
    as_json: AsJson = False,
) -> None:
    """Cite the sources of the numbers, as text, BibTeX or JSON."""
    chosen = keys or list(references())
    if as_json:
        _print_json(REFERENCES_SCHEMA, "references", [_reference_dict(reference(key)) for key in chosen])
    elif bibtex:
        typer.echo(cite(chosen, Style.BIBTEX))
    else:
        width = max(map(len, chosen))
        lines = zip(chosen, cite(chosen).splitlines(), strict=True)
        typer.echo("\n".join(f"{key:{width}}  {line}" for key, line in lines))


def _filtered(parameters: Iterable[Parameter], *, assumed: bool, grade: Grade | None) -> tuple[Parameter, ...]:
    """Return the parameters that pass; ``assumed`` also lets a measured value with an assumed spread pass."""
    return tuple(p for p in parameters if (p.assumed or not assumed) and grade in (None, p.grade))


def _show_records(as_json: bool) -> None:
    rows = [
        {
            "name": r.name,
            "title": r.title,
            "summary": r.summary,
            "parameters": len(r),
            "assumed": _assumed_count(r.name),
        }
        for r in map(load_record, record_names())
    ]
    if as_json:
        return _print_json(EVIDENCE_SCHEMA, "records", rows)
    table = _table("record", "what it holds")
    table.add_column("numbers", justify="right")
    table.add_column("assumed", justify="right")
    for row in rows:
        table.add_row(*(_cell(str(row[key])) for key in ("name", "title", "parameters", "assumed")))
    _print_table(table)
    typer.echo("euthymia evidence RECORD shows its numbers; euthymia evidence RECORD.NAME tells one number's story")


def _assumed_count(record: str) -> int:
    return sum(parameter.assumed for parameter in load_record(record).parameters)


def _print_parameters(parameters: Iterable[Parameter]) -> None:
    """Print one table a record, under the record's name and title."""
    for name, group in groupby(parameters, key=lambda parameter: parameter.record):
        typer.echo(f"{name}: {load_record(name).title}")
        _print_table(_parameter_table(list(group), roomy=_console().width >= ROOM_FOR_ALL))


def _parameter_table(parameters: list[Parameter], *, roomy: bool) -> Table:
    """Return the table of one record's numbers; a column that nobody fills is left out."""
    table = _table()
    columns: list[list[Text]] = []
    for heading, cell in PARAMETER_COLUMNS.items():
        cells = [cell(parameter) for parameter in parameters]
        if any(cells) and (roomy or heading != "where"):
            table.add_column(heading, justify="right" if heading == "value" else "left", no_wrap=heading not in BROKEN)
            shown = cells if roomy or heading != "grade" else [text.removeprefix("measured in ") for text in cells]
            columns.append([_cell(text, "yellow" if text == Grade.ASSUMED.value else "") for text in shown])
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    return table


def _print_sources(keys: Iterable[str]) -> None:
    """Print the citations behind the keys of a table, one a line."""
    if cited := sorted(set(keys) - {""}):
        show_references(cited)


def _reference_dict(source: Reference) -> dict[str, object]:
    return {
        "key": source.key,
        "type": source.type,
        "short": source.short,
        "doi": source.doi,
        "fields": dict(source.fields),
    }


def _print_json(schema: str, name: str, rows: list) -> None:
    typer.echo(json.dumps({"schema": schema, name: rows}, indent=2, ensure_ascii=False, allow_nan=False))


def _table(*headings: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for heading in headings:
        table.add_column(heading)
    return table


def _cell(text: str, style: str = "") -> Text:
    """Return text that rich prints as it stands: a source may say [3H]MK-801, which is no markup."""
    from rich.text import Text

    return Text(text, style=style)


def _print_table(table: Table) -> None:
    _console().print(table)
    typer.echo()


def _console() -> Console:
    """Return a console as wide as the terminal, or wide enough for a whole table where there is none."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)
