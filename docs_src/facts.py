"""Write docs/facts.md and what `euthymia claims` keeps of it: every fact, part by part, beside our value and its verdict.

Run from the repository: python docs_src/facts.py
Some facts only, printed and not written: python docs_src/facts.py --only 3 7
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import fact_course
import fact_infusions
import fact_mood
import fact_relapse
import fact_safety
import fact_tablets
import fact_trials
from euthymia.claims.kept import FILE, as_text
from euthymia.errors import EuthymiaError
from euthymia.evidence.facts import Basis, Fact, Part, Verdict, facts
from euthymia.report.files import write_atomic
from fact_estimate import Estimate, Value

PAGE = Path(__file__).parents[1] / "docs" / "facts.md"
KEPT = Path(__file__).parents[1] / "src" / "euthymia" / "claims" / FILE
VALUES: dict[str, Value] = {
    **fact_mood.VALUES,
    **fact_infusions.VALUES,
    **fact_relapse.VALUES,
    **fact_safety.VALUES,
    **fact_tablets.VALUES,
    **fact_course.VALUES,
}
SIGMAS, THIRD = 1.96, 1.0 / 3.0  # Monte Carlo errors within which an end is near; most of a tolerance that one may be
HEAD = ("part", "published", "ours", "MC error", "holds", "split", "verdict", "note")
OPENING = """# Facts

What the model must reproduce (`src/euthymia/evidence/facts.toml`): published results with their row numbers, a tolerance
that was written down before the model was compared, and what virtual trials of the stated design give. A part is **held**,
**missed**, **not simulated** (with the reason) or **shown**, where no tolerance was stated. Misses come first. Nothing was
tuned here. Parts marked *validation* are predicted and shown; they were used to change nothing. "Fitted" and "put in" say
that the number, or the amplitude behind it, was set from these very results: such a part shows only that it comes out again.
For research and teaching, never for treating a person.

The Monte Carlo error is the standard error over replicates (seed {seed}); a `~` marks a verdict that it could turn, a `!`
an error above a third of the tolerance. Where a fact states no tolerance for a part, the printed 95 % interval is used
and named.

    python docs_src/facts.py             all facts, and this page
    python docs_src/facts.py --only 3 7  some of them, printed
"""


@dataclass(frozen=True)
class Compared:
    """A part beside our value; no value where it is not simulated, and then why."""

    part: Part
    ours: Estimate | None
    why: str = ""

    @property
    def verdict(self) -> Verdict:
        """What became of it."""
        return self.part.verdict(None if self.ours is None else self.ours.value)


Found = Sequence[tuple[Fact, Sequence[Compared]]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Compute all facts and write the page, or print some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", type=int, metavar="FACT", help="numbers of the facts to compute")
    only = parser.parse_args(arguments).only
    found = compared(only)
    if only:
        print("\n".join(line for fact, parts in found for line in section(fact, parts)))
    else:
        write_atomic(PAGE, page(found))
        write_atomic(KEPT, as_text(values_of(found)))
    print(summary(found))


def compared(only: Sequence[int] | None = None) -> Found:
    """Return facts with our values; all of them, or those with these numbers."""
    known = {fact.number: fact for fact in facts().facts}
    for number in only or ():
        if number not in known:
            raise SystemExit(f"no fact {number}; known: 1 to {max(known)}")
    found = []
    for number in only or known:
        began = time.monotonic()
        found.append((known[number], [compare(part) for part in known[number].parts]))
        print(f"fact {number}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def compare(part: Part) -> Compared:
    """Return one part with our value; one that cannot be computed says why and does not stop the others."""
    if part.not_simulated:
        return Compared(part, None, part.not_simulated)
    try:
        return Compared(part, VALUES[part.id]())
    except (EuthymiaError, ValueError) as error:
        print(f"  {part.id}: {error}", file=sys.stderr, flush=True)
        return Compared(part, None, f"failed: {error}")


def values_of(found: Found) -> dict[str, tuple[float, float]]:
    """Return our values and their Monte Carlo errors by part, for `euthymia claims`."""
    return {each.part.id: (each.ours.value, each.ours.error) for _, parts in found for each in parts if each.ours}


def page(found: Found) -> str:
    """Return the page as Markdown."""
    lines = [OPENING.format(seed=fact_trials.SEED), "## In short", "", summary(found), ""]
    lines += ["| fact | | split | held | missed | not simulated | shown |", "|---|---|---|---|---|---|---|"]
    for fact, parts in found:
        counts = Counter(each.verdict for each in parts)
        cells = [f"[{fact.number}](#{_anchor(fact)})", fact.title, fact.split]
        order = (Verdict.HELD, Verdict.MISSED, Verdict.NOT_SIMULATED, Verdict.SHOWN)
        lines.append("| " + " | ".join([*cells, *(str(counts[verdict] or "") for verdict in order)]) + " |")
    missed = [each for _, parts in found for each in parts if each.verdict is Verdict.MISSED]
    lines += ["", f"## Missed ({len(missed)})", "", *table(missed, numbered=True), ""]
    for fact, parts in found:
        lines += section(fact, parts)
    return "\n".join(lines).rstrip() + "\n"


def summary(found: Found) -> str:
    """Return how many parts are held, of all that are judged, by split."""
    said = []
    for split in (None, "calibration", "validation"):
        parts = [each for _, parts in found for each in parts if split in (None, str(each.part.split))]
        counts = Counter(each.verdict for each in parts)
        judged = counts[Verdict.HELD] + counts[Verdict.MISSED]
        if judged:
            said.append(f"{split or 'all parts'}: held {counts[Verdict.HELD]} of {judged}")
    counts = Counter(each.verdict for _, parts in found for each in parts)
    rest = f"not simulated {counts[Verdict.NOT_SIMULATED]}, shown without a tolerance {counts[Verdict.SHOWN]}"
    return f"{'; '.join(said)}; {rest}."


def section(fact: Fact, parts: Sequence[Compared]) -> list[str]:
    """Return one fact as Markdown, misses first."""
    order = list(Verdict)
    ordered = sorted(parts, key=lambda each: order.index(each.verdict))
    return [
        f"## {fact.number}. {fact.title}",
        "",
        fact.asks,
        "",
        f"*Holds:* {fact.tolerance}.",
        "",
        f"*Ours:* {fact.how}.",
        "",
        f"*Rows ({fact.split}):* {', '.join(fact.rows)}.",
        "",
        *table(ordered),
        "",
    ]


def table(parts: Iterable[Compared], *, numbered: bool = False) -> list[str]:
    """Return parts as a table; with the number of the fact where they are of several."""
    head = ("fact", *HEAD) if numbered else HEAD
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for each in parts:
        part = each.part
        cells = [
            *([part.id.split(".")[0]] if numbered else []),
            part.what,
            f"{part.published}{_unit(part, worded=True)}",
            _ours(each),
            _error(each),
            _holds(part),
            str(part.split),
            _verdict(each),
            "; ".join(said for said in (each.why, part.note) if said),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def near(each: Compared) -> bool:
    """Return whether the Monte Carlo error could turn a verdict."""
    if each.ours is None or not np.isfinite(each.ours.value) or each.verdict is Verdict.SHOWN:
        return False
    ends = (abs(each.ours.value - end) for end in (each.part.low, each.part.high))
    return min(ends) < SIGMAS * each.ours.error


def loose(each: Compared) -> bool:
    """Return whether the Monte Carlo error is above a third of the tolerance."""
    judged = each.ours is not None and each.verdict is not Verdict.SHOWN
    return judged and each.ours.error > THIRD * each.part.half_width  # type: ignore[union-attr]


def _verdict(each: Compared) -> str:
    said = f"**{each.verdict.value.upper()}**" if each.verdict is Verdict.MISSED else each.verdict.value
    return f"{said} ~" if near(each) else said


def _ours(each: Compared) -> str:
    if each.ours is None:
        return ""
    return f"{_number(each.ours.value)}{_unit(each.part)}" if np.isfinite(each.ours.value) else "not reached"


def _error(each: Compared) -> str:
    if each.ours is None or not each.ours.error:
        return ""
    return f"{each.ours.error:.2g}{' !' if loose(each) else ''}"


def _holds(part: Part) -> str:
    low, high = (np.isfinite(end) for end in (part.low, part.high))
    if not (low or high):
        return ""
    said = f"{_number(part.low)} to {_number(part.high)}"
    if not (low and high):
        said = f"at least {_number(part.low)}" if low else f"at most {_number(part.high)}"
    return said + (", printed interval" if part.basis is Basis.PRINTED else "")


def _number(value: float) -> str:
    value = float(f"{value:.6g}")  # as it is kept, so that nothing is rounded twice in two ways
    return f"{value + 0.0:.4g}" if abs(value) >= 1.0 else f"{round(value, 3) + 0.0:g}"


def _unit(part: Part, *, worded: bool = False) -> str:
    """Return the unit behind a number; behind published words that carry their own, none."""
    if part.unit in ("", "1") or (worded and not part.published.lstrip("-")[:1].isdigit()):
        return ""
    if worded and any(letter.isalpha() for letter in part.published.replace(" to ", "").replace(" and ", "")):
        return ""
    return " %" if part.unit == "percent" else f" {part.unit}"


def _anchor(fact: Fact) -> str:
    kept = "".join(letter for letter in f"{fact.number} {fact.title}".lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


if __name__ == "__main__":
    main()
