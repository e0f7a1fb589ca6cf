"""Items, other scales and guesses of a conducted trial, arm by arm and visit by visit."""

from __future__ import annotations

import numpy as np

from euthymia.symptoms.items import Item
from euthymia.symptoms.scale import Scale
from euthymia.trials.beliefs import given_drug
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.outcomes import ArmBlinding, ItemMean, ScaleVisit, Screening
from euthymia.trials.predict import rules, share
from euthymia.trials.replicates import interval, mean_of

BASELINE = "baseline"


def item_means(phase: PhaseData) -> list[ItemMean]:
    """Return the mean of every item in every arm, at the start of a phase and at its visits."""
    if phase.items is None or phase.baseline_items is None:
        return []
    found = []
    for arm in phase.phase.arms:
        who = phase.members((arm.name,))
        forms = [(BASELINE, phase.phase.start, phase.baseline_items, who)]
        for place, visit in enumerate(phase.visits):
            forms.append((visit.label, visit.t, phase.items[..., place, :], who & phase.observed[..., place]))
        for label, t, items, seen in forms:
            for item in Item:
                score = mean_of(items[..., item.column].astype(float), seen)
                found.append(ItemMean(arm.name, phase.phase.name, label, t, str(item), score))
    return found


def scale_visits(data: TrialData, phase: PhaseData) -> list[ScaleVisit]:
    """Return every arm at every visit on the scales that are filled in beside the MADRS."""
    return [
        found
        for scale in phase.scores
        for arm in phase.phase.arms
        for place in range(len(phase.visits))
        if (found := _scale_visit(data, phase, scale, arm.name, place)) is not None
    ]


def _scale_visit(data: TrialData, phase: PhaseData, scale: Scale, arm: str, place: int) -> ScaleVisit | None:
    scores, visit, who = phase.on(scale), phase.visits[place], phase.members((arm,))
    if np.isnan(scores.total[..., place]).all():
        return None
    total = np.where(phase.observed[..., place], scores.total[..., place], np.nan)
    fall, threshold = rules(data.trial, scale)
    rated = np.isfinite(total)
    compared = rated & np.isfinite(scores.baseline)
    return ScaleVisit(
        *(arm, phase.phase.name, visit.label, visit.t, str(scale)),
        n=interval((who & rated).sum(1).astype(float)),
        score=mean_of(total, who),
        change=mean_of(total - scores.baseline, who),
        response=interval(share(total <= (1.0 - fall) * scores.baseline, compared, who)),
        remission=interval(share(total <= threshold, rated, who)),
    )


def blinding(phase: PhaseData) -> list[ArmBlinding]:
    """Return what people of every arm answered about it; nothing where nobody was asked."""
    told = phase.guesses
    if told is None or not told.asked.any():
        return []
    found = []
    for arm in phase.phase.arms:
        who, drug = phase.members((arm.name,)) & told.asked, given_drug(arm)
        says = share(told.says_drug, told.asked, who)
        right = says if drug else 1.0 - says
        found.append(
            ArmBlinding(
                *(arm.name, phase.phase.name, drug),
                asked=interval(who.sum(1).astype(float)),
                belief=mean_of(told.belief, who),
                says_drug=interval(says),
                index=interval(2.0 * right - 1.0),
            )
        )
    return found


def screening(data: TrialData) -> Screening | None:
    """Return who came to screening; None where the trial does not screen."""
    came = data.screened
    if came is None:
        return None
    failed = {str(why): interval(count.astype(float)) for why, count in came.by_reason().items()}
    return Screening(interval(came.people.astype(float)), failed)
