"""The linear part in steps: in modes where those keep their digits, else by the exponential of the matrix."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Sequence
from typing import Any, cast

from euthymia.engine import runtime

runtime.start()

import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jaxtyping import Array, Float  # noqa: E402

SERIES_BELOW = 1e-2  # below this exponent phi1 and phi2 are taken from their series, where quotients lose digits

Numbers = Array | np.ndarray
Lanes = Float[Array, " lane"]
Heard = tuple[tuple[int, ...], ...]


class AbstractKinetics(eqx.Module):
    """Linear kinetics of a block of people, ready to be stepped."""

    @abc.abstractmethod
    def shape(self) -> tuple[int, int]:
        """Return the shape of the kinetic state, (state or mode, lane)."""

    @abc.abstractmethod
    def aim(self, targets: Sequence[int], running: Sequence[int] | None = None) -> AbstractKinetics:
        """Return the same kinetics for amounts that go to these states only, in this order.

        Args:
            targets: Positions of the states that receive amounts at once.
            running: Those of the states with constant inputs; the same ones when None.
        """

    @abc.abstractmethod
    def put(self, amounts: Float[Numbers, "target lane"]) -> Array:
        """Return the change of the kinetic state when ``amounts`` are put into the targets."""

    @abc.abstractmethod
    def flow(self, amounts: Float[Numbers, "target lane"]) -> Array:
        """Return the same for what runs constantly, amounts per h."""

    @abc.abstractmethod
    def ready(self) -> AbstractKinetics:
        """Return the same kinetics with everything found that does not depend on the step."""

    @abc.abstractmethod
    def operators(self, h: Numbers, inflow: Array) -> tuple[Array, Array]:
        """Return what a step of ``h`` hours multiplies by and adds; ``inflow`` is constant and as ``flow`` gives it."""

    @abc.abstractmethod
    def step(self, operators: tuple[Array, Array], state: Array) -> Array:
        """Return the state one step later."""

    @abc.abstractmethod
    def outputs(self, state: Array) -> list[Lanes]:
        """Return the outputs one by one, so that those nobody reads inside a step are never computed there."""


class ModalKinetics(AbstractKinetics):
    """Kinetics in modes: every mode is a number times an exponential.

    Attributes:
        lam: Rates, 1/h.
        inject: Amplitude per unit put into a target at once.
        read: Output per unit amplitude.
        heard: Positions of the modes that are heard in each output; all of them when None.
        into: Amplitude per unit that runs into a target; as ``inject`` when None.
        settling: -1/rate, 0 where a mode does not decay; found by ``ready``.
    """

    lam: Float[Numbers, "mode lane"]
    inject: Float[Numbers, "target mode lane"]
    read: Float[Numbers, "output mode lane"]
    heard: Heard | None = eqx.field(static=True, default=None)
    into: Float[Numbers, "running mode lane"] | None = None
    settling: Float[Array, "mode lane"] | None = None

    def shape(self) -> tuple[int, int]:
        """Return (mode, lane)."""
        modes, lanes = self.lam.shape
        return modes, lanes

    def aim(self, targets: Sequence[int], running: Sequence[int] | None = None) -> ModalKinetics:
        """Return the same modes with the amplitudes of these targets only."""
        every = np.asarray(self.inject)
        inject, into = (every[np.asarray(found, dtype=int)] for found in (targets, running or ()))
        return ModalKinetics(self.lam, inject, self.read, self.heard, None if running is None else into)

    def put(self, amounts: Numbers) -> Array:
        """Return the added amplitudes."""
        return _weighted(self.inject, amounts[:, None, :])

    def flow(self, amounts: Numbers) -> Array:
        """Return the amplitudes that are added per h."""
        return _weighted(self.inject if self.into is None else self.into, amounts[:, None, :])

    def ready(self) -> ModalKinetics:
        """Return the same modes with the times in which they settle."""
        return dataclasses.replace(self, settling=self._settling())

    def operators(self, h: Numbers, inflow: Array) -> tuple[Array, Array]:
        """Return the decay over a step and what a constant input has settled to after it."""
        x = -self.lam * h
        decay = jnp.exp(-x)
        settling = self._settling() if self.settling is None else self.settling
        return decay, jnp.where(abs(x) < SERIES_BELOW, h * phi1_series(x), (1.0 - decay) * settling) * inflow

    def _settling(self) -> Array:
        still = self.lam == 0.0
        return jnp.where(still, 0.0, -1.0 / jnp.where(still, 1.0, self.lam))

    def step(self, operators: tuple[Array, Array], state: Array) -> Array:
        """Return the amplitudes one step later."""
        decay, settled = operators
        return decay * state + settled

    def outputs(self, state: Array) -> list[Lanes]:
        """Return the outputs, one [lane] each."""
        heard = self.heard or (range(len(self.lam)),) * len(self.read)
        nothing = 0.0 * state[0]
        return [
            _weighted((row[mode] for mode in modes), (state[mode] for mode in modes)) if modes else nothing
            for row, modes in zip(self.read, heard, strict=True)
        ]


class DenseKinetics(AbstractKinetics):
    """Kinetics by the exponential of the matrix, for people whose rates nearly coincide."""

    matrix: Float[Array, "lane state state"]
    targets: Float[Array, "target state"]
    read: Float[Array, "lane output state"]
    into: Float[Array, "running state"] | None = None

    def shape(self) -> tuple[int, int]:
        """Return (state, lane)."""
        return self.matrix.shape[-1], self.matrix.shape[0]

    def aim(self, targets: Sequence[int], running: Sequence[int] | None = None) -> DenseKinetics:
        """Return the same system with these targets only."""
        inject, into = (self.targets[np.asarray(found, dtype=int)] for found in (targets, running or ()))
        return DenseKinetics(self.matrix, inject, self.read, None if running is None else into)

    def put(self, amounts: Numbers) -> Array:
        """Return the added amounts [state, lane]."""
        return jnp.einsum("ts,tl->sl", self.targets, amounts)

    def flow(self, amounts: Numbers) -> Array:
        """Return the amounts [state, lane] that are added per h."""
        return jnp.einsum("ts,tl->sl", self.targets if self.into is None else self.into, amounts)

    def ready(self) -> DenseKinetics:
        """Return the same system; all of it depends on the step."""
        return self

    def operators(self, h: Numbers, inflow: Array) -> tuple[Array, Array]:
        """Return a step's propagator [lane, state, state] and what a constant input has settled to [state, lane]."""
        lanes, n, _ = self.matrix.shape
        wide = jnp.zeros((lanes, n + 1, n + 1)).at[:, :n, :n].set(self.matrix).at[:, :n, n].set(inflow.T)
        both = jax.vmap(jax.scipy.linalg.expm)(wide * h)
        return both[:, :n, :n], both[:, :n, n].T

    def step(self, operators: tuple[Array, Array], state: Array) -> Array:
        """Return the amounts one step later."""
        across, settled = operators
        return jnp.einsum("lij,jl->il", across, state) + settled

    def outputs(self, state: Array) -> list[Lanes]:
        """Return the outputs, one [lane] each."""
        return list(jnp.einsum("lon,nl->ol", self.read, state))


def phi(x: Array) -> tuple[Array, Array, Array]:
    """Return E, phi1 and phi2 of x; by their series where the quotients would lose digits."""
    small = abs(x) < SERIES_BELOW
    per_x = 1.0 / jnp.where(small, 1.0, x)  # one division for both; dear beside a product
    E = jnp.exp(-x)
    phi1 = jnp.where(small, phi1_series(x), (1.0 - E) * per_x)
    phi2 = jnp.where(small, 0.5 - x / 6.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0)), (1.0 - phi1) * per_x)
    return E, phi1, phi2


def phi1_series(x: Numbers) -> Array:
    """Return phi1 of a small x."""
    return jnp.asarray(1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0))))


def _weighted(weights: Any, values: Any) -> Array:
    """Return the sum of weights times values over their first axes, written out: faster here than a reduction."""
    parts = (w * v for w, v in zip(weights, values, strict=True))
    return cast(Array, sum(parts))  # where nothing is given, the number 0, which broadcasts
