"""The report of a conducted trial: what was asked, the design, the results beside what was published, figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from euthymia.report import outcome_figures, rating_tables, tables, trial_figures, words
from euthymia.report.design import Fact, design_facts, design_tables
from euthymia.report.document import Block, Bullets, Facts, Look, Picture, Prose, Report, Section, grounds, shown
from euthymia.trials.results import Comparison, TrialSummary

if TYPE_CHECKING:
    from euthymia.trials.design import Trial

CAUTIONS = {
    "calibration": "These rows may take part in fitting: agreement shows that the model fits, not that it foresees.",
    "validation": "These rows are held out: they take no part in fitting.",
}


def trial_document(summary: TrialSummary, trial: Trial | None = None) -> Report:
    """Return the report of a conducted trial.

    Args:
        summary: What the trial said.
        trial: The design, for the design section; left out, the arms alone describe it.
    """
    error = f"{summary.accuracy.value:.2g}{words.unit_suffix(summary.accuracy.unit)}"
    return Report(
        title=summary.title,
        subtitle=" · ".join(part for part in (summary.trial, summary.registry, summary.citation) if part),
        sections=(
            Section("The question", (Prose(_question(summary)),)),
            *_design(summary, trial),
            Section("The result beside what was published", tuple(_results(summary))),
            Section("Figures", tuple(_pictures(summary, trial))),
            *grounds(
                assumptions=summary.assumptions,
                rows=summary.comparisons,
                command=summary.command,
                seed=summary.seed,
                version=summary.version,
                accuracy=f"{summary.accuracy.text}: {error}",
            ),
        ),
        version=summary.version,
    )


def _question(summary: TrialSummary) -> str:
    asked = f"If this trial were run {summary.replicates} times on simulated people, what would it find"
    compared = ", and how far is that from what was published?" if summary.comparisons else "?"
    return asked + compared


def _design(summary: TrialSummary, trial: Trial | None) -> Iterator[Section]:
    facts = _facts(summary) if trial is None else design_facts(trial)
    arms = [tables.arms_table(summary)] if trial is None else design_tables(trial)
    yield Section("The design", (Facts(tuple(facts)), *shown(arms)))
    notes = tuple(dict.fromkeys((*summary.notes, *(trial.notes if trial is not None else ()))))
    if notes:
        yield Section("What to know about this design", (Bullets(notes),), level=2)


def _facts(summary: TrialSummary) -> list[Fact]:
    return [Fact("People", f"{summary.subjects} in each of {summary.replicates} replicates")]


def _results(summary: TrialSummary) -> Iterator[Block]:
    for split, rows in _by_split(summary).items():
        yield Prose(f"{split}: {tables.score(rows)}".capitalize(), Look.SCORE)
        if split in CAUTIONS:
            yield Prose(CAUTIONS[split], Look.NOTE)
    dropout = tables.dropout_table(summary)
    yield from shown([tables.contrasts_table(summary), *_comparisons(summary), tables.visits_table(summary)])
    yield from shown([*rating_tables.rating_tables(summary), *([dropout] if dropout.rows else [])])


def _by_split(summary: TrialSummary) -> dict[str, tuple[Comparison, ...]]:
    splits = dict.fromkeys(row.split for row in summary.comparisons)
    return {split: tuple(row for row in summary.comparisons if row.split == split) for split in splits}


def _comparisons(summary: TrialSummary) -> list[tables.Table]:
    """Return, for each use of rows, those that we predict, then those that we do not."""
    made = []
    for split, rows in _by_split(summary).items():
        judged = [row for row in rows if row.inside is not None]
        silent = [row for row in rows if row.inside is None]
        made += [tables.comparisons_table(judged, f"Published ({split}) and predicted")] if judged else []
        made += [tables.silent_table(silent, f"Published ({split}), but not predicted")] if silent else []
    return made


def _pictures(summary: TrialSummary, trial: Trial | None) -> Iterator[Picture]:
    if summary.bands:
        caption = "Lines: mean of the arm; bands: 90 % predictive interval of that mean in a trial of this size. "
        caption += (
            "Points: published means with 90 % confidence; a published change is added to the published baseline."
        )
        yield Picture(trial_figures.plot_bands(summary), caption)
    if summary.arm_visits and trial is not None:
        by_visit = outcome_figures.means(summary, list(trial.phases))
        yield Picture(by_visit.element(), by_visit.caption)
    if summary.contrasts:
        caption = "Blue: predicted difference from the reference arm. Orange: published, with the paper's interval."
        yield Picture(trial_figures.plot_contrasts(summary), caption)
    if summary.distributions:
        caption = "Each person's change in one replicate; the dashed line is the mean. Negative is better."
        yield Picture(trial_figures.plot_distributions(summary), caption)
    if summary.safety:
        yield Picture(trial_figures.plot_safety(summary), "Mean of the arm with its 90 % predictive interval.")
