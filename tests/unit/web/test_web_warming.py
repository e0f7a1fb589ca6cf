"""What answers need is imported before anybody asks: else two threads may get half of what import each other."""

from __future__ import annotations

import json
import subprocess
import sys

ASKS = """
import json, sys, tempfile
from euthymia.store.jobs import JobBook
from euthymia.store.place import place_of
from euthymia.web import app, circuits, courses, designs, exports, jobs, lookup, standing
from euthymia.web.cache import Kept
from euthymia.web.chooser import meta
from euthymia.web.schemas_circuit import CircuitAsked, RasterAsked, SynapseAsked
from euthymia.web.schemas_course import CoursesAsked
from euthymia.web.schemas_export import ExportAsked
from euthymia.web.schemas_trial import TrialChecked
from euthymia.web.warming import load
from euthymia.web.work import ASKED

load()
before = set(sys.modules)
sentence = "esketamine 84 mg nasal on day 1; sertraline 50 mg oral daily for 2 days"
regimen = {"sentence": sentence, "therapy": "weekly for 1 weeks", "alongside": ["naltrexone"]}
plain = {"regimens": [regimen], "people": 2, "days": 1, "who": {"liver": "A", "failed": 1}}
asked = CoursesAsked.model_validate(plain)
courses.answered(asked, courses.checked(asked), Kept(10))
meta("1")
circuits.check_changes(["AMPA 0.9"])
circuits.circuit(CircuitAsked.model_validate({}))
circuits.raster(RasterAsked.model_validate({"ms": 50}))
circuits.synapse(SynapseAsked.model_validate({}))
designs.trials()
designs.check(TrialChecked(toml=designs.trial("transform-2").toml))
trial = {"kind": "trial", "trial": "transform-2"}
for format in ("toml", "python", "cli"):
    for state in ({"page": "courses", "asked": plain}, {"page": "job", "asked": trial}):
        exports.export(ExportAsked.model_validate({"state": state, "format": format}))
for job in (trial, {"kind": "score"}, {"kind": "claims"}, {"kind": "course", "regimen": regimen}):
    jobs.prepared(ASKED.validate_python(job))
book = JobBook(place_of(tempfile.mkdtemp()))
standing.claims(book), standing.score(book), standing.article(book)
lookup.evidence("", "", False, 1, 50), lookup.signals("", "", False), lookup.source_story("perezruixo2021")
print(json.dumps(sorted(name for name in set(sys.modules) - before if name.startswith("euthymia"))))
"""


def test_no_answer_imports_a_module_of_ours() -> None:
    made = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(made.stdout) == []
