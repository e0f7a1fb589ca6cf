"""The words of a clause, taken one by one, each fault naming the word and the clause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from euthymia.errors import ScheduleError, suggestion
from euthymia.treatment.dose import LAST_DAY
from euthymia.treatment.regimen import MINUTES_PER_HOUR

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_GLUED = re.compile(rf"({_NUMBER})([a-z][a-z/]*)")
_HOURS = {"h": 1.0, "hour": 1.0, "hours": 1.0, **dict.fromkeys(("min", "minute", "minutes"), 1.0 / MINUTES_PER_HOUR)}
_FILLERS = ("and", "then")


@dataclass
class Words:
    """The text of a clause, for messages, and its words that are still to be read."""

    text: str
    left: list[str]


def words_of(text: str) -> Words:
    """Return the words of a text in lower case, an amount parted from its unit, commas and fillers left out."""
    left: list[str] = []
    for word in text.lower().replace(",", " ").split():
        glued = _GLUED.fullmatch(word)
        left += [glued[1], glued[2]] if glued else [word]
    return Words(text, [word for word in left if word not in _FILLERS])


def is_number(word: str) -> bool:
    """Tell whether a word is meant as a number, ``nan`` and ``inf`` included so that they can be refused by name."""
    return re.fullmatch(_NUMBER, word) is not None or word.lstrip("+-") in ("nan", "inf")


def take(words: Words, what: str) -> str:
    """Return the next word; ``what`` says in the message what should have followed."""
    if not words.left:
        raise ScheduleError(f"{words.text!r} ends where {what} should follow")
    return words.left.pop(0)


def take_number(words: Words, what: str) -> float:
    """Return the next word as a number."""
    word = take(words, what)
    if not is_number(word):
        raise ScheduleError(f"cannot read {word!r} as {what} in {words.text!r}")
    return float(word)


def take_whole(words: Words, what: str) -> int:
    """Return the next word as a whole number from 0 to the last day that a schedule can have."""
    word = take(words, what)
    if not (word.isascii() and word.isdigit()) or len(word) > 9 or int(word) > LAST_DAY:
        raise ScheduleError(f"{word!r} in {words.text!r} is not {what}: a whole number from 0 to {LAST_DAY}")
    return int(word)


def take_unit(words: Words, known: Mapping[str, float]) -> float:
    """Return what the next word, a unit, is worth."""
    word = take(words, "a unit")
    if word not in known:
        allowed = ", ".join(known)
        raise ScheduleError(f"no unit {word!r} in {words.text!r}; {suggestion(word, known)}allowed: {allowed}")
    return known[word]


def take_hours(words: Words) -> float:
    """Return a time, a number and its unit, in h."""
    value = take_number(words, "a time")
    hours = take_unit(words, _HOURS)
    # Minutes are divided, not multiplied, so that a duration written in minutes reads back to the last digit.
    return value if hours == 1.0 else value / MINUTES_PER_HOUR


def refuse_rest(words: Words) -> None:
    """Refuse words that are left over."""
    if words.left:
        raise ScheduleError(f"cannot read {' '.join(words.left)!r} in {words.text!r}")
