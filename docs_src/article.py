"""Make the figures of the article's statements and write docs/article.md and docs/img/: two minutes.

Run from the repository: python docs_src/article.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from euthymia.report import figures, panels, words
from euthymia.report.article import STUDIES, Study
from euthymia.report.files import write_atomic
from euthymia.report.panels import Sheet

DOCS = Path(__file__).parents[1] / "docs"
Number = Callable[[str, str, int], str]


def main() -> None:
    """Write the page and its images."""
    sheets = {each.name: each.sheet() for each in STUDIES}
    (DOCS / "img").mkdir(exist_ok=True)
    for name, sheet in sheets.items():
        write_atomic(DOCS / "img" / image(name), figures.standalone(panels.plot_sheet(sheet)))
    write_atomic(DOCS / "article.md", page(sheets))


def image(name: str) -> str:
    """Return the file name of a figure."""
    return f"article-{name}.svg"


def page(sheets: dict[str, Sheet]) -> str:
    """Return the page as Markdown."""
    shown = "\n".join(_section(each, sheets[each.name]) for each in STUDIES)
    return TEXT.format(figures=shown, statements=statements(sheets))


def _section(study: Study, sheet: Sheet) -> str:
    rows = [f"| {what} | {words.number(value, 2)} {unit} |" for what, value, unit in sheet.numbers]
    said = "\n".join(f"- {sentence}" for sentence in sheet.caption)
    return "\n".join(
        (
            f"## {sheet.title}\n",
            f"On {study.statement}: `euthymia article {study.name}`\n",
            f"![{sheet.title}](img/{image(study.name)})\n",
            f"{said}\n",
            "| in a typical person | |",
            "|---|---|",
            *rows,
            "",
        )
    )


def statements(sheets: dict[str, Sheet]) -> str:
    """Return the table of statements: what is claimed, what is known, and what the model gives."""

    def number(name: str, what: str, digits: int = 1) -> str:
        return words.number(next(value for said, value, _ in sheets[name].numbers if said == what), digits)

    def part(name: str, one: str, other: str) -> str:
        values = {said: value for said, value, _ in sheets[name].numbers}
        return f"{100.0 * values[one] / values[other]:.0f} %"

    return "\n".join(_row(row) for row in (HEAD, ("---",) * len(HEAD), *_rows(number, part)))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


HEAD = ("the article", "published", "the model", "where")


def _rows(number: Callable[..., str], part: Callable[[str, str, str], str]) -> tuple[tuple[str, ...], ...]:
    return (
        (
            "SSRIs fail one in three",
            "first drug, 8 weeks: 49.2 % respond, 29.4 % remit; pill placebo 38.1 % respond. One in three is who is left "
            "after several drugs",
            "who responds, and who is left after each failure",
            "[people](models/people.md), [facts](facts.md)",
        ),
        (
            "SSRIs take months",
            "apart from placebo in week 1, with about a third of the six-week difference",
            f"{number('ssri', 'change by tablets at week 1')} points at week 1 and "
            f"{number('ssri', 'change by tablets at week 6')} at week 6: "
            f"{part('ssri', 'change by tablets at week 1', 'change by tablets at week 6')} (fitted)",
            "`ssri`",
        ),
        (
            "SSRIs wear off quickly",
            "relapse at 26 weeks 37.6 % after stopping, 19.6 % on the drug: months, not days",
            f"added serotonin half gone after {number('ssri', 'half of the added serotonin gone after', 0)} days, the effect "
            f"after {number('ssri', 'half of the effect gone after', 0)}; relapse fitted in a layer of its own",
            "`ssri`",
        ),
        (
            "(a test: does serotonin hold mood?)",
            "depletion: no change in healthy people, relapse in people remitted on such drugs, a modest fall in those "
            "remitted without",
            f"{number('depletion', 'largest change, healthy')}, "
            f"{number('depletion', 'largest change, remitted on an SSRI')} and 0 points: the direction, far from the size",
            "`depletion`",
        ),
        (
            "ketamine works within hours",
            "at 2 h the total falls 17.6 points on 84 mg and 9.7 on placebo spray; contrasts of 3.4 at 4 h and 3.8 at 24 h",
            f"the drug's share {number('ketamine', 'change by one infusion at 2 h')} points at 2 h and "
            f"{number('ketamine', 'change by one infusion at 24 h')} at 24 h, after an infusion in a typical person",
            "`ketamine`, [trials](trials.md)",
        ),
        (
            "its effect lasts weeks",
            "one dose: 52.2 % respond at 24 h, 39.8 % on day 7; after six infusions half relapse within 18 days",
            f"one infusion: {number('ketamine', 'change by one infusion at 7 days')} points on day 7; six: "
            f"{number('ketamine', 'change by six infusions, week 4')} in week 4, "
            f"{number('ketamine', 'change by six infusions, week 8')} in week 8. Weeks need repetition",
            "`ketamine`",
        ),
        (
            "it helps more than half of those whom SSRIs failed",
            "true of the arm (53.1 to 69.3 % respond by day 28), and of placebo spray with a new tablet 38.9 to 52.0 %",
            "arms, control and difference side by side",
            "[trials](trials.md), [people](models/people.md)",
        ),
        (
            "it combines with therapy",
            "drug and therapy against drug alone: ratio 1.25 (1.14 to 1.37) for antidepressants; for ketamine nothing that "
            "calibrates",
            f"week 10, ketamine and therapy: {number('therapy', 'change at week 10, ketamine and therapy')} points "
            f"({number('therapy', 'change at week 10, ketamine and therapy, least gain')} to "
            f"{number('therapy', 'change at week 10, ketamine and therapy, largest gain')}); therapy alone "
            f"{number('therapy', 'change at week 10, therapy alone')}. A scenario",
            "`therapy`",
        ),
        (
            "hallucinations",
            "dissociation in 26.8 % against 3.5 %; CADSS above 4 in 61 to 84 %; over within 1.5 h",
            f"CADSS up to {number('ketamine', 'largest CADSS')} points after 0.5 mg/kg, gone within 1.5 h; hallucinations "
            "themselves are not modelled",
            "`ketamine`, `doses`",
        ),
        (
            "addiction and abuse",
            "drug liking above placebo after 84 and 112 mg in recreational users; no diversion confirmed in trials that "
            "left out people with substance use disorders",
            "`drug liking` after a dose; the risk of a population is not modelled",
            "[commands](commands.md)",
        ),
        (
            "at anaesthetic doses heart and lungs are spared",
            "no trial row of anaesthesia; at 84 mg pressure rises by 19.6 against 6.5 mmHg",
            f"half do not respond at {number('doses', 'half do not respond at')} mg/kg over 40 minutes; ventilation moves by "
            f"{number('doses', 'largest change of ventilation', 0)} %, pressure rises",
            "`doses`",
        ),
        (
            "the label: moderate to severe, two failed drugs",
            "trials asked for two failures and 28 points or more",
            "eligibility clause by clause; people with as many failures",
            "[label](label.md), [people](models/people.md)",
        ),
    )


TEXT = """# The article's statements, remade

Each figure is one command and follows a typical person through the default chain ([models/chain.md](models/chain.md)); the
captions say what was fitted, what is assumed and what is missed. For research and teaching, never for treating a person.
`python docs_src/article.py` writes this page and its images.

## What is claimed, what is known, what the model gives

{statements}

{figures}"""


if __name__ == "__main__":
    main()
