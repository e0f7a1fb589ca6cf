"""Exports: what a page shows, as a TOML, Python, shell or CSV file that gives the same numbers."""

from __future__ import annotations

from typing import Any

from euthymia.web import commands, exports_csv, exports_python
from euthymia.web.chooser import NOTICE
from euthymia.web.commands import OWN_FILE
from euthymia.web.courses import checked
from euthymia.web.jobs import prepared
from euthymia.web.questions import trial_of
from euthymia.web.schemas_export import (
    CircuitState,
    CoursesState,
    ExportAsked,
    Format,
    JobsState,
    RasterState,
    State,
    SynapseState,
)
from euthymia.web.schemas_job import PowerJob, TrialJob

KINDS = {
    Format.TOML: "application/toml",
    Format.PYTHON: "text/x-python",
    Format.CLI: "text/x-shellscript",
    Format.CSV: "text/csv",
}
ENDINGS = {Format.TOML: "toml", Format.PYTHON: "py", Format.CLI: "sh", Format.CSV: "csv"}
END = "END_OF_TRIAL"


def named(asked: ExportAsked) -> tuple[str, str]:
    """Return name and media type of an export's file."""
    return f"euthymia-{asked.state.page}.{ENDINGS[asked.format]}", KINDS[asked.format]


def export(asked: ExportAsked) -> bytes:
    """Return the file.

    Raises:
        RefusalError: When what the page shows cannot be, or has no such file.
    """
    match asked.format:
        case Format.TOML:
            text = _toml(asked.state)
        case Format.PYTHON:
            text = exports_python.script(asked.state)
        case Format.CLI:
            text = _shell(asked.state)
        case Format.CSV:
            text = exports_csv.table(asked.state)
    return text.encode("utf-8")


def _toml(state: State) -> str:
    """Return the trial's own file where there is a trial, else the request, as the API takes it."""
    import tomlkit

    if isinstance(state, JobsState) and isinstance(state.asked, TrialJob | PowerJob):
        from euthymia.trials.writing import to_toml

        return to_toml(trial_of(state.asked.trial, state.asked.toml))
    said = "".join(f"# {line}\n" for line in (NOTICE, *_commands(state)))
    return said + tomlkit.dumps(_without_none(state.asked.model_dump(mode="json")))


def _shell(state: State) -> str:
    lines = ["#!/bin/sh", f"# {NOTICE}", "set -e"]
    if isinstance(state, JobsState) and getattr(state.asked, "toml", None):
        text = _toml(state)
        end = END
        while end in text:
            end += "_"
        lines += [f"cat > {OWN_FILE} <<'{end}'", text.rstrip("\n"), end]
    return "\n".join([*lines, *_commands(state)]) + "\n"


def _commands(state: State) -> list[str]:
    match state:
        case CoursesState():
            return [f"{each.command} --out course-{n}" for n, each in enumerate(checked(state.asked), start=1)]
        case CircuitState():
            return [commands.circuit(state.asked)]
        case RasterState():
            return [commands.raster(state.asked)]
        case SynapseState():
            return [commands.synapse(state.asked)]
        case JobsState():
            return [prepared(state.asked).command]


def _without_none(value: Any) -> Any:
    """Return plain data without what TOML cannot say."""
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items() if part is not None}
    return [_without_none(part) for part in value] if isinstance(value, list) else value
