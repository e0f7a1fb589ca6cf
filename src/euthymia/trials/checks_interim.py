"""Whether a trial can be looked at as its file says: what no single value shows, but several together do."""

from __future__ import annotations

from collections.abc import Iterator

from euthymia.trials.checks_rules import no_name
from euthymia.trials.design import Analysis, Endpoint, Trial, reference_of, visits_of
from euthymia.trials.interim import Futility, FutilityRule, Interim, Reestimation, ResizeRule, SpendingRule
from euthymia.trials.protocol_interim import MOST_LOOKS

Problem = tuple[str, str]  # path of the key, what is wrong with it
STEP = 0.01  # of all people, between two looks
FEWEST = 2  # people of an arm at a look
FAMILIES = (SpendingRule.GAMMA, SpendingRule.POWER)


def interim_problems(trial: Trial) -> Iterator[Problem]:
    """Yield what keeps the looks of a trial from being held."""
    interim = trial.interim
    if interim is None:
        return
    yield from _looks(trial, interim)
    yield from _shape("interim", interim.spending, interim.shape)
    yield from _arm(trial, interim)
    if trial.primary.endpoint is Endpoint.TIME_TO_RELAPSE:
        yield "interim", f"given; looks are held at trials of a score or of response, not of {trial.primary.endpoint}"
    if trial.primary.analysis in (Analysis.CROSS_OVER, Analysis.SPCD):
        yield "interim", f"given; looks are held at trials of parallel arms, not of {trial.primary.analysis}"
    if interim.standard_error is not None and not interim.standard_error > 0.0:
        yield "interim.standard_error", f"given {interim.standard_error:g}; it must be above 0"
    if interim.futility is not None:
        yield from _futility(interim, interim.futility)
    if interim.reestimation is not None:
        yield from _reestimation(trial, interim, interim.reestimation)


def _looks(trial: Trial, interim: Interim) -> Iterator[Problem]:
    looks = interim.looks
    shown = ", ".join(f"{share:g}" for share in looks)
    if not 2 <= len(looks) <= MOST_LOOKS:
        yield "interim.looks", f"given {len(looks)} ({shown}); from 2 to {MOST_LOOKS}, the last of which is the end"
    if looks[-1] != 1.0:
        yield "interim.looks", f"given {shown}; the last is 1, the end of the trial"
    if any(later - earlier < STEP for earlier, later in zip((0.0, *looks), looks, strict=False)):
        yield "interim.looks", f"given {shown}; shares rise from above 0 by {STEP:g} or more"
    few = min((arm.n or 0) * looks[0] for arm in trial.phases[0].arms)
    if few < FEWEST:
        yield (
            "interim.looks",
            f"given {looks[0]:g} first; an arm would have {few:.1f} people by then, {FEWEST} are needed",
        )


def _shape(path: str, rule: SpendingRule, shape: float | None) -> Iterator[Problem]:
    if shape is not None and rule not in FAMILIES:
        yield f"{path}.shape", f"given {shape:g}; only {' and '.join(FAMILIES)} have one, and spending is {rule}"
    if shape is not None and rule is SpendingRule.POWER and not shape > 0.0:
        yield f"{path}.shape", f"given {shape:g}; that of {rule} must be above 0"


def _arm(trial: Trial, interim: Interim) -> Iterator[Problem]:
    phase = next(
        (one for one in trial.phases if any(visit.label == trial.primary.visit for visit in visits_of(trial, one))),
        None,
    )
    if phase is None:
        return  # primary.visit is refused by itself
    reference = reference_of(phase)
    compared = [arm.name for arm in phase.arms if arm is not reference]
    if interim.arm is None and len(compared) > 1:
        yield "interim.arm", f"missing; several arms are compared, say which decides: {', '.join(compared)}"
    if interim.arm is not None and interim.arm not in compared:
        yield "interim.arm", no_name("arm compared with the reference", interim.arm, compared)


def _futility(interim: Interim, futility: Futility) -> Iterator[Problem]:
    path = "interim.futility"
    if interim.sided == 2:
        yield path, "given with sided = 2; a trial is given up for futility where its test has one side"
    wanted, other = ("power", "below") if futility.by is FutilityRule.BETA_SPENDING else ("below", "power")
    value = getattr(futility, wanted)
    if value is None:
        yield f"{path}.{wanted}", f"missing; {futility.by} needs it"
    elif not 0.0 < value < 1.0:
        yield f"{path}.{wanted}", f"given {value:g}; it lies between 0 and 1"
    elif wanted == "power" and value < 0.5:
        yield f"{path}.power", f"given {value:g}; an effect that is missed more often than found is none to plan for"
    if getattr(futility, other) is not None:
        yield f"{path}.{other}", f"given; {futility.by} has none"
    yield from _shape(path, futility.spending, futility.shape)


def _reestimation(trial: Trial, interim: Interim, again: Reestimation) -> Iterator[Problem]:
    path = "interim.reestimation"
    if trial.randomisation is not None:
        yield path, "given with [randomisation]; blocks of a larger trial allot people otherwise, leave out one of both"
    if again.at >= len(interim.looks):
        yield (
            f"{path}.at",
            f"given {again.at}; of {len(interim.looks)} looks, 1 to {len(interim.looks) - 1} come before the end",
        )
    if not again.largest > 1.0:
        yield f"{path}.largest", f"given {again.largest:g}; a size that may grow has more than 1"
    if not 0.0 < again.target < 1.0:
        yield f"{path}.target", f"given {again.target:g}; a power lies between 0 and 1"
    if again.rule is ResizeRule.BLINDED:
        yield from _blinded(trial, path, again)
        return
    if again.effect is not None:
        yield f"{path}.effect", f"given; {again.rule} takes the trend so far"
    if again.low is not None and not 0.0 <= again.low < again.target:
        yield f"{path}.low", f"given {again.low:g}; the zone lies from low to target, {again.target:g}"
    if interim.sided == 2:
        yield f"{path}.rule", f"{again.rule} with sided = 2; the zone is one of an advantage, ask for sided = 1"


def _blinded(trial: Trial, path: str, again: Reestimation) -> Iterator[Problem]:
    if again.effect is None or not again.effect > 0.0:
        yield f"{path}.effect", "missing or 0; the blinded rule needs the difference that is to be found"
    if again.low is not None:
        yield f"{path}.low", f"given; {again.rule} has no zone"
    if trial.primary.endpoint is not Endpoint.MADRS_CHANGE:
        yield (
            f"{path}.rule",
            f"{again.rule} is about the spread of a score, and the endpoint is {trial.primary.endpoint}",
        )
