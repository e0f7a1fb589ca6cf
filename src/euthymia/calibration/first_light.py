"""Fitting the few amplitudes that no source gives, to the calibration rows of four esketamine trials.

Maximum a posteriori by least squares: each published row counts by its own standard error, each amplitude has a wide
prior, and each trial has its own care and its own size of drug effect, drawn towards zero by the stated spread between
trials. The drug's course is all but proportional to its gain, so the chain is run three times a round and the rest is
arithmetic on the same people (common random numbers); doses are titrated anew every round.

Whom earlier treatments failed depends on the amplitudes too: they are selected anew every round, by the amplitudes it
starts with. Within a round the selected stay who they are (the same standard normals), so the printed standard error of
care takes the selection for known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from euthymia.calibration.fitted import Settled, central_differences, least_squares, rewritten
from euthymia.calibration.oral import fit_oral, published_course
from euthymia.engine.ensemble import Settings
from euthymia.errors import EvidenceError
from euthymia.evidence import Record, load_record
from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split
from euthymia.models.defaults import Sizes
from euthymia.symptoms.background import Background, Person
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import EXPECTATION_IN_FITS, Trial
from euthymia.trials.enrolment import trial_factor
from euthymia.trials.predict import Nothing, change_by, predict

TRIALS = ("transform-1", "transform-2", "synapse", "japan-2b")
# Prior of each amplitude: centre, and SD on the log scale. Assumed; wide, and the same whatever the record holds now.
FREE = {
    "gain": (0.5, 1.0),
    "signal": (1.0, 1.0),
    "care_mean": (10.0, 0.7),
    "care_sd": (12.0, 0.5),
    "tau_care": (21.0, 0.5),
    "shape_care": (1.5, 0.3),
    "omega_care": (0.3, 0.5),
    "session_mean": (9.0, 0.7),
    "omega_session": (0.8, 0.4),
    "tau_session": (1.2, 0.7),
    "sd_visit": (4.0, 0.5),
    "CADSS_gain": (14.0, 1.0),
}
FIRST_GAIN_SD = 0.3  # between trials, before the first round has said something about it
UNITS = {"tau_care": "d", "tau_session": "d"} | dict.fromkeys(
    ("gain", "signal", "shape_care", "omega_care", "omega_session", "sd_trial_gain"), "1"
)
REPLICATES = {"transform-1": 10, "transform-2": 14, "synapse": 40, "japan-2b": 14}  # some 3,000 people a trial
ROUNDS = 3
STEP = 0.05  # on the log scale (or in SDs), for differences; large enough to move ratings by whole points
STEPS_A_ROUND = 15
KEPT = 4  # answers of a trial that are kept: that of the present point is asked for again and again
# One row a quantity: arm values by observed cases; differences, LOCF and pooled arms repeat the same patients.
USED = (Measure.MADRS_CHANGE, Measure.RESPONSE, Measure.REMISSION, Measure.CADSS_MEAN)
ESTIMATORS = (Estimator.OC, Estimator.LS_MEAN, Estimator.RAW)


@dataclass(frozen=True)
class Residual:
    """One published number and what the fit makes of it.

    Attributes:
        trial: The trial's id.
        row_id: The published row.
        quantity: What of the row: its value or its standard deviation.
        published: As printed.
        fitted: As fitted, with the trial's own effects.
        typical: As predicted for a trial without effects of its own.
        se: Standard error of the published number.
    """

    trial: str
    row_id: str
    quantity: str
    published: float
    fitted: float
    typical: float
    se: float


@dataclass(frozen=True)
class Fit:
    """Fitted amplitudes with their approximate standard errors, and the misfit row by row."""

    values: dict[str, float]
    errors: dict[str, float]
    care_of_trial: dict[str, float]
    gain_of_trial: dict[str, float]
    residuals: tuple[Residual, ...]
    chi2: float

    def __str__(self) -> str:
        """Return the fit as a table in text: amplitudes, trial effects, and misfit with the worst first."""
        lines = ["amplitude          value   (se)"]
        lines += [f"{name:16s} {value:8.4g}   {self._error(name)}" for name, value in self.values.items()]
        lines += ["", "trial            care (points)   drug effect (factor)"]
        lines += [
            f"{name:16s} {self.care_of_trial[name]:+8.2f} {self.gain_of_trial[name]:16.2f}"
            for name in self.care_of_trial
        ]
        lines += ["", f"chi-square {self.chi2:.1f} over {len(self.residuals)} published numbers; misfit, worst first:"]
        lines += ["row    trial         quantity   published   fitted  without trial effects   z"]
        for row in sorted(self.residuals, key=lambda one: -abs(one.fitted - one.published) / one.se):
            z = (row.fitted - row.published) / row.se
            lines.append(
                f"{row.row_id:6s} {row.trial:13s} {row.quantity:8s} {row.published:11.2f} {row.fitted:8.2f} "
                f"{row.typical:14.2f} {z:+12.1f}"
            )
        return "\n".join(lines)

    def _error(self, name: str) -> str:
        return f"({self.errors[name]:.2g})" if name in self.errors else ""


def oral_course(record: Record) -> tuple[float, float]:
    """Return effect (MADRS points) and time constant (d) of a new oral antidepressant over placebo.

    An exponential onset through the share of the week-6 difference reached at week 1, and the pooled difference in
    HAMD17 points, linked to MADRS points, at week 6.
    """
    from scipy.optimize import brentq

    course = published_course(record)
    part, week6 = course.week1 / course.week6, -course.week6

    def excess(tau: float) -> float:
        return float(np.expm1(-7.0 / tau) / np.expm1(-42.0 / tau)) - part

    root: Any = brentq(excess, 1.0, 1000.0)  # a float, for no full output is asked for
    tau = float(root)
    return float(week6 / -np.expm1(-42.0 / tau)), tau


def fit(seed: int = 1, progress: Callable[[float], None] | None = None, trials: tuple[str, ...] = TRIALS) -> Fit:
    """Fit the amplitudes.

    Args:
        seed: Seed of the named streams of the people who stand for each trial.
        progress: Called with the share of the work that is done.
        trials: Which of the trials to fit to; fewer to see what one of them does.

    Raises:
        EvidenceError: When a row that is not marked calibration is about to be used.
    """
    start = load_record("amplitudes")
    oral = dict(zip(("oral_effect", "tau_oral"), oral_course(load_record("oral_antidepressant")), strict=True))
    names = list(FREE)
    centre = np.array([centre for centre, _ in FREE.values()])
    x = np.zeros(len(names) + 2 * len(trials))
    gain_sd = FIRST_GAIN_SD
    residuals: tuple[Residual, ...] = ()
    spread, care, gain = np.ones(x.size), np.zeros(len(trials)), np.ones(len(trials))
    care_sd = start.value("sd_trial_care", "points")

    def simulated_at(x: np.ndarray, gain_sd: float) -> list[_Simulated]:
        values = dict(zip(names, centre * np.exp(x[: len(names)]), strict=True)) | {
            "sd_trial_gain": gain_sd,
            **oral,
            **_serotonin(start, float(centre[0] * np.exp(x[0]))),
        }
        return [_Simulated(name, seed, start.replace(**values)) for name in trials]

    def settled(x: np.ndarray, gain_sd: float) -> tuple[Settled, list[_Simulated]]:
        simulated = simulated_at(x, gain_sd)

        def misfit(x: np.ndarray) -> np.ndarray:
            return _misfit(x, simulated, centre, care_sd, gain_sd)[0]

        slopes = central_differences(misfit, STEP)
        return least_squares(misfit, x, slopes, scale=0.3, most=STEPS_A_ROUND), simulated

    for round_ in range(ROUNDS):
        tries = [
            settled(begin, gain_sd) for begin in ([x, _from_record(start, centre, len(trials))] if round_ == 0 else [x])
        ]
        found, simulated = min(tries, key=lambda one: one[0].cost)
        x, spread = found.x, found.spread()
        residuals = _misfit(x, simulated, centre, care_sd, gain_sd, typical=True)[1]
        care, gain = _trial_effects(x, float(centre[0] * np.exp(x[0])), care_sd, gain_sd)
        if round_ + 1 < ROUNDS:
            gain_sd, x = _spread_of_gain(x, spread, gain_sd)
        if progress:
            progress((round_ + 1) / ROUNDS)
    fitted = centre * np.exp(x[: len(names)])
    return Fit(
        values=dict(zip(names, map(float, fitted), strict=True))
        | {"sd_trial_gain": gain_sd}
        | oral
        | _serotonin(start, float(fitted[0])),
        errors={name: float(value * s) for name, value, s in zip(names, fitted, spread, strict=False)},
        care_of_trial=dict(zip(trials, map(float, care), strict=True)),
        gain_of_trial=dict(zip(trials, map(float, gain), strict=True)),
        residuals=residuals,
        chi2=float(sum(((one.fitted - one.published) / one.se) ** 2 for one in residuals)),
    )


def _from_record(start: Record, centre: np.ndarray, trials: int) -> np.ndarray:
    """Return where the record stands, trials without effects of their own.

    There are two valleys, a strong signal with little else and the reverse; which one is found from the centres turns
    on who happened to be drawn. The first round starts from both places and goes on from the better one.
    """
    values = [start.value(name, UNITS.get(name, "points")) for name in FREE]
    return np.concatenate([np.log(np.array(values) / centre), np.zeros(2 * trials)])


def _serotonin(start: Record, gain: float) -> dict[str, float]:
    """Return sizes of serotonin that keep the published course of an oral antidepressant at this gain."""
    found = fit_oral(replace(Sizes.from_record(start), gain=gain))
    return {"y_5HT": found.y_5HT, "a_5HT": found.a_5HT}


def updated(found: Fit, record: str) -> str:
    """Return the text of the amplitudes record with fitted values and their relative errors, all else as it stands.

    Args:
        found: The fit.
        record: The text of the record's TOML file.
    """
    return rewritten(record, found.values, found.errors)


def _trial_effects(x: np.ndarray, gain: float, care_sd: float, gain_sd: float) -> tuple[np.ndarray, np.ndarray]:
    """Return each trial's care (points) and factor on the drug's effect from standardised effects.

    Trials' gains are spread around the typical gain by an absolute SD, so that the typical gain settles at their mean.
    """
    of_care, of_gain = np.split(x[len(FREE) :], 2)
    return of_care * care_sd, trial_factor(of_gain, gain_sd / gain)


def _spread_of_gain(x: np.ndarray, spread: np.ndarray, gain_sd: float) -> tuple[float, np.ndarray]:
    """Return the SD between trials' gains that the effects just fitted suggest, and ``x`` in its units.

    One step of expectation and maximisation: the mean square of the effects, their own uncertainty included.
    """
    place = slice(len(FREE) + (len(x) - len(FREE)) // 2, None)
    better = gain_sd * float(np.sqrt(np.mean(x[place] ** 2 + spread[place] ** 2)))
    moved = x.copy()
    moved[place] *= gain_sd / better
    return better, moved


def _misfit(
    x: np.ndarray,
    simulated: list[_Simulated],
    centre: np.ndarray,
    care_sd: float,
    gain_sd: float,
    *,
    typical: bool = False,
) -> tuple[np.ndarray, tuple[Residual, ...]]:
    """Return standardised residuals of rows and priors, and the rows themselves (``typical``: with all they hold)."""
    values = dict(zip(FREE, centre * np.exp(x[: len(FREE)]), strict=True))
    care, gain = _trial_effects(x, values["gain"], care_sd, gain_sd)
    rows = tuple(
        residual
        for trial, its_care, its_gain in zip(simulated, care, gain, strict=True)
        for residual in trial.residuals(values, float(its_care), float(its_gain), typical=typical)
    )
    data = [(row.fitted - row.published) / row.se for row in rows]
    prior = x / np.array([*(sd for _, sd in FREE.values()), *np.ones(len(x) - len(FREE))])
    return np.concatenate([data, prior]), rows


class _Simulated:
    """One trial, conducted once with given amplitudes, whose ratings can be made again with others."""

    def __init__(self, name: str, seed: int, amplitudes: Record) -> None:
        self.trial = load_trial(name)
        self.found: dict[tuple[float, ...], list[Residual]] = {}
        self.rows = [row for row in self.trial.published if row.measure in USED and row.estimator in ESTIMATORS]
        for row in self.rows:
            if row.split is not Split.CALIBRATION:
                raise EvidenceError(f"row {row.row_id} is marked {row.split}; only calibration rows may be fitted")
        self.batch = Batch(
            self.trial,
            seed,
            range(REPLICATES[name]),
            Settings(),
            amplitudes=amplitudes,
            trial_effects=False,
            expectation=EXPECTATION_IN_FITS,
        )
        self.data = self.batch.conducted()
        self.old = {key: amplitudes.value(key, UNITS.get(key, "points")) for key in FREE}
        self.person = self.batch.people.background
        self.background = self.batch.background
        # Severity is linear in the weight of the signal, so a second run without it separates the two; a third one
        # without the study drug leaves tablets, whose sizes go with the gain such that their effect stays.
        quiet = self._again_without(seed, amplitudes.replace(signal=0.0), self.batch.schedule.amount)
        tablets = self._again_without(seed, amplitudes, 0.0 * self.batch.schedule.amount)
        self.tablets = {key: tablets.seen[key] for key in ("sev", "area")}
        self.drug = {
            key: {t: drug - self.tablets[key][t] for t, drug in quiet.seen[key].items()} for key in self.tablets
        }
        self.signal = {
            key: {t: self.batch.seen[key][t] - drug for t, drug in quiet.seen[key].items()} for key in self.tablets
        }

    def _again_without(self, seed: int, amplitudes: Record, dose: np.ndarray) -> Batch:
        """Return the batch conducted again with other amplitudes and doses."""
        numbers = range(REPLICATES[self.trial.id])
        batch = Batch(
            self.trial,
            seed,
            numbers,
            Settings(),
            amplitudes=amplitudes,
            trial_effects=False,
            dose=dose,
            expectation=EXPECTATION_IN_FITS,
        )
        batch.conducted()
        return batch

    def residuals(self, values: dict[str, float], care: float, gain: float, *, typical: bool) -> list[Residual]:
        """Return the trial's rows against amplitudes and the trial's own effects; ``typical`` ones only when asked.

        What was found is kept, because a step in the effects of another trial asks for the same again.
        """
        key = (*values.values(), care, gain, typical)
        if key not in self.found:
            self.found = dict(list(self.found.items())[-KEPT:]) | {key: self._residuals(values, care, gain, typical)}
        return self.found[key]

    def _residuals(self, values: dict[str, float], care: float, gain: float, typical: bool) -> list[Residual]:
        own = self._again(values, care, gain)
        other = self._again(values, 0.0, 1.0) if typical else None
        found = []
        for row in self.rows:
            fitted, without = _value(own, row), np.nan if other is None else _value(other, row)
            if fitted is None or without is None:
                continue
            found.append(Residual(self.trial.id, row.row_id, "value", row.value, fitted, without, _se(row, self.trial)))
            if row.sd is not None and row.measure is Measure.MADRS_CHANGE and row.n:
                se = row.sd / np.sqrt(2.0 * (row.n - 1))
                spread, typical_spread = _sd(own, row), np.nan if other is None else _sd(other, row)
                found.append(Residual(self.trial.id, row.row_id, "sd", row.sd, spread, typical_spread, se))
        return found

    def _again(self, values: dict[str, float], care: float, gain: float) -> TrialData:
        """Return the data with other amplitudes: the same people, doses and draws."""
        batch, factor = self.batch, values["gain"] / self.old["gain"] * gain
        batch.background = _background(self.background, values)
        batch.people = replace(batch.people, background=self._person(values, care))
        batch.sd_visit = values["sd_visit"]
        signal = values["signal"] / self.old["signal"]
        for key, drug in self.drug.items():
            batch.seen[key] = {
                t: self.tablets[key][t] + factor * (slow + signal * self.signal[key][t]) for t, slow in drug.items()
            }
        batch.ratings = {}
        CADSS = self.data.safety.CADSS * values["CADSS_gain"] / self.old["CADSS_gain"]
        shape = self.data.left.shape
        return replace(
            self.data,
            phases=tuple(batch.phase_data(phase.phase, shape) for phase in self.data.phases),
            safety=replace(self.data.safety, CADSS=CADSS),
        )

    def _person(self, values: dict[str, float], care: float) -> Person:
        """Return personal courses with the same standard normals under other typical values and spreads."""
        z_care = (self.person.care - self.old["care_mean"]) / self.old["care_sd"]
        z_speed = np.log(self.person.tau_care / (24.0 * self.old["tau_care"])) / self.old["omega_care"]
        omega, mean = self.old["omega_session"], self.old["session_mean"]
        z_session = (np.log(self.person.session / mean) + 0.5 * omega**2) / omega
        omega = values["omega_session"]
        return replace(
            self.person,
            care=values["care_mean"] + care + values["care_sd"] * z_care,
            tau_care=24.0 * values["tau_care"] * np.exp(values["omega_care"] * z_speed),
            session=values["session_mean"] * np.exp(omega * z_session - 0.5 * omega**2),
        )


def _background(typical: Background, values: dict[str, float]) -> Background:
    """Return typical courses with the amplitudes' values; times come in days."""
    names = ("care_mean", "care_sd", "shape_care", "omega_care", "session_mean", "omega_session")
    hours = {name: 24.0 * values[name] for name in ("tau_care", "tau_session")}
    return replace(typical, **{name: values[name] for name in names}, **hours)


def _value(data: TrialData, row: PublishedRow) -> float | None:
    found = predict(data, row)
    return None if isinstance(found, Nothing) or not np.isfinite(found).any() else float(np.nanmean(found))


def _sd(data: TrialData, row: PublishedRow) -> float:
    """Return the SD of change between people, pooled over replicates."""
    phase: PhaseData = next(phase for phase in data.phases if phase.phase.name == row.phase)
    visit = next(place for place, visit in enumerate(phase.visits) if visit.t == row.t)
    change = change_by(phase, Estimator.OC)[..., visit]
    return float(np.nanstd(change[phase.members((row.arm,))]))


def _se(row: PublishedRow, trial: Trial) -> float:
    """Return the standard error of a published value."""
    if row.se is not None:
        return row.se
    if row.sd is not None and row.n:
        return row.sd / float(np.sqrt(row.n))
    n = row.n or next((arm.n for phase in trial.phases for arm in phase.arms if arm.name == row.arm), None)
    if row.measure is Measure.CADSS_MEAN and row.sd is not None and n:
        return row.sd / float(np.sqrt(n))
    if n is None:
        raise EvidenceError(f"row {row.row_id} has no standard error, standard deviation or number of people")
    share = (row.value / 100.0 * n + 0.5) / (n + 1.0)  # half a person more on either side: no share is sure at 0 of 9
    return 100.0 * float(np.sqrt(share * (1.0 - share) / n))
