"""`euthymia calibrate`: fit the few numbers that no measurement gives, from the calibration rows alone."""

from __future__ import annotations

from typing import Annotated

import typer

from euthymia.cli import options, output
from euthymia.errors import EuthymiaError

SCHEMA = "euthymia.calibration/1"


def calibrate(
    seed: options.Seed = 1,
    write: Annotated[
        bool, typer.Option("--write", help="Put the fit into the installed evidence record `amplitudes`.")
    ] = False,
    circuit: Annotated[
        bool,
        typer.Option("--circuit", help="Fit the cortical circuit to its targets, beside the record."),
    ] = False,
    tablets: Annotated[
        bool, typer.Option("--tablets", help="Fit care in trials of tablets to pooled arms of pill placebo instead.")
    ] = False,
    json: options.AsJson = False,
) -> None:
    """Fit the calibrated numbers again from the published calibration rows."""
    if circuit:
        if write:
            raise EuthymiaError("--circuit shows its fit beside the record and writes nothing; leave --write out")
        if tablets:
            raise EuthymiaError("--circuit and --tablets are two fits; ask for one at a time")
        _circuit(seed, json)
        return
    from importlib.resources import files as installed
    from pathlib import Path

    from euthymia.calibration import first_light
    from euthymia.calibration import tablets as pills
    from euthymia.engine.course import plain
    from euthymia.report import files

    record = Path(str(installed("euthymia.evidence").joinpath("records", "amplitudes.toml")))
    if write:
        files.check_file(record)

    with output.progress("calibrating") as move:
        found = (pills if tablets else first_light).fit(seed=seed, progress=move)
    if write:
        text = record.read_text(encoding="utf-8")
        new = pills.updated(found, text) if isinstance(found, pills.Fit) else first_light.updated(found, text)
        files.write_atomic(record, new)
    if json:
        output.emit({"schema": SCHEMA, "seed": seed, "fit": plain(found)})
    else:
        output.say(str(found))


def _circuit(seed: int, json: bool) -> None:
    """Fit the circuit again and print it beside the record."""
    from euthymia.calibration import circuit
    from euthymia.engine.course import plain

    with output.progress("fitting the circuit") as move:
        found = circuit.fit(seed=seed, progress=move)
    if json:
        output.emit({"schema": SCHEMA, "seed": seed, "fit": plain(found)})
    else:
        output.say(str(found))
