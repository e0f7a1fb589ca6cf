"""Look the numbers through: by record, by full name, by a part of a name, by grade."""

from __future__ import annotations

import difflib

from euthymia.errors import UnknownNameError
from euthymia.evidence.grade import Grade
from euthymia.evidence.parameter import Parameter
from euthymia.evidence.record import find, load_record, record_names


def search(text: str = "") -> tuple[Parameter, ...]:
    """Return the parameters that a word names, in the order of the records.

    Args:
        text: A record, a full name such as ``esketamine.ka_n``, or a part of either in any case; empty for all.

    Raises:
        UnknownNameError: When nothing answers to it; it names the nearest.
    """
    if text in record_names():
        return load_record(text).parameters
    everything = tuple(p for name in record_names() for p in load_record(name).parameters)
    exact = tuple(p for p in everything if p.full_name == text)
    found = exact or tuple(p for p in everything if text.lower() in p.full_name.lower())
    if not found:
        if "." in text:
            find(text)  # says which record, or which parameter of the record, is nearest
        near = difflib.get_close_matches(text, {p.name for p in everything}, n=1)
        raise UnknownNameError("record or parameter", text, {*record_names(), *near})
    return found


def grade_named(text: str) -> Grade:
    """Return the grade that ``text`` names: its words, or a part of them such as ``patients``.

    Raises:
        UnknownNameError: When no grade, or more than one, has that part.
    """
    found = [grade for grade in Grade if text.lower() in grade.value]
    exact = [grade for grade in found if grade.value == text.lower()]
    if len(exact or found) != 1:
        raise UnknownNameError("grade", text, (grade.value for grade in Grade))
    return (exact or found)[0]
