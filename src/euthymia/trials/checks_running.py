"""Whether a trial can be run as its file says: what several of these values together show."""

from __future__ import annotations

from collections.abc import Iterator

from euthymia.symptoms.scale import Scale
from euthymia.trials.design import Arm, Trial
from euthymia.trials.letting_in import HIGHEST, lowest_of, scale_of_entry
from euthymia.trials.running import Randomisation, Stratum
from euthymia.trials.strata import ratio_of, strata_of

Problem = tuple[str, str]  # path of the key, what is wrong with it


def problems(trial: Trial) -> Iterator[Problem]:
    """Yield what keeps a trial from being run as written."""
    yield from _scales(trial)
    yield from _screening(trial)
    yield from _adherence(trial)
    if trial.randomisation is not None:
        yield from _blocks(trial, trial.randomisation)
        yield from _strata(trial, trial.randomisation)


def without_people(trial: Trial, arm: Arm) -> bool:
    """Return whether nothing says how severe the people of an arm of the first phase are."""
    return arm.baseline is None and trial.screening is None


def _scales(trial: Trial) -> Iterator[Problem]:
    """Yield what keeps people from being let in by one scale."""
    who, scale = trial.population, scale_of_entry(trial)
    if who.MADRS_min is not None and scale is Scale.HAMD17:
        yield "population.MADRS_min", "given; people are let in by the HAMD17 here: give HAMD17_min"
    if who.HAMD17_min is not None and scale is Scale.MADRS:
        yield (
            "population.HAMD17_min",
            'given; people are let in by the MADRS here: say scale = "HAMD17" in every baseline, or in screening',
        )
    for place, arm in enumerate(trial.phases[0].arms):
        if trial.screening is None and arm.baseline is not None and arm.baseline.scale is not scale:
            yield (
                f"phases[0].arms[{place}].baseline.scale",
                f"given {arm.baseline.scale}; the arms before have {scale}, and all are let in by one scale",
            )


def _screening(trial: Trial) -> Iterator[Problem]:
    rules = trial.screening
    if rules is None:
        return
    if not rules.sd > 0.0:
        yield "screening.sd", f"given {rules.sd:g}; it must be above 0"
    if rules.inflation and lowest_of(trial) is None:
        key = f"population.{scale_of_entry(trial)}_min"
        yield "screening.inflation", f"given {rules.inflation:g}; totals are lifted to a limit, so it needs {key}"
    if rules.other_failures >= 1.0:
        yield "screening.other_failures", f"given {rules.other_failures:g}; below 1, or nobody is ever randomised"


def _adherence(trial: Trial) -> Iterator[Problem]:
    rules = trial.adherence
    if rules is None:
        return
    if rules.partial and not 0.0 < rules.fraction < 1.0:
        yield "adherence.fraction", f"given {rules.fraction:g}; a part of a dose lies between 0 and 1"
    if rules.fraction < 1.0 and not rules.partial:
        yield "adherence.fraction", f"given {rules.fraction:g}; it says how much is taken with probability `partial`"
    widest = float((rules.tablets * (1.0 - rules.tablets)) ** 0.5)
    if rules.tablets_sd and rules.tablets_sd >= widest:
        yield (
            "adherence.tablets_sd",
            f"given {rules.tablets_sd:g}; shares with a mean of {rules.tablets:g} have an SD below {widest:.3g}",
        )


def _blocks(trial: Trial, rules: Randomisation) -> Iterator[Problem]:
    arms = trial.phases[0].arms
    if rules.ratio and len(rules.ratio) != len(arms):
        yield "randomisation.ratio", f"given {len(rules.ratio)} shares; the first phase has {len(arms)} arms"
        return
    ratio = ratio_of(rules, trial.phases[0])
    if rules.block % max(sum(ratio), 1):
        shares = ":".join(map(str, ratio))
        hint = "" if rules.ratio else "; give the planned one as `ratio` where sizes came out unequal"
        yield (
            "randomisation.block",
            f"given {rules.block}; allowed: multiples of {sum(ratio)}, as arms are as {shares}{hint}",
        )
    if trial.screening is None and len({_who(arm) for arm in arms}) > 1:
        yield "randomisation", "given; people are drawn before they are allotted, so all arms need the same baseline"


def _who(arm: Arm) -> tuple[float, float] | None:
    return None if arm.baseline is None else (arm.baseline.mean, arm.baseline.sd)


def _strata(trial: Trial, rules: Randomisation) -> Iterator[Problem]:
    """Yield strata that nobody can be in, or that are too many."""
    path = "randomisation.strata"
    for each, count in ((Stratum.SITE, trial.sites), (Stratum.REGION, trial.regions)):
        if each in rules.strata and count < 2:
            yield path, f"given {each.value!r}; there is {count} ({each.value}s), so that nobody is in another stratum"
    yield from _severe(trial, rules)
    people = sum(arm.n or 0 for arm in trial.phases[0].arms)
    if strata_of(trial, rules) > people:
        yield path, f"given {strata_of(trial, rules)} strata for {people} people; allowed: no more strata than people"


def _severe(trial: Trial, rules: Randomisation) -> Iterator[Problem]:
    path, cut = "randomisation.severity_from", rules.severity_from
    if (Stratum.SEVERITY in rules.strata) != (cut is not None):
        yield path, "it goes together with 'severity' among the strata; give both or neither"
    lowest, highest = lowest_of(trial) or 0.0, HIGHEST[scale_of_entry(trial)]
    if cut is not None and not lowest < cut <= highest:
        yield path, f"given {cut:g}; one stratum has no members, as totals at entry are from {lowest:g} to {highest:g}"
