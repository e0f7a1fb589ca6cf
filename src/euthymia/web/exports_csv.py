"""What a page shows as CSV: every computed time, every number in full."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from euthymia.web.circuits import ONE_STUDY
from euthymia.web.courses import checked
from euthymia.web.curves import DEFAULT, PERCENTILES
from euthymia.web.faults import RefusalError
from euthymia.web.schemas_course import CoursesAsked
from euthymia.web.schemas_export import CircuitState, CoursesState, RasterState, State, SynapseState

POPULATIONS = ("E", "PV", "SST")


def table(state: State) -> str:
    """Return the table of what a page shows.

    Raises:
        RefusalError: When it has none.
    """
    match state:
        case CoursesState():
            return _written(_courses(state.asked))
        case CircuitState():
            return _written(_circuit(state))
        case RasterState():
            return _written(_raster(state))
        case SynapseState():
            return _written(_synapse(state))
    said = "a job has no CSV of its own; take its result"
    raise RefusalError(422, said, given="csv", allowed=["toml", "python", "cli"], where="format")


def _courses(asked: CoursesAsked) -> Iterable[Sequence[object]]:
    yield ["treatment", "t_h", "curve", "unit", *(f"p{each}" for each in PERCENTILES)]
    low, high = asked.window or (0.0, float("inf"))
    for number, treatment in enumerate(checked(asked), start=1):
        _, course = treatment.course(range(treatment.population), 1)
        for name in [each for each in asked.curves or DEFAULT if each in course.names]:
            rows = course.quantiles(name, [each / 100 for each in PERCENTILES])
            unit = course.series(name).unit
            for t, row in zip(course.t.tolist(), rows.T.tolist(), strict=True):
                if low <= t <= high:
                    yield [number, t, name, unit, *row]


def _circuit(state: CircuitState) -> Iterable[Sequence[object]]:
    from euthymia.circuit.study import study

    with ONE_STUDY:
        found = study(state.asked.levels, changes=state.asked.changes)
    yield ["ketamine_uM", *(f"rate_{each}_Hz" for each in POPULATIONS), "gain", "gamma", "surge", "stable"]
    for level, rates, gain, gamma, surge, stable in zip(
        found.levels.tolist(),
        found.rates.tolist(),
        found.gain.tolist(),
        found.gamma.tolist(),
        found.surge().tolist(),
        found.stable.tolist(),
        strict=True,
    ):
        yield [level, *rates, gain, gamma, surge, stable]


def _raster(state: RasterState) -> Iterable[Sequence[object]]:
    from euthymia.circuit.study import study

    asked = state.asked
    with ONE_STUDY:
        found = study([asked.level], changes=asked.changes)
    made = found.rasters(neurons=asked.cells, duration=float(asked.ms), seed=asked.seed)[0]
    yield ["spike_ms", "cell"]
    yield from zip(made.spike_times.tolist(), made.spike_cells.tolist(), strict=True)


def _synapse(state: SynapseState) -> Iterable[Sequence[object]]:
    from euthymia.circuit.synapse_kinds import receptor_named
    from euthymia.models.two_cells import demonstrate, way_named

    asked = state.asked
    found = demonstrate(receptor_named(asked.receptor), way_named(asked.way), asked.level)
    yield ["t_ms", "V_without_mV", "V_drugged_mV"]
    yield from zip(found.without.t.tolist(), found.without.V.tolist(), found.drugged.V.tolist(), strict=True)


def _written(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
