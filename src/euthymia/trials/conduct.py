"""Conducting a trial: people are drawn, dosed, titrated, rated, and some leave; then it is done again with others."""

from __future__ import annotations

from collections.abc import Callable

from euthymia.engine.ensemble import Settings
from euthymia.errors import EuthymiaError, TrialFileError
from euthymia.models.dosing import SHAM, followed, what_is_followed
from euthymia.models.transporters import bound_by_dose
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.drug import DrugClass
from euthymia.trials.batch import Batch
from euthymia.trials.checks_titration import of_tablets
from euthymia.trials.data import TrialData
from euthymia.trials.design import Arm, ComedicationKind, Trial, arms_of
from euthymia.trials.schedule import check_sessions
from euthymia.trials.stacking import stacked

REPLICATES_A_BATCH = 64  # bounds the memory of long runs; people's draws are their own, so it reaches no result


def conduct(
    trial: Trial,
    *,
    seed: int = 1,
    replicates: int = 1,
    threads: int | None = None,
    chunk: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> TrialData:
    """Conduct a trial.

    Args:
        trial: The design.
        seed: Seed of the named streams; the same seed gives the same bytes whatever ``threads`` and ``chunk``.
        replicates: How many times.
        threads: Worker threads; all cores when None.
        chunk: People a task.
        progress: Called with the share of the work that is done.

    Raises:
        TrialFileError: When the design asks for something that has no model yet.
    """
    check(trial)
    settings = Settings(threads=threads) if chunk is None else Settings(threads=threads, chunk=chunk)

    def batch(first: int) -> TrialData:
        last = min(first + REPLICATES_A_BATCH, replicates)
        found = Batch(trial, seed, range(first, last), settings).conducted()
        if progress:
            progress(last / replicates)
        return found

    return stacked(map(batch, range(0, replicates, REPLICATES_A_BATCH)), replicates)


def conduct_one(trial: Trial, *, seed: int = 1, number: int = 1, threads: int | None = None) -> TrialData:
    """Conduct a single replicate of a trial: that one of `conduct` with the same seed, without those before it.

    Args:
        trial: The design.
        seed: Seed of the named streams.
        number: Which replicate, 1 for the first.
        threads: Worker threads; all cores when None.

    Raises:
        TrialFileError: When the design asks for something that has no model yet.
        EuthymiaError: When the number is below 1.
    """
    if number < 1:
        raise EuthymiaError(f"replicate is {number}; expected 1 or more")
    check(trial)
    return Batch(trial, seed, range(number - 1, number), Settings(threads=threads)).conducted()


def conduct_some(trial: Trial, *, seed: int, numbers: range, threads: int | None = None) -> TrialData:
    """Conduct some replicates of a trial: those of `conduct` with the same seed.

    Args:
        trial: The design.
        seed: Seed of the named streams.
        numbers: Which replicates, 0 for the first.
        threads: Worker threads; all cores when None.

    Raises:
        TrialFileError: When the design asks for something that has no model yet.
    """
    check(trial)
    return Batch(trial, seed, numbers, Settings(threads=threads)).conducted()


def check(trial: Trial) -> None:
    """Refuse, before any work, a design that asks for something without a model.

    Raises:
        TrialFileError: Naming the arm and what it asks for.
    """
    for arm in arms_of(trial):
        check_sessions(trial.id, arm)
        rescue = [dose for rule in arm.rules if rule.regimen is not None for dose in rule.regimen]
        for dose in (*arm.regimen, *rescue):
            if find_drug(dose.drug).kind is DrugClass.ORAL_ANTIDEPRESSANT or dose.drug == SHAM:
                continue
            if not followed(dose.drug, dose.route):
                raise TrialFileError(
                    f"{trial.id}, arm {arm.name!r}: {dose.drug} {dose.route} has no model; "
                    f"allowed: {what_is_followed()}, oral antidepressants"
                )
        if arm.titration is not None and of_tablets(arm):
            _check_tablets(trial, arm)
    for phase in trial.phases[1:]:
        if all(arm.entry is None for arm in phase.arms):
            raise TrialFileError(f"{trial.id}, phase {phase.name!r}: no arm says who enters it (entry)")


def _check_tablets(trial: Trial, arm: Arm) -> None:
    """Refuse to titrate tablets whose dose makes no difference here.

    Raises:
        TrialFileError: Naming the arm and the drug.
    """
    for drug in sorted({dose.drug for dose in arm.regimen} - set(bound_by_dose())):
        raise TrialFileError(
            f"{trial.id}, arm {arm.name!r}: the dose of {drug} is not followed; "
            f"tablets that can be titrated: {', '.join(bound_by_dose())}"
        )
    if arm.comedication.kind is not ComedicationKind.NONE:
        raise TrialFileError(
            f"{trial.id}, arm {arm.name!r}: tablets are only followed without comedication; "
            f"given {arm.comedication.kind.value!r}"
        )
