"""Severity with every term: connections, and besides them serotonin itself and learned skills."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Self

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, Source, parameter
from euthymia.symptoms.severity import Severity, SeverityInput, SeverityState


class ReliefInput(NamedTuple):
    """Signal, fast potentiation, grown spines, serotonin relative to rest (1), and learned skills."""

    bdnf: Scalar
    pot: Scalar
    grown: Scalar
    HT: Scalar = 1.0
    lrn: Scalar = 0.0


class Relief(AbstractRelaxation[SeverityState, ReliefInput]):
    r"""`Severity` with two further terms in what it follows.

        tau_sev dsev/dt = target(bdnf, pot, grown) - a_5HT (HT - 1)+ - a_lrn lrn - sev                      (1)

    The person's size of effect (`Severity.gain`) stays with connections: skills and serotonin keep theirs.
    """

    sources: ClassVar = ("price2022",)
    severity: Severity
    a_5HT: Scalar = parameter("points", "effect of one unit of raised serotonin")
    a_lrn: Scalar = parameter("points", "effect of all learned skills")

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build from the plasticity record."""
        own = {name: record.value(name, unit) for name, (unit, _) in cls.parameters().items()}
        return cls(severity=Severity.from_record(record), **own)

    def initial_state(self) -> SeverityState:
        """Return no change."""
        return self.severity.initial_state()

    def relaxation(self, t: Scalar, state: SeverityState, inputs: ReliefInput) -> tuple[SeverityState, SeverityState]:
        """Return rate and drive."""
        rate, drive = self.severity.relaxation(t, state, SeverityInput(inputs.bdnf, inputs.pot, inputs.grown))
        raised = (inputs.HT - 1.0 + abs(inputs.HT - 1.0)) / 2.0
        further = self.a_5HT * raised + self.a_lrn * inputs.lrn
        return rate, drive._replace(sev=drive.sev - rate.sev * further)  # (1)
