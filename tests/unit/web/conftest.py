from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from web_samples import running

from euthymia.web.settings import Settings


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server without workers: what it is asked for stays in the queue."""
    with running(Settings(store=tmp_path_factory.mktemp("web"), workers=0, warm=False, queued=100_000)) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "runs"
