"""Routes to jobs: asked for, looked at, listened to, cancelled, read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Header, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from euthymia.errors import UnknownNameError
from euthymia.store.jobs import Job, QueueFullError
from euthymia.web import limits
from euthymia.web.events import Events
from euthymia.web.faults import RefusalError
from euthymia.web.jobs import REPORT, RESULT, folder_of, job_answer, prepared
from euthymia.web.schemas_job import JobAnswer, JobAsked, Jobs
from euthymia.web.sharing import Id, answers, server_of

router = APIRouter(prefix="/jobs")
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
LARGEST_EVENT = 2**53
STREAM = answers("Server-sent events, each an Event.", "text/event-stream")
HTML = answers("The report.", "text/html")
DOCUMENT = answers("The result, in a schema of docs/json.md.", "application/json")


@router.post("", status_code=202)
async def ask(request: Request, asked: Annotated[JobAsked, Body()]) -> JobAnswer:
    """Put a job into the queue."""
    server = server_of(request)
    job = await server.bench.thread(lambda: prepared(asked))
    try:
        held = await server.bench.thread(lambda: server.book.add(job, server.settings.queued))
    except QueueFullError as error:
        raise RefusalError(429, str(error)) from None
    server.foreman.wake()
    return await server.bench.thread(lambda: job_answer(server.book, held))


@router.get("")
async def jobs(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=limits.LONGEST_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=limits.LARGEST_SEED)] = 0,
) -> Jobs:
    """List jobs, the newest first."""
    server = server_of(request)

    def read() -> Jobs:
        found = [job_answer(server.book, each) for each in server.book.jobs(limit, offset)]
        return Jobs(jobs=found, total=sum(server.book.count().values()))

    return await server.bench.thread(read)


@router.get("/{name}")
async def one(request: Request, name: Id) -> JobAnswer:
    """Show a job."""
    server = server_of(request)
    return await server.bench.thread(lambda: job_answer(server.book, _job(request, name)))


@router.post("/{name}/cancel")
async def cancel(request: Request, name: Id) -> JobAnswer:
    """Cancel a job that waits, or ask the one who works on it to stop."""
    server = server_of(request)

    def stop() -> JobAnswer:
        _job(request, name)
        return job_answer(server.book, server.book.ask_to_stop(name))

    return await server.bench.thread(stop)


@router.get("/{name}/events", response_class=Response, responses=STREAM)
async def events(
    request: Request,
    name: Id,
    after: Annotated[int, Query(ge=0, le=LARGEST_EVENT, description="Number of the last event that is known.")] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """Tell what happens to a job as it happens; 204 where it is over and everything is known."""
    server = server_of(request)
    known = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else after
    job = await server.bench.thread(lambda: _job(request, name))
    if job.state.over and known and not await server.bench.thread(lambda: server.book.events(name, known)):
        return Response(status_code=204)
    server.events.admit()
    return _Stream(server.events, name, known)


@router.get("/{name}/result", response_class=Response, responses=DOCUMENT)
async def result(request: Request, name: Id) -> Response:
    """Return what a finished job says."""
    data = await server_of(request).bench.thread(lambda: _left(request, name, RESULT))
    return Response(data, media_type="application/json")


@router.get("/{name}/report", response_class=Response, responses=HTML)
async def report(request: Request, name: Id) -> Response:
    """Return the report of a finished job."""
    data = await server_of(request).bench.thread(lambda: _left(request, name, REPORT))
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return Response(data, media_type="text/html; charset=utf-8", headers=headers)


class _Stream(StreamingResponse):
    """A stream of events, which is no longer counted when it ends, however it ends."""

    def __init__(self, events: Events, job: str, after: int) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events.stream(job, after), media_type="text/event-stream", headers=headers)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._events.release()


def _job(request: Request, name: str) -> Job:
    try:
        return server_of(request).book.job(name)
    except UnknownNameError as error:
        raise RefusalError(404, f"no job {name!r}", given=error.given) from None


def _left(request: Request, name: str, file: str) -> bytes:
    """Return a file that a job left; its folder is named by the catalogue, not by the request."""
    job, book = _job(request, name), server_of(request).book
    path = folder_of(book, job.id) / file
    if not path.exists():
        said = f"job {job.id} is {job.state.value} and has no {file.partition('.')[0]}"
        raise RefusalError(404 if job.state.over else 409, said)
    return path.read_bytes()
