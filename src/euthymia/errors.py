"""What euthymia says when it cannot go on: what was given, what is allowed, and the nearest valid name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class EuthymiaError(Exception):
    """Base of every error that is a user's to mend; the command line prints it as one line and exits with 2."""


class UnknownNameError(EuthymiaError):
    """A name that nothing answers to."""

    def __init__(self, kind: str, given: str, known: Iterable[str]) -> None:
        self.kind, self.given, self.known = kind, given, tuple(sorted(known))
        listed = ", ".join(self.known) or "none"
        super().__init__(f"no {kind} {given!r}; {suggestion(given, self.known)}known: {listed}")

    def __reduce__(self) -> tuple[type[UnknownNameError], tuple[str, str, tuple[str, ...]]]:
        """Return how it is made again in another process."""
        return type(self), (self.kind, self.given, self.known)


class UnitError(EuthymiaError):
    """A unit that cannot be read, or one of another dimension than the number needs."""


class EvidenceError(EuthymiaError):
    """A record, reference or published row that breaks the rules of the evidence room."""


class LabelError(EuthymiaError):
    """A person or a session that cannot be held against a label as described."""


class ScheduleError(EuthymiaError):
    """Doses or visits that cannot happen as written."""


class TrialFileError(EuthymiaError):
    """A trial description that cannot be conducted as written."""


class OutputError(EuthymiaError):
    """A place that cannot be written to."""


class StoreError(EuthymiaError):
    """A store of kept runs that cannot be used: closed, full, changed, or somebody else's."""


class WorkError(EuthymiaError):
    """Work on several processes or machines that did not end: workers died again and again, or nobody answers."""


class ConvergenceError(EuthymiaError):
    """A solver that did not reach its tolerance."""


class AccuracyWarning(UserWarning):
    """A result whose error estimate is larger than asked for."""


def suggestion(given: str, known: Iterable[str]) -> str:
    """Return ``"did you mean 'x'? "`` for the nearest known name, or an empty string where none is near.

    Args:
        given: The name as it was typed.
        known: The names that exist.
    """
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(given.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean {by_lower[near[0]]!r}? " if near else ""
