"""What a plan says follows from its samples by arithmetic, and a planned run takes what was said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from euthymia.errors import EuthymiaError
from euthymia.runs import planning, sampling
from euthymia.runs.keeping import keep
from euthymia.runs.planning import Sample, Taken, planned
from euthymia.runs.treatment import PEOPLE_A_SHARD, Treatment
from euthymia.store.catalogue import Catalogue
from euthymia.treatment.sentence import regimen


def made_up(*, seconds: float = 0.0, memory: int | None = 500) -> Sample:
    """A run of n takes 2 + 0.01 n seconds, 500 + n bytes of memory and 40 + 3 n of disk."""
    few, many = (
        Taken(n, 2.0 + seconds + 0.01 * n, None if memory is None else memory + n, 40 + 3 * n) for n in (100, 300)
    )
    return Sample(1.5, 0.5, few, many)


def test_samples_without_scatter_give_the_line_and_no_error():
    found = planned([made_up()] * 3, 10_000)
    assert found.seconds.value == pytest.approx(1.5 + 0.5 + 2.0 + 100.0)
    assert (found.seconds.fixed, found.seconds.each) == (pytest.approx(4.0), pytest.approx(0.01))
    assert found.memory is not None
    assert found.memory.value == pytest.approx(10_500)
    assert found.disk.value == pytest.approx(30_040)
    assert found.seconds.error == pytest.approx(0.0, abs=1e-9)
    assert (found.start.value, found.compiling.value) == (1.5, 0.5)


def test_the_error_is_that_of_one_more_run_by_students_t():
    found = planned([made_up(), made_up(seconds=1.0), made_up(seconds=2.0)], 1_000)
    assert found.seconds.error == pytest.approx(4.302653 * 1.0 * (4 / 3) ** 0.5, rel=1e-6)  # t of 2 degrees, sd 1


def test_workers_share_what_grows_up_to_the_cores():
    alone, two, many = (planned([made_up()] * 2, 10_000, workers=workers, cores=2).seconds for workers in (1, 2, 8))
    assert two.each == pytest.approx(alone.each / 2)
    assert two.fixed == pytest.approx(alone.fixed)
    assert many == two


def test_memory_is_left_out_where_the_system_does_not_say():
    assert planned([made_up(), made_up(memory=None)], 10).memory is None


def test_one_sample_is_refused():
    with pytest.raises(EuthymiaError, match="1 samples; expected 2 or more"):
        planned([made_up()], 10)
    with pytest.raises(EuthymiaError, match="1 samples; expected 2 or more"):
        sampling.plan(small(), kept=True, samples=1)


def small() -> Treatment:
    return Treatment(regimen("esketamine 84 mg nasal on day 1"), days=1.0, population=9 * 512, seed=7, keep=("MADRS",))


@pytest.mark.parametrize("people", [1, 2, 3, 600, 1024, 1025, 100_000])
def test_no_sample_is_larger_than_the_run(people: int):
    few, many = sampling.sizes(replace(small(), population=people))
    assert 1 <= few <= many <= people
    assert people <= 6 * PEOPLE_A_SHARD or (few, many) == (2 * PEOPLE_A_SHARD, 6 * PEOPLE_A_SHARD)


def test_a_planned_run_keeps_the_files_and_bytes_that_were_said(tmp_path: Path):
    job = small()
    samples = [sampling.sample(job, number, 512, 1536, True, 1, 0.0) for number in range(2)]
    shards = -(-job.units // job.a_shard)
    said = planned(samples, job.units, shards=shards)
    assert sorted({sample.many.units for sample in samples}) == [1536]
    keep(job, Catalogue.at(tmp_path))
    kept = sampling._files(tmp_path)
    assert sum(file.suffix == ".parquet" for file in kept) == said.shards
    assert abs(sum(file.stat().st_size for file in kept) - said.disk.value) <= said.disk.error
    assert said.disk.error < 0.1 * said.disk.value
    assert said.to_dict()["schema"] == planning.SCHEMA
