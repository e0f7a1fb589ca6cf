"""Claims as tables: what the article says, what the evidence says, what the model shows; the lost ones first."""

from __future__ import annotations

from collections.abc import Sequence

from euthymia.claims.cited import Cited, cited
from euthymia.claims.claim import Finding, Rule, Shown, Verdict
from euthymia.claims.judging import score
from euthymia.claims.kept import kept
from euthymia.report import words
from euthymia.report.tables import Cell, Column, Table, Tone, table

TONES = {
    Verdict.LOST: Tone.MISS,
    Verdict.PART: Tone.MISS,
    Verdict.UNDECIDED: Tone.MUTED,
    Verdict.HELD: Tone.GOOD,
}
NOTHING = 1e-9  # what rounding leaves of a zero
Judged = tuple[Rule, Shown, Verdict]
NOTE = "LOST, PART and undecided claims come first. `euthymia claims show ID` tells one of them whole."


def claims_table(findings: Sequence[Finding]) -> Table:
    """Return the three columns, a claim a row, with role and verdict."""
    columns = (
        Column("Claim", whole=True),
        Column("The article says"),
        Column("The evidence says"),
        Column("The model shows"),
        Column("Role", whole=True),
        Column("Verdict", whole=True),
    )
    rows = [
        (
            each.claim.id,
            each.claim.says,
            f"{each.claim.known} ({each.claim.support.value})" if each.claim.article else each.claim.known,
            model_shows(each),
            each.claim.role.value,
            Cell(verdict_word(each.verdict), TONES[each.verdict]),
        )
        for each in findings
    ]
    return table("Claims", columns, rows, f"{score(findings)} {NOTE}")


def model_shows(finding: Finding) -> str:
    """Return our numbers in words, those that fail their rule first; of many, how many hold."""
    if not finding.claim.rules:
        return f"nothing: {finding.claim.why_not}"
    told = list(zip(finding.claim.rules, finding.shown, finding.verdicts, strict=True))
    failing = sorted(
        (each for each in told if each[2] is not Verdict.HELD), key=lambda each: each[2] is not Verdict.LOST
    )
    if finding.claim.article:
        return "; ".join(f"{rule.what}: {number(rule, shown)}" for rule, shown, _ in (*failing, *_rest(told, failing)))
    held = f"{len(told) - len(failing)} of {len(told)} parts within tolerance"
    worst = "; ".join(
        f"{rule.what}: {number(rule, shown)}, {_miss(rule, verdict)}" for rule, shown, verdict in failing[:2]
    )
    return f"{held}; {worst}" if worst else held


def rules_table(finding: Finding) -> Table:
    """Return every number of a claim beside its rule."""
    columns = (
        Column("The model shows"),
        Column("Value", numeric=True),
        Column("Holds"),
        Column("Because"),
        Column("Verdict", whole=True),
    )
    rows = [
        (rule.what, number(rule, shown), _holds(rule), rule.why, Cell(verdict_word(verdict), TONES[verdict]))
        for rule, shown, verdict in zip(finding.claim.rules, finding.shown, finding.verdicts, strict=True)
    ]
    where = kept().said if finding.claim.kept else "computed now"
    return table(f"Claim {finding.claim.id}", columns, rows, f"Numbers: {where}.")


def rows_table(finding: Finding) -> Table:
    """Return the published rows that a claim cites."""
    columns = (Column("Row", whole=True), Column("Published"), Column("Value", numeric=True), Column("Used for"))
    rows = [(row.row, row.what, published(row), str(row.split)) for row in map(cited, finding.claim.rows)]
    return table("Rows", columns, rows)


def published(row: Cited) -> str:
    """Return a published value with its printed interval."""
    unit = f" {row.unit}" if row.unit not in ("ratio", "coefficient", "correlation") else ""
    ends = "" if row.low is None or row.high is None else f" ({row.low:g} to {row.high:g})"
    return f"{row.value:g}{ends}{unit}"


def number(rule: Rule, shown: Shown) -> str:
    """Return a number with its unit, the interval of a trial of that size, and the Monte Carlo error."""
    if shown.value != shown.value:
        return words.NO_VALUE
    text = _plain(shown.value) + _unit(rule.unit) if abs(shown.value) < float("inf") else "not reached"
    if shown.low is not None and shown.high is not None:
        text += f" [{_plain(shown.low)} to {_plain(shown.high)}]"
    return text + (f" (error {shown.error:.2g})" if shown.error else "")


def verdict_word(verdict: Verdict) -> str:
    """Return a verdict; what did not hold is in capitals."""
    return verdict.value.upper() if verdict in (Verdict.LOST, Verdict.PART) else verdict.value


def _holds(rule: Rule) -> str:
    return rule.ends + _unit(rule.unit)


def _miss(rule: Rule, verdict: Verdict) -> str:
    return f"not {rule.ends}" if verdict is Verdict.LOST else f"near an end of {rule.ends}"


def _rest(told: list[Judged], failing: list[Judged]) -> list[Judged]:
    return [each for each in told if each not in failing]


def _unit(unit: str) -> str:
    return {"1": "", "percent": " %", "1 for yes": ""}.get(unit, f" {unit}")


def _plain(value: float) -> str:
    if abs(value) < NOTHING:
        return "0"
    return f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.0f}"
