"""How one server is set: where it listens, who may ask, where jobs are kept, how much it does at once."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

from euthymia.errors import EuthymiaError
from euthymia.web import limits

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_TOKEN = 16  # characters


@dataclass(frozen=True)
class Settings:
    """How a server is set.

    Attributes:
        host: Address to listen on.
        port: Port; 0 for any that is free.
        token: What everybody must show; None where none is needed, which only the own machine may do.
        store: Where jobs and their runs are kept: a folder, or ``postgresql://...?shards=FOLDER``.
        workers: Processes that work on jobs.
        names: Further names by which the server is reached.
        warm: Whether programs are compiled when it starts, before anybody asks.
        streams: Streams of events that may be open at once.
        queued: Jobs that may wait.
        request_s: Longest time of a request, s.
        job_s: Longest time of a job, s.

    Raises:
        EuthymiaError: When it would listen to others without a token, or a number makes no sense.
    """

    host: str = "127.0.0.1"
    port: int = 8321
    token: str | None = None
    store: str | Path = "runs"
    workers: int = 1
    names: tuple[str, ...] = ()
    warm: bool = True
    streams: int = limits.STREAMS
    queued: int = limits.JOBS_QUEUED
    request_s: float = limits.REQUEST_S
    job_s: float = limits.JOB_S

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise EuthymiaError(f"port {self.port}; expected 0 to 65535")
        if self.workers < 0:
            raise EuthymiaError(f"workers is {self.workers}; expected 0 or more")
        if self.token is None and not self.local:
            raise EuthymiaError(f"listening on {self.host} needs a token; give one with --token, or leave out --host")
        if self.token is not None and not (len(self.token) >= SHORTEST_TOKEN and self.token.isascii()):
            raise EuthymiaError(f"the token is short or not ASCII; expected {SHORTEST_TOKEN} characters or more")

    @property
    def local(self) -> bool:
        """Whether only the own machine can reach the server."""
        return self.host in LOCAL_NAMES

    def answers_to(self, name: str) -> bool:
        """Return whether a host name in a request is one of ours.

        A foreign name that resolves to this machine is refused: so a page elsewhere cannot be taken for ours. A bare
        address cannot be foreign in that way; it is taken where the server listens to others.

        Args:
            name: Without a port, without brackets, in lower case.
        """
        if name in LOCAL_NAMES or name == self.host.lower() or name in (each.lower() for each in self.names):
            return True
        if self.local:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in {socket.gethostname().lower(), socket.getfqdn().lower()}
        return True
