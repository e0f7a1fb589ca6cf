"""`euthymia label`: what a drug's label says of a person and a regimen, clause by clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import label_pages as pages
from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.evidence.label import Clause, Label
    from euthymia.treatment.label import Decision

DECISION_SCHEMA = "euthymia.label/1"
CLAUSES_SCHEMA = "euthymia.clauses/1"
LIST_SCHEMA = "euthymia.labels/1"
DEFAULT = "us-2025"


def label(
    regimen: Annotated[str, typer.Argument(help='The doses, such as "esketamine 56 mg nasal on days 1 4".')] = "",
    edition: Annotated[str, typer.Option("--label", help="Which label; without any words the labels are listed.")] = "",
    age: Annotated[float | None, typer.Option("--age", help="Years.")] = None,
    diagnosis: Annotated[str, typer.Option("--diagnosis", help="MDD or other.")] = "",
    madrs: Annotated[float | None, typer.Option("--madrs", help="MADRS before treatment, in points.")] = None,
    severity: Annotated[str, typer.Option("--severity", help="A word, where no MADRS is known.")] = "",
    failed_drugs: Annotated[
        int | None, typer.Option("--failed-drugs", help="How many drugs failed in this episode.")
    ] = None,
    suicidal: Annotated[
        bool | None, typer.Option("--suicidal/--not-suicidal", help="Acute suicidal ideation or behaviour.")
    ] = None,
    antidepressant: Annotated[
        bool | None,
        typer.Option("--oral-antidepressant/--no-oral-antidepressant", help="One is taken beside the spray."),
    ] = None,
    pressure: Annotated[str, typer.Option("--bp", help="Blood pressure before dosing, such as 150/95 (mmHg).")] = "",
    present: Annotated[list[str] | None, typer.Option("--with", help="A condition or medicine that is there.")] = None,
    absent: Annotated[list[str] | None, typer.Option("--without", help="One that is not there.")] = None,
    nothing_else: Annotated[
        bool, typer.Option("--nothing-else", help="Every condition and medicine not named by --with is absent.")
    ] = False,
    session: Annotated[
        str, typer.Option("--session", help='Such as "food 3 h, rest 5 min, observed 2 h, pressure 40 min".')
    ] = "",
    show: Annotated[str, typer.Option("--show", help="List the clauses of a label.")] = "",
    json: options.AsJson = False,
) -> None:
    """Show what the esketamine label says of a person and a regimen, clause by clause. It is not advice."""
    from euthymia.errors import LabelError
    from euthymia.evidence.label import load_label
    from euthymia.evidence.label_condition import Finding
    from euthymia.treatment import label_words as words
    from euthymia.treatment.label import decide
    from euthymia.treatment.label_candidate import Candidate
    from euthymia.treatment.sentence import regimen as parsed

    there = words.findings_named(present or ())
    person = Candidate(
        age=age,
        diagnosis=words.diagnosis_named(diagnosis) if diagnosis else None,
        MADRS=madrs,
        severity=words.severity_named(severity) if severity else None,
        failed_drugs=failed_drugs,
        acute_suicidality=suicidal,
        oral_antidepressant=antidepressant,
        pressure=words.pressure_of(pressure) if pressure else None,
        present=there,
        absent=words.findings_named(absent or ()) | (frozenset(Finding) - there if nothing_else else frozenset()),
    )
    asked = bool(regimen or session) or person != Candidate()
    if show:
        if asked or edition:
            raise LabelError("--show lists the clauses of one label; leave the regimen and the other options out")
        shown = load_label(show)
        return output.emit(_clauses_dict(shown)) if json else pages.show_label(shown)
    if not (asked or edition):
        return output.emit(_labels_dict()) if json else pages.show_labels()
    found = decide(
        load_label(edition or DEFAULT),
        person,
        parsed(regimen) if regimen else None,
        words.session_of(session) if session else None,
    )
    return output.emit(_decision_dict(found)) if json else pages.show_decision(found)


def _label_dict(shown: Label) -> dict[str, object]:
    return {
        "label": shown.name,
        "title": shown.title,
        "region": shown.region,
        "since": shown.since,
        "summary": shown.summary,
        "indications": dict(shown.indications),
    }


def _clause_dict(clause: Clause) -> dict[str, object]:
    return {
        "id": clause.id,
        "kind": str(clause.kind),
        "indication": clause.indication,
        "text": clause.text,
        "note": clause.note,
        "source": clause.source,
        "where": clause.where,
        "standing": str(clause.standing),
    }


def _clauses_dict(shown: Label) -> dict[str, object]:
    from euthymia.treatment.label import NOTICE

    clauses = [_clause_dict(clause) for clause in shown.clauses]
    return {"schema": CLAUSES_SCHEMA, "notice": NOTICE, **_label_dict(shown), "clauses": clauses}


def _labels_dict() -> dict[str, object]:
    from euthymia.evidence.label import label_names, load_label
    from euthymia.treatment.label import NOTICE

    rows = [{**_label_dict(each), "clauses": len(each.clauses)} for each in map(load_label, label_names())]
    return {"schema": LIST_SCHEMA, "notice": NOTICE, "labels": rows}


def _decision_dict(decision: Decision) -> dict[str, object]:
    from euthymia.treatment.label import NOTICE, blocking, missing

    case = decision.case
    lines = [
        {**_clause_dict(line.clause), "verdict": str(line.verdict), "because": line.because} for line in decision.lines
    ]
    return {
        "schema": DECISION_SCHEMA,
        "notice": NOTICE,
        **_label_dict(decision.label),
        "person": case.candidate.to_dict(),
        "regimen": None if case.regimen is None else str(case.regimen),
        "session": case.session.to_dict(),
        "answer": str(decision.answer),
        "indication": decision.indication,
        "not_met": [line.clause.id for line in blocking(decision)],
        "missing": [line.clause.id for line in missing(decision)],
        "clauses": lines,
    }
