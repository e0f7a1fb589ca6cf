"""What `euthymia label` prints for people: labels, their clauses, and decisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from euthymia.cli import output

if TYPE_CHECKING:
    from euthymia.evidence.label import Clause, Label
    from euthymia.report.tables import Cell, Column, Table
    from euthymia.treatment.label import Decision, Line
    from euthymia.treatment.label_candidate import Candidate
    from euthymia.treatment.label_verdict import Verdict


def show_decision(decision: Decision) -> None:
    """Print a decision clause by clause, its answer, and once what it is not."""
    from euthymia.treatment.label import NOTICE, blocking, missing

    case = decision.case
    output.say(f"{decision.label.title} (since {decision.label.since})")
    output.say(f"Person: {_person_text(case.candidate)}")
    output.say(f"Regimen: {'not given' if case.regimen is None else case.regimen}")
    output.say()
    output.show(*_decision_tables(decision))
    output.say(f"Answer: {decision.answer}, for {dict(decision.label.indications)[decision.indication]}")
    if out := blocking(decision):
        output.say("Not met: " + "; ".join(f"{line.clause.id} ({line.because})" for line in out))
    if still := missing(decision):
        output.say("Still to be said: " + "; ".join(dict.fromkeys(line.because.split(":")[0] for line in still)))
    _say_sources(line.clause for line in decision.lines)
    output.say(f"euthymia label --show {decision.label.name} tells what is not sure about each clause")
    output.say(NOTICE)


def show_label(shown: Label) -> None:
    """Print the clauses of a label."""
    from euthymia.report.tables import table
    from euthymia.treatment.label import NOTICE

    output.say(f"{shown.title} (since {shown.since})")
    output.say(shown.summary)
    output.say()
    first, *_, last = _columns()
    rows = [(clause.id, str(clause.kind), _says(clause), _source(clause)) for clause in shown.clauses]
    kind, says = _column("Kind"), _column("What the label says")
    output.show(table("Clauses", (first, kind, says, last), rows))
    _say_sources(shown.clauses)
    output.say(NOTICE)


def show_labels() -> None:
    """Print which labels there are."""
    from euthymia.evidence.label import label_names, load_label
    from euthymia.report.tables import table
    from euthymia.treatment.label import NOTICE

    labels = [load_label(name) for name in label_names()]
    columns = (_column("Label", whole=True), _column("What it is"), _column("Since", whole=True), _column("Clauses"))
    output.show(table("Labels", columns, [(x.name, x.title, x.since, str(len(x.clauses))) for x in labels]))
    output.say("euthymia label --show NAME lists the clauses of one; euthymia label --help says what can be asked")
    output.say(NOTICE)


def _decision_tables(decision: Decision) -> list[Table]:
    """Return a table a kind of clause."""
    from euthymia.report.tables import table

    kinds = dict.fromkeys(line.clause.kind for line in decision.lines)
    return [
        table(kind.capitalize(), _columns(), [_row(line) for line in decision.lines if line.clause.kind is kind])
        for kind in kinds
    ]


def _row(line: Line) -> tuple[Cell | str, ...]:
    clause = line.clause
    return clause.id, _toned(line.verdict), clause.text, line.because, _source(clause)


def _toned(verdict: Verdict) -> Cell:
    from euthymia.report.tables import Cell, Tone
    from euthymia.treatment.label_verdict import Verdict

    tones = {
        Verdict.MET: Tone.GOOD,
        Verdict.NOT_MET: Tone.MISS,
        Verdict.CAUTION: Tone.MISS,
        Verdict.DOES_NOT_APPLY: Tone.MUTED,
    }
    return Cell(str(verdict), tones.get(verdict, Tone.PLAIN))


def _columns() -> tuple[Column, ...]:
    first = (_column("Clause", whole=True), _column("Verdict", whole=True))
    return (*first, _column("What the label says"), _column("Because"), _column("Source"))


def _column(title: str, *, whole: bool = False) -> Column:
    from euthymia.report.tables import Column

    return Column(title, whole=whole)


def _says(clause: Clause) -> str:
    return f"{clause.text} ({clause.note})" if clause.note else clause.text


def _source(clause: Clause) -> str:
    return f"{clause.source}: {clause.where} ({clause.standing})"


def _say_sources(clauses: Iterable[Clause]) -> None:
    """Print what the keys of a table mean, and whose words for severity are used."""
    from euthymia.evidence.citation import reference
    from euthymia.evidence.label import severity_source
    from euthymia.evidence.label_condition import SevereAs

    every = tuple(clauses)
    for key in sorted({clause.source for clause in every}):
        output.say(f"{key}: {reference(key).short}")
    if any(isinstance(clause.condition, SevereAs) for clause in every):
        output.say(f"words for a MADRS: {severity_source()}")


def _person_text(person: Candidate) -> str:
    """Return what was said of a person, in words."""
    told = {key: value for key, value in person.to_dict().items() if value not in (None, [])}
    told |= {"pressure": f"{person.pressure} mmHg"} if person.pressure else {}
    return "; ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in told.items()) or "nothing said"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
