"""The commands in one place, and how the program ends: a user's mistake is one line and exit code 2."""

from __future__ import annotations

import contextlib
import io
import re
import sys
import warnings
from typing import Annotated, Any

import typer

from euthymia.cli import (
    article,
    bench,
    calibrate,
    circuit,
    claims,
    credibility,
    demo,
    doctor,
    evidence,
    label,
    output,
    pk,
    plan,
    power,
    report,
    runs,
    score,
    serve,
    simulate,
    transmitters,
    trial,
    trial_export,
    trial_outputs,
)
from euthymia.errors import EuthymiaError, UnknownNameError

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
trial.app.command("power")(power.power)
trial.app.command("compare")(power.compare)
trial.app.command("export")(trial_export.export)
trial.app.command("figures")(trial_outputs.figures)
trial.app.command("tables")(trial_outputs.tables)
trial.app.command("flow")(trial_outputs.flow)
app.add_typer(trial.app, name="trial")
app.add_typer(pk.app, name="pk")
app.add_typer(runs.app, name="runs")
app.command("rerun")(runs.rerun)
app.command("plan", context_settings=plan.PASSED_ON)(plan.plan)
evidence.register(app)
app.command("article")(article.article)
app.add_typer(claims.app, name="claims")
app.command("report")(report.report)
app.command("credibility")(credibility.credibility)
app.command("circuit")(circuit.circuit)
app.command("transmitters")(transmitters.transmitters)
app.command("label")(label.label)
app.command("calibrate")(calibrate.calibrate)
app.command("score")(score.score)
app.command("serve")(serve.serve)
app.command("bench")(bench.bench)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line and leave with its exit code: 0, 2 for a user's mistake, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not so where something has taken the stream's place
            with contextlib.suppress(ValueError):
                stream.reconfigure(encoding="utf-8")
    warnings.showwarning = output.show_warning
    try:
        code = app(standalone_mode=False)
    except EuthymiaError as error:
        output.complain("error", error)
        sys.exit(EXIT_USER_ERROR)
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except Exception as error:
        # Typer's usage errors share no public base class, but all can say themselves in one line.
        if not hasattr(error, "format_message"):
            raise
        output.complain("error", _usage_line(error))
        sys.exit(EXIT_USER_ERROR)
    if code == EXIT_INTERRUPTED:
        output.complain("stopped", "nothing more was written")
    sys.exit(code if isinstance(code, int) else 0)


def _usage_line(error: Any) -> str:
    """Return a usage error as one line, with the known commands and the nearest where it is about a command."""
    message = " ".join(error.format_message().split())
    found = re.match(r"No such command '(.+?)'\.", message)
    known = getattr(getattr(error.ctx, "command", None), "commands", {}) if found else {}
    return str(UnknownNameError("command", found.group(1), known)) if found else message
