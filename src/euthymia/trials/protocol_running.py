"""The tables of a trial file that say how it is run from day to day (see docs/trial-format.md)."""

from __future__ import annotations

from euthymia.evidence.strict import (
    Table,
    choice,
    fault,
    has,
    members,
    number,
    numbers,
    only,
    optional_number,
    optional_table,
    whole,
)
from euthymia.symptoms.scale import Scale
from euthymia.trials.letting_in import HIGHEST
from euthymia.trials.running import Adherence, Enrolment, Randomisation, Recruitment, Screening, Stratum

LONGEST_ENROLMENT = 24.0 * 3660  # h, ten years
LARGEST_BLOCK = 1000  # persons


def enrolment(root: Table) -> Enrolment | None:
    """Return when people are randomised; None where a file does not say."""
    entry = optional_table(root, "enrolment")
    if entry is None:
        return None
    only(entry, "duration", "pattern")
    return Enrolment(
        duration=number(entry, "duration", low=0.0, high=LONGEST_ENROLMENT),
        pattern=choice(entry, "pattern", Recruitment, Recruitment.UNIFORM),
    )


def screening(root: Table) -> Screening | None:
    """Return who comes to screening; None where nobody is screened."""
    entry = optional_table(root, "screening")
    if entry is None:
        return None
    only(entry, "before", "mean", "sd", "scale", "inflation", "improved_max", "other_failures")
    scale = scale_of_totals(entry)
    return Screening(
        before=number(entry, "before", low=0.0, high=LONGEST_ENROLMENT),
        mean=number(entry, "mean", low=0.0, high=HIGHEST[scale]),
        sd=number(entry, "sd", low=0.0, high=HIGHEST[scale]),
        scale=scale,
        inflation=optional_number(entry, "inflation", low=0.0, high=HIGHEST[scale]) or 0.0,
        improved_max=optional_number(entry, "improved_max", low=0.0, high=1.0),
        other_failures=optional_number(entry, "other_failures", low=0.0, high=1.0) or 0.0,
    )


def adherence(root: Table) -> Adherence | None:
    """Return what people take of what they are to take; None where they take everything."""
    entry = optional_table(root, "adherence")
    if entry is None:
        return None
    only(entry, "missed", "partial", "fraction", "tablets", "tablets_sd")
    usual, shares = Adherence(), {}
    for key in ("missed", "partial", "fraction", "tablets", "tablets_sd"):
        given = optional_number(entry, key, low=0.0, high=1.0)
        shares[key] = getattr(usual, key) if given is None else given
    return Adherence(**shares)


def randomisation(root: Table) -> Randomisation | None:
    """Return how people are allotted; None where every arm simply has its people."""
    entry = optional_table(root, "randomisation")
    if entry is None:
        return None
    only(entry, "block", "strata", "severity_from", "ratio")
    ratio = numbers(entry, "ratio", low=1.0, high=LARGEST_BLOCK) if has(entry, "ratio") else ()
    if any(share != int(share) for share in ratio):
        raise fault(entry, "ratio", f"given {', '.join(f'{share:g}' for share in ratio)}; whole numbers are needed")
    return Randomisation(
        block=whole(entry, "block", low=1, high=LARGEST_BLOCK),
        strata=members(entry, "strata", Stratum, "stratum"),
        severity_from=optional_number(entry, "severity_from", low=0.0, high=max(HIGHEST.values())),
        ratio=tuple(int(share) for share in ratio),
    )


def scale_of_totals(entry: Table) -> Scale:
    """Return the scale of the totals by which people are let in; the MADRS where a table does not say."""
    scale = choice(entry, "scale", Scale, Scale.MADRS)
    if scale not in HIGHEST:
        raise fault(entry, "scale", f"given {scale}; people are let in by: {', '.join(HIGHEST)}")
    return scale
