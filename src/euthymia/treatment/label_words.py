"""A person and a session from words: conditions and medicines by name, a pressure, what is done around a dose."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from euthymia.errors import LabelError, ScheduleError, UnknownNameError
from euthymia.evidence.label_condition import Diagnosis, Finding, Severity
from euthymia.treatment.label_candidate import NEVER, Pressure, Session
from euthymia.treatment.words import refuse_rest, take, take_number, take_unit, words_of

Named = TypeVar("Named", bound=StrEnum)

FINDING_ALIASES = {
    "aneurysm": Finding.ANEURYSM,
    "aneurysmal disease": Finding.ANEURYSM,
    "AVM": Finding.ARTERIOVENOUS_MALFORMATION,
    "intracerebral hemorrhage": Finding.HAEMORRHAGE,
    "history of intracerebral haemorrhage": Finding.HAEMORRHAGE,
    "recent cardiovascular event": Finding.CARDIOVASCULAR_EVENT,
    "Child-Pugh B": Finding.HEPATIC_B,
    "Child-Pugh C": Finding.HEPATIC_C,
    "MAOI": Finding.MAO_INHIBITOR,
}
DIAGNOSIS_ALIASES = {"MDD": Diagnosis.MDD, "depression": Diagnosis.MDD, "other": Diagnosis.OTHER}
_MINUTES = {**dict.fromkeys(("min", "minute", "minutes"), 1.0), **dict.fromkeys(("h", "hour", "hours"), 60.0)}
# What a session says, by its word: the field of `Session` that it fills.
SESSION_WORDS = {
    "food": "food",
    "liquid": "liquid",
    "nasal": "nasal",
    "rest": "rest",
    "observed": "observed",
    "pressure": "pressure_check",
}


def finding_named(text: str) -> Finding:
    """Return the condition or medicine that a name means, in the singular or the plural.

    Raises:
        UnknownNameError: When nothing has the name; it gives the nearest.

    Example:
        >>> str(finding_named("cns depressants"))
        'CNS depressant'
    """
    return _named("condition or medicine", text, Finding, FINDING_ALIASES)


def findings_named(texts: Iterable[str]) -> frozenset[Finding]:
    """Return the findings of several texts, each of which may list some with commas between."""
    return frozenset(finding_named(part) for text in texts for part in text.split(",") if part.strip())


def diagnosis_named(text: str) -> Diagnosis:
    """Return the diagnosis that a name means.

    Raises:
        UnknownNameError: When nothing has the name.
    """
    return _named("diagnosis", text, Diagnosis, DIAGNOSIS_ALIASES)


def severity_named(text: str) -> Severity:
    """Return the severity that a word means.

    Raises:
        UnknownNameError: When nothing has the name.
    """
    return _named("severity", text, Severity, {})


def pressure_of(text: str) -> Pressure:
    """Return the pressure of a text such as ``"150/95"``, in mmHg.

    Raises:
        LabelError: When the text is no two numbers with a stroke between, or they cannot be pressures.
    """
    high, _, low = text.strip().lower().removesuffix("mmhg").partition("/")
    try:
        return Pressure(float(high), float(low))
    except ValueError as error:
        raise LabelError(f"cannot read the blood pressure {text!r}; for example: 150/95") from error


def session_of(text: str) -> Session:
    """Return what is done around a session.

    Args:
        text: Parts with commas between, each a word and a time: ``food 3 h, liquid 45 min, nasal never, rest 5 min,
            observed 2 h, pressure 40 min``.

    Raises:
        UnknownNameError: When a part starts with another word.
        LabelError: When a part says no time, or a word stands twice.
    """
    said: dict[str, float] = {}
    for part in (part.strip() for part in text.replace(";", ",").split(",")):
        if not part:
            continue
        name = part.split()[0].lower()
        if name not in SESSION_WORDS:
            raise UnknownNameError("part of a session", name, SESSION_WORDS)
        if SESSION_WORDS[name] in said:
            raise LabelError(f"{name!r} stands twice in {text!r}")
        said[SESSION_WORDS[name]] = _minutes(part)
    if not said:
        raise LabelError(f"nothing is said in the session {text!r}; for example: food 3 h, rest 5 min, observed 2 h")
    return Session(
        food=said.get("food"),
        liquid=said.get("liquid"),
        nasal=said.get("nasal"),
        rest=said.get("rest"),
        observed=said.get("observed"),
        pressure_check=said.get("pressure_check"),
    )


def _minutes(part: str) -> float:
    """Return the minutes of a word and its time; ``at`` and ``for`` may stand between."""
    words = words_of(part)
    name = words.left.pop(0)
    if words.left[:1] in (["at"], ["for"]):
        words.left.pop(0)
    try:
        if name == "nasal" and words.left == ["never"]:
            take(words, "never")
            minutes = NEVER
        else:
            minutes = take_number(words, "a time") * take_unit(words, _MINUTES)
        refuse_rest(words)
    except ScheduleError as error:
        raise LabelError(f"{error}; for example: {name} 40 min") from error
    return minutes


def _named(kind: str, text: str, names: type[Named], aliases: dict[str, Named]) -> Named:
    known = {member.value.lower(): member for member in names} | {name.lower(): of for name, of in aliases.items()}
    plain = " ".join(text.lower().split())
    found = known.get(plain) or known.get(plain.removesuffix("s"))
    if found is None:
        raise UnknownNameError(kind, text.strip(), [*(member.value for member in names), *aliases])
    return found
