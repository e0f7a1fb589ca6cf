"""What is answered when something is wrong: one shape for every error, and never a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from euthymia.errors import EuthymiaError, StoreError, UnknownNameError, WorkError
from euthymia.web import limits

SHOWN = 200  # characters of what was given
NEAREST = re.compile(r"did you mean '([^']+)'")
CODES = {
    400: "bad_request",
    401: "token",
    403: "forbidden",
    404: "not_found",
    405: "method",
    406: "not_acceptable",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    415: "media_type",
    422: "invalid",
    429: "too_many",
    503: "busy",
}


class RefusalError(Exception):
    """A request that is refused with a status."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        given: object = None,
        allowed: str | Sequence[str] | None = None,
        nearest: str | None = None,
        where: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.fault = fault(code or CODES.get(status, "error"), message, given, allowed, nearest, where)


def fault(
    code: str,
    message: str,
    given: object = None,
    allowed: str | Sequence[str] | None = None,
    nearest: str | None = None,
    where: str | None = None,
) -> dict[str, Any]:
    """Return the fault of an answer, see `schemas.Fault`."""
    return {
        "code": code,
        "message": _clean(message, 4 * SHOWN),
        "given": None if given is None else _clean(str(given), SHOWN),
        "allowed": allowed if allowed is None or isinstance(allowed, str) else list(allowed),
        "nearest": nearest,
        "where": where,
    }


def fault_of(error: EuthymiaError, where: str | None = None) -> dict[str, Any]:
    """Return the fault that one of our own errors says."""
    text = str(error)
    if isinstance(error, UnknownNameError):
        near = NEAREST.search(text)
        return fault("unknown_name", text, error.given, list(error.known), near[1] if near else None, where)
    near = NEAREST.search(text)
    code = "store" if isinstance(error, StoreError | WorkError) else "invalid"
    return fault(code, text, nearest=near[1] if near else None, where=where)


def answer(status: int, told: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as JSON; of ASCII alone, whatever was in the request."""
    extra = {"Retry-After": str(limits.RETRY_AFTER_S)} if status in (429, 503) else {}
    body = json.dumps({"error": told}, ensure_ascii=True, allow_nan=False)
    return Response(body, status, media_type="application/json", headers=extra | dict(headers or {}))


def register(app: FastAPI) -> None:
    """Let an application answer every error in this way."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(EuthymiaError, _ours)
    app.add_exception_handler(RefusalError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first.get("loc", ()) if part not in ("body", "query", "path"))
    context = first.get("ctx") or {}
    said = str(first.get("msg", "not valid"))
    if first.get("type") == "json_invalid":
        return answer(400, fault("not_json", f"the body is no JSON: {context.get('error', said)}"))
    given = first.get("input")
    shown = None if isinstance(given, dict | list) else given
    message = f"{where}: {said}" if where else said
    return answer(422, fault("invalid", message, shown, _allowed(context), None, where or None))


def _allowed(context: Mapping[str, Any]) -> str | None:
    """Return in words what a field's rule allows."""
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    words |= {"max_length": "length at most", "min_length": "length at least", "expected": ""}
    said = [f"{words[key]} {value}".strip() for key, value in context.items() if key in words]
    return ", ".join(said) or None


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, EuthymiaError)
    return answer(503 if isinstance(error, StoreError | WorkError) else 422, fault_of(error))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)
    return answer(error.status, error.fault)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = "no such address" if error.status_code == 404 else str(error.detail)
    code = CODES.get(error.status_code, "error")
    return answer(error.status_code, fault(code, said, given=request.url.path), error.headers)


async def _broken(request: Request, error: Exception) -> Response:
    return answer(500, fault("broken", "something broke in the server; its log says what"))


def _clean(text: str, longest: int) -> str:
    """Return text that fits, without control characters or halves of characters."""
    cut = text if len(text) <= longest else text[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in " ".join(cut.split()))
