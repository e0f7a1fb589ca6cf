"""Fitting what no source gives about safety: the scatter of readings, the steepness of sedation, and reports.

Only calibration rows of four weeks of twice-weekly dosing are used. People are conducted once through three trials;
every fit then works on the same people and draws, by least squares with a wide prior on each number. Each fit prints
its numbers and what remains between them and the published rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from euthymia.calibration.fitted import Residual, central_differences, least_squares
from euthymia.engine.ensemble import Settings
from euthymia.errors import EvidenceError
from euthymia.evidence import load_record
from euthymia.evidence.published import Measure, PublishedRow, Split
from euthymia.safety.readings import Cuff, OutlierShares, outlier_shares
from euthymia.safety.reporting import Event, Reporting
from euthymia.safety.sedation import AWAKE, Sedation
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import EXPECTATION_IN_FITS
from euthymia.trials.monitoring import (
    Exposure,
    Monitor,
    PersonDraws,
    SessionDraws,
    draw_people,
    draw_session,
    observe,
    report_signals,
)

REPLICATES = {"transform-1": 10, "transform-2": 14, "japan-2b": 14}  # some 3,000 people a trial
LABEL_PEOPLE = {"transform-1": (231, 113), "transform-2": (115, 109)}  # on drug and on placebo, as treated
STEP = 0.05  # on the log scale, for differences; large enough to move counts
# Label Table 6, rows R0317 to R0324: percent of 346 on drug and of 222 on placebo who pass the mark at any session.
LABEL_SHARES = {
    "SBP_rise": ("R0319", 8.0, "R0320", 0.5),
    "DBP_rise": ("R0323", 13.0, "R0324", 3.0),
    "SBP_level": ("R0317", 3.0, "R0318", 0.0),
    "DBP_level": ("R0321", 4.0, "R0322", 0.5),
}
LABEL_AT_40 = {"SBP": (8.0, 0.7), "DBP": (5.0, 0.7)}  # mmHg over placebo: 7 to 9 and 4 to 6, label 6.1 (unverified)
SE_MEAN_MAXIMUM = 1.0  # mmHg; some 40 people an arm whose maxima over eight sessions are averaged (SD assumed)
ANY_SEDATION = (("R0325", 61.9, 5.0), ("R0326", 34.7, 3.0))  # percent of patients and of visits, US practice
EVENTS = {
    Measure.AE_DISSOCIATION: Event.DISSOCIATION,
    Measure.AE_DIZZINESS: Event.DIZZINESS,
    Measure.AE_NAUSEA: Event.NAUSEA,
    Measure.AE_SEDATION: Event.SEDATION,
    Measure.AE_BLOOD_PRESSURE_INCREASED: Event.BLOOD_PRESSURE,
}


@dataclass(frozen=True)
class SafetyFit:
    """Fitted numbers with relative standard errors, and the misfit row by row."""

    values: Mapping[str, float]
    errors: Mapping[str, float]
    residuals: tuple[Residual, ...]

    def __str__(self) -> str:
        lines = [f"{name:22s} {value:9.4g}  (cv {self.errors[name]:.2g})" for name, value in self.values.items()]
        lines.append(f"\n{'row':44s} {'published':>9s} {'fitted':>7s} {'z':>6s}")
        lines += [
            f"{row.what:44s} {row.published:9.1f} {row.fitted:7.1f} {(row.fitted - row.published) / row.se:+6.1f}"
            for row in self.residuals
        ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Conducted:
    """A trial's people after its sessions: exposures and draws a session, attendance and arms."""

    id: str
    arm: np.ndarray
    names: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    rows: tuple[PublishedRow, ...]
    exposures: tuple[Exposure, ...]
    attended: np.ndarray
    people: PersonDraws
    sessions: tuple[SessionDraws, ...]
    monitor: Monitor

    def members(self, arm: str) -> np.ndarray:
        """Return who is in an arm or in a group of arms, [person]."""
        names = self.groups.get(arm, (arm,))
        return np.isin(self.arm, [place for place, name in enumerate(self.names) if name in names])

    @property
    def dosed(self) -> np.ndarray:
        """Who gets the drug at all, [person]."""
        return np.stack([exposure.z.max(1) for exposure in self.exposures]).max(0) > 0.0


@cache
def conducted(name: str, seed: int = 1) -> Conducted:
    """Return a trial's people with exposures and draws, conducted without effects of the trial.

    Raises:
        EvidenceError: When a published row of a safety measure is not marked calibration.
    """
    trial = load_trial(name)
    batch = Batch(
        trial, seed, range(REPLICATES[name]), Settings(), trial_effects=False, expectation=EXPECTATION_IN_FITS
    )
    batch.conducted()
    return Conducted(
        id=name,
        arm=batch.arm[trial.phases[0].name],
        names=tuple(arm.name for arm in trial.phases[0].arms),
        groups={group.name: group.arms for group in trial.groups},
        rows=tuple(row for row in trial.published if _safety_row(row)),
        exposures=tuple(batch.exposure(row) for row in range(batch.schedule.t.size)),
        attended=batch.attended(),
        people=draw_people(batch.draw),
        sessions=tuple(draw_session(batch.draw, float(t)) for t in batch.schedule.t),
        monitor=batch.monitor,
    )


def fit_readings(seed: int = 1) -> SafetyFit:
    """Fit the spread of the rise between people and visits, the scatter of a reading, and one trial's own factor.

    The mean rise keeps the curve of its record: freed together with the spreads, its exponent left every plausible
    range to serve the tails. The Japanese trial has its own factor on the mean, drawn towards one by the stated
    spread between cohorts; the label's trials are the ones that the curve was set to.

    Args:
        seed: Seed of the named streams of the people who stand for each trial.
    """
    record = load_record("pressure")
    trials = [conducted(name, seed) for name in REPLICATES]
    start = {"sd_cuff_SBP": 7.0, "sd_cuff_DBP": 6.0, "omega_person": 0.55, "omega_visit": 0.3, "cohort_japan": 1.0}
    prior = {"sd_cuff_SBP": 0.5, "sd_cuff_DBP": 0.5, "omega_person": 0.3, "omega_visit": 0.3}
    prior["cohort_japan"] = record.value("omega_cohort", "1")

    def rows(values: Mapping[str, float]) -> list[Residual]:
        cuff = Cuff.from_record(record.replace(**values))
        changed = [_with(trial, cuff, _cohort(trial.id, values["cohort_japan"])) for trial in trials]
        return [*_maxima(changed), *_label_shares(changed), *_label_means(changed)]

    return _fit(start, prior, rows)


def fit_sedation(seed: int = 1) -> SafetyFit:
    """Fit steepness, spread between people and spacing of the levels of sedation.

    Args:
        seed: Seed of the named streams of the people who stand for each trial.
    """
    record = load_record("sedation")
    japan, western = conducted("japan-2b", seed), conducted("transform-2", seed)
    start = {"h_sedation": 2.0, "step": 2.0, "omega_sedation": 1.0}
    prior = dict.fromkeys(start, 0.5)

    def rows(values: Mapping[str, float]) -> list[Residual]:
        sedation = Sedation.from_record(record.replace(**values))
        deep, any_ = _sedated(japan, sedation, 3), _sedated(western, sedation, AWAKE - 1)
        found = [
            _share(row, 100.0 * float(_ever(deep, japan.attended)[japan.members(row.arm)].mean()))
            for row in japan.rows
            if row.measure is Measure.MOAAS_LE3
        ]
        dosed = western.dosed
        patients = 100.0 * float(_ever(any_, western.attended)[dosed].mean())
        visits = 100.0 * float(any_[:, dosed][western.attended[:, dosed]].mean())
        return found + [
            Residual(f"{row} any sedation", published, ours, se)
            for (row, published, se), ours in zip(ANY_SEDATION, (patients, visits), strict=True)
        ]

    return _fit(start, prior, rows)


def fit_reporting(seed: int = 1) -> SafetyFit:
    """Fit hazards of reports, with what is seen at sessions as the records now say.

    Args:
        seed: Seed of the named streams of the people who stand for each trial.
    """
    trials = [conducted(name, seed) for name in REPLICATES]
    signals = {trial.id: _signals(trial) for trial in trials}
    reporting = Reporting.from_record(load_record("reporting"))
    typical = {event: max(float(np.quantile(signals["transform-2"][event], 0.9)), 1.0) for event in Event}
    found: list[SafetyFit] = []
    for event in Event:

        def rows(values: Mapping[str, float], event: Event = event) -> list[Residual]:
            base, slope = (values[f"{kind}_{event.value}"] for kind in ("base", "slope"))
            return [
                _share(
                    row, 100.0 * float(_reported(trial, signals[trial.id][event], base, slope, reporting)[who].mean())
                )
                for trial in trials
                for row in trial.rows
                if EVENTS.get(row.measure) is event
                for who in [trial.members(row.arm)]
            ]

        start = {f"base_{event.value}": 0.005, f"slope_{event.value}": 0.1 / typical[event]}
        found.append(_fit(start, dict.fromkeys(start, 2.0), rows))
    return SafetyFit(
        {name: value for one in found for name, value in one.values.items()},
        {name: value for one in found for name, value in one.errors.items()},
        tuple(row for one in found for row in one.residuals),
    )


def _safety_row(row: PublishedRow) -> bool:
    wanted = (*EVENTS, Measure.SBP_MAX_INCREASE, Measure.DBP_MAX_INCREASE, Measure.MOAAS_LE3)
    if row.measure not in wanted:
        return False
    if row.split is not Split.CALIBRATION:
        raise EvidenceError(f"row {row.row_id} is marked {row.split}; only calibration rows may be fitted")
    return True


def _cohort(trial: str, japan: float) -> float:
    """Return a trial's factor on the mean rise of pressure."""
    return japan if trial == "japan-2b" else 1.0


def _with(trial: Conducted, cuff: Cuff, cohort: float) -> tuple[Conducted, np.ndarray, np.ndarray, np.ndarray]:
    """Return the trial with rises (before scatter) and readings [person, session, ...] under other numbers."""
    changed, people = replace(trial.monitor, cuff=cuff), replace(trial.people, cohort=cohort)
    seen = [
        observe(changed, exposure, people, session)
        for exposure, session in zip(trial.exposures, trial.sessions, strict=True)
    ]
    rise, SBP, DBP = (np.stack([getattr(one, name) for one in seen], axis=1) for name in ("rise", "SBP", "DBP"))
    return trial, rise, SBP, DBP


Changed = tuple[Conducted, np.ndarray, np.ndarray, np.ndarray]


def _maxima(changed: list[Changed]) -> list[Residual]:
    found = []
    for trial, _, SBP, DBP in changed:
        for row in trial.rows:
            if row.measure in (Measure.SBP_MAX_INCREASE, Measure.DBP_MAX_INCREASE):
                readings = SBP if row.measure is Measure.SBP_MAX_INCREASE else DBP
                ours = float(mean_maximum(readings, trial.attended.T)[trial.members(row.arm)].mean())
                what = f"{row.row_id} {row.measure} {row.arm}"
                found.append(Residual(what, row.value, ours, SE_MEAN_MAXIMUM))
    return found


def mean_maximum(readings: np.ndarray, attended: np.ndarray) -> np.ndarray:
    """Return each person's largest rise, averaged over the sessions attended, mmHg, [person].

    Args:
        readings: Readings, mmHg, [person, session, reading], the first before the dose.
        attended: Whether the person was there, [person, session]; everybody has one session at least.
    """
    rise = readings[..., 1:].max(-1) - readings[..., 0]
    return (rise * attended).sum(1) / np.maximum(attended.sum(1), 1)


def _label_shares(changed: list[Changed]) -> list[Residual]:
    found = []
    by_trial = {trial.id: (trial, SBP, DBP) for trial, _, SBP, DBP in changed}
    for place, people in enumerate(("esketamine", "placebo")):
        shares: list[OutlierShares] = []
        weights = [counts[place] for counts in LABEL_PEOPLE.values()]
        for name in LABEL_PEOPLE:
            trial, SBP, DBP = by_trial[name]
            who = trial.dosed if place == 0 else ~trial.dosed
            shares.append(outlier_shares(SBP[who], DBP[who], trial.attended.T[who]))
        for mark, row in LABEL_SHARES.items():
            ours = float(np.average([getattr(share, mark) for share in shares], weights=weights))
            row_id, published = row[2 * place], float(row[2 * place + 1])
            found.append(Residual(f"{row_id} {mark} {people}", published, ours, _binomial(published, sum(weights))))
    return found


def _label_means(changed: list[Changed]) -> list[Residual]:
    trial, rise, _, _ = next(one for one in changed if one[0].id == "transform-2")
    systolic = float(rise[trial.dosed][:, :, 1].mean())  # the second minute of the safety data is the fortieth
    ratio = _ratio(changed, trial)
    means = {"SBP": systolic, "DBP": systolic * ratio}
    return [
        Residual(f"label, mean {name} at 40 min", published, means[name], se)
        for name, (published, se) in LABEL_AT_40.items()
    ]


def _ratio(changed: list[Changed], trial: Conducted) -> float:
    """Return the diastolic over the systolic mean rise, by the readings at 40 minutes."""
    _, _, SBP, DBP = next(one for one in changed if one[0] is trial)
    who = trial.dosed
    rise = [float((r[who][:, :, 1] - r[who][:, :, 0]).mean()) for r in (SBP, DBP)]
    return rise[1] / rise[0]


def _sedated(trial: Conducted, sedation: Sedation, level: int) -> np.ndarray:
    """Return the probability of a MOAA/S of ``level`` or less at each session, [session, person]."""
    drive = np.stack([np.asarray(sedation.drive(exposure.z.max(1))) for exposure in trial.exposures])
    return np.asarray(sedation.probability(drive, trial.people.sedation, level))


def _ever(probability: np.ndarray, attended: np.ndarray) -> np.ndarray:
    """Return the probability of at least one hit over sessions, [person]."""
    return 1.0 - np.prod(1.0 - probability * attended, axis=0)


def _signals(trial: Conducted) -> dict[Event, np.ndarray]:
    """Return what each event answers to, [session, person], with the size of the rise that the trial had."""
    japan = load_record("pressure").value("cohort_japan", "1")
    people = replace(trial.people, cohort=_cohort(trial.id, japan))
    found = []
    for exposure, session in zip(trial.exposures, trial.sessions, strict=True):
        seen = observe(trial.monitor, exposure, people, session)
        found.append(report_signals(trial.monitor, exposure, seen.MOAAS, seen.SBP))
    return {event: np.stack([one[event] for one in found]) for event in Event}


def _reported(trial: Conducted, signal: np.ndarray, base: float, slope: float, reporting: Reporting) -> np.ndarray:
    """Return the probability of at least one report, [person]."""
    hazard = reporting.proneness(trial.people.reports) * (base + slope * np.maximum(signal, 0.0))
    return np.asarray(reporting.probability((hazard * trial.attended).sum(0)))


def _share(row: PublishedRow, ours: float) -> Residual:
    return Residual(f"{row.row_id} {row.measure} {row.arm}", row.value, ours, _binomial(row.value, row.n or 40))


def _binomial(percent: float, n: int) -> float:
    """Return the standard error of a percentage, half a person more on either side: no share is sure at 0 of 9."""
    share = (percent / 100.0 * n + 0.5) / (n + 1.0)
    return 100.0 * float(np.sqrt(share * (1.0 - share) / n))


def _fit(
    start: Mapping[str, float],
    prior: Mapping[str, float],
    rows: Callable[[Mapping[str, float]], list[Residual]],
) -> SafetyFit:
    """Return the numbers that balance rows and priors; ``prior`` holds SDs on the log scale around ``start``."""
    names = list(start)
    centre, width = (np.array([kind[name] for name in names]) for kind in (start, prior))

    def values(x: np.ndarray) -> dict[str, float]:
        return dict(zip(names, map(float, centre * np.exp(x)), strict=True))

    def misfit(x: np.ndarray) -> np.ndarray:
        data = [(row.fitted - row.published) / row.se for row in rows(values(x))]
        return np.concatenate([data, x / width])

    found = least_squares(misfit, np.zeros(len(names)), central_differences(misfit, STEP), most=40)
    spread = found.spread()
    return SafetyFit(values(found.x), dict(zip(names, map(float, spread), strict=True)), tuple(rows(values(found.x))))
