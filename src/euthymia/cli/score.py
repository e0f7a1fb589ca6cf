"""`euthymia score`: how well unseen trials are predicted, beside two rivals without a mechanism."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output, work
from euthymia.errors import EuthymiaError

if TYPE_CHECKING:
    from euthymia.score.mechanisms import Accounts
    from euthymia.score.results import Board
    from euthymia.trials.design import Trial

BLOCKS = "blocks"

Trials = Annotated[list[str] | None, typer.Argument(help="Trials by name or file; without any, the unseen ones.")]
LeftOut = Annotated[bool, typer.Option("--loo", help="Leave each trial out; without trials, those for calibration.")]
Accounts_ = Annotated[bool, typer.Option("--mechanisms", help="Compare accounts of how treatment works instead.")]
Out = Annotated[Path | None, typer.Option(help="Folder that keeps finished blocks, to go on from, and the result.")]
Times = Annotated[int, typer.Option("--replicates", min=3, help="How many times each trial is conducted.")]


def score(
    trials: Trials = None,
    replicates: Times = 200,
    loo: LeftOut = False,
    mechanisms: Accounts_ = False,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    out: Out = None,
    json: options.AsJson = False,
) -> None:
    """Predict trials that were never fitted, or trials of your own, and judge the predictions."""
    if loo and mechanisms:
        raise EuthymiaError("--loo and --mechanisms are two questions; ask one at a time")
    from euthymia.trials.catalogue import load_trial

    designs = [load_trial(name) for name in trials or ()]
    flags = [flag for flag, asked in (("--loo", loo), ("--mechanisms", mechanisms)) if asked]
    command = work.spelled("euthymia", "score", *(trials or ()), *flags, "--replicates", replicates, "--seed", seed)
    if mechanisms:
        accounts = _accounts(designs, replicates, seed, threads, out, command)
        output.emit(accounts.to_dict()) if json else print_accounts(accounts)
        return
    board = _board(designs, replicates, loo, seed, threads, out, command)
    output.emit(board.to_dict()) if json else print_board(board, every_row=bool(trials))


def _board(
    designs: list[Trial], replicates: int, loo: bool, seed: int, threads: int | None, out: Path | None, command: str
) -> Board:
    from euthymia import api

    with output.progress("predicting trials") as move:
        return api.score_trials(
            designs,
            replicates=replicates,
            leave_out=loo,
            seed=seed,
            threads=threads,
            out=out,
            command=command,
            progress=move,
        )


def _accounts(
    designs: list[Trial], replicates: int, seed: int, threads: int | None, out: Path | None, command: str
) -> Accounts:
    from euthymia import api

    with output.progress("predicting trials") as move:
        return api.compare_mechanisms(
            designs, replicates=replicates, seed=seed, threads=threads, out=out, command=command, progress=move
        )


def print_board(board: Board, *, every_row: bool) -> None:
    """Print misses, where asked for also the other rows, then trials and endpoints, then totals."""
    from euthymia.report import score_tables, words

    for trial in board.trials:
        if trial.note:
            output.say(words.printable(f"{trial.trial}: {trial.note}"))
    output.show(score_tables.misses_table(board))
    if every_row:
        output.show(score_tables.held_table(board), score_tables.silent_table(board))
    output.show(score_tables.endpoints_table(board), score_tables.beside_table(board))
    output.say(score_tables.coverage_line(board))
    output.say(score_tables.standing_line(board))
    output.say("docs/score.md has the rules. For research and teaching, not for treating a person.")


def print_accounts(found: Accounts) -> None:
    """Print accounts of how treatment works, the best first."""
    from euthymia.report import score_tables

    output.show(score_tables.accounts_table(found))
    if found.fits:
        output.show(score_tables.fits_table(found))
    output.say("Each account has a posterior of its own, of the calibration trials alone.")
    output.say("For research and teaching, not for treating a person.")
