"""What a server loads and asks itself when it starts, so that the first question of a person is answered at once."""

from __future__ import annotations

from importlib import import_module

from euthymia.web import circuits, limits
from euthymia.web.cache import Kept
from euthymia.web.courses import answered, checked
from euthymia.web.schemas_circuit import CircuitAsked, RasterAsked, SynapseAsked
from euthymia.web.schemas_course import CoursesAsked

SENTENCES = (
    "esketamine 84 mg nasal on days 1 4 8 11 15 18 22 25",
    "ketamine 0.5 mg/kg iv over 40 min on day 1",
    "ketamine 3 mg/kg iv over 40 min on day 1",  # high enough to part the areas, which takes seconds the first time
    "esketamine 84 mg nasal on day 1; sertraline 50 mg oral daily for 4 weeks",
    "escitalopram 20 mg oral daily for 8 weeks",
)
PEOPLE = (500, 1)
MODULES = (
    "euthymia.models.course",
    "euthymia.models.records",
    "euthymia.models.two_cells",
    "euthymia.pharmacology.drugs",
    "euthymia.pharmacology.impairment",
    "euthymia.circuit.spiking",
    "euthymia.circuit.study",
    "euthymia.runs.treatment",
    "euthymia.trials.catalogue",
    "euthymia.trials.conduct",
    "euthymia.trials.writing",
    "euthymia.report.article",
    "euthymia.report.design",
    "euthymia.claims.judging",
    "euthymia.claims.kept",
    "euthymia.claims.statements",
)


def load() -> None:
    """Import, in one thread, what answers need: of modules that import each other two threads may get half a one."""
    for name in MODULES:
        import_module(name)


def warm() -> None:
    """Compile the programs of the usual courses, of the circuit and of the synapse."""
    nowhere = Kept(limits.CACHE_BYTES)
    for people in PEOPLE:
        for sentence in SENTENCES:
            asked = CoursesAsked.model_validate({"regimens": [{"sentence": sentence}], "people": people})
            answered(asked, checked(asked), nowhere)
    circuits.circuit(CircuitAsked.model_validate({}))
    circuits.synapse(SynapseAsked.model_validate({}))
    circuits.raster(RasterAsked.model_validate({}))
