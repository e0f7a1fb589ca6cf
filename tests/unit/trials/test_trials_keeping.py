"""Conducted replicates come back from rows as they were, whatever the trial keeps of its people."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from euthymia.store.shards import Rows, load, save
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.conduct import conduct_some
from euthymia.trials.data import TrialData
from euthymia.trials.design import Trial
from euthymia.trials.keeping import put_together, taken_apart
from euthymia.trials.power_plan import with_sizes

EXAMPLES = Path(__file__).parents[3] / "examples" / "trials"


def small(name: str) -> Trial:
    trial = load_trial(name)
    return with_sizes(trial, tuple(3 for _ in trial.phases[0].arms))


def same(first: Any, second: Any) -> bool:
    """Return whether two values are equal, arrays by type, shape and bytes."""
    if isinstance(first, np.ndarray):
        return (
            isinstance(second, np.ndarray)
            and (first.dtype, first.shape) == (second.dtype, second.shape)
            and first.tobytes() == second.tobytes()
        )
    if is_dataclass(first) and not isinstance(first, type):
        named = (field.name for field in fields(first))
        return type(first) is type(second) and all(same(getattr(first, name), getattr(second, name)) for name in named)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[key], second[key]) for key in first)
    return first == second


def there_and_back(data: TrialData, numbers: range, folder: Path) -> TrialData:
    shard = save(folder, "r1", 0, numbers, taken_apart(data, numbers))
    return put_together(load(folder, "r1", shard), data.trial)


def check(name: str, folder: Path) -> None:
    trial, numbers = small(name), range(5, 7)
    data = conduct_some(trial, seed=2, numbers=numbers)
    assert same(there_and_back(data, numbers, folder), data)


@pytest.mark.parametrize("name", ["transform-2", "khan-1998"])
def test_replicates_come_back_as_they_were(tmp_path: Path, name: str):
    check(name, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", trial_names())
def test_replicates_of_every_trial_come_back_as_they_were(tmp_path: Path, name: str):
    check(name, tmp_path)


def test_what_a_trial_screens_and_its_rules_do_come_back(tmp_path: Path):
    for file in ("screened_trial", "rescued_trial"):
        check(str(EXAMPLES / f"{file}.toml"), tmp_path)


def test_a_shard_that_names_something_else_than_a_record_is_refused():
    trial = small("transform-2")
    for module, name in (("os", "system"), ("euthymia.store.files", "write_durably")):
        held = {"data": {"kind": "record", "module": module, "name": name, "of": {}}}
        with pytest.raises(TypeError, match=f"{module}.{name} is no record of a trial"):
            put_together(Rows({}, held), trial)


def test_rows_are_people_with_the_numbers_of_their_replicates():
    trial, numbers = small("transform-2"), range(5, 7)
    data = conduct_some(trial, seed=2, numbers=numbers)
    rows = taken_apart(data, numbers)
    assert rows.columns["replicate"].tolist() == 6 * [5] + 6 * [6]
    assert rows.columns["subject"].tolist() == 2 * [0, 1, 2, 3, 4, 5]
    assert rows.columns["phases.0.MADRS"].tobytes() == data.phases[0].MADRS.tobytes()
    assert rows.columns["phases.0.MADRS"].shape == (12, 5)


def test_what_has_no_place_in_a_table_is_refused_by_its_way():
    trial = small("transform-2")
    data = conduct_some(trial, seed=2, numbers=range(1))
    with pytest.raises(TypeError, match="cannot keep people: a object has no place in a table"):
        taken_apart(replace(data, people=object()), range(1))  # type: ignore[arg-type]
