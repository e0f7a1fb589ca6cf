"""Figures of a trial: the course by arm, the contrasts, how people's changes are spread, and safety after a dose."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from euthymia.report import drawing, words
from euthymia.trials.results import Band, Comparison, Contrast, Interval, SafetyVisit, TrialSummary

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import LineStyleType

# Two-sided 90 % of a normal distribution, to set a published standard error beside our 90 % interval.
NORMAL_90 = 1.6448536269514722
BIN_POINTS = 4.0
# Published points of different arms stand this share of the axis apart, or they would hide each other.
POINT_SHIFT = 0.004
ARMS_WITH_TWO_DOSES = 3
SAME_TIME_HOURS = 1.0
TWO_DASHES: tuple[LineStyleType, LineStyleType] = ("-", (0, (3, 2)))
PREFERRED_ESTIMATORS = ("OC", "raw", "MMRM", "LS_mean", "LOCF")


def phases(summary: TrialSummary) -> dict[str, list[str]]:
    """Return the arms of each phase, in the design's order; arms that were never visited stand under no name."""
    phase_of = {visit.arm: visit.phase for visit in summary.arm_visits}
    found: dict[str, list[str]] = {}
    for arm in dict.fromkeys([arm.name for arm in summary.arms] + [band.arm for band in summary.bands]):
        found.setdefault(phase_of.get(arm, ""), []).append(arm)
    return found


def colours(summary: TrialSummary) -> dict[str, str]:
    """Return the colour of each arm; each phase begins the palette anew, reference arms are grey."""
    references = [arm.name for arm in summary.arms if arm.reference]
    merged: dict[str, str] = {}
    for arms in phases(summary).values():
        merged |= drawing.arm_colours(arms, references)
    return merged


def plot_bands(summary: TrialSummary) -> str:
    """Return MADRS by arm over time, a panel a phase: our 90 % interval of the arm mean and the published means."""
    paint, bands = colours(summary), {band.arm: band for band in summary.bands}
    groups = {phase: [arm for arm in arms if arm in bands] for phase, arms in phases(summary).items()}
    shown = {phase: arms for phase, arms in groups.items() if arms}
    last = max((float(band.t[-1]) for band in summary.bands), default=24.0) / 24

    def draw(figure: Figure) -> None:
        panels = figure.subplots(max(len(shown), 1), 1, squeeze=False)[:, 0]
        for axes, arms in zip(panels, shown.values(), strict=False):
            for place, arm in enumerate(arms):
                _band(axes, bands[arm], paint[arm])
                shift = last * POINT_SHIFT * (place - (len(arms) - 1) / 2)
                _published_points(axes, summary, arm, paint[arm], shift=shift)
            first = min(float(bands[arm].t[0]) for arm in arms) / 24
            drawing.days_axis(axes, max(float(bands[arm].t[-1]) for arm in arms) / 24, first)
            axes.set_ylabel("MADRS, points")
            axes.legend(*_unique_legend(axes), loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)

    rows = sum(len(arms) for arms in shown.values())
    return drawing.drawn(3.2 * max(len(shown), 1) + 0.2 * rows, draw, "MADRS by arm over time")


def published_totals(summary: TrialSummary, arm: str) -> list[tuple[float, float, float]]:
    """Return an arm's published MADRS means as (hours, points, half of the 90 % interval or NaN).

    Where a paper gives only the change, its own baseline mean is added; half the interval is then the change's.
    """
    rows = [row for row in summary.comparisons if row.arm == arm]
    baseline = _by_time(rows, "MADRS_baseline")
    start = next(iter(baseline.values())).value if baseline else math.nan
    changes = {t: (row.value + start, row) for t, row in _by_time(rows, "MADRS_change").items()}
    totals = {t: (row.value, row) for t, row in (_by_time(rows, "MADRS_total") | baseline).items()}
    found = changes | totals
    return [(t, value, _half_interval(row)) for t, (value, row) in sorted(found.items()) if math.isfinite(value)]


@dataclass(frozen=True)
class ForestRow:
    """One line of the forest: our interval, and the published row that estimates the same difference, if any."""

    label: str
    ours: Interval
    published: Comparison | None = None


def forest_rows(summary: TrialSummary) -> list[ForestRow]:
    """Return published differences that we predict, then one of our own a visit where no paper printed any."""
    rows = [row for row in summary.comparisons if words.is_contrast(row)]
    found = [
        ForestRow(_forest_label(row.arm, words.when(row.t), row.estimator), row.predicted, row)
        for row in rows
        if row.predicted is not None
    ]
    own: dict[tuple[str, str, str], ForestRow] = {}
    for contrast in summary.contrasts:
        if not any(_same_contrast(row, contrast) for row in rows):
            label = _forest_label(contrast.arm, contrast.visit, contrast.estimator)
            own.setdefault((contrast.arm, contrast.phase, contrast.visit), ForestRow(label, contrast.difference))
    return found + list(own.values())


def plot_contrasts(summary: TrialSummary) -> str:
    """Return the predicted differences between arms as a forest, published ones with their intervals beneath."""
    rows = forest_rows(summary)
    height = 1.2 + 0.5 * max(len(rows), 1)
    return drawing.drawn(height, lambda figure: draw_contrasts(figure, rows), "Differences between arms")


def draw_contrasts(figure: Figure, rows: list[ForestRow]) -> None:
    """Put lines of a forest on a figure."""
    axes = figure.subplots()
    for place, row in enumerate(rows):
        _forest_line(axes, row, -place)
    axes.axvline(0.0, color=drawing.INK, linewidth=0.8)
    axes.set_yticks([-place for place in range(len(rows))], [row.label for row in rows])
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"difference in MADRS, points ({words.MINUS} favours the arm)")
    figure.legend(*_unique_legend(axes), loc="outside upper left", ncols=2)


def plot_distributions(summary: TrialSummary) -> str:
    """Return how people's changes are spread in each arm of one replicate, one panel an arm."""
    paint, shown = colours(summary), [each for each in summary.distributions if np.isfinite(each.change).any()]

    def draw(figure: Figure) -> None:
        panels = figure.subplots(max(len(shown), 1), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        seen = [each.change[np.isfinite(each.change)] for each in shown]
        low = BIN_POINTS * math.floor(min((part.min() for part in seen), default=0.0) / BIN_POINTS)
        high = BIN_POINTS * (math.floor(max((part.max() for part in seen), default=0.0) / BIN_POINTS) + 1)
        edges = np.arange(low, high + BIN_POINTS / 2, BIN_POINTS)
        for axes, each, change in zip(panels, shown, seen, strict=False):
            share = 100.0 * np.histogram(change, edges)[0] / change.size
            axes.bar(edges[:-1], share, BIN_POINTS * 0.92, align="edge", color=paint.get(each.arm, drawing.INK))
            axes.axvline(change.mean(), color=drawing.INK, linestyle="--", linewidth=1.0)
            mean = words.number(float(change.mean()))
            axes.set_title(f"{drawing.short(each.arm)}, {each.visit}: mean {mean}, {change.size} people")
            axes.set_ylabel("% of people")
        panels[-1].set_xlabel("change in MADRS from baseline, points")

    return drawing.drawn(0.5 + 1.5 * max(len(shown), 1), draw, "Spread of changes between people")


def plot_safety(summary: TrialSummary) -> str:
    """Return dissociation and blood pressure in the hours after the first and the last dose shown."""
    paint = colours(summary)

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        for arm in paint:
            doses = sorted({visit.t for visit in summary.safety if visit.arm == arm})
            wanted = doses[:1] + (doses[-1:] if len(paint) <= ARMS_WITH_TWO_DOSES else [])
            for t, dash in zip(dict.fromkeys(wanted), TWO_DASHES, strict=False):
                after = sorted((v for v in summary.safety if v.arm == arm and v.t == t), key=lambda v: v.minute)
                label = f"{drawing.short(arm)}, {words.when(t) if t else 'day 1'}"
                _safety_line(left, after, lambda visit: visit.CADSS, paint[arm], dash, label)
                _safety_line(right, after, lambda visit: visit.SBP, paint[arm], dash, label)
        left.set_title("Dissociation")
        left.set_ylabel("CADSS total, points")
        right.set_title("Systolic pressure")
        right.set_ylabel("change, mmHg")
        for axes in (left, right):
            axes.set_xlabel("minutes after the dose")
            axes.margins(x=0.02)
        figure.legend(*_unique_legend(left), loc="outside upper left", ncols=2)

    return drawing.drawn(3.2, draw, "Safety after a dose")


def _band(axes: Axes, band: Band, colour: str) -> None:
    axes.fill_between(band.t / 24, band.low, band.high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(band.t / 24, band.mean, color=colour, label=f"{drawing.short(band.arm)}, predicted")


def _published_points(axes: Axes, summary: TrialSummary, arm: str, colour: str, *, shift: float) -> None:
    points = published_totals(summary, arm)
    if points:
        t, value, half = (np.array(part) for part in zip(*points, strict=True))
        style = {"fmt": "o", "color": colour, "markeredgecolor": "white", "markersize": 6.5, "capsize": 2.5}
        error = np.nan_to_num(half, nan=0.0)
        axes.errorbar(
            t / 24 + shift,
            value,
            yerr=error,
            elinewidth=1.2,
            label=f"{drawing.short(arm)}, published",
            zorder=3,
            **style,
        )


def _by_time(rows: list[Comparison], measure: str) -> dict[float, Comparison]:
    """Return one row a time: the most raw of the estimators that the papers give."""
    order = {name: place for place, name in enumerate(PREFERRED_ESTIMATORS)}
    kept = [row for row in rows if row.measure == measure and math.isfinite(row.t)]
    ranked = sorted(kept, key=lambda row: order.get(row.estimator, len(order)), reverse=True)
    return {row.t: row for row in ranked}


def _half_interval(row: Comparison) -> float:
    if row.se is not None:
        return NORMAL_90 * row.se
    return NORMAL_90 * row.sd / math.sqrt(row.n) if row.sd is not None and row.n else math.nan


def _forest_label(arm: str, visit: str, estimator: str) -> str:
    return f"{drawing.short(arm.split(' - ')[0])}\n{drawing.short(visit)}, {drawing.short(estimator)}"


def _forest_line(axes: Axes, row: ForestRow, y: float) -> None:
    ours, theirs = row.ours, row.published
    axes.plot([ours.low, ours.high], [y + 0.12] * 2, color=drawing.PALETTE[0], linewidth=2.4, solid_capstyle="butt")
    axes.plot([ours.mean], [y + 0.12], "o", color=drawing.PALETTE[0], label="predicted, 90 % interval")
    if theirs is not None:
        if theirs.ci_low is not None and theirs.ci_high is not None:
            axes.plot([theirs.ci_low, theirs.ci_high], [y - 0.14] * 2, color=drawing.PALETTE[1], linewidth=1.4)
        axes.plot([theirs.value], [y - 0.14], "D", color=drawing.PALETTE[1], markersize=5, label="published")


def _same_contrast(row: Comparison, contrast: Contrast) -> bool:
    near = math.isfinite(row.t) and abs(row.t - contrast.t) < SAME_TIME_HOURS
    return near and row.arm in (contrast.arm, f"{contrast.arm} - {contrast.reference}")


def _safety_line(
    axes: Axes,
    visits: list[SafetyVisit],
    pick: Callable[[SafetyVisit], object],
    colour: str,
    dash: LineStyleType,
    label: str,
) -> None:
    minutes = [visit.minute for visit in visits]
    values = [pick(visit) for visit in visits]
    mean, low, high = ([getattr(value, part) for value in values] for part in ("mean", "low", "high"))
    axes.fill_between(minutes, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(minutes, mean, color=colour, linestyle=dash, marker="o", markersize=3.5, label=label)


def _unique_legend(axes: Axes) -> tuple[list[Artist], list[str]]:
    handles, labels = axes.get_legend_handles_labels()
    kept = dict(zip(labels, handles, strict=True))
    return list(kept.values()), list(kept)
