"""Write docs/checkpoints.md: every check point beside our value, its error and whether it is held.

Run from the repository: python docs_src/checkpoints.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import checkpoint_levels
import checkpoint_safety
import checkpoint_targets
import checkpoint_trials
from euthymia.evidence.checkpoint import Checkpoint, Group, Standing, Status, checkpoints
from euthymia.evidence.citation import reference
from euthymia.report.files import write_atomic

PAGE = Path(__file__).parents[1] / "docs" / "checkpoints.md"
VALUES: dict[str, Callable[[], float]] = {
    **checkpoint_levels.VALUES,
    **checkpoint_targets.VALUES,
    **checkpoint_safety.VALUES,
    **checkpoint_trials.VALUES,
}
TRIALS = "## Of whole trials\n"
SHARE_UNITS = ("percent", "points", "min")  # of which a relative error says little
OPENING = """# Check points

Every check point of the evidence (`src/euthymia/evidence/checkpoints.toml`) beside our value. **Published** values were
measured, or printed by a paper or a label. Values **computed** in the project's science notes test only that the equations
are implemented as meant. For research and teaching, never for treating a person.

A check point is held within the tolerance that its source states. Where it states none: within 1.96 of its standard
errors; within the exact 95 % interval of a share of people; within a range; else within half a unit of its last digit.
Nothing was widened. "(fitted)" and "(taken over)" say that the number was put into the model; such a row shows only that it
comes out again. "Not confirmed" means that nobody of the project read the number in a text. Misses come first, with what we
know of their cause; many published ones are misses because a single printed value carries no error of its own.

Not used: the area of noresketamine in Table 4 of the nasal model (274 and 758 ng h/mL). Its own parameters give about half
as much again, and others report the same.
"""


def main() -> None:
    """Write the page."""
    write_atomic(PAGE, quick() + trials())


def quick() -> str:
    """Return the first part of the page: all that needs no trial."""
    groups = [group for group in checkpoints() if not group.conducted]
    return "\n".join([OPENING, "## Of models\n", *_part(groups), ""])


def trials() -> str:
    """Return the rest of the page; it conducts trials."""
    groups = [group for group in checkpoints() if group.conducted]
    return "\n".join([TRIALS, *_part(groups)]).rstrip() + "\n"


def _part(groups: Sequence[Group]) -> list[str]:
    ours = {point.id: VALUES[point.id]() for group in groups for point in group.points}
    rows = [(group, point) for group in groups for point in group.points]
    missed = [(group, point) for group, point in rows if not point.held(ours[point.id])]
    lines = [_counts(rows, ours), "", f"### Missed ({len(missed)})", ""]
    lines += [
        "| check point | published | ours | error | tolerance | held | source | why |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [f"{_row(point, ours[point.id])} | {_source(group)} | {point.missed} |" for group, point in missed]
    for group in groups:
        held = [point for point in group.points if point.held(ours[point.id])]
        if held:
            lines += ["", f"### {group.title}", "", f"{_words(group.standing)}: {_place(group)}.", ""]
            lines += ["| check point | published | ours | error | tolerance | held |", "|---|---|---|---|---|---|"]
            lines += [f"{_row(point, ours[point.id])} |" for point in held]
    return lines


def _counts(rows: Iterable[tuple[Group, Checkpoint]], ours: dict[str, float]) -> str:
    said = []
    for standing in Standing:
        held = [point.held(ours[point.id]) for group, point in rows if group.standing is standing]
        if held:
            said.append(f"{sum(held)} of {len(held)} {standing.value} check points are held")
    return "; ".join(said) + "."


def _row(point: Checkpoint, ours: float) -> str:
    known = "" if point.status is Status.READ else ", not confirmed"
    verdict = "yes" if point.held(ours) else "**MISS**"
    cells = (
        point.what + known,
        f"{point.printed} {_unit(point)}".strip(),
        f"{ours + 0.0:.4g}",
        _error(point, ours),
        point.tolerance,
        verdict,
    )
    return "| " + " | ".join(cells)


def _error(point: Checkpoint, ours: float) -> str:
    error = point.error(ours)
    if error is None:
        return "inside"
    share = error / abs(ours - error) if point.unit not in SHARE_UNITS and ours != error else None
    return f"{error + 0.0:+.2g}" + ("" if share is None else f" ({100.0 * share:+.2g} %)")


def _unit(point: Checkpoint) -> str:
    return {"1": "", "percent": "%"}.get(point.unit, point.unit)


def _words(standing: Standing) -> str:
    return "Published" if standing is Standing.PUBLISHED else "Computed"


def _place(group: Group) -> str:
    return f"{reference(group.source).short}, {group.where}" if group.source else group.where


def _source(group: Group) -> str:
    return reference(group.source).short if group.source else group.where.split(";")[0]


if __name__ == "__main__":
    main()
