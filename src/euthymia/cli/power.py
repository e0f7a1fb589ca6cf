"""`euthymia trial power` and `euthymia trial compare`: what a design can show, and which of two shows more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output
from euthymia.cli.power_looks import print_looks

if TYPE_CHECKING:
    from euthymia.report.tables import Table
    from euthymia.trials.power_results import DesignComparison, Mean, PowerStudy, Share

CARRIED_SHOWN = 5

Most = Annotated[int, typer.Option("--replicates", min=2, help="How many times the trial is conducted, at most.")]
Precision = Annotated[float | None, typer.Option(help="Stop when the standard error of power is this small.")]
Alpha = Annotated[float, typer.Option(help="Two-sided level of the test.")]
Margin = Annotated[float | None, typer.Option(help="Count estimates that favour the arm by at least this much.")]
Arm = Annotated[str | None, typer.Option(help="Compare only this arm with the reference.")]
Wanted = Annotated[float | None, typer.Option("--target", help="Find the size that has this power.")]
Largest = Annotated[int, typer.Option(help="People in all arms together beyond which no size is tried.")]
Unsure = Annotated[bool, typer.Option("--assurance", help="Average over what is not known surely, too.")]
Differ = Annotated[bool, typer.Option("--trials-differ", help="Let trials differ in care and in drug effect.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes; the result is the same whatever the number.")]
Out = Annotated[Path | None, typer.Option(help="Folder that keeps finished blocks, to go on from, and the result.")]


def power(
    trial: options.TrialName,
    replicates: Most = 1000,
    precision: Precision = None,
    alpha: Alpha = 0.05,
    margin: Margin = None,
    arm: Arm = None,
    target: Wanted = None,
    largest: Largest = 4000,
    assurance: Unsure = False,
    trials_differ: Differ = False,
    seed: options.Seed = 1,
    workers: Workers = 1,
    threads: options.Threads = None,
    out: Out = None,
    json: options.AsJson = False,
) -> None:
    """Conduct a trial again and again: power, bias, coverage; the size for a power; the assurance."""
    _one_thread()
    from euthymia.trials.catalogue import load_trial

    design = load_trial(trial)
    from euthymia import api

    with output.progress("conducting the trial") as move:
        study = api.power(
            design,
            replicates=replicates,
            precision=precision,
            alpha=alpha,
            margin=margin,
            arm=arm,
            target=target,
            largest=largest,
            assurance=assurance,
            trials_differ=trials_differ,
            seed=seed,
            workers=workers,
            threads=threads,
            out=out,
            progress=move,
        )
    if json:
        output.emit(study.to_dict())
    else:
        print_study(study)
        _ended(out, "power.json")


def compare(
    first: options.TrialName,
    second: options.TrialName,
    replicates: Most = 1000,
    alpha: Alpha = 0.05,
    trials_differ: Differ = False,
    seed: options.Seed = 1,
    workers: Workers = 1,
    threads: options.Threads = None,
    out: Out = None,
    json: options.AsJson = False,
) -> None:
    """Conduct two designs on common people, and print how their power and estimates differ."""
    _one_thread()
    from euthymia.trials.catalogue import load_trial

    designs = load_trial(first), load_trial(second)
    from euthymia import api

    with output.progress("conducting both trials") as move:
        found = api.compare(
            *designs,
            replicates=replicates,
            alpha=alpha,
            trials_differ=trials_differ,
            seed=seed,
            workers=workers,
            threads=threads,
            out=out,
            progress=move,
        )
    if json:
        output.emit(found.to_dict())
    else:
        output.show(_differences(found))
        _ended(out, "compare.json")


def print_study(study: PowerStudy) -> None:
    """Print what a study says, a table a question."""
    from euthymia.report import words

    early = ", stopped early" if study.stopped_early else ""
    people = sum(study.people.values())
    output.say(
        words.printable(
            f"{study.title}: {study.replicates} replicates of {people} simulated people{early}, seed {study.seed}"
        )
    )
    output.say(words.printable(f"{study.analysis}, {study.visit}, two-sided alpha {study.alpha:g}"))
    output.say()
    output.show(_operating(study))
    for question in dict.fromkeys(one.estimand for one in study.operating):
        output.say(words.printable(f"estimand: {question}"))
    if study.looking:
        print_looks(study.looking, study.unit)
    if study.sizes:
        output.show(_sizes(study))
    if study.assurance:
        output.show(_assurance(study))
    for note in study.notes:
        output.say(words.printable(f"note: {note}"))


def _one_thread() -> None:
    """Let linear algebra, which is not loaded yet, use one thread: several for small matrices wait for each other."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")


def _operating(study: PowerStudy) -> Table:
    from euthymia.report.tables import Column, table

    digits = 3 if study.unit == "1" else 2
    unit = "" if study.unit == "1" else f", {study.unit}"
    found = study.operating
    lines: list[tuple[str, list[str]]] = [
        ("power", [_share(one.power) for one in found]),
        (f"estimate with nobody missing{unit}", [_mean(one.truth, digits) for one in found]),
        (f"mean estimate{unit}", [_mean(one.estimate, digits) for one in found]),
        (f"bias by those missing{unit}", [_mean(one.bias, digits) for one in found]),
        (f"standard error that a trial reports{unit}", [_mean(one.se_model, digits) for one in found]),
        (f"standard deviation of estimates{unit}", [_mean(one.se_empirical, digits) for one in found]),
        (f"coverage of the {1 - study.alpha:.0%} interval", [_share(one.coverage) for one in found]),
        ("wrong sign", [_share(one.wrong_sign) for one in found]),
        ("significant with the wrong sign", [_share(one.wrong_and_significant) for one in found]),
    ]
    if study.margin is not None:
        beyond = [_share(one.beyond_margin) if one.beyond_margin else "" for one in found]
        lines.append((f"estimate better than {abs(study.margin):g}", beyond))
    lines += [*_relapses(study), *_without(study)]
    columns = [Column("What", whole=True), *(Column(one.arm, numeric=True) for one in found)]
    note = f"arm minus {found[0].reference}; (Monte Carlo standard error), [95 % interval]"
    return table("Operating characteristics", columns, [[name, *cells] for name, cells in lines], note)


def _relapses(study: PowerStudy) -> list[tuple[str, list[str]]]:
    """Return what a time to relapse adds; nothing for anything else."""
    found = [one.relapses for one in study.operating if one.relapses is not None]
    if not found:
        return []
    return [
        ("relapses of a trial, both arms", [_mean(one.events, 1) for one in found]),
        ("hazard ratio with nobody missing", [_mean(one.ratio_complete, 3) for one in found]),
        ("mean hazard ratio, geometric", [_mean(one.ratio, 3) for one in found]),
        ("its bias, a factor", [_mean(one.ratio_bias, 3) for one in found]),
    ]


def _without(study: PowerStudy) -> list[tuple[str, list[str]]]:
    """Return how often an estimate did not end as planned, by how it did; nothing where all did."""
    ways = {(one.code, one.outcome) for arm in study.operating for one in arm.fits if one.code != 0}
    counts = [{one.code: one.replicates for one in arm.fits} for arm in study.operating]
    return [
        (f"{'no estimate' if code < 0 else 'fitted'}: {words} (code {code})", [str(of.get(code, 0)) for of in counts])
        for code, words in sorted(ways, key=lambda way: (way[0] < 0, abs(way[0])))
    ]


def _sizes(study: PowerStudy) -> Table:
    from euthymia.report.tables import Column, table

    columns = (Column("Arm"), Column("Target", numeric=True), Column("People", numeric=True), Column("In each arm"))
    rows = []
    for one in study.sizes:
        most = one.points[-1]
        beyond = "more" if one.high is None else str(one.high)
        people = f"{one.people} [{one.low} to {beyond}]" if one.reached else "not reached"
        arms = ", ".join(f"{n} {arm}" for arm, n in one.arms.items())
        rows.append((one.arm, f"{one.target:.0%}", people, arms or f"{_short(most.power)} with {most.people}"))
    return table("Size for a power", columns, rows, "[sizes that the replicates do not exclude]")


def _assurance(study: PowerStudy) -> Table:
    from euthymia.report.tables import Column, table

    columns = (
        Column("Arm"),
        Column("Assurance", numeric=True),
        Column("At typical values", numeric=True),
        Column("Between draws, SD", numeric=True),
        Column("Carried by"),
    )
    rows = []
    for one in study.assurance:
        shown = [f"{each.name} {each.share:.0%} ({each.se:.0%})" for each in one.carried if each.share == each.share]
        carried = ", ".join(shown[:CARRIED_SHOWN])
        rows.append((one.arm, _share(one.assurance), _share(one.typical), _mean(one.spread, 2), carried))
    return table("Assurance", columns, rows, "won: significant and in the favourable direction")


def _differences(found: DesignComparison) -> Table:
    from euthymia.report.tables import Column, table

    first, second = found.trials
    columns = (
        Column("Arm"),
        Column(f"Power, {first}", numeric=True),
        Column(f"Power, {second}", numeric=True),
        Column("Difference", numeric=True),
        Column("Of estimates", numeric=True),
        Column("Correlation", numeric=True),
    )
    rows = []
    for one in found.differences:
        arm = one.arms[0] if one.arms[0] == one.arms[1] else " / ".join(one.arms)
        gain = f"{100 * one.power_difference.value:+.1f} ({100 * one.power_difference.se:.1f}) percentage points"
        cells = (gain, _mean(one.estimate_difference, 3), f"{one.correlation:.2f}")
        rows.append((arm, _share(one.power[0]), _share(one.power[1]), *cells))
    note = f"first minus second in the same people, {found.replicates} replicates, seed {found.seed}"
    if found.people is not None:
        note += f"; people of a trial: {_mean(found.people[0], 1)} and {_mean(found.people[1], 1)}"
    return table("Two designs", columns, rows, note)


def _share(share: Share) -> str:
    return f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}]"


def _short(share: Share) -> str:
    return f"{share.value:.1%} ({share.se:.1%})"


def _mean(mean: Mean, digits: int) -> str:
    value = round(mean.value, digits) + 0.0  # no -0
    return f"{value:.{digits}f} ({mean.se:.{digits}f})"


def _ended(out: Path | None, name: str) -> None:
    output.say("For research and teaching, not for treating a person.")
    if out is not None:
        output.say(f"wrote {out / name}")
