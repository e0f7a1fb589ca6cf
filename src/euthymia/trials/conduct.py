"""Conducting a trial: people are drawn, dosed, titrated, rated, and some leave; then it is done again with others.

Everybody of a batch of replicates goes through one schedule at once. The schedule is stopped wherever the protocol
decides something (a dose level, who enters the next phase), and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np

from euthymia.engine.ensemble import Moment, Outcome, Settings, group, run
from euthymia.engine.stream import Stream
from euthymia.errors import TrialFileError
from euthymia.evidence import Record, load_record
from euthymia.models.chain import Chain
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.dosing import SHAM, followed, routes_of, what_is_followed
from euthymia.models.exposure import SEDATIVE, exposure
from euthymia.models.exposure import Exposure as DrugExposure
from euthymia.patients.population import People, Traits, draw, joined
from euthymia.pharmacology.body import Normal
from euthymia.symptoms.background import Background, change
from euthymia.symptoms.rating import Rating
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.drug import DrugClass
from euthymia.trials.data import SAFETY_MINUTES, PhaseData, SafetyData, SessionsSeen, TrialData
from euthymia.trials.design import (
    Arm,
    ComedicationKind,
    Entry,
    HoldWhen,
    Phase,
    RaiseWhen,
    Titration,
    Trial,
    arms_of,
    dropout_of,
    visits_of,
)
from euthymia.trials.monitoring import (
    Exposure,
    Observed,
    PersonDraws,
    dissociation_factor,
    draw_people,
    draw_session,
    monitor,
    observe,
    report_hazards,
)
from euthymia.trials.schedule import at_sessions, check_sessions, empty_schedule, milligrams

REPLICATES_A_BATCH = 64  # bounds the memory of long runs; people's draws are their own, so it reaches no result
HOURS_PER_DAY = 24.0
LOWEST_WITHOUT_LIMIT = 20.0  # points; below it nobody with a depressive episode is enrolled anywhere
PEAK_MINUTE = SAFETY_MINUTES.index(40.0)


def conduct(
    trial: Trial,
    *,
    seed: int = 1,
    replicates: int = 1,
    threads: int | None = None,
    chunk: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> TrialData:
    """Conduct a trial.

    Args:
        trial: The design.
        seed: Seed of the named streams; the same seed gives the same bytes whatever ``threads`` and ``chunk``.
        replicates: How many times.
        threads: Worker threads; all cores when None.
        chunk: People a task.
        progress: Called with the share of the work that is done.

    Raises:
        TrialFileError: When the design asks for something that has no model yet.
    """
    check(trial)
    settings = Settings(threads=threads) if chunk is None else Settings(threads=threads, chunk=chunk)
    parts = []
    for first in range(0, replicates, REPLICATES_A_BATCH):
        last = min(first + REPLICATES_A_BATCH, replicates)
        parts.append(Batch(trial, seed, range(first, last), settings).conducted())
        if progress:
            progress(last / replicates)
    return _stacked(parts, replicates)


def check(trial: Trial) -> None:
    """Refuse, before any work, a design that asks for something without a model.

    Raises:
        TrialFileError: Naming the arm and what it asks for.
    """
    for arm in arms_of(trial):
        check_sessions(trial.id, arm)
        for dose in arm.regimen.doses:
            if find_drug(dose.drug).kind is DrugClass.ORAL_ANTIDEPRESSANT or dose.drug == SHAM:
                continue
            if not followed(dose.drug, dose.route):
                raise TrialFileError(
                    f"{trial.id}, arm {arm.name!r}: {dose.drug} {dose.route} has no model; "
                    f"allowed: {what_is_followed()}, oral antidepressants"
                )
    for phase in trial.phases[1:]:
        if all(arm.entry is None for arm in phase.arms):
            raise TrialFileError(f"{trial.id}, phase {phase.name!r}: no arm says who enters it (entry)")


class Batch:
    """A batch of replicates on its way through the protocol; people are numbered replicate by replicate."""

    def __init__(
        self,
        trial: Trial,
        seed: int,
        numbers: range,
        settings: Settings,
        *,
        amplitudes: Record | None = None,
        trial_effects: bool = True,
        dose: np.ndarray | None = None,
    ) -> None:
        """Draw the people of replicates ``numbers`` and put them into the first phase.

        Args:
            trial: The design.
            seed: Seed of the named streams.
            numbers: Which replicates.
            settings: How the work is done.
            amplitudes: Other amplitudes than those of the evidence record; for fitting them.
            trial_effects: Whether trials differ in care and in drug effect.
            dose: Esketamine to give instead of what the protocol decides, mg, [session, person].
        """
        self.trial, self.settings, self.numbers = trial, settings, numbers
        self.amplitudes, self.trial_effects = amplitudes or load_record("amplitudes"), trial_effects
        self.stream = Stream(seed).fold("trial")
        self.seed = seed
        first = trial.phases[0]
        self.sizes = [arm.n or 0 for arm in first.arms]
        self.subjects = sum(self.sizes)
        self.people = self._people(first)
        self.arm = {first.name: np.tile(np.repeat(np.arange(len(self.sizes)), self.sizes), len(numbers))}
        self.background = Background.from_record(self.amplitudes)
        self.monitor = monitor(default_safety(self.amplitudes.value("CADSS_gain", "points")))
        self.rating = Rating.from_record(load_record("rating"))
        self.sd_visit = self.amplitudes.value("sd_visit", "points")
        self.intolerable = self.amplitudes.value("intolerable_CADSS", "points")
        self.schedule = empty_schedule(arms_of(trial), self.people.count)
        self.oral_start = np.full(self.people.count, np.inf)
        self._enter(first, self.arm[first.name])
        self.decided = dose
        if dose is not None:
            self.schedule.amount = dose
        self.left = np.full(self.people.count, np.inf)
        self._draw_leaving(first)
        self.seen: dict[str, dict[float, np.ndarray]] = {}
        self.ratings: dict[float, np.ndarray] = {}
        self.error = 0.0

    def conducted(self) -> TrialData:
        """Take the batch from randomisation to the last visit."""
        end = max(phase.end for phase in self.trial.phases)
        signal = self.amplitudes.value("signal", "1")
        chain = default_chain(signal).with_gain(self.people.gain)
        self.exposed = self._exposed(chain)
        everybody = group(self.exposed.linear, chain)
        report = self._report_times(end)
        moment: Moment | None = None
        reached = 0.0
        for stop in [*self._decisions(), end]:
            if stop > reached:
                wanted = report[(report > reached) & (report <= stop)]
                wanted = wanted if wanted.size and wanted[-1] == stop else np.append(wanted, stop)
                given = self.exposed.events(self.schedule.sessions())
                outcome = run(everybody, given, wanted, moment=moment, settings=self.settings)
                self._remember(outcome)
                moment, reached = outcome.moment, stop
            self._decide(stop)
        return self._data(end)

    def _people(self, first: Phase) -> People:
        parts, sizes = [], []
        for number in self.numbers:
            here = self.stream.fold("replicate", number)
            for arm in first.arms:
                stream, traits = here.fold("arm", arm.name), traits_of(self.trial, arm)
                parts.append(draw(stream, 0, arm.n or 0, traits, amplitudes=self.amplitudes))
            sizes.append(self.subjects)
        if not self.trial_effects:
            return joined(parts)
        z = np.concatenate(
            [self.stream.fold("replicate", number).normal("trial", 0, 1, columns=2) for number in self.numbers]
        )
        care = self.amplitudes.value("sd_trial_care", "points") * z[:, 0]
        spread = self.amplitudes.value("sd_trial_gain", "1") / self.amplitudes.value("gain", "1")
        gain = trial_factor(z[:, 1], spread)
        return joined(parts).with_trial_effects(np.repeat(care, sizes), np.repeat(gain, sizes))

    def _exposed(self, chain: Chain) -> DrugExposure:
        """Return what the drugs of all arms are in these people; tablets taken at home are not followed."""
        doses = [dose for arm in arms_of(self.trial) for dose in at_sessions(arm.regimen.doses)]
        tolerance = default_safety().tolerance
        return exposure(routes_of(doses), self.people, self._drug, brain=chain.brain, tolerance=tolerance)

    def _drug(self, drug: str) -> Normal:
        """Return the draws of a drug's numbers: each replicate, arm and drug has a stream of its own."""

        def normal(purpose: str) -> np.ndarray:
            streams = [
                (self.stream.fold("replicate", number, "arm", arm.name, "drug", drug), arm.n or 0)
                for number in self.numbers
                for arm in self.trial.phases[0].arms
            ]
            return np.concatenate([stream.normal(purpose, 0, n)[:, 0] for stream, n in streams])

        return normal

    def draw(self, purpose: str, columns: int = 1) -> np.ndarray:
        """Return uniforms [person, column], addressed by replicate, first arm and number within it."""
        return np.concatenate(
            [
                self.stream.fold("replicate", number, "arm", arm.name).uniform(purpose, 0, arm.n or 0, columns)
                for number in self.numbers
                for arm in self.trial.phases[0].arms
            ]
        )

    def _draw_leaving(self, phase: Phase) -> None:
        """Draw when people leave: a constant hazard that gives each arm its published share by the end of the phase."""
        u = self.draw(f"leaving {phase.name}")[:, 0]
        for place, arm in enumerate(phase.arms):
            share = dropout_of(self.trial, arm.name) or 0.0
            if share > 0.0:
                who = self.arm[phase.name] == place
                hazard = -np.log1p(-share) / (phase.end - phase.start)
                leaves = phase.start - np.log(u[who]) / hazard
                self.left[who] = np.minimum(self.left[who], np.where(leaves < phase.end, leaves, np.inf))

    def _enter(self, phase: Phase, places: np.ndarray) -> None:
        """Give people the schedule and comedication of their arm in a phase."""
        for place, arm in enumerate(phase.arms):
            who = places == place
            self.schedule.assign(arm, who, self.people.weight, since=phase.start)
            start = _oral_start(arm, phase.start)
            if start is not None:
                self.oral_start[who] = np.minimum(self.oral_start[who], start)

    def _report_times(self, end: float) -> np.ndarray:
        visits = [visit.t for visit in self.trial.visits]
        looked_back = [max(visit.t - visit.recall.hours, 0.0) for visit in self.trial.visits]
        after = [t + minute / 60.0 for t in self.schedule.t for minute in SAFETY_MINUTES]
        days = np.arange(0.0, end, HOURS_PER_DAY)
        t = np.unique(np.round(np.concatenate([visits, looked_back, after, days, [end]]), 9))
        return t[(t > 0.0) & (t <= end)]

    def _remember(self, outcome: Outcome) -> None:
        for name in ("sev", "area", self.exposed.felt, "tolerance", *self.exposed.outputs(SEDATIVE)):
            kept = self.seen.setdefault(name, {})
            for column, t in enumerate(outcome.t):
                kept[round(float(t), 9)] = outcome.values[name][:, column]
        self.error = max(self.error, float(outcome.error["sev"].max(initial=0.0)))

    def _value(self, name: str, t: float) -> np.ndarray:
        return self.seen[name][round(t, 9)] if t > 0.0 else np.zeros(self.people.count)

    def _decisions(self) -> list[float]:
        """Return the times at which the protocol decides something."""
        found = {phase.start for phase in self.trial.phases[1:]}
        for arm in arms_of(self.trial):
            found |= set(arm.titration.decide_at) if arm.titration else set()
        return sorted(found)

    def _decide(self, t: float) -> None:
        for phase in self.trial.phases:
            if phase.start == t and phase is not self.trial.phases[0]:
                self._allocate(phase)
            for place, arm in enumerate(phase.arms):
                if arm.titration and t in arm.titration.decide_at and phase.name in self.arm:
                    who = np.flatnonzero(self.arm[phase.name] == place)
                    unit = next(dose for dose in at_sessions(arm.regimen.doses) if dose.t == t)
                    self._titrate(arm.titration, who, phase, t, milligrams(unit, self.people.weight[who]))

    def _titrate(
        self, rule: Titration, who: np.ndarray, phase: Phase, t: float, milligrams: np.ndarray | float
    ) -> None:
        """Set the level of the coming doses: up unless already responding, or unless the last session was too much.

        Args:
            rule: The rule.
            who: Positions of the people.
            phase: Their phase.
            t: When it is decided, h.
            milligrams: What one unit of a level is, mg.
        """
        levels = np.array(rule.levels)
        coming = np.flatnonzero((self.schedule.t >= t) & self.schedule.attended[:, who].any(1))
        past = np.flatnonzero((self.schedule.t < t) & self.schedule.attended[:, who].any(1))
        now = self.schedule.amount[past[-1], who] / milligrams if past.size else np.full(who.size, rule.start)
        if rule.freeze_after is None or t <= rule.freeze_after:
            up = np.ones(who.size, dtype=bool)
            if rule.raise_when is RaiseWhen.NO_RESPONSE:
                up &= ~self._responding(who, phase, t, rule.response_fall)
            if rule.hold_when is HoldWhen.INTOLERABLE and past.size:
                up &= self._CADSS(int(past[-1]))[who, PEAK_MINUTE] < self.intolerable
            place = np.searchsorted(levels, now - 1e-9)
            now = np.where(up, levels[np.minimum(place + 1, levels.size - 1)], now)
        if self.decided is None:
            self.schedule.amount[np.ix_(coming, who)] = now * milligrams

    def _responding(self, who: np.ndarray, phase: Phase, t: float, fall: float) -> np.ndarray:
        visits = [visit for visit in visits_of(self.trial, phase) if visit.t <= t]
        if not visits:
            return np.zeros(who.size, dtype=bool)
        baseline = self._baseline(phase)[who]
        return self._rated(visits[-1].t)[who] <= (1.0 - fall) * baseline

    def _allocate(self, phase: Phase) -> None:
        """Send people into the arms of a later phase by the arm they come from and their rating when it starts."""
        before = self.trial.phases[self.trial.phases.index(phase) - 1]
        rated = self._baseline(phase)
        u = self.draw(f"allocation {phase.name}")[:, 0]
        places = np.full(self.people.count, -1)
        names = np.array([arm.name for arm in before.arms], dtype=object)
        came_from = np.where(self.arm[before.name] >= 0, names[self.arm[before.name]], "")
        stayed = self.left > phase.start
        for source in sorted({arm.entry.from_arm for arm in phase.arms if arm.entry}):
            candidates = [
                (place, arm.entry) for place, arm in enumerate(phase.arms) if arm.entry and arm.entry.from_arm == source
            ]
            allowed = np.stack([_enters(entry, rated) for _, entry in candidates]) & stayed & (came_from == source)
            weights = allowed * np.array([entry.weight for _, entry in candidates])[:, None]
            total = weights.sum(0)
            reached = np.cumsum(weights, axis=0)
            chosen = (u * total >= reached).sum(0)
            who = total > 0.0
            places[who] = np.array([place for place, _ in candidates])[np.minimum(chosen[who], len(candidates) - 1)]
        self.arm[phase.name] = places
        self._enter(phase, places)
        self._draw_leaving(phase)

    def _baseline(self, phase: Phase) -> np.ndarray:
        """Return the rating at the start of a phase: the one people were enrolled by, or that of the visit there."""
        return self.people.baseline_rating if phase is self.trial.phases[0] else self._rated(phase.start)

    def _rated(self, t: float) -> np.ndarray:
        """Return MADRS totals at the visit at ``t``; a rating that was made stays made."""
        if t not in self.ratings:
            self.ratings[t] = self._rate(t)
        return self.ratings[t]

    def _rate(self, t: float) -> np.ndarray:
        from scipy.special import ndtri

        visit = next((visit for visit in self.trial.visits if visit.t == t), None)
        if visit is None:
            raise TrialFileError(f"{self.trial.id}: a rating is needed at {t:g} h, where there is no visit")
        window = visit.recall.hours
        drug = self._value("sev", t)
        if window > 0.0:
            drug = (self._value("area", t) - self._value("area", max(t - window, 0.0))) / window
        error = ndtri(self.draw(f"rating {t:g} h")[:, 0])
        true = self.people.background.baseline + self._without_drug(t, window) + drug
        return self.rating.rate(true, error, spread=self.sd_visit)

    def _without_drug(self, t: float, window: float) -> np.ndarray:
        return change(
            self.background,
            self.people.background,
            t,
            window,
            sessions=self.schedule.t,
            attended=self.schedule.attended,
            oral_start=self.oral_start,
        )

    def _CADSS(self, row: int) -> np.ndarray:
        """Return CADSS after a session, [person, minute]."""
        return self.exposure(row).CADSS

    def exposure(self, row: int) -> Exposure:
        """Return what a session brought to the people: net drive (ng/mL) and score (points), [person, minute]."""
        link, t = self.monitor.safety.dissociation, float(self.schedule.t[row])
        felt, tolerance = self._during(self.exposed.felt, t), self._during("tolerance", t)
        z = np.asarray(link.drive(felt, tolerance))
        visit = np.maximum(self.schedule.of_class(DrugClass.RAPID)[: row + 1].sum(0), 1).astype(float)
        sensitivity = self.people.sensitivity * dissociation_factor(self.monitor, self.draw, t)
        score = link.score(link.effect(z), visit[:, None], sensitivity[:, None])
        return Exposure(z, visit, np.asarray(score))

    def _during(self, name: str, t: float) -> np.ndarray:
        """Return an output after the session at ``t``, [person, minute]."""
        return np.stack([self._value(name, t + minute / 60.0) for minute in SAFETY_MINUTES], axis=1)

    def attended(self) -> np.ndarray:
        """Return whether people were at their sessions, [session, person]; nobody is at one after leaving."""
        return self.schedule.attended & (self.schedule.t[:, None] <= self.left)

    def _data(self, end: float) -> TrialData:
        shape = (len(self.numbers), self.subjects)
        phases = tuple(self.phase_data(phase, shape) for phase in self.trial.phases)
        days = np.array([t for t in np.arange(0.0, end + 1e-9, HOURS_PER_DAY)])
        truth = [self.people.background.baseline + self._without_drug(t, 0.0) + self._value("sev", t) for t in days]
        course = np.clip(np.stack(truth, axis=1), self.rating.lowest, self.rating.highest).reshape(*shape, -1)
        split = np.cumsum(self.sizes)[:-1]
        return TrialData(
            trial=self.trial,
            seed=self.seed,
            replicates=len(self.numbers),
            phases=phases,
            left=self.left.reshape(shape),
            dose=self.schedule.amount.T.reshape(*shape, -1),
            safety=self._safety(shape),
            days=days,
            severity=np.stack([part.mean(1) for part in np.split(course, split, axis=1)]),
            error=self.error,
        )

    def _cohort(self) -> np.ndarray | float:
        """Return the factor of each person's trial on the mean rise of pressure, [person]; 1 without trial effects."""
        if not self.trial_effects:
            return 1.0
        z = [self.stream.fold("replicate", number).normal("trial pressure", 0, 1)[0, 0] for number in self.numbers]
        return np.repeat(self.monitor.cuff.cohort(np.array(z)), self.subjects)

    def _safety(self, shape: tuple[int, int]) -> SafetyData:
        """Return what the sessions did and what was written down of it, as arrays of ``shape`` and session."""
        people = draw_people(self.draw, self._cohort())
        exposures = [self.exposure(row) for row in range(self.schedule.t.size)]
        seen = [
            self._observed(float(t), exposure, people) for t, exposure in zip(self.schedule.t, exposures, strict=True)
        ]

        def whole(parts: list[np.ndarray], kind: type = float) -> np.ndarray:
            if not parts:
                return np.zeros((*shape, 0), dtype=kind)
            stacked = np.stack(parts, axis=1).astype(kind)
            return stacked.reshape(*shape, *stacked.shape[1:])

        return SafetyData(
            t=self.schedule.t,
            CADSS=whole([exposure.CADSS for exposure in exposures]),
            SBP=whole([one.rise for one in seen]),
            seen=SessionsSeen(
                attended=whole(list(self.attended()), bool),
                SBP=whole([one.SBP for one in seen], np.int16),
                DBP=whole([one.DBP for one in seen], np.int16),
                MOAAS=whole([one.MOAAS for one in seen], np.int8),
                reports=whole([one.reports for one in seen], bool),
            ),
        )

    def _observed(self, t: float, exposure: Exposure, people: PersonDraws) -> Observed:
        """Return what is seen at the session at ``t``, sedation by midazolam included."""
        session = draw_session(self.draw, t)
        seen = observe(self.monitor, exposure, people, session)
        for site in self.exposed.outputs(SEDATIVE):
            sedation = self.monitor.sedation
            level = np.maximum(self._during(site, t), 0.0)  # other drugs' modes leave rounding in it
            drive = np.asarray(sedation.drive(exposure.z, level)).max(1)
            MOAAS = sedation.level(drive, people.sedation, session.sedation)
            proneness = self.monitor.reporting.proneness(people.reports)
            hazards = report_hazards(self.monitor, exposure, MOAAS, seen.SBP, proneness)
            seen = seen._replace(MOAAS=MOAAS, reports=session.reports < self.monitor.reporting.probability(hazards))
        return seen

    def phase_data(self, phase: Phase, shape: tuple[int, int]) -> PhaseData:
        """Return what happened in a phase, as arrays of ``shape`` [replicate, subject]."""
        visits = visits_of(self.trial, phase)
        arm = self.arm[phase.name]
        observed = np.stack([(visit.t <= self.left) & (arm >= 0) for visit in visits], axis=1)
        MADRS = np.stack([self._rated(visit.t) for visit in visits], axis=1)
        return PhaseData(
            phase=phase,
            visits=visits,
            arm=arm.reshape(shape),
            baseline=self._baseline(phase).reshape(shape),
            MADRS=MADRS.reshape(*shape, -1),
            observed=observed.reshape(*shape, -1),
        )


def trial_factor(z: np.ndarray, spread: float) -> np.ndarray:
    """Return trials' factors on the drug's effect from standard normals: normal with mean one.

    A trial can come out without any effect, or with less than none; a log-normal factor could not say so.
    """
    return 1.0 + spread * z


def traits_of(trial: Trial, arm: Arm) -> Traits:
    """Return who may be drawn for an arm.

    Raises:
        TrialFileError: When the arm has no baseline.
    """
    who = trial.population
    if arm.baseline is None:
        raise TrialFileError(f"{trial.id}, arm {arm.name!r}: a baseline (mean and SD of the MADRS) is needed")
    lowest = who.MADRS_min if who.MADRS_min is not None else LOWEST_WITHOUT_LIMIT
    return Traits(
        age=(who.age_mean, who.age_sd, who.age_low, who.age_high),
        women=who.women,
        MADRS=(arm.baseline.mean, arm.baseline.sd, min(lowest, arm.baseline.mean - arm.baseline.sd)),
        asian=who.ancestry.asian,
        japanese=who.ancestry.japanese,
        weight=None if who.weight_mean is None or who.weight_sd is None else (who.weight_mean, who.weight_sd),
    )


def _oral_start(arm: Arm, since: float) -> float | None:
    """Return when an arm starts a new oral antidepressant: beside the study drug, or as the study drug itself."""
    if arm.comedication.kind is ComedicationKind.NEW_ORAL:
        return arm.comedication.start
    tablets = [dose.t for dose in arm.regimen.doses if dose not in at_sessions(arm.regimen.doses) and dose.t >= since]
    return min(tablets) if tablets and arm.comedication.kind is ComedicationKind.NONE else None


def _enters(entry: Entry, rated: np.ndarray) -> np.ndarray:
    low = entry.MADRS_min if entry.MADRS_min is not None else -np.inf
    below = entry.MADRS_below if entry.MADRS_below is not None else np.inf
    return (rated >= low) & (rated < below)


def _stacked(parts: list[TrialData], replicates: int) -> TrialData:
    """Put batches of replicates behind one another."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]

    def phase(place: int) -> PhaseData:
        found = [part.phases[place] for part in parts]
        whole = {
            name: np.concatenate([getattr(one, name) for one in found])
            for name in ("arm", "baseline", "MADRS", "observed")
        }
        return replace(found[0], **whole)

    return replace(
        first,
        replicates=replicates,
        phases=tuple(phase(place) for place in range(len(first.phases))),
        left=np.concatenate([part.left for part in parts]),
        dose=np.concatenate([part.dose for part in parts]),
        safety=SafetyData(
            first.safety.t,
            np.concatenate([part.safety.CADSS for part in parts]),
            np.concatenate([part.safety.SBP for part in parts]),
            _seen([part.safety.seen for part in parts if part.safety.seen]),
        ),
        severity=np.concatenate([part.severity for part in parts], axis=1),
        error=max(part.error for part in parts),
    )


def _seen(parts: list[SessionsSeen]) -> SessionsSeen:
    """Put what was seen in batches of replicates behind one another."""
    names = [field.name for field in fields(SessionsSeen)]
    return SessionsSeen(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
