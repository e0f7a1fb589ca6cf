"""How many people came how far in one replicate: put into an arm, treated, stayed, left, analysed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.report.tables import Column, Table, table
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.rules import Leaving

SCHEMA = "euthymia.consort/1"


@dataclass(frozen=True)
class ArmFlow:
    """The people of one arm of one phase.

    Attributes:
        phase: The phase.
        arm: The arm.
        assigned: Put into it.
        treated: Given anything, sham and pills of placebo included.
        left: Left during the phase.
        completed: Still there at its end.
        went_on: Taken into a later phase; None in the last.
        visit: The last visit.
        analysed: Rated at it.
        carried: Rated at any visit, so that a last rating can stand for it.
        reasons: How many of those who left did so for which reason; empty where reasons are not simulated.
        stopped: Stopped the study treatment and were rated on.
        rescued: Given rescue treatment.
        switched: Went on as people of another arm.
    """

    phase: str
    arm: str
    assigned: int
    treated: int
    left: int
    completed: int
    went_on: int | None
    visit: str
    analysed: int
    carried: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    stopped: int = 0
    rescued: int = 0
    switched: int = 0

    @property
    def why(self) -> str:
        """Return why people left, in words; empty where nobody did."""
        told = ", ".join(f"{count} {why}" for why, count in self.reasons.items())
        return told or (Leaving.UNSTATED.words if self.left else "")

    @property
    def on_the_way(self) -> str:
        """Return what else happened to people, in words; empty where nothing did."""
        counts = {"stopped treatment": self.stopped, "rescued": self.rescued, "switched arm": self.switched}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


@dataclass(frozen=True)
class Consort:
    """The flow of people through a trial.

    Attributes:
        trial: The trial's id.
        title: What it was.
        replicate: Number of the replicate.
        seed: Seed of the draws.
        screened: People screened; None where the trial does not screen, so that only those who are let in are drawn.
        enrolled: People who are simulated.
        arms: Every arm of every phase.
        failed: How many who were screened were not let in, by reason.
    """

    trial: str
    title: str
    replicate: int
    seed: int
    screened: int | None
    enrolled: int
    arms: tuple[ArmFlow, ...]
    failed: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return plain data (schema in docs/json.md)."""
        return {"schema": SCHEMA, **asdict(self), "arms": [asdict(arm) for arm in self.arms]}

    def screening(self) -> list[str]:
        """Return who was screened, and why people were not let in, as lines of text."""
        if self.screened is None:
            return ["Screened: not simulated"]
        return [f"Screened: {self.screened}", *(f"  not let in, {why}: {count}" for why, count in self.failed.items())]

    def text(self) -> str:
        """Return the flow as lines of text."""
        lines = [f"{self.title}, replicate {self.replicate}", *self.screening(), f"Enrolled: {self.enrolled}"]
        for arm in self.arms:
            went = "" if arm.went_on is None else f", {arm.went_on} went on"
            lines += [f"{arm.phase}: {arm.arm}", f"  assigned {arm.assigned}, treated {arm.treated}"]
            lines += [f"  {arm.on_the_way}"] if arm.on_the_way else []
            lines += [
                f"  left {arm.left}{f' ({arm.why})' if arm.why else ''}, completed {arm.completed}{went}",
                f"  analysed at {arm.visit}: {arm.analysed} observed, {arm.carried} with the last one carried forward",
            ]
        return "\n".join(lines) + "\n"


_COLUMNS: tuple[tuple[str, Callable[[ArmFlow], int | None]], ...] = (
    ("Assigned", lambda arm: arm.assigned),
    ("Treated", lambda arm: arm.treated),
    ("Stopped", lambda arm: arm.stopped),
    ("Rescued", lambda arm: arm.rescued),
    ("Switched", lambda arm: arm.switched),
    ("Left", lambda arm: arm.left),
    ("Completed", lambda arm: arm.completed),
    ("Went on", lambda arm: arm.went_on),
    ("Analysed", lambda arm: arm.analysed),
    ("Carried", lambda arm: arm.carried),
)
_SELDOM = ("Stopped", "Rescued", "Switched")  # columns that are left out where they would be empty


def consort(data: TrialData, number: int = 1) -> Consort:
    """Return how many people came how far.

    Args:
        data: The conducted trial.
        number: Which of its replicates, 1 for the first.

    Raises:
        EuthymiaError: When the trial has no such replicate.
    """
    if not 1 <= number <= data.replicates:
        raise EuthymiaError(f"replicate is {number}; expected 1 to {data.replicates}")
    trial, row, came = data.trial, number - 1, data.screened
    return Consort(
        *(trial.id, trial.title, number, data.seed),
        *(None if came is None else int(came.people[row]), data.left.shape[1]),
        arms=tuple(
            _flow(data, place, arm, row)
            for place, phase in enumerate(data.phases)
            for arm in range(len(phase.phase.arms))
        ),
        failed={} if came is None else {str(why): int(count[row]) for why, count in came.by_reason().items()},
    )


def consort_table(found: Consort) -> Table:
    """Return the flow as a table."""
    shown = [(head, of) for head, of in _COLUMNS if head not in _SELDOM or any(map(of, found.arms))]
    columns = (Column("Phase"), Column("Arm"), *(Column(head, numeric=True) for head, _ in shown))
    counts = [[of(arm) for _, of in shown] for arm in found.arms]
    rows = [
        (arm.phase, arm.arm, *("" if one is None else str(one) for one in count))
        for arm, count in zip(found.arms, counts, strict=True)
    ]
    note = f"Analysed: rated at the last visit. Carried: rated at any. {why_left(found)}"
    if found.screened is not None:
        note = f"{'; '.join(line.strip() for line in found.screening())}. {note}"
    return table(f"Flow of people, replicate {found.replicate}", columns, rows, note)


def why_left(found: Consort) -> str:
    """Return why people left, arm by arm, as a sentence."""
    told = [f"{arm.arm}: {arm.why}" for arm in found.arms if arm.reasons]
    return f"Left, {'; '.join(told)}." if told else "Reasons for leaving are not simulated."


def _reasons(reason: np.ndarray) -> dict[str, int]:
    """Return how many people left for which reason, from numbers of `Leaving`; empty where none is known."""
    known = (Leaving.INEFFICACY, Leaving.ADVERSE_EVENT, Leaving.ADMINISTRATIVE, Leaving.UNSTATED)
    counts = {why.words: int((reason == why).sum()) for why in known}
    return {why: count for why, count in counts.items() if count} if (reason < Leaving.UNSTATED).any() else {}


def _flow(data: TrialData, place: int, number: int, row: int) -> ArmFlow:
    phase = data.phases[place]
    who = phase.arm[row] == number
    gone = who & (data.left[row] <= phase.phase.end)
    later = [each.arm[row] >= 0 for each in data.phases[place + 1 :]]
    seen = phase.observed[row] & np.isfinite(phase.on(data.trial.scale).total[row])
    return ArmFlow(
        phase=phase.phase.name,
        arm=phase.phase.arms[number].name,
        assigned=int(who.sum()),
        treated=int((who & _treated(data, phase, number, row)).sum()),
        left=int(gone.sum()),
        completed=int((who & ~gone).sum()),
        went_on=int((who & np.any(later, axis=0)).sum()) if later else None,
        visit=phase.visits[-1].label if phase.visits else "",
        analysed=int((who & seen[:, -1]).sum()) if phase.visits else 0,
        carried=int((who & seen.any(-1)).sum()),
        reasons=_reasons(data.reason[row][gone]),
        stopped=int((who & np.isfinite(phase.stopped[row])).sum()),
        rescued=int((who & np.isfinite(phase.rescued[row])).sum()),
        switched=int((who & np.isfinite(phase.switched[row])).sum()),
    )


def _treated(data: TrialData, phase: PhaseData, number: int, row: int) -> np.ndarray:
    """Return who was given anything in a phase, [subject]; without doses in the regimen, pills from its start on."""
    from euthymia.trials.tablets import courses_of

    arm, left = phase.phase.arms[number], data.left[row]
    starts = [one.start for one in courses_of(arm, phase.phase)] + ([] if arm.regimen.doses else [phase.phase.start])
    found = np.any([left > start for start in starts], axis=0) if starts else np.zeros(left.size, dtype=bool)
    if data.safety.seen is not None:
        here = (data.safety.t >= phase.phase.start) & (data.safety.t <= phase.phase.end)
        found = found | data.safety.seen.attended[row][:, here].any(-1)
    return found
