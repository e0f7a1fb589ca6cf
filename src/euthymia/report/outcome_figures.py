"""Figures of a conducted trial: means by visit, people one by one, who gains how much, who stays, who stays well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from euthymia.evidence.published import Estimator
from euthymia.report import drawing, trial_figures
from euthymia.report.adam_times import relapsing
from euthymia.report.consort import consort
from euthymia.report.consort_figure import flow
from euthymia.report.outcome_marks import Mark, marks
from euthymia.report.sheet import Sheet
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Phase
from euthymia.trials.results import ArmVisit, TrialSummary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HOURS_PER_DAY = 24.0
PEOPLE_SHOWN = 40  # of an arm, one by one; more would hide each other
CURVES = 201  # points of a curve
SHIFT = 0.006  # share of the axis by which arms stand apart at a visit
LEVELS = (5.0, 95.0)
STEPS = 5  # times at which people at risk are counted


def sheets(data: TrialData, summary: TrialSummary) -> tuple[Sheet, ...]:
    """Return every figure that a trial has.

    Args:
        data: The conducted trial.
        summary: What it says.
    """
    first = next((each for each in reversed(data.phases) if len(each.phase.arms) > 1), data.phases[0])
    made = [means(summary, [each.phase for each in data.phases])]
    made += [spaghetti(data, first), waterfall(data, first), cumulative(data, first), leaving(data)]
    made += [relapse(data, phase) for phase in relapsing(data)]
    made += [forest(summary)] if trial_figures.forest_rows(summary) else []
    return (flow(consort(data)), *made)


def means(summary: TrialSummary, phases: list[Phase]) -> Sheet:
    """Return the mean change by visit, a panel a phase, with the 90 % predictive interval of a trial of this size."""
    shown = [phase for phase in phases if any(row.phase == phase.name for row in summary.arm_visits)]

    def draw(figure: Figure) -> None:
        panels = figure.subplots(max(len(shown), 1), 1, squeeze=False)[:, 0]
        for axes, phase in zip(panels, shown, strict=False):
            span = (phase.end - phase.start) / HOURS_PER_DAY
            for place, (name, mark) in enumerate(marks(phase).items()):
                rows = [row for row in summary.arm_visits if row.phase == phase.name and row.arm == name]
                _means(axes, rows, mark, phase.start, SHIFT * span * (place - (len(phase.arms) - 1) / 2))
            drawing.days_axis(axes, phase.end / HOURS_PER_DAY, phase.start / HOURS_PER_DAY)
            axes.axhline(0.0, color=drawing.INK, linewidth=0.8)
            axes.set_ylabel("change in MADRS, points")
            axes.set_title(phase.name, pad=14 + 12 * -(-len(phase.arms) // 2))
            axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)

    caption = "Mean change of those seen, since the start of the phase; bars: 90 % predictive interval of that mean in "
    caption += "a trial of this size."
    return Sheet("means", "Mean change by visit", caption, 3.4 * max(len(shown), 1), draw)


def spaghetti(data: TrialData, phase: PhaseData) -> Sheet:
    """Return totals person by person in the first replicate, a panel an arm, with the mean of those seen."""
    look = marks(phase.phase)
    t = np.array([phase.phase.start, *(visit.t for visit in phase.visits)]) / HOURS_PER_DAY

    def draw(figure: Figure) -> None:
        rows = -(-len(look) // 2)
        panels = figure.subplots(rows, min(len(look), 2), sharex=True, sharey=True, squeeze=False).ravel()
        for axes, (name, mark) in zip(panels, look.items(), strict=False):
            people = _courses(phase, name)
            axes.plot(t, people[:PEOPLE_SHOWN].T, color=mark.colour, linewidth=0.6, alpha=0.45)
            mean = [column[np.isfinite(column)].mean() if np.isfinite(column).any() else np.nan for column in people.T]
            axes.plot(t, mean, color=drawing.INK, linewidth=2.2, marker=mark.marker, markersize=4)
            axes.set_title(f"{mark.label}: {min(len(people), PEOPLE_SHOWN)} of {len(people)} people")
        for axes in panels[len(look) :]:
            axes.set_visible(False)
        for axes in panels[:: min(len(look), 2)]:
            axes.set_ylabel("MADRS, points")
        for axes in panels[max(len(look) - 2, 0) : len(look)]:
            drawing.days_axis(axes, phase.phase.end / HOURS_PER_DAY, phase.phase.start / HOURS_PER_DAY)
            axes.tick_params(labelbottom=True)

    caption = "Thin: people of one replicate until they left; thick: mean of all of the arm who were seen."
    height = 0.4 + 2.5 * -(-len(look) // 2)
    return Sheet("spaghetti", "Ratings person by person", caption, height, draw)


def waterfall(data: TrialData, phase: PhaseData) -> Sheet:
    """Return everybody's change at their last rating in the first replicate, sorted, a panel an arm."""
    look, fall = marks(phase.phase), data.trial.response.fall
    percent = _percent(data, phase)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(len(look), 1, sharey=True, squeeze=False)[:, 0]
        for axes, (name, mark) in zip(panels, look.items(), strict=True):
            mine = percent[0, phase.members((name,))[0]]
            bars = np.sort(mine[np.isfinite(mine)])[::-1]
            hatch = [bar <= -100.0 * fall for bar in bars]
            axes.bar(np.arange(bars.size), bars, width=1.0, color=mark.colour, alpha=0.45, linewidth=0)
            axes.bar(np.flatnonzero(hatch), bars[hatch], width=1.0, color=mark.colour, linewidth=0)
            axes.axhline(0.0, color=drawing.INK, linewidth=0.8)
            axes.axhline(-100.0 * fall, color=drawing.INK, linewidth=0.8, linestyle=(0, (4, 2)))
            axes.set_title(f"{mark.label}: {sum(hatch)} of {bars.size} people respond")
            axes.set_ylabel("change, %")
            axes.set_xticks([])
        panels[-1].set_xlabel("people, from the least to the greatest improvement")

    caption = f"Change in {data.trial.scale} at the last rating of each person in one replicate, % of baseline; "
    caption += f"full colour, below the dashed line: a fall of {100 * fall:g} % or more."
    return Sheet("waterfall", "Change person by person", caption, 0.5 + 1.6 * len(look), draw)


def cumulative(data: TrialData, phase: PhaseData) -> Sheet:
    """Return the share of an arm that improved by at least so much, with its 90 % predictive interval."""
    look, percent = marks(phase.phase), _percent(data, phase)
    gain = np.linspace(0.0, 100.0, CURVES)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for name, mark in look.items():
            _band(axes, gain, 100.0 * _improved(percent, phase.members((name,)), gain), mark)
        axes.axvline(100.0 * data.trial.response.fall, color=drawing.INK, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set_xlim(0.0, 100.0)
        axes.set_ylim(0.0, 100.0)
        axes.set_xlabel(f"improvement in {data.trial.scale} of at least, % of baseline")
        axes.set_ylabel("% of people")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)

    caption = "At the last rating of each person. Lines: mean over replicates; bands: 90 % predictive interval of a "
    caption += "trial of this size; dashed upright: what counts as response."
    return Sheet("cumulative", "Cumulative response", caption, 3.6, draw)


def leaving(data: TrialData) -> Sheet:
    """Return the share of each arm of the first phase that has not left, with its 90 % predictive interval."""
    phase, ends = data.phases[0], max(each.phase.end for each in data.phases)
    time = np.minimum(data.left, ends)
    return _survival(
        ("leaving", "Staying in the trial", "% still in the trial"), phase, time, np.isfinite(data.left), 0.0, ends
    )


def relapse(data: TrialData, phase: PhaseData) -> Sheet:
    """Return the share of each arm of a phase without relapse, with its 90 % predictive interval.

    Args:
        data: The conducted trial, which says what a relapse is.
        phase: A phase.
    """
    from euthymia.trials.relapse import relapses

    rule = data.trial.relapse
    if rule is None:
        raise ValueError("a trial without a rule of relapse has no such figure")
    found, begin = relapses(phase, rule), phase.phase.start
    names = (f"relapse-{phase.phase.name.replace(' ', '-')}", "Staying well", "% without relapse")
    return _survival(names, phase, begin + found.time, found.event, begin, phase.phase.end)


def forest(summary: TrialSummary) -> Sheet:
    """Return predicted differences between arms beside those that were published."""
    rows, caption = trial_figures.forest_rows(summary), "Round: predicted, 90 % interval; diamond: published, with the "
    caption += "interval of the paper."
    return Sheet(
        *("forest", "Differences between arms, predicted and published", caption, 1.2 + 0.5 * len(rows)),
        lambda figure: trial_figures.draw_contrasts(figure, rows),
    )


def _survival(
    names: tuple[str, str, str], phase: PhaseData, time: np.ndarray, event: np.ndarray, begin: float, end: float
) -> Sheet:
    look, t = marks(phase.phase), np.linspace(begin, end, CURVES)

    def draw(figure: Figure) -> None:
        axes, below = figure.subplots(2, 1, height_ratios=(4.0, 0.4 + 0.35 * len(look)), sharex=True)
        counted = np.linspace(begin, end, STEPS)
        for row, (name, mark) in enumerate(look.items()):
            who = phase.members((name,))
            _band(axes, t / HOURS_PER_DAY, 100.0 * _staying(time, event, who, t), mark)
            for at in counted:
                risk = f"{(who & (time >= at)).sum(1).mean():.0f}"
                below.text(at / HOURS_PER_DAY, -row, risk, ha="center", va="center", color=mark.colour, fontsize=8.5)
        axes.set_ylim(0.0, 103.0)
        axes.set_ylabel(names[2])
        below.set_yticks([-row for row in range(len(look))], [mark.label for mark in look.values()])
        below.set_ylim(0.6 - len(look), 0.6)
        below.grid(visible=False)
        below.spines[["left", "bottom"]].set_visible(False)
        below.tick_params(left=False)
        below.set_title("at risk, mean over replicates", fontsize=8.5, fontweight="normal")
        drawing.days_axis(below, end / HOURS_PER_DAY, begin / HOURS_PER_DAY)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)

    caption = "Kaplan-Meier curves: mean over replicates; bands: 90 % predictive interval of a trial of this size."
    return Sheet(names[0], names[1], caption, 3.6 + 0.25 * len(look), draw)


def _staying(time: np.ndarray, event: np.ndarray, who: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return Kaplan-Meier curves at times t, [replicate, t]; empty arms are left out."""
    from euthymia.statistics.survival import kaplan_meier

    rows = [row for row in range(len(time)) if who[row].any()]
    curves = [kaplan_meier(time[row, who[row]], event[row, who[row]]).at(t) for row in rows]
    return np.array(curves).reshape(-1, t.size)


def _improved(percent: np.ndarray, who: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Return the share with at least each improvement (%), [replicate, gain]; empty arms are left out."""
    known = [each[mine & np.isfinite(each)] for each, mine in zip(percent, who, strict=True)]
    curves = [(-each[:, None] >= gain).mean(0) for each in known if each.size]
    return np.array(curves).reshape(-1, gain.size)


def _percent(data: TrialData, phase: PhaseData) -> np.ndarray:
    """Return people's change at their last rating, % of baseline, [replicate, subject]; NaN where never rated."""
    from euthymia.trials.quantity import change_by

    scale = data.trial.scale
    change, base = change_by(phase, Estimator.LOCF, scale)[..., -1], phase.on(scale).baseline
    found = np.full(change.shape, np.nan)
    np.divide(100.0 * change, base, out=found, where=base > 0.0)
    return found


def _courses(phase: PhaseData, arm: str) -> np.ndarray:
    """Return totals of the people of an arm in the first replicate, [person, visit]; NaN after they left."""
    who = phase.members((arm,))[0]
    seen = np.where(phase.observed[0], phase.MADRS[0], np.nan)[who]
    return np.concatenate([phase.baseline[0, who, None], seen], axis=1)


def _means(axes: Axes, rows: list[ArmVisit], mark: Mark, start: float, shift: float) -> None:
    known = [row for row in rows if np.isfinite(row.change.mean)]
    t = np.array([start, *(row.t for row in known)]) / HOURS_PER_DAY + shift
    mean = np.array([0.0, *(row.change.mean for row in known)])
    low = mean - np.array([0.0, *(row.change.low for row in known)])
    high = np.array([0.0, *(row.change.high for row in known)]) - mean
    style = {"color": mark.colour, "linestyle": mark.dash, "marker": mark.marker, "markersize": 5, "capsize": 2.5}
    axes.errorbar(t, mean, yerr=[np.maximum(low, 0.0), np.maximum(high, 0.0)], label=mark.label, **style)


def _band(axes: Axes, x: np.ndarray, curves: np.ndarray, mark: Mark) -> None:
    if not curves.size:
        return
    low, high = np.percentile(curves, LEVELS, axis=0)
    axes.fill_between(x, low, high, color=mark.colour, alpha=0.15, linewidth=0)
    axes.plot(x, curves.mean(0), color=mark.colour, linestyle=mark.dash, label=mark.label)
