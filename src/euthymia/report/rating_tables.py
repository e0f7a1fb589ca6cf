"""Tables of what stands behind a total and beside it: MADRS items, other scales, and what people guess."""

from __future__ import annotations

from euthymia.report import words
from euthymia.report.tables import Column, Table, table
from euthymia.trials.results import TrialSummary

BASELINE = "baseline"


def rating_tables(summary: TrialSummary) -> list[Table]:
    """Return the tables that have something to show."""
    made = [scales_table(summary), items_table(summary), blinding_table(summary)]
    return [each for each in made if each.rows]


def items_table(summary: TrialSummary) -> Table:
    """Return the mean of every MADRS item in each arm, at the start of its phase and at its last visit."""
    columns = (
        Column("Arm"),
        Column("Item", whole=True),
        Column("Baseline", numeric=True),
        Column("When", whole=True),
        Column("Last visit", numeric=True),
    )
    start = {(one.arm, one.item): one for one in summary.item_means if one.visit == BASELINE}
    last = {(one.arm, one.item): one for one in summary.item_means if one.visit != BASELINE}
    rows = [
        (arm, item, words.interval(start[arm, item].score), one.visit, words.interval(one.score))
        for (arm, item), one in last.items()
    ]
    return table("The ten MADRS items, 0 to 6 points", columns, rows, "A MADRS total is the sum; observed cases.")


def scales_table(summary: TrialSummary) -> Table:
    """Return each arm at each visit on the scales filled in beside the MADRS."""
    columns = (
        Column("Arm"),
        Column("Visit", whole=True),
        Column("Scale", whole=True),
        Column("n seen", numeric=True),
        Column("Total", numeric=True),
        Column("Change", numeric=True),
        Column("Response %", numeric=True),
        Column("Remission %", numeric=True),
    )
    rows = [
        (
            *(one.arm, one.visit, one.scale, words.number(one.n.mean, 0)),
            *(words.interval(one.score), words.interval(one.change)),
            *(words.percent(one.response), words.percent(one.remission)),
        )
        for one in summary.scale_visits
    ]
    note = "Linked to severity in MADRS points by published tables of groups; observed cases."
    return table("Other scales", columns, rows, note)


def blinding_table(summary: TrialSummary) -> Table:
    """Return what people of each blind arm answer when asked what they were given."""
    columns = (
        Column("Arm"),
        Column("Phase"),
        Column("Asked", numeric=True),
        Column("Say it was the drug, %", numeric=True),
        Column("Blinding index", numeric=True),
    )
    rows = [
        (
            one.arm,
            one.phase,
            words.number(one.asked.mean, 0),
            words.percent(one.says_drug),
            words.interval(one.index, 2),
        )
        for one in summary.blinding
    ]
    note = "Asked after the last dosing visit of the phase. The index is 0 by chance and 1 where everybody is right."
    return table("What people think they were given", columns, rows, note)
