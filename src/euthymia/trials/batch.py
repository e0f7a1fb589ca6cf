"""A batch of replicates on its way through the protocol; everybody goes through one schedule at once.

The schedule is stopped wherever the protocol decides something (a dose level, who enters the next phase), and goes on
from there. People are numbered replicate by replicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from weakref import proxy

import numpy as np

from euthymia.engine.ensemble import Moment, Settings, group, run
from euthymia.errors import TrialFileError
from euthymia.evidence import Record, load_record
from euthymia.models.accounts import Mechanism
from euthymia.models.chain import Chain
from euthymia.models.defaults import Sizes, default_chain, default_safety
from euthymia.models.dosing import routes_of, setting_of
from euthymia.models.exposure import SEDATIVE, exposure
from euthymia.models.exposure import Exposure as Drugs
from euthymia.models.metabolite import bodies_for, with_metabolite
from euthymia.models.rivals import as_recorded, rival
from euthymia.models.transporters import with_transporters
from euthymia.symptoms.background import Background, change
from euthymia.symptoms.rating import Rating
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import instrument
from euthymia.symptoms.setting import under
from euthymia.trials.adherence import shares_of_days, shares_of_sessions, taken_of
from euthymia.trials.allocation import Standing, allocated
from euthymia.trials.beliefs import LENGTH, Beliefs
from euthymia.trials.calendar import randomised_at
from euthymia.trials.data import SAFETY_MINUTES, PhaseData, Scores, Subjects, TrialData
from euthymia.trials.deciding import Deciding, Ratings
from euthymia.trials.design import Phase, Trial, Visit, arms_of, scales_of, visits_of
from euthymia.trials.dosing_visits import DosingVisits
from euthymia.trials.draws import Draws
from euthymia.trials.enrolment import enrolled
from euthymia.trials.estimand import Strategy
from euthymia.trials.fates import nobody_left
from euthymia.trials.given import given_of
from euthymia.trials.jumping import Jumping
from euthymia.trials.letting_in import scale_of_entry
from euthymia.trials.monitoring import Exposure, monitor
from euthymia.trials.randomisation import placed
from euthymia.trials.raters import Rated, Raters
from euthymia.trials.remembered import DIGITS, Remembered
from euthymia.trials.rescue import all_doses, rescue_doses
from euthymia.trials.schedule import at_sessions, empty_schedule
from euthymia.trials.sites import sites
from euthymia.trials.tablets import Tablets, names_of
from euthymia.trials.therapy import Taught, with_therapy
from euthymia.trials.windows import Pieces, coming, pieces, windows

HOURS_PER_DAY = 24.0


class Batch:
    """Some replicates of a trial: people, schedule, what happened so far, and the ratings that were made."""

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
        expectation: bool | None = None,
        mechanism: Mechanism | None = None,
        draws: Draws | None = None,
        others: Mapping[str, float] | None = None,
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
            expectation: Whether beliefs move ratings; what the trial says when None.
            mechanism: The account of how treatment works; the default chain when None. It has the size of its own
                record unless amplitudes are given.
            draws: Other draws than those of the seed.
            others: Other numbers of the chain than those of the evidence, as `default_chain` takes them.
        """
        self.trial, self.seed, self.settings, self.numbers = trial, seed, settings, numbers
        doses = (dose for arm in arms_of(trial) for dose in arm.regimen.doses)
        self.amplitudes = under(amplitudes or load_record("amplitudes"), setting_of(doses))
        self.draw = draws or Draws.of(trial, seed, numbers)
        self.admitted = enrolled(trial, self.draw, self.amplitudes, trial_effects=trial_effects)
        self.people = self.admitted.people
        self.background = Background.from_record(self.amplitudes)
        self.monitor = monitor(default_safety(self.amplitudes.value("CADSS_gain", "points")))
        self.rating = Rating.from_record(load_record("rating"))
        self.sd_visit = self.amplitudes.value("sd_visit", "points")
        self.intolerable = self.amplitudes.value("intolerable_CADSS", "points")
        self.schedule = empty_schedule(arms_of(trial), self.people.count, more=rescue_doses(trial))
        self.schedule.share = shares_of_sessions(trial.adherence, self.schedule.t, self.draw)
        self.tablets, self.taught = Tablets(self.people.count), Taught(self.people.count)
        self.tablets.share = shares_of_days(trial.adherence, self.draw)
        policy = trial.primary.discontinuation is Strategy.TREATMENT_POLICY
        self.fates = nobody_left(self.people.count, policy=policy)
        sizes = Sizes.from_record(self.amplitudes)
        typical = _chain(mechanism, sizes, others, recorded=amplitudes is None)
        self.exposed = self._exposed(typical)
        self.chain = typical.reading(self.exposed.linear.outputs).with_traits(
            self.people.gain / float(typical.severity.gain), self.people.serotonergic
        )
        self.course = Remembered(self.people.count)
        without_drug = (self.background, self.people.background)
        self.jumping = Jumping.of(*without_drug, self.course, self.draw) if trial.relapse_jumps else None
        self.visits = DosingVisits(
            self.schedule, self.people, self.course, self.exposed, self.monitor, self.draw, trial_effects
        )
        batch = proxy(self)  # a batch that holds itself keeps its memory until the next sweep for such cycles
        self.deciding = Deciding(
            *(trial, self.fates, self.schedule, self.tablets, self.taught, self.people.weight, self.draw, self.visits),
            Ratings(
                at=lambda scale, t: batch._rated(scale, t).total,
                baseline=lambda phase, scale: batch._baseline(phase, scale).total,
            ),
            self.intolerable,
        )
        self.deciding.enter(trial.phases[0], self._placed())
        self.decided = dose
        if dose is not None:
            self.schedule.amount = dose
        self.expectation = trial.expectation if expectation is None else expectation
        self.beliefs = Beliefs(trial, self.visits, self.fates)
        self.raters = Raters.of(trial, self.draw)
        self.windows = windows(trial, self.deciding.times())
        self.coming = coming(self.windows, self.draw)
        self.ratings: dict[tuple[Scale, float], Rated] = {}

    @property
    def seen(self) -> dict[str, dict[float, np.ndarray]]:
        """Outputs of the chain by name and time (h), [person]."""
        return self.course.values

    @property
    def arm(self) -> dict[str, np.ndarray]:
        """Position of the arm that people were put into, -1 outside, by the phase's name, [person]."""
        return {name: one.arm for name, one in self.fates.phases.items()}

    @property
    def left(self) -> np.ndarray:
        """When people leave, h; inf for those who stay, [person]."""
        return self.fates.left

    def conducted(self) -> TrialData:
        """Take the batch from randomisation to the last visit."""
        end = max(phase.end for phase in self.trial.phases)
        last = max(end, float(self.schedule.t.max(initial=0.0)) + LENGTH)
        everybody = group(self.exposed.linear, self.chain)
        names = ("sev", "area", self.exposed.felt, "tolerance", *self.exposed.outputs(SEDATIVE))
        report = self._report_times(end, last)
        moment: Moment | None = None
        reached = 0.0
        for stop in [*self.deciding.times(), last]:
            if stop > reached:
                wanted = report[(report > reached) & (report <= stop)]
                wanted = wanted if wanted.size and wanted[-1] == stop else np.append(wanted, stop)
                home = [*self.tablets.events(self.exposed), *self.taught.events(self.exposed)]
                given = [*self.exposed.events(self.schedule.sessions()), *home]
                outcome = run(everybody, given, wanted, moment=moment, settings=self.settings)
                self.course.add(outcome, names)
                moment, reached = outcome.moment, stop
            self._decide(stop)
        return self._data(end)

    def exposure(self, row: int) -> Exposure:
        """Return what a session brought to the people: net drive (ng/mL) and score (points), [person, minute]."""
        return self.visits.exposure(row)

    def attended(self) -> np.ndarray:
        """Return whether people were at their sessions, [session, person]; nobody is at one after leaving."""
        return self.schedule.attended & (self.schedule.t[:, None] < self.left)

    def phase_data(self, phase: Phase, shape: tuple[int, int]) -> PhaseData:
        """Return what happened in a phase, as arrays of ``shape`` [replicate, subject]."""
        visits, here = visits_of(self.trial, phase), self.fates.phases[phase.name]
        arm, start = here.arm, self._baseline(phase, Scale.MADRS)
        rated = [self._rated(Scale.MADRS, visit.t) for visit in visits]

        def whole(parts: Sequence[np.ndarray | None]) -> np.ndarray:
            """Return values [person, ...] of visits as one array [replicate, subject, visit, ...]."""
            stacked = np.stack([part for part in parts if part is not None], axis=1)
            return stacked.reshape(*shape, *stacked.shape[1:])

        return PhaseData(
            phase=phase,
            visits=visits,
            arm=arm.reshape(shape),
            baseline=start.total.reshape(shape),
            MADRS=whole([one.total for one in rated]),
            observed=whole([(t <= self.left) & (arm >= 0) for t in self._times(visits)]),
            items=whole([one.items for one in rated]),
            baseline_items=None if start.items is None else start.items.reshape(*shape, -1),
            scores={
                scale: Scores(
                    self._baseline(phase, scale).total.reshape(shape),
                    whole([self._rated(scale, visit.t).total for visit in visits]),
                )
                for scale in scales_of(self.trial)
                if scale is not Scale.MADRS
            },
            guesses=self.beliefs.guesses(phase, self.attended(), shape),
            stopped=here.stopped.reshape(shape),
            rescued=here.rescued.reshape(shape),
            switched=here.switched.reshape(shape),
            reason=here.reason.reshape(shape),
            times=whole(list(self._times(visits))) if any(visit.t in self.coming for visit in visits) else None,
        )

    def _means(self, course: np.ndarray) -> np.ndarray:
        """Return means of severities [replicate, subject, time] over the arms people are first in, [arm, ...]."""
        arms = self.trial.phases[0].arms
        if self.trial.randomisation is None:
            split = np.cumsum([arm.n or 0 for arm in arms])[:-1]
            return np.stack([part.mean(1) for part in np.split(course, split, axis=1)])
        place = self.arm[self.trial.phases[0].name].reshape(course.shape[:2])
        who = np.stack([place == number for number in range(len(arms))])
        return np.einsum("ars,rst->art", who, course) / np.maximum(who.sum(2), 1)[..., None]

    def _placed(self) -> np.ndarray:
        """Return the position of each person's arm in the first phase: the one drawn for, or by randomisation."""
        rules, entered = self.trial.randomisation, self.admitted.entered
        if rules is None:
            sizes = [arm.n or 0 for arm in self.trial.phases[0].arms]
            return np.tile(np.repeat(np.arange(len(sizes)), sizes), len(self.numbers))
        total = self.people.baseline_rating if entered is None else entered.total
        return placed(self.trial, rules, self.draw, total)

    def _exposed(self, chain: Chain) -> Drugs:
        """Return what the drugs of all arms are in these people; tablets taken at home are followed by the day."""
        doses = at_sessions(all_doses(self.trial))
        tolerance = default_safety().tolerance
        drugs = exposure(
            *(routes_of(doses), self.people, self.draw.drug),
            brain=chain.brain,
            tolerance=tolerance,
            bodies=bodies_for(chain),
        )
        reached = with_transporters(drugs, self.draw.drug, names_of(self.trial))
        return with_therapy(with_metabolite(chain, reached), self.trial)

    def _report_times(self, end: float, last: float) -> np.ndarray:
        visits = [visit.t for visit in self.trial.visits]
        looked_back = [
            max(visit.t - window, 0.0) for visit in self.trial.visits for window in self._windows(visit).values()
        ]
        after = [t + minute / 60.0 for t in self.schedule.t for minute in SAFETY_MINUTES]
        days = np.arange(0.0, end, HOURS_PER_DAY)
        around = [node for visit in self.trial.visits for node in self._nodes(visit)]
        t = np.unique(np.round(np.concatenate([visits, looked_back, around, after, days, [end]]), DIGITS))
        return t[(t > 0.0) & (t <= last)]

    def _nodes(self, visit: Visit) -> Iterator[float]:
        """Yield the times around a visit at which severity is worked out, or looked back on from."""
        if visit.t in self.windows:
            for recall in self._windows(visit).values():
                for node in self._pieces(visit.t, recall).nodes.ravel():
                    yield from (float(node), max(float(node) - recall, 0.0))

    def _pieces(self, t: float, recall: float) -> Pieces:
        felt, daily = LENGTH, self.trial.relapse_jumps
        return pieces(self.windows[t], recall, self.schedule.t, felt_after=felt, daily=daily)

    def _times(self, visits: Sequence[Visit]) -> Iterator[np.ndarray]:
        """Yield when people come to visits, h, [person]."""
        for visit in visits:
            yield self.coming.get(visit.t, np.full(self.people.count, visit.t))

    def _decide(self, t: float) -> None:
        self.deciding.at_visits(t)
        for before, phase in zip((None, *self.trial.phases), self.trial.phases, strict=False):
            if before is not None and phase.start == t:
                u = self.draw(f"allocation {phase.name}")[:, 0]
                arm = self.arm[before.name]
                self.deciding.enter(phase, allocated(before, phase, arm, self._standing(t), u))
            if self.decided is None:
                self.deciding.titrate(phase, t)

    def _standing(self, t: float) -> Standing:
        """Return how people stand on the MADRS when a phase starts at ``t``."""
        past = [self._rated(Scale.MADRS, visit.t).total for visit in self.trial.visits if visit.t <= t]
        rated = self._rated(Scale.MADRS, t).total
        return Standing(rated, self.people.baseline_rating, np.stack(past, axis=1), self.fates.treated(t))

    def _baseline(self, phase: Phase, scale: Scale) -> Rated:
        """Return the forms at the start of a phase: those of enrolment, or those of the visit there."""
        if phase is not self.trial.phases[0]:
            return self._rated(scale, phase.start)
        if scale is scale_of_entry(self.trial) and self.admitted.entered is not None and scale is not Scale.MADRS:
            return Rated(self.admitted.entered.total, None)
        return self.raters.at_entry(scale, self.people.background.baseline, self.people.baseline_rating)

    def _rated(self, scale: Scale, t: float) -> Rated:
        """Return the forms of the visit at ``t``; a rating that was made stays made."""
        if (scale, t) not in self.ratings:
            self.ratings[scale, t] = self._rate(scale, t)
        return self.ratings[scale, t]

    def _rate(self, scale: Scale, t: float) -> Rated:
        visit = next((visit for visit in self.trial.visits if visit.t == t), None)
        if visit is None:
            raise TrialFileError(f"{self.trial.id}: a rating is needed at {t:g} h, where there is no visit")
        window = self._windows(visit).get(scale)
        if window is None:
            return Rated(np.full(self.people.count, np.nan), None)
        return self.raters.at_visit(scale, t, self._felt(t, window), self.sd_visit)

    def _windows(self, visit: Visit) -> dict[Scale, float]:
        """Return the scales filled in at a visit, and how far each looks back, h."""
        usual = {scale: instrument(scale).recall for scale in visit.scales}
        return {**usual, Scale.MADRS: visit.recall.hours, self.trial.scale: visit.recall.hours}

    def _felt(self, t: float, window: float) -> np.ndarray:
        """Return what a rating planned at ``t`` is of, where people come at their own times, points, [person]."""
        if t not in self.coming:
            return self._true(t, window)
        return self._pieces(t, window).read(self.coming[t], lambda node: self._true(node, window))

    def _true(self, t: float, window: float) -> np.ndarray:
        """Return true severity at ``t``, or its mean over the window (h) before, points, [person]."""
        found = self.people.background.baseline + self._without_drug(t, window) + self.course.severity(t, window)
        if self.jumping:
            found = found + self.jumping.loss(t, window)
        return found + self.beliefs.change(t, window, self.background.tau_session) if self.expectation else found

    def _without_drug(self, t: float, window: float) -> np.ndarray:
        return change(
            self.background,
            self.people.background,
            t,
            window,
            sessions=self.schedule.t,
            attended=self.schedule.attended,
        )

    def _data(self, end: float) -> TrialData:
        shape, who = (len(self.numbers), self.draw.subjects), self.people
        phases = tuple(self.phase_data(phase, shape) for phase in self.trial.phases)
        days = np.arange(0.0, end + 1e-9, HOURS_PER_DAY)
        truth = [self._true(t, 0.0) for t in days]
        course = np.clip(np.stack(truth, axis=1), self.rating.lowest, self.rating.highest).reshape(*shape, -1)
        return TrialData(
            trial=self.trial,
            seed=self.seed,
            replicates=len(self.numbers),
            phases=phases,
            left=self.left.reshape(shape),
            reason=self.fates.reason.reshape(shape),
            dose=self.schedule.taken.T.reshape(*shape, -1),
            safety=self.visits.safety(self.attended(), shape),
            given=given_of(self.schedule, self.tablets, shape),
            adherence=taken_of(self.schedule, self.tablets, shape),
            days=days,
            severity=self._means(course),
            error=self.course.error,
            site=sites(self.trial, self.draw).reshape(shape),
            people=Subjects(*(each.reshape(shape) for each in (who.age, who.female, who.weight))),
            screened=self.admitted.screened,
            enrolled=randomised_at(self.trial.enrolment, self.draw).reshape(shape),
        )


def _chain(mechanism: Mechanism | None, sizes: Sizes, others: Mapping[str, float] | None, *, recorded: bool) -> Chain:
    """Return the default chain, or that of an account, which may have the sizes of its own record instead."""
    if mechanism is None:
        return default_chain(sizes, others=others)
    return rival(mechanism, as_recorded(mechanism, sizes) if recorded else sizes, others)
