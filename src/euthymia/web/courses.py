"""One or two treatments as curves over time: what is asked, simulated, and cut to what a page shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from euthymia.errors import UnknownNameError
from euthymia.web.cache import Kept, key_of
from euthymia.web.curves import DEFAULT, NAMES, PERCENTILES, chosen_times, percentiles, rounded
from euthymia.web.questions import naming, treatment_of
from euthymia.web.schemas_course import CoursesAsked

if TYPE_CHECKING:
    import numpy as np

    from euthymia.engine.course import Course
    from euthymia.runs.treatment import Treatment

SCHEMA = "euthymia.web.courses/1"
DAYS_SHOWN = (0, 1, 2, 7, 14, 28, 56, 84, 182, 365)
SBP_H = 40.0 / 60.0
LARGEST = ("plasma", "SERT occupancy", "spines", "CADSS", "unresponsive")
LOOKED_AT = (*LARGEST, "SBP change", "MADRS")  # for figures, and for the times that are shown


def checked(asked: CoursesAsked) -> tuple[Treatment, ...]:
    """Return the treatments that are asked for.

    Raises:
        RefusalError: When one cannot be given, or a curve is unknown.
    """
    check_curves(asked.curves or (), "curves")
    return tuple(
        treatment_of(
            each,
            asked.who,
            people=asked.people,
            days=asked.days,
            seed=asked.seed,
            fast=asked.fast,
            where=f"regimens.{place}",
        )
        for place, each in enumerate(asked.regimens)
    )


def check_curves(names: Sequence[str], where: str) -> None:
    """Refuse names of curves that no course has.

    Args:
        names: The names.
        where: Their place in the request, for errors.

    Raises:
        RefusalError: Naming the nearest.
    """
    from euthymia.treatment.catalogue import drug_names

    known = {*NAMES, *drug_names(), *(f"{drug} effect site" for drug in drug_names()), "norfluoxetine"}
    for place, name in enumerate(names):
        if name not in known:
            with naming(f"{where}.{place}"):
                raise UnknownNameError("curve", name, known)


def answered(asked: CoursesAsked, treatments: tuple[Treatment, ...], kept: Kept) -> bytes:
    """Return the answer as JSON; a treatment that was asked for before in the same people is not simulated again.

    Args:
        asked: The request.
        treatments: What `checked` made of it.
        kept: Where single courses are kept.
    """
    parts = []
    rest = asked.model_copy(update={"regimens": []})
    for place, (regimen, treatment) in enumerate(zip(asked.regimens, treatments, strict=True)):
        key = key_of("course", regimen, rest)
        with naming(f"regimens.{place}"):  # what is known of kidneys, liver and other drugs depends on what is given
            parts.append(kept.get(key) or kept.put(key, _text(_one(asked, regimen.label, treatment))))
    head = {
        "schema": SCHEMA,
        "people": asked.people,
        "days": asked.days,
        "seed": None if asked.people == 1 else asked.seed,
        "lacking": [name for name in asked.curves or () if not any(_curve_of(name) in part for part in parts)],
        "records": _records(treatments),
    }
    return _text(head)[:-1] + b',"courses":[' + b",".join(parts) + b"]}"


def _one(asked: CoursesAsked, label: str, treatment: Treatment) -> dict[str, Any]:
    """Simulate one treatment and return what is shown of it."""
    _, course = treatment.course(range(treatment.population), None, only={*(asked.curves or DEFAULT), *LOOKED_AT})
    lead = course.series("plasma").people().mean(axis=0)
    harm = course.series("CADSS").people().mean(axis=0)
    guide = lead / max(lead.max(), 1e-9) + harm / max(harm.max(), 1e-9)
    places = chosen_times(course.t, guide, asked.window, asked.points)
    names = [name for name in asked.curves or DEFAULT if name in course.names]
    error = course.meta.error_estimate.get("severity")
    return {
        "label": label,
        "sentence": str(treatment.regimen),
        "doses": [_dose(dose) for dose in treatment.regimen],
        "t_h": [round(float(at), 6) for at in course.t[places]],
        "curves": {name: _curve(course, name, places) for name in names},
        "figures": _figures(course),
        "error_points": None if error is None else float(f"{error:.2g}"),
        "command": treatment.command,
    }


def _curve(course: Course, name: str, places: np.ndarray) -> dict[str, Any]:
    series = course.series(name)
    if series.values.ndim == 1:
        found = {"50": rounded(series.values[places])}
    else:
        rows = rounded(percentiles(series.values.T[places]))
        found = {str(percentile): row for percentile, row in zip(PERCENTILES, rows, strict=True)}
    return {"label": series.label, "unit": series.unit, "quantiles": found}


def _figures(course: Course) -> list[dict[str, Any]]:
    """Return peaks, and the score at chosen days: over people the median and the 5 and 95 % points."""
    found = [
        _figure(f"{course.series(name).label}: largest", course.series(name).unit, course.series(name).people().max(1))
        for name in LARGEST
        if name in course.names
    ]
    plasma = course.series("plasma").people()
    if (plasma > 0).any():
        found.append(_figure("time of the largest level", "h", course.t[plasma.argmax(axis=1)]))
    if course.t[-1] >= SBP_H:
        rise = _at(course, "SBP change", SBP_H)
        found.append(_figure("Change of systolic pressure 40 min after the start", "mmHg", rise))
    days = [day for day in DAYS_SHOWN if 24.0 * day <= course.t[-1]]
    return found + [_figure(f"MADRS, day {day}", "points", _at(course, "MADRS", 24.0 * day)) for day in days]


def _at(course: Course, name: str, t: float) -> np.ndarray:
    """Return a variable at a time within the course by linear interpolation, [person]."""
    import numpy as np

    after = max(int(np.searchsorted(course.t, t)), 1)
    share = (t - course.t[after - 1]) / (course.t[after] - course.t[after - 1])
    people = course.series(name).people()
    return people[:, after - 1] + share * (people[:, after] - people[:, after - 1])


def _figure(name: str, unit: str, values: np.ndarray) -> dict[str, Any]:
    low, middle, high = rounded(percentiles(values[None])[[0, 2, 4], 0])
    many = values.size > 1
    return {"name": name, "value": middle, "low": low if many else None, "high": high if many else None, "unit": unit}


def _dose(dose: Any) -> dict[str, Any]:
    return {
        "t_h": dose.t,
        "drug": dose.drug,
        "route": dose.route.value,
        "amount": dose.amount,
        "unit": dose.unit.value,
        "duration_h": dose.duration,
    }


def _records(treatments: tuple[Treatment, ...]) -> list[str]:
    """Return the evidence records behind the curves."""
    from euthymia.models.records import records_of
    from euthymia.trials.results import CHAIN_RECORDS

    names = {name for each in treatments for name in (*records_of(each.regimen.doses), *each.asked.records)}
    return [*CHAIN_RECORDS, *sorted(names - {*CHAIN_RECORDS})]


def _curve_of(name: str) -> bytes:
    """Return how a curve begins in an answer."""
    return _text({name: {"label": ""}})[1:-4]


def _text(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
