"""ADQS: ratings by subject, parameter and visit: the MADRS items, totals on every scale, and dissociation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from euthymia.report.adam_dataset import Block, Dataset, Form, assembled, sas_day, study_day
from euthymia.report.adam_subjects import COMMON, arm_names
from euthymia.symptoms.items import Item
from euthymia.symptoms.scale import Scale
from euthymia.trials.data import SAFETY_MINUTES, PhaseData, TrialData

PERIOD = ("TRTP", "TRTPN", "TRTA", "TRTAN", "APERIOD", "APERIODC")
PARAMETER = ("PARAM", "PARAMCD", "PARAMN", "PARCAT1")
FORM = Form(
    "ADQS",
    "Ratings Analysis Dataset",
    "One record per subject, parameter, analysis visit, timepoint and derivation type",
    (
        *(*PERIOD, *PARAMETER, "AVAL", "AVALU", "BASE", "BASETYPE", "CHG", "PCHG", "DTYPE", "ABLFL"),
        *("ANL01FL", "ANL02FL", "CRIT1", "CRIT1FL", "CRIT2", "CRIT2FL", "ADT", "ADY", "AVISIT", "AVISITN"),
        *("ATPT", "ATPTN"),
    ),
    ("USUBJID", "PARAMN", "APERIOD", "AVISITN", "ATPTN", "DTYPE"),
    COMMON,
)
TOTALS = {
    Scale.MADRS: ("MADRSTOT", "MADRS Total Score", 11.0),
    Scale.HAMD17: ("HAMD17", "HAMD-17 Total Score", 12.0),
    Scale.QIDS_SR16: ("QIDSSR16", "QIDS-SR16 Total Score", 13.0),
    Scale.PHQ9: ("PHQ9", "PHQ-9 Total Score", 14.0),
}
CADSS = ("CADSS", "CADSS Total Score by the Drug (continuous)", 21.0)
DIGITS = 3  # of dissociation, which is no whole number here
BASELINE, POINTS = "Baseline", "points"


def scores(data: TrialData, subjects: Dataset, start: date) -> Dataset:
    """Return ADQS of a single replicate.

    Records with DTYPE LOCF carry the last total forward to visits after somebody left. ANL01FL marks what was observed
    after baseline, ANL02FL that and what was carried forward.

    Args:
        data: One replicate.
        subjects: ADSL.
        start: The date of everybody's randomisation.
    """
    blocks = [block for place, phase in enumerate(data.phases, 1) for block in _phase(data, phase, place, start)]
    return assembled(FORM, [*blocks, *_dissociation(data, start)], subjects)


def period(phase: PhaseData, place: int, who: np.ndarray) -> dict[str, object]:
    """Return the treatment and period of rows of a phase."""
    arm, number = arm_names(phase)[who], phase.arm[0][who] + 1.0
    name = phase.phase.name
    return {"TRTP": arm, "TRTPN": number, "TRTA": arm, "TRTAN": number, "APERIOD": float(place), "APERIODC": name}


def _phase(data: TrialData, phase: PhaseData, place: int, start: date) -> Iterator[Block]:
    """Return every parameter at the start of a phase and at its visits."""
    if phase.items is not None and phase.baseline_items is not None:
        for item in Item:
            column = item.column
            words: dict[str, object] = {
                "PARAM": f"MADRS {column + 1:02d}-{str(item).capitalize()}",
                "PARAMCD": f"MADRS{column + 1:02d}",
                "PARAMN": column + 1.0,
                "PARCAT1": "MADRS",
            }
            values = phase.items[0, :, :, column].astype(float)
            yield from _visits(phase, place, words, phase.baseline_items[0, :, column].astype(float), values, start)
    for scale in (Scale.MADRS, *phase.scores):
        code, title, number = TOTALS[scale]
        words = {"PARAM": title, "PARAMCD": code, "PARAMN": number, "PARCAT1": str(scale)}
        rated = phase.on(scale)
        made = _visits(phase, place, words, rated.baseline[0], rated.total[0], start)
        yield from (_judged(data, scale, block) for block in made)
        yield from _carried(data, phase, place, words, scale, start)


def _visits(
    phase: PhaseData, place: int, words: dict[str, object], base: np.ndarray, values: np.ndarray, start: date
) -> Iterator[Block]:
    """Return the baseline of one parameter, and what was observed of it, visit by visit."""
    who = np.flatnonzero((phase.arm[0] >= 0) & np.isfinite(base))
    yield _block(phase, place, who, words, base, base[who], (BASELINE, phase.phase.start), start, {"ABLFL": "Y"})
    for column, visit in enumerate(phase.visits):
        who = np.flatnonzero(phase.observed[0, :, column] & np.isfinite(values[:, column]))
        flags: dict[str, object] = {"ANL01FL": "Y", "ANL02FL": "Y"}
        block = _block(phase, place, who, words, base, values[who, column], (visit.label, visit.t), start, flags)
        yield block if phase.times is None else _came(block, phase.times[0, who, column], start)


def _came(block: Block, t: np.ndarray, start: date) -> Block:
    """Return rows of a visit with the days on which people came to it, who came at ``t`` (h)."""
    return Block(block.who, {**block.values, "ADT": sas_day(start, t), "ADY": study_day(t)})


def _carried(
    data: TrialData, phase: PhaseData, place: int, words: dict[str, object], scale: Scale, start: date
) -> Iterator[Block]:
    """Return totals that are carried forward to visits at which nobody of these was seen any more."""
    from euthymia.evidence.published import Estimator
    from euthymia.trials.quantity import totals_by

    carried, base = totals_by(phase, Estimator.LOCF, scale)[0], phase.on(scale).baseline[0]
    planned = np.isfinite(phase.on(scale).total[0])
    for column, visit in enumerate(phase.visits):
        gone = ~phase.observed[0, :, column] & (phase.arm[0] >= 0)
        who = np.flatnonzero(gone & planned[:, column] & np.isfinite(carried[:, column]))
        flags: dict[str, object] = {"ANL02FL": "Y", "DTYPE": "LOCF"}
        at = (visit.label, visit.t)
        yield _judged(data, scale, _block(phase, place, who, words, base, carried[who, column], at, start, flags))


def _block(
    phase: PhaseData,
    place: int,
    who: np.ndarray,
    words: dict[str, object],
    base: np.ndarray,
    values: np.ndarray,
    visit: tuple[str, float],
    start: date,
    flags: dict[str, object],
) -> Block:
    label, t = visit
    change = values - base[who] if "ABLFL" not in flags else np.full(who.size, np.nan)
    share = np.full(who.size, np.nan)
    np.divide(100.0 * change, base[who], out=share, where=np.isfinite(change) & (base[who] > 0.0))
    return Block(
        who,
        {
            **words,
            **period(phase, place, who),
            **flags,
            "AVAL": values,
            "AVALU": POINTS,
            "BASE": base[who],
            "BASETYPE": f"Start of {phase.phase.name}",
            "CHG": change,
            "PCHG": share,
            "ADT": sas_day(start, t),
            "ADY": study_day(t),
            "AVISIT": label,
            "AVISITN": t / 24.0,
        },
    )


def _judged(data: TrialData, scale: Scale, block: Block) -> Block:
    """Return rows of totals with whether they count as response and as remission."""
    from euthymia.trials.quantity import rules

    if "ABLFL" in block.values:
        return block
    fall, threshold = rules(data.trial, scale)
    total, base = np.asarray(block.values["AVAL"]), np.asarray(block.values["BASE"])
    known = np.isfinite(base)
    responds = np.where(known, np.where(total <= (1.0 - fall) * base, "Y", "N"), "").astype(object)
    more: dict[str, object] = {
        "CRIT1": f"{scale} fell by at least {100 * fall:g} % of baseline",
        "CRIT1FL": responds,
        "CRIT2": f"{scale} of at most {threshold:g}",
        "CRIT2FL": np.where(total <= threshold, "Y", "N").astype(object),
    }
    return Block(block.who, {**block.values, **more})


def _dissociation(data: TrialData, start: date) -> Iterator[Block]:
    """Return dissociation by the drug after each session, as the model has it."""
    seen, (code, title, number) = data.safety.seen, CADSS
    if seen is None:
        return
    for place, phase, row, t in sessions(data):
        who = np.flatnonzero(seen.attended[0, :, row] & (phase.arm[0] >= 0))
        for column, minute in enumerate(SAFETY_MINUTES):
            words: dict[str, object] = {"PARAM": title, "PARAMCD": code, "PARAMN": number, "PARCAT1": "CADSS"}
            times = {"ADT": sas_day(start, t), "ADY": study_day(t), "AVISIT": session_label(t), "AVISITN": t / 24.0}
            point = {"ATPT": f"{minute:g} min after the dose", "ATPTN": minute, "ANL01FL": "Y"}
            values = {"AVAL": np.round(data.safety.CADSS[0, who, row, column], DIGITS), "AVALU": POINTS}
            yield Block(who, {**words, **period(phase, place, who), **times, **point, **values})


def sessions(data: TrialData) -> Iterator[tuple[int, PhaseData, int, float]]:
    """Return every session with its phase: number and data of the phase, place of the session, and its time in h."""
    last = len(data.phases)
    for place, phase in enumerate(data.phases, 1):
        for row, t in enumerate(data.safety.t):
            if phase.phase.start <= t and (t < phase.phase.end or place == last):
                yield place, phase, row, float(t)


def session_label(t: float) -> str:
    """Return what a session at ``t`` hours is called."""
    return f"Dosing, day {int(t // 24) + 1}"
