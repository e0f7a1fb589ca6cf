"""From a request to the objects of the simulator: everything is checked here, before any work."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from euthymia.errors import EuthymiaError
from euthymia.web import limits
from euthymia.web.faults import RefusalError, fault_of
from euthymia.web.schemas_course import DoseAsked, RegimenAsked, WhoAsked

if TYPE_CHECKING:
    from euthymia.patients.who import Who
    from euthymia.runs.treatment import Treatment
    from euthymia.treatment.regimen import Regimen
    from euthymia.trials.design import Trial

DEEP = "nested too deeply to be read"
MOST_DOTS = 100  # in a key of a trial file; reading them takes time by their square


def treatment_of(
    asked: RegimenAsked,
    who: WhoAsked,
    *,
    people: int,
    days: float,
    seed: int,
    fast: bool = False,
    keep: tuple[str, ...] = (),
    where: str = "regimen",
) -> Treatment:
    """Return the treatment that a request describes.

    Args:
        asked: What is given.
        who: Who gets it.
        people: How many; 1 is a typical person.
        days: How long, days.
        seed: Seed of the named streams.
        fast: Coarser steps.
        keep: Variables that a kept run holds.
        where: The regimen's place in the request, for errors.

    Raises:
        RefusalError: When it cannot be given as described; it names the field and the nearest valid name.
    """
    from dataclasses import replace

    from euthymia.models.accounts import mechanism_named
    from euthymia.models.asked import Asked
    from euthymia.models.organs import condition_of
    from euthymia.runs.treatment import Treatment
    from euthymia.treatment.others import sorted_out
    from euthymia.web.commands import simulated

    given = regimen_of(asked, where)
    with naming(f"{where}.alongside"):
        others = sorted_out(asked.alongside)
    with naming(f"{where}.mechanism"):
        mechanism = mechanism_named(asked.mechanism)
    with naming(f"{where}.therapy"):
        beside = Asked(asked.therapy, others.acting, asked.deplete_on, mechanism)
    treated = who_of(who)
    if people == 1 and treated.failed:
        raise RefusalError(
            422, "failed courses select people from a group; ask for 2 people or more", where="who.failed"
        )
    made = Treatment(
        regimen=given,
        days=days,
        population=people,
        seed=seed,
        fast=fast,
        condition=condition_of(who.kidneys, who.liver, others.kinetic),
        asked=beside,
        keep=keep,
        who=treated,
    )
    return replace(made, command=simulated(made, asked.alongside))


def regimen_of(asked: RegimenAsked, where: str) -> Regimen:
    """Return what is given.

    Raises:
        RefusalError: When the sentence cannot be read, or a dose cannot be given.
    """
    from euthymia.treatment.regimen import Regimen
    from euthymia.treatment.sentence import regimen

    if asked.sentence is not None:
        with naming(f"{where}.sentence"):
            given = regimen(asked.sentence)
    else:
        doses = []
        for place, dose in enumerate(asked.doses or ()):
            with naming(f"{where}.doses.{place}"):
                doses.append(_dose(dose))
        with naming(f"{where}.doses"):
            given = Regimen(tuple(doses))
    if len(given) > limits.MOST_DOSES:
        said = f"{len(given)} doses; expected {limits.MOST_DOSES} or less"
        raise RefusalError(422, said, given=len(given), allowed=f"at most {limits.MOST_DOSES}", where=where)
    return given


def who_of(asked: WhoAsked) -> Who:
    """Return the people of a request; what is left at its default is as `euthymia simulate` has it."""
    from euthymia.patients.who import Who

    said = {name: getattr(asked, name) for name in asked.model_fields_set - {"kidneys", "liver"}}
    with naming("who"):
        return Who(**said)


def trial_of(name: str | None, toml: str | None, where: str = "trial") -> Trial:
    """Return a trial of the package, or that of a text; never one from a file of this machine.

    Args:
        name: Its name; None where there is a text.
        toml: The text of a trial file.
        where: The name's place in the request, for errors.

    Raises:
        RefusalError: When there is no trial of the name, or the text cannot be conducted.
    """
    from euthymia.errors import UnknownNameError
    from euthymia.trials.catalogue import load_trial, trial_names
    from euthymia.trials.protocol import parse_trial

    if name is not None:
        with naming(where):
            if name.strip().lower() not in trial_names():
                raise UnknownNameError("trial", name, trial_names())
            return load_trial(name)
    with naming("toml"):
        try:
            if any(line.partition("=")[0].count(".") > MOST_DOTS for line in (toml or "").splitlines()):
                raise EuthymiaError(f"the trial is {DEEP}")
            return parse_trial(toml or "", "the trial")
        except RecursionError:
            raise EuthymiaError(f"the trial is {DEEP}") from None


@contextlib.contextmanager
def naming(where: str) -> Iterator[None]:
    """Name the field of the request in what our own errors say."""
    try:
        yield
    except EuthymiaError as error:
        found = fault_of(error, where)
        refusal = RefusalError(422, found["message"])
        refusal.fault = found
        raise refusal from None


def _dose(asked: DoseAsked):
    """Return one dose of a timeline."""
    from euthymia.treatment.dose import HOURS_PER_DAY, Dose, DoseUnit
    from euthymia.treatment.drug import Route

    try:
        route = Route(asked.route.strip().lower())
    except ValueError:
        from euthymia.errors import UnknownNameError

        raise UnknownNameError("route", asked.route, [each.value for each in Route]) from None
    t = HOURS_PER_DAY * (asked.day - 1) + asked.hour
    return Dose(t, asked.drug, route, asked.amount, DoseUnit(asked.unit.value), asked.duration_h)
