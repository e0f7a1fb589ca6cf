"""What answers have in common: strictness, what an error looks like, health, what there is to choose from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from euthymia.web import limits

Text = Annotated[str, Field(max_length=200)]
Seed = Annotated[int, Field(ge=0, le=limits.LARGEST_SEED, description="Seed of the named streams.")]
Numbers = list[float | None]


class Body(BaseModel):
    """A request: unknown keys, infinities and numbers written as text are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Answer(BaseModel):
    """An answer; numbers that are not known are null."""

    model_config = ConfigDict(frozen=True)


class Fault(Answer):
    """What went wrong: what was given, what is allowed, and the nearest valid name, where there is one."""

    code: str = Field(description="A word for programs, such as unknown_name, invalid, too_large, busy.")
    message: str = Field(description="A sentence for people.")
    given: str | None = Field(default=None, description="What was given, cut to 200 characters.")
    allowed: str | list[str] | None = Field(default=None, description="What is allowed: a range in words, or names.")
    nearest: str | None = Field(default=None, description="The nearest valid name.")
    where: str | None = Field(default=None, description="The field of the request, such as regimens.0.sentence.")


class ErrorAnswer(Answer):
    """Every answer with a status of 400 or more."""

    error: Fault


class Health(Answer):
    """Whether the server can work."""

    status: Literal["ok", "warming"] = Field(description="warming until the first programs are compiled.")
    version: str
    workers: int = Field(description="Processes that work on jobs and are alive.")
    jobs_running: int
    jobs_queued: int


class RouteLimit(Answer):
    """A way of giving a drug; limits catch slips of the pen and recommend nothing."""

    route: str
    max_mg: float = Field(description="Largest single amount, mg.")
    max_mg_per_kg: float | None = Field(description="Largest single amount, mg/kg body weight; null: never by weight.")


class DrugAnswer(Answer):
    """A drug that a regimen may name."""

    name: str
    title: str
    kind: str = Field(description="rapid antidepressant, oral antidepressant, placebo or active placebo.")
    routes: list[RouteLimit]
    aliases: list[str]
    device_mg: float | None = Field(description="Content of a nasal device, mg.")
    devices: int = Field(description="Largest number of devices in a session.")
    modelled: bool = Field(description="Whether its level is simulated.")
    note: str


class CurveMeta(Answer):
    """A curve that a course may have; which of them it has depends on what is given."""

    name: str = Field(description="As in `euthymia simulate --json`.")
    label: str
    unit: str
    group: str = Field(description="plasma, receptors, circuit, plasticity, serotonin, mood or harms.")
    records: list[str] = Field(description="Evidence records behind it; ask /evidence?q=RECORD.")
    default: bool = Field(description="Whether it is answered when no curves are named.")


class ScaleAnswer(Answer):
    """A rating scale."""

    name: str
    low: float
    high: float
    unit: str


class OtherDrug(Answer):
    """A drug that may be taken beside a regimen."""

    name: str
    changes_levels: bool
    acts_on_plasticity: bool


class Limits(Answer):
    """The largest question that one request may ask, and what the server does at once."""

    people: int
    days: float
    regimens: int
    doses: int
    points: int
    sentence_characters: int
    circuit_levels: int
    raster_cells: int
    raster_ms: float
    trial_characters: int
    replicates: int
    job_people: int
    body_bytes: int
    request_s: float
    streams: int
    jobs_queued: int


class Meta(Answer):
    """What there is to choose from."""

    version: str
    notice: str = Field(description="That this is for research and teaching; show it.")
    drugs: list[DrugAnswer]
    schedules: list[str] = Field(description="Examples of when doses are given, in the words of a sentence.")
    examples: list[str] = Field(description="Whole sentences that can be simulated.")
    others: list[OtherDrug]
    mechanisms: list[str]
    kidneys: list[str]
    liver: list[str]
    curves: list[CurveMeta]
    scales: list[ScaleAnswer]
    grades: list[str]
    changes: list[str] = Field(description="What may be changed in the circuit, without the number that follows.")
    receptors: list[str] = Field(description="Receptors of the single synapse.")
    ways: list[str] = Field(description="Ways in which a drug acts on the single synapse.")
    limits: Limits
