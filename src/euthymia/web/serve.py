"""Running the server until somebody ends it."""

from __future__ import annotations

import contextlib
import socket
import sys
import webbrowser
from collections.abc import Callable
from types import FrameType

import uvicorn

from euthymia.errors import OutputError
from euthymia.web.app import Server, application
from euthymia.web.settings import Settings

BACKLOG = 512
OPEN_LINES = 1200  # connections at once; beyond them a short 503
FILES = 4096  # that may be open at once, where the system lets us: many systems begin with fewer than there are lines
GOODBYE_S = 3  # that open answers have when the server is ended


class _Serving(uvicorn.Server):
    """A server that lets its streams end when it is asked to."""

    def __init__(self, config: uvicorn.Config, shared: Server) -> None:
        super().__init__(config)
        self._shared = shared

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._shared.events.close()
        super().handle_exit(sig, frame)


def serve(settings: Settings, *, say: Callable[[str], None], open_page: bool = False) -> None:
    """Serve until interrupted.

    Args:
        settings: How.
        say: Called with the address, once it is listened to.
        open_page: Whether to open the page in a browser.

    Raises:
        OutputError: When nothing can listen there.
        StoreError: When the store cannot be used.
    """
    _open_more_files()
    listening = _listening(settings)
    app = application(settings)
    address = _address(settings, listening.getsockname()[1])
    say(address)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=OPEN_LINES,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GOODBYE_S,
        backlog=BACKLOG,
        proxy_headers=False,
        lifespan="on",
    )
    if open_page:
        webbrowser.open(address)
    with contextlib.suppress(KeyboardInterrupt):  # the usual way to end it
        _Serving(config, app.state.server).run([listening])


def _open_more_files() -> None:
    """Ask the system for as many open files as a full house needs; what it does not give is refused line by line."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listening(settings: Settings) -> socket.socket:
    """Return a socket that listens, so that a port that is taken is said before anything is started.

    Raises:
        OutputError: When it cannot.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # said, or asyncio lets answers wait for ACKs
    if sys.platform != "win32":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
        made.listen(BACKLOG)  # from now on who comes waits, and is not turned away
    except OSError as error:
        made.close()
        reason = error.strerror or type(error).__name__
        raise OutputError(f"cannot listen on {settings.host}, port {settings.port}: {reason}") from error
    return made


def _address(settings: Settings, port: int) -> str:
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{name}:{port}/" + ("" if settings.token is None else f"?token={settings.token}")
