"""Routes to what is known: parameters, sources, signals, claims, the score board, the article."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from euthymia.web import limits, lookup, standing
from euthymia.web.schemas_evidence import (
    Article,
    Claims,
    ClaimStory,
    EvidencePage,
    ParameterStory,
    Score,
    Signals,
    SourceStory,
)
from euthymia.web.sharing import Id, Words, or_404, server_of

router = APIRouter()


@router.get("/evidence")
async def evidence(
    request: Request,
    q: Words = "",
    grade: Words = "",
    assumed: bool = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=limits.LONGEST_PAGE)] = 50,
) -> EvidencePage:
    """Look through the parameters."""
    return await server_of(request).bench.thread(lambda: lookup.evidence(q, grade, assumed, page, size))


@router.get("/evidence/{name}")
async def parameter(request: Request, name: Id) -> ParameterStory:
    """Tell where a number comes from."""
    return await server_of(request).bench.thread(lambda: or_404(lambda: lookup.parameter_story(name)))


@router.get("/sources/{key}")
async def source(request: Request, key: Id) -> SourceStory:
    """Show a source and what rests on it."""
    return await server_of(request).bench.thread(lambda: or_404(lambda: lookup.source_story(key)))


@router.get("/transmitters")
async def transmitters(request: Request, q: Words = "", family: Words = "", modelled: bool = False) -> Signals:
    """Look through the signals between nerve cells."""
    return await server_of(request).bench.thread(lambda: lookup.signals(q, family, modelled))


@router.get("/claims")
async def claims(request: Request) -> Claims:
    """Show the claims, the lost ones first."""
    server = server_of(request)
    return await server.bench.thread(lambda: standing.claims(server.book))


@router.get("/claims/{name}")
async def claim(request: Request, name: Id) -> ClaimStory:
    """Tell one claim whole."""
    server = server_of(request)
    return await server.bench.thread(lambda: or_404(lambda: standing.claim(server.book, name)))


@router.get("/score")
async def score(request: Request) -> Score:
    """Show the score board, misses first."""
    server = server_of(request)
    return await server.bench.thread(lambda: standing.score(server.book))


@router.get("/article")
async def article(request: Request) -> Article:
    """Show the article's statements and figures."""
    server = server_of(request)
    return await server.bench.thread(lambda: standing.article(server.book))
