"""Parameters of a compartmental model in a TOML file: values, entries of single compartments, covariate effects."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from euthymia.errors import UnknownNameError
from euthymia.pharmacology.compartments import STATES, CovariateEffect, ParameterError, Shape

EFFECT_KEYS = ("parameter", "column", "reference", *(shape.value for shape in Shape))


@dataclass(frozen=True)
class ParameterFile:
    """What a file says.

    Attributes:
        model: The model's name, empty where the file names none.
        parameters: By name.
        entries: F, tlag, D and R of single compartments.
        effects: Covariates that change parameters.
    """

    model: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    entries: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    effects: tuple[CovariateEffect, ...] = ()


def read_parameters(path: Path) -> ParameterFile:
    """Read parameters from a TOML file.

    Args:
        path: The file; docs/pk.md describes it.

    Raises:
        ParameterError: When the file cannot be read, or a value is no number.
        UnknownNameError: When an effect has a key of another name.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"cannot read '{path}': {(error.strerror or str(error)).lower()}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"'{path}' is no TOML file: {error}") from error
    model, effects = document.pop("model", ""), document.pop("covariate", [])
    if not isinstance(model, str):
        raise ParameterError(f"model is {model!r} in '{path}'; expected a name")
    if not isinstance(effects, list):
        raise ParameterError(f"covariate in '{path}' is no list of tables; expected [[covariate]]")
    entries = {name: value for name, value in document.items() if name in STATES}
    return ParameterFile(
        model=model,
        parameters={name: _number(name, value) for name, value in document.items() if name not in STATES},
        entries={name: _numbers(name, value) for name, value in entries.items()},
        effects=tuple(_effect(each) for each in effects),
    )


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParameterError(f"{name} is {value!r}; expected a number")
    return float(value)


def _numbers(name: str, value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        raise ParameterError(f"{name} is {value!r}; expected a table of F, tlag, D and R")
    return {key: _number(f"{name}.{key}", each) for key, each in value.items()}


def _effect(table: object) -> CovariateEffect:
    if not isinstance(table, dict):
        raise ParameterError(f"a covariate effect is {table!r}; expected a table")
    for key in table:
        if key not in EFFECT_KEYS:
            raise UnknownNameError("key of a covariate effect", key, EFFECT_KEYS)
    shapes = [shape for shape in Shape if shape.value in table]
    texts = [table.get("parameter"), table.get("column")]
    if len(shapes) != 1 or "reference" not in table or not all(isinstance(each, str) and each for each in texts):
        names = ", ".join(shape.value for shape in Shape)
        raise ParameterError(f"a covariate effect needs parameter, column, reference and one of {names}")
    shape = shapes[0]
    return CovariateEffect(
        parameter=str(texts[0]),
        column=str(texts[1]).upper(),
        reference=_number("reference", table["reference"]),
        coefficient=_number(shape.value, table[shape.value]),
        shape=shape,
    )
