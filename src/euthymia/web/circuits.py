"""The circuit and the single synapse as answers: rates, spectra, spikes, and two cells with a drug."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any

from euthymia.web import commands, limits
from euthymia.web.curves import rounded
from euthymia.web.questions import naming
from euthymia.web.schemas_circuit import CircuitAsked, RasterAsked, SynapseAsked

if TYPE_CHECKING:
    import numpy as np

    from euthymia.circuit.study import CircuitStudy
    from euthymia.circuit.synapse import Response
    from euthymia.models.two_cells import Demonstration

POPULATIONS = ("E", "PV", "SST")
CURVE_LEVELS = 60  # of the dose curve
CURVE_SPAN = (0.01, 100.0)  # uM
TRACE_POINTS = 800  # of some 40,000 steps of 0.01 ms
ONE_STUDY = Lock()  # two at a time can wait for each other for ever: XLA's LU factors need the threads that they run in
BIN_MS = 5  # of the rates that are drawn; runs are kept in bins of 1 ms


def check_changes(changes: list[str]) -> None:
    """Refuse changes that are not known.

    Raises:
        RefusalError: Naming the nearest.
    """
    from euthymia.circuit.spoken import change_spoken

    for place, change in enumerate(changes):
        with naming(f"changes.{place}"):
            change_spoken(change)


def circuit(asked: CircuitAsked) -> bytes:
    """Return rates, spectra and the dose curve."""
    import numpy as np

    from euthymia.circuit.study import FREQUENCIES

    count = len(asked.levels)
    with naming("changes"), ONE_STUDY:
        found = _study(asked.levels, asked.changes)
        power = found.spectra()[:count] if asked.spectrum else None
    told = found.to_dict()
    levels: Any = told["levels"]
    span = np.concatenate([[0.0], np.geomspace(*CURVE_SPAN, CURVE_LEVELS - 1)])
    spectrum = None
    if power is not None:
        spectrum = {
            "frequency": FREQUENCIES.tolist(),
            "power": [rounded(row) if np.isfinite(row).all() else None for row in power],
        }
    return _text(
        {
            "schema": "euthymia.web.circuit/1",
            "changes": list(found.changes),
            "rest": told["rest"],
            "levels": levels[:count],
            "spectrum": spectrum,
            "curve": {"ketamine": rounded(span), "surge": rounded(np.asarray(found.curve.surge(span)))},
            "command": commands.circuit(asked),
        }
    )


def raster(asked: RasterAsked) -> bytes:
    """Return spikes and rates of a small network at one level."""
    import numpy as np

    from euthymia.circuit.network import default_network
    from euthymia.circuit.spiking import run
    from euthymia.circuit.study import counted_from

    with naming("changes"):
        with ONE_STUDY:
            found = _study([asked.level], asked.changes)
        network = default_network(asked.cells, circuit=found.circuit)
        made = run(network, float(asked.ms), seed=asked.seed, block=found.blocks[0])
    whole = len(made.counts) // BIN_MS * BIN_MS
    rates = made.rates()[:whole].reshape(-1, BIN_MS, len(POPULATIONS)).mean(axis=1)
    return _text(
        {
            "schema": "euthymia.web.raster/1",
            "sizes": dict(zip(POPULATIONS, map(int, network.sizes), strict=True)),
            "ms": float(asked.ms),
            "spike_ms": np.round(made.spike_times, 2).tolist(),
            "spike_cell": made.spike_cells.tolist(),
            "bin_ms": float(BIN_MS),
            "rates": dict(zip(POPULATIONS, rounded(rates.T), strict=True)),
            "mean": _populations(made.mean_rates(counted_from(asked.ms))),
            "mean_field": _populations(found.rates[0]),
            "command": commands.raster(asked),
        }
    )


def synapse(asked: SynapseAsked) -> bytes:
    """Return one synapse without and with a drug."""
    from euthymia.circuit.synapse_kinds import receptor_named

    with naming("receptor"):
        kind = receptor_named(asked.receptor)
    from euthymia.models.two_cells import SPIKES, demonstrate, way_named

    with naming("way"):
        way = way_named(asked.way)
        found = demonstrate(kind, way, asked.level)
    step = max(len(found.without.t) // TRACE_POINTS, 1)
    return _text(
        {
            "schema": "euthymia.web.synapse/1",
            "receptor": kind.value,
            "way": way.value,
            "level": asked.level,
            "t_ms": rounded(found.without.t[::step]),
            "spikes_ms": list(SPIKES),
            "without": _trace(found.without, step),
            "drugged": _trace(found.drugged, step),
            **_ratios(found),
            "command": commands.synapse(asked),
        }
    )


def _study(levels: list[float], changes: list[str]) -> CircuitStudy:
    """Return a study of always as many levels, the last one repeated, so that one compiled program serves all."""
    from euthymia.circuit.study import study

    return study([*levels, *levels[-1:] * (limits.MOST_LEVELS - len(levels))], changes=changes)


def _ratios(found: Demonstration) -> dict[str, float | None]:
    peak, area, shift = rounded(_array([found.peak_ratio, found.area_ratio, found.shift]))
    return {"peak_ratio": peak, "area_ratio": area, "shift": shift or 0.0}


def _trace(found: Response, step: int) -> dict[str, Any]:
    return {
        "transmitter": rounded(found.T[::step]),
        "open": rounded(found.open[::step, 0]),
        "current": rounded(found.I[::step, 0]),
        "V": rounded(found.V[::step]),
    }


def _populations(values: np.ndarray) -> dict[str, float]:
    return dict(zip(POPULATIONS, rounded(values), strict=True))


def _array(values: list[float]) -> np.ndarray:
    import numpy as np

    return np.array(values, dtype=float)


def _text(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
