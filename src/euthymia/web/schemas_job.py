"""Jobs: long work that goes on when the page is closed; asked for, looked at, cancelled, read."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from euthymia.store.jobs import EventKind
from euthymia.web import limits
from euthymia.web.schemas import Answer, Body, Fault, Seed
from euthymia.web.schemas_course import Name, RegimenAsked, WhoAsked


class JobState(StrEnum):
    """Where a job stands; the last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class _OfTrial(Body):
    trial: Name | None = Field(default=None, description="A trial of the package.")
    toml: str | None = Field(default=None, max_length=limits.LONGEST_TRIAL, description="Or a trial file's text.")
    seed: Seed = 1

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.trial is None) == (self.toml is None):
            raise ValueError("expected either trial or toml")
        return self


class TrialJob(_OfTrial):
    """Conduct a trial many times and set it beside what was published."""

    kind: Literal["trial"]
    replicates: int = Field(default=200, ge=3, le=limits.MOST_REPLICATES)


class PowerJob(_OfTrial):
    """How the primary analysis of a trial behaves."""

    kind: Literal["power"]
    replicates: int = Field(default=500, ge=20, le=limits.MOST_REPLICATES)
    alpha: float = Field(default=0.05, gt=0, lt=1, description="Two-sided level.")
    margin: float | None = Field(default=None, gt=0, le=60, description="A favourable difference, points.")
    arm: Name | None = None
    target: float | None = Field(default=None, gt=0, lt=1, description="Power for which the size is sought.")
    largest: int = Field(
        default=4000, ge=10, le=20_000, description="People in all arms beyond which no size is tried."
    )
    assurance: bool = False
    trials_differ: bool = False


class CourseJob(Body):
    """A treatment in more people than one request may ask for."""

    kind: Literal["course"]
    regimen: RegimenAsked
    who: WhoAsked = WhoAsked()
    people: int = Field(default=5000, ge=1, le=limits.MOST_JOB_PEOPLE)
    days: float = Field(default=28.0, ge=0.25, le=limits.MOST_DAYS)
    seed: Seed = 1
    keep: list[Name] = Field(default=[], max_length=limits.MOST_CURVES, description="Curves to keep; empty for all.")


class ScoreJob(Body):
    """Predict trials and judge the predictions."""

    kind: Literal["score"]
    trials: list[Name] = Field(
        default=[], max_length=60, description="Trials of the package; empty for the unseen ones."
    )
    replicates: int = Field(default=50, ge=3, le=1000)
    leave_out: bool = False
    seed: Seed = 1


class ClaimsJob(Body):
    """Put every claim to the model again; /claims answers from the result."""

    kind: Literal["claims"]


JobKind = Literal["trial", "power", "course", "score", "claims"]
JOB_KIND: TypeAdapter[JobKind] = TypeAdapter(JobKind)  # reads one back from a catalogue, where it is text
JobAsked = Annotated[TrialJob | PowerJob | CourseJob | ScoreJob | ClaimsJob, Field(discriminator="kind")]


class JobAnswer(Answer):
    """A job."""

    id: str
    kind: JobKind
    title: str
    state: JobState
    share: float = Field(ge=0, le=1, description="Share of the work that is done.")
    created: str = Field(description="UTC, ISO 8601.")
    started: str | None
    finished: str | None
    cancelling: bool = Field(description="Whether it was asked to stop and has not stopped yet.")
    ahead: int = Field(description="Jobs in the queue before it.")
    run: str | None = Field(description="The kept run behind it; `euthymia runs show RUN` tells all.")
    report: bool = Field(description="Whether /jobs/{id}/report answers.")
    command: str = Field(description="The command line that gives the same numbers; empty where there is none.")
    error: Fault | None = Field(description="Why it failed or was interrupted.")
    asked: dict[str, Any] = Field(description="The request, as it was understood.")


class Jobs(Answer):
    """Jobs, the newest first."""

    jobs: list[JobAnswer]
    total: int


class ArmPartial(Answer):
    """The arm's mean of each replicate that arrived, at the last visit of the phase."""

    arm: str
    phase: str
    visit: str
    means: list[float | None] = Field(description="MADRS of those seen, points, one a replicate.")


class Event(Answer):
    """The data of one server-sent event; its `id` counts from 1 within a job, its `event` is `kind`."""

    kind: EventKind
    at: str = Field(description="UTC.")
    share: float | None = Field(default=None, description="With progress and partial.")
    done: int | None = Field(default=None, description="Replicates or people that are finished.")
    total: int | None = None
    first: int | None = Field(default=None, description="With partial: number of its first replicate.")
    arms: list[ArmPartial] | None = Field(default=None, description="With partial.")
    error: Fault | None = Field(default=None, description="With failed and interrupted.")
