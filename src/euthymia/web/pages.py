"""The pages that are shipped with the package: read once, so that no path of a request ever meets a disk."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

from euthymia.web.faults import answer, fault

INDEX = "index.html"
ASSETS = "assets/"
YEAR = "public, max-age=31536000, immutable"
SMALLEST = 1000  # bytes below which nothing is gained by packing
MISSING = (
    "<!doctype html><html lang='en'><title>euthymia</title><h1>euthymia</h1>"
    "<p>The pages were not built into this installation. The API is at <a href='/api/v1/meta'>/api/v1</a>.</p>"
    "<p>For research and teaching, never for treating a person.</p></html>"
)


@dataclass(frozen=True)
class Page:
    """A file that is answered.

    Attributes:
        body: Its bytes.
        packed: The same, gzip; None where that saves nothing.
        tag: Its entity tag.
        kind: Its media type.
    """

    body: bytes
    packed: bytes | None
    tag: str
    kind: str


class Pages:
    """All files of the application, by their path."""

    def __init__(self, folder: Traversable | None = None) -> None:
        """Read them.

        Args:
            folder: Where they are; those of the package when None.
        """
        root = folder or files("euthymia.web").joinpath("static")
        found = dict(_read(root, "")) if root.is_dir() else {}
        self._pages = {path: _page(path, body) for path, body in found.items()}
        self._pages.setdefault(INDEX, _page(INDEX, MISSING.encode()))

    def answer(self, request: Request, path: str) -> Response:
        """Return a file; for a page of the application, which has no dot in its name, the one that draws them all."""
        name = path.strip("/") or INDEX
        page = self._pages.get(name)
        if page is None:
            if "." in name.rpartition("/")[2] or name.startswith(ASSETS):
                return answer(404, fault("not_found", "no such file", given=f"/{name}"))
            name, page = INDEX, self._pages[INDEX]
        headers = {"ETag": page.tag, "Cache-Control": YEAR if name.startswith(ASSETS) else "no-cache"}
        if page.packed is not None:
            headers["Vary"] = "Accept-Encoding"
        if page.tag in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        if page.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(page.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=page.kind)
        return Response(page.body, headers=headers, media_type=page.kind)


def _read(folder: Traversable, before: str):
    """Yield path and bytes of every file below a folder."""
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _read(entry, f"{before}{entry.name}/")
        else:
            yield before + entry.name, entry.read_bytes()


def _page(path: str, body: bytes) -> Page:
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    kind = {"text/javascript": "text/javascript; charset=utf-8", "text/html": "text/html; charset=utf-8"}.get(
        kind, kind
    )
    packed = gzip.compress(body, 9, mtime=0) if len(body) >= SMALLEST else b""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return Page(body, packed if 0 < len(packed) < 0.9 * len(body) else None, tag, kind)
