"""The score board as data: rows, trials, totals beside the rivals, and their JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

from euthymia.engine.course import plain
from euthymia.score.endpoint import Endpoint
from euthymia.score.forecast import Judged
from euthymia.score.standing import Standing

SCHEMA = "euthymia.score/1"


class Verdict(StrEnum):
    """How the mechanism does beside a rival; undecided within 2 standard errors."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Told:
    """What one forecaster says of a row.

    Attributes:
        forecaster: Its name.
        judged: Forecast, error and scores; None where it says nothing.
        why_not: Why it says nothing; empty where it does.
    """

    forecaster: str
    judged: Judged | None
    why_not: str = ""


@dataclass(frozen=True)
class ScoredRow:
    """A published row beside all forecasts.

    Attributes:
        row_id: The row's name.
        arm: Its arm or group.
        phase: Its phase.
        measure: What was measured.
        definition: As the paper defines it.
        estimator: How the value was made.
        t: Hours after randomisation; NaN where it has no time.
        unit: Unit of values; percent for shares.
        value: The published value.
        people: Persons behind it, or None.
        split: calibration, validation or user.
        endpoint: Rows that are told together.
        standing: Whether it counts towards totals, and if not, why.
        told: The forecasts, the mechanism's first.
    """

    row_id: str
    arm: str
    phase: str
    measure: str
    definition: str
    estimator: str
    t: float
    unit: str
    value: float
    people: int | None
    split: str
    endpoint: Endpoint
    standing: Standing
    told: tuple[Told, ...]

    @property
    def counted(self) -> bool:
        """Whether the row counts towards totals."""
        return self.standing is Standing.COUNTED

    @property
    def common(self) -> bool:
        """Whether it counts and all forecasters predict it."""
        return self.counted and all(one.judged is not None for one in self.told)

    def by(self, forecaster: str) -> Judged | None:
        """Return what a forecaster says of it, or None."""
        return next((one.judged for one in self.told if one.forecaster == forecaster), None)


@dataclass(frozen=True)
class TrialScore:
    """A trial's rows.

    Attributes:
        trial: The trial's id.
        title: In words.
        cluster: Name shared by trials with people in common.
        note: What a reader must know of how it was predicted; empty where nothing.
        rows: Its rows, in the order of its file.
    """

    trial: str
    title: str
    cluster: str
    note: str
    rows: tuple[ScoredRow, ...]


@dataclass(frozen=True)
class Tally:
    """Some counted rows by one forecaster.

    Attributes:
        trial: The trial, or "all".
        endpoint: The endpoint, or "all".
        forecaster: Whose.
        rows: Counted rows that it predicts.
        inside: Of these, inside its 90 % interval.
        log_score: Mean log score.
        crps: Mean CRPS, in the unit of the endpoint; None where units differ.
        signed_error: Mean of predicted minus published, likewise.
    """

    trial: str
    endpoint: str
    forecaster: str
    rows: int
    inside: int
    log_score: float
    crps: float | None
    signed_error: float | None


@dataclass(frozen=True)
class Beside:
    """The mechanism beside a rival: log scores, mechanism minus rival.

    Attributes:
        rival: Its name.
        total: Sum over rows that all forecasters predict.
        se: Standard error by clusters of trials; NaN where there are fewer than two.
        rows: How many rows.
        clusters: How many clusters.
        verdict: Whether the mechanism is better.
        by_kernels: The sum where all log scores are made by kernels on draws.
        pair_total: Sum over rows that the two predict, whatever the others do.
        pair_se: Its standard error.
        pair_rows: How many.
    """

    rival: str
    total: float
    se: float
    rows: int
    clusters: int
    verdict: Verdict
    by_kernels: float
    pair_total: float
    pair_se: float
    pair_rows: int


@dataclass(frozen=True)
class Board:
    """The score board.

    Attributes:
        seed: Seed of the named streams.
        replicates: How often each trial was conducted.
        uncertainty: Where the mechanism's numbers came from.
        left_out: Whether each trial was left out of what forecasts it.
        trials: The trials.
        tallies: By trial and endpoint, by endpoint, and all together.
        beside: The mechanism beside each rival.
        command: What makes the same bytes again.
        version: The version of euthymia.
    """

    seed: int
    replicates: int
    uncertainty: str
    left_out: bool
    trials: tuple[TrialScore, ...]
    tallies: tuple[Tally, ...]
    beside: tuple[Beside, ...]
    command: str = ""
    version: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return plain data in a fixed order of keys, NaN as null (docs/json.md)."""
        return {"schema": SCHEMA} | {item.name: plain(getattr(self, item.name)) for item in fields(self)}

    def to_json(self) -> str:
        """Return the same bytes for the same results."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def misses(self) -> tuple[tuple[TrialScore, ScoredRow], ...]:
        """Return the predicted rows outside the mechanism's interval, those that count first, the worst first."""
        out = [
            (trial, row)
            for trial in self.trials
            for row in trial.rows
            if row.told[0].judged is not None and not row.told[0].judged.inside
        ]
        return tuple(sorted(out, key=lambda one: (not one[1].counted, -how_far(one[1]))))


def how_far(row: ScoredRow) -> float:
    """Return how many half-widths of the mechanism's interval a published value lies from its forecast."""
    judged = row.told[0].judged
    if judged is None:
        return 0.0
    return abs(judged.signed_error) / max(0.5 * (judged.high - judged.low), 1e-9)


def rows_of(trials: Iterable[TrialScore]) -> list[tuple[TrialScore, ScoredRow]]:
    """Return all rows, each with its trial."""
    return [(trial, row) for trial in trials for row in trial.rows]
