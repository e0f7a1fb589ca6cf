"""A kept run gives the same bytes as one that is not kept, whoever works on it and however often it was ended."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
import runs_samples
import store_samples
from runs_samples import REGIMEN, Dying, Invented, files_of

import euthymia as eu
from euthymia import api
from euthymia.engine.executor import executor
from euthymia.errors import EuthymiaError, StoreError, UnknownNameError
from euthymia.runs.keeping import Work, keep
from euthymia.runs.treatment import PEOPLE_A_SHARD, Treatment
from euthymia.store.catalogue import Catalogue
from euthymia.treatment.sentence import regimen
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Trial
from euthymia.trials.power_plan import with_sizes

PEOPLE = 2 * PEOPLE_A_SHARD + 1  # so that one person is alone in the last shard
VARIABLES = ("plasma", "MADRS", "CADSS")


def treatment() -> Treatment:
    return Treatment(regimen(REGIMEN), days=1.0, population=PEOPLE, seed=2, keep=VARIABLES)


def two_of_each_arm() -> Trial:
    trial = load_trial("transform-2")
    return with_sizes(trial, (2, 2))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    store = tmp_path_factory.mktemp("undisturbed")
    keep(treatment(), Catalogue.at(store))
    return files_of(store)


def test_a_kept_course_is_that_of_the_same_people_not_kept(tmp_path: Path):
    kept = api.simulate(REGIMEN, days=1, population=PEOPLE, seed=2, store=tmp_path)
    there = api.simulate(REGIMEN, days=1, population=PEOPLE, seed=2)
    assert kept.names == there.names
    assert all(kept[name].tobytes() == there[name].tobytes() for name in there.names)
    assert kept.to_dict() == there.to_dict()
    with pytest.raises(ValueError, match="read-only"):
        kept["MADRS"][0, 0] = 0.0


def test_a_kept_typical_person_is_that_one(tmp_path: Path):
    kept, there = api.simulate(REGIMEN, days=1, store=tmp_path), api.simulate(REGIMEN, days=1)
    assert kept.to_dict() == there.to_dict()
    assert kept["MADRS"].ndim == 1


@pytest.mark.parametrize("trial", ["transform-2", "synapse", pytest.param("sustain-1", marks=pytest.mark.long)])
def test_a_kept_trial_says_what_it_says_not_kept(tmp_path: Path, trial: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("euthymia.trials.conduct.REPLICATES_A_BATCH", 2)
    design = load_trial(trial)
    design = with_sizes(design, tuple(4 for _ in design.phases[0].arms))
    kept = api.conduct(design, seed=3, replicates=3, store=tmp_path)
    assert len(eu.runs.show(tmp_path, "r").shards) == 2
    assert kept.to_json() == api.conduct(design, seed=3, replicates=3).to_json()


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("chunk", [1, 2 * PEOPLE_A_SHARD, 10_000])
def test_threads_and_people_a_task_change_no_byte(
    tmp_path: Path, undisturbed: dict[str, bytes], threads: int, chunk: int
):
    keep(treatment(), Catalogue.at(tmp_path), Work(threads=threads, chunk=chunk))
    assert files_of(tmp_path) == undisturbed


def test_processes_change_no_byte(tmp_path: Path, undisturbed: dict[str, bytes]):
    keep(treatment(), Catalogue.at(tmp_path), Work(executor(2)))
    assert files_of(tmp_path) == undisturbed


@pytest.mark.long
@pytest.mark.parametrize("who", ["2 processes", "local:3"])
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_worker_killed_in_mid_run_changes_no_byte(tmp_path: Path, undisturbed: dict[str, bytes], who: str):
    job = Dying(**vars(treatment()), marks=str(tmp_path))
    work = Work(executor(2) if who == "2 processes" else executor(cluster=who))
    keep(job, Catalogue.at(tmp_path / "store"), work)
    assert (tmp_path / "killed").exists()
    assert files_of(tmp_path / "store") == undisturbed


def test_a_cluster_of_one_worker_changes_no_byte(tmp_path: Path, undisturbed: dict[str, bytes]):
    keep(treatment(), Catalogue.at(tmp_path), Work(executor(cluster="local:1")))
    assert files_of(tmp_path) == undisturbed


@pytest.mark.skipif(not store_samples.POSTGRES, reason="EUTHYMIA_TEST_POSTGRES names no server")
def test_a_run_kept_on_a_server_is_the_same_run(tmp_path: Path, undisturbed: dict[str, bytes]):
    url, name = store_samples.own_base(tmp_path / "shards")
    try:
        run = keep(treatment(), Catalogue.at(url)).run
        assert files_of(tmp_path) == undisturbed
        assert eu.runs.rerun(url, run.id).same
        assert eu.runs.query(url, "SELECT count(DISTINCT person) FROM course").rows == ((PEOPLE,),)
        assert eu.runs.remove(url, run.id) == run
    finally:
        store_samples.drop_base(name)


def test_a_finished_run_is_returned_without_computing(tmp_path: Path):
    catalogue = Catalogue.at(tmp_path)
    first, again = (keep(Invented(), catalogue) for _ in range(2))
    assert (first.computed, again.computed) == (10, 0)
    assert again.result == first.result
    assert len(catalogue.runs()) == 1


def test_a_run_that_was_ended_goes_on_from_its_shards_to_the_same_bytes(tmp_path: Path):
    whole, ended = Catalogue.at(tmp_path / "whole"), Catalogue.at(tmp_path / "ended")
    keep(Invented(), whole)

    def stop(share: float) -> None:
        if share >= 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(Invented(), ended, Work(progress=stop))
    assert len(ended.shards(ended.runs()[0].id)) == 4
    assert keep(Invented(), ended).computed == 6
    assert files_of(tmp_path / "ended") == files_of(tmp_path / "whole")
    run = ended.runs()[0].id
    assert [event.what for event in ended.events(run)] == ["started", "gone on with 4 of 10 shards", "finished"]


def test_another_request_seed_or_program_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    catalogue = Catalogue.at(tmp_path)
    for job in (Invented(), Invented(seed=2), Invented(width=4), Invented(units=50), Invented(command="spelled")):
        keep(job, catalogue)
    assert len(catalogue.runs()) == 4  # how a command is spelled makes no other run
    monkeypatch.setattr("euthymia.store.provenance.program_digest", lambda: "another")
    keep(Invented(), catalogue)
    assert len(catalogue.runs()) == 5


def test_a_changed_shard_or_result_is_refused_by_name_when_a_run_is_asked_for_again(tmp_path: Path):
    catalogue = Catalogue.at(tmp_path)
    run = keep(Invented(), catalogue).run
    file = catalogue.place.folder(run.id) / "summary.json"
    file.write_text('{"total": 1.0}', encoding="utf-8")
    with pytest.raises(StoreError, match=r"summary\.json' was changed after it was written"):
        keep(Invented(), catalogue)
    shard = catalogue.place.folder(run.id) / "000004.parquet"
    shard.write_bytes(shard.read_bytes()[:-1])
    with pytest.raises(StoreError, match=r"000004\.parquet' has \d+ bytes"):
        keep(Invented(), catalogue)


def test_a_run_of_the_same_job_by_two_at_once_is_one_run(tmp_path: Path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: keep(Invented(seconds=0.01), Catalogue.at(tmp_path)), range(3)))
    assert len({each.result for each in found}) == 1
    keep(Invented(), Catalogue.at(tmp_path / "alone"))
    assert files_of(tmp_path) == files_of(tmp_path / "alone")


def test_running_again_gives_the_same_bytes_and_leaves_nothing(tmp_path: Path):
    run = keep(treatment(), Catalogue.at(tmp_path)).run
    before = sorted(tmp_path.rglob("*.parquet"))
    found = eu.runs.rerun(tmp_path, run.id[:4])
    assert found.same
    assert (found.shards, found.other_result, found.differences) == (3, False, ())
    assert sorted(path for path in tmp_path.rglob("*.parquet")) == before
    assert not list((tmp_path / "shards").glob(".again-*"))


def test_a_run_in_float32_is_run_again_in_float32(tmp_path: Path):
    regimen = "esketamine 84 mg nasal on day 1"
    for dtype in ("float32", "float64"):
        eu.simulate(regimen, days=1, population=20, dtype=dtype, store=tmp_path, keep="MADRS")
    runs = eu.runs.listed(tmp_path)
    assert len(runs) == 2, "a run of the other dtype is another run"
    assert [eu.runs.rerun(tmp_path, run.id).same for run in runs] == [True, True]


def test_running_again_elsewhere_says_what_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = keep(treatment(), Catalogue.at(tmp_path)).run
    monkeypatch.setattr("euthymia.store.provenance.records_digest", lambda: "others")
    found = eu.runs.rerun(tmp_path, run.id)
    assert found.same  # these records differ in name only
    assert found.differences == (f'records was "{run.provenance["records"]}" and is "others"',)
    real = Treatment.rows

    def moved(job: Treatment, numbers: range, threads: int | None) -> object:
        rows = real(job, numbers, threads)
        rows.columns["MADRS"][0] += 1e-13 * (numbers.start == PEOPLE_A_SHARD)  # type: ignore[index]
        return rows

    monkeypatch.setattr(Treatment, "rows", moved)
    assert eu.runs.rerun(tmp_path, run.id).other_rows == (1,)


def test_a_job_is_read_back_from_its_provenance(tmp_path: Path):
    from euthymia.models.accounts import Mechanism
    from euthymia.models.asked import Asked
    from euthymia.models.condition import Condition
    from euthymia.pharmacology.covariates import ChildPugh, Renal
    from euthymia.runs.conducted import ConductedJob
    from euthymia.runs.job import job_of, provenance_of

    asked = Asked("weekly for 4 weeks from day 15", ("naltrexone",), 20.0, Mechanism.DIRECT)
    condition = Condition(Renal.MILD, ChildPugh.B, ("rifampicin",))
    for job in (
        replace(treatment(), asked=asked, condition=condition, fast=True, safety=False, command="so"),
        ConductedJob(two_of_each_arm(), 5, 7, "so"),
    ):
        held = json.loads(json.dumps(provenance_of(job)))
        assert job_of(held) == job
        assert provenance_of(job_of(held)) == held
    with pytest.raises(StoreError, match="no kind of run 'dance'; known: simulate, trial"):
        job_of({"kind": "dance"})
    with pytest.raises(StoreError, match="the request of a simulate run cannot be read"):
        job_of({"kind": "simulate", "request": {}})


def test_a_variable_that_no_course_has_is_refused(tmp_path: Path):
    with pytest.raises(UnknownNameError, match="no variable of this course 'MADR'; did you mean 'MADRS'"):
        api.simulate(REGIMEN, days=1, population=600, store=tmp_path, keep="MADR")
    assert eu.runs.listed(tmp_path) == ()


@pytest.mark.parametrize("given", [{"workers": 2}, {"cluster": "local:1"}, {"chunk": 5}, {"keep": ("MADRS",)}])
def test_what_only_a_kept_run_has_is_refused_without_a_store(given: dict[str, object]):
    with pytest.raises(EuthymiaError, match=f"{next(iter(given))} is given without a store"):
        api.simulate(REGIMEN, days=1, **given)  # type: ignore[arg-type]


def test_questions_agree_with_the_course(tmp_path: Path):
    kept = api.simulate(REGIMEN, days=1, population=PEOPLE, seed=2, store=tmp_path, keep=VARIABLES)
    answer = eu.runs.query(tmp_path, "SELECT person, MADRS FROM course WHERE t_h = 24 ORDER BY person")
    assert np.array(answer.rows)[:, 1].tobytes() == kept.at("MADRS", 24.0).tobytes()
    assert eu.runs.query(tmp_path, "SELECT count(*) FROM people").rows == ((PEOPLE,),)
    shown = eu.runs.show(tmp_path, "r")
    assert shown.moments["MADRS at the end, points"].mean == pytest.approx(kept["MADRS"][:, -1].mean(), rel=1e-12)


def test_questions_to_a_trial_count_its_people_by_arm_and_visit(tmp_path: Path):
    api.conduct(two_of_each_arm(), replicates=3, store=tmp_path)
    sql = "SELECT arm, count(DISTINCT visit), count(*) FROM ratings GROUP BY arm ORDER BY arm"
    assert eu.runs.query(tmp_path, sql).rows == (("flexible + AD", 5, 30), ("placebo + AD", 5, 30))
    assert eu.runs.query(tmp_path, "SELECT count(*) FROM people").rows == ((12,),)


def test_a_removed_run_is_gone_with_its_files(tmp_path: Path):
    catalogue = Catalogue.at(tmp_path)
    first, second = (keep(Invented(seed=seed), catalogue).run for seed in (1, 2))
    assert eu.runs.remove(tmp_path, first.id).id == first.id
    assert [run.id for run in eu.runs.listed(tmp_path)] == [second.id]
    assert [path.name for path in (tmp_path / "shards").iterdir()] == [second.id]
    assert keep(Invented(seed=1), catalogue).run.id == first.id


def test_a_worker_with_another_program_is_refused(tmp_path: Path):
    from euthymia.runs.task import Task, carry_out

    with pytest.raises(StoreError, match="a worker has another program, records or versions"):
        carry_out(Task(Invented(), "r1", str(tmp_path), ((0, range(10)),), "other", 1))
    assert runs_samples.files_of(tmp_path) == {}
