"""Runs that are kept: see them, ask them, load what they say, run them again, or remove them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from euthymia.runs.again import Rerun
    from euthymia.runs.keeping import Work
    from euthymia.runs.seen import Shown
    from euthymia.store.catalogue import Run
    from euthymia.store.query import Answer


def listed(store: str | Path) -> tuple[Run, ...]:
    """Return the runs of a store, the oldest first.

    Args:
        store: A folder, or ``postgresql://...?shards=FOLDER``.

    Raises:
        StoreError: When there is no store, or it belongs to something else.
    """
    from euthymia.store.catalogue import Catalogue

    return Catalogue.at(store, reading=True).runs()


def show(store: str | Path, run: str) -> Shown:
    """Return all that a store knows of a run: where it came from, its shards, what happened to it.

    Args:
        store: The store.
        run: Its name, or the beginning of it.

    Raises:
        StoreError: When there is no store, or it belongs to something else.
        UnknownNameError: When no run, or more than one, is called so.
    """
    from euthymia.runs.seen import shown
    from euthymia.store.catalogue import Catalogue

    return shown(Catalogue.at(store, reading=True), run)


def query(store: str | Path, sql: str, *, run: str | None = None) -> Answer:
    """Return what an SQL statement says of a run.

    Args:
        store: The store.
        sql: One statement; tables are ``rows``, those of the kind of run, ``runs`` and ``shards``.
        run: Which run; the newest when None.

    Raises:
        StoreError: When it cannot be answered, or a shard was changed.
        UnknownNameError: When no run is called so.
    """
    from euthymia.runs.seen import asked
    from euthymia.store.catalogue import Catalogue

    return asked(Catalogue.at(store, reading=True), sql, run)


def load(store: str | Path, run: str) -> Any:
    """Return the result of a finished run: a course, or the summary of a trial.

    Raises:
        StoreError: When it is not finished, or a shard was changed.
        UnknownNameError: When no run is called so.
    """
    from euthymia.runs.keeping import result_of
    from euthymia.store.catalogue import Catalogue

    catalogue = Catalogue.at(store, reading=True)
    return result_of(catalogue, catalogue.run(run), verified=False)


def remove(store: str | Path, run: str) -> Run:
    """Remove a run and its files, and return what it was.

    Raises:
        StoreError: When the store cannot be written to.
        UnknownNameError: When no run is called so.
    """
    from euthymia.runs.seen import removed
    from euthymia.store.catalogue import Catalogue

    return removed(Catalogue.at(store), run)


def rerun(store: str | Path, run: str, *, work: Work | None = None) -> Rerun:
    """Run a run again beside the kept one, and return whether it gave the same bytes, or what differs.

    Args:
        store: The store, which stays as it is.
        run: Which run.
        work: How the work is done; in this process when None.

    Raises:
        StoreError: When the kept shards were changed.
        UnknownNameError: When no run is called so.
    """
    from euthymia.runs.again import run_again
    from euthymia.runs.keeping import Work as Usual
    from euthymia.store.catalogue import Catalogue

    return run_again(Catalogue.at(store, reading=True), run, work or Usual())


__all__ = ["listed", "load", "query", "remove", "rerun", "show"]
