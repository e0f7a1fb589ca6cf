"""The draft of a run's credibility as Markdown and as a page that stands alone; what is open is marked in both."""

from __future__ import annotations

from collections.abc import Iterable

from euthymia.report.credibility import OPEN, Draft, Section
from euthymia.report.html import rendered
from euthymia.report.tables import Table

CAUTION = (
    "A draft, made from the run and from what the package knows of itself. What a person must decide is marked "
    f'"{OPEN}". The headings follow public summaries of the guidelines: hold the draft against the guidelines '
    "themselves. For research and teaching, not for treating a person."
)


def as_markdown(made: Draft) -> str:
    """Return the draft as Markdown."""
    lines = [f"# {made.title}", "", made.subtitle, "", CAUTION, ""]
    for section in made.sections:
        lines += _section(section)
    return "\n".join(lines).rstrip() + "\n"


def as_html(made: Draft) -> str:
    """Return the draft as a complete page; every text from a file is escaped."""
    content = {"page": made, "version": made.run.version, "purpose": CAUTION, "to_fill": OPEN}
    return rendered("credibility.html", content)


def _section(section: Section) -> list[str]:
    lines = [f"{'#' * (section.level + 1)} {section.heading}", ""]
    for paragraph in section.paragraphs:
        lines += [paragraph, ""]
    for made in section.tables:
        lines += _table(made)
    for asked in section.open:
        lines += [f"> **{OPEN}:** {asked}", ""]
    return lines


def _table(made: Table) -> list[str]:
    lines = [f"**{made.title}**", "", _row(column.title for column in made.columns), _row("---" for _ in made.columns)]
    lines += [_row(cell.text for cell in row) for row in made.rows]
    return [*lines, "", *([made.note, ""] if made.note else [])]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in cells)} |"
