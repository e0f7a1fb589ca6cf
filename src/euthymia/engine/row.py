"""One row of a data file, from text to a record, with everything that is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from euthymia.engine.clock import DateOrder, clock_hours, date_hours
from euthymia.engine.records import Evid, Rate, Record, SteadyState

MISSING = frozenset({"", ".", "NA"})
LARGEST = 1e30  # beyond it no dose, time or rate is meant, and sums would overflow
MOST_ADDL = 10_000

# What each of our columns may be called; the first that a file has is used. CDISC's names stand after the field's own.
NAMES: Mapping[str, tuple[str, ...]] = {
    "ID": ("ID", "USUBJID", "SUBJID", "USUBJIDN", "SUBJIDN"),
    "TIME": ("TIME", "AFRLT", "NFRLT"),
    "DV": ("DV", "AVAL"),
    "DUR": ("DUR",),
    **{name: (name,) for name in ("AMT", "CMT", "EVID", "MDV", "II", "ADDL", "SS", "RATE", "ROUTE", "RLTU")},
    "DATE": tuple(order.name for order in DateOrder),
}
DOSE_COLUMNS = ("AMT", "RATE", "SS", "ADDL")
# What CDISC's ROUTE says about the compartment where the row has no CMT.
ROUTES = {"ORAL": "depot", "INTRAVENOUS": "central"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Row:
    """The cells of one row by our names, and the complaints that reading them raised."""

    def __init__(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
        self.cells, self.columns, self.wrong = cells, columns, list[str]()

    def text(self, name: str) -> str:
        """Return a cell, empty where it or its column is missing."""
        found = self.cells.get(self.columns.get(name, ""), "")
        return "" if found in MISSING else found

    def number(self, name: str, missing: float = 0.0) -> float:
        """Return a cell as a number; complain and return ``missing`` where it is none."""
        text = self.text(name)
        if not text:
            return missing
        if not _NUMBER.fullmatch(text):
            self.wrong.append(f"{self.columns[name]} is {text!r}; expected a number")
            return missing
        value = float(text)
        if abs(value) > LARGEST:
            self.wrong.append(f"{self.columns[name]} is {text}; expected at most {LARGEST:g} in size")
            return missing
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        """Return a cell as a whole number between ``low`` and ``high``; complain and return 0 where it is none."""
        value = self.number(name)
        if value != math.floor(value) or not low <= value <= high:
            self.wrong.append(f"{name} is {self.text(name)}; expected a whole number from {low} to {high}")
            return 0
        return int(value)

    def not_negative(self, name: str) -> float:
        """Return a cell as a number; complain where it is negative."""
        value = self.number(name)
        if value < 0.0:
            self.wrong.append(f"{name} is {value:g}; expected 0 or more")
        return value

    def time(self, *, calendar: bool) -> float:
        """Return the row's time; with ``calendar`` in hours from an arbitrary origin."""
        if not self.text("TIME"):
            self.wrong.append(f"{self.columns['TIME']} is missing")
            return math.nan
        if not calendar:
            return self.number("TIME", math.nan)
        try:
            of_day = clock_hours(self.text("TIME")) if ":" in self.text("TIME") else self.number("TIME", math.nan)
            return of_day + self._date()
        except ValueError as error:
            self.wrong.append(str(error))
            return math.nan

    def _date(self) -> float:
        column = self.columns.get("DATE")
        if column is None:
            return 0.0
        if not self.text("DATE"):
            raise ValueError(f"{column} is missing")
        return date_hours(self.text("DATE"), DateOrder[column])

    @property
    def may_dose(self) -> bool:
        """Whether the row asks for a dose, or is too broken to say that it does not."""
        also = () if "EVID" in self.columns else ("II", "DUR")
        asks = any(self.text(name).strip("0.") for name in (*DOSE_COLUMNS, *also))
        return asks or self.text("EVID") not in ("", "0", "2", "3")


def read_row(row: Row, *, line: int, calendar: bool) -> Record:
    """Return the record of a row; ``row.wrong`` tells whether it can be followed.

    Args:
        row: The cells.
        line: Line of the file.
        calendar: Whether times are dates and clock times.
    """
    t = row.time(calendar=calendar)
    amt, ii, rate = row.not_negative("AMT"), row.not_negative("II"), row.number("RATE")
    addl, ss = row.whole("ADDL", 0, MOST_ADDL), SteadyState(row.whole("SS", 0, 2))
    duration, mdv = row.not_negative("DUR"), row.whole("MDV", 0, 101)
    record = Record(
        line=line,
        ID=individual(row),
        t=t,
        evid=_evid(row, mdv=mdv),
        amt=amt,
        cmt=_compartment(row),
        mdv=mdv != 0,
        ii=ii,
        addl=addl,
        ss=ss,
        rate=rate,
        duration=duration,
        dv=row.number("DV", math.nan) if is_number(row.text("DV")) else math.nan,
        covariates={name: text for name, text in row.cells.items() if name not in row.columns.values()},
    )
    row.wrong[:] = dict.fromkeys(row.wrong)
    row.wrong += _dose_faults(record, row) if record.evid.doses else _other_faults(record)
    if not record.ID:
        row.wrong.append(f"{row.columns['ID']} is missing")
    return record


def individual(row: Row) -> str:
    """Return the row's ID; in a column of numbers 1 and 1.0 are the same one."""
    text = row.text("ID")
    if row.columns["ID"] == "ID" and is_number(text):
        value = float(text)
        return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
    return text


def is_number(text: str) -> bool:
    """Return whether a cell is written as a number."""
    return _NUMBER.fullmatch(text) is not None


def _evid(row: Row, *, mdv: int) -> Evid:
    """Return EVID as stated; without such a column a row that asks for a dose is one."""
    if "EVID" in row.columns:
        return Evid(row.whole("EVID", 0, 4))
    asks = any(row.number(name) for name in (*DOSE_COLUMNS, "II", "DUR"))
    return Evid.DOSE if asks else Evid.OTHER if mdv and "MDV" in row.columns else Evid.OBSERVATION


def _compartment(row: Row) -> str:
    """Return the compartment; CDISC's ROUTE stands in where CMT is missing."""
    if is_number(row.text("CMT")):
        value = float(row.text("CMT"))
        if value < 0.0:
            row.wrong.append(f"CMT is {value:g}; compartments cannot be turned off here")
        elif not value.is_integer():
            row.wrong.append(f"CMT is {value:g}; expected a whole number or a name")
        return f"{value:.0f}" if value else ""
    return row.text("CMT") or ROUTES.get(row.text("ROUTE").upper().split(" ")[0], "")


def _dose_faults(record: Record, row: Row) -> list[str]:
    constant = record.ss and not record.amt
    faults = [
        ("the dose has no AMT", not row.text("AMT") and not constant),
        (
            f"RATE is {record.rate:g}; expected 0 or more, -1 (modelled rate) or -2 (modelled duration)",
            record.rate < 0.0 and record.rate not in list(Rate),
        ),
        ("RATE without AMT is an infusion without an end; only SS may ask for it", bool(record.rate) and not record.amt
         and not record.ss),
        ("RATE and DUR are both given; expected one of them", bool(record.rate) and bool(record.duration)),
        ("ADDL needs II, the interval between the doses", record.addl > 0 and record.ii == 0.0),
        ("SS needs II, the interval between the doses", bool(record.ss and record.amt) and record.ii == 0.0),
        (
            "SS without AMT is a constant infusion: it needs RATE > 0 or -1 and neither II nor ADDL",
            bool(constant) and (record.rate in (0.0, Rate.MODELLED_DURATION) or bool(record.ii) or record.addl > 0),
        ),
    ]  # fmt: skip
    return [text for text, wrong in faults if wrong]


def _other_faults(record: Record) -> list[str]:
    given = {"AMT": record.amt, "RATE": record.rate, "SS": record.ss, "ADDL": record.addl}
    named = [name for name, value in given.items() if value]
    if not named:
        return []
    asking = f"{named[0]} asks" if len(named) == 1 else f"{' and '.join(named)} ask"
    return [f"EVID is {int(record.evid)}, which gives no dose, but {asking} for one"]
