"""Every test of the catalogue runs on SQLite, and on a real Postgres where EUTHYMIA_TEST_POSTGRES names one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import store_samples


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the name of a store that does not exist yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "store")
        return
    if not store_samples.POSTGRES:
        pytest.skip("EUTHYMIA_TEST_POSTGRES names no server")
    url, name = store_samples.own_base(tmp_path / "shards")
    yield url
    store_samples.drop_base(name)
