"""What is known and how surely: parameters, sources, signals, claims, the score board, the article."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from euthymia.web.schemas import Answer, Numbers


class ParameterAnswer(Answer):
    """A number with its story."""

    id: str = Field(description="Full name, such as esketamine.ka_n; ask /evidence/{id}.")
    record: str
    name: str
    value: float
    unit: str
    meaning: str
    grade: str
    assumed: bool = Field(description="Whether the value or its spread is a choice that nobody measured or fitted.")
    source: str = Field(description="Ask /sources/{key}; empty where nobody measured it.")
    where: str
    cv: float | None = Field(description="Relative SD of the typical value.")
    spread: str = Field(description="How people differ, in words; empty where they are not said to.")
    uncertainty: str
    note: str
    command: str


class EvidencePage(Answer):
    """A page of parameters."""

    total: int
    page: int = Field(description="From 1.")
    pages: int
    parameters: list[ParameterAnswer]
    records: list[RecordRow]
    grades: dict[str, int] = Field(description="How many of all that were found have each grade.")


class RecordRow(Answer):
    """A record of parameters."""

    name: str
    title: str
    summary: str
    parameters: int
    assumed: int


class ParameterStory(Answer):
    """A number, its source, and where else its record leads."""

    parameter: ParameterAnswer
    source: SourceAnswer | None
    record: RecordRow


class SourceAnswer(Answer):
    """A source."""

    key: str
    short: str
    text: str = Field(description="As it is cited.")
    identifier: str = Field(description="DOI, PMC or PubMed number; empty where none is known.")
    bibtex: str
    fields: dict[str, str]


class SourceStory(Answer):
    """A source and the numbers that rest on it."""

    source: SourceAnswer
    parameters: list[str] = Field(description="Full names.")


class SignalAnswer(Answer):
    """A signal between nerve cells."""

    name: str
    family: str
    family_number: int
    kind: str
    tier: str
    receptors: str
    own_receptors: bool
    modelled: bool
    as_a_group: bool
    sign: str | None
    modules: list[str]
    how: str
    note: str


class Signals(Answer):
    """Signals between nerve cells."""

    total: int
    signals: list[SignalAnswer]


class ClaimNumber(Answer):
    """A number of ours beside the rule that it must keep."""

    what: str
    unit: str
    value: float | None
    interval: Numbers | None
    error: float = Field(description="Monte Carlo standard error.")
    holds: Numbers = Field(description="Lowest and highest value with which the claim holds; null: open.")
    why: str
    verdict: str


class ClaimCited(Answer):
    """A published row behind a claim."""

    row: str
    what: str
    value: float
    unit: str
    low: float | None
    high: float | None
    split: str
    source: str


class ClaimAnswer(Answer):
    """A claim: what is said, what is known, what the model shows."""

    id: str
    article: int | None = Field(description="Statement of the article, 1 to 7; null for the fact list.")
    says: str
    known: str
    support: str
    role: str
    verdict: str
    numbers: list[ClaimNumber]
    rows: list[ClaimCited]
    sources: list[str]
    lost_if: str
    command: str
    note: str
    why_not: str
    kept: str


class Standing(Answer):
    """Where a kept result comes from."""

    origin: str = Field(description="package, or a job's id.")
    command: str
    version: str
    evidence: str = Field(description="First 12 digits of the hash of the evidence it was made with.")
    current: bool = Field(description="Whether the evidence is still the same.")


class Claims(Answer):
    """Claims, the lost ones first."""

    standing: Standing
    score: str = Field(description="How many of each role came out how.")
    claims: list[ClaimAnswer]


class ClaimStory(Answer):
    """One claim with its sources."""

    standing: Standing
    claim: ClaimAnswer
    sources: list[SourceAnswer]


class Score(Answer):
    """The score board: schema euthymia.score/1 (docs/json.md) with misses as an extra list, worst first."""

    standing: Standing
    misses: list[ScoreMiss]
    board: dict[str, Any]


class ScoreMiss(Answer):
    """A published value outside our 90 % interval."""

    trial: str
    title: str
    row_id: str
    arm: str
    measure: str
    t_h: float | None
    unit: str
    value: float = Field(description="Published.")
    mean: float = Field(description="Predicted.")
    low: float
    high: float
    counted: bool = Field(description="Whether the row counts towards totals.")
    how_far: float = Field(description="Half-widths of our interval between the published value and the forecast.")


class ArticleFigure(Answer):
    """A figure of the article's statements."""

    name: str
    shows: str
    statement: str
    command: str


class ArticleStatement(Answer):
    """A statement of the article."""

    number: int
    about: str
    claims: list[str] = Field(description="Ids of the claims made of it.")
    says: list[str] = Field(description="What is said, in our words, one a claim.")


class Article(Answer):
    """The article's statements and figures."""

    statements: list[ArticleStatement]
    figures: list[ArticleFigure]


for _model in (EvidencePage, ParameterStory, Score):
    _model.model_rebuild()
