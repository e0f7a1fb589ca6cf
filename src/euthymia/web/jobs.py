"""Jobs between a request and the store: what may be queued, what it is called, and how it is answered."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from euthymia.store.jobs import Job, JobBook, JobEvent
from euthymia.web import commands
from euthymia.web.courses import check_curves
from euthymia.web.questions import naming, treatment_of, trial_of
from euthymia.web.schemas import Fault
from euthymia.web.schemas_job import (
    JOB_KIND,
    ArmPartial,
    ClaimsJob,
    CourseJob,
    Event,
    JobAnswer,
    JobAsked,
    JobState,
    PowerJob,
    ScoreJob,
    TrialJob,
)

RESULT, REPORT, MADE = "result.json", "report.html", "made.json"
LONGEST_TITLE = 200


def prepared(asked: JobAsked) -> Job:
    """Return a job for the queue, after everything that can be refused at once was looked at.

    Raises:
        RefusalError: When it cannot be carried out; it names the field.
    """
    title, command = _spelled(asked)
    return Job(
        id=secrets.token_hex(6),
        kind=asked.kind,
        title=title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "\N{HORIZONTAL ELLIPSIS}",
        asked=asked.model_dump(mode="json"),
        command=command,
    )


def folder_of(book: JobBook, job: str) -> Path:
    """Return the folder of what a job leaves behind; names come from the catalogue, never from a request."""
    return book.place.folder(f"job-{job}")


def job_answer(book: JobBook, job: Job) -> JobAnswer:
    """Return a job as it is answered."""
    return JobAnswer(
        id=job.id,
        kind=JOB_KIND.validate_python(job.kind),
        title=job.title,
        state=JobState(job.state.value),
        share=min(max(job.share, 0.0), 1.0),
        created=job.created,
        started=job.started,
        finished=job.finished,
        cancelling=job.cancelling and not job.state.over,
        ahead=book.ahead(job),
        run=job.run,
        report=(folder_of(book, job.id) / REPORT).exists(),
        command=job.command,
        error=None if job.error is None else Fault(**job.error),
        asked=dict(job.asked),
    )


def event_data(event: JobEvent) -> Event:
    """Return an event as it is sent."""
    told: dict[str, Any] = dict(event.told)
    arms = told.pop("arms", None)
    error = told.pop("error", None)
    return Event(
        kind=event.kind,
        at=event.at,
        arms=None if arms is None else [ArmPartial(**each) for each in arms],
        error=None if error is None else Fault(**error),
        **{name: told.get(name) for name in ("share", "done", "total", "first")},
    )


def _spelled(asked: JobAsked) -> tuple[str, str]:
    """Return title and command of a job, having looked at what it names."""
    match asked:
        case TrialJob():
            return _conductible(asked), commands.trial(asked)
        case PowerJob():
            return f"power: {_conductible(asked)}", commands.power(asked)
        case CourseJob():
            keep = tuple(asked.keep)
            made = treatment_of(
                asked.regimen, asked.who, people=asked.people, days=asked.days, seed=asked.seed, keep=keep
            )
            check_curves(keep, "keep")
            return made.title, made.command
        case ScoreJob():
            for place, name in enumerate(asked.trials):
                trial_of(name, None, f"trials.{place}")
            return f"score of {len(asked.trials) or 'the unseen'} trials", commands.score(asked)
        case ClaimsJob():
            return "claims, put to the model", "euthymia claims"


def _conductible(asked: TrialJob | PowerJob) -> str:
    from euthymia.trials.conduct import check

    found = trial_of(asked.trial, asked.toml)
    with naming("trial" if asked.toml is None else "toml"):
        check(found)
    return found.title
