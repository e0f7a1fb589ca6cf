"""`euthymia calibrate`: what the calibration trials, and nothing else, say of the numbers without a source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from euthymia.cli import options, output
from euthymia.errors import EuthymiaError
from euthymia.models.accounts import Mechanism

SCHEMA = "euthymia.calibration/1"
FITS = ("--first-light", "--circuit", "--tablets")


def calibrate(
    seed: options.Seed = 1,
    write: Annotated[
        bool, typer.Option("--write", help="Put the posterior, or the fit, into the installed evidence.")
    ] = False,
    first_light: Annotated[
        bool,
        typer.Option("--first-light", help="Fit only the amplitudes, to four esketamine trials, misfit row by row."),
    ] = False,
    circuit: Annotated[
        bool,
        typer.Option("--circuit", help="Fit the cortical circuit to its targets, beside the record."),
    ] = False,
    tablets: Annotated[
        bool, typer.Option("--tablets", help="Fit care in trials of tablets to pooled arms of pill placebo.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the posterior, and for where each round of it ended.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the rounds, or the draws, that are in the folder.")
    ] = False,
    nuts: Annotated[
        bool,
        typer.Option("--nuts", help="Then draw from the posterior itself by NUTS: hours, resumable."),
    ] = False,
    mechanism: Annotated[
        Mechanism | None,
        typer.Option("--mechanism", help="Fit this account of how treatment works instead.", case_sensitive=False),
    ] = None,
    people: Annotated[int, typer.Option("--people", min=8, help="People that stand for each arm of a posterior.")] = 96,
    json: options.AsJson = False,
) -> None:
    """Find the posterior of every free number from all calibration trials, which is what the default model loads."""
    asked = [flag for flag, given in zip(FITS, (first_light, circuit, tablets), strict=True) if given]
    if len(asked) > 1:
        raise EuthymiaError(f"{' and '.join(asked)} are different fits; ask for one at a time")
    if mechanism is not None:
        if asked or nuts:
            raise EuthymiaError(f"--mechanism is a fit of its own; leave {asked[0] if asked else '--nuts'} out")
        _account(mechanism, seed, people, write, out, resume, json)
        return
    if not asked:
        from euthymia.cli.calibrate_posterior import Asked, calibrate_posterior

        calibrate_posterior(Asked(seed, people, write, out, resume, nuts, json))
        return
    if out is not None or resume or nuts:
        raise EuthymiaError(f"--out, --resume and --nuts belong to the posterior; leave {asked[0]} out")
    if circuit:
        if write:
            raise EuthymiaError("--circuit shows its fit beside the record and writes nothing; leave --write out")
        _circuit(seed, json)
        return
    from importlib.resources import files as installed

    from euthymia.calibration import first_light as four
    from euthymia.calibration import tablets as pills
    from euthymia.report import files

    record = Path(str(installed("euthymia.evidence").joinpath("records", "amplitudes.toml")))
    if write:
        files.check_file(record)

    with output.progress("calibrating") as move:
        found = (pills if tablets else four).fit(seed=seed, progress=move)
    if write:
        text = record.read_text(encoding="utf-8")
        new = pills.updated(found, text) if isinstance(found, pills.Fit) else four.updated(found, text)
        files.write_atomic(record, new)
    _say(found, seed, json)


def _account(
    mechanism: Mechanism, seed: int, people: int, write: bool, out: Path | None, resume: bool, json: bool
) -> None:
    """Fit an account of how treatment works."""
    from euthymia.cli.calibrate_account import Asked, calibrate_account

    if mechanism is Mechanism.CLOSED_LOOP:
        known = ", ".join(each.value for each in Mechanism if each is not mechanism)
        raise EuthymiaError(f"{mechanism.value!r} is solved person by person and not fitted; allowed: {known}")
    if resume and out is None:
        raise EuthymiaError("--resume goes on from what a folder keeps; name it with --out")
    calibrate_account(Asked(mechanism, seed, people, write, out, resume, json))


def _circuit(seed: int, json: bool) -> None:
    """Fit the circuit again and print it beside the record."""
    from euthymia.calibration import circuit

    with output.progress("fitting the circuit") as move:
        found = circuit.fit(seed=seed, progress=move)
    _say(found, seed, json)


def _say(found: object, seed: int, json: bool) -> None:
    from euthymia.engine.course import plain

    if json:
        output.emit({"schema": SCHEMA, "seed": seed, "fit": plain(found)})
    else:
        output.say(str(found))
