"""What is known, as answers: parameters with their stories, sources, signals between cells."""

from __future__ import annotations

from collections import Counter
from functools import cache

from euthymia.errors import UnknownNameError
from euthymia.evidence.citation import Reference, Style, cite, reference
from euthymia.evidence.explain import between_subjects, uncertainty
from euthymia.evidence.parameter import Parameter
from euthymia.evidence.record import find, load_record, record_names
from euthymia.evidence.search import grade_named
from euthymia.evidence.transmitters import search as search_signals
from euthymia.web.schemas_evidence import (
    EvidencePage,
    ParameterAnswer,
    ParameterStory,
    RecordRow,
    SignalAnswer,
    Signals,
    SourceAnswer,
    SourceStory,
)


def evidence(words: str, grade: str, assumed: bool, page: int, size: int) -> EvidencePage:
    """Return a page of parameters that hold all words in name, meaning, source or note.

    Args:
        words: What to look for; empty for all.
        grade: Only this grade; a part of its words is enough.
        assumed: Only what nobody measured or fitted.
        page: Which page, from 1.
        size: Parameters a page.

    Raises:
        UnknownNameError: When no grade has the name.
    """
    wanted = grade_named(grade) if grade else None
    found = [each for each in everything() if _holds(each, words) and (each.assumed or not assumed)]
    grades = Counter(each.grade.value for each in found)
    found = [each for each in found if wanted in (None, each.grade)]
    records = dict.fromkeys(each.record for each in found)
    return EvidencePage(
        total=len(found),
        page=page,
        pages=max(-(-len(found) // size), 1),
        parameters=[parameter_answer(each) for each in found[(page - 1) * size : page * size]],
        records=[record_row(name) for name in records],
        grades=dict(grades),
    )


def parameter_story(name: str) -> ParameterStory:
    """Return a parameter with its source and record.

    Raises:
        UnknownNameError: When there is none of that full name; it names the nearest.
    """
    parameter = find(name)
    source = source_answer(reference(parameter.source)) if parameter.source else None
    return ParameterStory(parameter=parameter_answer(parameter), source=source, record=record_row(parameter.record))


def source_story(key: str) -> SourceStory:
    """Return a source and what rests on it.

    Raises:
        UnknownNameError: When there is none of that key; it names the nearest.
    """
    found = reference(key)
    return SourceStory(
        source=source_answer(found), parameters=[each.full_name for each in everything() if each.source == key]
    )


def signals(words: str, family: str, modelled: bool) -> Signals:
    """Return the signals between nerve cells that answer to a word."""
    found = search_signals(words, family=family, modelled=modelled)
    return Signals(total=len(found), signals=[SignalAnswer(**each.to_dict()) for each in found])


@cache
def everything() -> tuple[Parameter, ...]:
    """Return every parameter, in the order of the records."""
    return tuple(each for name in record_names() for each in load_record(name).parameters)


def parameter_answer(parameter: Parameter) -> ParameterAnswer:
    """Return a parameter as it is answered."""
    return ParameterAnswer(
        id=parameter.full_name,
        record=parameter.record,
        name=parameter.name,
        value=parameter.value,
        unit=parameter.unit,
        meaning=parameter.meaning,
        grade=parameter.grade.value,
        assumed=parameter.assumed,
        source=parameter.source,
        where=parameter.where,
        cv=parameter.cv,
        spread=between_subjects(parameter),
        uncertainty=uncertainty(parameter),
        note=parameter.note,
        command=parameter.command,
    )


def source_answer(found: Reference) -> SourceAnswer:
    """Return a source as it is answered."""
    return SourceAnswer(
        key=found.key,
        short=found.short,
        text=cite([found.key]),
        identifier=found.identifier,
        bibtex=cite([found.key], Style.BIBTEX),
        fields=dict(found.fields),
    )


def sources(keys: list[str]) -> list[SourceAnswer]:
    """Return those of the keys that are sources; a claim may also cite words."""
    found = []
    for key in keys:
        try:
            found.append(source_answer(reference(key)))
        except UnknownNameError:
            continue
    return found


@cache
def record_row(name: str) -> RecordRow:
    """Return a record in a row."""
    record = load_record(name)
    assumed = sum(each.assumed for each in record.parameters)
    return RecordRow(
        name=name, title=record.title, summary=record.summary, parameters=len(record.parameters), assumed=assumed
    )


def _holds(parameter: Parameter, words: str) -> bool:
    text = " ".join((parameter.full_name, parameter.meaning, parameter.source, parameter.note)).lower()
    return all(word in text for word in words.lower().split())
