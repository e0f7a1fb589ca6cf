"""The article's statements as figures: which there are, and how to make one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from euthymia.errors import UnknownNameError
from euthymia.report.panels import Sheet


@dataclass(frozen=True)
class Study:
    """One figure of the article.

    Attributes:
        name: The word by which it is asked for.
        shows: What it shows.
        statement: What the article's statements that it belongs to are about.
    """

    name: str
    shows: str
    statement: str

    def sheet(self) -> Sheet:
        """Return the figure; takes some seconds."""
        made: Callable[[], Sheet] = import_module(f"euthymia.report.article_{self.name}").sheet
        return made()


SSRI, KETAMINE, TOGETHER = "what SSRIs do", "what ketamine does", "what treatments do together"
HARMS = "what the dose changes"
STUDIES = (
    Study("ssri", "an SSRI over twelve weeks and after stopping", SSRI),
    Study("depletion", "a lack of serotonin in healthy, untreated and drug-remitted people", SSRI),
    Study("ketamine", "ketamine over hours and weeks, single and repeated", KETAMINE),
    Study("together", "ketamine and an SSRI, alone and together", TOGETHER),
    Study("therapy", "therapy alone, with an SSRI and with ketamine", TOGETHER),
    Study("doses", "ketamine from low to anaesthetic doses", HARMS),
)


def study(name: str) -> Study:
    """Return the figure of that name.

    Raises:
        UnknownNameError: When there is none.
    """
    found = {each.name: each for each in STUDIES}
    if name.lower() not in found:
        raise UnknownNameError("figure of the article", name, found)
    return found[name.lower()]
