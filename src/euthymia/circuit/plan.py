"""A run of a network in whole steps, and what is refused before it starts."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from euthymia.circuit.contacts import Contacts
from euthymia.circuit.mean_field import Population
from euthymia.circuit.network import Network, NetworkError, Sparse, drives
from euthymia.evidence import load_record

# -y^2 of `tiles` at which a cell turns by 0.7 radians of its cycle in a step; the map itself fails only at 2.5.
LARGEST_TURN = 0.5


class Plan(NamedTuple):
    """A run in whole steps: step and bin in ms, steps in a bin and in all, block and drive [bin, 3]."""

    dt: float
    bin: float
    per_bin: int
    steps: int
    block: Float[np.ndarray, "bin 3"]
    drive: Float[np.ndarray, "bin 3"]


def planned(duration: float, dt: float | None, bin: float | None, block: Any, drive: Any) -> Plan:
    """Return the plan of a run, arguments as in `spiking.run`.

    Raises:
        NetworkError: When step, bin and duration do not fit, or block or drive are out of range.
    """
    record = load_record("network")
    dt = record.value("dt", "ms") if dt is None else dt
    bin = record.value("bin", "ms") if bin is None else bin
    if not all(0 < each < np.inf for each in (dt, bin, duration)):
        raise NetworkError(f"dt {dt!r}, bin {bin!r} and duration {duration!r} ms; expected finite numbers above 0")
    per_bin, bins = round(bin / dt), round(duration / bin)
    if abs(per_bin * dt - bin) > 1e-9 * bin or abs(bins * bin - duration) > 1e-9 * duration or per_bin < 1:
        raise NetworkError(
            f"dt {dt:g}, bin {bin:g} and duration {duration:g} ms do not fit; expected a bin of whole steps and a "
            "duration of whole bins"
        )
    given = (_per_bin("block", block, bins), _per_bin("drive", drive, bins))
    if not np.all((given[0] >= 0) & (given[0] <= 1)):
        raise NetworkError(f"block is {block!r}; expected fractions from 0 to 1")
    if not np.all(np.isfinite(given[1])):
        raise NetworkError(f"drive is {drive!r}; expected finite numbers")
    return Plan(dt, bin, per_bin, per_bin * bins, *given)


def checked_rates(start: Any) -> Float[np.ndarray, "3"]:
    """Return rates (Hz) to start from as an array, or refuse them."""
    rates = np.asarray(start, dtype=float)
    if rates.shape != (len(Population),) or not np.all((rates >= 0) & (rates < np.inf)):
        raise NetworkError(f"start is {start!r}; expected three rates in Hz of at least 0, for E, PV and SST")
    return rates


def check_step(network: Network, plan: Plan) -> None:
    """Refuse a step in which the most strongly driven or inhibited cell turns too far for the map."""
    tau_m = np.repeat(np.broadcast_to(network.circuit.tau_m, 3), network.sizes)
    eta = drives(network)
    strongest = np.maximum(np.abs(eta + plan.drive.max()), np.abs(eta + plan.drive.min()))
    turn = np.max(strongest * (plan.dt / tau_m) ** 2)
    if turn > LARGEST_TURN:
        most = plan.dt * np.sqrt(LARGEST_TURN / turn)
        raise NetworkError(f"dt is {plan.dt:g} ms; the most strongly driven cell of this network allows {most:.2g} ms")


def check_contacts(network: Network, contacts: Contacts) -> None:
    """Refuse contacts that belong to another network."""
    n = network.neurons
    if not isinstance(network.connectivity, Sparse):
        raise NetworkError("contacts were given to an all-to-all network; give it connectivity Sparse(probability)")
    if len(contacts.starts) != n + 1 or np.any((contacts.targets < 0) | (contacts.targets >= n)):
        raise NetworkError(f"contacts of {len(contacts.starts) - 1} cells; expected those of this network's {n} cells")


def _per_bin(name: str, given: Any, bins: int) -> Float[np.ndarray, "bin 3"]:
    values = np.asarray(given, dtype=float)
    if values.shape not in ((), (3,), (bins, 3)):
        raise NetworkError(f"{name} has shape {values.shape}; expected one number, (3,) or ({bins}, 3)")
    return np.array(np.broadcast_to(values, (bins, 3)))
