"""The words of tables and figures: numbers, times, intervals and measures as a reader of trials expects them."""

from __future__ import annotations

import math

from euthymia.trials.results import Comparison, Interval

MINUS = "\N{MINUS SIGN}"
NO_VALUE = "\N{EN DASH}"

MEASURES = {
    "MADRS_baseline": "MADRS at baseline",
    "MADRS_total": "MADRS",
    "MADRS_change": "MADRS change",
    "MADRS_change_diff": "MADRS change, difference",
    "response": "response",
    "remission": "remission",
    "MADRS_total_diff": "MADRS, difference",
    "CADSS_mean": "mean CADSS",
    "SBP_max_increase": "largest rise of systolic pressure",
    "DBP_max_increase": "largest rise of diastolic pressure",
    "MOAAS_le3": "MOAA/S of 3 or less",
    "PHQ9_change": "PHQ-9 change",
    "dropout_all_cause": "left the trial",
    "dropout_adverse_event": "left for an adverse event",
}


def printable(text: str) -> str:
    """Return text on one line with control characters made visible: a file must not drive anybody's terminal."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in " ".join(text.split()))


def number(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """Return a number with a fixed number of decimals and a true minus sign; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    text = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    bare = text.lstrip("+-")
    if not any(digit in "123456789" for digit in bare):
        return bare
    return text.replace("-", MINUS)


def interval(value: Interval | None, digits: int = 1, *, scale: float = 1.0) -> str:
    """Return ``mean [low, high]``, each multiplied by ``scale``."""
    if value is None or not math.isfinite(value.mean):
        return NO_VALUE
    mean, low, high = (number(part * scale, digits) for part in (value.mean, value.low, value.high))
    return f"{mean} [{low}, {high}]"


def percent(value: Interval | None) -> str:
    """Return an interval of fractions in percent."""
    return interval(value, 0, scale=100.0)


def when(t: float | None) -> str:
    """Return the time after randomisation as trials say it: baseline, hours, then study days (day 1 is t = 0)."""
    if t is None or not math.isfinite(t):
        return "time not given"
    if t == 0:
        return "baseline"
    return f"{t:g} h" if t < 48 else f"day {t / 24 + 1:g}"


def span(hours: float) -> str:
    """Return a length of time in hours, or in days where it is more than one."""
    return f"{hours:g} h" if hours <= 24 else f"{hours / 24:g} days"


def measure(row: Comparison) -> str:
    """Return what a row measures, in words."""
    return MEASURES.get(row.measure, row.measure.replace("_", " ").replace("AE ", "adverse event: "))


def measured(row: Comparison) -> str:
    """Return what a row measures with its estimator, and the sign of a percentage."""
    how = f" ({row.estimator})" if row.estimator not in ("", "raw") else ""
    return measure(row) + how + (", %" if unit_suffix(row.unit) == " %" else "")


def arm(row: Comparison) -> str:
    """Return a row's arm, a difference of arms with a true minus sign."""
    return row.arm.replace(" - ", f" {MINUS} ")


def unit_suffix(unit: str) -> str:
    """Return the unit as it follows a number: nothing for a fraction, a bare sign for percent."""
    return {"1": "", "": "", "percent": " %", "%": " %"}.get(unit, f" {unit}")


def published(row: Comparison) -> str:
    """Return the published value with the widest statement of spread that the paper gives."""
    value = number(row.value, 1)
    if row.ci_low is not None and row.ci_high is not None:
        return f"{value} (CI {number(row.ci_low)} to {number(row.ci_high)})"
    if row.se is not None:
        return f"{value} (SE {number(row.se, 2)})"
    return f"{value} (SD {number(row.sd)})" if row.sd is not None else value


def is_contrast(row: Comparison) -> bool:
    """Return whether a published row is a difference between arms."""
    return row.measure.endswith("_diff") or " - " in row.arm
