"""From forecasts to the board: rows beside all forecasters, tallies by trial and endpoint, totals beside rivals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from euthymia.evidence.published import PublishedRow
from euthymia.score.endpoint import Endpoint, endpoint_of
from euthymia.score.forecast import Forecast, Judged, judged
from euthymia.score.results import Beside, ScoredRow, Tally, Told, TrialScore, Verdict, rows_of
from euthymia.score.standing import Standing, people_behind, standings
from euthymia.statistics.scoring import clustered_total
from euthymia.trials.design import Trial
from euthymia.trials.quantity import Nothing

ALL = "all"
SURE = 2.0  # standard errors from zero beyond which two forecasters are told apart
Said = Mapping[str, Mapping[str, Forecast | Nothing]]  # by forecaster, the mechanism first, and row


def trial_score(trial: Trial, said: Said, single: Sequence[Trial], cluster: str, note: str = "") -> TrialScore:
    """Return the rows of a trial beside all forecasts.

    Args:
        trial: The trial.
        said: Forecasts.
        single: All trials that are scored together.
        cluster: Name of those it shares people with.
        note: What a reader must know of how it was predicted.
    """
    mechanism = next(iter(said.values()))
    predicted = {name for name, one in mechanism.items() if isinstance(one, Forecast)}
    found = standings(trial, predicted, single)
    rows = tuple(_scored(trial, row, said, found[row.row_id]) for row in trial.published)
    return TrialScore(trial.id, trial.title, cluster, note, rows)


def tallies(trials: Sequence[TrialScore]) -> tuple[Tally, ...]:
    """Return how forecasters do on counted rows: all together, by endpoint, and by trial and endpoint."""
    rows = [(trial, row) for trial, row in rows_of(trials) if row.counted]
    found = _tally(ALL, ALL, [row for _, row in rows])
    for endpoint in Endpoint:
        found += _tally(ALL, endpoint, [row for _, row in rows if row.endpoint is endpoint])
    for trial in trials:
        for endpoint in Endpoint:
            found += _tally(
                trial.trial, endpoint, [row for row in trial.rows if row.counted and row.endpoint is endpoint]
            )
    return tuple(found)


def beside(trials: Sequence[TrialScore]) -> tuple[Beside, ...]:
    """Return the mechanism beside each rival."""
    rows = rows_of(trials)
    names = [one.forecaster for _, row in rows[:1] for one in row.told]
    return tuple(_beside(rows, names[0], rival) for rival in names[1:])


def verdict(total: float, se: float) -> Verdict:
    """Return whether a total of log scores tells two forecasters apart."""
    if not np.isfinite(se) or abs(total) <= SURE * se:
        return Verdict.UNDECIDED
    return Verdict.BETTER if total > 0.0 else Verdict.WORSE


def _scored(trial: Trial, row: PublishedRow, said: Said, standing: Standing) -> ScoredRow:
    people = people_behind(trial, row)
    return ScoredRow(
        row_id=row.row_id,
        arm=row.arm,
        phase=row.phase,
        measure=str(row.measure),
        definition=row.definition,
        estimator=str(row.estimator),
        t=float("nan") if row.t is None else row.t,
        unit=str(row.unit),
        value=row.value,
        people=people,
        split=str(row.split),
        endpoint=endpoint_of(trial, row),
        standing=standing,
        told=tuple(_told(name, each[row.row_id], row, people) for name, each in said.items()),
    )


def _told(name: str, forecast: Forecast | Nothing, row: PublishedRow, people: int | None) -> Told:
    if isinstance(forecast, Nothing):
        return Told(name, None, forecast.why)
    return Told(name, judged(forecast, row, people))


def _tally(trial: str, endpoint: str, rows: Sequence[ScoredRow]) -> list[Tally]:
    names = [one.forecaster for row in rows[:1] for one in row.told]
    one_unit = len({row.unit for row in rows}) == 1
    found = []
    for name in names:
        told = [each for each in (row.by(name) for row in rows) if each is not None]
        if told:
            found.append(_mean(trial, endpoint, name, told, one_unit))
    return found


def _mean(trial: str, endpoint: str, name: str, told: Sequence[Judged], one_unit: bool) -> Tally:
    return Tally(
        trial=trial,
        endpoint=str(endpoint),
        forecaster=name,
        rows=len(told),
        inside=sum(one.inside for one in told),
        log_score=float(np.mean([one.log_score for one in told])),
        crps=float(np.mean([one.crps for one in told])) if one_unit else None,
        signed_error=float(np.mean([one.signed_error for one in told])) if one_unit else None,
    )


def _beside(rows: Iterable[tuple[TrialScore, ScoredRow]], mechanism: str, rival: str) -> Beside:
    counted = [(trial.cluster, row) for trial, row in rows if row.counted and row.by(mechanism) and row.by(rival)]
    common = [(cluster, row) for cluster, row in counted if row.common]
    pairs = [_pair(row, mechanism, rival) for _, row in common]
    total = clustered_total([one.log_score - other.log_score for one, other in pairs], [name for name, _ in common])
    both = clustered_total(
        [one.log_score - other.log_score for one, other in (_pair(row, mechanism, rival) for _, row in counted)],
        [name for name, _ in counted],
    )
    return Beside(
        rival=rival,
        total=total.value,
        se=total.se,
        rows=total.rows,
        clusters=total.clusters,
        verdict=verdict(total.value, total.se),
        by_kernels=float(sum(one.log_kernel - other.log_kernel for one, other in pairs)),
        pair_total=both.value,
        pair_se=both.se,
        pair_rows=both.rows,
    )


def _pair(row: ScoredRow, mechanism: str, rival: str) -> tuple[Judged, Judged]:
    one, other = row.by(mechanism), row.by(rival)
    if one is None or other is None:
        raise ValueError(f"row {row.row_id} is not predicted by both")
    return one, other
