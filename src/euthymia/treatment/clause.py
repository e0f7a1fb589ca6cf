"""One clause of a schedule: the words, in any order, that say which drug, how much, by which way and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from euthymia.errors import ScheduleError, suggestion
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import HOURS_PER_DAY, LAST_DAY, DoseUnit
from euthymia.treatment.drug import Drug, DrugClass, Route
from euthymia.treatment.regimen import MINUTES_PER_HOUR
from euthymia.treatment.schedule import DAILY, DAYS_PER_WEEK, TWICE_WEEKLY, WEEKLY, Rhythm

_ROUTES = {
    **{route.value: route for route in Route},
    **dict.fromkeys(("intranasal", "spray"), Route.NASAL),
    **dict.fromkeys(("intravenous", "infusion"), Route.INTRAVENOUS),
    "po": Route.ORAL,
}
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_GLUED = re.compile(rf"({_NUMBER})([a-z][a-z/]*)")
_HOURS = {"h": 1.0, "hour": 1.0, "hours": 1.0, **dict.fromkeys(("min", "minute", "minutes"), 1.0 / MINUTES_PER_HOUR)}
_DAYS = {"day": 1, "days": 1, "week": DAYS_PER_WEEK, "weeks": DAYS_PER_WEEK}
FORMS = "on days 1 4 8 | daily for 4 weeks | twice weekly for 4 weeks | every 2 weeks for 8 weeks"


@dataclass
class Clause:
    """What one clause has said so far; the words still to be read stand in `words`."""

    text: str
    words: list[str]
    drug: Drug | None = None
    amount: float | None = None
    unit: DoseUnit = DoseUnit.MG
    route: Route | None = None
    duration: float | None = None
    days: list[int] | None = None
    rhythm: Rhythm | None = None
    length: int | None = None
    first: int | None = None
    last: int | None = None
    hour: float | None = None
    said: set[str] = field(default_factory=set)


def read_clause(text: str, before: Clause | None = None) -> Clause:
    """Return what one clause says.

    Args:
        text: The clause.
        before: The clause before it, whose drug and route hold where this one names no drug.

    Raises:
        UnknownNameError: When the drug is not in the catalogue.
        ScheduleError: When the clause cannot be read, or leaves something out.
    """
    clause = Clause(text, _words(text))
    if not clause.words:
        raise ScheduleError(f"no dose in {text!r}")
    if not _is_number(clause.words[0]):
        clause.drug = find_drug(clause.words.pop(0))
    elif before is not None:
        clause.drug, clause.route = before.drug, before.route
    while clause.words:
        _read_next(clause)
    return _completed(clause)


def amount_of(text: str) -> tuple[float, DoseUnit]:
    """Return amount and unit of a text such as ``"56 mg"`` or ``"0.2 mg/kg"``.

    Raises:
        ScheduleError: When the text is no number followed by mg or mg/kg.
    """
    clause = Clause(text, _words(text))
    _read_amount(clause)
    _refuse_rest(clause)
    return clause.amount or 0.0, clause.unit


def duration_of(text: str) -> float:
    """Return the hours of a text such as ``"40 min"`` or ``"2 h"``.

    Raises:
        ScheduleError: When the text is no number followed by min or h.
    """
    clause = Clause(text, _words(text))
    hours = _take_hours(clause)
    _refuse_rest(clause)
    return hours


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case, an amount parted from its unit, commas and ``and`` left out."""
    words: list[str] = []
    for word in text.lower().replace(",", " ").split():
        glued = _GLUED.fullmatch(word)
        words += [glued[1], glued[2]] if glued else [word]
    return [word for word in words if word not in ("and", "then")]


def _read_next(clause: Clause) -> None:
    if _is_number(clause.words[0]):
        _once(clause, "an amount")
        return _read_amount(clause)
    word = clause.words.pop(0)
    reader = _READERS.get(word)
    if reader is None:
        raise ScheduleError(
            f"cannot read {word!r} in {clause.text!r}; {suggestion(word, _READERS)}"
            f"allowed: an amount such as 56 mg, {', '.join(_READERS)}"
        )
    return reader(clause, word)


def _completed(clause: Clause) -> Clause:
    """Check that a clause says all that it must, and supply a route that can only be one."""
    drug = clause.drug
    if drug is None:
        raise ScheduleError(f"no drug in {clause.text!r}; for example: esketamine 56 mg nasal on day 1")
    if clause.amount is None and drug.kind is not DrugClass.PLACEBO:
        raise ScheduleError(f"no amount in {clause.text!r}; for example: {drug.name} 50 mg")
    if clause.route is None:
        if len(drug.routes) != 1:
            raise ScheduleError(f"no route in {clause.text!r}; {drug.name} can be given: {', '.join(drug.routes)}")
        clause.route = drug.routes[0]
    if clause.days is None and clause.rhythm is None:
        raise ScheduleError(f"no days in {clause.text!r}; allowed: {FORMS}")
    if clause.days is not None and clause.rhythm is not None:
        raise ScheduleError(f"both a list of days and a rhythm in {clause.text!r}; write them as two clauses")
    if clause.rhythm is not None and (clause.length is None) == (clause.last is None):
        raise ScheduleError(f"how long? {clause.text!r} needs one of: for 4 weeks | to day 28")
    if clause.rhythm is None and (clause.length, clause.first, clause.last) != (None, None, None):
        raise ScheduleError(f"{clause.text!r}: 'for', 'from' and 'to' need a rhythm such as daily or twice weekly")
    return clause


def _is_number(word: str) -> bool:
    return re.fullmatch(_NUMBER, word) is not None or word.lstrip("+-") in ("nan", "inf")


def _take(clause: Clause, what: str) -> str:
    if not clause.words:
        raise ScheduleError(f"{clause.text!r} ends where {what} should follow")
    return clause.words.pop(0)


def _take_number(clause: Clause, what: str) -> float:
    word = _take(clause, what)
    if not _is_number(word):
        raise ScheduleError(f"cannot read {word!r} as {what} in {clause.text!r}")
    return float(word)


def _take_whole(clause: Clause, what: str) -> int:
    word = _take(clause, what)
    if not (word.isascii() and word.isdigit()) or int(word) > LAST_DAY:
        raise ScheduleError(f"{word!r} in {clause.text!r} is not {what}: a whole number from 0 to {LAST_DAY}")
    return int(word)


def _take_unit(clause: Clause, known: Mapping[str, float]) -> float:
    word = _take(clause, "a unit")
    if word not in known:
        allowed = ", ".join(known)
        raise ScheduleError(f"no unit {word!r} in {clause.text!r}; {suggestion(word, known)}allowed: {allowed}")
    return known[word]


def _take_hours(clause: Clause) -> float:
    value = _take_number(clause, "a time")
    hours = _take_unit(clause, _HOURS)
    # Minutes are divided, not multiplied, so that a duration written in minutes reads back to the last digit.
    return value if hours == 1.0 else value / MINUTES_PER_HOUR


def _read_amount(clause: Clause) -> None:
    clause.amount = _take_number(clause, "an amount")
    unit = _take(clause, "the unit of the amount")
    known = [unit.value for unit in DoseUnit]
    if unit not in known:
        raise ScheduleError(
            f"no unit {unit!r} for the amount in {clause.text!r}; {suggestion(unit, known)}allowed: {', '.join(known)}"
        )
    clause.unit = DoseUnit(unit)


def _read_route(clause: Clause, word: str) -> None:
    if "a route" in clause.said and clause.route is not _ROUTES[word]:
        raise ScheduleError(f"{clause.text!r} names two routes: {clause.route} and {_ROUTES[word]}")
    clause.said.add("a route")
    clause.route = _ROUTES[word]


def _read_duration(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.duration = _take_hours(clause)
    if not clause.duration > 0.0:
        raise ScheduleError(f"{clause.text!r}: an infusion over {clause.duration} h; leave 'over' out for a bolus")


def _read_on(clause: Clause, word: str) -> None:
    unit = _take(clause, "'day' or 'days'")
    if unit not in ("day", "days"):
        raise ScheduleError(f"'{word} {unit}' in {clause.text!r}; allowed: on day 1, on days 1 4 8")
    _read_days(clause, unit)


def _read_days(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.days = [_take_whole(clause, "a day")]
    while clause.words and clause.words[0] not in _READERS:
        clause.days.append(_take_whole(clause, "a day"))
    repeated = [day for day in clause.days if clause.days.count(day) > 1]
    if repeated:
        raise ScheduleError(f"day {repeated[0]} stands twice in {clause.text!r}")


def _read_rhythm(clause: Clause, word: str) -> None:
    _once(clause, "a rhythm")
    if word in ("once", "twice"):
        following = _take(clause, "'weekly'")
        if following != "weekly" and (word, following) != ("once", "daily"):
            raise ScheduleError(f"'{word} {following}' in {clause.text!r}; allowed: daily, weekly, twice weekly")
        word = following if word == "once" else "twice weekly"
    clause.rhythm = {"daily": DAILY, "weekly": WEEKLY, "twice weekly": TWICE_WEEKLY}[word]


def _read_every(clause: Clause, word: str) -> None:
    _once(clause, "a rhythm")
    count = 1
    if clause.words and clause.words[0] not in _DAYS:
        count = _take_whole(clause, "a number of days or weeks")
    clause.rhythm = Rhythm(count * int(_take_unit(clause, _DAYS)))


def _read_length(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.length = _take_whole(clause, "a number of days or weeks") * int(_take_unit(clause, _DAYS))


def _read_first(clause: Clause, word: str) -> None:
    _once(clause, word)
    _take_day_word(clause, word)
    clause.first = _take_whole(clause, "a day")


def _read_last(clause: Clause, word: str) -> None:
    _once(clause, word)
    _take_day_word(clause, word)
    clause.last = _take_whole(clause, "a day")


def _take_day_word(clause: Clause, word: str) -> None:
    unit = _take(clause, "'day'")
    if unit != "day":
        raise ScheduleError(f"'{word} {unit}' in {clause.text!r}; allowed: {word} day 8")


def _read_hour(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.hour = _take_hours(clause)
    if not 0.0 <= clause.hour < HOURS_PER_DAY:
        raise ScheduleError(f"{clause.text!r}: the hour counts from the start of the day, 0 to below 24")


def _once(clause: Clause, what: str) -> None:
    if what in clause.said:
        raise ScheduleError(f"{clause.text!r} says {what!r} twice")
    clause.said.add(what)


def _refuse_rest(clause: Clause) -> None:
    if clause.words:
        raise ScheduleError(f"cannot read {' '.join(clause.words)!r} in {clause.text!r}")


_READERS: dict[str, Callable[[Clause, str], None]] = {
    **dict.fromkeys(_ROUTES, _read_route),
    "over": _read_duration,
    "on": _read_on,
    **dict.fromkeys(("day", "days"), _read_days),
    **dict.fromkeys(("daily", "weekly", "once", "twice"), _read_rhythm),
    "every": _read_every,
    "for": _read_length,
    "from": _read_first,
    **dict.fromkeys(("to", "until"), _read_last),
    "at": _read_hour,
}
