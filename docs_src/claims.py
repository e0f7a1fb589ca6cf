"""Put every claim to the model and write docs/claims.md: a minute.

Run from the repository: python docs_src/claims.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from euthymia.claims.cited import cited
from euthymia.claims.claim import Finding, Role, Verdict
from euthymia.claims.judging import put_all
from euthymia.claims.kept import kept
from euthymia.claims.registry import claims
from euthymia.claims.statements import STATEMENTS
from euthymia.evidence.citation import reference
from euthymia.report.claim_tables import model_shows, number, published, verdict_word
from euthymia.report.files import write_atomic

PAGE = Path(__file__).parents[1] / "docs" / "claims.md"
OPENING = """# Claims

The article's sentences, split into claims that can be lost, and the [fact list](facts.md). Each has a rule: where numbers of
ours must lie. `euthymia claims` puts all of them to the model, about a minute; `euthymia claims show ID` tells one whole.

| role | means |
| --- | --- |
| structural | follows from how the model is built; holding shows that it does what it was built to do |
| calibrated | rests on rows that may take part in fitting; holding shows fit, not foresight |
| held out | rests on rows marked *validation*, to which nothing was ever fitted |

A claim is **held** when all its rules hold, **lost** when none does, **part** when some do; it is *undecided* where twice
the Monte Carlo error could turn a rule, or where the model has nothing to show. Rules are ends of printed intervals,
tolerances of the fact list, or the words of the sentence made a number; the reason stands with each. Rules of the fact list
and printed intervals were there before the model was compared. The others were written by people who knew this model's
figures ([article.md](article.md)): they are no blind test, and one of them was changed after its numbers were seen: `5.more`
asked three differences one by one, which {replicates} trials left undecided, and now asks their mean, as fact 3 does.

Trials are conducted {replicates} to {twice} times; brackets hold the middle 90 % of trials of that size, and the error is
that of the mean. Numbers of the fact list are {kept}.

Every claim on the article names what must be exchanged in the model for it to be lost, and a test exchanges it; one on a
fact is lost when its numbers leave their tolerances. A test refuses a held out
claim that cites a calibration row, and a calibrated one that cites a validation row. For research and teaching, never for
treating a person.
"""


def main() -> None:
    """Write the page."""
    from euthymia.claims.lab import REPLICATES

    write_atomic(PAGE, page(put_all(claims()), REPLICATES))


def page(findings: Sequence[Finding], replicates: int) -> str:
    """Return the page as Markdown."""
    lines = [OPENING.format(replicates=replicates, twice=2 * replicates, kept=kept().said), "## In short", ""]
    lines += [*counts(findings), "", "## What did not hold", ""]
    lines += table(each for each in findings if each.verdict in (Verdict.LOST, Verdict.PART))
    for statement, title in STATEMENTS.items():
        lines += ["", f"## {statement}. {title}", ""]
        lines += table(each for each in findings if each.claim.article == statement)
    lines += ["", "## The fact list", "", *table(each for each in findings if not each.claim.article)]
    lines += ["", "## Rules, rows and sources", ""]
    for each in sorted(findings, key=lambda finding: finding.claim.article or len(STATEMENTS) + 1):
        if each.claim.article:
            lines += whole(each)
    return "\n".join(lines).rstrip() + "\n"


def counts(findings: Sequence[Finding]) -> list[str]:
    """Return how many claims of each role came out how, as a table."""
    lines = [_row(("role", *(each.value for each in Verdict))), _row(("---",) * (len(Verdict) + 1))]
    for role in Role:
        found = Counter(each.verdict for each in findings if each.claim.role is role)
        lines.append(_row((role.value, *(str(found[verdict]) for verdict in Verdict))))
    return lines


def table(findings: Iterable[Finding]) -> list[str]:
    """Return the three columns, a claim a row."""
    head = ("claim", "the article says", "the evidence says", "the model shows", "role", "verdict")
    lines = [_row(head), _row(("---",) * len(head))]
    for each in findings:
        known = f"{each.claim.known} *({each.claim.support.value})*" if each.claim.article else each.claim.known
        cells = (each.claim.id, each.claim.says, known, model_shows(each), each.claim.role.value, _verdict(each))
        lines.append(_row(cells))
    return lines


def whole(finding: Finding) -> list[str]:
    """Return one claim with everything that stands behind it."""
    claim = finding.claim
    lines = [f"### {claim.id}", "", f"{claim.says} {_verdict(finding)}, {claim.role.value}.", ""]
    for rule, shown, verdict in zip(claim.rules, finding.shown, finding.verdicts, strict=True):
        lines.append(f"- {rule.what}: {number(rule, shown)}; holds {rule.ends} ({rule.why}): {verdict_word(verdict)}")
    rows = (f"{each.row} {published(each)} ({each.what}; {each.split})" for each in map(cited, claim.rows))
    told = {
        "Rows": "; ".join(rows),
        "Sources": "; ".join(reference(key).short for key in claim.sources),
        "Lost if": claim.lost_if,
        "Nothing to show": claim.why_not,
        "Note": claim.note,
        "Command": f"`{claim.command}`",
    }
    return [*lines, *(f"- *{name}:* {text}" for name, text in told.items() if text), ""]


def _verdict(finding: Finding) -> str:
    word = verdict_word(finding.verdict)
    return f"**{word}**" if word.isupper() else word


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    main()
