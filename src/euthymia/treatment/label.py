"""What a label says of a person and a regimen, clause by clause: `decide` shows it, and advises nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from euthymia.evidence.label import Clause, ClauseKind, Label
from euthymia.evidence.label_condition import (
    Always,
    Amounts,
    Condition,
    Devices,
    GivenAs,
    OneReduction,
    Pace,
    Unrecorded,
)
from euthymia.treatment.label_candidate import Candidate, Session
from euthymia.treatment.label_person import Case, judge_person
from euthymia.treatment.label_schedule import judge_schedule, judge_silence
from euthymia.treatment.label_verdict import Judgement, Verdict
from euthymia.treatment.regimen import Regimen

NOTICE = "This shows what the label says, as far as it is recorded here. It is not advice on treating anyone."

# A clause of these kinds warns; it rules nobody out.
WARNS = (ClauseKind.BOXED_WARNING, ClauseKind.CAUTION, ClauseKind.INTERACTION)
# What is not known about a clause of these kinds leaves the answer open.
DECIDES = (ClauseKind.INDICATION, ClauseKind.CONTRAINDICATION)
# Where the recorded label is silent on these, nothing that is said of the person can settle the answer.
SILENT = (ClauseKind.INDICATION, ClauseKind.DOSE_RULE)


class Answer(StrEnum):
    """What the clauses amount to, from the plainest to the one that rules out."""

    WITHIN = "within the label"
    WITH_CAUTION = "within the label, with caution"
    NEEDS_INFORMATION = "needs information"
    NOT_STATED = "the recorded label does not say"
    OUTSIDE = "outside the label"


@dataclass(frozen=True)
class Line:
    """One clause and how things stand with it."""

    clause: Clause
    verdict: Verdict
    because: str


@dataclass(frozen=True)
class Decision:
    """A label held against a person and a regimen.

    Attributes:
        label: The label.
        case: The person, the regimen where one was given, and what is done around a session.
        answer: What the clauses amount to under the indication that suits best.
        indication: Key of that indication.
        lines: Every clause with its verdict, in the label's order.
    """

    label: Label
    case: Case
    answer: Answer
    indication: str
    lines: tuple[Line, ...]


def decide(
    label: Label, candidate: Candidate, regimen: Regimen | None = None, session: Session | None = None
) -> Decision:
    """Return what a label says of a person and a regimen.

    Args:
        label: The label, from ``load_label``.
        candidate: The person; what is not known is None.
        regimen: The doses; None asks about the person only.
        session: What is done around a session.

    Returns:
        The verdict on each clause, and the answer under the indication that suits best.

    Raises:
        LabelError: When person and regimen contradict each other.

    Example:
        >>> from euthymia.evidence.label import load_label
        >>> str(decide(load_label("us-2025"), Candidate(age=16.0)).answer)
        'outside the label'
    """
    case = Case(candidate, regimen, session or Session())
    judged = [_line(clause, case) for clause in label.clauses]
    keys = [key for key, _ in label.indications]
    indication = min(keys, key=lambda key: _rank(_belonging(judged, key)))
    lines = tuple(_set_aside(line, indication, dict(label.indications)) for line in judged)
    return Decision(label, case, _answer(_belonging(lines, indication)), indication, lines)


def blocking(decision: Decision) -> tuple[Line, ...]:
    """Return the clauses that rule the person or the regimen out, under the indication of the answer."""
    return _of(_belonging(decision.lines, decision.indication), Verdict.NOT_MET)


def missing(decision: Decision) -> tuple[Line, ...]:
    """Return the clauses on which something still has to be said, under the indication of the answer."""
    return _of(_belonging(decision.lines, decision.indication), Verdict.NEEDS_INFORMATION)


def _line(clause: Clause, case: Case) -> Line:
    found = _judged(clause.condition, case)
    warned = clause.kind in WARNS and found.verdict is Verdict.NOT_MET
    return Line(clause, Verdict.CAUTION if warned else found.verdict, found.because)


def _judged(condition: Condition, case: Case) -> Judgement:
    match condition:
        case Always():
            return Judgement(Verdict.CAUTION, "holds for everyone")
        case Unrecorded():
            return judge_silence(condition, case.regimen)
        case GivenAs() | Amounts() | OneReduction() | Pace() | Devices():
            return judge_schedule(condition, case.regimen)
        case _:
            return judge_person(condition, case)


def _belonging(lines: Iterable[Line], indication: str) -> list[Line]:
    """Return the lines that count for an indication: its own and those of no other."""
    return [line for line in lines if line.clause.indication in ("", indication)]


def _rank(lines: list[Line]) -> tuple[int, int]:
    """Return how well an indication suits, the best lowest: by its answer, then by how many clauses fail."""
    return list(Answer).index(_answer(lines)), len(_of(lines, Verdict.NOT_MET))


def _answer(lines: list[Line]) -> Answer:
    if _of(lines, Verdict.NOT_MET):
        return Answer.OUTSIDE
    if any(line.clause.kind in SILENT for line in _of(lines, Verdict.NOT_STATED)):
        return Answer.NOT_STATED
    if any(line.clause.kind in DECIDES for line in _of(lines, Verdict.NEEDS_INFORMATION)):
        return Answer.NEEDS_INFORMATION
    # The boxed warning holds for everyone and would make every answer the same.
    warned = [line for line in _of(lines, Verdict.CAUTION) if line.clause.kind is not ClauseKind.BOXED_WARNING]
    return Answer.WITH_CAUTION if warned else Answer.WITHIN


def _of(lines: Iterable[Line], verdict: Verdict) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.verdict is verdict)


def _set_aside(line: Line, indication: str, titles: dict[str, str]) -> Line:
    """Return the line, a dose rule of another indication than the answer's as one that does not apply."""
    if line.clause.kind is not ClauseKind.DOSE_RULE or line.clause.indication in ("", indication):
        return line
    return Line(line.clause, Verdict.DOES_NOT_APPLY, f"the answer is for {titles[indication]}")
