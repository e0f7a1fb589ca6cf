"""Tables that a page of the statistics takes as given; all of them are invented."""

from __future__ import annotations

from typing import Any

import numpy as np

STATISTICS = "docs/statistics.md"
VISITS = ("Week 2", "Week 4", "Week 6")


def given(page: str, number: int) -> dict[str, Any]:
    """Return the names that the block of this number on a page takes as given."""
    if page != STATISTICS:
        return {}
    made = {0: repeated, 1: crossed, 2: left, 3: arms, 5: outcomes}
    return made[number]() if number in made else {}


def repeated() -> dict[str, Any]:
    """Return a trial of 40 people, three visits, two arms."""
    draw = np.random.default_rng(1)
    people = [(f"S{number:02d}", ("placebo", "drug")[number % 2], "AB"[number % 3 == 0]) for number in range(40)]
    rows = [
        (*person, visit, base) for person, base in zip(people, draw.normal(30, 4, 40), strict=True) for visit in VISITS
    ]
    change = [draw.normal(-2.0 * (1 + VISITS.index(row[3])) - 2.0 * (row[1] == "drug"), 3.0) for row in rows]
    columns = zip(("USUBJID", "ARM", "REGION", "AVISIT", "BASE"), zip(*rows, strict=True), strict=True)
    return {"table": {name: list(column) for name, column in columns} | {"CHG": change}}


def left() -> dict[str, Any]:
    """Return that trial with people who left after the second visit."""
    table = repeated()["table"]
    gone = {"S01", "S08", "S13", "S22"}
    last = zip(table["CHG"], table["USUBJID"], table["AVISIT"], strict=True)
    change = [float("nan") if who in gone and visit == VISITS[-1] else value for value, who, visit in last]
    return {"table": table | {"CHG": change}}


def crossed() -> dict[str, Any]:
    """Return a cross-over of two periods in 12 people."""
    draw = np.random.default_rng(4)
    order = [("salbutamol", "formoterol"), ("formoterol", "salbutamol")]
    rows = [
        (f"S{number:02d}", period + 1, drug) for number in range(12) for period, drug in enumerate(order[number % 2])
    ]
    level = dict(zip(dict.fromkeys(row[0] for row in rows), draw.normal(300.0, 40.0, 12), strict=True))
    peak = [level[who] + 45.0 * (drug == "formoterol") + draw.normal(0.0, 25.0) for who, _, drug in rows]
    columns = zip(("USUBJID", "APERIOD", "TRT"), zip(*rows, strict=True), strict=True)
    return {"table": {name: list(column) for name, column in columns} | {"PEF": peak}}


def arms() -> dict[str, Any]:
    """Return seven studies of three treatments, one of them with all three."""
    pairs = ["placebo a", "placebo b", "a b", "placebo a", "placebo b", "a b", "placebo a b"]
    rows = [(f"study {number}", drug) for number, names in enumerate(pairs) for drug in names.split()]
    effect = {"placebo": -8.0, "a": -10.0, "b": -11.0}
    draw = np.random.default_rng(2)
    return {
        "table": {
            "STUDY": [study for study, _ in rows],
            "DRUG": [drug for _, drug in rows],
            "MEAN": [effect[drug] + draw.normal(0.0, 0.8) for _, drug in rows],
            "SE": [0.7] * len(rows),
        }
    }


def outcomes() -> dict[str, Any]:
    """Return the outcomes of the first people of a trial, their arms unknown."""
    return {"outcomes": np.random.default_rng(3).normal(-12.0, 9.0, 40)}
