"""Tables of a conducted trial as text for a spreadsheet: arms by visit, and contrasts by estimator."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields

from euthymia.report.consort import Consort
from euthymia.trials.results import ArmVisit, Contrast, Interval, TrialSummary

PARTS = ("mean", "low", "high")


def visits_csv(summary: TrialSummary) -> str:
    """Return arms by visit: every value as its mean over replicates, and the ends of its 90 % predictive interval."""
    return _csv(_heads(ArmVisit), (_flat(asdict(row)) for row in summary.arm_visits))


def contrasts_csv(summary: TrialSummary) -> str:
    """Return contrasts by estimator, the difference as its mean over replicates, and the ends of its interval."""
    return _csv(_heads(Contrast), (_flat(asdict(row)) for row in summary.contrasts))


def published_csv(summary: TrialSummary) -> str:
    """Return every published row with our prediction beside it, or why there is none."""
    rows = [_flat({**asdict(row), "predicted": _parts(row.predicted)}) for row in summary.comparisons]
    return _csv(list(rows[0]) if rows else ["row_id"], rows)


def flow_csv(found: Consort) -> str:
    """Return the flow of people, a row an arm of a phase."""
    rows = [asdict(arm) for arm in found.arms]
    return _csv(list(rows[0]), rows)


def _parts(found: Interval | None) -> dict[str, float | None]:
    return dict.fromkeys(PARTS) if found is None else asdict(found)


def _heads(kind: type[ArmVisit] | type[Contrast]) -> list[str]:
    """Return the columns of a record; those of an interval are three."""
    found: list[str] = []
    for each in fields(kind):
        found += [f"{each.name}_{part}" for part in PARTS] if each.type == "Interval" else [each.name]
    return found


def _flat(row: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, dict) and tuple(value) == PARTS:
            found |= {f"{name}_{part}": one for part, one in value.items()}
        else:
            found[name] = value
    return found


def _csv(heads: list[str], rows: Iterable[Mapping[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, heads, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a value as a cell: empty where not known, never a formula of a spreadsheet, JSON where it has parts."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value)
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "@") else value
