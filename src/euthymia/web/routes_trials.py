"""Routes to trials: the list, one design, and a look at a file."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request

from euthymia.web import designs
from euthymia.web.schemas_trial import TrialAnswer, TrialChecked, Trials, TrialVerdict
from euthymia.web.sharing import Id, or_404, server_of

router = APIRouter(prefix="/trials")


@router.get("")
async def trials(request: Request) -> Trials:
    """List the trials of the package."""
    return await server_of(request).bench.thread(designs.trials)


@router.post("/check")
async def check(request: Request, asked: TrialChecked) -> TrialVerdict:
    """Say whether a trial can be conducted as written."""
    return await server_of(request).bench.thread(lambda: designs.check(asked))


@router.get("/{name}")
async def trial(request: Request, name: Id) -> TrialAnswer:
    """Show a design and what was published of it."""
    return await server_of(request).bench.thread(lambda: or_404(lambda: designs.trial(name)))
