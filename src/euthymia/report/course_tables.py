"""The numbers of a course that people ask for first, as a table."""

from __future__ import annotations

import csv
import io
import math

import numpy as np

from euthymia.engine.course import Course, Series
from euthymia.report import words
from euthymia.report.tables import Column, Table, table

# Elapsed days at which the score is shown, as far as the course reaches.
DAYS_SHOWN = (0, 1, 2, 7, 14, 28, 56, 84, 182, 365)
SBP_MINUTES = 40.0
FIRST_DAY_HOURS = 24.0
NOTHING = 1e-3  # below it a variable has not left its start
# The names by which a course's variables are asked for here; a course may lack any of them.
PLASMA, MOOD, DISSOCIATION, PRESSURE = "plasma", "MADRS", "CADSS", "SBP change"
OCCUPANCY, CHANCES = "SERT occupancy", ("sedation", "unresponsive")
SEROTONIN, AUTORECEPTORS, SKILLS = "serotonin", "autoreceptors", "skills"


def course_table(course: Course) -> Table:
    """Return peak plasma and its time, the score at chosen days, harms, serotonin, skills and the error estimate.

    For a population each number is the median over people with the middle 90 % in brackets.
    """
    columns = (Column("What"), Column("Value", numeric=True), Column("Unit"))
    rows = [*_peaks(course, PLASMA), *_scores(course), *_peaks(course, DISSOCIATION), *_pressure(course)]
    rows += [row for name in (OCCUPANCY, *CHANCES) for row in _largest(course, name)]
    rows += [*_range(course, SEROTONIN), *_range(course, AUTORECEPTORS), *_range(course, SKILLS)]
    rows += [_error(course, name, value) for name, value in course.meta.error_estimate.items()]
    many = course.meta.persons > 1
    note = f"Median over {course.meta.persons} people [5 %, 95 %]." if many else "A typical person."
    return table(course.meta.regimen, columns, rows, note)


def _peaks(course: Course, name: str) -> list[tuple[str, str, str]]:
    if name not in course.names:
        return []
    series, people = course.series(name), course.series(name).people()
    known = people[~np.isnan(people).all(axis=1)]
    if not known.size:
        return []
    rows = [(f"{series.label}: peak", _spread(np.nanmax(known, axis=1)), _unit(series.unit))]
    day = np.nan_to_num(known[:, course.t <= FIRST_DAY_HOURS], nan=-np.inf)
    if (day.max(axis=1) > day[:, 0]).all():
        rows.append((f"{series.label}: time of the first day's peak", _spread(course.t[day.argmax(axis=1)], 2), "h"))
    return rows


def _largest(course: Course, name: str) -> list[tuple[str, str, str]]:
    """Return the largest share that a variable reaches, in percent."""
    if name not in course.names:
        return []
    series = course.series(name)
    return [(f"{series.label}: largest", _spread(100.0 * np.nanmax(series.people(), axis=1)), "%")]


def _range(course: Course, name: str) -> list[tuple[str, str, str]]:
    """Return the lowest and the largest value of a variable, as far as it leaves its start, and the last one."""
    if name not in course.names:
        return []
    series = course.series(name)
    people, found = series.people(), []
    for which, reached in (("lowest", np.nanmin(people, axis=1)), ("largest", np.nanmax(people, axis=1))):
        if np.abs(reached - people[:, 0]).max() > NOTHING:
            found.append((f"{series.label}: {which}", _spread(reached, 2), _unit(series.unit)))
    return [*found, (f"{series.label}: at the end", _spread(people[:, -1], 2), _unit(series.unit))]


def _scores(course: Course) -> list[tuple[str, str, str]]:
    if MOOD not in course.names:
        return []
    series, last = course.series(MOOD), float(course.t[-1]) / 24
    days = [day for day in DAYS_SHOWN if day <= last]
    days += [] if math.isclose(days[-1], last) else [last]
    unit = _unit(series.unit)
    return [(f"{series.label} {_after(day)}", _at(course, 24.0 * day), unit) for day in days]


def _after(day: float) -> str:
    return "at the start" if day == 0 else f"after {day:g} day{'' if day == 1 else 's'}"


def _at(course: Course, t: float) -> str:
    return _spread(np.atleast_1d(course.at(MOOD, t)))


def _pressure(course: Course) -> list[tuple[str, str, str]]:
    if PRESSURE not in course.names or course.t[-1] * 60 < SBP_MINUTES:
        return []
    series, values = course.series(PRESSURE), np.atleast_1d(course.at(PRESSURE, SBP_MINUTES / 60))
    return [(f"{series.label}, {SBP_MINUTES:g} min after the start", _spread(values), _unit(series.unit))]


def _error(course: Course, name: str, value: float) -> tuple[str, str, str]:
    found = error_series(course, name)
    return f"{name}: numerical error, about", f"{value:.1g}", "" if found is None else _unit(found.unit)


def error_series(course: Course, name: str) -> Series | None:
    """Return the variable that an error estimate speaks of: of that name, or beginning with it."""
    return next((course.series(each) for each in course.names if each == name or each.startswith(f"{name} ")), None)


def _spread(values: np.ndarray, digits: int = 1) -> str:
    known = values[~np.isnan(values)]
    if known.size == 0:
        return words.NO_VALUE
    low, middle, high = (words.number(float(part), digits) for part in np.quantile(known, (0.05, 0.5, 0.95)))
    return middle if values.size == 1 else f"{middle} [{low}, {high}]"


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def course_csv(course: Course) -> str:
    """Return the course as CSV: hours, then each variable in its unit; a population as its 5, 50 and 95 % points.

    Floats keep their shortest exact form; an unknown value is an empty cell.
    """
    columns: dict[str, np.ndarray] = {"t_h": course.t}
    for name in course.names:
        series = course.series(name)
        heading = f"{name} [{series.unit}]" if series.unit != "1" else name
        if series.values.ndim == 1:
            columns[heading] = series.values
        else:
            for part, row in zip(("5 %", "median", "95 %"), course.quantiles(name), strict=True):
                columns[f"{heading} {part}"] = row
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    cells = [["" if math.isnan(value) else repr(value) for value in column.tolist()] for column in columns.values()]
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue()
