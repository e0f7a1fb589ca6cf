"""`euthymia bench`: how fast this machine is, in seconds and in units of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.runs.speed import Speed


def bench(json: options.AsJson = False) -> None:
    """Measure this machine: cold start, a warm call, people per second for three sizes."""
    from euthymia.runs.speed import measure

    found = measure()
    if json:
        output.emit(found.to_dict())
    else:
        _print(found)


def _print(found: Speed) -> None:
    from euthymia.report.tables import Column, table
    from euthymia.runs.speed import DAYS, REGIMEN

    columns = (Column("People", numeric=True), *(Column(each, numeric=True) for each in HEADS))
    rows = [
        (
            f"{each.people:,}",
            f"{each.seconds:.3g}",
            f"{each.cpu:.3g}",
            f"{each.per_second:,.0f}",
            f"{each.exponentials:,.3g}",
        )
        for each in found.sizes
    ]
    output.show(table(f"{REGIMEN}, {DAYS:g} days, {found.cores} cores", columns, rows))
    output.say(f"First simulation of a process: {found.cold:.1f} s, {found.started:.1f} s with all compiled before.")
    output.say(f"A further one of one person: {1000 * found.warm:.0f} ms.")
    output.say(f"Reference: {found.reference:,.0f} million exponentials a CPU-second (NumPy, one thread).")


HEADS = ("Seconds", "CPU-seconds", "People a second", "Exponentials a person")
