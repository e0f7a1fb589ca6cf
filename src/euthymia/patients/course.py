"""One treatment in one person or in many: everything between the dose and the rating scale, over time."""

from __future__ import annotations

import numpy as np

from euthymia.engine.course import Course, CourseMeta, Series
from euthymia.engine.ensemble import Outcome, Settings, group, run
from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.models.chain import Chain, default_chain, default_safety, kinetics
from euthymia.models.dosing import STUDY_DRUG, events, sessions
from euthymia.patients.population import People, Traits, draw, typical
from euthymia.symptoms.background import Background, change
from euthymia.symptoms.rating import Rating
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.drug import DrugClass
from euthymia.treatment.regimen import Regimen

TYPICAL_MADRS = 37.0  # points; the mean baseline of TRANSFORM-2 (row R0029)
AFTER_DOSE = np.array([2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 75, 90, 120, 180, 240, 360, 720]) / 60.0
HOURS_PER_DAY = 24.0


def simulate_course(
    regimen: Regimen, *, days: float, population: int, seed: int, fast: bool, threads: int | None
) -> Course:
    """Return the course of a regimen in a typical person (population 1) or in people drawn with ``seed``."""
    people = typical(TYPICAL_MADRS) if population == 1 else draw(Stream(seed).fold("simulate"), 0, population, Traits())
    oral = [dose for dose in regimen.doses if find_drug(dose.drug).kind is DrugClass.ORAL_ANTIDEPRESSANT]
    given = sessions([dose for dose in regimen.doses if dose not in oral], people.weight)
    t = _times(days, [session.t for session in given])
    chain, safety = default_chain().with_gain(people.gain), default_safety()
    linear = kinetics(people.body, chain.brain, safety.tolerance, people.count)
    outcome = run(
        group(linear, chain), events(given, people.FRn), t, settings=Settings(richardson=not fast, threads=threads)
    )
    variables = _variables(people, chain, outcome, regimen, oral_start=oral[0].t if oral else np.inf)
    if population == 1:
        variables = {name: Series(series.values[0], series.unit, series.label) for name, series in variables.items()}
    error = {"severity": float(outcome.error["sev"].max())} if outcome.error else {}
    meta = CourseMeta(
        regimen=str(regimen),
        seed=None if population == 1 else seed,
        persons=population,
        engine="structured scheme, one pass" if fast else "structured scheme, Richardson",
        error_estimate=error,
    )
    return Course(t, variables, meta)


def _times(days: float, starts: list[float]) -> np.ndarray:
    """Return the times to report: daily, and densely after each dose."""
    end = days * HOURS_PER_DAY
    daily = np.arange(0.0, end, HOURS_PER_DAY / 2)
    after = [start + AFTER_DOSE for start in starts]
    t = np.unique(np.round(np.concatenate([[0.0, end], daily, *after]), 9))
    return t[(t >= 0.0) & (t <= end)]


def _variables(
    people: People, chain: Chain, outcome: Outcome, regimen: Regimen, oral_start: float
) -> dict[str, Series]:
    """Return the variables in the order of the story."""
    values, t = outcome.values, outcome.t
    derived = chain.derived(values)
    safety = default_safety()
    z = np.asarray(safety.dissociation.drive(values["effect"], values["tolerance"]))
    starts = np.array([dose.t for dose in regimen.doses if dose.drug == STUDY_DRUG])
    visit = np.maximum(np.searchsorted(starts, t, side="right"), 1).astype(float)
    CADSS = safety.dissociation.score(safety.dissociation.effect(z), visit, people.sensitivity[:, None])
    background = Background.from_record(load_record("amplitudes"))
    visits = np.array(
        [dose.t for dose in regimen.doses if find_drug(dose.drug).kind is not DrugClass.ORAL_ANTIDEPRESSANT]
    )
    oral = np.full(people.count, oral_start)
    attended = np.ones((visits.size, people.count))
    course = [
        change(background, people.background, float(at), 0.0, sessions=visits, attended=attended, oral_start=oral)
        for at in t
    ]
    rating = Rating.from_record(load_record("rating"))
    MADRS = np.clip(
        people.background.baseline[:, None] + np.stack(course, axis=1) + values["sev"], rating.lowest, rating.highest
    )
    return {
        "plasma": Series(values["plasma"], "ng/mL", "Esketamine in venous plasma"),
        "noresketamine": Series(values["noresketamine"], "ng/mL", "Noresketamine in venous plasma"),
        "effect site": Series(derived["c"], "uM", "Free ketamine at the effect site, racemate equivalents"),
        "NMDA block E": Series(np.asarray(derived["block_E"]), "1", "Blocked NMDA receptors, pyramidal cells"),
        "NMDA block PV": Series(np.asarray(derived["block_PV"]), "1", "Blocked NMDA receptors, PV interneurons"),
        "NMDA block SST": Series(np.asarray(derived["block_SST"]), "1", "Blocked NMDA receptors, SST interneurons"),
        "surge": Series(derived["surge"], "1", "Glutamate surge (relative rise of the pyramidal rate)"),
        "BDNF": Series(values["bdnf"], "1", "BDNF release and TrkB signal"),
        "translation": Series(values["mtor"], "1", "Translation (mTORC1)"),
        "potentiation": Series(values["pot"], "1", "Fast synaptic potentiation"),
        "spines": Series(values["spn"], "1", "Spine density (healthy = 1)"),
        "severity change": Series(values["sev"], "points", "Change of severity by the drug"),
        "MADRS": Series(MADRS, "points", "MADRS with care and expectation"),
        "CADSS": Series(np.asarray(CADSS), "points", "Dissociation (CADSS)"),
        "SBP change": Series(np.asarray(safety.pressure.systolic(z)), "mmHg", "Rise of systolic pressure"),
    }
