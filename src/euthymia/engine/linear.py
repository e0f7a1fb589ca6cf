"""Linear systems with doses: closed form in modes, matrix exponential where rates nearly coincide.

    dx/dt = A x + B u(t),    out = R x                                                                      (1)

With A = V diag(lam) V^-1 the amplitudes a = V^-1 x decouple, so a bolus adds to them, a constant input settles them
exponentially, and the solution is exact at any time. States that nothing connects (two drugs, say), or only one way
(plasma and what follows it), are decomposed apart, so that not even rounding passes where nothing flows, and it is
known of every output which modes are heard in it. Where the eigenvectors are nearly parallel (two rates nearly
equal) that basis loses digits; such persons are stepped with the exponential of A itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Beyond this condition number of the eigenvectors the closed form may lose more than half of a double's digits.
WORST_CONDITION = 1e7


@dataclass(frozen=True)
class Event:
    """Something given to a group of people at one time.

    Attributes:
        t: Start, h.
        duration: Length of a constant input, h; 0 for a bolus.
        target: Position of the state that receives it.
        amount: Amount for each person, [person], in the state's unit.
    """

    t: float
    duration: float
    target: int
    amount: np.ndarray


@dataclass(frozen=True)
class Linear:
    """A linear system for a group of people.

    Attributes:
        matrix: A of (1), [person, state, state], 1/h.
        read: R of (1), [person, output, state].
        states: Names of the states.
        outputs: Names of the outputs.
    """

    matrix: np.ndarray
    read: np.ndarray
    states: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def persons(self) -> int:
        """Number of people."""
        return self.matrix.shape[0]

    def take(self, index: np.ndarray) -> Linear:
        """Return the system of the people at ``index``."""
        return Linear(self.matrix[index], self.read[index], self.states, self.outputs)


@dataclass(frozen=True)
class Modes:
    """The system in its own coordinates.

    A mode has the place of one of the states that reach each other, and is heard only in what those can reach.

    Attributes:
        lam: Rates, [person, mode], 1/h (negative where amounts decay).
        inject: Amplitude per unit put into a state, [person, state, mode].
        read: Output per unit amplitude, [person, output, mode].
        exact: Whether the closed form keeps its digits, [person].
        heard: Whether a mode is heard in an output in anybody, [output, mode].
    """

    lam: np.ndarray
    inject: np.ndarray
    read: np.ndarray
    exact: np.ndarray
    heard: np.ndarray


def modes(system: Linear) -> Modes:
    """Return the modes of each person's system; persons whose eigenvectors are ill-conditioned are marked."""
    persons, n = system.persons, system.matrix.shape[-1]
    lam, exact = np.zeros((persons, n)), np.ones(persons, dtype=bool)
    V, inverse = np.zeros((2, persons, n, n))
    reached = _reached(system.matrix)
    for part in _apart(reached):
        inner = np.ix_(np.arange(persons), part, part)
        lam[:, part], V[inner], inverse[inner], sound = _decomposed(system.matrix[inner], reached[np.ix_(part, part)])
        exact &= sound
    heard = (system.read != 0.0).any(0) @ reached
    return Modes(lam, np.swapaxes(inverse, 1, 2), system.read @ V, exact, heard)


def _reached(matrix: np.ndarray) -> np.ndarray:
    """Return whether what is in a state comes to another one in anybody, [to, from]; every state reaches itself."""
    linked = (matrix != 0.0).any(0) | np.eye(matrix.shape[-1], dtype=bool)
    for _ in range(len(linked).bit_length()):  # reached in 2, 4, 8 ... steps
        linked = linked @ linked
    return linked


def _apart(reached: np.ndarray) -> list[np.ndarray]:
    """Return the groups of states between which nothing flows in anybody, as positions in rising order."""
    linked = reached | reached.T
    for _ in range(len(linked).bit_length()):
        linked = linked @ linked
    return [np.flatnonzero(row) for place, row in enumerate(linked) if not row[:place].any()]


def _decomposed(matrix: np.ndarray, reached: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return eigenvalues, eigenvectors and their inverse, and in whom they keep their digits (else a mere identity)."""
    lam, V, real = _triangular(matrix, reached)
    V, inverse, sound = _inverted(V, real)
    return lam, V, np.where(reached, inverse, 0.0), sound


def _triangular(matrix: np.ndarray, reached: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Return eigenvalues, eigenvectors of length 1, and in whom all are real.

    States that reach each other are decomposed together; downstream of them an eigenvector goes on by

        (lam - A_d) x_d = sum over the states before d of A_dk x_k,                                         (2)

    so that where nothing flows there is exactly nothing. In whom a rate downstream is the same, x is not finite.
    """
    persons, n = matrix.shape[:2]
    lam, V, real = np.zeros((persons, n)), np.zeros((persons, n, n)), np.ones(persons, dtype=bool)
    parts = _together(reached)
    inner = []
    for part in parts:
        own, sound = _eigen(matrix[:, part][:, :, part])
        inner.append(own)
        lam[:, part], real = own[0], real & sound
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for place, (part, own) in enumerate(zip(parts, inner, strict=True)):
            V[:, part[:, None], part] = own[1]
            for down, (rates, vectors, inverse) in zip(parts[place + 1 :], inner[place + 1 :], strict=True):
                if reached[down[0], part[0]]:
                    entering = inverse @ (matrix[:, down] @ V[:, :, part])
                    V[:, down[:, None], part] = vectors @ (entering / (own[0][:, None, :] - rates[:, :, None]))  # (2)
        return lam, V / np.sqrt((V**2).sum(1, keepdims=True)), real


def _together(reached: np.ndarray) -> list[np.ndarray]:
    """Return the groups of states that reach each other, as positions, what is upstream first."""
    upstream, mutual = reached.sum(1), reached & reached.T
    groups = [np.flatnonzero(row) for place, row in enumerate(mutual) if not row[:place].any()]
    return sorted(groups, key=lambda group: upstream[group[0]])


def _eigen(matrix: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Return eigenvalues, eigenvectors and their inverse, and in whom they are real (else a mere identity)."""
    persons, n = matrix.shape[:2]
    if n == 1:
        unit = np.ones((persons, 1, 1))
        return (matrix[:, 0], unit, unit), np.ones(persons, dtype=bool)
    lam, V = np.linalg.eig(matrix)
    V, inverse, sound = _inverted(np.real(V), np.abs(np.imag(lam)).max(1) == 0.0)
    return (np.real(lam), V, inverse), sound


def _inverted(V: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return eigenvectors, their inverse, and in whom they keep their digits (else a mere identity)."""
    sound = real & np.isfinite(V).all((1, 2))
    V = np.where(sound[:, None, None], V, np.eye(V.shape[-1]))
    try:
        inverse = np.linalg.inv(V)
    except np.linalg.LinAlgError:  # somebody's are exactly parallel
        doubtful = sound
    else:
        bound = np.sqrt((V**2).sum((1, 2)) * (inverse**2).sum((1, 2)))  # never below the condition number
        doubtful = ~(bound < WORST_CONDITION)
        if not doubtful.any():
            return V, inverse, sound
    sound[doubtful] &= np.linalg.cond(V[doubtful]) < WORST_CONDITION  # dear, so only where need be
    V = np.where(sound[:, None, None], V, np.eye(V.shape[-1]))
    return V, np.linalg.inv(V), sound


def respond(system: Linear, events: list[Event], t: np.ndarray) -> np.ndarray:
    """Return the outputs at times ``t`` (h), [person, output, time], starting from nothing at the first event.

    Every time is exact on its own: nothing is stepped, so ``t`` may be as coarse as one likes.
    """
    t = np.asarray(t, dtype=float)
    basis = modes(system)
    out = np.einsum("pom,pmt->pot", basis.read, _amplitudes(basis, events, t))
    for person in np.flatnonzero(~basis.exact):
        out[person] = _by_exponential(system, events, t, int(person))
    return out


def _amplitudes(basis: Modes, events: list[Event], t: np.ndarray) -> np.ndarray:
    """Return modal amplitudes [person, mode, time] by superposition of the events."""
    total = np.zeros((*basis.lam.shape, t.size))
    lam = basis.lam[:, :, None]
    for event in events:
        since = np.maximum(t - event.t, 0.0)
        started = t >= event.t
        weight = (basis.inject[:, event.target] * event.amount[:, None])[:, :, None]
        if event.duration == 0.0:
            total += weight * np.where(started, np.exp(lam * since), 0.0)
        else:
            during = np.minimum(since, event.duration)
            x = lam * during
            settled = during * np.where(x == 0.0, 1.0, np.expm1(x) / np.where(x == 0.0, 1.0, x))
            total += weight / event.duration * settled * np.exp(lam * (since - during))
    return total


def _by_exponential(system: Linear, events: list[Event], t: np.ndarray, person: int) -> np.ndarray:
    """Return one person's outputs [output, time] by superposing exponentials of the matrix itself."""
    from scipy.linalg import expm

    A, n = system.matrix[person], system.matrix.shape[-1]
    out = np.zeros((system.read.shape[1], t.size))
    for event in events:
        unit = np.zeros(n)
        unit[event.target] = event.amount[person]
        for column in np.flatnonzero(t >= event.t):
            since = t[column] - event.t
            if event.duration == 0.0:
                x = expm(A * since) @ unit
            else:
                during = min(since, event.duration)
                augmented = np.zeros((n + 1, n + 1))
                augmented[:n, :n], augmented[:n, n] = A, unit / event.duration
                x = expm(A * (since - during)) @ expm(augmented * during)[:n, n]
            out[:, column] += system.read[person] @ x
    return out
