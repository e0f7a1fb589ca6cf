"""Several people at once: an answer of the one never waits for ever for an answer of the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

LEVELS = [round(0.1 + 0.02 * step, 2) for step in range(40)]


def test_circuits_that_are_asked_for_at_once_are_all_answered(client: httpx.Client) -> None:
    """Two linear algebras at once could each wait for the threads that the other held, with both answers lost."""
    assert client.post("/api/v1/circuit", json={"levels": [0.05]}, timeout=60).status_code == 200

    def status(level: float) -> int:
        return client.post("/api/v1/circuit", json={"levels": [level]}, timeout=60).status_code

    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(status, LEVELS)) == {200}
