"""Statement 4: SSRIs need weeks, wear off when they are stopped, and fail about one in three."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from euthymia.claims.claim import Role, Rule, Shown, Support, of_part
from euthymia.claims.exchange import Exchange
from euthymia.claims.lab import Lab, at, days_until_half, exact
from euthymia.claims.registry import claim
from euthymia.evidence.facts import find_part

if TYPE_CHECKING:
    from euthymia.engine.course import Course

ESCITALOPRAM = "escitalopram 20 mg oral daily for {} weeks"
ON, FOLLOWED = 12, 24  # weeks on tablets, and in all
WEEK = 168.0  # h
HALF_A_YEAR, A_YEAR = 26, 52  # weeks


@claim(
    "4.weeks",
    says="SSRIs need weeks to months.",
    known="a third of the six-week difference from placebo is there after one week; half of the change in 2.5 to 3",
    support=Support.IN_PART,
    role=Role.CALIBRATED,
    exchange=Exchange.SEROTONIN_ONLY,
    command="euthymia article ssri",
    rows=("S0003", "S0389", "S0390"),
    sources=("taylor2006", "goldstein2004"),
    rules=(
        of_part(find_part("21.share"), "effect at week 1 over that at week 6"),
        of_part(find_part("21.half"), "when half of the effect of twelve weeks is there"),
    ),
    note="fitted: the size of serotonin's effect was set to the first number",
)
def _weeks(lab: Lab) -> tuple[Shown, ...]:
    found = lab.course(ESCITALOPRAM.format(FOLLOWED), 7.0 * FOLLOWED)
    whole = at(found, "severity change", 7.0 * ON)
    days = np.arange(0.0, 7.0 * ON, 0.25)
    reached = np.array([at(found, "severity change", day) for day in days]) / whole
    half = float(days[np.argmax(reached >= 0.5)]) / 7.0
    return exact(at(found, "severity change", 7.0) / at(found, "severity change", 42.0), half)


@claim(
    "4.wear-off",
    says="Their effect wears off quickly when they are stopped.",
    known="relapse parts from that of people who go on over months; how fast the effect itself fades nobody measured",
    support=Support.IN_PART,
    role=Role.STRUCTURAL,
    exchange=Exchange.PLASTICITY_ONLY,
    command="euthymia article ssri",
    rows=("S0629",),
    sources=("kato2021",),
    rules=(
        Rule("half of the occupied transporters are free after", "d", "quickly: two weeks", high=14.0),
        Rule("half of the effect on mood is gone after", "d", "quickly: two weeks", high=14.0),
    ),
)
def _wear_off(lab: Lab) -> tuple[Shown, ...]:
    stopped, kept = (lab.course(ESCITALOPRAM.format(weeks), 7.0 * FOLLOWED) for weeks in (ON, FOLLOWED))
    return exact(*(_half_gone(stopped, kept, name) for name in ("SERT occupancy", "severity change")))


def _half_gone(stopped: Course, kept: Course, name: str) -> float:
    """Return the days after the last tablet when less than half is left of what those have who go on."""
    days = np.arange(0.0, 7.0 * (FOLLOWED - ON), 0.2)
    hours = 24.0 * (7.0 * ON - 1.0 + days)
    left = [np.interp(hours, each.t, each[name]) - each[name][0] for each in (stopped, kept)]
    return days_until_half(days, left[0] / left[1])


@claim(
    "4.fail",
    says="They fail about a third of people.",
    known="half of the people respond to the first drug within eight weeks; a third is who is left after several",
    support=Support.IN_PART,
    role=Role.CALIBRATED,
    exchange=Exchange.NO_EFFECT,
    command="python docs_src/people.py",
    rows=("S0085",),
    sources=("griselda2018",),
    rules=(
        Rule("without response to the first drug", "%", "what is left of the printed interval of S0085", 48.3, 53.3),
        Rule("without response to two drugs in a row", "%", "a third, by five points", 28.3, 38.3),
    ),
)
def _fail(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.patients.enrichment import PEOPLE, enrichment

    def left(failed: int) -> Shown:
        share = 100.0 * lab.once(("left", failed), lambda: enrichment(failed, failed_fall=0.5, seed=lab.seed)).share
        return Shown(share, error=float(np.sqrt(share * (100.0 - share) / PEOPLE)))

    return left(1), left(2)


def _relapsed(lab: Lab, weeks: int, *, kept: bool) -> float:
    """Return the share of remitted people who have relapsed, percent."""
    from euthymia.evidence import load_record
    from euthymia.symptoms.hazard import relapsed
    from euthymia.symptoms.relapse import DoubleWell

    record = load_record("relapse")
    well = DoubleWell(tau_well=record.value("tau_well", "h"), noise=record.value("noise_frail", "1"))
    helped = kept and lab.exchange is not Exchange.EVERYBODY_STOPS
    tilt = record.value("tilt_frail", "1") if helped else 0.0
    times = np.array([0.0, weeks * WEEK])
    return 100.0 * float(relapsed(well, times, lambda t: tilt, frailty=record.value("frailty", "1"))[-1])


@claim(
    "4.stop",
    says="Depression comes back when they are stopped.",
    known="relapse in 26 weeks: 37.6 % after stopping, 19.6 % of those who go on",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.EVERYBODY_STOPS,
    command="euthymia article ssri",
    rows=("S0628", "S0629"),
    sources=("kato2021",),
    rules=(of_part(find_part("23.kept.26")), of_part(find_part("23.stopped.26"))),
    note="fitted to these very shares: it shows only that they come out again",
)
def _stop(lab: Lab) -> tuple[Shown, ...]:
    return exact(*(_relapsed(lab, HALF_A_YEAR, kept=kept) for kept in (True, False)))


@claim(
    "4.stop-unseen",
    says="Depression comes back when they are stopped (other trials, a year).",
    known="relapse in trials of mostly twelve months: 41 % after stopping, 18 % of those who go on",
    support=Support.BEARS_OUT,
    role=Role.HELD_OUT,
    exchange=Exchange.EVERYBODY_STOPS,
    command="python docs_src/facts.py --only 23",
    rows=("S0644", "S0645"),
    sources=("geddes2003",),
    rules=(of_part(find_part("23.kept.validation")), of_part(find_part("23.stopped.validation"))),
)
def _stop_unseen(lab: Lab) -> tuple[Shown, ...]:
    return exact(*(_relapsed(lab, A_YEAR, kept=kept) for kept in (True, False)))
