"""The curves of a course: which there may be, where their numbers come from, and how many people become five lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from euthymia.web.schemas import CurveMeta

if TYPE_CHECKING:
    import numpy as np

PERCENTILES = (5, 25, 50, 75, 95)
DIGITS = 4
NOTHING = 1e-12  # smaller numbers are rounding, and are answered as 0

_KETAMINE, _CHAIN = ["esketamine", "brain"], ["plasticity"]
_SEROTONIN = ["sert", "serotonin"]
CURVES = tuple(
    CurveMeta(name=name, label=label, unit=unit, group=group, records=records, default=default)
    for name, label, unit, group, records, default in (
        ("plasma", "Level of the leading drug in blood", "ng/mL", "plasma", _KETAMINE, True),
        ("noresketamine", "Noresketamine in plasma", "ng/mL", "plasma", _KETAMINE, False),
        ("effect site", "Free ketamine at the effect site", "uM", "plasma", ["brain"], False),
        ("SERT occupancy", "Occupied serotonin transporters", "1", "receptors", ["sert"], True),
        ("NMDA block E", "Blocked NMDA receptors, pyramidal cells", "1", "receptors", ["nmda"], False),
        ("NMDA block PV", "Blocked NMDA receptors, PV interneurons", "1", "receptors", ["nmda"], True),
        ("NMDA block SST", "Blocked NMDA receptors, SST interneurons", "1", "receptors", ["nmda"], False),
        ("surge", "Glutamate surge (rise of the pyramidal rate)", "1", "circuit", ["pfc1"], True),
        ("feedforward transfer", "Transfer between two areas, upwards", "1", "circuit", ["pfc1"], False),
        ("feedback transfer", "Transfer between two areas, back", "1", "circuit", ["pfc1"], False),
        ("BDNF", "BDNF release and TrkB signal", "1", "plasticity", _CHAIN, True),
        ("translation", "Translation (mTORC1)", "1", "plasticity", _CHAIN, False),
        ("potentiation", "Fast synaptic potentiation", "1", "plasticity", _CHAIN, True),
        ("spines", "Spine density (healthy = 1)", "1", "plasticity", _CHAIN, True),
        ("skills", "Learned skills", "1", "plasticity", ["therapy"], True),
        ("serotonin", "Serotonin outside cells (rest = 1)", "1", "serotonin", _SEROTONIN, False),
        ("autoreceptors", "Sensitivity of autoreceptors (untreated = 1)", "1", "serotonin", _SEROTONIN, False),
        ("severity change", "Change of severity by treatment, without care", "points", "mood", ["amplitudes"], False),
        ("MADRS", "MADRS with care and expectation", "points", "mood", ["amplitudes", "rating"], True),
        ("CADSS", "Dissociation (CADSS)", "points", "harms", ["dissociation"], True),
        ("SBP change", "Rise of systolic pressure", "mmHg", "harms", ["pressure"], True),
        ("DBP change", "Rise of diastolic pressure", "mmHg", "harms", ["pressure"], False),
        ("sedation", "Chance of any sedation (MOAA/S below 5)", "1", "harms", ["sedation"], False),
        ("unresponsive", "Chance of not responding (anaesthesia)", "1", "harms", ["anaesthesia"], False),
        ("memory", "Chance that a moment is remembered", "1", "harms", ["memory"], False),
        ("ventilation", "Minute ventilation", "L/min", "harms", ["respiration"], False),
        ("drug liking", "Drug liking (50 is neutral)", "points", "harms", ["abuse"], False),
    )
)
NAMES = tuple(each.name for each in CURVES)
DEFAULT = tuple(each.name for each in CURVES if each.default)


def chosen_times(t: np.ndarray, guide: np.ndarray, window: tuple[float, float] | None, points: int) -> np.ndarray:
    """Return which of the computed times are answered; peaks and troughs of the guide are always among them.

    Args:
        t: All times, h, [time].
        guide: What is to keep its shape, [time].
        window: From and to, h; everything when None.
        points: How many at most.

    Returns:
        Places in ``t``, ascending.
    """
    import numpy as np

    low, high = window or (-np.inf, np.inf)
    inside = np.flatnonzero((t >= low) & (t <= high))
    if inside.size <= points:
        return inside
    kept = {int(inside[0]), int(inside[-1])}
    for part in np.array_split(inside, max((points - 2) // 3, 1)):
        kept |= {int(part[0]), int(part[guide[part].argmin()]), int(part[guide[part].argmax()])}
    return np.array(sorted(kept))


def percentiles(values: np.ndarray) -> np.ndarray:
    """Return the percentiles over people at each time.

    Args:
        values: [time, person].

    Returns:
        [percentile, time], in the unit of the values; not a number where nobody is known.
    """
    import numpy as np

    shares = np.array(PERCENTILES) / 100.0
    if np.isnan(values).any():
        known = ~np.isnan(values).all(axis=1)
        found = np.full((shares.size, len(values)), np.nan)
        found[:, known] = np.nanquantile(values[known], shares, axis=1)
        return found
    ordered = np.sort(values, axis=1)
    place = shares * (ordered.shape[1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    return (ordered[:, below] + (place - below) * (ordered[:, above] - ordered[:, below])).T


def rounded(values: np.ndarray) -> list:
    """Return numbers with 4 significant digits as lists for JSON; None where there is none."""
    import numpy as np

    known = np.isfinite(values) & (np.abs(values) > NOTHING)
    size = np.floor(np.log10(np.abs(values), where=known, out=np.zeros(values.shape)))
    scale = 10.0 ** np.abs(DIGITS - 1 - size)
    fine = size < DIGITS
    with np.errstate(over="ignore", invalid="ignore"):  # in the branch that is not taken
        cut = np.where(fine, np.round(values * scale) / scale, np.round(values / scale) * scale)
    cut = np.where(known, cut, 0.0)
    if np.isfinite(values).all():
        return cut.tolist()
    found = cut.astype(object)
    found[~np.isfinite(values)] = None
    return found.tolist()
