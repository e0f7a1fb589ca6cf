"""Whether a moment is stored: encoding is lost where responsiveness is."""

from __future__ import annotations

from typing import ClassVar

from euthymia.engine.mechanism import AbstractNumbers, Scalar, parameter


class Encoding(AbstractNumbers):
    r"""Probability that what happens is remembered.

        P(stored) = 1 / (1 + (d / d50_memory)^h_memory)                                                     (1)

    d is the depth of anaesthesia (1 where half do not respond). That encoding ends with responsiveness, and as
    steeply, is assumed: no curve of memory against level was found. It is known only that cognition falls at 40 min
    after 84 mg by nose and equals placebo at two hours; such a dip below the anaesthetic range is not modelled here.
    """

    sources: ClassVar = ()
    d50_memory: Scalar = parameter("1", "depth of anaesthesia at which half of the moments are stored")
    h_memory: Scalar = parameter("1", "Hill coefficient")

    def stored(self, depth: Scalar) -> Scalar:
        """Return the probability that a moment at this depth is stored, 0 to 1."""
        return 1.0 / (1.0 + (depth / self.d50_memory) ** self.h_memory)  # (1)
