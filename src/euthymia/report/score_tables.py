"""The score board as tables: misses first, then trials and endpoints beside the rivals, then totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from euthymia.report import words
from euthymia.report.tables import Cell, Column, Table, Tone, table
from euthymia.score.board import ALL
from euthymia.score.fits import Fit
from euthymia.score.mechanisms import Account, Accounts, Separating
from euthymia.score.results import Beside, Board, ScoredRow, Tally, TrialScore, Verdict, rows_of
from euthymia.score.standing import Standing

SHORT = {"meta-analysis": "meta", "plain meta-analysis": "plain", "Emax regression": "Emax"}
SHORT_STANDING = {
    Standing.INPUT: "no: input",
    Standing.UNVERIFIED: "no: not verified",
    Standing.OTHER_ESTIMATOR: "no: another row does",
    Standing.FOLLOWS: "no: follows",
    Standing.POOL_OF_ARMS: "no: pool",
    Standing.POOL_OF_TRIALS: "no: pool",
}
TONES = {Verdict.BETTER: Tone.GOOD, Verdict.WORSE: Tone.MISS, Verdict.UNDECIDED: Tone.MUTED}


def misses_table(board: Board) -> Table:
    """Return the rows outside the mechanism's intervals, those that count first."""
    note = "Error: predicted minus published, in the row's unit. Log score: larger is better."
    return rows_table("Outside our 90 % intervals", board.misses(), note)


def held_table(board: Board) -> Table:
    """Return the rows inside the mechanism's intervals."""
    held = [(trial, row) for trial, row in rows_of(board.trials) if _inside(row)]
    return rows_table("Inside our 90 % intervals", held)


def rows_table(title: str, rows: Iterable[tuple[TrialScore, ScoredRow]], note: str = "") -> Table:
    """Return predicted rows with forecast, error and log scores of all forecasters."""
    columns = (
        Column("Trial", whole=True),
        Column("Arm"),
        Column("Measure"),
        Column("When", whole=True),
        Column("Published", numeric=True),
        Column("Predicted [90 %]", numeric=True),
        Column("Error", numeric=True),
        Column("Log score", numeric=True),
        Column("Counts"),
    )
    return table(title, columns, (_row(trial, row) for trial, row in rows), note)


def endpoints_table(board: Board) -> Table:
    """Return counted rows by trial and endpoint: how many inside, mean log score and CRPS of each forecaster."""
    names = _forecasters(board)
    columns = (
        Column("Trial", whole=True),
        Column("Endpoint"),
        Column("Rows", numeric=True),
        Column("Inside", numeric=True),
        Column("Error", numeric=True),
        Column("CRPS", numeric=True),
        *(Column(SHORT.get(name, name), numeric=True) for name in names),
    )
    places = dict.fromkeys((one.trial, one.endpoint) for one in board.tallies)
    ordered = sorted(places, key=lambda one: one[0] == ALL)
    note = (
        "Counted rows: how many our intervals hold, means of our error (predicted minus published) and CRPS in the "
        "rows' unit, means of everybody's log scores; in brackets of how many rows, where a rival predicts fewer."
    )
    return table(
        "By trial and endpoint, with everybody's log scores",
        columns,
        (_endpoint(board, *place, names) for place in ordered),
        note,
    )


def beside_table(board: Board) -> Table:
    """Return the mechanism beside each rival."""
    columns = (
        Column("Rival"),
        Column("Log score", numeric=True),
        Column("SE", numeric=True),
        Column("Rows (clusters)", numeric=True),
        Column("The mechanism is"),
        Column("By kernels", numeric=True),
        Column("Of these two: rows, log score (SE)", numeric=True),
    )
    note = (
        "Sums, mechanism minus rival, over rows that count and that all forecasters predict; errors by clusters of "
        "trials. Better or worse: more than 2 standard errors from zero."
    )
    return table("The mechanism beside its rivals", columns, map(_beside, board.beside), note)


def silent_table(board: Board) -> Table:
    """Return rows that the mechanism does not predict, and rows that count but that a rival does not, with why."""
    columns = (
        Column("Trial", whole=True),
        Column("Row", whole=True),
        Column("Arm"),
        Column("Measure"),
        Column("Who is silent"),
        Column("Why"),
    )
    return table(
        "Not predicted", columns, (line for trial, row in rows_of(board.trials) for line in _silent(trial, row))
    )


def standing_line(board: Board) -> str:
    """Return how many rows count and what the others are, in one sentence."""
    found = [row.standing for _, row in rows_of(board.trials)]
    others = [(each, found.count(each)) for each in Standing if each is not Standing.COUNTED and each in found]
    said = "; ".join(f"{count} {each}" for each, count in others)
    return f"{found.count(Standing.COUNTED)} of {len(found)} published rows count" + (f" ({said})." if said else ".")


def coverage_line(board: Board) -> str:
    """Return how many published values the mechanism's intervals hold, in one sentence."""
    told = [row for _, row in rows_of(board.trials) if row.told[0].judged is not None]
    counted = [row for row in told if row.counted]
    parts = [
        f"{sum(map(_inside, rows))} of {len(rows)} {what}" for rows, what in ((counted, "counted"), (told, "predicted"))
    ]
    return f"Inside our 90 % intervals: {parts[0]} rows, {parts[1]} rows."


def accounts_table(found: Accounts) -> Table:
    """Return accounts of how treatment works, the best first."""
    columns = (
        Column("Account"),
        Column("Log score", numeric=True),
        Column("Minus the best", numeric=True),
        Column("SE", numeric=True),
        Column("Than the best"),
        Column("Inside", numeric=True),
        Column("What separates it from the best"),
    )
    note = f"{found.rows} rows of {found.clusters} clusters of trials; undecided within 2 standard errors."
    return table("Accounts of how treatment works", columns, (_account(each, found) for each in found.accounts), note)


def fits_table(found: Accounts) -> Table:
    """Return how the accounts fit the calibration rows, the one first that foretells trials left out best."""
    columns = (
        Column("Account"),
        Column("Free numbers", numeric=True),
        Column("Left out", numeric=True),
        Column("Minus the best", numeric=True),
        Column("SE", numeric=True),
        Column("Than the best"),
        Column("Most by"),
        Column("Log posterior", numeric=True),
        Column("Log evidence", numeric=True),
        Column("RMS z", numeric=True),
        Column("Inside", numeric=True),
    )
    note = (
        "Left out: sum of log predictive densities of each calibration trial given the others, by the normal "
        "approximation of the one fit; errors by trials. RMS z: what is left of the rows, in standard errors."
    )
    return table("How they fit the calibration rows", columns, (_fit(each, found) for each in found.fits), note)


def _row(trial: TrialScore, row: ScoredRow) -> tuple[Cell | str, ...]:
    judged = row.told[0].judged
    return (
        trial.trial,
        row.arm,
        _measured(row),
        words.when(row.t),
        words.number(row.value),
        words.NO_VALUE if judged is None else f"{_n(judged.mean)} [{_n(judged.low)}, {_n(judged.high)}]",
        words.number(None if judged is None else judged.signed_error, signed=True),
        words.number(None if judged is None else judged.log_score, 2),
        Cell("yes") if row.counted else Cell(SHORT_STANDING.get(row.standing, str(row.standing)), Tone.MUTED),
    )


def _endpoint(board: Board, trial: str, endpoint: str, names: Sequence[str]) -> tuple[str, ...]:
    mine = {one.forecaster: one for one in board.tallies if (one.trial, one.endpoint) == (trial, endpoint)}
    first = mine[names[0]]
    return (
        trial,
        endpoint,
        str(first.rows),
        str(first.inside),
        words.number(first.signed_error, signed=True),
        words.number(first.crps, 2),
        *(_log_score(mine.get(name), first.rows) for name in names),
    )


def _log_score(one: Tally | None, rows: int) -> str:
    if one is None:
        return words.NO_VALUE
    return words.number(one.log_score, 2) + (f" ({one.rows})" if one.rows < rows else "")


def _beside(one: Beside) -> tuple[Cell | str, ...]:
    return (
        one.rival,
        words.number(one.total, 1, signed=True),
        words.number(one.se, 1),
        f"{one.rows} ({one.clusters})",
        Cell(str(one.verdict), TONES[one.verdict]),
        words.number(one.by_kernels, 1, signed=True),
        f"{one.pair_rows}: {words.number(one.pair_total, 1, signed=True)} ({words.number(one.pair_se, 1)})",
    )


def _silent(trial: TrialScore, row: ScoredRow) -> list[tuple[str, ...]]:
    first, *rivals = row.told
    silent = [first] if first.judged is None else [one for one in rivals if one.judged is None and row.counted]
    return [(trial.trial, row.row_id, row.arm, _measured(row), one.forecaster, one.why_not) for one in silent]


def _account(one: Account, found: Accounts) -> tuple[Cell | str, ...]:
    best = one is found.accounts[0]
    return (
        one.mechanism,
        words.number(one.log_score, 1),
        words.NO_VALUE if best else words.number(one.difference, 1, signed=True),
        words.NO_VALUE if best else words.number(one.se, 1),
        Cell("the best") if best else Cell(str(one.verdict), TONES[one.verdict]),
        f"{one.inside} of {found.rows}",
        "; ".join(map(_separating, one.separating)),
    )


def _fit(one: Fit, found: Accounts) -> tuple[Cell | str, ...]:
    best = one is found.fits[0]
    trial, difference = one.separating
    return (
        one.mechanism,
        str(one.free),
        words.number(one.left_out, 1),
        words.NO_VALUE if best else words.number(one.difference, 1, signed=True),
        words.NO_VALUE if best else words.number(one.se, 1),
        Cell("the best") if best else Cell(str(one.verdict), TONES[one.verdict]),
        words.NO_VALUE if best else f"{trial} ({words.number(difference, 1, signed=True)})",
        words.number(one.log_posterior, 1),
        words.number(one.log_evidence, 1),
        words.number(one.rms, 2),
        f"{one.inside} of {one.rows}",
    )


def _separating(one: Separating) -> str:
    return (
        f"{one.trial} {one.row_id} ({one.arm}, {one.measure}, {words.when(one.t)}): published {_n(one.value)}, "
        f"best {_n(one.best)}, this {_n(one.this)} ({words.number(one.difference, 1, signed=True)})"
    )


def _measured(row: ScoredRow) -> str:
    said = words.MEASURES.get(row.measure, row.measure.replace("_", " ").replace("AE ", "adverse event: "))
    return f"{said} ({row.estimator})" if row.estimator not in ("", "raw") else said


def _inside(row: ScoredRow) -> bool:
    return row.told[0].judged is not None and row.told[0].judged.inside


def _forecasters(board: Board) -> list[str]:
    return [one.forecaster for _, row in rows_of(board.trials)[:1] for one in row.told]


def _n(value: float) -> str:
    return words.number(value)
