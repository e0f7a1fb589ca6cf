"""Putting claims to the model: each is judged by its own rules, and the lost ones come first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from euthymia.claims.cited import Cited, check, cited
from euthymia.claims.claim import Claim, Finding, Role, Shown, Verdict, found
from euthymia.claims.lab import Lab

SCHEMA = "euthymia.claims/1"


def put(claim: Claim, lab: Lab | None = None) -> Finding:
    """Return a claim with what the model shows and its verdict.

    Args:
        claim: The claim.
        lab: The simulator to ask; as it is when left out.

    Raises:
        EvidenceError: When the claim cites rows that its role forbids.
    """
    check(claim)
    return found(claim, claim.shows(lab or Lab()) if claim.rules else ())


def put_all(
    claims: Iterable[Claim], lab: Lab | None = None, progress: Callable[[float], None] | None = None
) -> tuple[Finding, ...]:
    """Return claims with their verdicts, the lost ones first, otherwise in the order given.

    Args:
        claims: The claims.
        lab: The simulator to ask; as it is when left out.
        progress: Called with the share that is done.
    """
    given, lab = tuple(claims), lab or Lab()
    findings = []
    for number, each in enumerate(given, start=1):
        findings.append(put(each, lab))
        if progress:
            progress(number / len(given))
    order = list(Verdict)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.verdict)))


def score(findings: Sequence[Finding]) -> str:
    """Return how many claims of each role came out how, in one sentence."""
    said = []
    for role in Role:
        counts = Counter(each.verdict for each in findings if each.claim.role is role)
        if counts:
            told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
            said.append(f"{role.value} ({counts.total()}): {told}")
    return "; ".join(said) + "."


def to_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON-ready values; an open end, or no number, is None."""
    from euthymia.claims.kept import kept

    claim = finding.claim
    return {
        "id": claim.id,
        "article": claim.article or None,
        "says": claim.says,
        "known": claim.known,
        "support": claim.support.value,
        "role": claim.role.value,
        "verdict": finding.verdict.value,
        "numbers": [
            {
                "what": rule.what,
                "unit": rule.unit,
                "value": _finite(shown.value),
                "interval": _interval(shown),
                "error": shown.error,
                "holds": [_finite(rule.low), _finite(rule.high)],
                "why": rule.why,
                "verdict": verdict.value,
            }
            for rule, shown, verdict in zip(claim.rules, finding.shown, finding.verdicts, strict=True)
        ],
        "rows": [_row(cited(row)) for row in claim.rows],
        "sources": list(claim.sources),
        "lost_if": claim.lost_if,
        "command": claim.command,
        "note": claim.note,
        "why_not": claim.why_not,
        "kept": kept().said if claim.kept else "",
    }


def _row(row: Cited) -> dict[str, Any]:
    return {
        "row": row.row,
        "what": row.what,
        "value": row.value,
        "unit": row.unit,
        "low": row.low,
        "high": row.high,
        "split": str(row.split),
        "source": row.source,
    }


def _interval(shown: Shown) -> list[float | None] | None:
    return None if shown.low is None or shown.high is None else [_finite(shown.low), _finite(shown.high)]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
