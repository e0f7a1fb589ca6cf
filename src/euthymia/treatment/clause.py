"""One clause of a schedule: the words, in any order, that say which drug, how much, by which way and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from euthymia.errors import ScheduleError, suggestion
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import HOURS_PER_DAY, DoseUnit
from euthymia.treatment.drug import Drug, DrugClass, Route
from euthymia.treatment.schedule import DAILY, DAYS_PER_WEEK, TWICE_WEEKLY, WEEKLY, Rhythm
from euthymia.treatment.words import (
    Words,
    is_number,
    refuse_rest,
    take,
    take_hours,
    take_number,
    take_unit,
    take_whole,
    words_of,
)

_ROUTES = {
    **{route.value: route for route in Route},
    **dict.fromkeys(("intranasal", "spray"), Route.NASAL),
    **dict.fromkeys(("intravenous", "infusion"), Route.INTRAVENOUS),
    "po": Route.ORAL,
    "intramuscular": Route.INTRAMUSCULAR,
    "subcutaneous": Route.SUBCUTANEOUS,
    "sl": Route.SUBLINGUAL,
}
_DAYS = {"day": 1, "days": 1, "week": DAYS_PER_WEEK, "weeks": DAYS_PER_WEEK}
FORMS = "on days 1 4 8 | daily for 4 weeks | twice weekly for 4 weeks | every 2 weeks for 8 weeks"


@dataclass
class Clause:
    """What one clause has said so far; the words still to be read stand in `words`."""

    text: str
    words: Words
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
        before: The clause before it, whose drug, route and length of infusion hold where this one names no drug.

    Raises:
        UnknownNameError: When the drug is not in the catalogue.
        ScheduleError: When the clause cannot be read, or leaves something out.
    """
    clause = Clause(text, words_of(text))
    if not clause.words.left:
        raise ScheduleError(f"no dose in {text!r}")
    if not is_number(clause.words.left[0]):
        clause.drug = find_drug(clause.words.left.pop(0))
    elif before is not None:
        clause.drug, clause.route, clause.duration = before.drug, before.route, before.duration
    while clause.words.left:
        _read_next(clause)
    return _completed(clause)


def read_times(text: str) -> Clause:
    """Return a clause that says days and the hour alone, of something that is no drug.

    Raises:
        ScheduleError: When it cannot be read, or says anything else or too little.
    """
    clause = Clause(text, words_of(text))
    while clause.words.left:
        if clause.words.left[0] not in TIMES:
            word = clause.words.left[0]
            raise ScheduleError(f"cannot read {word!r} in {text!r}; {suggestion(word, TIMES)}allowed: {FORMS}")
        _read_next(clause)
    _check_days(clause)
    return clause


def amount_of(text: str) -> tuple[float, DoseUnit]:
    """Return amount and unit of a text such as ``"56 mg"`` or ``"0.2 mg/kg"``.

    Raises:
        ScheduleError: When the text is no number followed by mg or mg/kg.
    """
    clause = Clause(text, words_of(text))
    _read_amount(clause)
    refuse_rest(clause.words)
    return clause.amount or 0.0, clause.unit


def duration_of(text: str) -> float:
    """Return the hours of a text such as ``"40 min"`` or ``"2 h"``.

    Raises:
        ScheduleError: When the text is no number followed by min or h.
    """
    words = words_of(text)
    hours = take_hours(words)
    refuse_rest(words)
    return hours


def _read_next(clause: Clause) -> None:
    if is_number(clause.words.left[0]):
        _once(clause, "an amount")
        return _read_amount(clause)
    word = clause.words.left.pop(0)
    reader = _READERS.get(word)
    if reader is None:
        raise ScheduleError(
            f"cannot read {word!r} in {clause.text!r}; {suggestion(word, _READERS)}"
            f"allowed: an amount such as 56 mg, {', '.join(_READERS)}"
        )
    return reader(clause, word)


def _completed(clause: Clause) -> Clause:
    """Check that a clause says all that it must, and supply the route where only one is possible."""
    drug = clause.drug
    if drug is None:
        raise ScheduleError(f"no drug in {clause.text!r}; for example: esketamine 56 mg nasal on day 1")
    if clause.amount is None and drug.kind is not DrugClass.PLACEBO:
        raise ScheduleError(f"no amount in {clause.text!r}; for example: {drug.name} 50 mg")
    if clause.route is None:
        if clause.duration is not None and Route.INTRAVENOUS in drug.routes:
            clause.route = Route.INTRAVENOUS
        elif len(drug.routes) != 1:
            raise ScheduleError(f"no route in {clause.text!r}; {drug.name} can be given: {', '.join(drug.routes)}")
        else:
            clause.route = drug.routes[0]
    _check_days(clause)
    return clause


def _check_days(clause: Clause) -> None:
    """Refuse a clause without days, or with days said twice or by halves."""
    if clause.days is None and clause.rhythm is None:
        raise ScheduleError(f"no days in {clause.text!r}; allowed: {FORMS}")
    if clause.days is not None and clause.rhythm is not None:
        raise ScheduleError(f"both a list of days and a rhythm in {clause.text!r}; write them as two clauses")
    if clause.rhythm is not None and (clause.length is None) == (clause.last is None):
        raise ScheduleError(f"how long? {clause.text!r} needs one of: for 4 weeks | to day 28")
    if clause.rhythm is None and (clause.length, clause.first, clause.last) != (None, None, None):
        raise ScheduleError(f"{clause.text!r}: 'for', 'from' and 'to' need a rhythm such as daily or twice weekly")


def _read_amount(clause: Clause) -> None:
    clause.amount = take_number(clause.words, "an amount")
    unit = take(clause.words, "the unit of the amount")
    known = [unit.value for unit in DoseUnit]
    if unit not in known:
        raise ScheduleError(
            f"no unit {unit!r} for the amount in {clause.text!r}; {suggestion(unit, known)}allowed: {', '.join(known)}"
        )
    clause.unit = DoseUnit(unit)


def _read_route(clause: Clause, word: str) -> None:
    if "a route" in clause.said and clause.route is not _ROUTES[word]:
        raise ScheduleError(f"{clause.text!r} names two routes: {clause.route} and {_ROUTES[word]}")
    if clause.route is not _ROUTES[word] and "over" not in clause.said:
        clause.duration = None  # that of the clause before belongs to its route
    clause.said.add("a route")
    clause.route = _ROUTES[word]


def _read_duration(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.duration = take_hours(clause.words)
    if not clause.duration > 0.0:
        raise ScheduleError(f"{clause.text!r}: an infusion over {clause.duration} h; leave 'over' out for a bolus")


def _read_on(clause: Clause, word: str) -> None:
    unit = take(clause.words, "'day' or 'days'")
    if unit not in ("day", "days"):
        raise ScheduleError(f"'{word} {unit}' in {clause.text!r}; allowed: on day 1, on days 1 4 8")
    _read_days(clause, unit)


def _read_days(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.days = [take_whole(clause.words, "a day")]
    while clause.words.left and clause.words.left[0] not in _READERS:
        clause.days.append(take_whole(clause.words, "a day"))
    repeated = [day for day in clause.days if clause.days.count(day) > 1]
    if repeated:
        raise ScheduleError(f"day {repeated[0]} stands twice in {clause.text!r}")


def _read_rhythm(clause: Clause, word: str) -> None:
    _once(clause, "a rhythm")
    if word in ("once", "twice"):
        following = take(clause.words, "'weekly'")
        if following != "weekly" and (word, following) != ("once", "daily"):
            raise ScheduleError(f"'{word} {following}' in {clause.text!r}; allowed: daily, weekly, twice weekly")
        word = following if word == "once" else "twice weekly"
    clause.rhythm = {"daily": DAILY, "weekly": WEEKLY, "twice weekly": TWICE_WEEKLY}[word]


def _read_every(clause: Clause, word: str) -> None:
    _once(clause, "a rhythm")
    count = 1
    if clause.words.left and clause.words.left[0] not in _DAYS:
        count = take_whole(clause.words, "a number of days or weeks")
    clause.rhythm = Rhythm(count * int(take_unit(clause.words, _DAYS)))


def _read_length(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.length = take_whole(clause.words, "a number of days or weeks") * int(take_unit(clause.words, _DAYS))


def _read_first(clause: Clause, word: str) -> None:
    _once(clause, word)
    _take_day_word(clause, word)
    clause.first = take_whole(clause.words, "a day")


def _read_last(clause: Clause, word: str) -> None:
    _once(clause, word)
    _take_day_word(clause, word)
    clause.last = take_whole(clause.words, "a day")


def _take_day_word(clause: Clause, word: str) -> None:
    unit = take(clause.words, "'day'")
    if unit != "day":
        raise ScheduleError(f"'{word} {unit}' in {clause.text!r}; allowed: {word} day 8")


def _read_hour(clause: Clause, word: str) -> None:
    _once(clause, word)
    clause.hour = take_hours(clause.words)
    if not 0.0 <= clause.hour < HOURS_PER_DAY:
        raise ScheduleError(f"{clause.text!r}: the hour counts from the start of the day, 0 to below 24")


def _once(clause: Clause, what: str) -> None:
    if what in clause.said:
        raise ScheduleError(f"{clause.text!r} says {what!r} twice")
    clause.said.add(what)


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
TIMES = tuple(word for word in _READERS if word not in (*_ROUTES, "over"))  # words that say when
