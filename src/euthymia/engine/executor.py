"""Who carries out tasks: this process, several processes, or a cluster; the caller cannot tell by the results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from euthymia.errors import EuthymiaError

T = TypeVar("T")
R = TypeVar("R")
ATTEMPTS = 3  # times in a row that workers may be lost without one task being finished


class Executor(ABC):
    """Carries out tasks. A task may be carried out more than once, so doing so again must change nothing."""

    @abstractmethod
    def run(self, work: Callable[[T], R], tasks: Sequence[T]) -> Generator[R, None, None]:
        """Yield the results in the order in which they come; closing the generator ends the work at once.

        Args:
            work: A function of a module, so that another process can find it.
            tasks: Its arguments.

        Raises:
            WorkError: When workers were lost again and again.
        """


@dataclass(frozen=True)
class Alone(Executor):
    """This process, one task after the other."""

    def run(self, work: Callable[[T], R], tasks: Sequence[T]) -> Generator[R, None, None]:
        """Yield the results in the order of the tasks."""
        for task in tasks:
            yield work(task)


def executor(workers: int = 1, cluster: str | None = None) -> Executor:
    """Return who works.

    Args:
        workers: Processes of this machine; 1 is this process.
        cluster: Address of a Dask scheduler, or ``local:N`` for one that is started here; none when left out.

    Raises:
        EuthymiaError: When the number is below 1, both are asked for, or the address cannot be one.
        WorkError: When Dask is not installed.
    """
    if workers < 1:
        raise EuthymiaError(f"workers is {workers}; expected 1 or more")
    if cluster is None:
        from euthymia.engine.processes import Processes

        return Alone() if workers == 1 else Processes(workers)
    if workers > 1:
        raise EuthymiaError(f"both workers {workers} and cluster {cluster!r} are given; a cluster has its own workers")
    from euthymia.engine.cluster import Cluster, address_of

    return Cluster(address_of(cluster))
