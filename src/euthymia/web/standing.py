"""Results that are kept: claims and the score board, from the newest job that made them or from the package."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from euthymia.errors import UnknownNameError
from euthymia.store.jobs import JobBook, State
from euthymia.web.jobs import MADE, RESULT, folder_of
from euthymia.web.lookup import sources
from euthymia.web.schemas_evidence import (
    Article,
    ArticleFigure,
    ArticleStatement,
    ClaimAnswer,
    Claims,
    ClaimStory,
    Score,
    ScoreMiss,
    Standing,
)
from euthymia.web.schemas_job import JobKind

if TYPE_CHECKING:
    from euthymia.claims.claim import Finding

PACKAGE = "package"
DIGITS = 12  # of the hash of the evidence
RECENT = 200  # jobs among which the newest result is looked for


def claims_document(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return claims, put to the model, as they are kept."""
    from euthymia.claims.judging import SCHEMA, score, to_dict

    return {"schema": SCHEMA, "score": score(findings), "claims": [to_dict(each) for each in findings]}


def made_with(command: str) -> dict[str, str]:
    """Return what a result was made with: command, version, hash of the evidence."""
    from importlib.metadata import version

    from euthymia.claims.kept import evidence_hash

    return {"command": command, "version": version("euthymia"), "evidence": evidence_hash()}


def claims(book: JobBook) -> Claims:
    """Return all claims with their verdicts, the lost ones first."""
    origin, held = _newest(book, "claims")
    told = [ClaimAnswer(**each) for each in held["claims"]]
    return Claims(standing=_standing(origin, held["made"]), score=held["score"], claims=told)


def claim(book: JobBook, name: str) -> ClaimStory:
    """Return one claim with its sources.

    Raises:
        UnknownNameError: When there is none of that id; it names the nearest.
    """
    every = claims(book)
    found = {each.id: each for each in every.claims}
    if name not in found:
        raise UnknownNameError("claim", name, found)
    return ClaimStory(standing=every.standing, claim=found[name], sources=sources(found[name].sources))


def score(book: JobBook) -> Score:
    """Return the score board, misses first."""
    origin, held = _newest(book, "score")
    board = held["board"]
    return Score(standing=_standing(origin, held["made"]), misses=_misses(board), board=board)


def article(book: JobBook) -> Article:
    """Return the article's statements with their claims, and its figures."""
    from euthymia.claims.statements import STATEMENTS
    from euthymia.report.article import STUDIES

    every = claims(book).claims
    return Article(
        statements=[
            ArticleStatement(
                number=number,
                about=about,
                claims=[each.id for each in every if each.article == number],
                says=[each.says for each in every if each.article == number],
            )
            for number, about in STATEMENTS.items()
        ],
        figures=[
            ArticleFigure(
                name=each.name, shows=each.shows, statement=each.statement, command=f"euthymia article {each.name}"
            )
            for each in STUDIES
        ],
    )


def _newest(book: JobBook, kind: JobKind) -> tuple[str, dict[str, Any]]:
    """Return the newest result of a kind of job, else what came with the package, and where it is from."""
    for job in book.jobs(RECENT):
        file = folder_of(book, job.id) / RESULT
        if job.kind == kind and job.state is State.DONE and not job.asked.get("leave_out") and file.exists():
            return job.id, _of_job(kind, file)
    return PACKAGE, _packaged(kind)


def _of_job(kind: JobKind, file: Path) -> dict[str, Any]:
    held = json.loads(file.read_bytes())
    made = json.loads((file.parent / MADE).read_bytes())
    return held | {"made": made} if kind == "claims" else {"made": made, "board": held}


@cache
def _packaged(kind: JobKind) -> dict[str, Any]:
    return json.loads(files("euthymia.web").joinpath("kept", f"{kind}.json").read_bytes())


def _standing(origin: str, made: dict[str, str]) -> Standing:
    from euthymia.claims.kept import evidence_hash

    return Standing(
        origin=origin,
        command=made["command"],
        version=made["version"],
        evidence=made["evidence"][:DIGITS],
        current=made["evidence"] == evidence_hash(),
    )


def _misses(board: dict[str, Any]) -> list[ScoreMiss]:
    """Return predicted rows outside the mechanism's interval, those that count first, the worst first."""
    found = []
    for trial in board["trials"]:
        for row in trial["rows"]:
            judged = row["told"][0]["judged"]
            if judged is None or judged["inside"]:
                continue
            half = max(0.5 * (judged["high"] - judged["low"]), 1e-9)
            found.append(
                ScoreMiss(
                    trial=trial["trial"],
                    title=trial["title"],
                    row_id=row["row_id"],
                    arm=row["arm"],
                    measure=row["measure"],
                    t_h=row["t"],
                    unit=row["unit"],
                    value=row["value"],
                    mean=judged["mean"],
                    low=judged["low"],
                    high=judged["high"],
                    counted=row["standing"] == "counted",
                    how_far=round(abs(judged["signed_error"]) / half, 3),
                )
            )
    return sorted(found, key=lambda one: (not one.counted, -one.how_far))
