"""Dates and clock times of a data file, turned into hours."""

from __future__ import annotations

import re
from datetime import date
from enum import Enum

HOURS_PER_DAY = 24.0
CENTURY_TURNS = 50  # a year of two digits above this belongs to the 1900s, as in the field's reference program

_CLOCK = re.compile(r"([+-]?)(\d{1,3}):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class DateOrder(Enum):
    """The order in which a column writes a date; the column's name says which."""

    DATE = "month day year"
    DAT1 = "day month year"
    DAT2 = "year month day"
    DAT3 = "year day month"


def clock_hours(text: str) -> float:
    """Return hours of a clock time ``hh:mm`` or ``hh:mm:ss``, or of a plain number of hours.

    Raises:
        ValueError: When the text is neither; the message says so.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        if ":" in text:
            raise ValueError(f"the time {text!r} is not hh:mm or hh:mm:ss")
        return float(text)
    sign, hours, minutes, seconds = found.groups()
    if int(minutes) >= 60 or float(seconds or 0.0) >= 60.0:
        raise ValueError(f"the time {text!r} has more than 59 minutes or seconds")
    value = int(hours) + int(minutes) / 60.0 + float(seconds or 0.0) / 3600.0
    return -value if sign == "-" else value


def date_hours(text: str, order: DateOrder) -> float:
    """Return hours from an arbitrary origin to the start of a date.

    Args:
        text: ``yyyy-mm-dd`` whatever the order, three numbers in the column's order, or a single number of days.
        order: The order of the column.

    Raises:
        ValueError: When the text is no date; the message says so.
    """
    iso = _ISO.fullmatch(text)
    parts = [int(each) for each in iso.groups()] if iso else _numbers(text)
    if len(parts) == 1:
        return parts[0] * HOURS_PER_DAY
    names = ["year", "month", "day"] if iso else order.value.split()
    if len(parts) != len(names):
        raise ValueError(f"the date {text!r} is not {order.value}, yyyy-mm-dd or a number of days")
    by_name = dict(zip(names, parts, strict=True))
    try:
        found = date(_full_year(by_name["year"]), by_name["month"], by_name["day"])
    except (ValueError, OverflowError) as error:
        raise ValueError(f"the date {text!r} is not in the calendar ({order.value})") from error
    return found.toordinal() * HOURS_PER_DAY


def _numbers(text: str) -> list[int]:
    if re.fullmatch(r"[+-]?\d{1,9}", text):
        return [int(text)]
    if not re.fullmatch(r"\d{1,4}([^\w\s]\d{1,4}){1,2}", text, re.ASCII):
        raise ValueError(f"the date {text!r} cannot be read")
    return [int(each) for each in re.findall(r"\d+", text)]


def _full_year(year: int) -> int:
    if year >= 100:
        return year
    return year + (1900 if year > CENTURY_TURNS else 2000)
