"""Accounts of how treatment works, on the same rows: which one foresees them, and which row tells two of them apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from euthymia.engine.course import plain
from euthymia.models.accounts import Mechanism
from euthymia.score.board import verdict
from euthymia.score.fits import Fit, fits_of
from euthymia.score.forecast import Forecast, Judged, judged
from euthymia.score.kept import Kept
from euthymia.score.mechanism import Job, forecasts
from euthymia.score.results import Verdict
from euthymia.score.run import check
from euthymia.score.standing import counted_rows, patients, people_behind, standings
from euthymia.score.uncertainty import under
from euthymia.statistics.scoring import clustered_total
from euthymia.trials.design import Trial
from euthymia.trials.quantity import Nothing

SCHEMA = "euthymia.mechanisms/2"
# The closed loop is solved person by person: a trial takes some fifty times as long. Ask for it by name.
COMPARED = tuple(each for each in Mechanism if each is not Mechanism.CLOSED_LOOP)
SHOWN = 3  # rows that tell two accounts apart


@dataclass(frozen=True)
class Separating:
    """A row on which an account and the best one differ.

    Attributes:
        trial: The trial.
        row_id: The row.
        arm: Its arm.
        measure: What was measured.
        t: Hours after randomisation; NaN where it has no time.
        value: The published value.
        best: Mean of the best account's forecast.
        this: Mean of this account's forecast.
        difference: Log score of this account minus that of the best.
    """

    trial: str
    row_id: str
    arm: str
    measure: str
    t: float
    value: float
    best: float
    this: float
    difference: float


@dataclass(frozen=True)
class Account:
    """One account.

    Attributes:
        mechanism: Its name.
        log_score: Sum of log scores over the rows: the expected log predictive density.
        difference: That minus the best account's.
        se: Standard error of the difference, by clusters of trials; 0 for the best itself.
        verdict: Whether it is worse than the best, or nobody knows.
        inside: Rows inside its 90 % intervals.
        separating: The rows that tell it from the best, the clearest first.
    """

    mechanism: str
    log_score: float
    difference: float
    se: float
    verdict: Verdict
    inside: int
    separating: tuple[Separating, ...]


@dataclass(frozen=True)
class Accounts:
    """All accounts, the best first.

    Attributes:
        seed: Seed of the named streams.
        replicates: How often each trial was conducted under each account.
        rows: Rows that count and that all accounts predict.
        clusters: Clusters of trials that they come from.
        accounts: The accounts.
        fits: How each of them fits the calibration rows, the best first.
        command: What makes the same bytes again.
        version: The version of euthymia.
    """

    seed: int
    replicates: int
    rows: int
    clusters: int
    accounts: tuple[Account, ...]
    fits: tuple[Fit, ...] = ()
    command: str = ""
    version: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return plain data in a fixed order of keys, NaN as null (docs/json.md)."""
        return {"schema": SCHEMA} | {item.name: plain(getattr(self, item.name)) for item in fields(self)}

    def to_json(self) -> str:
        """Return the same bytes for the same results."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True)
class Place:
    """A row that all accounts are judged on, and the cluster of its trial."""

    trial: str
    row_id: str
    arm: str
    measure: str
    t: float
    value: float
    cluster: str


Scores = Mapping[Mechanism, Sequence[Judged]]  # row by row


def compare_mechanisms(
    trials: Sequence[Trial],
    *,
    among: Sequence[Mechanism] = COMPARED,
    seed: int = 1,
    replicates: int = 200,
    threads: int | None = None,
    folder: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Accounts:
    """Predict trials under each account of how treatment works, each with its own posterior of the calibration trials.

    Args:
        trials: The trials.
        among: The accounts.
        seed: Seed of the named streams; all accounts have the same people.
        replicates: How often each is conducted.
        threads: Worker threads; all cores when None. Never changes the result.
        folder: Keeps finished blocks, so that a run that was ended goes on from there.
        progress: Called with the share of the work that is done.
    """
    check(trials, replicates)
    clusters, source = patients(trials), Kept(folder, threads)
    numbers = {each: under(each) for each in among}
    places: list[Place] = []
    scores: dict[Mechanism, list[Judged]] = {each: [] for each in among}
    for number, trial in enumerate(trials):
        said = {}
        for place, each in enumerate(among):
            said[each] = forecasts(Job(trial, seed, numbers[each], each), replicates, source)
            if progress:
                progress((number + (place + 1) / len(among)) / len(trials))
        known = {row.row_id for row in trial.published if all(_told(one[row.row_id]) for one in said.values())}
        for row in counted_rows(trial, standings(trial, known, trials)):
            t = float("nan") if row.t is None else row.t
            places.append(Place(trial.id, row.row_id, row.arm, str(row.measure), t, row.value, clusters[trial.id]))
            for each, forecast in said.items():
                one = forecast[row.row_id]
                if isinstance(one, Forecast):
                    scores[each].append(judged(one, row, people_behind(trial, row)))
    return replace(told_apart(places, scores, seed, replicates), fits=fits_of(among))


def told_apart(places: Sequence[Place], scores: Scores, seed: int, replicates: int) -> Accounts:
    """Return all accounts beside the best one.

    Args:
        places: The rows.
        scores: What each account says of them.
        seed: Seed of the run.
        replicates: Replicates of the run.
    """
    sums = {each: sum(one.log_score for one in told) for each, told in scores.items()}
    order = sorted(sums, key=lambda each: -sums[each])
    accounts = tuple(_account(each, places, scores[each], scores[order[0]]) for each in order)
    return Accounts(seed, replicates, len(places), len({one.cluster for one in places}), accounts)


def _told(forecast: Forecast | Nothing) -> bool:
    return isinstance(forecast, Forecast)


def _account(mechanism: Mechanism, places: Sequence[Place], own: Sequence[Judged], best: Sequence[Judged]) -> Account:
    d = np.array([one.log_score - other.log_score for one, other in zip(own, best, strict=True)])
    total = clustered_total(d, [one.cluster for one in places])
    clearest = sorted(range(len(d)), key=lambda row: -abs(d[row]))[:SHOWN]
    return Account(
        mechanism=str(mechanism),
        log_score=float(sum(one.log_score for one in own)),
        difference=total.value,
        se=total.se,
        verdict=verdict(total.value, total.se),
        inside=sum(one.inside for one in own),
        separating=tuple(
            Separating(
                trial=places[row].trial,
                row_id=places[row].row_id,
                arm=places[row].arm,
                measure=places[row].measure,
                t=places[row].t,
                value=places[row].value,
                best=best[row].mean,
                this=own[row].mean,
                difference=float(d[row]),
            )
            for row in clearest
            if d[row] != 0.0
        ),
    )
