"""Analysing a conducted trial: arms by visit, contrasts, safety, and each published row beside ours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euthymia.evidence.published import Estimator, Measure, PublishedRow
from euthymia.symptoms.scale import Scale
from euthymia.trials import predict
from euthymia.trials.contrasts import contrasts
from euthymia.trials.contrasts_phases import contrasts_over_phases
from euthymia.trials.data import PhaseData, TrialData, discontinued
from euthymia.trials.describe import blinding, item_means, scale_visits, screening
from euthymia.trials.design import arms_of, reference_of
from euthymia.trials.events import relapse_contrasts, responder_contrasts
from euthymia.trials.replicates import LEVELS, interval, mean_of, of_members
from euthymia.trials.results import (
    Accuracy,
    ArmDropout,
    ArmInfo,
    ArmVisit,
    Band,
    ChangeDistribution,
    Comparison,
    SafetyVisit,
    TrialSummary,
    chain_assumptions,
)
from euthymia.trials.sessions import Sessions, sessions_of


def summarise(data: TrialData, sessions: Sessions | None = None) -> TrialSummary:
    """Return everything that a report of the trial needs.

    Args:
        data: The conducted trial.
        sessions: What its sessions say, where it was joined without them.
    """
    trial = data.trial
    if sessions is None:
        sessions = sessions_of(data)
    return TrialSummary(
        trial=trial.id,
        title=trial.title,
        registry=trial.registry,
        citation=trial.citation,
        split=str(trial.split),
        seed=data.seed,
        replicates=data.replicates,
        subjects=data.left.shape[1],
        arms=tuple(
            ArmInfo(
                arm.name, arm.n, str(arm.regimen), arm.comedication.text or str(arm.comedication.kind), arm.reference
            )
            for arm in arms_of(trial)
        ),
        arm_visits=tuple(visit for phase in data.phases for visit in _arm_visits(data, phase)),
        contrasts=(
            *(found for phase in data.phases for found in contrasts(data, phase)),
            *contrasts_over_phases(data),
        ),
        comparisons=tuple(compare(data, row, sessions.rows.get(place)) for place, row in enumerate(trial.published)),
        safety=tuple(_safety(sessions)),
        bands=tuple(_bands(data)),
        distributions=tuple(_distributions(data)),
        dropout=tuple(_dropout(data)),
        accuracy=Accuracy("largest estimated error of anybody's severity", data.error, "points"),
        assumptions=chain_assumptions(*(("relapse",) if trial.relapse_jumps else ())),
        command="",
        version="",
        notes=trial.notes,
        item_means=tuple(mean for phase in data.phases for mean in item_means(phase)),
        scale_visits=tuple(visit for phase in data.phases for visit in scale_visits(data, phase)),
        blinding=tuple(arm for phase in data.phases for arm in blinding(phase)),
        responders=tuple(found for phase in data.phases for found in responder_contrasts(data, phase)),
        relapses=tuple(found for phase in data.phases for found in relapse_contrasts(data, phase)),
        screening=screening(data),
    )


def compare(data: TrialData, row: PublishedRow, predicted: np.ndarray | predict.Nothing | None = None) -> Comparison:
    """Return a published row with our prediction beside it.

    Args:
        data: The conducted trial.
        row: The row.
        predicted: The prediction, [replicate], or why there is none, where it is known already.
    """
    blank = Comparison(
        row_id=row.row_id,
        arm=_arm_words(data, row),
        phase=row.phase,
        measure=str(row.measure),
        definition=row.definition,
        estimator=str(row.estimator),
        t=float("nan") if row.t is None else row.t,
        unit=str(row.unit),
        value=row.value,
        sd=row.sd,
        se=row.se,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        n=row.n,
        split=str(row.split),
        status=str(row.status),
        predicted=None,
        signed_error=None,
        inside=None,
        why_not="",
        source=row.source,
    )
    found = predict.predict(data, row) if predicted is None else predicted
    if isinstance(found, predict.Nothing):
        return _because(blank, found.why)
    if not np.isfinite(found).any():
        return _because(blank, "too few people in every replicate")
    return blank.against(interval(found))


def _because(row: Comparison, why: str) -> Comparison:
    return replace(row, why_not=why)


def _arm_words(data: TrialData, row: PublishedRow) -> str:
    if row.measure not in (Measure.MADRS_CHANGE_DIFF, Measure.MADRS_TOTAL_DIFF):
        return row.arm
    phase = next((phase for phase in data.trial.phases if phase.name == row.phase), None)
    reference = reference_of(phase) if phase else None
    return f"{row.arm} - {reference.name}" if reference else row.arm


def _arm_visits(data: TrialData, phase: PhaseData) -> list[ArmVisit]:
    fall, threshold = predict.rules(data.trial, Scale.MADRS)
    observed, carried = (predict.totals_by(phase, estimator) for estimator in (Estimator.OC, Estimator.LOCF))
    found = []
    for arm in phase.phase.arms:
        who = phase.members((arm.name,))
        for place, visit in enumerate(phase.visits):
            OC, LOCF = observed[..., place], carried[..., place]
            change = OC - phase.baseline
            responded = [totals <= (1.0 - fall) * phase.baseline for totals in (OC, LOCF)]
            remitted = [totals <= threshold for totals in (OC, LOCF)]
            seen = [np.isfinite(OC), np.isfinite(LOCF)]
            found.append(
                ArmVisit(
                    arm=arm.name,
                    phase=phase.phase.name,
                    visit=visit.label,
                    t=visit.t,
                    n=interval((who & seen[0]).sum(1).astype(float)),
                    MADRS=mean_of(OC, who),
                    change=mean_of(change, who),
                    sd_change=interval(of_members(_sd, change, who)),
                    response_OC=interval(predict.share(responded[0], seen[0], who)),
                    response_LOCF=interval(predict.share(responded[1], seen[1], who)),
                    remission_OC=interval(predict.share(remitted[0], seen[0], who)),
                    remission_LOCF=interval(predict.share(remitted[1], seen[1], who)),
                )
            )
    return found


def _sd(values: np.ndarray, axis: int) -> np.ndarray:
    return np.nanstd(values, axis=axis, ddof=1)


def _safety(sessions: Sessions) -> list[SafetyVisit]:
    return [SafetyVisit(one.arm, one.t, one.minute, interval(one.CADSS), interval(one.SBP)) for one in sessions.after]


def _bands(data: TrialData) -> list[Band]:
    found = []
    for arm, course in zip(data.phases[0].phase.arms, data.severity, strict=True):
        low, high = np.percentile(course, LEVELS, axis=0)
        found.append(Band(arm.name, data.days, course.mean(0), low, high))
    return found


def _distributions(data: TrialData) -> list[ChangeDistribution]:
    phase = data.phases[0]
    change = predict.change_by(phase, Estimator.OC)[0, :, -1]
    visit = phase.visits[-1]
    return [
        ChangeDistribution(arm.name, visit.label, visit.t, change[phase.members((arm.name,))[0]])
        for arm in phase.phase.arms
    ]


def _dropout(data: TrialData) -> list[ArmDropout]:
    phase = data.phases[0]
    published = {row.arm: row.value / 100.0 for row in data.trial.published if row.measure is Measure.DROPOUT_ALL_CAUSE}
    found = []
    for arm in phase.phase.arms:
        who = phase.members((arm.name,))
        gone = discontinued(data, phase).astype(float)
        found.append(ArmDropout(arm.name, mean_of(gone, who), published.get(arm.name)))
    return found
