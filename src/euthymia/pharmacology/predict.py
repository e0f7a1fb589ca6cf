"""Predict every observation of a data file with a compartmental model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from euthymia.engine.body import Kinetics, Tally, resolved
from euthymia.engine.events import Step, follow
from euthymia.engine.exposure import Exposure
from euthymia.engine.records import Dataset, Problem, Rate, Record
from euthymia.engine.superposition import MOST_OVERLAPS
from euthymia.errors import EuthymiaError
from euthymia.pharmacology.compartments import CompartmentModel


@dataclass(frozen=True)
class Prediction:
    """One predicted record: its line, individual, time, EVID and compartment, what was observed, and the prediction."""

    line: int
    ID: str
    t: float
    evid: int
    compartment: str
    mdv: bool
    dv: float
    pred: float


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says of a data file.

    Attributes:
        rows: One for each observation and other-type event, in the file's order.
        exposures: Peak and area of each individual.
        problems: The rows that were left out.
        tally: What became of the doses, additional ones counted one by one.
        read: Data rows in the file, good and bad.
        dose_rows: Rows of the file that gave a dose.
        comments: Comment lines.
    """

    rows: tuple[Prediction, ...]
    exposures: Mapping[str, Exposure]
    problems: tuple[Problem, ...] = ()
    tally: Tally = field(default_factory=Tally)
    read: int = 0
    dose_rows: int = 0
    comments: int = 0

    @property
    def pred(self) -> np.ndarray:
        """The predictions, shape [row]."""
        return np.array([row.pred for row in self.rows])


def predict(dataset: Dataset, model: CompartmentModel, *, skip_bad: bool = False) -> Predictions:
    """Return the predictions at every observation of a data file.

    Args:
        dataset: What :func:`euthymia.engine.reading.read_records` returned.
        model: The model, its parameters in the file's units.
        skip_bad: Whether rows that cannot be followed are left out (and listed) instead of refusing the file.

    Returns:
        Predictions in dose unit per volume unit (for the depot in dose units), and exposures.

    Raises:
        RecordsError: When rows cannot be followed, by themselves or with this model, and ``skip_bad`` is off.
    """
    steps: dict[int, Step] = {}
    problems: list[Problem] = []
    for record in dataset.records:
        try:
            steps[record.line] = _step(record, model)
        except EuthymiaError as error:
            problems.append(Problem(record.line, record.ID, record.evid.doses, str(error)))
    usable = dataset.without(problems)
    if not skip_bad:
        usable.refuse()
    rows: list[Prediction] = []
    exposures: dict[str, Exposure] = {}
    tally = Tally()
    for ID, records in usable.individuals():
        followed = follow([steps[record.line] for record in records])
        exposures[ID] = followed.exposure
        tally.add(followed.tally)
        pairs = zip(records, followed.predictions, strict=True)
        rows += [_row(record, steps[record.line], model, pred) for record, pred in pairs if record.predicted]
    return Predictions(
        rows=tuple(rows),
        exposures=exposures,
        problems=usable.problems,
        tally=tally,
        read=usable.rows,
        dose_rows=sum(record.evid.doses for record in usable.records),
        comments=usable.comments,
    )


def _step(record: Record, model: CompartmentModel) -> Step:
    """Return a record with its parameters.

    Raises:
        EuthymiaError: When the model cannot follow it.
    """
    columns = {effect.column for effect in model.effects}
    kinetics = model.at({name: _number(record.covariates.get(name, "")) for name in columns})
    step = Step(record, kinetics, model.position(record.cmt, dose=record.evid.doses))
    if record.evid.doses:
        _check_dose(record, step.target, kinetics, model)
    return step


def _check_dose(record: Record, target: int, kinetics: Kinetics, model: CompartmentModel) -> None:
    entry, where = kinetics.entries[target], model.states[target]
    if record.rate == Rate.MODELLED_RATE and entry.R is None:
        raise EuthymiaError(f"RATE -1 takes the rate R of {where}, which the model does not give")
    if record.rate == Rate.MODELLED_DURATION and entry.D is None:
        raise EuthymiaError(f"RATE -2 takes the duration D of {where}, which the model does not give")
    if record.ss and record.amt:
        if entry.tlag >= record.ii:
            raise EuthymiaError(f"the lag {entry.tlag:g} of a steady state must be shorter than II = {record.ii:g}")
        duration = resolved(record, target, kinetics).duration
        if duration > MOST_OVERLAPS * record.ii:
            raise EuthymiaError(
                f"an infusion of {duration:g} each {record.ii:g}: more than {MOST_OVERLAPS} at the same time"
            )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _row(record: Record, step: Step, model: CompartmentModel, pred: float) -> Prediction:
    return Prediction(
        line=record.line,
        ID=record.ID,
        t=record.t,
        evid=int(record.evid),
        compartment=model.states[step.target],
        mdv=record.mdv,
        dv=record.dv,
        pred=float(pred),
    )
