"""`euthymia transmitters`: look through the signals between nerve cells, and see which are modelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.evidence.transmitters import Signal
    from euthymia.report.tables import Cell, Table

SCHEMA = "euthymia.transmitters/1"


def transmitters(
    query: Annotated[str, typer.Argument(help="A part of a name, a family or a receptor, such as DRD2.")] = "",
    family: Annotated[str, typer.Option("--family", help="Only this family: its number, or a part of its name.")] = "",
    modelled: Annotated[bool, typer.Option("--modelled", help="Only what the simulator models.")] = False,
    json: options.AsJson = False,
) -> None:
    """Search the signals between nerve cells: receptors, tier, and whether the simulator models them."""
    from euthymia.evidence.transmitters import search

    found = search(query, family=family, modelled=modelled)
    if json:
        output.emit({"schema": SCHEMA, "signals": [signal.to_dict() for signal in found]})
    elif not found:
        output.say("no signal of that kind")
    elif len(found) == 1:
        _tell(found[0])
    else:
        output.show(_table(found))
        output.say(_tally(found))


def _tell(signal: Signal) -> None:
    """Print all that the catalogue holds of one signal."""
    whose = "" if signal.own_receptors else " (of its family; not told apart)"
    output.say(f"{signal.name}: {signal.family.kind.value}, {signal.family.tier.value}")
    output.say(f"  family     {signal.family.number} {signal.family.name}")
    output.say(f"  receptors  {signal.receptors}{whose}")
    if signal.modelled and signal.sign:
        output.say(f"  modelled   {signal.sign.value}: {signal.how}")
    elif signal.as_a_group:
        output.say(f"  modelled   only as a group: {signal.how}")
    else:
        output.say("  modelled   no, only listed")
    if signal.modules:
        output.say(f"  in         {', '.join(signal.modules)}")
    if signal.note:
        output.say(f"  note       {signal.note}")
    output.say("Names and receptors are unverified.")


def _table(found: tuple[Signal, ...]) -> Table:
    from euthymia.report.tables import Column, table

    columns = (Column("Signal"), Column("Family"), Column("Tier", whole=True), Column("Receptors"), Column("Modelled"))
    rows = [
        (
            signal.name,
            f"{signal.family.number} {signal.family.name}",
            signal.family.tier.value,
            signal.receptors if signal.own_receptors else f"family: {signal.receptors}",
            _modelled(signal),
        )
        for signal in found
    ]
    return table("Signals between nerve cells", columns, rows, "Names and receptors are unverified.")


def _modelled(signal: Signal) -> Cell:
    from euthymia.report.tables import Cell, Tone

    if signal.sign:
        return Cell(f"{signal.sign.value}: {signal.how}", Tone.GOOD)
    return Cell("only as a group" if signal.as_a_group else "only listed", Tone.MUTED)


def _tally(found: tuple[Signal, ...]) -> str:
    alone, group = sum(signal.modelled for signal in found), sum(signal.as_a_group for signal in found)
    return f"{len(found)} signals: {alone} modelled, {group} only as a group, {len(found) - alone - group} only listed"
