"""A trial conducted many times as a job: any range of replicates can be conducted alone, and is the same people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from euthymia.runs.treatment import beyond_the_chain
from euthymia.store.moments import Moments, moments
from euthymia.store.shards import Rows, Shard
from euthymia.trials.design import Trial, arms_of, visits_of
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

if TYPE_CHECKING:
    from euthymia.runs.job import Load
    from euthymia.trials.data import TrialData
    from euthymia.trials.results import TrialSummary
    from euthymia.trials.sessions import Sessions


@dataclass(frozen=True)
class ConductedJob:
    """A trial and how often it is conducted.

    Attributes:
        trial: The design.
        replicates: How many times.
        seed: Seed of the named streams.
        command: The command that makes it again.
    """

    trial: Trial
    replicates: int
    seed: int = 1
    command: str = ""

    kind: ClassVar[str] = "trial"

    @property
    def units(self) -> int:
        """Number of replicates."""
        return self.replicates

    @property
    def a_shard(self) -> int:
        """Replicates a shard: one of the batches in which `conduct` works, as rounding depends on who is together."""
        from euthymia.trials import conduct

        return conduct.REPLICATES_A_BATCH

    @property
    def title(self) -> str:
        """The trial in words."""
        return self.trial.title

    def request(self) -> dict[str, Any]:
        """Return what was asked for, as plain data: the design as a trial file has it."""
        return {"trial": to_toml(self.trial)}

    @classmethod
    def from_provenance(cls, held: Mapping[str, Any]) -> Self:
        """Return the job that a provenance describes."""
        trial = parse_trial(held["request"]["trial"], "the design that is kept")
        return cls(trial, held["units"], held["seed"], held["command"])

    def check(self) -> None:
        """Refuse a design that asks for something without a model."""
        from euthymia.trials.conduct import check

        check(self.trial)

    def rows(self, numbers: range, threads: int | None) -> Rows:
        """Return the replicates, a row a subject."""
        from euthymia.trials.conduct import conduct_some
        from euthymia.trials.keeping import taken_apart

        data = conduct_some(self.trial, seed=self.seed, numbers=numbers, threads=threads)
        return taken_apart(data, numbers)

    def moments(self, rows: Rows) -> Mapping[str, Moments]:
        """Return the moments of the MADRS of those seen at the last visit of each phase, by arm, without models."""
        found = {}
        for place, phase in enumerate(self.trial.phases):
            arm, MADRS = rows.columns[f"phases.{place}.arm"], rows.columns[f"phases.{place}.MADRS"]
            seen = rows.columns[f"phases.{place}.observed"][:, -1]
            label = visits_of(self.trial, phase)[-1].label
            for number, each in enumerate(phase.arms):
                name = f"MADRS, {phase.name}, {each.name}, {label}, points"
                found[name] = moments(MADRS[(arm == number) & seen, -1])
        return found

    def views(self) -> Mapping[str, str]:
        """Return the people, and their MADRS visit by visit."""
        people = "SELECT replicate, subject, {} FROM rows"
        who = '"people.age" AS age, "people.female" AS female, "people.weight" AS weight, "left" AS left_h'
        return {"people": people.format(who), "ratings": " UNION ALL ".join(self._ratings())}

    def result(self, shards: tuple[Shard, ...], load: Load) -> TrialSummary:
        """Return what the trial says."""
        from euthymia.trials.keeping import put_together
        from euthymia.trials.sessions import joined

        parts = (put_together(load(shard, None), self.trial) for shard in shards)
        return summary(*joined(parts, self.replicates))

    def _ratings(self) -> list[str]:
        """Return a SELECT for each visit of each phase; people who are not in the phase are left out."""
        found = []
        for place, phase in enumerate(self.trial.phases):
            arms = ", ".join(_quoted(arm.name) for arm in phase.arms)
            column = f'"phases.{place}.{{}}"'.format
            for number, visit in enumerate(visits_of(self.trial, phase), start=1):
                found.append(
                    f"SELECT replicate, subject, {_quoted(phase.name)} AS phase, [{arms}][{column('arm')} + 1] AS arm, "
                    f"{_quoted(visit.label)} AS visit, {visit.t!r} AS t_h, {column('baseline')} AS baseline, "
                    f"{column('MADRS')}[{number}] AS MADRS, {column('observed')}[{number}] AS observed "
                    f"FROM rows WHERE {column('arm')} >= 0"
                )
        return found


def summary(data: TrialData, sessions: Sessions | None = None) -> TrialSummary:
    """Return everything that a report of a conducted trial needs, with every number that it is computed from.

    Args:
        data: The conducted trial.
        sessions: What its sessions say, where it was joined without them.
    """
    from euthymia.trials.analyse import summarise
    from euthymia.trials.schedule import at_sessions
    from euthymia.trials.tablets import names_of
    from euthymia.trials.therapy import taught

    trial, found = data.trial, summarise(data, sessions)
    doses = at_sessions(dose for arm in arms_of(trial) for dose in arm.regimen.doses)
    at_home = ("sert", "serotonin") * bool(names_of(trial)) + ("therapy",) * taught(trial)
    return replace(found, assumptions=found.assumptions + beyond_the_chain(doses, at_home))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
