"""`euthymia pk`: run a data file of doses and observations through a compartmental model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.engine.records import Dataset, RecordsError
    from euthymia.pharmacology.compartments import CompartmentModel
    from euthymia.pharmacology.predict import Prediction, Predictions
    from euthymia.report.tables import Table

SCHEMA = "euthymia.pk/1"
DEFAULT_MODEL = "one-compartment-iv"
ROWS_SHOWN = 40  # of a table on the screen; --out and --json hold all of them
# How data files spell units of time that we spell otherwise.
TIMES = {"hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "minute": "min", "minutes": "min"}

app = typer.Typer(help="Run dosing records through compartmental pharmacokinetics.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Run dosing records through compartmental pharmacokinetics."""


@app.command("run")
def run(
    data: Annotated[Path, typer.Argument(help="A CSV file with NONMEM's columns, or CDISC's ADPPK.")],
    model: Annotated[str, typer.Option(help="Such as two-compartment-oral; docs/pk.md lists them.")] = "",
    parameters: Annotated[Path | None, typer.Option(help="TOML file of parameters and covariate effects.")] = None,
    CL: Annotated[float | None, typer.Option("--CL", help="Clearance.")] = None,
    V: Annotated[float | None, typer.Option("--V", help="Volume of one compartment; --V1 means the same.")] = None,
    V1: Annotated[float | None, typer.Option("--V1", help="Central volume.")] = None,
    Q: Annotated[float | None, typer.Option("--Q", help="Exchange; with three compartments --Q2.")] = None,
    V2: Annotated[float | None, typer.Option("--V2", help="First peripheral volume.")] = None,
    Q2: Annotated[float | None, typer.Option("--Q2", help="Exchange with the first peripheral.")] = None,
    Q3: Annotated[float | None, typer.Option("--Q3", help="Exchange with the second peripheral.")] = None,
    V3: Annotated[float | None, typer.Option("--V3", help="Second peripheral volume.")] = None,
    ka: Annotated[float | None, typer.Option("--ka", help="First-order absorption.")] = None,
    F: Annotated[float | None, typer.Option("--F", help="Bioavailability.")] = None,
    tlag: Annotated[float | None, typer.Option("--tlag", help="Lag of absorption.")] = None,
    D: Annotated[float | None, typer.Option("--D", help="Duration: zero-order absorption, and RATE -2.")] = None,
    R: Annotated[float | None, typer.Option("--R", help="Rate of doses with RATE -1.")] = None,
    dose_unit: Annotated[str, typer.Option(help="Unit of AMT.")] = "mg",
    volume_unit: Annotated[str, typer.Option(help="Unit of the volumes.")] = "L",
    time_unit: Annotated[str, typer.Option(help="Unit of TIME, and of the parameters that hold time.")] = "h",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out rows that cannot be used.")] = False,
    out: Annotated[Path | None, typer.Option(help="CSV file for the predictions.")] = None,
    json: options.AsJson = False,
) -> None:
    """Predict every observation of a data file, and each individual's exposure."""
    from euthymia.engine.reading import read_records
    from euthymia.engine.records import RecordsError
    from euthymia.pharmacology.predict import predict
    from euthymia.report import files

    given = {"CL": CL, "V": V, "V1": V1, "Q": Q, "V2": V2, "Q2": Q2, "Q3": Q3, "V3": V3}
    given |= {"ka": ka, "F": F, "tlag": tlag, "D": D, "R": R}
    units = _units(dose_unit, volume_unit, time_unit)
    made = _model(model, parameters, {name: value for name, value in given.items() if value is not None})
    if out is not None:
        files.check_file(out)
    dataset = read_records(data, time_unit=time_unit)
    _check_time(dataset, time_unit)
    try:
        found = predict(dataset, made, skip_bad=skip_bad)
    except RecordsError as error:
        _list_problems(error)
        raise RecordsError(_summary(error, dataset), error.problems) from error
    if out is not None:
        files.write_atomic(out, _csv(found.rows, units))
    if json:
        output.emit(_document(found, made, units, dataset))
        return
    _print(found, made, units)
    if out is not None:
        output.say(f"wrote {out}")


def _units(dose: str, volume: str, time: str) -> dict[str, str]:
    """Return the units of what is printed, once each has been read and measures what it should.

    Raises:
        UnitError: When one does not.
    """
    from euthymia.errors import UnitError
    from euthymia.units import factor

    try:
        factor(dose, "mg")
    except UnitError:
        factor(dose, "mol")
    factor(volume, "L")
    factor(time, "h")
    concentration = f"{dose}/{volume}"
    return {"time": time, "dose": dose, "concentration": concentration, "AUC": f"{concentration}*{time}"}


def _model(name: str, path: Path | None, given: Mapping[str, float]) -> CompartmentModel:
    """Return the model; what is typed goes before what the file says."""
    from euthymia.pharmacology.compartments import compartment_model
    from euthymia.pharmacology.parameter_file import read_parameters

    if path is None:
        return compartment_model(name or DEFAULT_MODEL, given)
    found = read_parameters(path)
    chosen = name or found.model or DEFAULT_MODEL
    return compartment_model(chosen, {**found.parameters, **given}, entries=found.entries, effects=found.effects)


def _check_time(dataset: Dataset, time_unit: str) -> None:
    """Refuse a file that states another unit of time than the parameters have."""
    from euthymia.engine.records import RecordsError

    stated = TIMES.get(dataset.time_unit.lower(), dataset.time_unit.lower())
    if stated and stated != TIMES.get(time_unit.lower(), time_unit.lower()):
        raise RecordsError(
            f"{dataset.name} states its times in {dataset.time_unit!r} (RLTU), but --time-unit is {time_unit!r}; "
            f"give --time-unit {stated} and the parameters in it"
        )


def _list_problems(error: RecordsError) -> None:
    """Print every bad row with its line; the error itself names only the first."""
    for problem in error.problems:
        output.complain(f"line {problem.line}", problem.reason)


def _summary(error: RecordsError, dataset: Dataset) -> str:
    doses = sum(problem.dose for problem in error.problems)
    return (
        f"{len(error.problems)} of {dataset.rows} rows of {dataset.name} cannot be used ({doses} of them doses), "
        "as listed; mend them, or leave them out with --skip-bad"
    )


def _print(found: Predictions, model: CompartmentModel, units: Mapping[str, str]) -> None:
    for problem in found.problems:
        output.complain(f"left out line {problem.line}", problem.reason)
    output.show(_predictions(found, model, units), _exposures(found, units))
    output.say(_tally(found))


def _predictions(found: Predictions, model: CompartmentModel, units: Mapping[str, str]) -> Table:
    from euthymia.report.tables import Column, table

    columns = (
        Column("ID"),
        Column(f"time [{units['time']}]", numeric=True),
        Column("compartment"),
        Column("observed", numeric=True),
        Column(f"predicted [{units['concentration']}]", numeric=True),
    )
    shown = found.rows[:ROWS_SHOWN]
    rows = [(row.ID, f"{row.t:.6g}", row.compartment, _known(row.dv), f"{row.pred:.6g}") for row in shown]
    more = len(found.rows) - len(shown)
    note = f"{more} more rows; --out FILE.csv holds all" if more else ""
    return table(f"Predictions of {model.name}", columns, rows, note)


def _exposures(found: Predictions, units: Mapping[str, str]) -> Table:
    from euthymia.report.tables import Column, table

    columns = (
        Column("ID"),
        Column(f"Cmax [{units['concentration']}]", numeric=True),
        Column(f"tmax [{units['time']}]", numeric=True),
        Column(f"AUC [{units['AUC']}]", numeric=True),
    )
    shown = list(found.exposures.items())[:ROWS_SHOWN]
    rows = [(ID, f"{e.Cmax:.6g}", _known(e.tmax), f"{e.AUC:.6g}") for ID, e in shown]
    more = len(found.exposures) - len(shown)
    note = "central compartment, first record to last" + (f"; {more} more; --json holds all" if more else "")
    return table("Exposure", columns, rows, note)


def _known(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"


def _tally(found: Predictions) -> str:
    tally = found.tally
    return (
        f"{found.read} rows read, {len(found.problems)} left out, {found.comments} comments; "
        f"{found.dose_rows} dose rows gave {tally.given} doses, {tally.cancelled} were called off by a reset, "
        f"{tally.after_end} fall after the last record"
    )


def _csv(rows: tuple[Prediction, ...], units: Mapping[str, str]) -> str:
    """Return the predictions as CSV, full digits, an empty cell where nothing was observed."""
    import csv
    import io

    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(
        ["LINE", "ID", f"TIME [{units['time']}]", "EVID", "CMT", "MDV", "DV", f"PRED [{units['concentration']}]"]
    )
    for row in rows:
        dv = "" if math.isnan(row.dv) else repr(row.dv)
        write.writerow([row.line, row.ID, repr(row.t), row.evid, row.compartment, int(row.mdv), dv, repr(row.pred)])
    return text.getvalue()


def _document(
    found: Predictions, model: CompartmentModel, units: Mapping[str, str], dataset: Dataset
) -> dict[str, object]:
    from euthymia.engine.course import plain

    exposures = [{"ID": ID, "Cmax": e.Cmax, "tmax": e.tmax, "AUC": e.AUC} for ID, e in found.exposures.items()]
    doses = {"rows": found.dose_rows, "given": found.tally.given, "cancelled": found.tally.cancelled}
    document = {
        "schema": SCHEMA,
        "data": dataset.name,
        "model": model.name,
        "parameters": dict(model.parameters),
        "units": dict(units),
        "rows_read": found.read,
        "comments": found.comments,
        "doses": doses | {"after_end": found.tally.after_end},
        "problems": found.problems,
        "predictions": found.rows,
        "exposures": exposures,
    }
    return {name: plain(value) for name, value in document.items()}
