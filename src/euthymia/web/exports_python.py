"""Python scripts that print what a page shows; what came in a request stands in them as literals only."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from euthymia.web.chooser import NOTICE
from euthymia.web.courses import checked
from euthymia.web.curves import DEFAULT, PERCENTILES
from euthymia.web.questions import treatment_of, trial_of
from euthymia.web.schemas_course import CoursesAsked
from euthymia.web.schemas_export import CircuitState, CoursesState, JobsState, RasterState, State, SynapseState
from euthymia.web.schemas_job import CourseJob, PowerJob, ScoreJob, TrialJob

if TYPE_CHECKING:
    from euthymia.runs.treatment import Treatment

COURSES = """import csv
import sys

import euthymia as eu

COURSES = [
{calls}
]
CURVES = {curves!r}
FROM_H, TO_H = {low!r}, {high}

writer = csv.writer(sys.stdout, lineterminator="\\n")
writer.writerow(["treatment", "t_h", "curve", "unit", {heads}])
for number, course in enumerate(COURSES, start=1):
    for name in [each for each in CURVES if each in course.names]:
        rows = course.quantiles(name, {shares!r})
        unit = course.series(name).unit
        for t, row in zip(course.t.tolist(), rows.T.tolist()):
            if FROM_H <= t <= TO_H:
                writer.writerow([number, t, name, unit, *row])
"""
CIRCUIT = """import euthymia as eu

found = eu.circuit({levels!r}, changes={changes!r})
print(found.summary())
"""
RASTER = """import euthymia as eu

found = eu.circuit([{level!r}], changes={changes!r})
raster = found.rasters(neurons={cells!r}, duration={ms!r}, seed={seed!r})[0]
print("spike_ms,cell")
for at, cell in zip(raster.spike_times.tolist(), raster.spike_cells.tolist()):
    print(f"{{at!r}},{{cell}}")
"""
SYNAPSE = """from euthymia.circuit.synapse_kinds import receptor_named
from euthymia.models.two_cells import demonstrate, way_named

found = demonstrate(receptor_named({receptor!r}), way_named({way!r}), {level!r})
print(f"peak {{found.peak_ratio:.4g}}, area {{found.area_ratio:.4g}}, shift {{found.shift:.4g}} mV")
"""
TRIAL = """import euthymia as eu
{parse}
trial = {trial}
print(trial.conduct(replicates={replicates!r}, seed={seed!r}).summary())
"""
POWER = """import euthymia as eu
{parse}
found = eu.power(
    {trial}.design,
{options}
)
print(found.to_json())
"""
SCORE = """import euthymia as eu

trials = [eu.trial(name).design for name in {trials!r}]
board = eu.score_trials(trials, replicates={replicates!r}, leave_out={leave_out!r}, seed={seed!r})
print(board.to_json())
"""
COURSE = """import euthymia as eu

course = {call}
print(course.summary())
"""


def script(state: State) -> str:
    """Return the script of what a page shows.

    Raises:
        RefusalError: When what it shows cannot be.
    """
    return f'"""Made by the web application of euthymia {version("euthymia")}. {NOTICE}"""\n\n{_body(state)}'


def _body(state: State) -> str:
    match state:
        case CoursesState():
            return _courses(state.asked)
        case CircuitState():
            return CIRCUIT.format(levels=list(state.asked.levels), changes=tuple(state.asked.changes))
        case RasterState():
            told = state.asked.model_dump(mode="json")
            return RASTER.format(**told | {"changes": tuple(state.asked.changes), "ms": float(state.asked.ms)})
        case SynapseState():
            return SYNAPSE.format(**state.asked.model_dump(mode="json"))
        case JobsState():
            return _job(state.asked)


def _courses(asked: CoursesAsked) -> str:
    low, high = asked.window or (0.0, None)
    return COURSES.format(
        calls="\n".join(f"    {_call(each)}," for each in checked(asked)),
        curves=list(asked.curves or DEFAULT),
        low=low,
        high='float("inf")' if high is None else repr(high),
        heads=", ".join(f'"p{each}"' for each in PERCENTILES),
        shares=[each / 100 for each in PERCENTILES],
    )


def _call(asked: Treatment) -> str:
    """Return the call that simulates a treatment; what is as usual is left out."""
    words = [
        repr(str(asked.regimen)),
        f"days={asked.days!r}",
        f"population={asked.population!r}",
        f"seed={asked.seed!r}",
    ]
    words += ["fast=True"] if asked.fast else []
    renal, hepatic, alongside = asked.condition.renal.name, asked.condition.hepatic.name, asked.condition.alongside
    if (renal, hepatic, alongside) != ("NORMAL", "NORMAL", ()):
        words.append(f"condition=eu.Condition(eu.Renal.{renal}, eu.ChildPugh.{hepatic}, {alongside!r})")
    words += [f"therapy={asked.asked.therapy!r}"] if asked.asked.therapy else []
    words += [f"beside={asked.asked.others!r}"] if asked.asked.others else []
    words += [] if asked.asked.mechanism.value == "disinhibition" else [f"mechanism={asked.asked.mechanism.value!r}"]
    words += [] if asked.asked.deplete_on is None else [f"deplete_on={asked.asked.deplete_on!r}"]
    words += [f"who=eu.{asked.who!r}"] if asked.who.said else []
    return f"eu.simulate({', '.join(words)})"


def _job(asked: TrialJob | PowerJob | CourseJob | ScoreJob) -> str:
    match asked:
        case TrialJob():
            trial, parse = _trial(asked)
            return TRIAL.format(parse=parse, trial=trial, replicates=asked.replicates, seed=asked.seed)
        case PowerJob():
            trial, parse = _trial(asked)
            told = asked.model_dump(mode="json", exclude={"kind", "trial", "toml"})
            options = "\n".join(f"    {name}={value!r}," for name, value in told.items() if value is not None)
            return POWER.format(parse=parse, trial=trial, options=options)
        case CourseJob():
            made = treatment_of(asked.regimen, asked.who, people=asked.people, days=asked.days, seed=asked.seed)
            return COURSE.format(call=_call(made))
        case ScoreJob():
            return SCORE.format(**asked.model_dump(mode="json"))


def _trial(asked: TrialJob | PowerJob) -> tuple[str, str]:
    """Return the expression of a trial, and what must be imported for it."""
    from euthymia.trials.writing import to_toml

    found = trial_of(asked.trial, asked.toml)
    if asked.trial is not None:
        return f"eu.trial({found.id!r})", ""
    return f"eu.VirtualTrial(parse_trial({to_toml(found)!r}))", "from euthymia.trials.protocol import parse_trial\n"
