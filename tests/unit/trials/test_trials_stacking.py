"""Batches put behind one another: no two of them in memory, and the same bytes as of all of them at once."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any
from weakref import ref

import numpy as np
import pytest

from euthymia.store.shards import Rows
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct_some
from euthymia.trials.data import TrialData
from euthymia.trials.keeping import put_together, taken_apart
from euthymia.trials.power_plan import with_sizes
from euthymia.trials.sessions import Sessions, joined, sessions_of
from euthymia.trials.stacking import picked, stacked

SIZES = (60, 50)  # people in the two arms
CUTS = (0, 2, 3, 6)  # first replicate of each batch, and the end
MANY = 30  # batches


@pytest.fixture(scope="module")
def batches() -> list[TrialData]:
    trial = with_sizes(load_trial("transform-2"), SIZES)
    return [conduct_some(trial, seed=4, numbers=range(*cut)) for cut in pairwise(CUTS)]


@pytest.fixture(scope="module")
def whole(batches: list[TrialData]) -> TrialData:
    return conduct_some(batches[0].trial, seed=4, numbers=range(CUTS[-1]))


@pytest.fixture(scope="module")
def kept(batches: list[TrialData]) -> Rows:
    return taken_apart(batches[-1], range(CUTS[-2], CUTS[-1]))


def arrays(record: Any, path: str = "") -> dict[str, np.ndarray]:
    """Return all arrays of a record by the way to them."""
    if isinstance(record, np.ndarray):
        return {path: record}
    if isinstance(record, dict):
        return {key: each for name, value in record.items() for key, each in arrays(value, f"{path}.{name}").items()}
    if isinstance(record, tuple):
        return {key: each for place, one in enumerate(record) for key, each in arrays(one, f"{path}.{place}").items()}
    if not is_dataclass(record):
        return {}
    named = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {key: each for name, value in named for key, each in arrays(value, f"{path}.{name}").items()}


def bytes_of(record: Any) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {path: (each.dtype.str, each.shape, each.tobytes()) for path, each in arrays(record).items()}


def said(sessions: Sessions) -> list[bytes]:
    rows = [found for found in sessions.rows.values() if isinstance(found, np.ndarray)]
    means = [mean for one in sessions.after for mean in (one.CADSS, one.SBP)]
    return [values.tobytes() for values in (*rows, *means)]


def made_again(kept: Rows, trial: Any, alive: list[Any]) -> Iterator[TrialData]:
    """Yield batch after batch, each with arrays of its own, and note in ``alive`` who could be in memory."""
    for _ in range(MANY):
        assert not any(one() is not None for one in alive)
        part = put_together(Rows({name: each.copy() for name, each in kept.columns.items()}, kept.extra), trial)
        alive.append(ref(part))
        yield part
        del part


def test_each_array_holds_those_of_the_batches_behind_one_another(batches: list[TrialData]):
    found = arrays(stacked(iter(batches), CUTS[-1]))
    parts = [arrays(batch) for batch in batches]
    once = {path for path in found if path.endswith((".days", ".safety.t"))}
    assert once
    assert set(found) == set(parts[0])
    for path, values in found.items():
        axis = int(path == ".severity")
        behind = np.concatenate([part[path] for part in parts], axis=axis)
        assert np.array_equal(values, parts[0][path] if path in once else behind, equal_nan=values.dtype.kind == "f")


def test_a_list_of_batches_and_batches_made_on_the_way_give_the_same_bytes(batches: list[TrialData]):
    assert bytes_of(stacked(batches, CUTS[-1])) == bytes_of(stacked(iter(batches), CUTS[-1]))


def test_a_single_batch_is_returned_as_it_is(batches: list[TrialData]):
    assert stacked(iter(batches[:1]), CUTS[1]) is batches[0]


def test_replicates_that_are_picked_are_those_of_the_batch_they_came_from(batches: list[TrialData]):
    which = (np.arange(CUTS[-1]) >= CUTS[1]) & (np.arange(CUTS[-1]) < CUTS[2])
    found, held = bytes_of(picked(stacked(batches, CUTS[-1]), which)), bytes_of(batches[1])
    assert {path for path in held if found[path] != held[path]} == set()


def test_sessions_told_batch_by_batch_are_those_of_all_replicates_to_the_last_bit(batches: list[TrialData]):
    data, sessions = joined(iter(batches), CUTS[-1])
    assert said(sessions) == said(sessions_of(stacked(batches, CUTS[-1])))
    assert len(sessions.after) > 0
    assert len(sessions.rows) > 0
    assert data.safety.CADSS.size == data.safety.SBP.size == data.dose.size == 0


def test_a_summary_of_joined_batches_is_that_of_the_whole_trial(batches: list[TrialData], whole: TrialData):
    assert summarise(*joined(iter(batches), CUTS[-1])).to_json() == summarise(whole).to_json()


def test_no_batch_is_in_memory_when_the_next_one_is_made(batches: list[TrialData], kept: Rows):
    replicates = MANY * (CUTS[-1] - CUTS[-2])
    for join in (joined, stacked):
        alive: list[Any] = []
        join(made_again(kept, batches[0].trial, alive), replicates)
        assert len(alive) == MANY
        assert not any(one() is not None for one in alive)


def test_joining_takes_little_more_memory_than_what_is_kept_of_people(batches: list[TrialData], kept: Rows):
    replicates = MANY * (CUTS[-1] - CUTS[-2])
    joined(iter(batches), CUTS[-1])  # whatever is read once is there
    tracemalloc.start()
    try:
        data, _ = joined(made_again(kept, batches[0].trial, []), replicates)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    stays = sum(each.nbytes for each in arrays(data).values())
    batch = sum(each.nbytes for each in kept.columns.values())
    assert stays < 0.4 * MANY * batch  # sessions are more than all else, and go
    assert peak < 1.1 * stays + 5 * batch
