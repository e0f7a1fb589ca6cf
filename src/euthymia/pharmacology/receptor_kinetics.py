"""The NMDA receptor in ten states: it must bind glutamate and open before a drug can enter, and may close around it."""

# ruff: noqa: UP037, F821  (array shapes are strings for jaxtyping)
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.engine.linear import Event, Linear, respond
from euthymia.engine.mechanism import AbstractMechanism, Scalar, Source, parameter
from euthymia.errors import ScheduleError

SECOND = 1.0 / 3600.0  # h
GATING_RATES = ("kb", "ku", "kd", "kr", "ko", "kc")
BLOCKER_NUMBERS = ("Kd", "koff", "delta_e", "untrapped")


class GatingSet(Enum):
    """Published gating rates; the value is what the record adds to the name of a rate."""

    DESTEXHE_1996 = ""
    LESTER_1992 = "_lester1992"
    CLEMENTS_1992 = "_clements1992"
    EDMONDS_1992 = "_edmonds1992"


class Blocker(Enum):
    """Drugs with kinetics in the record; the value is what the record adds to the name of a number."""

    KETAMINE = ""
    MEMANTINE = "_memantine"


class Receptor(NamedTuple):
    """Shares of all receptors: without drug U1, U2 (one, two glutamate), D desensitised, O open; with drug B0 to BO.

    U0, without drug and glutamate, is the rest of 1.
    """

    U1: Scalar
    U2: Scalar
    D: Scalar
    O: Scalar  # noqa: E741  (the scheme's symbol)
    B0: Scalar
    B1: Scalar
    B2: Scalar
    BD: Scalar
    BO: Scalar

    @property
    def U0(self) -> Scalar:
        """Share without drug and without glutamate."""
        return 1.0 - sum(self)

    @property
    def blocked(self) -> Scalar:
        """Share that holds the drug, open or closed."""
        return self.B0 + self.B1 + self.B2 + self.BD + self.BO


class Cleft(NamedTuple):
    """What a receptor meets: glutamate (uM), free drug (uM racemate equivalents), potential (mV), magnesium (mM)."""

    glu: Scalar
    c: Scalar
    V: Scalar
    Mg: Scalar


class TrappingReceptor(AbstractMechanism[Receptor, Cleft]):
    r"""Trapping open-channel block: gating, and a blocked mirror with the same gating.

        J_1 = kb glu U0 - ku U1                                                                             (1)
        J_2 = kb glu U1 - ku U2                                                                             (2)
        J_D = kd U2 - kr D                                                                                  (3)
        J_O = ko U2 - kc O                                                                                  (4)
        J_B = k_plus c m(V) O - k_minus(V) BO                                                               (5)
        k_minus = koff/P_sat exp((V - V_ref) delta_e/V_T)                                                   (6)
        k_plus  = koff/(P_sat Kd)                                                                           (7)
        P_sat = (ko/kc)/(1 + kd/kr + ko/kc)                                                                 (8)
        m(V) = 1/(1 + Mg/Mg_half exp(-Mg_slope V))                                                          (9)
        leak = -ln(1 - untrapped)/t_release                                                                (10)
        b = c m/(c m + Kd exp((V - V_ref) delta_e/V_T))                                                    (11)

    The mirror B0, B1, B2, BD, BO has the fluxes (1) to (4) too. koff is the exit rate seen at saturating glutamate, so
    the rate of an open channel is larger by 1/P_sat: the half-block level at V_ref is then Kd for every gating set.
    A partly trapped drug leaves closed channels B0, B1, B2, BD at ``leak``. (11) is the steady block of a fully
    trapped drug, whatever the glutamate. Binding of glutamate carries no factor 2, as in the source of the rates.
    """

    sources: ClassVar = ("destexhe1996", "gilling2009", "jahr1990")
    kb: Scalar = parameter("1/(uM*h)", "binding of glutamate")
    ku: Scalar = parameter("1/h", "unbinding of glutamate")
    kd: Scalar = parameter("1/h", "desensitisation")
    kr: Scalar = parameter("1/h", "recovery from desensitisation")
    ko: Scalar = parameter("1/h", "opening")
    kc: Scalar = parameter("1/h", "closing")
    Kd: Scalar = parameter("uM", "half-block level at V_ref without magnesium")
    koff: Scalar = parameter("1/h", "exit of the drug at V_ref, seen at saturating glutamate")
    delta_e: Scalar = parameter("1", "electrical depth of the drug's site")
    untrapped: Scalar = parameter("1", "share of the drug that leaves closed channels within t_release")
    t_release: Scalar = parameter("h", "time within which the untrapped share leaves")
    V_ref: Scalar = parameter("mV", "potential at which Kd and koff hold")
    V_T: Scalar = parameter("mV", "thermal voltage RT/F")
    Mg_half: Scalar = parameter("mM", "magnesium that blocks half of the channels at 0 mV")
    Mg_slope: Scalar = parameter("1/mV", "steepness of the magnesium block")

    @property
    def P_sat(self) -> Scalar:
        """Open probability at saturating glutamate, without drug."""
        opened = self.ko / self.kc
        return opened / (1.0 + self.kd / self.kr + opened)  # (8)

    @property
    def k_plus(self) -> Scalar:
        """Entry into an open channel free of magnesium, 1/(uM h)."""
        return self.koff / (self.P_sat * self.Kd)  # (7)

    @property
    def leak(self) -> Scalar:
        """Exit from closed channels, 1/h."""
        return -jnp.log1p(-self.untrapped) / self.t_release  # (10)

    def k_minus(self, V: Scalar) -> Scalar:
        """Return the exit from an open channel at ``V`` mV, 1/h."""
        return self.koff / self.P_sat * self._voltage(V)  # (6)

    def free_of_magnesium(self, V: Scalar, Mg: Scalar) -> Scalar:
        """Return m(V), the share of channels free of magnesium, at ``V`` mV and ``Mg`` mM."""
        return 1.0 / (1.0 + Mg / self.Mg_half * jnp.exp(-self.Mg_slope * V))  # (9)

    def initial_state(self) -> Receptor:
        """Return a receptor without glutamate and drug."""
        return Receptor(*(0.0 * self.Kd for _ in Receptor._fields))

    def derivative(self, t: Scalar, state: Receptor, inputs: Cleft) -> Receptor:
        """Return rates of change, 1/h."""
        s, glu, leak = state, inputs.glu, self.leak
        J_1, J_2, J_D, J_O = self._gating(glu, s.U0, s.U1, s.U2, s.D, s.O)
        B_1, B_2, B_D, B_O = self._gating(glu, s.B0, s.B1, s.B2, s.BD, s.BO)
        m = self.free_of_magnesium(inputs.V, inputs.Mg)
        J_B = self.k_plus * inputs.c * m * s.O - self.k_minus(inputs.V) * s.BO  # (5)
        return Receptor(
            U1=J_1 - J_2 + leak * s.B1,
            U2=J_2 - J_D - J_O + leak * s.B2,
            D=J_D + leak * s.BD,
            O=J_O - J_B,
            B0=-B_1 - leak * s.B0,
            B1=B_1 - B_2 - leak * s.B1,
            B2=B_2 - B_D - B_O - leak * s.B2,
            BD=B_D - leak * s.BD,
            BO=B_O + J_B,
        )

    def steady_block(self, inputs: Cleft) -> Scalar:
        """Return the blocked share at rest in constant surroundings, by (11): for a fully trapped drug."""
        level = inputs.c * self.free_of_magnesium(inputs.V, inputs.Mg)
        return level / (level + self.Kd * self._voltage(inputs.V))  # (11)

    def steady(self, inputs: Cleft) -> Receptor:
        """Return the stationary distribution in constant surroundings, trapped or not.

        Args:
            inputs: Surroundings, one number each; glutamate above 0, else trapped receptors have nowhere to go.
        """
        A, b = affine(self, inputs)
        return Receptor(*jnp.linalg.solve(A, -b))

    def _voltage(self, V: Scalar) -> Scalar:
        return jnp.exp((V - self.V_ref) * self.delta_e / self.V_T)

    def _gating(self, glu: Scalar, n0: Scalar, n1: Scalar, n2: Scalar, nD: Scalar, nO: Scalar) -> tuple[Scalar, ...]:
        """Return net fluxes of one half of the scheme: first and second binding, desensitisation, opening."""
        return (
            self.kb * glu * n0 - self.ku * n1,  # (1)
            self.kb * glu * n1 - self.ku * n2,  # (2)
            self.kd * n2 - self.kr * nD,  # (3)
            self.ko * n2 - self.kc * nO,  # (4)
        )


@dataclass(frozen=True)
class Episode:
    """Constant surroundings for a while; a train of pulses is a list of them.

    Attributes:
        duration: h.
        surroundings: Glutamate, drug, potential and magnesium.
    """

    duration: float
    surroundings: Cleft


def trapping_receptor(
    record: Source, *, gating: GatingSet = GatingSet.DESTEXHE_1996, blocker: Blocker = Blocker.KETAMINE
) -> TrappingReceptor:
    """Return the receptor with a published set of gating rates and one drug.

    Args:
        record: The nmda_kinetics record.
        gating: Which gating rates.
        blocker: Which drug.
    """
    suffix: dict[str, str] = {name: gating.value for name in GATING_RATES}
    suffix |= {name: blocker.value for name in BLOCKER_NUMBERS}
    numbers = {
        name: record.value(name + suffix.get(name, ""), unit)
        for name, (unit, _) in TrappingReceptor.parameters().items()
    }
    return TrappingReceptor(**numbers)


def pulses(count: int, *, width: float, interval: float, on: Cleft, off: Cleft) -> list[Episode]:
    """Return ``count`` pulses of ``width`` h, one every ``interval`` h, with ``off`` between and after them.

    Raises:
        ScheduleError: When a pulse does not fit into its interval.
    """
    if not 0.0 < width < interval:
        raise ScheduleError(f"a pulse of {width:g} h does not fit into an interval of {interval:g} h; allowed: 0 to it")
    return [Episode(width, on), Episode(interval - width, off)] * count


def affine(receptor: TrappingReceptor, inputs: Cleft) -> tuple[Float[Array, "state state"], Float[Array, "state"]]:
    """Return A (1/h) and b (1/h) of dx/dt = A x + b, the scheme in constant surroundings without its tenth state."""
    origin = jnp.zeros(len(Receptor._fields))

    def rate(x: Array) -> Array:
        return jnp.stack([jnp.asarray(part) for part in receptor.derivative(0.0, Receptor(*x), inputs)])

    return jax.jacfwd(rate)(origin), rate(origin)


def generator(receptor: TrappingReceptor, inputs: Cleft) -> Float[np.ndarray, "state state"]:
    """Return the Markov generator (1/h) in constant surroundings; columns sum to 0, the last state is U0."""
    A, b = (np.asarray(part, dtype=float) for part in affine(receptor, inputs))
    rows = np.column_stack([A + b[:, None], b])  # b is a constant times the sum of all shares, which is 1
    return np.vstack([rows, -rows.sum(0)])


def time_course(
    receptor: TrappingReceptor, episodes: Sequence[Episode], t: Any, start: Receptor | None = None
) -> Receptor:
    """Return the shares at times ``t``, exact within each episode; the last episode goes on.

    Args:
        receptor: The receptor, one number a parameter.
        episodes: Surroundings, one after the other from time 0.
        t: Times, h, any order.
        start: Shares at time 0; a receptor without glutamate and drug if left out.

    Returns:
        Shares, each [time].

    Raises:
        ScheduleError: When there is no episode, or a time is negative.
    """
    t = np.asarray(t, dtype=float)
    if not episodes or t.min(initial=0.0) < 0.0:
        raise ScheduleError(
            f"{len(episodes)} episodes and times from {t.min(initial=0.0):g} h; needed: 1 and 0 or more"
        )
    first = receptor.initial_state() if start is None else start
    now = np.array([*first, first.U0], dtype=float)
    out, begin = np.empty((now.size, t.size)), 0.0
    for place, episode in enumerate(episodes):
        last = place == len(episodes) - 1
        inside = (t >= begin) & (last | (t < begin + episode.duration))
        reached = _propagate(
            generator(receptor, episode.surroundings), now, np.append(t[inside] - begin, episode.duration)
        )
        out[:, inside], now = reached[:, :-1], reached[:, -1]
        begin += episode.duration
    return Receptor(*out[:-1])


def _propagate(matrix: np.ndarray, start: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return all ten shares [state, time] from ``start`` on, in constant surroundings."""
    size = start.size
    names = (*Receptor._fields, "U0")
    system = Linear(matrix[None], np.eye(size)[None], names, names)
    return respond(system, [Event(0.0, 0.0, state, start[state : state + 1]) for state in range(size)], t)[0]
