"""What conducting a trial leaves behind: ratings of people who do not exist, replicate by replicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from euthymia.symptoms.scale import Scale
from euthymia.trials.design import Phase, Trial, Visit
from euthymia.trials.rules import Leaving
from euthymia.trials.running import Reason

SAFETY_MINUTES = (20.0, 40.0, 60.0, 90.0, 120.0)  # after the first device; 40 and 90 are when trials measure


def _never() -> np.ndarray:
    return np.array(np.inf)


def _stayed() -> np.ndarray:
    return np.array(Leaving.STAYED, dtype=np.int8)


def _spread(record: Any, like: np.ndarray, *names: str) -> None:
    """Let fields that were left out be arrays like another, with what they hold for everybody."""
    for name in names:
        object.__setattr__(record, name, np.broadcast_to(getattr(record, name), like.shape))


@dataclass(frozen=True, eq=False)
class Scores:
    """Totals on another scale than the MADRS; arrays begin with [replicate, subject].

    Attributes:
        baseline: At the start of the phase, points; NaN where nobody was rated on it then.
        total: Points, [..., visit], also of those who had left; NaN at visits without this scale.
    """

    baseline: np.ndarray
    total: np.ndarray


@dataclass(frozen=True, eq=False)
class Guesses:
    """What people answered when they were asked which arm they were in, after their last dosing visit of a phase.

    Attributes:
        asked: Who was, [replicate, subject]; nobody in an open phase.
        belief: Probability of the drug in their own eyes, the same shape; NaN where nobody was asked.
        says_drug: Who says that it was the drug.
    """

    asked: np.ndarray
    belief: np.ndarray
    says_drug: np.ndarray


@dataclass(frozen=True, eq=False)
class PhaseData:
    """One phase; arrays begin with [replicate, subject].

    Attributes:
        phase: The phase.
        visits: Its visits.
        arm: Position of each subject's arm in ``phase.arms``; -1 where the subject is not in the phase.
        baseline: MADRS total at the start of the phase, points.
        MADRS: MADRS totals, points, [..., visit], also of those who had left.
        observed: Whether the subject was still there, [..., visit].
        items: Scores of the ten items behind ``MADRS``, [..., visit, item]; None where only totals are known.
        baseline_items: Those behind ``baseline``, [..., item].
        scores: Totals on the other scales that are filled in.
        guesses: What people answered about their arm; None where nobody keeps it.
        times: When people came to the visits, h, [..., visit]; None where all came as planned.
        stopped: When the study treatment of those who were rated on was stopped in this phase, h; inf where it was not.
        rescued: When people were given rescue treatment in this phase, h; inf where they were not.
        switched: When people went on as those of another arm, h; inf where they did not. `arm` stays the first one.
        reason: Why people stopped or left in this phase, as numbers of `euthymia.trials.rules.Leaving`.
    """

    phase: Phase
    visits: tuple[Visit, ...]
    arm: np.ndarray
    baseline: np.ndarray
    MADRS: np.ndarray
    observed: np.ndarray
    items: np.ndarray | None = None
    baseline_items: np.ndarray | None = None
    scores: Mapping[Scale, Scores] = field(default_factory=dict)
    guesses: Guesses | None = None
    times: np.ndarray | None = None
    stopped: np.ndarray = field(default_factory=_never)
    rescued: np.ndarray = field(default_factory=_never)
    switched: np.ndarray = field(default_factory=_never)
    reason: np.ndarray = field(default_factory=_stayed)

    def __post_init__(self) -> None:
        _spread(self, self.arm, "stopped", "rescued", "switched", "reason")

    def on(self, scale: Scale) -> Scores:
        """Return the totals on a scale.

        Raises:
            KeyError: When it is not filled in.
        """
        return Scores(self.baseline, self.MADRS) if scale is Scale.MADRS else self.scores[scale]

    def members(self, names: tuple[str, ...]) -> np.ndarray:
        """Return who is in any of these arms, [replicate, subject]."""
        places = [place for place, arm in enumerate(self.phase.arms) if arm.name in names]
        return np.isin(self.arm, places)


@dataclass(frozen=True, eq=False)
class SessionsSeen:
    """What was written down at each session; arrays begin with [replicate, subject, session].

    Attributes:
        attended: Whether the subject was there.
        SBP: Systolic readings, mmHg, [..., reading]; the first is before the dose.
        DBP: Diastolic readings, the same shape.
        MOAAS: Lowest level of sedation, 5 (awake) to 0.
        reports: Whether an event was reported, [..., event], in the order of `euthymia.safety.reporting.Event`.
    """

    attended: np.ndarray
    SBP: np.ndarray
    DBP: np.ndarray
    MOAAS: np.ndarray
    reports: np.ndarray


@dataclass(frozen=True, eq=False)
class SafetyData:
    """Dissociation and pressure after each session.

    Attributes:
        t: Session times, h, [session].
        CADSS: Score by the drug, points, [replicate, subject, session, minute].
        SBP: True rise of systolic pressure, mmHg, the same shape.
        seen: What was written down at the sessions; None where nobody looked.
    """

    t: np.ndarray
    CADSS: np.ndarray
    SBP: np.ndarray
    seen: SessionsSeen | None = None


@dataclass(frozen=True, eq=False)
class Home:
    """A course of one drug at home, which all who take it start and end together.

    Attributes:
        drug: Its name.
        start: From when on, h.
        stop: Until when, h.
        rescue: Whether it is rescue, and not the arm's own treatment or comedication.
        amount: Planned a day, mg (of a drug that is not named, usual doses), [replicate, subject]; 0 for the others.
    """

    drug: str
    start: float
    stop: float
    rescue: bool
    amount: np.ndarray


@dataclass(frozen=True, eq=False)
class Given:
    """What people were given; of those who left also what they would have been.

    Attributes:
        drugs: Names of the drugs of sessions.
        drug: Position in them of what each person gets at each session, [replicate, subject, session]; -1 for sham or
            nothing.
        rescue: Whether a session was one of rescue, the same shape.
        home: Courses at home.
    """

    drugs: tuple[str, ...]
    drug: np.ndarray
    rescue: np.ndarray
    home: tuple[Home, ...]


@dataclass(frozen=True, eq=False)
class Subjects:
    """Who the people are; arrays are [replicate, subject].

    Attributes:
        age: Years.
        female: Whether a woman.
        weight: Body weight, kg.
    """

    age: np.ndarray
    female: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True, eq=False)
class Taken:
    """What people were to take, and how far they did; arrays begin with [replicate, subject].

    Attributes:
        planned: Drug planned at each session, mg, [..., session]; what was taken is the dose of the data.
        missed: Whether the subject misses the session, also where none is planned, the same shape.
        days: Share of days on which tablets are taken.
    """

    planned: np.ndarray
    missed: np.ndarray
    days: np.ndarray


@dataclass(frozen=True, eq=False)
class Screened:
    """The people who came to screening.

    Attributes:
        people: How many, [replicate].
        failed: How many of them were not randomised, [replicate, reason], in the order of the reasons.
    """

    people: np.ndarray
    failed: np.ndarray

    def by_reason(self) -> dict[Reason, np.ndarray]:
        """Return how many were not randomised for each reason, [replicate]."""
        return dict(zip(Reason, self.failed.T, strict=True))


@dataclass(frozen=True, eq=False)
class TrialData:
    """A trial conducted ``replicates`` times.

    Attributes:
        trial: The design.
        seed: Seed of the named streams.
        replicates: How many times.
        phases: What happened in each phase.
        left: Time at which each subject left, h, inf for those who stayed, [replicate, subject].
        dose: Drug given, mg, [replicate, subject, session].
        safety: Dissociation and pressure.
        days: Times of the latent course, h, [time].
        severity: True severity, points, mean over the subjects of each first-phase arm, [arm, replicate, time].
        error: Largest estimated numerical error of a severity, points.
        site: Number of each subject's site, [replicate, subject]; None where nobody keeps it.
        people: Who the subjects are; None where nobody keeps it.
        screened: Who came to screening; None where the trial does not screen.
        adherence: What people were to take; None where they take everything.
        enrolled: When each subject was randomised, h after the first site opened, [replicate, subject]; 0 where the
            trial does not say; None where nobody keeps it.
        given: What people were given at sessions and at home; None where nobody keeps it.
        reason: Why each subject left, as numbers of `euthymia.trials.rules.Leaving`, [replicate, subject].
    """

    trial: Trial
    seed: int
    replicates: int
    phases: tuple[PhaseData, ...]
    left: np.ndarray
    dose: np.ndarray
    safety: SafetyData
    days: np.ndarray
    severity: np.ndarray
    error: float
    site: np.ndarray | None = None
    people: Subjects | None = None
    enrolled: np.ndarray | None = None
    screened: Screened | None = None
    adherence: Taken | None = None
    given: Given | None = None
    reason: np.ndarray = field(default_factory=_stayed)

    def __post_init__(self) -> None:
        _spread(self, self.left, "reason")


def discontinued(data: TrialData, phase: PhaseData) -> np.ndarray:
    """Return who left the trial or stopped the study treatment by the end of a phase, [replicate, subject]."""
    return (data.left <= phase.phase.end) | (phase.stopped <= phase.phase.end)
