"""A real server and a real browser for the tests of the pages; skipped where there is no Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 40_000  # a machine that is busy, with programs that are compiled for the first time
START_S = 120
Open = Callable[..., object]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    pytest.importorskip("playwright", reason="no playwright: pip install playwright")
    found = os.environ.get("EUTHYMIA_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium: apt-get install chromium, or say where it is in EUTHYMIA_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that was started for these tests."""
    store = tmp_path_factory.mktemp("store")
    command = [sys.executable, "-u", "-m", "euthymia", "serve", "--port", "0", "--store", str(store)]
    log = (store / "server.log").open("w")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=store) as process:
        try:
            assert process.stdout is not None
            said = next((line for line in process.stdout if "http://" in line), "")
            found = re.search(r"http://[\w.:\[\]]+", said)
            assert found, f"the server did not start: {(store / 'server.log').read_text()[-2000:]}"
            address = found.group().rstrip("/")
            wait_until_warm(address)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(START_S)
            except subprocess.TimeoutExpired:
                process.kill()
            log.close()


def wait_until_warm(address: str) -> None:
    """Wait until the programs are compiled, which is no part of what is tested here."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/api/v1/health", timeout=START_S) as answer:
                if json.load(answer)["status"] == "ok":
                    return
        except urllib.error.URLError:  # it has said its address and does not listen yet
            pass
        time.sleep(0.2)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[object]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, headless=True, args=SWITCHES)
        yield made
        made.close()


@pytest.fixture
def open_page(browser: object, server: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., object]]:
    """Open a path in a fresh window; at the end nothing may have gone wrong in it, and nobody else been asked."""
    contexts, wrong, asked = [], [], []

    def opened(
        path: str, *, width: int = 1280, height: int = 900, scheme: str = "light", waiting: str = "h1"
    ) -> object:
        context = browser.new_context(  # pyright: ignore[reportAttributeAccessIssue]
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if is_wrong(said.type, said.text) else None)
        page.on("request", lambda sent: asked.append(sent.url))
        page.goto(server + path)
        page.wait_for_selector(waiting)
        return page

    yield opened
    for number, context in enumerate(contexts):
        if context.pages:
            keep_picture(context.pages[0], f"{request.node.name}-{number}")
        context.close()
    outside = [url for url in asked if not url.startswith((server, "blob:", "data:"))]
    assert outside == []
    assert wrong == []


def keep_picture(page: Any, name: str) -> None:
    """Keep what a page looks like in the folder that EUTHYMIA_SCREENSHOTS names, if it names one."""
    if folder := os.environ.get("EUTHYMIA_SCREENSHOTS"):
        safe = re.sub(r"[^\w.-]+", "_", name.removeprefix("test_")).strip("_")
        page.screenshot(path=Path(folder) / f"{safe}.png", full_page=True)


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keeps what a page looks like now, under a name."""
    return keep_picture


def is_wrong(kind: str, text: str) -> bool:
    """Whether a word on the console is a fault; a refusal of the server, which the page shows, is none."""
    return kind == "error" and "the server responded with a status of 4" not in text
