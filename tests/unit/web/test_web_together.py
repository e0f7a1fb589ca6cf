"""Several people at once: an answer of the one never waits for ever for an answer of the other."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import httpx

from euthymia.web.serve import _listening
from euthymia.web.settings import Settings

LEVELS = [round(0.1 + 0.02 * step, 2) for step in range(40)]


def test_circuits_that_are_asked_for_at_once_are_all_answered(client: httpx.Client) -> None:
    """Two linear algebras at once could each wait for the threads that the other held, with both answers lost."""
    assert client.post("/api/v1/circuit", json={"levels": [0.05]}, timeout=60).status_code == 200

    def status(level: float) -> int:
        return client.post("/api/v1/circuit", json={"levels": [level]}, timeout=60).status_code

    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(status, LEVELS)) == {200}


def test_small_answers_do_not_wait_for_acknowledgements() -> None:
    """An accepted connection takes the protocol of its listener, and asyncio sends at once only where it is said."""
    with _listening(Settings(port=0)) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert accepted.proto == socket.IPPROTO_TCP
