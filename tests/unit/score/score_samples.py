"""Trials of made-up numbers: the designs of the package, published rows that nobody published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split, Status, unit_of
from euthymia.score.emax_fit import drug_fall, new_tablets, reference_fall
from euthymia.score.endpoint import arms_behind
from euthymia.score.given import Treatment, given
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Trial

DESIGN = load_trial("transform-1")
LOW, HIGH, PLACEBO = "56 mg + AD", "84 mg + AD", "placebo + AD"


def row(
    name: str,
    arm: str,
    measure: Measure,
    value: float = 10.0,
    *,
    estimator: Estimator = Estimator.OC,
    t: float = 648.0,
    sd: float | None = None,
    se: float | None = None,
    split: Split = Split.CALIBRATION,
) -> PublishedRow:
    return PublishedRow(
        row_id=name,
        arm=arm,
        phase="induction",
        measure=measure,
        estimator=estimator,
        t=t,
        value=value,
        unit=unit_of(measure),
        source="made up",
        status=Status.READ,
        split=split,
        n=50,
        sd=sd,
        se=se,
    )


def trial(name: str, *rows: PublishedRow) -> Trial:
    return replace(DESIGN, id=name, registry="", published=rows)


def emax_trials(theta: np.ndarray, count: int, times: Sequence[float], seed: int, n: int = 150) -> list[Trial]:
    """Return trials whose changes follow equation (1) of the regression, with trial effects and errors of sampling."""
    rng, sd = np.random.default_rng(seed), 10.0
    found = []
    for number in range(count):
        u, v = np.exp(theta[6]) * rng.normal(), np.exp(theta[7]) * rng.normal()
        rows = []
        for arm in (LOW, HIGH, PLACEBO):
            what = given(DESIGN, arms_behind(DESIGN, row("", arm, Measure.MADRS_CHANGE))[0])
            place = 0 if what.treatment is Treatment.ESKETAMINE else -1
            common = np.sqrt(0.6) * rng.normal()  # errors of two visits of an arm go together by 0.6
            for t in times:
                hours = np.array(t)
                fall = reference_fall(theta, hours, np.array(new_tablets(what))) + u
                fall = fall + (1.0 + v) * drug_fall(theta, hours, place, np.array(what.dose))
                error = sd / np.sqrt(n) * (common + np.sqrt(0.4) * rng.normal())
                rows.append(row(f"{arm} {t}", arm, Measure.MADRS_CHANGE, float(error - fall), t=t, sd=sd))
        found.append(trial(f"made up {number}", *(replace(one, n=n) for one in rows)))
    return found
