"""The tables of a catalogue, version by version, and how an older one is taken to the newest."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Float, Integer, MetaData, Table, Text, inspect, select, text

from euthymia.errors import StoreError

LOCK = 0x45555448  # "EUTH": Postgres' advisory lock while tables are made

TABLES = MetaData()
STORE = Table("euthymia_store", TABLES, Column("version", Integer, primary_key=True))
RUNS = Table(
    "euthymia_runs",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("a_shard", BigInteger, nullable=False),
    Column("provenance", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("finished", Text),
    Column("summary", Text),
)
SHARDS = Table(
    "euthymia_shards",
    TABLES,
    Column("run", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("stop", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("moments", Text, nullable=False),
    Column("seconds", Float, nullable=False),
)
EVENTS = Table(
    "euthymia_events",
    TABLES,
    Column("run", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("what", Text, nullable=False),
)
JOBS = Table(
    "euthymia_jobs",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("share", Float, nullable=False),
    Column("created", Text, nullable=False),
    Column("started", Text),
    Column("finished", Text),
    Column("worker", Text),
    Column("beat", Float, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("cancelling", BigInteger, nullable=False),
    Column("run", Text),
    Column("error", Text),
)
JOB_EVENTS = Table(
    "euthymia_job_events",
    TABLES,
    Column("job", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("told", Text, nullable=False),
)

# What takes a catalogue from version k to k + 1 stands at place k; what was published once is never changed.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE euthymia_store (version INTEGER PRIMARY KEY)",
        "CREATE TABLE euthymia_runs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, "
        "seed BIGINT NOT NULL, units BIGINT NOT NULL, a_shard BIGINT NOT NULL, provenance TEXT NOT NULL, "
        "created TEXT NOT NULL, finished TEXT, summary TEXT)",
        "CREATE TABLE euthymia_shards (run TEXT NOT NULL, number BIGINT NOT NULL, first BIGINT NOT NULL, "
        "stop BIGINT NOT NULL, rows BIGINT NOT NULL, size BIGINT NOT NULL, digest TEXT NOT NULL, "
        "content TEXT NOT NULL, moments TEXT NOT NULL, PRIMARY KEY (run, number))",
        "INSERT INTO euthymia_store (version) VALUES (1)",
    ),
    (
        "CREATE TABLE euthymia_events (run TEXT NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL)",
        "ALTER TABLE euthymia_shards ADD COLUMN seconds DOUBLE PRECISION NOT NULL DEFAULT 0",
    ),
    (
        "CREATE TABLE euthymia_jobs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, "
        "asked TEXT NOT NULL, command TEXT NOT NULL, state TEXT NOT NULL, share DOUBLE PRECISION NOT NULL, "
        "created TEXT NOT NULL, started TEXT, finished TEXT, worker TEXT, beat DOUBLE PRECISION NOT NULL, "
        "tries BIGINT NOT NULL, cancelling BIGINT NOT NULL, run TEXT, error TEXT)",
        "CREATE TABLE euthymia_job_events (job TEXT NOT NULL, number BIGINT NOT NULL, at TEXT NOT NULL, "
        "kind TEXT NOT NULL, told TEXT NOT NULL, PRIMARY KEY (job, number))",
    ),
)
NEWEST = len(STEPS)


def prepare(connection: Connection, name: str) -> None:
    """Make the tables, or take them to the newest version; inside the caller's transaction, so wholly or not at all.

    Args:
        connection: In a transaction that nobody else can write beside.
        name: The catalogue as the user knows it.

    Raises:
        StoreError: When the catalogue belongs to something else, or to a newer euthymia.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    version = version_of(connection, name)
    for statement in (each for step in STEPS[version:] for each in step):
        connection.execute(text(statement))
    if version < NEWEST:
        connection.execute(STORE.update().values(version=NEWEST))


def version_of(connection: Connection, name: str) -> int:
    """Return the version of a catalogue; 0 where there is none yet.

    Raises:
        StoreError: When the catalogue belongs to something else, or to a newer euthymia.
    """
    tables = set(inspect(connection).get_table_names())
    if STORE.name not in tables:
        if tables and connection.dialect.name == "sqlite":
            raise StoreError(f"'{name}' is another program's database (it holds {min(tables)!r}); give another store")
        return 0
    version = connection.execute(select(STORE.c.version)).scalar()
    if not isinstance(version, int) or not 1 <= version <= NEWEST:
        raise StoreError(
            f"'{name}' has schema version {version}, this euthymia knows 1 to {NEWEST}; use the newer one that made it"
        )
    return version
