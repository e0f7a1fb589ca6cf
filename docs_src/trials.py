"""Write docs/trials.md: the published trials that come with the package, by split, and those that are not here yet.

Run from the repository: python docs_src/trials.py
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from euthymia.evidence.published import Split
from euthymia.report.files import write_atomic
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.design import Arm, Phase, Trial

PAGE = Path(__file__).parents[1] / "docs" / "trials.md"
HOURS_PER_DAY = 24.0
HEAD = ("trial", "what", "arms (people)", "days", "reference gets", "judged by", "rows")
OPENING = """# Trials

Every published trial that comes with the package is a file of `src/euthymia/evidence/trials/`, written in the format that
[trial-format.md](trial-format.md) describes: who, what, when, how it is judged, and what was published of it. For research
and teaching, never for treating a person.

```sh
euthymia trial list                      # the names
euthymia trial show singh-2016           # one design in words, with all that is assumed in it
euthymia trial run singh-2016            # conducted 200 times, each published row beside ours
```

Published rows keep value, number, error, interval, source and standing as the evidence has them. A row that is not predicted
says why: nobody is rated at that time, its people are not described, or what was measured has no model. A number that no text
we know gives (often age, or the MADRS at baseline) is borrowed from a sister trial, and the file's notes say from which.
Pools of trials are no trials and have no file, but for the two ASPIRE trials of one design. `sustain-1` and `sustain-2`
follow hundreds of people for a year: some seconds a replicate, so begin with `--replicates 5`.
"""
SPLITS = {
    Split.CALIBRATION: """## Calibration

The only trials whose rows a fit may see. Having a file here does not mean that a trial was fitted: the fit of the amplitudes
names its four trials itself (`transform-1`, `transform-2`, `synapse`, `japan-2b`; [first-light.md](first-light.md)).
""",
    Split.VALIDATION: """## Validation

Predicted and shown, never fitted, and not looked at while anything is tuned.
""",
}
LACKING = """## Published, but not here yet

| trial | design | what the format or the model lacks |
|---|---|---|
"""
# What the evidence describes and no file conducts: trial, design, what is lacking.
NOT_HERE = (
    (
        "Abuse potential study (NCT02682225)",
        "cross-over in recreational users",
        "four periods in turn, 112 mg, and drug liking as a measure; only the direction of its result is known",
    ),
    ("Bauer 2009", "quetiapine XR added to an antidepressant", "quetiapine; estimators of its scores are not known"),
    ("Marcus 2008, Berman 2007", "aripiprazole added to an antidepressant", "aripiprazole"),
    (
        "eight trials of Hieronymus 2016",
        "who is still observed, week by week",
        "arms: the source prints drug and placebo together",
    ),
)


def main() -> None:
    """Write the page."""
    write_atomic(PAGE, page())


def page() -> str:
    """Return the page."""
    trials = [load_trial(name) for name in trial_names()]
    parts = [f"{text}\n{_table(trial for trial in trials if trial.split is split)}" for split, text in SPLITS.items()]
    return "\n".join([OPENING, *parts, LACKING.rstrip() + "\n" + _rows(NOT_HERE)])


def _table(trials: Iterable[Trial]) -> str:
    head = [HEAD, ["---"] * len(HEAD)]
    return _rows([*head, *(_cells(trial) for trial in trials)])


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "".join("| " + " | ".join(cells) + " |\n" for cells in rows)


def _cells(trial: Trial) -> tuple[str, ...]:
    return (
        f"`{trial.id}`",
        f"{trial.title} ({', '.join(part for part in (trial.citation, trial.registry) if part)})",
        "; ".join(_arms(phase) for phase in trial.phases),
        f"{trial.phases[-1].end / HOURS_PER_DAY:g}",
        trial.control_text or str(trial.control),
        f"{trial.primary.endpoint}, {trial.primary.visit}",
        str(len(trial.published)),
    )


def _arms(phase: Phase) -> str:
    return ", ".join(_arm(arm) for arm in phase.arms)


def _arm(arm: Arm) -> str:
    return f"{arm.name} ({arm.n})" if arm.n is not None else arm.name


if __name__ == "__main__":
    main()
