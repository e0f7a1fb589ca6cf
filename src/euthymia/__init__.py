"""Simulate antidepressant treatment from the dose to the synapse to the rating scale. Research and teaching only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from euthymia import runs
    from euthymia.api import (
        Figure,
        VirtualTrial,
        circuit,
        compare,
        compare_mechanisms,
        conduct,
        load,
        power,
        score_trials,
        simulate,
        trial,
    )
    from euthymia.evidence import explain
    from euthymia.evidence.posterior import posterior
    from euthymia.models.condition import Condition
    from euthymia.patients.who import Who
    from euthymia.pharmacology.covariates import ChildPugh, Renal
    from euthymia.pharmacology.nca import nca
    from euthymia.treatment.drug import Route
    from euthymia.treatment.preparation import dose
    from euthymia.treatment.sentence import regimen

# Loaded on first use, so that `import euthymia`, help and errors never wait for the numerics.
_HOMES = {
    "VirtualTrial": "euthymia.api",
    "circuit": "euthymia.circuit",
    "compare": "euthymia.api",
    "compare_mechanisms": "euthymia.api",
    "conduct": "euthymia.api",
    "Figure": "euthymia.api",
    "load": "euthymia.api",
    "power": "euthymia.api",
    "score_trials": "euthymia.api",
    "simulate": "euthymia.api",
    "trial": "euthymia.api",
    "explain": "euthymia.evidence",
    "ChildPugh": "euthymia.pharmacology.covariates",
    "Condition": "euthymia.models.condition",
    "Who": "euthymia.patients.who",
    "Renal": "euthymia.pharmacology.covariates",
    "nca": "euthymia.pharmacology.nca",
    "posterior": "euthymia.evidence.posterior",
    "Route": "euthymia.treatment.drug",
    "dose": "euthymia.treatment.preparation",
    "regimen": "euthymia.treatment.sentence",
    "runs": "euthymia.runs",
}

__all__ = [
    "ChildPugh",
    "Condition",
    "Figure",
    "Renal",
    "Route",
    "VirtualTrial",
    "Who",
    "circuit",
    "compare",
    "compare_mechanisms",
    "conduct",
    "dose",
    "explain",
    "load",
    "nca",
    "posterior",
    "power",
    "regimen",
    "runs",
    "score_trials",
    "simulate",
    "trial",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module 'euthymia' has no attribute {name!r}")
    from importlib import import_module

    home = import_module(_HOMES[name])
    return home if home.__name__ == f"{__name__}.{name}" else getattr(home, name)  # a room may be a verb too


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
