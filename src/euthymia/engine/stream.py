"""Named random streams: a draw is addressed by seed, purpose, column and person, never by the order of asking.

Each column of each purpose has its own key (a hash of the seed, the path of names and the column), and a person's
number is the position in that column's counter-based sequence. So adding an arm, a visit, a mechanism or a worker
moves nobody else's draws, and any slice of people can be drawn alone.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

import numpy as np

WORDS_PER_BLOCK = 4  # a Philox4x64 counter value gives four words
WORD_BITS, WORD = 64, 2**64 - 1
NOTHING_LEFT = np.zeros(WORDS_PER_BLOCK, dtype=np.uint64)  # of the block of a generator that was set anew
_MINE = threading.local()  # a generator for each thread


@dataclass(frozen=True)
class Stream:
    """A place in the tree of random streams; ``fold`` goes one level down.

    Example:
        >>> people = Stream(seed=1).fold("arm", "placebo")
        >>> bool(people.uniform("age", 0, 5)[3, 0] == people.uniform("age", 3, 4)[0, 0])
        True
    """

    seed: int
    path: tuple[str, ...] = ()

    def fold(self, *names: object) -> Stream:
        """Return the stream below this one that ``names`` name."""
        return Stream(self.seed, (*self.path, *(str(name) for name in names)))

    def uniform(self, purpose: str, start: int, stop: int, columns: int = 1) -> np.ndarray:
        """Return uniforms of the open unit interval for persons ``start`` to ``stop`` - 1.

        Args:
            purpose: What the draws are for; part of the address.
            start: First person's number.
            stop: One past the last person's number.
            columns: Draws a person; adding columns leaves the earlier ones as they were.

        Returns:
            Array [person, column].
        """
        return as_uniform(self.words(purpose, start, stop, columns))

    def words(self, purpose: str, start: int, stop: int, columns: int = 1) -> np.ndarray:
        """Return the words that `as_uniform` makes uniforms of, for those who draw from many streams at once.

        Args:
            purpose: What the draws are for; part of the address.
            start: First person's number.
            stop: One past the last person's number.
            columns: Draws a person.

        Returns:
            Array [person, column] of whole numbers.
        """
        if columns == 1:
            return _words(self._key(purpose, 0), start, stop)[:, None]
        drawn = np.empty((stop - start, columns), dtype=np.uint64)
        for column in range(columns):
            drawn[:, column] = _words(self._key(purpose, column), start, stop)
        return drawn

    def normal(self, purpose: str, start: int, stop: int, columns: int = 1) -> np.ndarray:
        """Return standard normals [person, column], one word each by the inverse of the distribution function."""
        from scipy.special import ndtri

        return ndtri(self.uniform(purpose, start, stop, columns))

    def _key(self, purpose: str, column: int) -> int:
        address = "\x1f".join((str(self.seed), *self.path, purpose, str(column)))
        return int.from_bytes(hashlib.blake2b(address.encode(), digest_size=16).digest(), "little")


def as_uniform(words: np.ndarray) -> np.ndarray:
    """Return words as uniforms on (0, 1), 53 bits each."""
    return ((words >> np.uint64(11)) + 0.5) * 2.0**-53


def _words(key: int, start: int, stop: int) -> np.ndarray:
    """Return words ``start`` to ``stop`` of the key's sequence."""
    first = start // WORDS_PER_BLOCK
    generator = _generator(key, first)
    return generator.random_raw(stop - first * WORDS_PER_BLOCK)[start - first * WORDS_PER_BLOCK :]


def _generator(key: int, counter: int) -> np.random.Philox:
    """Return the sequence of a key from a counter on: this thread's generator, set there.

    A new one would do too, but asks the system for a seed that nobody wants, which takes three times as long.
    """
    generator = getattr(_MINE, "generator", None)
    if generator is None:
        generator = _MINE.generator = np.random.Philox(key=0)
    generator.state = {
        "bit_generator": "Philox",
        "state": {
            "counter": np.array([counter, 0, 0, 0], dtype=np.uint64),
            "key": np.array([key & WORD, key >> WORD_BITS], dtype=np.uint64),
        },
        "buffer": NOTHING_LEFT,
        "buffer_pos": WORDS_PER_BLOCK,
        "has_uint32": 0,
        "uinteger": 0,
    }
    return generator
