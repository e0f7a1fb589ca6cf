"""The claims there are: each subject file registers its own, and all are given in the article's order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from euthymia.claims.claim import Claim, Role, Rule, Shown, Support
from euthymia.claims.exchange import Exchange
from euthymia.errors import UnknownNameError

if TYPE_CHECKING:
    from euthymia.claims.lab import Lab

SUBJECTS = (
    "signalling",
    "drugs",
    "people",
    "tablets",
    "ketamine",
    "ketamine_trials",
    "anaesthesia",
    "caution",
    "facts",
)
AFTER_THE_ARTICLE = 8
Shows = Callable[["Lab"], Sequence[Shown]]
_CLAIMS: list[Claim] = []


def claim(
    name: str,
    *,
    says: str,
    known: str,
    support: Support,
    role: Role,
    exchange: Exchange,
    command: str,
    rows: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    rules: tuple[Rule, ...] = (),
    note: str = "",
    why_not: str = "",
) -> Callable[[Shows], Shows]:
    """Register the function below as what the model shows of a claim.

    Args:
        name: Statement of the article and a word, such as ``5.hours``.
        says: What the article says, in our words.
        known: What the evidence says.
        support: What the evidence makes of the sentence.
        role: What the claim may show of the model.
        exchange: What must be exchanged for it to be lost.
        command: The command that remakes the figure.
        rows: Published rows behind it.
        sources: Keys of ``references.bib``.
        rules: Where our numbers must lie.
        note: What a reader must know besides.
        why_not: Why the model has nothing to show.
    """

    def register(shows: Shows) -> Shows:
        add(
            Claim(
                id=name,
                article=int(name.split(".")[0]),
                says=says,
                known=known,
                support=support,
                role=role,
                rows=rows,
                sources=sources,
                rules=rules,
                exchange=exchange,
                command=command,
                shows=shows,
                note=note,
                why_not=why_not,
            )
        )
        return shows

    return register


def add(made: Claim) -> None:
    """Register a claim that is made as a whole."""
    _CLAIMS.append(made)


@cache
def claims() -> tuple[Claim, ...]:
    """Return every claim: those of the article's statements 1 to 7, then the fact list."""
    for subject in SUBJECTS:
        import_module(f"euthymia.claims.{subject}")
    return tuple(sorted(_CLAIMS, key=lambda each: each.article or AFTER_THE_ARTICLE))


def find_claim(name: str) -> Claim:
    """Return the claim of that id.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    known = {each.id: each for each in claims()}
    if name not in known:
        raise UnknownNameError("claim", name, known)
    return known[name]


def nothing_to_show(lab: Lab) -> tuple[Shown, ...]:
    """Return no number: for what is not modelled."""
    return ()
