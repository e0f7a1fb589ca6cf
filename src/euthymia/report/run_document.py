"""The report of a run that is kept, whatever was run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from euthymia.engine.course import Course
from euthymia.report.course_document import course_document
from euthymia.report.document import Report
from euthymia.report.trial_document import trial_document
from euthymia.runs.conducted import ConductedJob
from euthymia.runs.job import job_of
from euthymia.trials.results import TrialSummary


def run_document(provenance: Mapping[str, Any], result: Course | TrialSummary, *, version: str) -> Report:
    """Return the report of a kept run.

    Args:
        provenance: Where the run came from, as the catalogue keeps it.
        result: What it gave.
        version: The version of euthymia.
    """
    command = str(provenance.get("command") or "")
    if isinstance(result, Course):
        return course_document(replace(result, meta=replace(result.meta, command=command, version=version)))
    job = job_of(provenance)
    design = job.trial if isinstance(job, ConductedJob) else None
    return trial_document(replace(result, command=command, version=version), design)
