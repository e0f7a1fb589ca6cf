"""The mechanism's forecasts: a trial conducted again and again, each time with other numbers, effects and people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.engine.ensemble import Settings
from euthymia.models.accounts import Mechanism
from euthymia.score.endpoint import MEASURES
from euthymia.score.forecast import Forecast, enough
from euthymia.score.uncertainty import Uncertainty
from euthymia.trials.batch import Batch
from euthymia.trials.conduct import check
from euthymia.trials.design import Trial
from euthymia.trials.predict import predict
from euthymia.trials.quantity import Nothing
from euthymia.trials.stacking import stacked

Array = NDArray[np.floating]
BLOCK = 20  # replicates that are conducted, analysed and kept together
TOO_FEW = Nothing("a value in fewer than half of the replicates")
NAME = "mechanism"


@dataclass(frozen=True)
class Job:
    """A trial to be forecast.

    Attributes:
        trial: The design, with the rows that are asked for.
        seed: Seed of the named streams.
        uncertainty: Where the amplitudes of replicates come from.
        mechanism: The account of how treatment works; the default one when None.
    """

    trial: Trial
    seed: int
    uncertainty: Uncertainty
    mechanism: Mechanism | None = None


@dataclass(frozen=True, eq=False)
class Block:
    """What some replicates say.

    Attributes:
        draws: By row, [replicate]; NaN where a replicate has no value.
        reasons: Why a row is not predicted, by row.
    """

    draws: Mapping[str, Array]
    reasons: Mapping[str, str]


Source = Callable[[Job, range], Block]


def conducted(job: Job, numbers: range, threads: int | None = None) -> Block:
    """Conduct some replicates and read off every row.

    Args:
        job: What.
        numbers: Which replicates; those of one call are analysed together.
        threads: Worker threads; all cores when None.

    Raises:
        TrialFileError: When the design asks for something that has no model.
    """
    check(job.trial)
    settings = Settings(threads=threads)
    drawn = zip(
        *(numbers, job.uncertainty.amplitudes(job.seed, numbers), job.uncertainty.others(job.seed, numbers)),
        strict=True,
    )
    parts = [
        Batch(
            *(job.trial, job.seed, range(number, number + 1), settings),
            amplitudes=amplitudes,
            mechanism=job.mechanism,
            others=others,
        ).conducted()
        for number, amplitudes, others in drawn
    ]
    data = stacked(parts, len(numbers))
    found = {row.row_id: predict(data, row) for row in job.trial.published}
    return Block(
        {name: np.asarray(one, dtype=float) for name, one in found.items() if not isinstance(one, Nothing)},
        {name: one.why for name, one in found.items() if isinstance(one, Nothing)},
    )


def forecasts(job: Job, replicates: int, source: Source) -> dict[str, Forecast | Nothing]:
    """Return the forecast of each row of a trial, or why there is none.

    Args:
        job: What.
        replicates: How many.
        source: Gives blocks of replicates: conducts them, or reads those that are kept.
    """
    # A trial without any row that has a model is not worth conducting; one replicate says why not.
    hopeful = any(row.measure in MEASURES for row in job.trial.published)
    blocks = [source(job, numbers) for numbers in blocks_of(replicates if hopeful else 1)]
    return {row.row_id: _joined(row.row_id, blocks) for row in job.trial.published}


def blocks_of(replicates: int) -> list[range]:
    """Return the replicates block by block."""
    return [range(first, min(first + BLOCK, replicates)) for first in range(0, replicates, BLOCK)]


def _joined(name: str, blocks: list[Block]) -> Forecast | Nothing:
    """Return the forecast of one row from all blocks; a block without it has no value in its replicates."""
    if all(name in block.reasons for block in blocks):
        return Nothing(blocks[0].reasons[name])
    sizes = [next((len(one) for one in block.draws.values()), 0) for block in blocks]
    draws = np.concatenate(
        [block.draws.get(name, np.full(size, np.nan)) for block, size in zip(blocks, sizes, strict=True)]
    )
    return Forecast(draws) if enough(draws) else TOO_FEW
