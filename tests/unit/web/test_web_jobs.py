from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_samples import NASAL, SMALL, running, told

from euthymia import api
from euthymia.runs.conducted import ConductedJob
from euthymia.store.jobs import Job, JobBook, State
from euthymia.store.place import place_of
from euthymia.trials.protocol import parse_trial
from euthymia.web import limits
from euthymia.web.foreman import Foreman
from euthymia.web.schemas_job import Event, JobAnswer
from euthymia.web.settings import Settings

JOBS = "/api/v1/jobs"
STORES: list[Path] = []
ENDS = {"done", "failed", "cancelled", "interrupted"}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server with one worker."""
    store = tmp_path_factory.mktemp("busy")
    with running(Settings(store=store, workers=1, warm=False, streams=6)) as found:
        STORES.append(store)
        yield found


def asked(client: httpx.Client, **job: object) -> str:
    answer = client.post(JOBS, json=job)
    assert answer.status_code == 202, answer.text
    return JobAnswer.model_validate(answer.json()).id


def ended(client: httpx.Client, job: str) -> list[dict]:
    events = told(client, job)
    assert events[-1]["event"] in ENDS
    return events


def test_a_trial_is_conducted_told_of_and_the_same_as_anywhere(busy: httpx.Client) -> None:
    job = asked(busy, kind="trial", toml=SMALL, replicates=130, seed=2)
    events = ended(busy, job)
    assert [int(each["id"]) for each in events] == list(range(1, len(events) + 1))
    kinds = [Event.model_validate(each["data"]).kind for each in events]
    assert kinds == ["queued", "started", "partial", "partial", "partial", "done"]
    parts = [Event.model_validate(each["data"]) for each in events if each["event"] == "partial"]
    assert [(each.first, each.done, each.total) for each in parts] == [(0, 64, 130), (64, 128, 130), (128, 130, 130)]
    result = busy.get(f"{JOBS}/{job}/result").json()
    ours = api.conduct(parse_trial(SMALL), replicates=130, seed=2, threads=1).to_dict()
    assert result["arm_visits"] == ours["arm_visits"]
    means = [mean for part in parts for arm in part.arms or () if arm.arm == "spray" for mean in arm.means]
    assert len(means) == 130
    spray = next(each for each in result["arm_visits"] if each["arm"] == "spray")
    assert sum(mean or 0.0 for mean in means) / 130 == pytest.approx(spray["MADRS"]["mean"], abs=2e-3)
    report = busy.get(f"{JOBS}/{job}/report")
    assert report.status_code == 200
    assert "<b>of</b>" not in report.text
    assert "script-src" not in report.headers["content-security-policy"]
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert busy.get(f"{JOBS}/{job}").json()["state"] == "done"


def test_who_comes_back_hears_only_what_is_new(busy: httpx.Client) -> None:
    job = asked(busy, kind="trial", toml=SMALL, replicates=130, seed=2)
    every = ended(busy, job)
    assert len(every) == 6  # also where the run was kept before
    assert told(busy, job, after=3) == every[3:]
    last = busy.get(f"{JOBS}/{job}/events", headers={"Last-Event-ID": every[-1]["id"]})
    assert last.status_code == 204


def test_a_course_in_more_people_is_kept(busy: httpx.Client) -> None:
    job = asked(busy, kind="course", regimen={"sentence": NASAL}, people=600, days=2, keep=["MADRS"])
    assert ended(busy, job)[-1]["event"] == "done"
    result = busy.get(f"{JOBS}/{job}/result").json()
    assert result["schema"] == "euthymia.course/1"
    assert list(result["variables"]) == ["MADRS"]
    assert busy.get(f"{JOBS}/{job}").json()["run"]


def test_power_is_asked_for(busy: httpx.Client) -> None:
    job = asked(busy, kind="power", toml=SMALL, replicates=20)
    assert ended(busy, job)[-1]["event"] == "done"
    assert busy.get(f"{JOBS}/{job}/result").json()["schema"].startswith("euthymia.power/")
    assert busy.get(f"{JOBS}/{job}/report").status_code == 404


def test_a_job_that_waits_and_one_that_runs_are_cancelled(busy: httpx.Client) -> None:
    first = asked(busy, kind="trial", toml=SMALL, replicates=5000, seed=3)
    second = asked(busy, kind="trial", toml=SMALL, replicates=5000, seed=4)
    assert busy.get(f"{JOBS}/{second}").json()["ahead"] >= 0
    assert busy.get(f"{JOBS}/{first}/result").status_code == 409
    assert busy.post(f"{JOBS}/{second}/cancel").json()["state"] == "cancelled"
    told(busy, first, until="partial")
    assert busy.post(f"{JOBS}/{first}/cancel").status_code == 200
    assert ended(busy, first)[-1]["event"] == "cancelled"
    assert told(busy, second)[-1]["event"] == "cancelled"
    again = busy.post(f"{JOBS}/{first}/cancel").json()
    assert (again["state"], again["cancelling"]) == ("cancelled", False)
    assert busy.get(f"{JOBS}/{first}/result").status_code == 404


def test_a_job_that_fails_says_why(busy: httpx.Client) -> None:
    job = asked(busy, kind="power", toml=SMALL, replicates=20, arm="spary")
    last = ended(busy, job)[-1]
    assert last["event"] == "failed"
    assert last["data"]["error"]["nearest"] == "spray"
    assert busy.get(f"{JOBS}/{job}").json()["error"]["nearest"] == "spray"


def test_jobs_are_listed_newest_first(busy: httpx.Client) -> None:
    job = asked(busy, kind="trial", toml=SMALL, replicates=3)
    ended(busy, job)
    listed = busy.get(JOBS, params={"limit": 2}).json()
    assert listed["jobs"][0]["id"] == job
    assert listed["total"] >= len(listed["jobs"]) == min(2, listed["total"])
    made = [each["created"] for each in busy.get(JOBS).json()["jobs"]]
    assert made == sorted(made, reverse=True)


def test_a_worker_that_is_killed_is_replaced_and_its_job_goes_on(busy: httpx.Client) -> None:
    job = asked(busy, kind="trial", toml=SMALL, replicates=640, seed=5)
    told(busy, job, until="partial")
    os.kill(worker_of(job), signal.SIGKILL)
    events = ended(busy, job)
    assert "resumed" in [each["event"] for each in events]
    assert events[-1]["event"] == "done"
    ours = api.conduct(parse_trial(SMALL), replicates=640, seed=5, threads=1).to_dict()
    assert busy.get(f"{JOBS}/{job}/result").json()["arm_visits"] == ours["arm_visits"]


def test_too_many_streams_are_refused_kindly_and_the_server_stays_up(busy: httpx.Client) -> None:
    job = asked(busy, kind="trial", toml=SMALL, replicates=5000, seed=6)
    told(busy, job, until="started")
    lines = [busy.build_request("GET", f"{JOBS}/{job}/events") for _ in range(30)]
    with httpx.Client(base_url=busy.base_url, limits=httpx.Limits(max_connections=100), trust_env=False) as many:
        answers = [many.send(line, stream=True) for line in lines]
        states = [answer.status_code for answer in answers]
        assert states.count(200) <= 6
        assert states.count(429) == 30 - states.count(200)
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.headers["retry-after"]
        assert many.get("/api/v1/health").status_code == 200
        for answer in answers:
            answer.close()
    busy.post(f"{JOBS}/{job}/cancel")
    deadline = time.monotonic() + 10.0
    while busy.get(f"{JOBS}/{job}/events").status_code == 429:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_full_queue_says_so(tmp_path: Path) -> None:
    with running(Settings(store=tmp_path, workers=0, warm=False, queued=2)) as own:
        for _ in range(2):
            asked(own, kind="claims")
        answer = own.post(JOBS, json={"kind": "claims"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"]


def test_a_restart_forgets_no_job(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, workers=0, warm=False)
    with running(settings) as own:
        job = asked(own, kind="trial", toml=SMALL, replicates=3)
    with running(settings) as own:
        held = own.get(f"{JOBS}/{job}").json()
    assert (held["state"], held["asked"]["toml"]) == ("queued", SMALL)


def lost(book: JobBook, times: int) -> Job:
    """A job whose worker was lost so many times, the last time not yet noticed."""
    job = book.add(Job("j1", "claims", "claims", {"kind": "claims"}), 10)
    for _ in range(times):
        taken = book.take("elsewhere:1")
        assert taken is not None
        with book._writes() as connection:
            connection.exec_driver_sql("UPDATE euthymia_jobs SET beat = 0")
        if _ < times - 1:
            assert book.requeue(taken)
    return book.job(job.id)


@pytest.mark.parametrize(("times", "state"), [(1, State.QUEUED), (limits.JOB_TRIES, State.INTERRUPTED)])
def test_work_that_is_lost_goes_on_until_it_was_lost_too_often(tmp_path: Path, times: int, state: State) -> None:
    book = JobBook(place_of(tmp_path))
    lost(book, times)
    Foreman(book, Settings(store=tmp_path, workers=0)).recover()
    job = book.job("j1")
    assert job.state is state
    assert (job.error is not None) == (state is State.INTERRUPTED)


def test_one_job_is_taken_by_one_worker(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    book = JobBook(place_of(tmp_path))
    for number in range(20):
        book.add(Job(f"j{number}", "claims", "claims", {}), 100)
    with ThreadPoolExecutor(8) as pool:
        taken = [each.id for each in pool.map(lambda k: book.take(f"w{k}"), range(30)) if each is not None]
    assert sorted(taken) == sorted(f"j{number}" for number in range(20))


def test_a_kept_run_is_the_one_that_the_command_line_makes(busy: httpx.Client, tmp_path: Path) -> None:
    from euthymia.runs.job import provenance_of
    from euthymia.store.provenance import run_id

    job = asked(busy, kind="trial", toml=SMALL, replicates=3, seed=9)
    ended(busy, job)
    assert busy.get(f"{JOBS}/{job}").json()["run"] == run_id(provenance_of(ConductedJob(parse_trial(SMALL), 3, 9)))


def worker_of(job: str) -> int:
    """The process that works on a job."""
    name = JobBook(place_of(STORES[-1])).job(job).worker or ""
    return int(name.rpartition(":")[2])


def test_a_result_is_plain_json(busy: httpx.Client) -> None:
    job = asked(busy, kind="trial", toml=SMALL, replicates=3, seed=9)
    ended(busy, job)
    answer = busy.get(f"{JOBS}/{job}/result")
    assert answer.headers["content-type"] == "application/json"
    json.loads(answer.text, parse_constant=lambda name: pytest.fail(name))
