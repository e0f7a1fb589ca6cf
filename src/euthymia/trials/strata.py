"""What a design says of its randomisation: the shares of its arms, and how many strata there are."""

from __future__ import annotations

from math import gcd, prod

from euthymia.trials.design import Phase, Trial
from euthymia.trials.running import Randomisation, Stratum


def ratio_of(rules: Randomisation, phase: Phase) -> tuple[int, ...]:
    """Return the shares of the arms as the smallest whole numbers: as written, or those of their planned sizes."""
    shares = rules.ratio or tuple(arm.n or 0 for arm in phase.arms)
    return tuple(share // max(gcd(*shares), 1) for share in shares)


def strata_of(trial: Trial, rules: Randomisation) -> int:
    """Return how many strata there are; the region of a site is known, so both are no more than the sites alone."""
    counts = {Stratum.SITE: trial.sites, Stratum.REGION: trial.regions, Stratum.SEVERITY: 2}
    counted = [each for each in rules.strata if not (each is Stratum.REGION and Stratum.SITE in rules.strata)]
    return prod(counts[each] for each in counted)
