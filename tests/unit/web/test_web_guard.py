from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_samples import courses, running

from euthymia.errors import EuthymiaError
from euthymia.web import guard, limits
from euthymia.web.guard import HEADERS, Guard
from euthymia.web.settings import Settings

V1 = "/api/v1"
TOKEN = "a token of sixteen characters"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server that wants a token, and a client that shows none."""
    with running(Settings(store=tmp_path_factory.mktemp("locked"), workers=0, warm=False, token=TOKEN)) as found:
        yield found


def raw(client: httpx.Client, request: bytes, wait: float = 5.0) -> bytes:
    """What a server answers to bytes, until it closes or says nothing more."""
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=wait) as line:
        line.sendall(request)
        found = b""
        while b"\r\n\r\n" not in found or not found.endswith((b"}", b"0\r\n\r\n")):
            part = line.recv(65536)
            if not part:
                break
            found += part
    return found


@pytest.mark.parametrize("path", ["/", "/dose", "/api/v1/health", "/api/v1/nothing", "/assets/no.js"])
def test_every_answer_forbids_what_it_does_not_need(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "[", "localhost@evil.example"]
)
def test_a_foreign_name_that_leads_here_is_refused(client: httpx.Client, host: str) -> None:
    answer = raw(client, f"GET {V1}/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] in (b"403", b"400")
    assert b"version" not in answer


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_our_own_names_pass(client: httpx.Client, name: str) -> None:
    assert client.get(f"{V1}/health", headers={"Host": f"{name}:{client.base_url.port}"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "file://"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_requests_of_other_pages_are_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    for answer in (
        client.post(f"{V1}/jobs", json={"kind": "claims"}, headers=headers),
        client.get(f"{V1}/jobs", headers=headers),
        client.options(f"{V1}/jobs", headers=headers | {"Access-Control-Request-Method": "POST"}),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "origin"
        assert "access-control-allow-origin" not in answer.headers


def test_our_own_page_passes(client: httpx.Client) -> None:
    own = {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert client.post(f"{V1}/courses", json=courses(people=1), headers=own).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_could_send_is_refused(client: httpx.Client, kind: str) -> None:
    answer = client.post(f"{V1}/jobs", content=b'{"kind": "claims"}', headers={"Content-Type": kind})
    assert answer.status_code == 415


def test_without_the_token_nothing_is_told(locked: httpx.Client) -> None:
    for path in ("/", "/dose", f"{V1}/health", f"{V1}/openapi.json", f"{V1}/jobs/x/events", "/assets/x.js"):
        assert locked.get(path).status_code == 401
    assert locked.post(f"{V1}/jobs", json={"kind": "claims"}).status_code == 401


@pytest.mark.parametrize("given", ["x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\xff" * 20, "' OR 1=1 --"])
def test_a_token_that_was_tampered_with_is_refused(locked: httpx.Client, given: str) -> None:
    headers = {b"Authorization": b"Bearer " + given.encode("latin-1")}
    assert locked.get(f"{V1}/health", headers=headers).status_code == 401
    name = guard.cookie_name({"server": ("", locked.base_url.port)})
    cookie = {b"Cookie": f"{name}=".encode() + given.encode("latin-1")}
    assert locked.get(f"{V1}/health", headers=cookie).status_code == 401
    assert locked.get("/", params={"token": given}).status_code == 401


def test_the_token_opens_as_header_and_once_as_address(locked: httpx.Client) -> None:
    assert locked.get(f"{V1}/health", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    with httpx.Client(base_url=locked.base_url, trust_env=False) as browser:
        first = browser.get("/dose", params={"token": TOKEN, "d": "1"})
        assert first.status_code == 303
        assert first.headers["location"] == "/dose?d=1"
        said = first.headers["set-cookie"].lower()
        assert "httponly" in said
        assert "samesite=strict" in said
        assert TOKEN not in said
        assert browser.get(f"{V1}/health").status_code == 200
        assert browser.get("/").status_code == 200
    assert locked.get(f"{V1}/health", params={"token": TOKEN}).status_code == 401


def test_the_address_that_a_token_leads_to_is_ours(locked: httpx.Client) -> None:
    answer = locked.get("//evil.example/x", params={"token": TOKEN})
    assert answer.headers.get("location", "/").startswith("/")
    assert not answer.headers.get("location", "/").startswith("//")


def test_others_are_listened_to_only_with_a_token() -> None:
    with pytest.raises(EuthymiaError, match="needs a token"):
        Settings(host="0.0.0.0")
    with pytest.raises(EuthymiaError, match="16 characters"):
        Settings(token="short")
    open_to_all = Settings(host="0.0.0.0", token=TOKEN, names=("sim.example",))
    assert open_to_all.answers_to("192.168.1.7")
    assert open_to_all.answers_to("sim.example")
    assert not open_to_all.answers_to("evil.example")
    assert not Settings().answers_to("192.168.1.7")


def test_a_large_request_is_refused_before_it_came(client: httpx.Client) -> None:
    head = f"POST {V1}/courses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = raw(client, (head + "Content-Length: 99999999999\r\n\r\n{").encode())
    assert answer.split()[1] == b"413"


def test_a_large_request_in_chunks_without_a_length_is_refused(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 65536

    try:
        answer = client.post(f"{V1}/courses", content=endless(), headers={"Content-Type": "application/json"})
    except httpx.TransportError:
        return  # it hung up in mid-sentence, which is as good
    assert answer.status_code == 413


def test_a_request_that_never_ends_is_told_so(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READING_S", 0.3)
    head = (
        f"POST {V1}/courses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n"
    )
    began = time.monotonic()
    answer = raw(client, head.encode() + b"{")
    assert answer.split()[1] == b"408"
    assert time.monotonic() - began < 3.0


def test_an_answer_that_takes_too_long_is_cut_off() -> None:
    async def slow(scope: object, receive: object, send: object) -> None:
        await asyncio.sleep(30)

    told: list[dict] = []

    async def send(message: dict) -> None:
        told.append(message)

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{V1}/meta",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    asyncio.run(Guard(slow, Settings(request_s=0.05))(scope, receive, send))  # type: ignore[arg-type]
    assert told[0]["status"] == 503
    assert json.loads(told[1]["body"])["error"]["code"] == "too_long"
    assert dict(told[0]["headers"])[b"retry-after"]


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../app.py",
        "/assets/..%5c..%5capp.py",
        "//etc/passwd",
        "/api/v1/trials/..%2f..%2frecords%2fesketamine",
        "/api/v1/jobs/..%2f..%2fcatalogue.sqlite/result",
        "/api/v1/evidence/%00",
        "/api/v1/trials/%2fetc%2fpasswd",
    ],
)
def test_no_path_leads_out(client: httpx.Client, path: str) -> None:
    answer = raw(client, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert b"root:" not in answer
    assert b"def " not in answer
    assert answer.split()[1] in (b"404", b"422", b"200")
    if answer.split()[1] == b"200":
        assert b"<!doctype html>" in answer.lower()


def test_a_trial_is_never_read_from_a_file_of_the_server(client: httpx.Client, tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text("password = 1")
    answer = client.post(f"{V1}/jobs", json={"kind": "trial", "trial": str(secret)[-60:]})
    assert answer.status_code == 422
    assert "password" not in answer.text
