"""`euthymia plan`: what another command would take in time, memory and disk, from short samples of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from euthymia.cli import options, output, simulate, work
from euthymia.errors import EuthymiaError

if TYPE_CHECKING:
    from euthymia.runs.conducted import ConductedJob
    from euthymia.runs.planning import Estimate, Planned
    from euthymia.runs.treatment import Treatment

PLANNED = ("simulate", "trial run")
# What is not ours goes on, in its order, to the command that is planned.
PASSED_ON = {"ignore_unknown_options": True}


def plan(
    words: Annotated[
        list[str], typer.Argument(help="The command with its options, such as: simulate ... --patients 100000.")
    ],
    samples: Annotated[int, typer.Option(min=2, help="Samples; more of them make the stated error smaller.")] = 3,
    json: options.AsJson = False,
) -> None:
    """Estimate time, memory and disk of `simulate` or `trial run` from short samples, without running it."""
    name, given = _given(words)
    kept = work.Kept(given["store"], given["workers"], given["cluster"], given["threads"], given["chunk"])
    kept.check(given.get("keep") or (), chunked=name == "simulate")
    if given["cluster"] is not None:
        raise EuthymiaError("--cluster cannot be planned, as its machines are unknown here; plan with --workers")
    job = _treatment(given) if name == "simulate" else _conducted(given)
    from euthymia.runs.sampling import plan as sampled

    with output.progress("taking samples") as move:
        threads = 1 if kept.workers > 1 and kept.threads is None else kept.threads
        found = sampled(
            job,
            kept=kept.store is not None,
            threads=threads,
            workers=kept.workers,
            samples=samples,
            progress=move,
        )
    free = _free(kept.store)
    if json:
        output.emit(found.to_dict() | {"free": free})
        return
    _print(found, free)


def _given(words: list[str]) -> tuple[str, Mapping[str, Any]]:
    """Return which command is planned and what it was given, read and checked as that command does."""
    from euthymia.cli.app import app

    name = next((each for each in PLANNED if words[: len(each.split())] == each.split()), None)
    if name is None:
        raise EuthymiaError(f"no plan for {' '.join(words[:2])!r}; known: {', '.join(PLANNED)}")
    command: Any = typer.main.get_command(app)
    parts = name.split()
    for part in parts:
        command = command.commands[part]
    return name, command.make_context(name, words[len(parts) :]).params


def _treatment(given: Mapping[str, Any]) -> Treatment:
    from euthymia.models.accounts import mechanism_named
    from euthymia.models.organs import Kidneys, Liver
    from euthymia.patients.who import who_spoken
    from euthymia.runs.treatment import Treatment
    from euthymia.treatment.sentence import regimen

    simulate.check_days(given["days"])
    condition, asked, _ = simulate.beside(
        Kidneys(given["kidneys"]),
        Liver(given["liver"]),
        list(given["alongside"] or ()),
        given["therapy"],
        mechanism_named(given["mechanism"]),
        given["deplete_on"],
    )
    return Treatment(
        regimen=regimen(given["regimen"]),
        days=given["days"],
        population=given["patients"],
        seed=given["seed"],
        fast=given["fast"],
        condition=condition,
        asked=asked,
        keep=tuple(given["keep"] or ()),
        who=who_spoken(given["who"] or ()),
    )


def _conducted(given: Mapping[str, Any]) -> ConductedJob:
    from euthymia.runs.conducted import ConductedJob
    from euthymia.trials.catalogue import load_trial

    return ConductedJob(load_trial(given["trial"]), given["replicates"], given["seed"])


def _free(store: str | None) -> int | None:
    """Return the bytes that are free where the run would be kept; None where it is not, or the place is not there."""
    if store is None:
        return None
    from euthymia.store.place import place_of

    folder = Path(place_of(store).shards).absolute()
    there = next((each for each in (folder, *folder.parents) if each.exists()), None)
    return None if there is None else shutil.disk_usage(there).free


def _print(found: Planned, free: int | None) -> None:
    from euthymia.report.tables import Column, table

    rows = [
        _row("time, s", found.seconds, 1.0),
        _row("of it to start, s", found.start, 1.0),
        _row("of it to compile or read what is compiled, s", found.compiling, 1.0),
        *([_row("memory of a process, MB", found.memory, 1e6)] if found.memory else []),
        *([_row("disk, MB", found.disk, 1e6)] if found.shards else []),
    ]
    heads = ("Expected", "Error (95 %)", "Fixed", "Each 1,000 more")
    kept = f", {found.shards:,} shards" if found.shards else ", not kept"
    columns = (Column("What", whole=True), *(Column(each, numeric=True) for each in heads))
    output.show(table(f"{found.title}: {found.units:,} people or replicates{kept}", columns, rows))
    sizes = " and ".join(f"{each:,}" for each in sorted({found.samples[0].few.units, found.samples[0].many.units}))
    output.say(f"From {len(found.samples)} samples of {sizes} on {found.cores} cores, with {found.workers} workers.")
    if free is not None:
        output.say(f"Free where it would be kept: {free / 1e6:,.0f} MB.")
        if free < found.disk.value + found.disk.error:
            output.complain("warning", "the run may not fit on the disk")


def _row(name: str, found: Estimate, scale: float) -> tuple[str, ...]:
    value, error, fixed, each = (part / scale for part in (found.value, found.error, found.fixed, found.each))
    return name, f"{value:,.4g}", f"{error:,.2g}", f"{fixed:,.3g}", f"{1000 * each:,.3g}"
