"""`euthymia trial`: list the known trials, show a design, conduct one and set it beside what was published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from euthymia.cli import options, output, report, work

if TYPE_CHECKING:
    from euthymia.trials.design import Trial
    from euthymia.trials.results import TrialSummary

LIST_SCHEMA, DESIGN_SCHEMA = "euthymia.trials/1", "euthymia.design/1"

app = typer.Typer(help="List, show and conduct trials.", no_args_is_help=True)


@app.command("list")
def names(json: options.AsJson = False) -> None:
    """List the trials that come with euthymia."""
    from euthymia.report.tables import Column, table
    from euthymia.trials.catalogue import load_trial, trial_names

    trials = [load_trial(name) for name in trial_names()]
    if json:
        rows = [{"id": each.id, "title": each.title, "registry": each.registry, "split": each.split} for each in trials]
        output.emit({"schema": LIST_SCHEMA, "trials": rows})
        return
    columns = (Column("Trial"), Column("Title"), Column("Registry"), Column("Used for"))
    output.show(table("Trials", columns, [(each.id, each.title, each.registry, each.split) for each in trials]))
    output.say("euthymia trial show NAME prints a design; euthymia trial run NAME conducts it.")


@app.command("show")
def show(
    trial: options.TrialName,
    json: options.AsJson = False,
) -> None:
    """Print a design in words."""
    from euthymia.engine.course import plain
    from euthymia.report import words
    from euthymia.report.design import design_facts, design_tables
    from euthymia.report.tables import Column, table
    from euthymia.trials.catalogue import load_trial

    design = load_trial(trial)
    if json:
        output.emit({"schema": DESIGN_SCHEMA, "trial": plain(design)})
        return
    facts = [(fact.label, fact.text) for fact in design_facts(design)]
    output.show(table(design.title, (Column("What", whole=True), Column("How")), facts), *design_tables(design))
    for note in design.notes:
        output.say(words.printable(f"note: {note}"))


@app.command("run")
def run(
    trial: options.TrialName,
    replicates: options.Replicates = 200,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    chunk: options.Chunk = None,
    store: options.Store = None,
    workers: options.Workers = 1,
    cluster: options.Cluster = None,
    out: options.TrialOut = None,
    pdf: options.Pdf = False,
    json: options.AsJson = False,
) -> None:
    """Conduct a trial on simulated people and print it beside what was published."""
    from euthymia.trials.catalogue import load_trial

    design = load_trial(trial)
    command = work.spelled("euthymia", "trial", "run", trial, "--replicates", replicates, "--seed", seed)
    kept = work.Kept(store, workers, cluster, threads, chunk, command)
    kept.check()
    ready(out, page=pdf or not json, pdf=pdf)
    made = work.conducted(design, replicates=replicates, seed=seed, threads=threads, chunk=chunk, kept=kept)
    summary = replace(made, command=command, version=output.version())
    written = write(summary, design, out, page=pdf or not json, pdf=pdf)
    if json:
        output.emit(summary.to_dict())
    else:
        print_summary(summary, written)


def ready(out: Path | None, *, page: bool, pdf: bool = False) -> None:
    """Refuse, before any work, a place that cannot be written to, and a PDF that cannot be made."""
    from euthymia.report import files

    report.ready(pdf)
    if out is not None:
        files.check_place(out)
    elif page:
        files.check_file(report.PAGE)


def write(summary: TrialSummary, design: Trial, out: Path | None, *, page: bool, pdf: bool = False) -> list[Path]:
    """Write the report, and with a folder the JSON too; return what was written."""
    if out is None and not page:
        return []
    from euthymia.report import files
    from euthymia.report.run_folder import PROVENANCE, Kind, provenance_text
    from euthymia.report.trial_document import trial_document

    contents = report.contents(trial_document(summary, design), pdf=pdf)
    if out is not None:
        files.check_folder(out)
        contents[Kind.TRIAL.value] = summary.to_json()
        contents[PROVENANCE] = provenance_text(summary.command, summary.seed, design)
    return [files.write_atomic((out or Path()) / name, content) for name, content in contents.items()]


def print_summary(summary: TrialSummary, written: list[Path]) -> None:
    """Print arms, contrasts and the published values beside them; misses stay plainly visible."""
    from euthymia.report import tables, words

    people = f"{summary.replicates} replicates of {summary.subjects} simulated people, seed {summary.seed}"
    output.say(words.printable(f"{summary.title}: {people}"))
    output.say()
    output.show(tables.final_table(summary), tables.contrasts_table(summary))
    shown = [row for row in summary.comparisons if row.inside is not None]
    if shown:
        output.show(tables.comparisons_table(shown))
    output.say(tables.score(summary.comparisons))
    output.say(f"Numerical error: {summary.accuracy.text}, {summary.accuracy.value:.2g} {summary.accuracy.unit}")
    output.say("For research and teaching, not for treating a person.")
    for path in written:
        output.say(f"wrote {path}")
