"""Virtual people: covariates and individual parameters, each drawn from a stream named for its purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.evidence import Record, load_record
from euthymia.patients.entry import Entered
from euthymia.patients.history import History
from euthymia.patients.shares import Makeup
from euthymia.patients.variability import individual, truncated_normal
from euthymia.pharmacology.disposition import Esketamine
from euthymia.symptoms.background import Background, Person
from euthymia.symptoms.rating import Rating

AGE_FLOW_STARTS = 60.0  # years; hepatic flow falls with each year above (Perez-Ruixo 2021)
VARYING = ("ka_n", "ka_sw", "Vc", "Vp1", "Qh", "Vh", "kel", "kmet", "Vcn", "CLn")


@dataclass(frozen=True)
class Traits:
    """Who may be drawn: the population of an arm, as the trial describes it.

    Attributes:
        age: Mean, SD, lowest and highest age, years.
        women: Share of women.
        MADRS: Mean, SD and lowest MADRS total at baseline, points.
        asian: Share of Asian people.
        japanese: Share of Japanese people (who carry the Asian factors too).
        weight: Mean and SD of body weight, kg; None for that of the evidence.
        failed: How many courses of an oral antidepressant failed before, all in a row; 0 is everybody.
        failed_fall: A course failed when the total fell by less than this share; None for that of the evidence.
    """

    age: tuple[float, float, float, float] = (45.0, 11.0, 18.0, 64.0)
    women: float = 0.6
    MADRS: tuple[float, float, float] = (37.0, 5.7, 28.0)
    asian: float = 0.0
    japanese: float = 0.0
    weight: tuple[float, float] | None = None
    failed: int = 0
    failed_fall: float | None = None


@dataclass(frozen=True)
class People:
    """A group of virtual people; every array is [person].

    Attributes:
        age: Years.
        female: Whether a woman.
        weight: Body weight, kg.
        baseline_rating: MADRS total as rated at baseline, points.
        background: True baseline and the personal sizes of the courses without drug.
        FRn: Nasal fraction of the first device.
        body: Individual kinetics.
        gain: Size of the drug's effect by connections: the typical gain times the person's glutamatergic factor.
        serotonergic: Personal factor on the effect of serotonin, mean 1 in unselected people.
        sensitivity: Personal factor on dissociation, mean 1.
    """

    age: np.ndarray
    female: np.ndarray
    weight: np.ndarray
    baseline_rating: np.ndarray
    background: Person
    FRn: np.ndarray
    body: Esketamine
    gain: np.ndarray
    serotonergic: np.ndarray
    sensitivity: np.ndarray

    @property
    def count(self) -> int:
        """Number of people."""
        return self.age.size

    def with_trial_effects(self, care: np.ndarray, gain: np.ndarray) -> People:
        """Return the same people in trials whose care and drug effect differ.

        Args:
            care: Added to each person's effect of care, points.
            gain: Factor on each person's size of effect.
        """
        background = replace(self.background, care=self.background.care + care)
        return replace(self, background=background, gain=self.gain * gain)


def draw(
    stream: Stream,
    start: int,
    stop: int,
    traits: Traits,
    *,
    amplitudes: Record | None = None,
    entered: Entered | None = None,
) -> People:
    """Draw persons ``start`` to ``stop`` - 1 of a stream.

    Args:
        stream: Where the draws come from; a person's number and each purpose's name address them.
        start: First person's number.
        stop: One past the last.
        traits: Who may be drawn.
        amplitudes: Other amplitudes than those of the evidence record.
        entered: How severe they are, where that is known already; as ``traits.MADRS`` has it when None.

    Raises:
        EuthymiaError: When next to nobody has the history that is asked for.
    """

    def normal(purpose: str) -> np.ndarray:
        return stream.normal(purpose, start, stop)[:, 0]

    def uniform(purpose: str) -> np.ndarray:
        return stream.uniform(purpose, start, stop)[:, 0]

    record, amplitudes = load_record("esketamine"), amplitudes or load_record("amplitudes")
    age = truncated_normal(uniform("age"), *traits.age)
    ancestry = uniform("ancestry")
    japanese, asian = ancestry < traits.japanese, ancestry < max(traits.asian, traits.japanese)
    if entered is None:
        rated, true = _baseline(uniform("baseline"), normal("baseline rating error"), traits)
    else:
        rated, true = entered.MADRS, entered.severity
    history = History.of(traits.failed, traits.failed_fall, amplitudes)
    makeup = Makeup.from_record(load_record("heterogeneity"))
    past = history.draw(stream, start, stop, baseline=true, makeup=makeup)
    omega = load_record("dissociation").value("omega_subject", "1")
    return People(
        age=age,
        female=uniform("sex") < traits.women,
        weight=_weight(traits.weight, normal("weight")),
        baseline_rating=rated,
        background=_background(Background.from_record(amplitudes), true, past.care, normal),
        FRn=_nasal_fraction(record, normal("FRn"), japanese),
        body=_body(record, normal, age, asian),
        gain=amplitudes.value("gain", "1") * past.factors.glutamatergic,
        serotonergic=past.factors.serotonergic,
        sensitivity=np.exp(omega * normal("dissociation") - 0.5 * omega**2),
    )


def typical(MADRS: float, age: float = 45.0, *, amplitudes: Record | None = None) -> People:
    """Return one typical person: every between-subject draw at its middle."""
    record, amplitudes = load_record("esketamine"), amplitudes or load_record("amplitudes")
    zero, no = np.zeros(1), np.zeros(1, dtype=bool)
    background = Background.from_record(amplitudes)
    return People(
        age=zero + age,
        female=no,
        weight=zero + load_record("population").value("weight_mean", "kgbw"),
        baseline_rating=zero + MADRS,
        background=_background(background, zero + MADRS, zero, lambda _: zero),
        FRn=_nasal_fraction(record, zero, no),
        body=_body(record, lambda _: zero, zero + age, no),
        gain=zero + amplitudes.value("gain", "1"),
        serotonergic=zero + 1.0,
        sensitivity=zero + 1.0,
    )


def _baseline(u: np.ndarray, error: np.ndarray, traits: Traits) -> tuple[np.ndarray, np.ndarray]:
    """Return rated and true severity at baseline: being let in by a rating means regressing to the mean afterwards."""
    mean, sd, lowest = traits.MADRS
    rating = Rating.from_record(load_record("rating"))
    rated = np.round(truncated_normal(u, mean, sd, lowest, rating.highest))
    reliability = max(1.0 - (rating.sem / sd) ** 2, 0.0)  # ratings that spread less than their error: all alike
    true = mean + reliability * (rated - mean) + rating.sem * np.sqrt(reliability) * error
    return rated, true


def _weight(asked: tuple[float, float] | None, z: np.ndarray) -> np.ndarray:
    """Return weights, kg: log-normal with the mean and SD asked for, or as the evidence has them."""
    if asked is None:
        return individual(load_record("population")["weight_mean"], z, "kgbw")
    mean, sd = asked
    variance = np.log1p((sd / mean) ** 2)
    return mean * np.exp(np.sqrt(variance) * z - 0.5 * variance)


def _background(typical: Background, true: np.ndarray, care: np.ndarray, normal: Callable[[str], np.ndarray]) -> Person:
    """Return the personal courses without drug; sizes of sessions are log-normal with the stated mean."""
    return Person(
        baseline=true,
        care=typical.care_mean + typical.care_sd * care,
        tau_care=typical.tau_care * np.exp(typical.omega_care * normal("speed of care")),
        session=typical.session_mean
        * np.exp(typical.omega_session * normal("session") - 0.5 * typical.omega_session**2),
    )


def _nasal_fraction(record: Record, z: np.ndarray, japanese: np.ndarray) -> np.ndarray:
    """Return FRn; the Japanese factor is cut so that the fraction stays one."""
    found = individual(record["FRn"], z, "1")
    return np.minimum(np.where(japanese, record.value("mult_FRn_Japanese", "1") * found, found), 1.0)


def _body(record: Record, normal: Callable[[str], np.ndarray], age: np.ndarray, asian: np.ndarray) -> Esketamine:
    """Return individual kinetics with the published covariates: age on hepatic flow, Asian ancestry on clearance."""
    units = {name: unit for name, (unit, _) in Esketamine.parameters().items()}
    values = {
        name: individual(record[name], normal(name), unit) if name in VARYING else record.value(name, unit)
        for name, unit in units.items()
    }
    slope = record.value("s_age", "L/h/year")
    values["Qh"] = np.maximum(values["Qh"] + slope * np.maximum(age - AGE_FLOW_STARTS, 0.0), 0.1 * values["Qh"])
    values["kel"] = values["kel"] * np.where(asian, record.value("mult_kel_Asian", "1"), 1.0)
    values["CLn"] = values["CLn"] * np.where(asian, record.value("mult_CLn_Asian", "1"), 1.0)
    return Esketamine(**values)


def joined(parts: Sequence[Any]) -> Any:
    """Return groups of people (or of parts of them) as one, in the order given; numbers shared by all stay numbers."""
    first = parts[0]
    if is_dataclass(first) and not isinstance(first, type):
        names = [field.name for field in fields(first)]
        return replace(first, **{name: joined([getattr(part, name) for part in parts]) for name in names})
    return np.concatenate(parts) if isinstance(first, np.ndarray) else first
