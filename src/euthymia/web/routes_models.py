"""Routes to the simulator: health, what there is to choose from, courses, the circuit, the synapse, exports."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from euthymia.store.jobs import State
from euthymia.web import circuits, courses, exports
from euthymia.web.cache import key_of
from euthymia.web.chooser import meta
from euthymia.web.schemas import Health, Meta
from euthymia.web.schemas_circuit import (
    CircuitAnswer,
    CircuitAsked,
    RasterAnswer,
    RasterAsked,
    SynapseAnswer,
    SynapseAsked,
)
from euthymia.web.schemas_course import CoursesAnswer, CoursesAsked
from euthymia.web.schemas_export import ExportAsked
from euthymia.web.sharing import answers, server_of

router = APIRouter()
FILES = answers("The file.", *exports.KINDS.values())


@router.get("/health")
async def health(request: Request) -> Health:
    """Say whether the server can work."""
    server = server_of(request)
    count = await server.bench.thread(server.book.count)
    return Health(
        status="ok" if server.warm.is_set() else "warming",
        version=server.version,
        workers=server.foreman.alive,
        jobs_running=count[State.RUNNING],
        jobs_queued=count[State.QUEUED],
    )


@router.get("/meta")
async def what_there_is(request: Request) -> Meta:
    """Say what there is to choose from."""
    server = server_of(request)
    return await server.bench.thread(lambda: meta(server.version))


@router.post("/courses", response_model=CoursesAnswer)
async def several_courses(request: Request, asked: CoursesAsked) -> Response:
    """Simulate one or two treatments of the same people."""
    bench = server_of(request).bench
    treatments = await bench.thread(lambda: courses.checked(asked))
    return await bench.answer(
        request, key_of("courses", asked), lambda: courses.answered(asked, treatments, bench.kept)
    )


@router.post("/circuit", response_model=CircuitAnswer)
async def circuit(request: Request, asked: CircuitAsked) -> Response:
    """Say what ketamine, and other changes, do to the circuit."""
    bench = server_of(request).bench
    await bench.thread(lambda: circuits.check_changes(asked.changes))
    return await bench.answer(request, key_of("circuit", asked), lambda: circuits.circuit(asked))


@router.post("/circuit/raster", response_model=RasterAnswer)
async def raster(request: Request, asked: RasterAsked) -> Response:
    """Run a small spiking network at one level."""
    bench = server_of(request).bench
    await bench.thread(lambda: circuits.check_changes(asked.changes))
    return await bench.answer(request, key_of("raster", asked), lambda: circuits.raster(asked))


@router.post("/synapse", response_model=SynapseAnswer)
async def synapse(request: Request, asked: SynapseAsked) -> Response:
    """Let a drug act on one synapse."""
    bench = server_of(request).bench
    return await bench.answer(request, key_of("synapse", asked), lambda: circuits.synapse(asked))


@router.post("/export", response_class=Response, responses=FILES)
async def export(request: Request, asked: ExportAsked) -> Response:
    """Write what a page shows as a file that gives the same numbers."""
    bench = server_of(request).bench
    made = await bench.answer(request, key_of("export", asked), lambda: exports.export(asked))
    name, kind = exports.named(asked)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.body, media_type=kind, headers=headers)
