"""The design of a trial as frozen data that run nothing; every time is in hours after randomisation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from euthymia.evidence.published import PublishedRow, Split
from euthymia.symptoms.scale import Scale
from euthymia.treatment.dose import Dose
from euthymia.treatment.regimen import Regimen
from euthymia.trials.estimand import Strategy, SummaryMeasure
from euthymia.trials.interim import Interim
from euthymia.trials.rules import Rule
from euthymia.trials.running import Adherence, Enrolment, Randomisation, Screening

EXPECTATION = True  # whether what people believe they are given moves their ratings, where a trial does not say
EXPECTATION_IN_FITS = True  # whether it did when the amplitudes on file were fitted; see docs/models/scales.md


class Recall(Enum):
    """The time that a rating looks back over."""

    MOMENT = "moment"
    DAY = "24 h"
    WEEK = "7 d"
    TWO_WEEKS = "14 d"

    @property
    def hours(self) -> float:
        """Length of the window in h."""
        return {Recall.MOMENT: 0.0, Recall.DAY: 24.0, Recall.WEEK: 168.0, Recall.TWO_WEEKS: 336.0}[self]


class Control(StrEnum):
    """What the reference arm gets."""

    NEW_ANTIDEPRESSANT = "new antidepressant"
    STABLE_ANTIDEPRESSANT = "stable antidepressant"
    PLACEBO = "placebo"
    ACTIVE_PLACEBO = "active placebo"
    NONE = "none"


class ComedicationKind(StrEnum):
    """The oral antidepressant beside the study drug."""

    NEW_ORAL = "new oral antidepressant"
    STABLE = "stable antidepressant"
    NONE = "none"


class RaiseWhen(StrEnum):
    """When a titration goes one level up."""

    NO_RESPONSE = "no response"
    ALWAYS = "always"
    NEVER = "never"


class HoldWhen(StrEnum):
    """What keeps a titration at its level although it would go up."""

    INTOLERABLE = "intolerable"
    NEVER = "never"


class LowerWhen(StrEnum):
    """When a titration goes one level down."""

    INTOLERABLE = "intolerable"
    NEVER = "never"


class Endpoint(StrEnum):
    """What a trial was planned to show."""

    MADRS_CHANGE = "MADRS change from baseline"
    RESPONSE = "response"
    TIME_TO_RELAPSE = "time to relapse"


class Masking(StrEnum):
    """Whether the people of a phase are told what they get."""

    BLIND = "blind"
    OPEN = "open"


class Analysis(StrEnum):
    """How the primary endpoint was planned to be estimated."""

    MMRM = "MMRM"
    ANCOVA = "ANCOVA"
    ANCOVA_LOCF = "ANCOVA on LOCF"
    HAZARDS = "proportional hazards"
    LOGISTIC = "logistic"
    CROSS_OVER = "cross-over"
    SPCD = "SPCD"


@dataclass(frozen=True)
class Ancestry:
    """Fractions of the population whose kinetics differ; a Japanese person counts in both."""

    asian: float = 0.0
    japanese: float = 0.0


@dataclass(frozen=True)
class PopulationSpec:
    """Who is enrolled: ages in years, `women` a fraction, weights in kg, None where it is not known or not asked.

    `suicidal_ideation` says whether people who have it are let in.
    """

    name: str
    age_mean: float
    age_sd: float
    age_low: float
    age_high: float
    women: float
    MADRS_min: float | None = None
    prior_failures_min: int | None = None
    prior_failure_fall: float | None = None
    ancestry: Ancestry = Ancestry()
    weight_mean: float | None = None
    weight_sd: float | None = None
    suicidal_ideation: bool = False
    HAMD17_min: float | None = None


@dataclass(frozen=True)
class Visit:
    """A rating after randomisation; the rating at randomisation itself is not listed.

    Attributes:
        label: Its name.
        t: When, h.
        recall: How far the MADRS, or the trial's own scale, looks back.
        scales: What is filled in besides, each over its usual window.
        window: How much earlier or later people may come, h.
    """

    label: str
    t: float
    recall: Recall
    scales: tuple[Scale, ...] = ()
    window: float = 0.0


@dataclass(frozen=True)
class Baseline:
    """An arm at randomisation: mean and SD in points on the scale that let its people in, persons behind them."""

    mean: float
    sd: float
    n: int | None = None
    scale: Scale = Scale.MADRS


@dataclass(frozen=True)
class Comedication:
    """The oral antidepressant of an arm; `start` is when a new one starts."""

    kind: ComedicationKind
    start: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Titration:
    """Levels of a dose (mg, rising) and the rule by which a person moves between them.

    Attributes:
        levels: The amounts in mg.
        start: The level until the first decision.
        decide_at: Doses before which it is decided (h); each is the time of a dose of the arm's regimen.
        freeze_after: No change after this time (h); None where changes are always possible.
        raise_when: When a person goes one level up.
        hold_when: What prevents that.
        response_fall: Fall of the MADRS, as a fraction of baseline, that counts as response for this rule.
        lower_when: When a person goes one level down.
    """

    levels: tuple[float, ...]
    start: float
    decide_at: tuple[float, ...]
    freeze_after: float | None = None
    raise_when: RaiseWhen = RaiseWhen.NO_RESPONSE
    hold_when: HoldWhen = HoldWhen.INTOLERABLE
    response_fall: float = 0.5
    lower_when: LowerWhen = LowerWhen.NEVER


@dataclass(frozen=True)
class Stable:
    """A state that held: the MADRS was at most `threshold` on `at_least` of the last `of` ratings."""

    threshold: float
    at_least: int
    of: int


@dataclass(frozen=True)
class Entry:
    """Who comes into an arm of a later phase: persons of an earlier arm, by their MADRS up to its start.

    Attributes:
        from_arm: Name of the earlier arm.
        MADRS_min: Smallest score at the start that enters; None for no bound.
        MADRS_below: Scores from here on do not enter; None for no bound.
        weight: Share of this arm among the arms that take the same persons.
        fall_min: Smallest fall since randomisation, as a fraction of that score, that enters; None for no bound.
        stable: State that must have held up to the start; None where none is asked.
        fall_below: Falls since randomisation from here on, as a fraction of that score, do not enter; None for none.
    """

    from_arm: str
    MADRS_min: float | None = None
    MADRS_below: float | None = None
    weight: float = 1.0
    fall_min: float | None = None
    stable: Stable | None = None
    fall_below: float | None = None


@dataclass(frozen=True)
class Arm:
    """One arm of one phase; `n` is None where the number follows from `entry`.

    `therapy` are sessions of behavioural therapy in words (`euthymia.treatment.therapy`), empty for none; `rules` say
    what happens to its people at visits.
    """

    name: str
    n: int | None
    regimen: Regimen
    comedication: Comedication
    reference: bool = False
    baseline: Baseline | None = None
    titration: Titration | None = None
    entry: Entry | None = None
    therapy: str = ""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Phase:
    """A stretch of the trial from `start` to `end` (h), with its arms, and whether people know which is theirs."""

    name: str
    start: float
    end: float
    arms: tuple[Arm, ...]
    masking: Masking = Masking.BLIND


@dataclass(frozen=True)
class ArmDropout:
    """Probabilities of leaving an arm by the end of its phase, for any cause or for one; None where not known."""

    arm: str
    all_cause: float | None = None
    adverse_event: float | None = None
    inefficacy: float | None = None


@dataclass(frozen=True)
class DropoutSpec:
    """Probabilities of leaving: of all arms together, and of single arms where they are known.

    `informative` says whether it depends on how people are who leaves; `followed` is the share of them who stop the
    study treatment only and go on being rated.
    """

    overall: float | None = None
    arms: tuple[ArmDropout, ...] = ()
    informative: bool = False
    followed: float = 0.0


@dataclass(frozen=True)
class ResponseRule:
    """Response: the total of the trial's scale fell by at least this fraction of its baseline."""

    fall: float = 0.5


@dataclass(frozen=True)
class RemissionRule:
    """Remission: the total of the trial's scale is at most this many points."""

    threshold: float = 12.0


@dataclass(frozen=True)
class RelapseRule:
    """Relapse: the MADRS is at least `threshold` on `consecutive` ratings."""

    threshold: float = 22.0
    consecutive: int = 2


@dataclass(frozen=True)
class Primary:
    """The planned analysis; `visit` is the label of a visit.

    `discontinuation`, `rescue` and `switch` say how those who stop or leave, are rescued, or change arm are taken into
    the question, and `summary` how arms are compared; None where it is what the analysis and the endpoint usually
    answer for (`euthymia.trials.intercurrent`, `.aims`). `treatments` names the groups of arms that a cross-over or a
    sequential parallel comparison compares over its phases, and `weight` is what the first stage of the latter counts
    for; `visit` is then one of the first of those phases, and stands for those equally long after the start of others.
    """

    endpoint: Endpoint
    visit: str
    analysis: Analysis
    discontinuation: Strategy | None = None
    summary: SummaryMeasure | None = None
    treatments: tuple[str, ...] = ()
    weight: float | None = None
    rescue: Strategy | None = None
    switch: Strategy | None = None


@dataclass(frozen=True)
class Group:
    """A name that published rows use for several arms together, or, without arms, for persons not described here."""

    name: str
    arms: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Trial:
    """A whole trial: who, what, when, how it is judged, and what was published of it.

    `scale` is the one by which it is judged; `expectation` says whether what people believe moves their ratings;
    `relapse_jumps` whether people who are better can lose what care and natural recovery gave them, and regain it;
    `sites` and `regions` are how many there are; `enrolment` says when people are randomised (None: all at once),
    `screening` who comes to be let in (None: only those who are let in are drawn),
    `adherence` what people take of what they are to take (None: everything),
    `randomisation` how people are allotted to the arms of the first phase (None: each arm has its planned number),
    `interim` when the trial is looked at before its end (None: never).
    """

    id: str
    title: str
    registry: str
    citation: str
    split: Split
    control: Control
    control_text: str
    population: PopulationSpec
    visits: tuple[Visit, ...]
    phases: tuple[Phase, ...]
    dropout: DropoutSpec
    primary: Primary
    response: ResponseRule = ResponseRule()
    remission: RemissionRule = RemissionRule()
    relapse: RelapseRule | None = None
    groups: tuple[Group, ...] = ()
    published: tuple[PublishedRow, ...] = ()
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    scale: Scale = Scale.MADRS
    expectation: bool = EXPECTATION
    relapse_jumps: bool = False
    sites: int = 1
    regions: int = 1
    enrolment: Enrolment | None = None
    screening: Screening | None = None
    adherence: Adherence | None = None
    randomisation: Randomisation | None = None
    interim: Interim | None = None


def arms_of(trial: Trial) -> tuple[Arm, ...]:
    """Return the arms of all phases in order."""
    return tuple(arm for phase in trial.phases for arm in phase.arms)


def reference_of(phase: Phase) -> Arm | None:
    """Return the reference arm of a phase, or None where it has none."""
    return next((arm for arm in phase.arms if arm.reference), None)


def visits_of(trial: Trial, phase: Phase) -> tuple[Visit, ...]:
    """Return the visits of a phase: after its start, up to and at its end."""
    return tuple(visit for visit in trial.visits if phase.start < visit.t <= phase.end)


def scales_of(trial: Trial) -> tuple[Scale, ...]:
    """Return the scales that are filled in anywhere in a trial; the MADRS and the trial's own at every visit."""
    wanted = {Scale.MADRS, trial.scale, *(scale for visit in trial.visits for scale in visit.scales)}
    return tuple(scale for scale in Scale if scale in wanted)


def dropout_of(trial: Trial, arm: str) -> float | None:
    """Return the probability of leaving an arm for any cause: its own where known, else that of all arms together."""
    own = next((entry.all_cause for entry in trial.dropout.arms if entry.arm == arm), None)
    return trial.dropout.overall if own is None else own


def titrated_doses(arm: Arm) -> tuple[Dose, ...]:
    """Return the doses whose amount a titration decides: those at and after its first decision; empty without one."""
    if arm.titration is None:
        return ()
    return tuple(dose for dose in arm.regimen if dose.t >= min(arm.titration.decide_at))
