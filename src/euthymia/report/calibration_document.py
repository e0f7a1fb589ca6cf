"""The report of a calibration: what the trials say of the numbers that no measurement gives, and how surely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from euthymia.evidence import find
from euthymia.evidence.posterior import NINETY, FreeNumber, Posterior, Standing
from euthymia.report import drawing, words
from euthymia.report.design import Fact
from euthymia.report.document import Block, Facts, Picture, Prose, Report, Section, Shown, grounds
from euthymia.report.tables import Cell, Column, Table, Tone, table
from euthymia.trials.results import assumption

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRONG = 0.5  # correlation beyond which a pair of numbers is listed
MOST_PAIRS = 20
LINE_INCHES = 0.21
METHOD = (
    "Fisher's scoring up to the highest point of the posterior, and the normal that its curvature makes there; "
    "each trial has effects of its own, drawn from a spread that is fitted too"
)


def calibration_document(kept: Posterior) -> Report:
    """Return the report of a posterior of the free numbers.

    Args:
        kept: The posterior.
    """
    trials, rows = len(kept.trials), kept.rows
    question = (
        "What do the published rows marked for calibration say of the numbers that no measurement gives, how surely, "
        "and which of them do they not inform at all?"
    )
    return Report(
        title="A calibration: the numbers that no measurement gives",
        subtitle=f"{len(kept.numbers)} free numbers, {trials} trials, {rows} published values",
        sections=(
            Section("The question", (Prose(question),)),
            Section("The design", (Facts(_design(kept)),)),
            Section("Before and after the trials", tuple(_results(kept))),
            Section("Which numbers stand or fall together", (_pairs_block(kept),), level=2),
            Section("What trials have of their own", (Shown(_effects(kept)),), level=2),
            Section("Figures", tuple(_pictures(kept))),
            *grounds(
                assumptions=[assumption(find(name)) for name in kept.names],
                command=kept.command,
                seed=_seed(kept.command),
                version=kept.version,
                accuracy="not estimated; the posterior is taken to be normal around its mode",
            ),
        ),
        version=kept.version,
    )


def _design(kept: Posterior) -> tuple[Fact, ...]:
    return (
        Fact("Trials", ", ".join(kept.trials)),
        Fact("Published values", f"{kept.rows}, digest {kept.rows_hash}"),
        Fact("Not used", "rows marked validation: they are predicted, and take no part here"),
        Fact("Method", METHOD),
    )


def _results(kept: Posterior) -> Iterator[Block]:
    told = [number for number in kept.numbers if number.standing is Standing.ESTIMATED]
    silent = len(kept.numbers) - len(told)
    yield Prose(f"The trials inform {len(told)} of {len(kept.numbers)} numbers; the other {silent} stay priors.")
    columns = (
        Column("Number"),
        Column("Before [90 %]", numeric=True),
        Column("After [90 %]", numeric=True),
        Column("Unit", whole=True),
        Column("Variance taken away", numeric=True),
        Column("Standing", whole=True),
    )
    note = "The trials inform a number where they take away at least a tenth of the variance that its prior had."
    yield Shown(table("Free numbers, the best known first", columns, map(_row, _by_contraction(kept)), note))


def _by_contraction(kept: Posterior) -> list[FreeNumber]:
    return sorted(kept.numbers, key=lambda number: -number.contraction)


def _row(number: FreeNumber) -> tuple[str | Cell, ...]:
    before = _spread(number.centre, number.at(-NINETY), number.at(NINETY))
    informed = number.standing is Standing.ESTIMATED
    return (
        number.name,
        before,
        _spread(number.value, *number.interval),
        "" if number.unit == "1" else number.unit,
        f"{100 * number.contraction:.0f} %",
        Cell("estimated", Tone.GOOD) if informed else Cell("a prior", Tone.MUTED),
    )


def _spread(value: float, low: float, high: float) -> str:
    middle, lowest, highest = (f"{each:.3g}".replace("-", words.MINUS) for each in (value, low, high))
    return f"{middle} [{lowest}, {highest}]"


def _pairs_block(kept: Posterior) -> Block:
    found = _pairs(kept)
    if not found:
        return Prose(f"No two numbers correlate by more than {STRONG:g}.")
    columns = (Column("Number"), Column("With"), Column("Correlation", numeric=True))
    rows = [(one, other, words.number(size, 2, signed=True)) for one, other, size in found[:MOST_PAIRS]]
    left = len(found) - len(rows)
    return Shown(table("", columns, rows, f"{left} weaker pairs beyond {STRONG:g} are left out." if left else ""))


def _pairs(kept: Posterior) -> list[tuple[str, str, float]]:
    """Return the pairs of numbers that correlate, the strongest first."""
    sd = np.sqrt(np.diag(kept.covariance))
    correlation = kept.covariance / np.outer(sd, sd)
    first, second = np.triu_indices(len(kept.numbers), 1)
    strong = [(i, j) for i, j in zip(first, second, strict=True) if abs(correlation[i, j]) >= STRONG]
    strong.sort(key=lambda pair: (-abs(correlation[pair]), pair))
    return [(kept.names[i], kept.names[j], float(correlation[i, j])) for i, j in strong]


def _effects(kept: Posterior) -> Table:
    kinds = tuple(dict.fromkeys(each.kind for each in kept.effects))
    found = {(each.trial, each.kind): _signed(each.mode, each.sd) for each in kept.effects}
    columns = (Column("Trial"), *(Column(kind.capitalize(), numeric=True) for kind in kinds))
    trials = dict.fromkeys(each.trial for each in kept.effects)
    rows = [(trial, *(found.get((trial, kind), words.NO_VALUE) for kind in kinds)) for trial in trials]
    return table("", columns, rows, "In SDs between trials [90 %]; 0 is the middle of all trials.")


def _signed(mode: float, sd: float) -> str:
    low, high = words.number(mode - NINETY * sd, 2), words.number(mode + NINETY * sd, 2)
    return f"{words.number(mode, 2)} [{low}, {high}]"


def _pictures(kept: Posterior) -> Iterator[Picture]:
    numbers = _by_contraction(kept)
    caption = (
        "Grey: the prior, of width 1 and with its middle at 0. Blue: what the trials leave of it, 90 %; open where "
        "they take away less than a tenth of its variance."
    )
    yield Picture(
        drawing.drawn(
            0.7 + LINE_INCHES * len(numbers), lambda figure: _draw(figure, numbers), "Numbers before and after"
        ),
        caption,
    )


def _draw(figure: Figure, numbers: Iterable[FreeNumber]) -> None:
    axes: Axes = figure.subplots()
    listed = list(numbers)
    axes.axvspan(-NINETY, NINETY, color=drawing.FAINT, alpha=0.6, linewidth=0)
    axes.axvline(0.0, color=drawing.REFERENCE_COLOUR, linewidth=0.8)
    for place, number in enumerate(listed):
        informed = number.standing is Standing.ESTIMATED
        half = NINETY * number.sd
        axes.plot([number.mode - half, number.mode + half], [-place, -place], color=drawing.PALETTE[0])
        face = drawing.PALETTE[0] if informed else "white"
        axes.plot(number.mode, -place, "o", color=drawing.PALETTE[0], markerfacecolor=face, markersize=4)
    axes.set_yticks([-place for place in range(len(listed))], [number.name for number in listed])
    axes.tick_params(axis="y", labelsize=7.5)
    axes.set_ylim(-len(listed) + 0.4, 0.6)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("SDs of the prior from its middle")


def _seed(command: str) -> int | None:
    """Return the seed that a command names; that of the command line where it names none."""
    found = re.search(r"--seed (\d+)", command)
    return int(found.group(1)) if found else 1
