"""A network of spiking cells that the mean field also describes: the same circuit with sizes and contacts."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from euthymia.circuit.mean_field import PER_MS_TO_HZ, MeanField, Population
from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record

# Where the outermost of N quantiles stands, in units of 1/N from the end. The mean of sqrt(eta) over N quantiles of a
# Lorentzian misses -zeta(1/2, offset) (Hurwitz) times a factor that falls as N^-1/2; at this zero of zeta it misses
# nothing of that order. A property of the zeta function, not a measurement.
BALANCED_OFFSET = 0.302721828598366
MIDDLE_OFFSET = 0.5  # the middle of each share of 1/N, the usual choice

# Half of a normal distribution lies within this many standard deviations of its centre.
NORMAL_QUARTILE = 0.6744897501960817

ZETA_TERMS = 20  # summed one by one before Euler and Maclaurin's formula


class NetworkError(EuthymiaError):
    """A network, or a run of one, that cannot be as described."""


class Heterogeneity(enum.Enum):
    """How the drive differs between the cells of a population."""

    LORENTZIAN = "Lorentzian, as in the mean field"
    GAUSSIAN = "Gaussian with the same quartiles; no mean field is exact for it"


class Magnesium(enum.Enum):
    """The magnesium block of the NMDA receptor."""

    QUADRATIC = "the quadratic of the mean field"
    SIGMOIDAL = "the sigmoid that the quadratic was fitted to"


@dataclass(frozen=True)
class AllToAll:
    """Every cell hears the mean of each population, itself included."""


@dataclass(frozen=True)
class Sparse:
    """Every cell contacts every cell (itself included) with the same probability, independently.

    A contact is as strong as to give the all-to-all conductances on average.

    Args:
        probability: In (0, 1].
    """

    probability: float

    def __post_init__(self) -> None:
        if not 0.0 < self.probability <= 1.0:
            raise NetworkError(f"connection probability is {self.probability!r}; expected more than 0 and at most 1")


@dataclass(frozen=True)
class Network:
    """One circuit, its number of cells, and how they are joined.

    Args:
        circuit: The parameters of one circuit, shared with the mean field.
        sizes: Number of cells in E, PV and SST.
        connectivity: Who hears whom.
        heterogeneity: How the drive differs between cells.
        magnesium: Which form of the magnesium block.
        Mg: Extracellular magnesium in mM, for the sigmoidal form.
        offset: Where the outermost Lorentzian quantiles stand, see `drives`.

    Raises:
        NetworkError: When a population has no cell, or the circuit is a batch.

    Example:
        >>> network = default_network(1000)
        >>> network.sizes
        (800, 120, 80)
    """

    circuit: MeanField
    sizes: tuple[int, int, int]
    connectivity: AllToAll | Sparse = field(default_factory=AllToAll)
    heterogeneity: Heterogeneity = Heterogeneity.LORENTZIAN
    magnesium: Magnesium = Magnesium.QUADRATIC
    Mg: float = 1.0
    offset: float = BALANCED_OFFSET

    def __post_init__(self) -> None:
        if len(self.sizes) != len(Population) or min(self.sizes) < 1:
            raise NetworkError(f"sizes are {self.sizes!r}; expected three numbers of at least 1, for E, PV and SST")
        if np.shape(self.circuit.eta) != (len(Population),):
            raise NetworkError(f"the circuit's eta has shape {np.shape(self.circuit.eta)}; expected one circuit, (3,)")
        if not 0.0 < self.offset <= 1.0:
            raise NetworkError(f"offset is {self.offset!r}; expected more than 0 and at most 1")
        if not self.Mg > 0.0:
            raise NetworkError(f"Mg is {self.Mg!r} mM; expected more than 0")

    @property
    def neurons(self) -> int:
        """The number of cells."""
        return sum(self.sizes)

    def bounds(self) -> tuple[int, int, int, int]:
        """Return where each population begins in arrays over cells, and the end."""
        E, PV, SST = self.sizes
        return 0, E, E + PV, E + PV + SST


def default_network(
    neurons: int = 10_000,
    *,
    circuit: MeanField | None = None,
    connectivity: AllToAll | Sparse | None = None,
    magnesium: Magnesium = Magnesium.QUADRATIC,
    heterogeneity: Heterogeneity = Heterogeneity.LORENTZIAN,
) -> Network:
    """Return the calibrated circuit with the shares of cells of the evidence record `network`.

    Args:
        neurons: Number of cells in all, at least 10.
        circuit: Another circuit than the calibrated one.
        connectivity: All-to-all by default.
        magnesium: Which form of the magnesium block.
        heterogeneity: How the drive differs between cells.

    Raises:
        NetworkError: When there are fewer than 10 cells.
    """
    if neurons < 10:
        raise NetworkError(f"a network of {neurons} cells; expected at least 10")
    record = load_record("network")
    PV, SST = (round(neurons * record.value(f"share_{a.name}", "1")) for a in (Population.PV, Population.SST))
    return Network(
        circuit=MeanField.from_evidence() if circuit is None else circuit,
        sizes=(neurons - PV - SST, max(PV, 1), max(SST, 1)),
        connectivity=AllToAll() if connectivity is None else connectivity,
        magnesium=magnesium,
        heterogeneity=heterogeneity,
        Mg=record.value("Mg", "mM"),
    )


def default_sparse() -> Sparse:
    """Return random contacts with the probability of the evidence record `network`."""
    return Sparse(load_record("network").value("probability", "1"))


def drives(network: Network) -> Float[np.ndarray, " neuron"]:
    """Return each cell's drive eta_j: evenly spaced quantiles, the same in every run, ascending in each population.

        eta_a,j = eta_a + Delta_a cot(pi (k_j + offset)/N)                                              (1)

    where k_j cells of the population are driven more strongly, mirrored below the median, which the middle one of an
    odd number has. For Gaussian heterogeneity the normal quantiles with the same quartiles.

    Args:
        network: What to draw for.
    """
    parts = []
    for a in Population:
        centre, Delta = (float(values[a]) for values in (network.circuit.eta, network.circuit.Delta))
        parts.append(centre + Delta * _deviates(network, network.sizes[a]))
    return np.concatenate(parts)


def missing_rate(network: Network) -> Float[np.ndarray, "3"]:
    """Return the rate (Hz) that N quantiles of uncoupled cells miss of a whole Lorentzian's, for large N.

        -zeta(1/2, offset) sqrt(N Delta/pi)/(pi tau_m N)                                                (2)

    with Hurwitz's zeta function: 0.605 at the middles, 1.46 when the outermost quantile stands a whole share from the
    end, where this agrees with 2 Delta/(pi^2 tau_m sqrt(2 N Delta/pi)) within 4 %, and 0 at `BALANCED_OFFSET`.

    Args:
        network: A network with Lorentzian heterogeneity.
    """
    N = np.array(network.sizes)
    circuit = network.circuit
    zeta = _hurwitz_half(network.offset)
    return -zeta * PER_MS_TO_HZ * np.sqrt(N * circuit.Delta / np.pi) / (np.pi * circuit.tau_m * N)  # (2)


def _deviates(network: Network, N: int) -> Float[np.ndarray, " neuron"]:
    from scipy.special import ndtri

    if network.heterogeneity is Heterogeneity.GAUSSIAN:
        return ndtri((np.arange(N) + MIDDLE_OFFSET) / N) / NORMAL_QUARTILE
    above = np.arange((N + 1) // 2)[::-1]  # how many cells are driven more strongly
    share = np.minimum((above + network.offset) / N, 0.5)
    share[0] = 0.5 if N % 2 else share[0]  # the middle one of an odd number is the median
    upper = 1.0 / np.tan(np.pi * share)  # (1)
    return np.concatenate([-upper[::-1][: N // 2], upper])


def _hurwitz_half(offset: float) -> float:
    """Return Hurwitz's zeta(1/2, offset) by Euler and Maclaurin's formula."""
    x = ZETA_TERMS + offset
    tail = -2 * np.sqrt(x) + 0.5 / np.sqrt(x) + x**-1.5 / 24 - x**-3.5 / 384
    return float(np.sum((np.arange(ZETA_TERMS) + offset) ** -0.5) + tail)
