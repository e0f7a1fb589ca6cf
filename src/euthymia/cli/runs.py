"""`euthymia runs` and `euthymia rerun`: what a store holds, questions to it, and the same bytes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.report.tables import Table
    from euthymia.runs.again import Rerun
    from euthymia.runs.seen import Shown
    from euthymia.store.catalogue import Run

LIST_SCHEMA, QUERY_SCHEMA, REMOVED_SCHEMA = "euthymia.kept-runs/1", "euthymia.answer/1", "euthymia.removed-run/1"
EXIT_DIFFERS = 1
FIRST = 10  # differing shards that are named

app = typer.Typer(help="List, show, question and remove runs that are kept.", no_args_is_help=True)


@app.command("list")
def names(store: options.KeptIn, json: options.AsJson = False) -> None:
    """List the runs of a store, the oldest first."""
    from euthymia import runs

    found = runs.listed(store)
    if json:
        output.emit({"schema": LIST_SCHEMA, "runs": [_row(run) for run in found]})
        return
    from euthymia.report.tables import Column, table

    columns = (Column("Run", whole=True), Column("Kind"), Column("What"), Column("Seed"), Column("Of"), Column("Begun"))
    rows = [
        (
            run.id,
            run.kind,
            run.title,
            str(run.seed),
            f"{run.units:,}",
            _minute(run.created) + ("" if run.finished else " *"),
        )
        for run in found
    ]
    output.show(table(f"Runs in {_place(store)}", columns, rows, "* is not finished: run its command again to go on."))


@app.command("show")
def show(run: options.RunName, store: options.KeptIn, json: options.AsJson = False) -> None:
    """Print where a run came from, which shards are there, and what happened to it."""
    from euthymia import runs

    found = runs.show(store, run)
    if json:
        output.emit(found.to_dict())
        return
    output.show(*_shown(found))


@app.command("query")
def query(
    sql: Annotated[
        str, typer.Argument(help='One SQL statement, such as "SELECT avg(MADRS) FROM course WHERE t_h = 672".')
    ],
    store: options.KeptIn,
    run: Annotated[str | None, typer.Option(help="Which run; the newest when left out.")] = None,
    json: options.AsJson = False,
) -> None:
    """Put a question to a run in SQL; tables are named by `euthymia runs show`."""
    from euthymia import runs
    from euthymia.report.tables import Column, table

    found = runs.query(store, sql, run=run)
    if json:
        output.emit(
            {"schema": QUERY_SCHEMA, "columns": list(found.columns), "rows": [_values(row) for row in found.rows]}
        )
        return
    columns = tuple(Column(name) for name in found.columns)
    output.show(table("", columns, [tuple(_cell(value) for value in row) for row in found.rows]))


@app.command("rm")
def remove(run: options.RunName, store: options.KeptIn, json: options.AsJson = False) -> None:
    """Remove a run and its files."""
    from euthymia import runs

    gone = runs.remove(store, run)
    if json:
        output.emit({"schema": REMOVED_SCHEMA, "run": _row(gone)})
        return
    output.say(f"removed {gone.id}: {gone.title}")


def rerun(
    run: options.RunName,
    store: options.KeptIn,
    threads: options.Threads = None,
    workers: options.Workers = 1,
    cluster: options.Cluster = None,
    json: options.AsJson = False,
) -> None:
    """Run a kept run again beside it: the same bytes, or what differs (exit code 1)."""
    from euthymia import runs
    from euthymia.engine.executor import executor
    from euthymia.runs.keeping import Work

    work = executor(workers, cluster)
    with output.progress("running it again") as move:
        found = runs.rerun(store, run, work=Work(work, threads, progress=move))
    if json:
        output.emit(found.to_dict())
    else:
        _print(found)
    if not found.same:
        raise typer.Exit(EXIT_DIFFERS)


def _print(found: Rerun) -> None:
    if found.same:
        result = " and in the result" if found.other_result is False else ""
        output.say(f"{found.run.id}: the same bytes in all of {found.shards} shards{result}")
    for numbers, what in (
        (found.other_rows, "other numbers"),
        (found.other_files, "the same numbers in a file of other bytes"),
    ):
        if numbers:
            listed = ", ".join(map(str, numbers[:FIRST])) + (", ..." if len(numbers) > FIRST else "")
            output.say(f"{found.run.id}: {len(numbers)} of {found.shards} shards hold {what}: {listed}")
    if found.other_result:
        output.say(f"{found.run.id}: the result differs")
    for difference in found.differences:
        output.say(f"  {difference}")


def _shown(found: Shown) -> list[Table]:
    from euthymia.report.tables import Column, table
    from euthymia.runs.job import job_of

    run, origin = found.run, found.run.provenance
    tables = ", ".join([*job_of(origin).views(), "rows", "runs", "shards"])
    facts = [
        ("command", str(origin.get("command") or "from Python")),
        ("seed", str(run.seed)),
        ("people or replicates", f"{run.units:,}, {run.a_shard} a shard"),
        ("shards", f"{len(found.shards)} of {found.wanted}, {sum(shard.size for shard in found.shards) / 1e6:,.1f} MB"),
        ("state", "finished" if run.finished else "not finished: run its command again to go on"),
        ("tables", tables),
        ("records, program", f"{origin['records']}, {origin['program']}"),
        ("versions", ", ".join(f"{name} {version}" for name, version in origin["versions"].items())),
        ("machine", origin["machine"]),
        *((_minute(event.at), event.what) for event in found.events),
    ]
    columns = (Column("What", whole=True), Column("How"))
    shown = [table(f"{run.id}: {run.title}", columns, facts)]
    if found.moments:
        rows = [
            (name, f"{each.count:,}", f"{each.mean:.4g}", f"{each.sd:.3g}", f"{each.low:.4g}", f"{each.high:.4g}")
            for name, each in found.moments.items()
        ]
        heads = (Column("Of those there", whole=True), *map(Column, ("People", "Mean", "SD", "Least", "Largest")))
        shown.append(table("", heads, rows))
    return shown


def _row(run: Run) -> dict[str, object]:
    named = ("id", "kind", "title", "seed", "units", "created", "finished")
    return {name: getattr(run, name) for name in named} | {"command": run.provenance.get("command", "")}


def _values(row: tuple[object, ...]) -> list[object]:
    """Return values as JSON has them; a date or a decimal as its text."""
    from euthymia.engine.course import plain

    known = (str, int, float, bool, list, dict, type(None))
    return [plain(value) if isinstance(value, known) else str(value) for value in row]


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _place(store: str) -> str:
    from euthymia.store.place import place_of

    return place_of(store).given
