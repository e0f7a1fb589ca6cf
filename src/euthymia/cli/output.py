"""What reaches the screen: tables and JSON on stdout, progress and complaints on stderr."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from euthymia.report.tables import Table

# Rich assumes 80 columns where there is no terminal; our widest table needs more before it folds.
WIDTH_WITHOUT_TERMINAL = 120

Progress = Callable[[float], None]


def version() -> str:
    """Return the installed version."""
    from importlib.metadata import version as installed

    return installed("euthymia")


def console() -> Console:
    """Return a console on stdout."""
    import rich.console

    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    return rich.console.Console(width=width, highlight=False, soft_wrap=False)


def show(*tables: Table) -> None:
    """Print tables."""
    from euthymia.report.tables import to_rich

    screen = console()
    for made in tables:
        screen.print(to_rich(made))


def say(text: str = "") -> None:
    """Print a line of plain text on stdout."""
    typer.echo(text)


def emit(document: Mapping[str, object]) -> None:
    """Print one JSON document, and nothing else, on stdout."""
    typer.echo(to_json(document), nl=False)


def to_json(document: Mapping[str, object]) -> str:
    """Return a JSON document as our files and stdout hold it: two-space indents, one line end, NaN refused."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def complain(kind: str, message: object) -> None:
    """Print ``kind: message`` as one line on stderr."""
    from euthymia.report.words import printable

    typer.echo(f"{kind}: {printable(str(message))}", err=True)


def show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning as one line on stderr, without the place in the code."""
    complain("warning", message)


@contextlib.contextmanager
def progress(task: str) -> Iterator[Progress | None]:
    """Give a function of the share done that moves a bar on stderr, or None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    import rich.console
    import rich.progress

    with rich.progress.Progress(console=rich.console.Console(stderr=True), transient=True) as bar:
        number = bar.add_task(task, total=1.0)
        yield lambda share: bar.update(number, completed=share)
