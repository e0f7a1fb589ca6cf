"""The application: guard, errors, routes and pages put together around one bench, one book of jobs, one foreman."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.metadata import version

from fastapi import FastAPI
from starlette.requests import Request

from euthymia.store.jobs import JobBook
from euthymia.store.place import place_of
from euthymia.web import faults, limits, routes_evidence, routes_jobs, routes_models, routes_trials
from euthymia.web.bench import Bench
from euthymia.web.chooser import NOTICE
from euthymia.web.events import Events
from euthymia.web.foreman import Foreman
from euthymia.web.guard import Guard
from euthymia.web.pages import Pages
from euthymia.web.schemas import ErrorAnswer
from euthymia.web.settings import Settings
from euthymia.web.sharing import Responses

PREFIX = "/api/v1"
ERRORS: Responses = {status: {"model": ErrorAnswer} for status in (400, 401, 403, 404, 408, 413, 415, 422, 429, 503)}


@dataclass
class Server:
    """What the routes share.

    Attributes:
        settings: How the server is set.
        bench: Where answers are computed.
        book: The jobs of the store.
        foreman: Who looks after the workers.
        events: The open streams.
        version: The version of euthymia.
        warm: Set once the first programs are compiled.
    """

    settings: Settings
    bench: Bench
    book: JobBook
    foreman: Foreman
    events: Events
    version: str
    warm: threading.Event


def application(settings: Settings) -> FastAPI:
    """Return the application, ready to be served.

    Raises:
        StoreError: When the store cannot be used.
    """
    bench, book = Bench(), JobBook(place_of(settings.store))
    server = Server(
        settings=settings,
        bench=bench,
        book=book,
        foreman=Foreman(book, settings),
        events=Events(book, bench, settings.streams),
        version=version("euthymia"),
        warm=threading.Event(),
    )

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        from euthymia.web.warming import load

        await asyncio.to_thread(load)
        await asyncio.to_thread(server.foreman.start)
        if settings.warm:
            threading.Thread(target=_warm, args=(server.warm,), name="warm", daemon=True).start()
        else:
            server.warm.set()
        yield
        server.events.close()
        await asyncio.to_thread(server.foreman.stop)
        bench.close()

    app = FastAPI(
        title="euthymia",
        description=NOTICE,
        version=server.version,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        redirect_slashes=False,
    )
    app.state.server = server
    faults.register(app)
    for routes in (routes_models, routes_trials, routes_jobs, routes_evidence):
        app.include_router(routes.router, prefix=PREFIX, responses=ERRORS)
    _add_pages(app, Pages())
    app.add_middleware(Guard, settings=settings)
    return app


def _add_pages(app: FastAPI, pages: Pages) -> None:
    async def page(request: Request, path: str):
        if path.startswith("api/"):
            raise faults.RefusalError(404, "no such address", given=f"/{path}")
        return pages.answer(request, path)

    app.add_api_route("/{path:path}", page, methods=["GET", "HEAD"], include_in_schema=False)


def _warm(done: threading.Event) -> None:
    """Compile what most people ask for first; where that fails, the first who asks waits instead."""
    from euthymia.web.warming import warm

    with contextlib.suppress(Exception):
        warm()
    done.set()


__all__ = ["PREFIX", "Server", "application", "limits"]
