"""Our values of the check points of levels in blood: one small function each, by the name of the check point."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from euthymia.engine.linear import respond
from euthymia.engine.stream import Stream
from euthymia.pharmacology.body import Body, Individual, Route
from euthymia.pharmacology.covariates import ChildPugh, Renal, people
from euthymia.pharmacology.drugs import find_body
from euthymia.pharmacology.impairment import RENAL_STUDY_MG, impaired
from euthymia.pharmacology.interactions import PROBE_MG, exposure, with_drug

IV, ORAL, NASAL = Route.INTRAVENOUS, Route.ORAL, Route.NASAL
SPRAY = "perezruixo2021"
WEIGHT = 70.0
MINUTE = 1.0 / 60.0
SEED, PERSONS = 1, 4000

Value = Callable[[], float]


@cache
def typical(name: str, **covariates: Any) -> tuple[Body, Individual]:
    """Return a body and its typical person of 70 kg."""
    body = find_body(name)
    return body, body.typical(people(1, **covariates))


def levels(body: Body, person: Individual, route: Route, mg: float, hours: float, t: np.ndarray) -> np.ndarray:
    """Return [output, time], ng/mL, of the first person after one dose."""
    events = body.inputs(route, 0.0, np.full(person.count, mg), hours, person)
    return respond(body.system(person), events, t)[0]


def course(name: str, mg: float, minutes: float, at: float, output: int = 0) -> float:
    """Return a level at ``at`` minutes after the start of an infusion, ng/mL."""
    return float(levels(*typical(name), IV, mg, minutes * MINUTE, np.array([at * MINUTE]))[output, 0])


def sprayed(mg: float, minutes: float, output: int = 0) -> float:
    """Return a level at ``minutes`` after the first spray, ng/mL."""
    return float(levels(*typical(SPRAY), NASAL, mg, 0.0, np.array([minutes * MINUTE]))[output, 0])


@cache
def peak(mg: float, output: int = 0) -> tuple[float, float]:
    """Return when a level after a spray is highest, min, and how high, ng/mL."""
    return _highest(typical(SPRAY)[1], mg, output)


def _highest(person: Individual, mg: float, output: int = 0) -> tuple[float, float]:
    body = find_body(SPRAY)

    def level(minutes: float) -> float:
        return -float(levels(body, person, NASAL, mg, 0.0, np.array([minutes * MINUTE]))[output, 0])

    rough = np.arange(10.0, 300.0, 2.0)
    seen = levels(body, person, NASAL, mg, 0.0, rough * MINUTE)[output]
    best = float(rough[int(seen.argmax())])
    found = minimize_scalar(level, bounds=(best - 2.0, best + 2.0), method="bounded")
    return float(found.x), -float(found.fun)  # type: ignore[attr-defined]


def area(name: str, route: Route, mg: float, output: int = 0, **covariates: Any) -> float:
    """Return an area to infinity, ng h/mL."""
    return float(exposure(*typical(name, **covariates), route, mg)[0, output])


def first_day(mg: float) -> float:
    """Return the area of esketamine from 0 to 24 h after a spray: what came in less what is left, over clearance."""
    t = np.linspace(0.0, 24.0, 24 * 600 + 1)
    return float(np.trapezoid(levels(*typical(SPRAY), NASAL, mg, 0.0, t)[0], t))


def half_lives(name: str, **covariates: Any) -> np.ndarray:
    """Return the half-lives of a body's modes, h, the longest last."""
    body, person = typical(name, **covariates)
    return np.sort(np.log(2.0) / -np.linalg.eigvals(body.matrix(person)[0]).real)


def changed(other: str, route: Route, mg: float = PROBE_MG) -> float:
    """Return by how many percent another drug changes the area of esketamine."""
    body, person = typical(SPRAY)
    return _percent(exposure(body, with_drug(body, person, other, route), route, mg), exposure(body, person, route, mg))


def changed_peak(other: str) -> float:
    """Return by how many percent another drug changes the peak after 84 mg of spray."""
    body, person = typical(SPRAY)
    return 100.0 * (_highest(with_drug(body, person, other, NASAL), PROBE_MG)[1] / peak(PROBE_MG)[1] - 1.0)


def _percent(one: np.ndarray, other: np.ndarray, output: int = 0) -> float:
    return 100.0 * float(one[0, output] / other[0, output] - 1.0)


def ill(mg: float, output: int = 0, **covariates: Any) -> float:
    """Return by how many percent an illness changes an area after the spray."""
    body, person = typical(SPRAY)
    changed = impaired(body, person, people(1, **covariates))
    return _percent(exposure(body, changed, NASAL, mg), exposure(body, person, NASAL, mg), output)


def ill_peak(mg: float, **covariates: Any) -> float:
    """Return by how many percent an illness changes the peak after the spray."""
    body, person = typical(SPRAY)
    changed = impaired(body, person, people(1, **covariates))
    return 100.0 * (_highest(changed, mg)[1] / peak(mg)[1] - 1.0)


@cache
def peaks() -> np.ndarray:
    """Return the highest level after 84 mg of people of 45 years, ng/mL, [person]."""
    body, stream = find_body(SPRAY), Stream(SEED).fold("check points")
    persons = body.draw(lambda name: stream.normal(name, 0, PERSONS)[:, 0], people(PERSONS, age=45.0))
    events = body.inputs(NASAL, 0.0, np.full(PERSONS, 84.0), 0.0, persons)
    return respond(body.system(persons), events, np.linspace(0.2, 3.0, 85))[:, 0].max(1)


def volume(name: str, *parts: str) -> float:
    """Return the sum of the volumes of a body, L."""
    return float(sum(typical(name)[1].values[part][0] for part in parts))


def share(name: str, route: Route, mg: float = 25.0) -> float:
    """Return the bioavailability by a route."""
    return area(name, route, mg) / area(name, IV, mg)


def mean_level(name: str, mg: float, output: int = 0, **covariates: Any) -> float:
    """Return the mean level of a day at steady state, ng/mL."""
    return area(name, ORAL, mg, output, **covariates) / 24.0


VALUES: dict[str, Value] = {
    **{
        f"{kind}.{mg}": lambda mg=mg, output=output: peak(mg, output)[1]
        for mg in (28, 84)
        for kind, output in (("esketamine.Cmax", 0), ("noresketamine.Cmax", 1), ("notes.Cmax", 0), ("notes.nCmax", 1))
    },
    **{f"{kind}.AUC24.{mg}": lambda mg=mg: first_day(mg) for mg in (28, 84) for kind in ("esketamine", "notes")},
    **{
        f"{kind}.F.{mg}": lambda mg=mg: area(SPRAY, NASAL, mg) / area(SPRAY, IV, mg)
        for kind, doses in (("esketamine", (56, 84)), ("label", (84,)), ("notes", (28, 56, 84)))
        for mg in doses
    },
    **{f"{kind}.survives": lambda: share(SPRAY, ORAL) for kind in ("esketamine", "notes")},
    **{f"{kind}.CL": lambda: 1000.0 / area(SPRAY, IV, 1.0) for kind in ("esketamine", "label", "notes")},
    **{f"{kind}.Vss": lambda: volume(SPRAY, "Vc", "Vp1", "Vp2") for kind in ("esketamine", "label", "notes")},
    **{f"{kind}.half-life": lambda: float(half_lives(SPRAY)[-1]) for kind in ("label", "notes")},
    **{f"{kind}.half-life.n": lambda: float(half_lives(SPRAY)[-1]) for kind in ("label", "notes")},
    "label.tmax": lambda: peak(84.0)[0] - 10.0,
    "notes.trough": lambda: sprayed(84.0, 84.0 * 60.0),
    "notes.tmax.28": lambda: peak(28.0)[0],
    "notes.tmax.84": lambda: peak(84.0)[0],
    "notes.stays.84": lambda: 100.0 * sprayed(84.0, 90.0) / sprayed(84.0, 40.0),
    **{f"course.e.{t}": lambda t=t: sprayed(84.0, t) for t in (10, 20, 30, 40, 60, 90, 120, 240, 480, 1440)},
    **{f"course.n.{t}": lambda t=t: sprayed(84.0, t, 1) for t in (40, 60, 90, 120, 240)},
    "people.mean": lambda: float(peaks().mean()),
    "people.cv": lambda: 100.0 * float(peaks().std() / peaks().mean()),
    "people.p5": lambda: float(np.quantile(peaks(), 0.05)),
    "people.p95": lambda: float(np.quantile(peaks(), 0.95)),
    "renal.AUC": lambda: ill(RENAL_STUDY_MG, renal=Renal.SEVERE),
    "renal.nAUC": lambda: ill(RENAL_STUDY_MG, 1, renal=Renal.SEVERE),
    "renal.Cmax": lambda: ill_peak(RENAL_STUDY_MG, renal=Renal.SEVERE),
    "hepatic.AUC": lambda: ill(PROBE_MG, hepatic=ChildPugh.B),
    "hepatic.Cmax": lambda: ill_peak(PROBE_MG, hepatic=ChildPugh.B),
    **{
        f"{other}.AUC": lambda other=other: changed(other, NASAL)
        for other in ("ticlopidine", "clarithromycin", "rifampicin")
    },
    **{
        f"{other}.Cmax": lambda other=other: changed_peak(other)
        for other in ("ticlopidine", "clarithromycin", "rifampicin")
    },
    "rifampicin.oral": lambda: changed("rifampicin", ORAL),
    "rifampicin.iv": lambda: changed("rifampicin", IV),
    "zarate": lambda: course("clements1981", 35.0, 40.0, 40.0),
    "krystal": lambda: course("clements1981", 35.0, 40.0, 40.0),
    "anaesthesia.2": lambda: course("kamp2020", 2.0 * WEIGHT, 1.0, 5.0),
    "anaesthesia.1": lambda: course("kamp2020", WEIGHT, 1.0, 5.0),
    "analgesia": lambda: course("clements1981", 0.15 * WEIGHT, 1.0, 1.0),
    "arterial": lambda: course("kamp2020", 20.0, 20.0, 20.0),
    "meta.CL": lambda: 1000.0 / area("kamp2020", IV, 1.0),
    "meta.V": lambda: volume("kamp2020", "V1", "V2", "V3"),
    **{
        f"iv.{kind}.{t}": lambda name=name, t=t: course(name, 35.0, 40.0, t)
        for kind, name in (
            ("kamp", "kamp2020"),
            ("domino", "domino1984"),
            ("clements", "clements1981"),
            ("otto", "otto2021"),
        )
        for t in (40, 80, 110, 230)
    },
    **{
        f"iv20.{kind}": lambda name=name: course(name, 20.0, 20.0, 20.0)
        for kind, name in (
            ("kamp", "kamp2020"),
            ("domino", "domino1984"),
            ("clements", "clements1981"),
            ("otto", "otto2021"),
        )
    },
    **{f"bolus.{t}": lambda t=t: course("kamp2020", 140.0, 1.0, t) for t in (5, 10, 15)},
    "S-part": lambda: 0.5 * course("clements1981", 35.0, 40.0, 40.0),
    "ashraf.F": lambda: share("ashraf2018", ORAL),
    "ashraf.CL": lambda: 1000.0 / area("ashraf2018", IV, 1.0),
    "ashraf.CYP2B6": lambda: area("ashraf2018", IV, 10.0, CYP2B6=0.0) / area("ashraf2018", IV, 10.0),
    **{
        f"F.{route}": lambda route=route: share("kamp2020", Route(route))
        for route in ("nasal", "oral", "sublingual", "rectal", "im", "sc")
    },
    **{
        f"{kind}.label": lambda output=output: mean_level("fluoxetine-label", 40.0, output)
        for kind, output in (("fluoxetine", 0), ("norfluoxetine", 1))
    },
    **{
        f"{kind}.40": lambda output=output: mean_level("fluoxetine-label", 40.0, output)
        for kind, output in (("fluoxetine", 0), ("norfluoxetine", 1))
    },
    **{
        f"{kind}.{ending}": lambda place=place: float(half_lives("fluoxetine-label")[place]) / 24.0
        for kind, place in (("fluoxetine", -2), ("norfluoxetine", -1))
        for ending in ("chronic", "half")
    },
    **{
        name: lambda: float(half_lives("areberg2006", weight=79.0)[-1])
        for name in ("half-life.escitalopram", "escitalopram.half")
    },
    **{name: lambda: float(half_lives("xia2025")[-1]) for name in ("half-life.sertraline", "sertraline.half")},
    "half-life.paroxetine": lambda: float(half_lives("shigetome2025", age=41.5, weight=58.6)[-1]),
    "escitalopram.10": lambda: mean_level("areberg2006", 10.0, weight=79.0),
    "citalopram.40y": lambda: mean_level("akil2016", 20.0, age=40.0),
    "citalopram.60y": lambda: mean_level("akil2016", 20.0, age=60.0),
    "sertraline.100": lambda: mean_level("xia2025", 100.0),
    "paroxetine.20": lambda: mean_level("shigetome2025", 20.0, age=41.5, weight=58.6),
    **{
        f"midazolam.{kind}.{t}": lambda name=name, t=t: course(name, 0.045 * WEIGHT, 40.0, t)
        for kind, name in (("albrecht", "albrecht1999"), ("barr", "barr-zomorodi"))
        for t in (40, 120)
    },
}
