"""What a worker does for each kind of job, and what it leaves behind: a result and, where there is one, a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from euthymia.store.files import make_folder, write_durably
from euthymia.web import commands
from euthymia.web.jobs import MADE, REPORT, RESULT, folder_of
from euthymia.web.questions import treatment_of, trial_of
from euthymia.web.schemas_job import ClaimsJob, CourseJob, JobAsked, PowerJob, ScoreJob, TrialJob
from euthymia.web.standing import claims_document, made_with

if TYPE_CHECKING:
    from euthymia.runs.job import Job as RunJob
    from euthymia.store.jobs import Job, JobBook

Move = Callable[[float, dict[str, Any]], None]
ASKED: TypeAdapter[Any] = TypeAdapter(JobAsked)


class StoppedError(Exception):
    """Work that was asked to stop."""


@dataclass(frozen=True)
class Desk:
    """Where a job is worked on.

    Attributes:
        book: The jobs of the store.
        job: The job.
        move: Says how far the work is, and what came of it; raises `StoppedError` where it is to stop.
    """

    book: JobBook
    job: Job
    move: Move

    @property
    def folder(self) -> Path:
        """The folder of what the job leaves behind."""
        return make_folder(folder_of(self.book, self.job.id))


def carry_out(desk: Desk) -> None:
    """Do the work of a job, or go on with it.

    Raises:
        StoppedError: When it was asked to stop.
        EuthymiaError: When it cannot be carried out.
    """
    asked = ASKED.validate_python(desk.job.asked)
    match asked:
        case TrialJob():
            _conduct(desk, asked)
        case PowerJob():
            _power(desk, asked)
        case CourseJob():
            _course(desk, asked)
        case ScoreJob():
            _score(desk, asked)
        case ClaimsJob():
            _claims(desk)
    _leave(desk, MADE, _json(made_with(desk.job.command)))


def _conduct(desk: Desk, asked: TrialJob) -> None:
    from euthymia.report.html import trial_report
    from euthymia.runs.conducted import ConductedJob
    from euthymia.web.arriving import Arriving

    trial = trial_of(asked.trial, asked.toml)
    job = ConductedJob(trial, asked.replicates, asked.seed, commands.trial(asked))
    told = [each.told["first"] // job.a_shard for each in desk.book.events(desk.job.id) if "first" in each.told]
    arriving = Arriving(desk.book.place, job, told)

    def progress(_: float) -> None:
        for part in arriving.fresh():
            desk.move(part["done"] / asked.replicates, part)

    progress(0.0)  # what another job, or the command line, has kept of the same trial is there already
    result = _kept(desk, job, progress)
    _leave(desk, RESULT, _json(result.to_dict()))
    _leave(desk, REPORT, trial_report(result, trial).encode())


def _course(desk: Desk, asked: CourseJob) -> None:
    from euthymia.report.html import course_report

    job = treatment_of(
        asked.regimen, asked.who, people=asked.people, days=asked.days, seed=asked.seed, keep=tuple(asked.keep)
    )

    def progress(share: float) -> None:
        desk.move(share, {"done": min(round(share * asked.people), asked.people), "total": asked.people})

    result = _kept(desk, job, progress)
    _leave(desk, RESULT, _json(result.to_dict()))
    _leave(desk, REPORT, course_report(result).encode())


def _kept(desk: Desk, job: RunJob, progress: Callable[[float], None]) -> Any:
    """Return the result of a kept run, having said which run it is before work begins."""
    from euthymia.runs.job import provenance_of
    from euthymia.runs.keeping import Work, keep
    from euthymia.store.catalogue import Catalogue
    from euthymia.store.provenance import run_id

    desk.book.keeps(desk.job.id, run_id(provenance_of(job)))
    return keep(job, Catalogue(desk.book.place), Work(threads=1, progress=progress)).result


def _power(desk: Desk, asked: PowerJob) -> None:
    from euthymia import api

    found = api.power(
        trial_of(asked.trial, asked.toml),
        replicates=asked.replicates,
        alpha=asked.alpha,
        margin=asked.margin,
        arm=asked.arm,
        target=asked.target,
        largest=asked.largest,
        assurance=asked.assurance,
        trials_differ=asked.trials_differ,
        seed=asked.seed,
        threads=1,
        out=desk.folder,
        progress=lambda share: desk.move(share, {}),
    )
    _leave(desk, RESULT, found.to_json().encode())


def _score(desk: Desk, asked: ScoreJob) -> None:
    from euthymia import api

    found = api.score_trials(
        [trial_of(name, None) for name in asked.trials],
        replicates=asked.replicates,
        leave_out=asked.leave_out,
        seed=asked.seed,
        threads=1,
        out=desk.folder,
        command=commands.score(asked),
        progress=lambda share: desk.move(share, {}),
    )
    _leave(desk, RESULT, found.to_json().encode())


def _claims(desk: Desk) -> None:
    from euthymia.claims.judging import put_all
    from euthymia.claims.registry import claims

    found = put_all(claims(), progress=lambda share: desk.move(share, {}))
    _leave(desk, RESULT, _json(claims_document(found)))


def _leave(desk: Desk, name: str, data: bytes) -> None:
    write_durably(desk.folder / name, data)


def _json(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()
