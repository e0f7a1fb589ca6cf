"""Random data files, sound and broken: never anything but an error of ours, never a dose that is silently dropped.

The bookkeeping below is a second, plain reading of docs/pk.md: it says of each line whether it asks for a dose, without
any of the reader's code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.engine.reading import read_records
from euthymia.engine.records import Dataset
from euthymia.errors import EuthymiaError
from euthymia.pharmacology.compartments import compartment_model
from euthymia.pharmacology.predict import predict

MISSING = ("", ".", "NA")
DOSING = ("AMT", "RATE", "SS", "ADDL")
WORDS = (
    "",
    ".",
    "NA",
    "abc",
    "1D3",
    "--1",
    "1,0",
    "1;2",
    "a b",
    "inf",
    "nan",
    "1e400",
    "1_0",
    "٣",
    "½",
    "0x10",
    "C",
    "#",
)
NUMBERS = (
    "0",
    "0.0",
    "-0",
    "1",
    "1.0",
    "2",
    "3",
    "4",
    "100",
    "1e2",
    "-1",
    "-2",
    "0.5",
    "1e-300",
    "1e30",
    "2e30",
    "101",
)
TIMES = ("0", "1", "2.5", "24", "24", "100", "08:30", "8:30", "25:61", "8:3x", "-4", "1e29")
DATES = ("2024-02-30", "2024-02-28", "1/2/24", "31.12.1999", "3", "29/2/2023", "00/00/00")
CELLS = {
    "ID": ("1", "1", "2", "1.0", "A", "C", "c", "#1", ""),
    "SUBJID": ("A", "B", "C", "C-001"),
    "TIME": TIMES,
    "AFRLT": TIMES,
    "AMT": ("0", ".", "100", "50.5", "-10"),
    "EVID": ("0", "1", "2", "3", "4", "0.0", "1.0", "5", "."),
    "CMT": ("", "0", "1", "2", "1.5", "-1", "9", "depot", "central", "liver"),
    "II": ("0", "12", "24", ".", "-12"),
    "ADDL": ("0", "1", "3", ".", "1.5", "10000", "10001"),
    "SS": ("0", "0", "1", "2", "3"),
    "RATE": ("0", "25", "-1", "-2", "-3", "."),
    "DUR": ("", "0", "2", "-1"),
    "MDV": ("0", "1", "100", "102"),
    "DV": ("1.5", "BLQ", ""),
    "ROUTE": ("ORAL", "INTRAVENOUS BOLUS", "TOPICAL"),
    "RLTU": ("h", "d", ""),
    "WT": ("70", "x", ""),
    "DATE": DATES,
    "DAT1": DATES,
    "DAT3": DATES,
}
INDIVIDUAL = ("ID", "SUBJID")
CLOCK = ("TIME", "AFRLT")
DELIMITERS = {",": ",", "\t": "\t", ";": ";", "": " "}
MODELS = tuple(
    compartment_model(name, {"CL": 5.0, "V": 50.0, "F": 0.8, "tlag": tlag, "D": 2.0, "R": 20.0} | extra)
    for tlag in (0.0, 0.5)
    for name, extra in (
        ("one-compartment-iv", {}),
        ("one-compartment-oral", {"ka": 1.0}),
        ("one-compartment-zero-order", {}),
        ("two-compartment-oral", {"ka": 0.1, "Q": 9.0, "V2": 22.5}),
    )
)


@dataclass(frozen=True)
class Line:
    """A line of a file after its header, and what it is."""

    text: str
    cells: tuple[str, ...] = ()
    comment: bool = False
    whole: bool = True

    @property
    def blank(self) -> bool:
        return not self.comment and not any(self.cells) and (self.whole or bool(self.cells))


@dataclass(frozen=True)
class File:
    """A file with what it says, line by line."""

    text: str
    header: tuple[str, ...]
    first: int
    lines: tuple[Line, ...]

    def doses(self) -> set[int]:
        """Return the numbers of the lines that ask for a dose, or that nobody can tell."""
        return {number for number, line in self.numbered() if self._asks(line)}

    def is_comment(self, line: Line) -> bool:
        """Return whether a line is a comment: # at its start, or C alone unless individuals are named by text."""
        first = line.cells[0] if line.cells else ""
        if line.comment or first not in ("C", "c"):
            return line.comment
        others = [each.cells[0] for each in self.lines if each.cells and each.cells[0] not in ("C", "c", *MISSING)]
        return self.header[0] not in INDIVIDUAL or (bool(others) and None not in map(number, others))

    def numbered(self) -> list[tuple[int, Line]]:
        return [(self.first + place, line) for place, line in enumerate(self.lines)]

    def _asks(self, line: Line) -> bool:
        if line.blank or self.is_comment(line):
            return False
        if not line.whole:
            return True
        cells = dict(zip(self.header, line.cells, strict=True))
        given = {name: text for name, text in cells.items() if text not in MISSING}
        asking = [name for name in DOSING if name in given and number(given[name]) != 0.0]
        if "EVID" in cells:
            return bool(asking) or number(given.get("EVID", "0")) not in (0.0, 2.0, 3.0)
        return bool(asking) or any(number(given.get(name, "0")) != 0.0 for name in ("II", "DUR"))


def number(text: str) -> float | None:
    """Return a number as a data file may spell it, else None."""
    plain = text.isascii() and "_" not in text and not text.strip("+-").lower().startswith(("inf", "nan"))
    try:
        return float(text) if plain else None
    except ValueError:
        return None


@st.composite
def files(draw: st.DrawFn) -> File:
    """Draw a file with sound and broken rows, in any layout."""
    others = sorted(set(CELLS) - {*INDIVIDUAL, *CLOCK})
    header = [draw(st.sampled_from(INDIVIDUAL)), draw(st.sampled_from(CLOCK))]
    header += draw(st.lists(st.sampled_from(others), unique=True))
    header = draw(st.permutations(header))
    delimiter = draw(st.sampled_from(list(DELIMITERS)))
    body = [draw(lines(header, delimiter)) for _ in range(draw(st.integers(0, 12)))]
    before = draw(st.lists(st.sampled_from(["", "# made by hand", "  "]), max_size=2))
    names = [draw(st.sampled_from([name, name.lower()])) for name in header]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join([*before, DELIMITERS[delimiter].join(names), *(line.text for line in body), ""])
    return File(draw(st.sampled_from(["", "\ufeff"])) + text, tuple(header), len(before) + 2, tuple(body))


@st.composite
def lines(draw: st.DrawFn, header: list[str], delimiter: str) -> Line:
    kind = draw(st.sampled_from(["row"] * 12 + ["comment", "blank", "short", "long", "quote", "junk"]))
    if kind == "comment":
        return Line(draw(st.sampled_from(["#", "# 1,0,100", "#,,,"])), comment=True)
    if kind == "blank":
        return Line(draw(st.sampled_from(["", "  "])))
    values = tuple(draw(cells(name, delimiter)) for name in header)
    if values[0].startswith("#"):
        values = ("7", *values[1:])
    if kind == "short":
        values = values[:-1]
    if kind == "long":
        values = (*values, "x")
    text = DELIMITERS[delimiter].join(values)
    if kind == "quote" and delimiter:
        return Line(f'"{text}', whole=False)
    if kind == "junk" and delimiter:
        text = draw(st.text(st.characters(blacklist_characters='\r\n"#,;\t', min_codepoint=32), min_size=1, max_size=9))
        return Line(text, (text.strip(),), whole=not text.strip())
    return Line(text, values, whole=len(values) == len(header))


def cells(name: str, delimiter: str) -> st.SearchStrategy[str]:
    """Return the cells of a column: mostly sensible ones, none that holds what parts cells."""
    sensible = st.sampled_from(CELLS[name])

    def spelled(text: str) -> str:
        if not delimiter:
            return text.replace(" ", "_") or "."
        return "_" if delimiter in text else text

    return (sensible | sensible | sensible | st.sampled_from([*NUMBERS, *WORDS])).map(spelled)


@st.composite
def schedules(draw: st.DrawFn) -> File:
    """Draw a file in which most rows can be followed: individuals together, times mostly forward."""
    body, t = [], 0.0
    for ID in ("1", "2"):
        for _ in range(draw(st.integers(0, 8))):
            t = max(0.0, t + draw(st.sampled_from([0.0, 0.5, 2.0, 12.0, 30.0, 30.0, -1.0])))
            values = (ID, f"{t:g}", *draw(records()))
            body.append(Line(",".join(values), values))
        t = 0.0
    header = ("ID", "TIME", "EVID", "AMT", "RATE", "II", "ADDL", "SS", "CMT")
    return File("\n".join([",".join(header), *(line.text for line in body), ""]), header, 2, tuple(body))


@st.composite
def records(draw: st.DrawFn) -> tuple[str, ...]:
    """Draw EVID, AMT, RATE, II, ADDL, SS and CMT."""
    evid = draw(st.sampled_from(["0", "0", "1", "1", "1", "2", "3", "4"]))
    if evid in "023":
        return (evid, ".", ".", ".", ".", ".", draw(st.sampled_from(["0", "0", "1", "2"])))
    rate, ss = draw(st.sampled_from(["0", "25", "-1", "-2", "1e-3", "1e9"])), draw(st.sampled_from("00012"))
    if ss != "0" and draw(st.booleans()):
        return (evid, "0", rate, "0", "0", ss, ".")
    ii = draw(st.sampled_from(["0", "12", "24", "6.5", "1e-9"]))
    return (evid, draw(st.sampled_from(["100", "0", "1e-9"])), rate, ii, draw(st.sampled_from("00137")), ss, ".")


def check_reading(file: File) -> Dataset | None:
    """Read a file and account for each of its lines; return what was read unless the file as a whole was refused."""
    try:
        found = read_records(file.text)
    except EuthymiaError:
        return None
    records = {record.line: record for record in found.records}
    problems = {problem.line: problem for problem in found.problems}
    assert not records.keys() & problems.keys()
    assert [*records] == sorted(records)
    seen = {number for number, line in file.numbered() if not line.blank and not file.is_comment(line)}
    assert records.keys() | problems.keys() == seen
    asked = file.doses()
    read = {number for number, record in records.items() if record.evid.doses}
    refused = {number for number, problem in problems.items() if problem.dose}
    assert read <= asked
    assert asked <= read | refused
    assert len(read) + len(refused & asked) == len(asked)
    assert all(problem.reason for problem in found.problems)
    return found


def check_following(file: File, place: int) -> None:
    """Follow a file with a model; every dose, additional ones too, entered, was called off, or comes after the end."""
    found = check_reading(file)
    if found is None:
        return
    try:
        predicted = predict(found, MODELS[place], skip_bad=True)
    except EuthymiaError:
        return
    left_out = {problem.line for problem in predicted.problems}
    doses = [record for record in found.records if record.evid.doses and record.line not in left_out]
    tally = predicted.tally
    assert predicted.dose_rows == len(doses)
    assert tally.given + tally.cancelled + tally.after_end == sum(1 + record.addl for record in doses)
    assert np.isfinite(predicted.pred).all()


@settings(max_examples=300)
@given(files())
def test_every_line_is_read_refused_or_no_record(file: File) -> None:
    check_reading(file)


@settings(max_examples=300)
@given(schedules(), st.integers(0, len(MODELS) - 1))
def test_every_dose_enters_is_called_off_or_comes_after_the_end(file: File, place: int) -> None:
    check_following(file, place)


@settings(max_examples=300)
@given(st.binary(max_size=60), st.booleans())
def test_whatever_the_bytes_only_our_errors_come_out(tmp_path_factory: pytest.TempPathFactory, raw: bytes, known: bool):
    path = Path(tmp_path_factory.getbasetemp()) / "bytes.csv"
    path.write_bytes(b"ID,TIME,AMT,EVID\n" * known + raw)
    try:
        found = read_records(path)
    except EuthymiaError:
        return
    assert found.rows + found.comments <= 1 + raw.count(b"\n") + raw.count(b"\r")


@pytest.mark.long
@settings(max_examples=20_000)
@given(files(), schedules(), st.integers(0, len(MODELS) - 1))
def test_twenty_thousand_files(wild: File, tame: File, place: int) -> None:
    check_reading(wild)
    check_following(tame, place)
