"""Write docs/pk-scenarios.md: the records of the 54 scenarios, and the arithmetic behind every expected value.

Run from the repository: python docs_src/pk_scenarios.py
"""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from euthymia.report.files import write_atomic

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "pk-scenarios.md"
FOLDER = ROOT / "tests" / "validation" / "textbook" / "scenarios"
SHOWN = ("TIME", "EVID", "AMT", "CMT", "II", "ADDL", "SS", "RATE")
OPENING = """# 54 scenarios of dosing records

Each scenario is one individual in NONMEM's columns, with what the predictions must be and how that follows. The
arithmetic is the textbook's closed form written out in numbers: CL 5 L/h and V 50 L, so k = 0.1 1/h in one compartment;
a bolus leaves A/V e^(-kt), an infusion rises towards RATE/CL, endless doses sum to 1/(1 - e^(-k II)). With two and three
compartments the volumes are such that the rates are round numbers. No code of ours had a part in it; the tests do the
arithmetic again and hold the predictions to eleven digits.

Every combination of EVID 1 and 4, SS 0, 1 and 2, the four forms of RATE, lag and ADDL, with F (96 of them), is held
against one line of algebra a dose in `tests/validation/textbook/test_textbook_combinations.py`. How our rules differ from
NONMEM's on purpose stands in [pk-differences.md](pk-differences.md).

| model | what it is |
|---|---|
| iv, ivF, ivlag | one compartment; ivF with F 0.5, D 4 h, R 20 mg/h; ivlag with a lag of 2 h |
| oral, oralF, oraleq | one compartment with ka 1 1/h; oralF with F 0.8 and a lag of 0.5 h (and D 2 h into central); oraleq with ka = k |
| zero | one compartment, doses enter over D = 4 h |
| two, twooral | rates 1 and 0.1 1/h, V1 20 L; twooral with ka 0.5 1/h |
| three | rates 2, 0.5 and 0.1 1/h, V1 10 L |
| wt | one compartment, CL = 5 WT/70 |

Records are written as time, then what is not zero or missing: `0: AMT 100, SS 1, II 12`. Records that only ask for a
prediction are the rows of the table.
"""


def main() -> None:
    """Write the page."""
    write_atomic(PAGE, page())


def page() -> str:
    """Return the page as Markdown."""
    asked = {ID: list(rows) for ID, rows in groupby(_rows("records.csv"), key=lambda row: row["ID"])}
    parts = [OPENING]
    for ID, rows in groupby(_rows("expected.csv"), key=lambda row: row["ID"]):
        expected = list(rows)
        parts.append(f"## {ID}. {expected[0]['WHAT'][0].upper()}{expected[0]['WHAT'][1:]}\n")
        doses = [row for row in asked[ID] if row["EVID"] not in ("0", "2")]
        parts.append(f"Model {expected[0]['MODEL']}. " + "; ".join(map(_record, doses)) + ".\n")
        parts += ["| time, h | prediction | arithmetic |", "|---|---|---|"]
        parts += [f"| {row['TIME']} | {float(row['VALUE']):.6g} | `{row['DERIVATION']}` |" for row in expected]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _record(row: dict[str, str]) -> str:
    given = [
        f"{name} {row[name]}"
        for name in SHOWN[1:]
        if row[name] not in ("", ".", "0") and (name, row[name]) != ("EVID", "1")
    ]
    return f"`{row['TIME']}: {', '.join(given)}`"


if __name__ == "__main__":
    main()
