"""Our values of the check points of safety in a typical person: one small function each, by the name of the point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from checkpoint_levels import IV, MINUTE, NASAL, SPRAY, WEIGHT, typical
from euthymia.engine.linear import Linear, respond
from euthymia.evidence import load_record
from euthymia.models.defaults import default_safety
from euthymia.pharmacology.body import Route
from euthymia.safety.abuse import DrugLiking
from euthymia.safety.anaesthesia import Anaesthesia
from euthymia.safety.pressure import SteadyPressure
from euthymia.safety.respiration import HeartRate, Respiration

T = np.arange(0.05, 300.0, 0.05)  # min after the start of a dose
VENOUS, ARTERIAL = "clements1981", "kamp2020"
S_SHARE = 0.5  # of the racemate
RESPIRATION = load_record("respiration")
STEADY = SteadyPressure.from_record(load_record("pressure"))
CURVE, LIKING = Anaesthesia.from_record(load_record("anaesthesia")), DrugLiking.from_record(load_record("abuse"))


def behind(
    name: str, route: Route, mg: float, minutes: float, half_times: tuple[float, ...], *, release: float = 0.0
) -> np.ndarray:
    """Return the levels [site, time], ng/mL, of sites in a chain behind a body's first output, at the minutes T.

    Args:
        name: The body.
        route: The way of giving.
        mg: Dose.
        minutes: Length of an infusion.
        half_times: Of the first site behind blood, of the second behind the first, and so on, h.
        release: Time over which a formulation gives its dose off, at a constant rate, h.
    """
    body, person = typical(name)
    system = body.system(person)
    n, sites = len(body.states), len(half_times)
    matrix, read = np.zeros((1, n + sites, n + sites)), np.zeros((1, sites, n + sites))
    matrix[0, :n, :n] = system.matrix[0]
    before = np.append(system.read[0, 0], np.zeros(sites))
    for place, half_time in enumerate(half_times, start=n):
        rate = np.log(2.0) / half_time
        matrix[0, place] = rate * before
        matrix[0, place, place] -= rate
        before = np.eye(n + sites)[place]
        read[0, place - n] = before
    names = tuple(f"site {place}" for place in range(sites))
    events = body.inputs(route, 0.0, np.array([mg]), minutes * MINUTE, person)
    if release:
        events = [replace(event, duration=release) for event in events]
    return respond(Linear(matrix, read, (*body.states, *names), names), events, T * MINUTE)[0]


@cache
def drive(
    name: str, route: Route, mg: float, minutes: float = 0.0, *, R: bool = True, release: float = 0.0
) -> np.ndarray:
    """Return the net drive of dissociation at T, ng/mL of S-equivalents; of a racemate half is S and half is R."""
    w_R = load_record("dissociation").value("w_R", "1") if R else 0.0
    weight = 1.0 if name == SPRAY else S_SHARE + (1.0 - S_SHARE) * w_R
    sites = (load_record("brain").value("t_ke0", "h"), load_record("dissociation").value("t_tol", "h"))
    effect, tolerance = weight * behind(name, route, mg, minutes, sites, release=release)
    return np.asarray(default_safety().dissociation.drive(effect, tolerance))


def E_dis(name: str, route: Route, mg: float, minutes: float = 0.0, *, R: bool = True) -> np.ndarray:
    """Return the dissociative effect at T."""
    return np.asarray(default_safety().dissociation.effect(drive(name, route, mg, minutes, R=R)))


def at(course: np.ndarray, minute: float) -> float:
    """Return a course at a minute."""
    return float(np.interp(minute, T, course))


def share(course: np.ndarray, minute: float) -> float:
    """Return a course at a minute as a percentage of its highest."""
    return 100.0 * at(course, minute) / float(course.max())


def when(course: np.ndarray) -> float:
    """Return the minute of the highest value, whole minutes as the sources print them."""
    return float(T[course.argmax()])


def infused(name: str = ARTERIAL, *, R: bool = True) -> np.ndarray:
    """Return the effect of 0.5 mg/kg over 40 min."""
    return E_dis(name, IV, 0.5 * WEIGHT, 40.0, R=R)


def spray(mg: float) -> np.ndarray:
    """Return the effect of a spray."""
    return E_dis(SPRAY, NASAL, mg)


def systolic(mg: float, minute: float) -> float:
    """Return the mean systolic rise after a spray, mmHg."""
    return at(np.asarray(default_safety().pressure.systolic(drive(SPRAY, NASAL, mg))), minute)


def diastolic(mg: float, minute: float) -> float:
    """Return the mean diastolic rise after a spray, mmHg."""
    return at(np.asarray(default_safety().pressure.diastolic(drive(SPRAY, NASAL, mg))), minute)


def held() -> float:
    """Return the level at the end of 1 mg/kg of S-ketamine over 3 h, ng/mL."""
    return RESPIRATION.value("C_reference", "ng/mL")


@cache
def asleep(route: Route, per_kg: float, minutes: float = 0.0) -> tuple[float, float]:
    """Return from when to when half of people do not respond, min; NaN twice where they never stop responding."""
    (site,) = behind(ARTERIAL, route, per_kg * WEIGHT, minutes, (load_record("anaesthesia").value("t_hypnotic", "h"),))
    unresponsive = T[np.asarray(CURVE.unresponsive(CURVE.depth(racemate=site))) > 0.5]
    return (float(unresponsive[0]), float(unresponsive[-1])) if unresponsive.size else (np.nan, np.nan)


def crossed() -> float:
    """Return when arterial ketamine falls below 1200 ng/mL after 2 mg/kg, min."""
    (plasma,) = behind(ARTERIAL, IV, 2.0 * WEIGHT, 1.0, (1e-6,))
    return float(T[plasma > CURVE.C50_racemate][-1])


def liked() -> float:
    """Return drug liking over neutral after 0.5 mg/kg over 40 min, points, by the arterial level."""
    (site,) = behind(ARTERIAL, IV, 0.5 * WEIGHT, 40.0, (load_record("brain").value("t_ke0", "h"),))
    return float(np.asarray(LIKING.liking(S_SHARE * site)).max()) - float(LIKING.neutral)


def lasts(route: Route, per_kg: float, minutes: float = 0.0) -> float:
    """Return for how long half of people do not respond, min."""
    start, end = asleep(route, per_kg, minutes)
    return end - start


VALUES: dict[str, Callable[[], float]] = {
    "dissociation.peak": lambda: when(spray(84.0)),
    "dissociation.over": lambda: share(spray(84.0), 90.0),
    "sedation.peak": lambda: when(drive(SPRAY, NASAL, 84.0)),
    **{f"SBP.{minute}": lambda minute=minute: systolic(84.0, minute) for minute in (40, 90)},
    **{f"DBP.{minute}": lambda minute=minute: diastolic(84.0, minute) for minute in (40, 90)},
    "MAP.1mgkg": lambda: float(STEADY.arterial(held())),
    "ventilation": lambda: float(Respiration.from_record(RESPIRATION).ventilation(held())) - RESPIRATION.value("V_rest", "L/min"),
    "heart": lambda: float(HeartRate.from_record(RESPIRATION).rise(held())),
    "opioid": lambda: RESPIRATION.value("C_opioid", "ng/mL"),
    "onset.iv": lambda: max(asleep(IV, 2.0, 1.0)[0] - 1.0, 0.0),
    "asleep.iv": lambda: lasts(IV, 2.0, 1.0),
    "asleep.im": lambda: lasts(Route.INTRAMUSCULAR, 6.5),
    "asleep.im.13": lambda: lasts(Route.INTRAMUSCULAR, 13.0),
    "liking": liked,
    **{f"E.{mg}.t": lambda mg=mg: when(spray(mg)) for mg in (56, 84)},
    **{f"E.{mg}": lambda mg=mg: float(spray(mg).max()) for mg in (56, 84)},
    **{f"E.{mg}.{minute}": lambda mg=mg, minute=minute: share(spray(mg), minute) for mg in (56, 84) for minute in (20, 60, 90, 120) if mg == 84 or minute == 120},
    "E.iv.t": lambda: when(infused()),
    "E.iv": lambda: float(infused().max()),
    "E.iv.S": lambda: float(infused(R=False).max()),
    "E.iv.venous": lambda: float(infused(VENOUS).max()),
    "E.iv.S.20": lambda: share(infused(R=False), 20),
    **{f"E.iv.{minute}": lambda minute=minute: share(infused(), minute) for minute in (20, 60, 80)},
    **{f"P.{mg}.{minute}": lambda mg=mg, minute=minute: systolic(mg, minute) for mg in (56, 84) for minute in (40, 90, 120)},
    **{f"MAP.{level}": lambda level=level: float(STEADY.arterial(float(level))) for level in (85, 206, 282, 1959)},
    "asleep.cross": crossed,
}  # fmt: skip
