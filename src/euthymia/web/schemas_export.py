"""Exports: from what a page shows to a script that gives the same numbers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from euthymia.web.schemas import Body
from euthymia.web.schemas_circuit import CircuitAsked, RasterAsked, SynapseAsked
from euthymia.web.schemas_course import CoursesAsked
from euthymia.web.schemas_job import CourseJob, PowerJob, ScoreJob, TrialJob


class Format(StrEnum):
    """What an export is written in."""

    TOML = "toml"
    PYTHON = "python"
    CLI = "cli"
    CSV = "csv"


class CoursesState(Body):
    """The page of courses."""

    page: Literal["courses"]
    asked: CoursesAsked


class CircuitState(Body):
    """The page of the circuit."""

    page: Literal["circuit"]
    asked: CircuitAsked


class RasterState(Body):
    """The raster of the circuit's page."""

    page: Literal["raster"]
    asked: RasterAsked


class SynapseState(Body):
    """The page of the synapse."""

    page: Literal["synapse"]
    asked: SynapseAsked


class JobsState(Body):
    """A job."""

    page: Literal["job"]
    asked: Annotated[TrialJob | PowerJob | CourseJob | ScoreJob, Field(discriminator="kind")]


State = Annotated[CoursesState | CircuitState | RasterState | SynapseState | JobsState, Field(discriminator="page")]


class ExportAsked(Body):
    """What is to be exported, and as what."""

    state: State
    format: Format
