"""The results of the score as Markdown: totals and misses first, every row of the board, who is silent and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from euthymia.evidence.published import Measure
from first_light import NAMES

Board = Mapping[str, Any]  # a document of the schema euthymia.score/1
Row = Mapping[str, Any]
SHORT = {
    "mechanism": "mechanism",
    "meta-analysis": "meta",
    "plain meta-analysis": "plain meta",
    "Emax regression": "Emax",
}
VERDICTS = {"better": "better", "worse": "**WORSE**", "undecided": "not told apart"}


def totals(board: Board) -> list[str]:
    """Return the mechanism beside its rivals, with what follows in words."""
    rows = [
        (
            one["rival"],
            _n(one["total"], 1, signed=True),
            _n(one["se"], 1),
            f"{one['rows']} ({one['clusters']})",
            VERDICTS[one["verdict"]],
            _n(one["by_kernels"], 1, signed=True),
            f"{one['pair_rows']}: {_n(one['pair_total'], 1, signed=True)} ({_n(one['pair_se'], 1)})",
        )
        for one in board["beside"]
    ]
    head = (
        "rival",
        "log score, mechanism minus rival",
        "SE",
        "rows (clusters)",
        "the mechanism is",
        "by kernels",
        "rows of these two: log score (SE)",
    )
    return [*table(head, rows), *map(_in_words, board["beside"]), ""]


def by_trial(board: Board) -> list[str]:
    """Return what each trial adds to the totals: log scores on common rows, mechanism minus each rival."""
    names = [one["rival"] for one in board["beside"]]
    rows = []
    for trial in board["trials"]:
        told = [
            {one["forecaster"]: one["judged"] for one in row["told"]}
            for row in trial["rows"]
            if row["standing"] == "counted"
        ]
        common = [one for one in told if all(one.values())]
        if common:
            sums = [sum(one["mechanism"]["log_score"] - one[name]["log_score"] for one in common) for name in names]
            rows.append((f"`{trial['trial']}`", str(len(common)), *(_n(each, 1, signed=True) for each in sums)))
    return ["What each trial adds:", "", *table(("trial", "rows", *(f"minus {name}" for name in names)), rows)]


def coverage(board: Board) -> list[str]:
    """Return how many published values the mechanism's intervals hold, and which rows count."""
    rows = [row for _, row in every(board)]
    told = [row for row in rows if ours(row)]
    counted = [row for row in told if row["standing"] == "counted"]
    held = [sum(ours(row)["inside"] for row in each) for each in (counted, told)]
    standings: dict[str, int] = {}
    for row in rows:
        standings[row["standing"]] = standings.get(row["standing"], 0) + 1
    listed = "; ".join(f"{count} {name}" for name, count in sorted(standings.items(), key=lambda one: -one[1]))
    return [
        f"The mechanism's 90 % intervals hold {held[0]} of {len(counted)} counted rows ({_percent(held[0], len(counted))}) "
        f"and {held[1]} of {len(told)} predicted rows. Of {len(rows)} published rows: {listed}.",
        "",
    ]


def endpoints(board: Board, by_trial: bool) -> list[str]:
    """Return counted rows by endpoint, of all trials together or trial by trial."""
    wanted = [one for one in board["tallies"] if (one["trial"] != "all") is by_trial]
    names = list(dict.fromkeys(one["forecaster"] for one in board["tallies"]))
    places = list(dict.fromkeys((one["trial"], one["endpoint"]) for one in wanted))
    found = {(one["trial"], one["endpoint"], one["forecaster"]): one for one in wanted}
    head = ("trial",) * by_trial + (
        "endpoint",
        "rows",
        "mean error",
        *(f"{SHORT[name]}: inside, log score, CRPS" for name in names),
    )
    rows = []
    for trial, endpoint in places:
        first = found[trial, endpoint, names[0]]
        cells = [_tally(found.get((trial, endpoint, name)), first["rows"]) for name in names]
        rows.append(
            ((f"`{trial}`",) * by_trial)
            + (endpoint, str(first["rows"]), _n(first["signed_error"], 1, signed=True), *cells)
        )
    return table(head, rows)


def misses(board: Board) -> list[str]:
    """Return the rows outside the mechanism's intervals: those that count first, the worst first."""
    out = [(trial, row) for trial, row in every(board) if ours(row) and not ours(row)["inside"]]
    return rows_table(sorted(out, key=lambda one: (one[1]["standing"] != "counted", -_how_far(one[1]))))


def held(board: Board) -> list[str]:
    """Return the rows inside the mechanism's intervals."""
    return rows_table([(trial, row) for trial, row in every(board) if ours(row) and ours(row)["inside"]])


def rows_table(rows: Iterable[tuple[str, Row]]) -> list[str]:
    """Return predicted rows with the mechanism's forecast and everybody's log score."""
    made = list(rows)
    names = [one["forecaster"] for _, row in made[:1] for one in row["told"]]
    head = (
        "trial",
        "row",
        "arm",
        "t, h",
        "measure",
        "published",
        "predicted",
        "90 % interval",
        "error",
        *(f"log score, {SHORT[name]}" for name in names),
        "",
    )
    return table(head, [_row(trial, row) for trial, row in made])


def silent(board: Board) -> list[str]:
    """Return who predicts nothing, reason by reason: the mechanism, and rivals of rows that count."""
    reasons: dict[str, list[str]] = {}
    for trial, row in every(board):
        first, *rivals = row["told"]
        quiet = (
            [first]
            if first["judged"] is None
            else [one for one in rivals if one["judged"] is None and row["standing"] == "counted"]
        )
        for one in quiet:
            reasons.setdefault(f"{one['forecaster']}: {one['why_not']}", []).append(
                f"{trial} {row['row_id']} ({_measure(row)})"
            )
    return [f"- *{why}* ({len(rows)}): {', '.join(rows)}" for why, rows in reasons.items()] + [""]


def accounts(found: Mapping[str, Any]) -> list[str]:
    """Return the accounts of how treatment works, the best first."""
    rows = [
        (
            one["mechanism"],
            _n(one["log_score"], 1),
            "" if place == 0 else _n(one["difference"], 1, signed=True),
            "" if place == 0 else _n(one["se"], 1),
            "the best" if place == 0 else VERDICTS[one["verdict"]],
            f"{one['inside']} of {found['rows']}",
            "; ".join(map(_separating, one["separating"])),
        )
        for place, one in enumerate(found["accounts"])
    ]
    return table(
        ("account", "log score", "minus the best", "SE", "than the best", "inside", "what separates it from the best"),
        rows,
    )


def fits(found: Mapping[str, Any]) -> list[str]:
    """Return how the accounts fit the calibration rows, the one first that foretells trials left out best."""
    rows = [
        (
            one["mechanism"],
            str(one["free"]),
            _n(one["left_out"], 1),
            "" if place == 0 else _n(one["difference"], 1, signed=True),
            "" if place == 0 else _n(one["se"], 1),
            "the best" if place == 0 else VERDICTS[one["verdict"]],
            "" if place == 0 else f"`{one['separating'][0]}` ({_n(one['separating'][1], 1, signed=True)})",
            _n(one["log_posterior"], 1),
            _n(one["log_evidence"], 1),
            _n(one["rms"], 2),
            f"{one['inside']} of {one['rows']}",
        )
        for place, one in enumerate(found["fits"])
    ]
    head = ("account", "free numbers", "trials left out", "minus the best", "SE", "than the best", "most of it by")
    return table((*head, "log posterior", "log evidence", "RMS z", "rows inside"), rows)


def every(board: Board) -> list[tuple[str, Row]]:
    """Return all rows, each with its trial's id."""
    return [(trial["trial"], row) for trial in board["trials"] for row in trial["rows"]]


def ours(row: Row) -> Any:
    """Return what the mechanism's forecast of a row was judged to be, or None."""
    return row["told"][0]["judged"]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def _row(trial: str, row: Row) -> tuple[str, ...]:
    judged = ours(row)
    return (
        f"`{trial}`",
        row["row_id"],
        row["arm"],
        "" if row["t"] is None else f"{row['t']:g}",
        _measure(row),
        f"{row['value']:g} {_unit(row)}",
        _n(judged["mean"], 1),
        f"{_n(judged['low'], 1)} to {_n(judged['high'], 1)}",
        _n(judged["signed_error"], 1, signed=True),
        *(_n(one["judged"]["log_score"], 2) if one["judged"] else "" for one in row["told"]),
        "" if row["standing"] == "counted" else f"not counted: {row['standing']}",
    )


def _measure(row: Row) -> str:
    name = NAMES.get(Measure(row["measure"]), row["measure"].replace("_", " "))
    return f"{name} ({row['estimator']})" if row["estimator"] != "raw" else name


def _unit(row: Row) -> str:
    return "%" if row["unit"] == "percent" else row["unit"]


def _in_words(one: Mapping[str, Any]) -> str:
    """Return in plain words how the mechanism does beside a rival, on common rows and on those of the two."""
    name, sums = one["rival"], "the sum favours the " + ("rival" if one["total"] < 0.0 else "mechanism")
    first = {
        "better": f"Beside the {name} the mechanism is better.",
        "worse": f"**The {name} is better than the mechanism.**",
        "undecided": f"Mechanism and {name} are not told apart on the rows that all predict; {sums}.",
    }[one["verdict"]]
    if one["pair_se"] is None or abs(one["pair_total"]) <= 2.0 * one["pair_se"]:
        return f"- {first}"
    winner = f"the {name}" if one["pair_total"] < 0.0 else "the mechanism"
    return f"- {first} **On the {one['pair_rows']} rows that these two predict, {winner} is better.**"


def _tally(one: Mapping[str, Any] | None, rows: int) -> str:
    if one is None:
        return ""
    inside = f"{one['inside']}" if one["rows"] == rows else f"{one['inside']} of {one['rows']}"
    return f"{inside}, {_n(one['log_score'], 2)}" + (f", {_n(one['crps'], 2)}" if one["crps"] is not None else "")


def _separating(one: Mapping[str, Any]) -> str:
    where = f"`{one['trial']}` {one['row_id']} ({one['arm']}, {one['measure']})"
    return f"{where}: published {one['value']:g}, best {_n(one['best'], 1)}, this {_n(one['this'], 1)} ({_n(one['difference'], 1, signed=True)})"


def _how_far(row: Row) -> float:
    judged = ours(row)
    return abs(judged["signed_error"]) / max(0.5 * (judged["high"] - judged["low"]), 1e-9)


def _n(value: float | None, digits: int, *, signed: bool = False) -> str:
    if value is None:
        return ""
    text = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    return text.replace("-0.0", "0.0") if float(text) == 0.0 else text


def _percent(part: int, whole: int) -> str:
    return f"{100.0 * part / whole:.0f} %" if whole else "none"
