"""From blocked receptors to firing rates: the room of the circuit, and as a function `euthymia.api.circuit`.

``eu.circuit`` is a package, as ``import euthymia.circuit`` makes it one, and a verb beside ``eu.simulate``: calling
it asks the circuit.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Verb(ModuleType):
    """A package that can be called."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Return what `euthymia.api.circuit` returns."""
        return import_module("euthymia.api").circuit(*args, **options)


sys.modules[__name__].__class__ = _Verb
