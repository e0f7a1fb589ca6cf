"""Invented results for tests of tables, figures and reports; no number here is a prediction or a finding."""

from __future__ import annotations

import numpy as np

from euthymia.engine.course import Course, CourseMeta, Series
from euthymia.trials.results import (
    Accuracy,
    ArmDropout,
    ArmInfo,
    ArmVisit,
    Band,
    ChangeDistribution,
    Comparison,
    Contrast,
    Interval,
    SafetyVisit,
    TrialSummary,
)

ACTIVE, PLACEBO = "esketamine 56/84 mg + AD", "placebo + AD"
ASSUMPTIONS = (
    {
        "name": "esketamine.ka_n",
        "value": 2.93,
        "unit": "1/h",
        "meaning": "absorption through the nasal mucosa",
        "source": "perezruixo2021",
        "where": "Table 3",
        "grade": "measured in patients",
    },
    {
        "name": "brain.Kpuu",
        "value": 1.0,
        "unit": "1",
        "meaning": "unbound brain over unbound plasma",
        "source": "",
        "where": "",
        "grade": "assumed",
    },
)


def around(mean: float, half: float) -> Interval:
    return Interval(mean, mean - half, mean + half)


def row(row_id: str, arm: str, measure: str, t: float, value: float, **more: object) -> Comparison:
    known: dict[str, object] = {
        "phase": "induction",
        "definition": "",
        "estimator": "OC",
        "unit": "points",
        "sd": None,
        "se": None,
        "ci_low": None,
        "ci_high": None,
        "n": None,
        "split": "calibration",
        "status": "read",
        "predicted": None,
        "signed_error": None,
        "inside": None,
        "why_not": "this measure is not simulated",
        "source": "author2000",
    }
    return Comparison(row_id=row_id, arm=arm, measure=measure, t=t, value=value, **(known | more))  # type: ignore[arg-type]


def comparisons() -> tuple[Comparison, ...]:
    return (
        row("A1", ACTIVE, "MADRS_baseline", 0.0, 37.0, sd=5.7, n=114, estimator="raw").against(around(37.0, 0.9)),
        row("A2", PLACEBO, "MADRS_baseline", 0.0, 37.3, sd=5.7, n=109, estimator="raw").against(around(37.3, 0.9)),
        row("A3", ACTIVE, "MADRS_change", 648.0, -21.4, sd=12.3, n=101).against(around(-20.1, 2.0)),
        row("A4", PLACEBO, "MADRS_change", 648.0, -17.0, sd=13.9, n=100).against(around(-13.0, 2.1)),
        row("A5", ACTIVE, "MADRS_total", 336.0, 24.8, sd=10.1, n=107).against(around(24.0, 1.8)),
        row("A6", PLACEBO, "MADRS_total", 336.0, 27.2, sd=11.4, n=102).against(around(28.1, 1.9)),
        row(
            "A7", ACTIVE, "MADRS_change_diff", 648.0, -4.0, estimator="MMRM", se=1.69, ci_low=-7.31, ci_high=-0.64
        ).against(around(-5.1, 2.9)),
        row("A8", ACTIVE, "response", 648.0, 69.3, unit="percent", n=101).against(around(61.0, 8.1)),
        row("A9", PLACEBO, "response", 648.0, 52.0, unit="percent", n=100).against(around(41.0, 8.3)),
        row("A10", ACTIVE, "AE_dysgeusia", 648.0, 24.3, unit="percent", n=115, estimator="raw"),
    )


def arm_visit(arm: str, visit: str, t: float, madrs: float) -> ArmVisit:
    share = np.clip((37.0 - madrs) / 34.0, 0.0, 1.0)
    fall = around(float(share), 0.07)
    return ArmVisit(
        arm, "induction", visit, t, Interval(104.0, 99.0, 109.0), around(madrs, 1.7), around(madrs - 37.0, 1.9),
        around(11.9, 1.2), fall, fall, fall, fall,
    )  # fmt: skip


def band(arm: str, fall: float) -> Band:
    t = np.linspace(0.0, 648.0, 55)
    mean = 37.0 - fall * (1.0 - np.exp(-t / 200.0))
    half = 0.9 + 1.4 * t / 648.0
    return Band(arm, t, mean, mean - half, mean + half)


def safety(arm: str, peak: float, rise: float) -> tuple[SafetyVisit, ...]:
    minutes = (0.0, 40.0, 90.0, 120.0)
    shape = (0.0, 1.0, 0.3, 0.05)
    return tuple(
        SafetyVisit(arm, t, minute, around(peak * size * fade, 0.5 + peak * size * 0.1), around(rise * size, 1.5))
        for t, fade in ((0.0, 1.0), (576.0, 0.45))
        for minute, size in zip(minutes, shape, strict=True)
    )


def trial_summary() -> TrialSummary:
    draw = np.random.default_rng(7)
    visits = (("day 2", 24.0, 0.25), ("day 8", 168.0, 0.55), ("day 15", 336.0, 0.75), ("day 28", 648.0, 1.0))
    return TrialSummary(
        trial="sample",
        title="A sample trial of a nasal spray",
        registry="NCT00000000",
        citation="Author 2000, Journal 1:1",
        split="calibration",
        seed=1,
        replicates=200,
        subjects=223,
        arms=(
            ArmInfo(ACTIVE, 114, "esketamine 56 mg nasal on day 1", "new oral antidepressant"),
            ArmInfo(PLACEBO, 109, "placebo nasal on day 1", "new oral antidepressant", reference=True),
        ),
        arm_visits=tuple(
            arm_visit(arm, label, t, 37.0 - part * fall)
            for arm, fall in ((ACTIVE, 20.1), (PLACEBO, 14.0))
            for label, t, part in visits
        ),
        contrasts=tuple(
            Contrast(ACTIVE, PLACEBO, "induction", label, t, "ANCOVA, OC", around(-6.1 * part, 2.9), 1.7, 0.7 * part)
            for label, t, part in visits
        ),
        comparisons=comparisons(),
        safety=safety(ACTIVE, 12.0, 8.0) + safety(PLACEBO, 0.7, 1.5),
        bands=(band(ACTIVE, 20.9), band(PLACEBO, 14.5)),
        distributions=(
            ChangeDistribution(ACTIVE, "day 28", 648.0, draw.normal(-20.1, 11.9, 114).round()),
            ChangeDistribution(PLACEBO, "day 28", 648.0, draw.normal(-14.0, 12.5, 109).round()),
        ),
        dropout=(
            ArmDropout(ACTIVE, around(0.11, 0.05), 0.132),
            ArmDropout(PLACEBO, around(0.12, 0.05)),
        ),
        accuracy=Accuracy("largest numerical error of MADRS at any visit", 0.0031, "points"),
        assumptions=ASSUMPTIONS,
        command="euthymia trial run sample --replicates 200 --seed 1",
        version="0.1.0",
        notes=("the people's ancestry is not known and is assumed",),
    )


def course(persons: int = 1) -> Course:
    t = np.linspace(0.0, 672.0, 400)
    rates = np.linspace(0.7, 1.3, persons)[:, None] if persons > 1 else 1.0
    return Course(
        t,
        {
            "plasma": Series(90.0 * rates * (t / 0.5) * np.exp(1 - t / 0.5) * (t < 12), "ng/mL", "plasma esketamine"),
            "spines": Series(1.0 + 0.2 * rates * (1 - np.exp(-t / 100)), "1", "spine density"),
            "MADRS": Series(37.0 - 18.0 * rates * (1 - np.exp(-t / 90)), "points", "MADRS"),
            "CADSS": Series(15.0 * rates * (t / 0.7) * np.exp(1 - t / 0.7), "points", "CADSS total"),
            "SBP change": Series(9.0 * rates * (t / 0.7) * np.exp(1 - t / 0.7), "mmHg", "change in systolic pressure"),
        },
        CourseMeta(
            "esketamine 84 mg nasal on day 1",
            seed=1 if persons > 1 else None,
            persons=persons,
            engine="sample",
            error_estimate={"MADRS": 0.002},
            assumptions=ASSUMPTIONS,
            command='euthymia simulate "esketamine 84 mg nasal on day 1" --days 28',
            version="0.1.0",
        ),
    )
