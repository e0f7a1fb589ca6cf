"""By which scale people are let into a trial, and from which total on."""

from __future__ import annotations

from euthymia.symptoms.scale import Scale
from euthymia.trials.design import Trial

HIGHEST = {Scale.MADRS: 60.0, Scale.HAMD17: 52.0}  # points, on the scales by which people can be let in


def scale_of_entry(trial: Trial) -> Scale:
    """Return the scale by whose total people are let in: that of screening, or that of the first phase's baselines."""
    if trial.screening is not None:
        return trial.screening.scale
    return next((arm.baseline.scale for arm in trial.phases[0].arms if arm.baseline), Scale.MADRS)


def lowest_of(trial: Trial) -> float | None:
    """Return the smallest total on the scale of entry that is let in, points; None where there is no limit."""
    who = trial.population
    return who.HAMD17_min if scale_of_entry(trial) is Scale.HAMD17 else who.MADRS_min
