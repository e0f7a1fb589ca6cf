"""ADSL: one row a simulated subject, with arms by period, populations, and how the trial ended for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.report.adam_dataset import Block, Dataset, Form, assembled, sas_day
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.rules import Leaving

REGION = "Region {}"
TERMS = {
    Leaving.STAYED: "",
    Leaving.INEFFICACY: "LACK OF EFFICACY",
    Leaving.ADVERSE_EVENT: "ADVERSE EVENT",
    Leaving.ADMINISTRATIVE: "OTHER",
    Leaving.UNSTATED: "OTHER",
}
SPECIFIED = {
    Leaving.ADMINISTRATIVE: "administrative",
    Leaving.UNSTATED: "reason not simulated: leaving is a constant hazard with the published share",
}
BEFORE = ("STUDYID", "USUBJID", "SUBJID", "SITEID", "REGION1", "AGE", "AGEU", "SEX", "WEIGHTBL", "ARM", "ACTARM")
AFTER = (
    *("RANDFL", "ITTFL", "SAFFL", "FASFL", "COMPLFL", "RANDDT", "TRTSDT", "TRTEDT"),
    *("EOSSTT", "EOSDT", "DCSREAS", "DCSREASP", "EOTSTT", "DCTREAS", "DCTREASP", "RESCFL", "SWITCHFL"),
)
COMMON = ("STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "SEX", "ITTFL", "SAFFL", "FASFL", "TRTSDT")


def subjects(data: TrialData, start: date) -> Dataset:
    """Return ADSL of a single replicate.

    Args:
        data: One replicate.
        start: The date of everybody's randomisation.

    Raises:
        EuthymiaError: When there is more than one replicate, or nobody knows who the people are.
    """
    if data.replicates != 1 or data.people is None or data.site is None:
        raise EuthymiaError(f"a dataset of subjects is of one replicate and knows its people; given {data.replicates}")
    count, trial = data.left.shape[1], data.trial
    people, site, left = data.people, data.site[0].astype(int), data.left[0]
    number = np.char.zfill((np.arange(count) + 1).astype(str), 5)
    named = np.char.zfill((site + 1).astype(str), 3)
    first, last = exposure_times(data)
    yes = {"RANDFL": randomised(data), "SAFFL": np.isfinite(first), "COMPLFL": np.isinf(left)}
    yes |= {"RESCFL": happened([phase.rescued for phase in data.phases])}
    yes |= {"SWITCHFL": happened([phase.switched for phase in data.phases])}
    ends = treatment_ended(data)
    yes |= {"ITTFL": yes["RANDFL"], "FASFL": yes["RANDFL"] & yes["SAFFL"] & rated(data)}
    values: dict[str, object] = {
        "STUDYID": study(data),
        "USUBJID": [f"{study(data)}-{a}-{b}" for a, b in zip(named, number, strict=True)],
        "SUBJID": number.astype(object),
        "SITEID": named.astype(object),
        "AGE": np.floor(people.age[0]),
        "AGEU": "YEARS",
        "SEX": np.where(people.female[0], "F", "M").astype(object),
        "WEIGHTBL": np.round(people.weight[0], 1),
        "ARM": _whole_arm(data),
        "ACTARM": _whole_arm(data),
        "REGION1": [REGION.format(each % trial.regions + 1) for each in site],
        "RANDDT": np.where(yes["RANDFL"], sas_day(start, randomised_at(data)), np.nan),
        "TRTSDT": sas_day(start, first),
        "TRTEDT": sas_day(start, last),
        "EOSSTT": np.where(yes["COMPLFL"], "COMPLETED", "DISCONTINUED").astype(object),
        "EOSDT": sas_day(start, ended(data)),
        "DCSREAS": _in(TERMS, data.reason[0]),
        "DCSREASP": _in(SPECIFIED, data.reason[0]),
        "EOTSTT": np.where(ends == Leaving.STAYED, "COMPLETED", "DISCONTINUED").astype(object),
        "DCTREAS": _in(TERMS, ends),
        "DCTREASP": _in(SPECIFIED, ends),
    }
    values |= {name: np.where(flag, "Y", "N").astype(object) for name, flag in yes.items()}
    periods: dict[str, object] = {}
    for place, phase in enumerate(data.phases, 1):
        periods |= _period(phase, place, left, start)
    names = (*BEFORE, *periods, *AFTER)
    # Subjects stay in the order of their numbers, so that a subject's number is its row.
    form = Form("ADSL", "Subject-Level Analysis Dataset", "One record per subject", names, ("SUBJID",))
    return assembled(form, [Block(np.arange(count), values | periods)])


def study(data: TrialData) -> str:
    """Return the study's identifier."""
    return data.trial.id.upper()


def arm_names(phase: PhaseData) -> np.ndarray:
    """Return the name of each subject's arm in a phase; empty where the subject is not in it."""
    names = np.array([*(arm.name for arm in phase.phase.arms), ""], dtype=object)
    return names[phase.arm[0]]


def randomised(data: TrialData) -> np.ndarray:
    """Return who was put into one of several arms, [subject]; everybody of a trial whose phases have one arm each."""
    several = [phase.arm[0] >= 0 for phase in data.phases if len(phase.phase.arms) > 1]
    return np.any(several, axis=0) if several else data.phases[0].arm[0] >= 0


def randomised_at(data: TrialData) -> float:
    """Return when it was first decided between arms, h."""
    return next((phase.phase.start for phase in data.phases if len(phase.phase.arms) > 1), 0.0)


def rated(data: TrialData) -> np.ndarray:
    """Return who was rated after the start of a phase, [subject]."""
    return np.any([phase.observed[0].any(-1) for phase in data.phases], axis=0)


def ended(data: TrialData) -> np.ndarray:
    """Return when the trial was over for people, h, [subject]: when they left, or at the end of their last phase."""
    last = np.zeros(data.left.shape[1])
    for phase in data.phases:
        last = np.where(phase.arm[0] >= 0, phase.phase.end, last)
    return np.minimum(last, data.left[0])


def happened(times: Sequence[np.ndarray]) -> np.ndarray:
    """Return to whom something happened in any phase, [subject], from when it did in each, h, [1, subject]."""
    return np.any([np.isfinite(one[0]) for one in times], axis=0)


def treatment_ended(data: TrialData) -> np.ndarray:
    """Return why the study treatment of people ended early, as numbers of `Leaving`, [subject].

    Who stops it and leaves later has ended it for the reason of stopping.
    """
    found = data.reason[0]
    for phase in data.phases:
        found = np.where(phase.reason[0] != Leaving.STAYED, phase.reason[0], found)
    return found


def exposure_times(data: TrialData) -> tuple[np.ndarray, np.ndarray]:
    """Return when people were first and last given anything, sham included, h, [subject]; NaN where never.

    Pills of placebo stand in no regimen: who is in an arm without doses takes them from its start on.
    """
    count = data.left.shape[1]
    first, last = np.full(count, np.inf), np.full(count, -np.inf)
    seen = data.safety.seen
    sessions = () if seen is None else zip(data.safety.t, seen.attended[0].T, strict=True)
    for t, came in sessions:
        first, last = np.where(came, np.minimum(first, t), first), np.where(came, np.maximum(last, t), last)
    for begins, stops, takes in [*_pills(data), *_courses(data)]:
        takes = takes & (data.left[0] > begins)
        first = np.where(takes, np.minimum(first, begins), first)
        last = np.where(takes, np.maximum(last, np.minimum(stops, data.left[0])), last)
    ever = np.isfinite(first)
    return np.where(ever, first, np.nan), np.where(ever, last, np.nan)


def _pills(data: TrialData) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Yield from when until when (h) who took pills of placebo, [subject]."""
    for phase in data.phases:
        stops = np.minimum(np.minimum(phase.stopped[0], phase.switched[0]), phase.phase.end)
        for place, arm in enumerate(phase.phase.arms):
            if not arm.regimen.doses:
                yield phase.phase.start, stops, phase.arm[0] == place


def _courses(data: TrialData) -> Iterator[tuple[float, float, np.ndarray]]:
    """Yield from when until when (h) who took tablets, [subject]."""
    for one in () if data.given is None else data.given.home:
        yield one.start, one.stop, one.amount[0] > 0.0


def _in(words: Mapping[Leaving, str], reasons: np.ndarray) -> np.ndarray:
    return np.array([words.get(Leaving(each), "") for each in reasons], dtype=object)


def _whole_arm(data: TrialData) -> np.ndarray:
    parts = [arm_names(phase) for phase in data.phases]
    joined = [" - ".join(part for part in each if part) for each in zip(*parts, strict=True)]
    return np.array(joined, dtype=object)


def _period(phase: PhaseData, place: int, left: np.ndarray, start: date) -> dict[str, object]:
    member, name = phase.arm[0] >= 0, f"{place:02d}"
    planned, number = arm_names(phase), np.where(member, phase.arm[0] + 1.0, np.nan)
    begins, ends = phase.phase.start, np.minimum(phase.phase.end, left)
    return {
        f"TRT{name}P": planned,
        f"TRT{name}PN": number,
        f"TRT{name}A": planned,
        f"TRT{name}AN": number,
        f"AP{name}SDT": np.where(member, sas_day(start, begins), np.nan),
        f"AP{name}EDT": np.where(member, sas_day(start, ends), np.nan),
    }
