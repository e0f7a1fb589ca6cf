"""Find the posterior of the free numbers, keep it in the package, and write docs/calibration.md beside it.

Run from the repository: python docs_src/calibration.py [FOLDER to go on from]
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from euthymia.calibration import whole
from euthymia.calibration.anchors import anchors
from euthymia.calibration.artefact import kept
from euthymia.calibration.diagnostics import Beside, coverage, inside_by_trial, profile, together
from euthymia.calibration.fixed import PEOPLE
from euthymia.calibration.likelihood import errors
from euthymia.calibration.posterior import Slopes, climb
from euthymia.calibration.whole import Found
from euthymia.cli.output import to_json
from euthymia.evidence.posterior import NAME, Posterior, Standing
from euthymia.report.files import write_atomic

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "calibration.md"
KEPT = ROOT / "src" / "euthymia" / "evidence" / "posteriors" / NAME

COMMAND = f"euthymia calibrate --write --people {PEOPLE}"
INFLATION = 0.1  # of small trials: an arm of ten people counts as one of five
HELD = (-2.0, 2.0)  # posterior SDs at which the profile is looked at
# Of `simulated_ranks(..., 200, weighed=False)` on the set of the long test.
BARE = """The bare normal at the mode is not enough where there are two trials: in the same sets its p-values are 0.0002 for the spread
of drug effects between trials, 0.0009 for the gain and 0.006 for the fluctuation, all others above 0.02. Intervals of spreads between
trials, and of what hangs on them, are therefore approximate; the draws by NUTS are the reference."""
# Of `euthymia calibrate --people 96 --out FOLDER` beside the kept file.
AGAIN = """Carried out again on two cores that had two to three times as much to do as they
can, it took 17 minutes, and every number of the kept file came out the same to 2e-10."""
MAIN = ("amplitudes.gain", "amplitudes.signal", "amplitudes.session_mean", "amplitudes.care_mean")
# What is known of why a row is missed; everything else is unknown.
REASONS = {
    ("singh-2016", "mean change"): "an SD of 5.7 points among 16 people, half that of other trials: a small error",
    ("japan-2b", "response"): "the trial found no contrast at all between its arms",
}


def main() -> None:
    """Fit, keep and write."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    began = time.monotonic()
    found = whole.fit(
        people=PEOPLE, out=out, resume=out is not None, progress=lambda share: print(f"{share:.0%}", flush=True)
    )
    minutes = (time.monotonic() - began) / 60.0
    posterior = kept(found, command=COMMAND)
    KEPT.parent.mkdir(exist_ok=True)
    write_atomic(KEPT, to_json(posterior.to_dict()))
    write_atomic(PAGE, page(found, posterior, minutes))


def page(found: Found, posterior: Posterior, minutes: float) -> str:
    """Return the page as Markdown."""
    rows = coverage(found)
    inside = sum(row.inside for row in rows)
    return TEXT.format(
        trials=len(posterior.trials),
        rows=len(rows),
        anchors=len(anchors()),
        command=COMMAND,
        again=AGAIN,
        minutes=f"{minutes:.0f}",
        inside=inside,
        share=f"{100.0 * inside / len(rows):.0f}",
        missed=_missed(rows),
        by_trial=_by_trial(rows),
        numbers=_numbers(posterior),
        unaware=", ".join(f"`{one.name}`" for one in posterior.numbers if one.standing is Standing.PRIOR) or "none",
        together=_together(found),
        effects=_effects(posterior),
        profile=_profile(found),
        small=_small(found),
        anchored=_anchored(found),
        unused=_unused(found),
        bare=BARE,
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [f"| {' | '.join(head)} |"]
    lines.append("|" + "---|" * (lines[0].count("|") - 1))
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _missed(rows: tuple[Beside, ...]) -> str:
    missed = [row for row in rows if not row.inside]
    head = ("trial", "row", "arm", "what", "t, h", "published", "typical trial", "90 % interval", "fitted", "why")
    return _table(
        head,
        (
            (
                *(row.trial, row.row_id, row.arm, row.kind, f"{row.t:g}", f"{row.published:g}", f"{row.typical:.1f}"),
                *(f"{row.low:.1f} to {row.high:.1f}", f"{row.fitted:.1f}"),
                REASONS.get((row.trial, row.kind), "unknown"),
            )
            for row in missed
        ),
    )


def _by_trial(rows: tuple[Beside, ...]) -> str:
    return _table(
        ("trial", "inside / rows", "share"),
        ((trial, f"{a} / {n}", f"{100.0 * a / n:.0f} %") for trial, (a, n) in inside_by_trial(rows).items()),
    )


def _numbers(posterior: Posterior) -> str:
    ordered = sorted(posterior.numbers, key=lambda one: -one.contraction)
    return _table(
        ("number", "unit", "middle of the prior", "width", "mode", "90 % interval", "contraction", "is"),
        (
            (
                *(f"`{one.name}`", one.unit, f"{one.centre:.4g}", f"{one.width:.2f} ({one.scale})", f"{one.value:.4g}"),
                *("{:.3g} to {:.3g}".format(*one.interval), f"{one.contraction:.2f}", one.standing.value),
            )
            for one in ordered
        ),
    )


def _together(found: Found) -> str:
    return _table(("one", "other", "correlation"), ((f"`{a}`", f"`{b}`", f"{r:+.2f}") for a, b, r in together(found)))


def _effects(posterior: Posterior) -> str:
    kinds = tuple(dict.fromkeys(one.kind for one in posterior.effects))
    by = {(one.trial, one.kind): one for one in posterior.effects}

    def cell(trial: str, kind: str) -> str:
        one = by.get((trial, kind))
        return "" if one is None else f"{one.mode:+.1f} ({one.sd:.1f})"

    return _table(("trial", *kinds), ((trial, *(cell(trial, kind) for kind in kinds)) for trial in posterior.trials))


def _profile(found: Found) -> str:
    fallen = {name: profile(found, name, HELD) for name in MAIN[:1]}
    return _table(
        ("held", *(f"{place:+g} SD" for place in HELD), "a normal"),
        (
            (f"`{name}`", *(f"{value:.2f}" for value in falls), f"{-0.5 * HELD[0] ** 2:.2f}")
            for name, falls in fallen.items()
        ),
    )


def _small(found: Found) -> str:
    """Return what changes when small trials count less."""
    scatter = errors(found.model, found.mode.x, INFLATION)
    other = climb(found.model, scatter, found.mode.x, slopes=Slopes(found.model))
    less = kept(replace(found, errors=scatter, mode=other))
    before = kept(found)
    return _table(
        ("number", "as fitted", "small trials inflated"),
        ((f"`{name}`", _with_interval(before, name), _with_interval(less, name)) for name in MAIN),
    )


def _with_interval(posterior: Posterior, name: str) -> str:
    one = posterior[name]
    return "{:.3g} ({:.3g} to {:.3g})".format(one.value, *one.interval)


def _anchored(found: Found) -> str:
    predicted = found.mode.predicted[len(found.model.all_rows) :]
    return _table(
        ("anchor", "row", "published", "standard error", "fitted"),
        (
            (one.name, one.row_id, f"{one.published:.3g}", f"{one.se:.2g}", f"{value:.3g}")
            for one, value in zip(anchors(), predicted, strict=True)
        ),
    )


def _unused(found: Found) -> str:
    counted = Counter(one.why for one in found.model.unused)
    return "\n".join(f"- {count} rows: {why};" for why, count in counted.most_common())


TEXT = f"""# Calibration: what the trials say of the numbers without a source

`{{command}}` finds the posterior of every free number from {{rows}} published numbers of {{trials}} trials marked
calibration and {{anchors}} anchors from outside them. {{again}} It took {{minutes}} minutes when this page
was written by `python docs_src/calibration.py`. No row marked validation is read by it. `eu.posterior()` gives what is kept, and the
default model loads it: a number that the trials inform has the mode as its value (`euthymia evidence show` tells it beside
the prior), one that they do not keeps its record's. For research and teaching, never for treating a person.

## Rows that are missed, first

**{{inside}} of {{rows}} rows ({{share}} %) lie inside the 90 % interval of a new trial of their size.** The interval holds
the posterior, new effects of a trial, sampling and the discrepancy. These are the very rows that were fitted: this shows
fit, not foresight. Intervals are wide because trials differ much; wide intervals are easily inside.

{{missed}}

{{by_trial}}

## The numbers

Contraction is 1 - var(posterior)/var(prior) on the scale of the prior. Below 0.1 a number is called a prior, whatever its
interval: {{unaware}}.

{{numbers}}

### What goes together

{{together}}

### What trials have of their own

In SDs between trials, with the SD of the posterior.

{{effects}}

### Where the normal approximation is checked

How far the log posterior falls when a number is held away from its mode and everything else climbs again:

{{profile}}

Simulation-based calibration (`pytest -m long tests/unit/calibration/test_calibration_posterior.py`): 200 synthetic sets
of two trials with five free numbers and two trial effects, ranks of the true numbers among 99 draws weighed by the
posterior itself (Pearson's chi-square on ten bins, Bonferroni at 5 %). It is passed: the smallest of seven p-values is 0.16,
that of the spread of drug effects between trials. Draws are weighed in four stages of 1,000 (`euthymia.calibration.importance`)
and count for 865 of the posterior in half of the sets, for fewer than 268 in one of twenty. Until they were, one stage counted
for 75 in half of the sets and for fewer than 11 in one of twenty, fewer than the draws that a number is ranked among, and the
test was failed (smallest p-value 0.0036, limit 0.0071); the sets were drawn anew for what stands here, each from a seed of its own.
{{bare}}

## How

- *Expected course.* Each trial is conducted once, at the numbers found so far, with even draws; then its people keep normals, doses, sessions and
  beliefs, and the slow cascade is run again with other numbers (`euthymia.calibration.cascade`).
  Totals follow from true severity in closed form. Agreement with trials that are conducted is tested: means within 0.2
  points and two standard errors.
- *Likelihood.* Normal, rows of one arm correlated as the model's people are, shares with the model's own variance. A
  discrepancy, in SDs between people, keeps large trials from claiming more than the model can say; it is free.
- *Trials differ* in care, drug effect, effect of tablets and fluctuation, with free spreads and standard normals that
  are pooled. Everything is climbed with the effects averaged out (Laplace): at the joint mode spreads would be far too
  large. The curvature is Fisher's information of that average.
- *Priors* are log-normal (shares: normal in the log odds) about the record's value with its uncertainty; without one, by
  grade (record `calibration`). Numbers that the records hold from a fit to these same rows have the wide priors of the
  first fit; care in trials of tablets has that of pooled pill-placebo arms, no narrower than 0.1.
- *Not free*: `a_spn`, `a_bdnf` and `s_dis`, which the data see only in products with what is free; `chi`, `spn_max` and
  `tau_sev`, held by the specification; kinetics and the circuit, which are not fitted to mood.
- *The draws themselves*: `euthymia calibrate --nuts --out FOLDER`, hours; `--resume` goes on.

### Small trials

A precision-effect sensitivity analysis for small-trial effects and publication bias: variances by sampling are multiplied
by 1 + {INFLATION * 100:g}/n.

{{small}}

### Anchors

{{anchored}}

### Calibration rows that are not fitted

{{unused}}
- SUSTAIN-1 as a whole: its rows are of relapse, by jumps that are not differentiable; they are fitted apart
  (`euthymia.calibration.relapse`), from other trials.

Not done here: anchors of the kinetics (they are not free); a joint fit of relapse.
"""

if __name__ == "__main__":
    main()
