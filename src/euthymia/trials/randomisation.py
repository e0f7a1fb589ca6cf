"""Randomisation by permuted blocks within strata: who, in the order of coming, goes into which arm."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from euthymia.trials.design import Trial
from euthymia.trials.draws import Draws
from euthymia.trials.running import Randomisation, Stratum
from euthymia.trials.sites import region, sites
from euthymia.trials.strata import ratio_of


def placed(trial: Trial, rules: Randomisation, draws: Draws, total: np.ndarray) -> np.ndarray:
    """Return the position of each person's arm in the first phase, [person].

    In each stratum, people take the places of randomly ordered blocks as they come. The last block of a stratum may
    stay incomplete, so that arms are as large as planned only nearly.

    Args:
        trial: The design.
        rules: How people are allotted.
        draws: Draws of the people; they come in the order of their times of randomisation.
        total: Totals by which people were let in, points, [person].
    """
    coming, stratum = draws("enrolment")[:, 0], _strata(trial, rules, draws, total)
    ratio = ratio_of(rules, trial.phases[0])
    block = np.repeat(np.arange(len(ratio)), np.array(ratio) * (rules.block // sum(ratio)))
    found = np.empty(coming.size, dtype=int)
    for place, number in enumerate(draws.numbers):
        here = slice(place * draws.subjects, (place + 1) * draws.subjects)
        stream = draws.stream.fold("replicate", number, "randomisation")
        for which, who in _members(stratum[here], coming[here]):
            blocks = -(-who.size // rules.block)
            order = stream.uniform(f"stratum {which}", 0, blocks, rules.block).argsort(axis=1)
            found[here][who] = block[order].ravel()[: who.size]
    return found


def _strata(trial: Trial, rules: Randomisation, draws: Draws, total: np.ndarray) -> np.ndarray:
    """Return the number of each person's stratum, [person]."""
    site, found = sites(trial, draws).astype(int), np.zeros(total.size, dtype=int)
    for each in rules.strata:
        match each:
            case Stratum.SITE:
                level, levels = site, trial.sites
            case Stratum.REGION:
                level, levels = region(site, trial), trial.regions
            case Stratum.SEVERITY:
                level, levels = (total >= (rules.severity_from or 0.0)).astype(int), 2
        found = found * levels + level
    return found


def _members(stratum: np.ndarray, coming: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each stratum of a replicate with the positions of its people in the order of coming."""
    order = np.argsort(coming, kind="stable")
    for which in np.unique(stratum):
        yield int(which), order[stratum[order] == which]
