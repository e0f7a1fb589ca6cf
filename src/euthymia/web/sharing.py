"""How a route reaches what all routes share, and what it says of its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Path, Query
from starlette.requests import Request

from euthymia.errors import UnknownNameError
from euthymia.web.faults import RefusalError, fault_of

if TYPE_CHECKING:
    from euthymia.web.app import Server

Found = TypeVar("Found")
Id = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[^\x00/]+$")]
Words = Annotated[str, Query(max_length=100)]
Responses = dict[int | str, dict[str, Any]]  # what is answered with each status, as FastAPI wants it described


def server_of(request: Request) -> Server:
    """Return what all routes share."""
    return request.app.state.server


def answers(what: str, *kinds: str) -> Responses:
    """Return how an answer is described that has no schema here, only one of these media types."""
    return {200: {"description": what, "content": {kind: {} for kind in kinds}}}


def or_404(work: Callable[[], Found]) -> Found:
    """Return what is found, or say that there is nothing of that name, and what is nearest.

    Raises:
        RefusalError: With status 404.
    """
    try:
        return work()
    except UnknownNameError as error:
        told = fault_of(error)
    except RefusalError as refused:
        told = refused.fault
        if told["code"] != "unknown_name":
            raise
    refusal = RefusalError(404, told["message"])
    refusal.fault = told | {"code": "not_found", "where": None}
    raise refusal
