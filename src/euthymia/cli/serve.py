"""`euthymia serve`: the web application, on this machine or, with a token, for others."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from euthymia.cli import options, output

SCHEMA = "euthymia.serve/1"


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine need a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any that is free.")] = 8321,
    token: Annotated[
        str | None, typer.Option(envvar="EUTHYMIA_TOKEN", help="What everybody must show; 'new' makes one.")
    ] = None,
    store: Annotated[
        str, typer.Option(envvar="EUTHYMIA_STORE", help="Where jobs and their runs are kept: a folder or URL.")
    ] = "runs",
    workers: Annotated[int, typer.Option(min=0, max=64, help="Processes that work on jobs.")] = 1,
    name: Annotated[
        list[str] | None, typer.Option(help="Another name under which the server is reached; may be repeated.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    json: options.AsJson = False,
) -> None:
    """Serve the web application until interrupted."""
    from euthymia.web.settings import LOCAL_NAMES, Settings

    if (token is None and host not in LOCAL_NAMES) or token == "new":
        import secrets

        token = secrets.token_urlsafe(24)
    settings = Settings(host=host, port=port, token=token, store=store, workers=workers, names=tuple(name or ()))
    from euthymia.web.serve import serve as run

    run(settings, say=lambda address: _say(address, token, json=json), open_page=open_page)


def _say(address: str, token: str | None, *, json: bool) -> None:
    """Tell where the server is, at once, also where somebody reads it through a pipe."""
    if json:
        output.emit({"schema": SCHEMA, "address": address, "token": token})
    else:
        output.say(f"euthymia at {address}")
        output.say("For research and teaching, never for treating a person. Ctrl-C ends it.")
    sys.stdout.flush()
