"""The commands in one place, and how the program ends: a user's mistake is one line and exit code 2."""

from __future__ import annotations

import contextlib
import sys
import warnings
from typing import Annotated

import typer

from euthymia.cli import calibrate, demo, doctor, evidence, output, simulate, trial
from euthymia.errors import EuthymiaError

EXIT_USER_ERROR, EXIT_INTERRUPTED = 2, 130

app = typer.Typer(
    name="euthymia",
    help="Simulate antidepressant treatment, from the dose to the synapse to the rating scale, and its trials. "
    "For research and teaching, not for treating a person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"euthymia {output.version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of the program itself."""


app.command("demo")(demo.demo)
app.command("simulate")(simulate.simulate)
app.add_typer(trial.app, name="trial")
evidence.register(app)
app.command("calibrate")(calibrate.calibrate)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line and leave with its exit code: 0, 2 for a user's mistake, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    warnings.showwarning = output.show_warning
    try:
        app()
    except EuthymiaError as error:
        output.complain("error", error)
        sys.exit(EXIT_USER_ERROR)
    except KeyboardInterrupt:
        output.complain("stopped", "nothing more was written")
        sys.exit(EXIT_INTERRUPTED)
