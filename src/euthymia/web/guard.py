"""The door: who may ask, from which page, how much at once and for how long; and what browsers are told to forbid."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from euthymia.web import limits
from euthymia.web.faults import CODES, answer, fault
from euthymia.web.settings import Settings

API = "/api/"
EVENTS = "/events"
READING = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Wrap an application.

        Args:
            app: What answers requests that pass.
            settings: Who may pass.
        """
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        told = _Telling(send, api=scope["path"].startswith(API))
        refused = self._refused(scope, headers)
        if refused is not None:
            await refused(scope, receive, told)
            return
        try:
            body = await asyncio.wait_for(_whole(receive, headers), limits.READING_S)
        except TimeoutError:
            await _refusal(408, "the request did not arrive in time")(scope, receive, told)
            return
        if body is None:
            said = f"the request is larger than {limits.BODY_BYTES} bytes"
            await _refusal(413, said)(scope, receive, told)
            return
        await self._timed(scope, _again(body, receive), told)

    async def _timed(self, scope: Scope, receive: Receive, told: _Telling) -> None:
        """Let the application answer, within the time that a request has; a stream of events has its own."""
        if scope["path"].endswith(EVENTS):
            await self._app(scope, receive, told)
            return
        try:
            await asyncio.wait_for(self._app(scope, receive, told), self._settings.request_s)
        except TimeoutError:
            if not told.started:
                said = f"no answer within {self._settings.request_s:g} s; ask for less, or for a job"
                await _refusal(503, said, "too_long")(scope, receive, told)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """Return why a request may not pass, or None."""
        host = headers.get("host", "")
        if not self._settings.answers_to(_name(host)):
            return _refusal(403, "this server does not answer to that host name", "host", host)
        origin = headers.get("origin")
        if origin is not None and not _same(origin, host):
            return _refusal(403, "requests of other sites are refused", "origin", origin)
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["path"].startswith(API) and site not in ("same-origin", "none"):
            return _refusal(403, "requests of other sites are refused", "origin")
        if scope["method"] not in READING and _media(headers) not in ("application/json", ""):
            return _refusal(415, "expected a body of application/json", given=headers.get("content-type"))
        return self._unknown(scope, headers)

    def _unknown(self, scope: Scope, headers: Headers) -> Response | None:
        """Return what somebody without the token is told; one in the address is taken once, and kept as a cookie."""
        token = self._settings.token
        if token is None:
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        shown = next((value for key, value in query if key == "token"), None)
        page = not scope["path"].startswith(API)
        if shown is not None and page and scope["method"] == "GET" and _equal(shown, token):
            rest = urlencode([(key, value) for key, value in query if key != "token"])
            there = "/" + scope["path"].lstrip("/") + (f"?{rest}" if rest else "")
            made = RedirectResponse(there, 303)
            made.set_cookie(cookie_name(scope), cookie_of(token), httponly=True, samesite="strict", path="/")
            return made
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _equal(given.strip(), token):
            return None
        if _equal(_cookie(headers, cookie_name(scope)), cookie_of(token)):
            return None
        if page:
            return PlainTextResponse("Open the address that the server printed; it ends in ?token=...\n", 401)
        return _refusal(401, "a token is needed: Authorization: Bearer TOKEN, or open the page with ?token= once")


def cookie_of(token: str) -> str:
    """Return what a browser keeps: not the token, so that no page's store gives it away."""
    return hmac.new(token.encode(), b"euthymia", hashlib.sha256).hexdigest()


def cookie_name(scope: Scope) -> str:
    """Return the cookie's name; cookies know no ports, so two servers of a machine need two names."""
    server = scope.get("server") or ("", 0)
    return f"euthymia_{server[1]}"


class _Telling:
    """What sends an answer, with the headers that every answer has."""

    def __init__(self, send: Send, *, api: bool) -> None:
        self._send, self._api = send, api
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self._api:
                headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


async def _whole(receive: Receive, headers: Headers) -> bytes | None:
    """Return the body, or None where it is too large; whether it says its length, lies about it, or comes in chunks."""
    said = headers.get("content-length", "0")
    if not said.isdigit() or int(said) > limits.BODY_BYTES:
        return None
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
        if size > limits.BODY_BYTES:
            return None
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Return what gives the body, then whatever else comes: that the asker went away."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return left.pop() if left else await receive()

    return give


def _refusal(status: int, message: str, code: str = "", given: object = None) -> Response:
    return answer(status, fault(code or CODES[status], message, given))


def _name(host: str) -> str:
    """Return the name of a Host header, without port and brackets; empty where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _same(origin: str, host: str) -> bool:
    scheme, _, rest = origin.partition("://")
    return scheme in ("http", "https") and rest.lower() == host.lower()


def _media(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _cookie(headers: Headers, name: str) -> str:
    found: Iterable[str] = headers.getlist("cookie")
    for each in found:
        try:
            read = SimpleCookie(each)
        except CookieError:
            continue
        if name in read:
            return read[name].value
    return ""


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
