"""Where a store is: a folder, or a Postgres server whose shards lie in a folder that all machines see."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from euthymia.errors import StoreError

CATALOGUE = "catalogue.sqlite"
SHARDS = "shards"
SERVERS = ("postgresql", "postgres")


@dataclass(frozen=True)
class Place:
    """A store's two parts.

    Attributes:
        given: What the user typed, without a password.
        url: The catalogue as SQLAlchemy has it.
        shards: Folder with a folder of shards a run.
        file: The catalogue's file; None on a server.
    """

    given: str
    url: str
    shards: Path
    file: Path | None = None

    def folder(self, run: str) -> Path:
        """Return the folder of a run's shards."""
        return self.shards / run


def place_of(given: str | Path) -> Place:
    """Return the place that a folder or a URL names; nothing is opened or made.

    Args:
        given: A folder, or ``postgresql://user@host/base?shards=FOLDER``.

    Raises:
        StoreError: When it is neither, or says not where the shards are.
    """
    text = str(given)
    if "://" in text:
        return _server(text)
    if not text.strip():
        raise StoreError("the store has no name; expected a folder, or postgresql://...?shards=FOLDER")
    folder = Path(text)
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"'{folder}' is a file; a store is a folder, or postgresql://...?shards=FOLDER")
    file = folder / CATALOGUE
    return Place(str(folder), f"sqlite+pysqlite:///{file.absolute()}", (folder / SHARDS).absolute(), file)


def _server(text: str) -> Place:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "the store's URL cannot be read; expected postgresql://user@host/base?shards=FOLDER"
        ) from error
    if url.get_backend_name() not in SERVERS:
        raise StoreError(
            f"no store on {url.get_backend_name()!r}; expected a folder, or postgresql://...?shards=FOLDER"
        )
    shards = url.query.get("shards")
    if not isinstance(shards, str) or not shards:
        hidden = url.render_as_string(hide_password=True)
        raise StoreError(f"{hidden!r} says not where shards are; add ?shards=FOLDER, one that all machines see")
    plain = url.difference_update_query(["shards"]).set(drivername="postgresql+psycopg")
    return Place(
        plain.render_as_string(hide_password=True),
        plain.render_as_string(hide_password=False),
        Path(shards).absolute(),
    )
