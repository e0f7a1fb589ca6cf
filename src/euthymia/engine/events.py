"""Follow one individual's records: doses, infusions, lag, F, additional doses, steady state and resets.

Amounts are carried from record to record with the exact transition of the compartments. Between two records the
parameters of the later one hold, as in the field's reference program; a dose that enters between records (lagged or
additional) takes the lag of its own record and the bioavailability, duration and rate of the record that ends the
interval. The page docs/pk.md says what each column means and where we differ on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.engine.body import Body, Kinetics, Tally
from euthymia.engine.compartments import Floats
from euthymia.engine.exposure import Exposure
from euthymia.engine.records import Record


@dataclass(frozen=True)
class Step:
    """One record with its parameters and the position of the compartment that it doses or observes."""

    record: Record
    kinetics: Kinetics
    target: int


@dataclass(frozen=True, eq=False)
class Followed:
    """One individual, followed.

    Attributes:
        predictions: One for each record, NaN where it asks for none.
        tally: What became of the doses.
        exposure: Peak and area from the first record to the last.
    """

    predictions: Floats
    tally: Tally
    exposure: Exposure


def follow(steps: Sequence[Step]) -> Followed:
    """Return the predictions of one individual's records.

    Args:
        steps: The records in the file's order, each with its parameters; all systems have the same compartments.

    Raises:
        ScheduleError: When a dose has no steady state.
    """
    first = steps[0]
    body = Body(np.zeros(first.kinetics.system.size), first.record.t)
    predictions = np.full(len(steps), np.nan)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for position, step in enumerate(steps):
            predictions[position] = _follow_one(body, step)
    body.tally.after_end += sum(train.left for train in body.trains)
    return Followed(predictions, body.tally, body.exposure)


def _follow_one(body: Body, step: Step) -> float:
    """Act on one record; return its prediction, NaN where it asks for none."""
    record, kinetics, target = step.record, step.kinetics, step.target
    if record.evid.resets:
        body.empty()
        body.t = record.t
    else:
        body.advance(record.t, kinetics)
    if record.evid.doses:
        give = body.settle if record.ss else body.dose
        give(record, target, kinetics)
    return float(body.x[target] / kinetics.scale[target]) if record.predicted else np.nan
