"""Conduct the four trials of the first fit and write docs/first-light.md: every published row beside its prediction.

Run from the repository: python docs_src/first_light.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from euthymia import api
from euthymia.evidence import load_record
from euthymia.evidence.grade import Grade
from euthymia.evidence.published import Measure
from euthymia.report.files import write_atomic
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Trial
from euthymia.trials.results import Comparison, TrialSummary

PAGE = Path(__file__).parents[1] / "docs" / "first-light.md"
TRIALS = ("transform-1", "transform-2", "synapse", "japan-2b")
REPLICATES, SEED = 200, 1
HEAD = ("row", "arm", "phase", "t, h", "measure", "estimator", "published", "predicted", "90 % interval", "error", "")
NAMES = {
    Measure.MADRS_BASELINE: "MADRS at baseline",
    Measure.MADRS_TOTAL: "MADRS",
    Measure.MADRS_CHANGE: "change of MADRS",
    Measure.MADRS_CHANGE_DIFF: "difference of change",
    Measure.MADRS_TOTAL_DIFF: "difference of MADRS",
    Measure.RESPONSE: "response",
    Measure.REMISSION: "remission",
    Measure.DROPOUT_ALL_CAUSE: "left, any cause",
    Measure.CADSS_MEAN: "CADSS",
    Measure.SBP_MAX_INCREASE: "largest rise, systolic",
    Measure.DBP_MAX_INCREASE: "largest rise, diastolic",
    Measure.MOAAS_LE3: "MOAA/S at most 3",
    Measure.AE_DISSOCIATION: "reported dissociation",
    Measure.AE_DIZZINESS: "reported dizziness",
    Measure.AE_NAUSEA: "reported nausea",
    Measure.AE_SEDATION: "reported sedation",
    Measure.AE_BLOOD_PRESSURE_INCREASED: "reported rise of pressure",
}
READINGS = (Measure.SBP_MAX_INCREASE, Measure.DBP_MAX_INCREASE)
EVENTS = (
    Measure.MOAAS_LE3,
    Measure.AE_DISSOCIATION,
    Measure.AE_DIZZINESS,
    Measure.AE_NAUSEA,
    Measure.AE_SEDATION,
    Measure.AE_BLOOD_PRESSURE_INCREASED,
)
# Ways in which a row can be off; "against the reference" is what the drug adds over sham.
KINDS = {
    "change of MADRS in arms given esketamine": (True, (Measure.MADRS_CHANGE, Measure.MADRS_TOTAL)),
    "change of MADRS in arms given sham": (False, (Measure.MADRS_CHANGE, Measure.MADRS_TOTAL)),
    "difference from the reference arm": (True, (Measure.MADRS_CHANGE_DIFF, Measure.MADRS_TOTAL_DIFF)),
    "response and remission in arms given esketamine": (True, (Measure.RESPONSE, Measure.REMISSION)),
    "response and remission in arms given sham": (False, (Measure.RESPONSE, Measure.REMISSION)),
    "mean CADSS": (True, (Measure.CADSS_MEAN,)),
    "largest rise of pressure, esketamine": (True, READINGS),
    "largest rise of pressure, sham": (False, READINGS),
    "sedation and reported events, esketamine": (True, EVENTS),
    "sedation and reported events, sham": (False, EVENTS),
}


def main() -> None:
    """Write the page."""
    trials = [load_trial(name) for name in TRIALS]
    made = [api.conduct(trial, seed=SEED, replicates=REPLICATES) for trial in trials]
    write_atomic(PAGE, page(trials, made))


def page(trials: Sequence[Trial], made: Sequence[TrialSummary]) -> str:
    """Return the page as Markdown."""
    parts = [*_opening(made), *_misfit(trials, made)]
    for trial, summary in zip(trials, made, strict=True):
        parts += _trial(trial, summary)
    return "\n".join([*parts, *_not_predicted(made)]).rstrip() + "\n"


def _opening(made: Sequence[TrialSummary]) -> list[str]:
    rows = [row for summary in made for row in summary.comparisons]
    lines = [
        "# First light: four trials beside their published results",
        "",
        f"Each trial was conducted {REPLICATES} times (seed {SEED}) and every published row set beside the same quantity",
        "by the same estimator. The interval is where nine in ten trials of that size would fall, by the model. The",
        "error is signed: predicted minus published. Misses come first. For research and teaching, never for treating a",
        "person.",
        "",
        "| trial | inside / predicted | misses | not predicted |",
        "|---|---|---|---|",
    ]
    lines += [f"| [{s.trial}](#{s.trial}) | {_counts(s.comparisons)} |" for s in made]
    lines += [f"| all | {_counts(rows)} |", ""]
    return [*lines, *_fitted()]


def _counts(rows: Iterable[Comparison]) -> str:
    seen = Counter(row.inside for row in rows)
    return f"{seen[True]} / {seen[True] + seen[False]} | {seen[False]} | {seen[None]}"


def _fitted() -> list[str]:
    record = load_record("amplitudes")
    fitted = [parameter for parameter in record.parameters if parameter.grade is Grade.FITTED]
    listed = ", ".join(f"`{parameter.name}` {parameter.value:g} {parameter.unit}" for parameter in fitted)
    return [
        "## What was fitted",
        "",
        "**This is fit, not foresight.** The amplitudes that no source gives were fitted to rows of these same four",
        "trials and of the other calibration trials ([calibration.md](calibration.md)). Last-observation-carried-forward",
        "rows and pooled arms were not fitted, but repeat the same patients; baselines and dropout are inputs taken from the same papers, so",
        "their rows show only that the inputs arrive. The scatter of pressure readings, the steepness of sedation and the",
        "hazards of reports were fitted to the safety rows of three of these trials and of the label, by the functions of",
        "`euthymia.calibration.safety`. No row marked `validation` was used or looked at.",
        "",
        f"Fitted values: {listed}. `euthymia calibrate` finds them again, and `euthymia calibrate --first-light` fits these four alone, misfit row by row;",
        "`euthymia evidence amplitudes` gives the uncertainty of each. In the fit every trial had its own care and its",
        "own size of drug effect; here trials of the future are drawn, with new effects each time, so intervals hold the",
        "spread between trials as well as that between samples. Wide intervals are easily inside.",
        "",
    ]


def _misfit(trials: Sequence[Trial], made: Sequence[TrialSummary]) -> list[str]:
    lines = [
        "## What the misfit says",
        "",
        "| what | rows | inside | median error | worst error |",
        "|---|---|---|---|---|",
    ]
    for words, (drug, measures) in KINDS.items():
        for unit in ("points", "percent", "mmHg"):
            rows = [
                row
                for trial, summary in zip(trials, made, strict=True)
                for row in summary.comparisons
                if row.measure in measures and row.unit == unit and row.inside is not None
                if _given_drug(trial, row) is drug
            ]
            if rows:
                errors = [row.signed_error or 0.0 for row in rows]
                worst = max(errors, key=abs)
                inside = sum(row.inside is True for row in rows)
                lines.append(
                    f"| {words} | {len(rows)} | {inside} | {median(errors):+.1f} {unit} | {worst:+.1f} {unit} |"
                )
    return [*lines, "", *WORDS, ""]


def _given_drug(trial: Trial, row: Comparison) -> bool:
    """Return whether the row's arm, or any arm of its group, gets esketamine in the row's phase."""
    name = row.arm.split(" - ")[0]
    group = next((group.arms for group in trial.groups if group.name == name), (name,))
    arms = [arm for phase in trial.phases if phase.name == row.phase for arm in phase.arms if arm.name in group]
    return any(dose.drug == "esketamine" for arm in arms for dose in arm.regimen)


def _trial(trial: Trial, summary: TrialSummary) -> list[str]:
    judged = [row for row in summary.comparisons if row.inside is not None]
    misses = sorted((row for row in judged if not row.inside), key=_how_far, reverse=True)
    inside = [row for row in judged if row.inside]
    lines = [
        f"## {trial.id}",
        "",
        f"{trial.title}. {trial.citation}; {trial.registry}. {summary.subjects} people a replicate.",
        "",
        f"{len(inside)} of {len(judged)} published values lie inside.",
        "",
    ]
    return [*lines, *_table([*misses, *inside]), ""]


def _how_far(row: Comparison) -> float:
    """Return how many half-widths of its interval a published value lies from the prediction."""
    assert row.predicted is not None
    return abs(row.signed_error or 0.0) / max(0.5 * (row.predicted.high - row.predicted.low), 1e-9)


def _table(rows: Sequence[Comparison]) -> list[str]:
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    for row in rows:
        assert row.predicted is not None
        cells = (
            row.row_id,
            row.arm,
            row.phase,
            f"{row.t:g}" if row.t == row.t else "",
            NAMES.get(Measure(row.measure), row.measure),
            row.estimator,
            f"{row.value:g} {_unit(row)}",
            f"{row.predicted.mean:.1f}",
            f"{row.predicted.low:.1f} to {row.predicted.high:.1f}",
            f"{row.signed_error or 0.0:+.1f}",
            "inside" if row.inside else "**MISS**",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _unit(row: Comparison) -> str:
    return "%" if row.unit == "percent" else row.unit


def _not_predicted(made: Sequence[TrialSummary]) -> list[str]:
    reasons: dict[str, list[tuple[str, Comparison]]] = {}
    for summary in made:
        for row in summary.comparisons:
            if row.why_not:
                reasons.setdefault(row.why_not, []).append((summary.trial, row))
    lines = ["## Published but not predicted", ""]
    for why, rows in sorted(reasons.items(), key=lambda item: -len(item[1])):
        lines += [f"### {why[0].upper()}{why[1:]} ({len(rows)} rows)", ""]
        for trial in TRIALS:
            named = [
                f"{row.row_id} ({row.measure}, {row.arm}: {row.value:g} {_unit(row)})" for t, row in rows if t == trial
            ]
            if named:
                lines.append(f"- {trial}: {'; '.join(named)}")
        lines.append("")
    return lines


WORDS = [
    "- *In TRANSFORM-2 too few respond under sham*, by up to 13 percentage points: care is normally distributed between people,",
    "  while the data look as if some recover almost wholly.",
    "- *The Japanese trial found no contrast at all*; the model gives it the mean effect of a trial, so its esketamine arms",
    "  are predicted too good. The wide intervals hold most of these rows only because trials are allowed to differ much.",
    "- *SYNAPSE saw more on its first day* than any trial-average effect gives, with eleven people an arm.",
    "- *Pressure rose more in the Japanese trial than the model's mean*, by 3 to 6 mmHg at the maximum: the curve of the mean",
    "  rise is the label's, cohorts are drawn around it (three clinics printed 3 to 16 mmHg), and these rows lie inside only",
    "  because that spread is wide. The scatter of readings is the same in all arms.",
    "- *Reports are not monotone in dose in the trials* (dissociation 34, 24 and 55 % after 28, 56 and 84 mg); the model's are.",
]

if __name__ == "__main__":
    main()
