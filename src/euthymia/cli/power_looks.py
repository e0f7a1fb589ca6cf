"""What `euthymia trial power` prints of a trial that is looked at before its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from euthymia.cli import output

if TYPE_CHECKING:
    from euthymia.report.tables import Table
    from euthymia.trials.power_looks_results import Looking
    from euthymia.trials.power_results import Mean, Share

HOURS_PER_WEEK = 168.0


def print_looks(looking: Looking, unit: str) -> None:
    """Print what a study says of the looks at a trial.

    Args:
        looking: What it says.
        unit: Of estimates: points, or 1 for shares.
    """
    from euthymia.report import words

    output.show(_as_a_whole(looking, unit))
    output.show(_by_look(looking))
    sides = "one-sided" if looking.sided == 1 else "two-sided"
    said = [f"{sides} alpha {looking.alpha:g}, spent as {looking.spending}", f"tested {looking.test}"]
    said += [f"given up by {looking.futility}"] if looking.futility else []
    for line in said:
        output.say(words.printable(line))
    output.say()


def _as_a_whole(looking: Looking, unit: str) -> Table:
    from euthymia.report.tables import Column, table

    digits, shown = (3, "") if unit == "1" else (2, f", {unit}")
    lines = [
        ("power", _share(looking.power)),
        *([("worse than the reference", _share(looking.wrong))] if looking.sided == 2 else []),
        *([("given up", _share(looking.given_up))] if looking.futility else []),
        ("ended before the end", _share(looking.early)),
        (f"people, of {looking.people_planned} planned", _mean(looking.people, 1)),
        ("most people of any replicate, and allowed", f"{looking.people_most}, {looking.people_largest}"),
        *_duration(looking),
        (f"estimate with nobody missing{shown}", _mean(looking.truth, digits)),
        (f"mean estimate where it ended{shown}", _mean(looking.estimate, digits)),
        (f"its bias{shown}", _mean(looking.bias, digits)),
        (f"mean estimate that counts the looks{shown}", _mean(looking.adjusted, digits)),
        (f"its bias{shown}", _mean(looking.adjusted_bias, digits)),
        ("of these, beyond the estimate with nobody missing", _share(looking.adjusted_beyond)),
        ("coverage of intervals that count the looks", _share(looking.coverage)),
        *_resizing(looking),
    ]
    columns = (Column("What", whole=True), Column(looking.arm, numeric=True))
    note = f"against {looking.reference}; (Monte Carlo standard error), [95 % interval]"
    return table("With looks before the end", columns, lines, note)


def _duration(looking: Looking) -> list[tuple[str, str]]:
    weeks = looking.duration.value / HOURS_PER_WEEK
    if weeks != weeks:
        return []
    return [("weeks from the first site's opening to the last look", f"{weeks:.1f} ({_weeks(looking.duration.se)})")]


def _resizing(looking: Looking) -> list[tuple[str, str]]:
    found = looking.resizing
    if found is None:
        return []
    zone = "" if found.zone is None else f", {found.zone[0]:.2f} to {found.zone[1]:.2f}"
    lines = [(f"grown ({found.rule}{zone})", _share(found.enlarged))]
    if found.enlarged.value > 0.0:
        lines += [("size of those, for that planned", _mean(found.factor, 2)), ("power of those", _share(found.shown))]
    return lines


def _by_look(looking: Looking) -> Table:
    from euthymia.report.tables import Column, table

    names = (
        "Look",
        "Planned",
        "Held",
        "Better at",
        "Give up at",
        "Shown",
        "Not shown",
        "Shown so far",
        "People",
        "Week",
    )
    rows = []
    for one in looking.looks:
        bounds = (_bound(one.upper), "" if one is looking.looks[-1] else _bound(one.lower))
        shares = [f"{each.value:.1%}" for each in (one.shown, one.stopped, one.shown_so_far)]
        seen = (f"{one.people.value:.0f}", _weeks(one.t.value))
        rows.append((str(one.look), f"{one.planned:.0%}", f"{one.held.value:.1%}", *bounds, *shares, *seen))
    skipped = sum(one.without_estimate for one in looking.looks)
    note = "better at and above, given up below this normal statistic; Monte Carlo errors stand in the JSON"
    note += f"; {skipped} looks without an estimate were skipped" if skipped else ""
    return table("Look by look", [Column(name, numeric=True) for name in names], rows, note)


def _bound(mean: Mean) -> str:
    return f"{mean.value:.2f}" if mean.value == mean.value else ""


def _weeks(hours: float) -> str:
    return f"{hours / HOURS_PER_WEEK:.1f}" if hours == hours else ""


def _share(share: Share) -> str:
    return f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}]"


def _mean(mean: Mean, digits: int) -> str:
    value = round(mean.value, digits) + 0.0  # no -0
    return f"{value:.{digits}f} ({mean.se:.{digits}f})"
