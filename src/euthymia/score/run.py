"""Scoring trials: the mechanism's forecasts and the rivals', each made without the trial that is scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from euthymia.errors import EuthymiaError
from euthymia.evidence.published import Split
from euthymia.score.board import beside, tallies, trial_score
from euthymia.score.emax_rival import EmaxRegression
from euthymia.score.forecast import Forecast
from euthymia.score.kept import Kept
from euthymia.score.leaving_out import seen
from euthymia.score.mechanism import NAME, Job, forecasts
from euthymia.score.meta_rival import Form, MetaAnalysis
from euthymia.score.observed import observed
from euthymia.score.results import Board, TrialScore
from euthymia.score.sampling import asked
from euthymia.score.standing import patients
from euthymia.score.uncertainty import Without, present
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.design import Trial
from euthymia.trials.quantity import Nothing


def trials_of(split: Split) -> tuple[Trial, ...]:
    """Return the trials of the package that are marked so."""
    return tuple(trial for trial in map(load_trial, trial_names()) if trial.split is split)


def score(
    trials: Sequence[Trial],
    *,
    seed: int = 1,
    replicates: int = 200,
    threads: int | None = None,
    folder: Path | None = None,
    without: Without | None = None,
    progress: Callable[[float], None] | None = None,
) -> Board:
    """Predict trials and judge the predictions, beside rivals.

    Args:
        trials: The trials, with their published rows.
        seed: Seed of the named streams.
        replicates: How often each is conducted.
        threads: Worker threads; all cores when None. Never changes the result.
        folder: Keeps finished blocks, so that a run that was ended goes on from there.
        without: Gives the mechanism's numbers without a trial, to leave one out at a time.
        progress: Called with the share of trials that are done.

    Raises:
        EuthymiaError: When two trials have one id, or none is given.
        TrialFileError: When a design asks for something that has no model.
        OutputError: When the folder holds another run.
    """
    check(trials, replicates)
    calibration = trials_of(Split.CALIBRATION)
    clusters = patients(trials)
    found = []
    for number, trial in enumerate(trials, start=1):
        uncertainty, note = without(trial) if without else (present(), _note(trial))
        source = Kept(folder, threads)
        said = {NAME: forecasts(Job(trial, seed, uncertainty), replicates, source)}
        said |= rivals_say(trial, calibration, seed)
        found.append(trial_score(trial, said, trials, clusters[trial.id], note))
        if progress:
            progress(number / len(trials))
    return _board(found, seed, replicates, without is not None)


def check(trials: Sequence[Trial], replicates: int) -> None:
    """Refuse trials that cannot be scored, before any work.

    Args:
        trials: The trials.
        replicates: How often each is to be conducted.

    Raises:
        EuthymiaError: When none is given or one twice, one has no published rows, or replicates are too few.
    """
    names = [trial.id for trial in trials]
    if not names:
        raise EuthymiaError("no trials given; expected one at least")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise EuthymiaError(f"trial {twice[0]!r} is given more than once; each needs an id of its own")
    if replicates < 3:
        raise EuthymiaError(f"replicates is {replicates}; a distribution needs 3 or more")
    empty = [trial.id for trial in trials if not trial.published]
    if empty:
        raise EuthymiaError(f"trial {empty[0]!r} has no published rows; scoring needs some ([[published]])")


def rivals_say(trial: Trial, calibration: Sequence[Trial], seed: int) -> dict[str, dict[str, Forecast | Nothing]]:
    """Return the rivals' forecasts of each row of a trial, learnt from trials that share nobody with it.

    Args:
        trial: The trial.
        calibration: Trials to learn from; the trial itself, and others with people in common, are left out.
        seed: Seed of the named streams.
    """
    others = [one for one in calibration if one.id != trial.id]
    same = patients([trial, *others])
    learnt = [one for one in others if same[one.id] != same[trial.id]]
    rows = observed(learnt)
    rivals = (MetaAnalysis(rows), MetaAnalysis(rows, Form.PLAIN), EmaxRegression.fitted(rows, learnt))
    return {
        rival.name: {row.row_id: rival.forecast(asked(trial, row), seed) for row in trial.published} for rival in rivals
    }


def _board(found: Sequence[TrialScore], seed: int, replicates: int, left_out: bool) -> Board:
    return Board(
        seed=seed,
        replicates=replicates,
        uncertainty=present().name,
        left_out=left_out,
        trials=tuple(found),
        tallies=tallies(found),
        beside=beside(found),
    )


def _note(trial: Trial) -> str:
    return seen(trial) if trial.split is Split.CALIBRATION else ""
