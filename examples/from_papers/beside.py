"""How the scripts of this folder print what a paper states beside what we find."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

VERDICTS = {True: "agrees", False: "FAILS", None: "not comparable"}
WIDTH = 100


class Line(NamedTuple):
    """One statement.

    Attributes:
        what: What it is about.
        paper: What the paper states, in words or a number.
        ours: What we find.
        agrees: Whether ours agrees; None where the two cannot be compared.
    """

    what: str
    paper: str
    ours: str
    agrees: bool | None


def show(citation: str, meaning: str, lines: Sequence[Line], limits: str) -> None:
    """Print a comparison.

    Args:
        citation: The paper.
        meaning: What it is about, in a few words.
        lines: Statements, the paper's beside ours.
        limits: Where the comparison ends.
    """
    print(citation)
    print(textwrap.fill(meaning, WIDTH))
    for line in lines:
        print(f"\n  {line.what}: {VERDICTS[line.agrees]}")
        for who, said in (("paper", line.paper), ("ours ", line.ours)):
            print(textwrap.fill(said, WIDTH, initial_indent=f"    {who}  ", subsequent_indent=" " * 11))
    judged = [line for line in lines if line.agrees is not None]
    print(f"\n{sum(bool(line.agrees) for line in judged)} of {len(judged)} statements agree.")
    print(textwrap.fill(f"Limits: {limits}", WIDTH))
