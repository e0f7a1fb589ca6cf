"""Statement 3: depression is seen in what people do, differs between them, and serotonin explains a part of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euthymia.claims.claim import Role, Rule, Shown, Support, of_part
from euthymia.claims.exchange import Exchange
from euthymia.claims.lab import NEXT_TO_NOTHING, PEOPLE, Lab, at, by_groups, exact, of_replicates
from euthymia.claims.registry import claim
from euthymia.evidence.facts import find_part

T2, DRUG = "transform-2", "flexible + AD"
DAYS = 60.0  # of tablets, the last days of them without tryptophan
TABLETS = "escitalopram 20 mg oral daily for 9 weeks"
A_STEP = 6.0  # points of the MADRS that go with a step of a clinician's global impression (row R0310)


@claim(
    "3.behaviour",
    says="Depression is read from what people say and do.",
    known="the MADRS is the sum of ten rated items; raters agree at 0.93",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NINE_ITEMS,
    command="euthymia trial run transform-2 --replicates 64",
    rows=("S0484",),
    sources=("williams2008",),
    rules=(
        Rule("items of which a total is the sum", "items", "the scale", 10.0, 10.0),
        Rule("largest gap between a total and its items", "points", "none", high=0.0),
    ),
)
def _behaviour(lab: Lab) -> tuple[Shown, ...]:
    phase = lab.trial(T2).phases[0]
    if phase.items is None:
        return exact(0, np.nan)
    items = phase.items[..., :-1] if lab.exchange is Exchange.NINE_ITEMS else phase.items
    return exact(items.shape[-1], np.nanmax(np.abs(items.sum(axis=-1) - phase.MADRS)))


@claim(
    "3.differ",
    says="It differs widely from person to person.",
    known="after four weeks on the same spray, people's changes scatter with an SD of 12.3 points",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.EQUAL_PEOPLE,
    command="euthymia trial run transform-2 --replicates 64",
    rows=("R0037",),
    sources=("transform2posthoc",),
    rules=(of_part(find_part("16.change.28"), "SD of the change between people at day 28"),),
)
def _differ(lab: Lab) -> tuple[Shown, ...]:
    phase = lab.trial(T2).phases[0]
    change = np.where(phase.members((DRUG,)), phase.MADRS[..., -1] - phase.baseline, np.nan)
    return (of_replicates(np.nanstd(change, axis=1, ddof=1)),)


@claim(
    "3.kinds",
    says="What helps one person need not help another.",
    known="no row tells how far the response to serotonin and that to glutamate go together in people",
    support=Support.SILENT,
    role=Role.STRUCTURAL,
    exchange=Exchange.EQUAL_PEOPLE,
    command="euthymia evidence heterogeneity",
    rules=(
        Rule("ninth over first decile of what serotonin reaches", "1", "at least twofold", low=2.0),
        Rule("correlation with what connections reach", "1", "not the same people", high=0.5),
    ),
    note="put in: the shares and their spread are assumed",
)
def _kinds(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.engine.stream import Stream
    from euthymia.evidence import load_record
    from euthymia.patients.shares import PARTS, Makeup

    makeup = Makeup.from_record(load_record("heterogeneity"))
    if lab.exchange is Exchange.EQUAL_PEOPLE:
        makeup = replace(makeup, sigma=NEXT_TO_NOTHING)
    factors = makeup.factors(Stream(lab.seed).fold("claims").normal("shares", 0, PEOPLE, PARTS))
    both = factors.serotonergic, factors.glutamatergic
    return by_groups(_deciles, *both), by_groups(lambda one, other: float(np.corrcoef(one, other)[0, 1]), *both)


def _deciles(factor: np.ndarray, _: np.ndarray) -> float:
    low, high = np.percentile(factor, [10.0, 90.0])
    return float(high / low)


@claim(
    "3.part",
    says="Serotonin explains a part of it.",
    known="in eight weeks people on a pill without drug fall by 9.8 points of HAMD17 and SSRIs add 2.2 to that",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.NO_EFFECT,
    command='euthymia simulate "escitalopram 20 mg oral daily for 24 weeks" --days 70',
    rows=("S0145", "S0177"),
    sources=("griselda2018",),
    rules=(Rule("share of the fall in eight weeks that the tablets do", "%", "published: 18 %, by half", 9.0, 27.0),),
    note="published on the HAMD17, ours on the MADRS of a more severely ill typical person",
)
def _part(lab: Lab) -> tuple[Shown, ...]:
    found = lab.course("escitalopram 20 mg oral daily for 24 weeks", 70.0)
    return exact(100.0 * at(found, "severity change", 56.0) / (at(found, "MADRS", 56.0) - at(found, "MADRS", 0.0)))


@claim(
    "3.depletion",
    says="Serotonin holds mood up in those whom it helped, not in everybody.",
    known="without tryptophan healthy people's mood does not fall, and people remitted on SSRIs relapse",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.NO_EFFECT,
    command="euthymia article depletion",
    rows=("R0310",),
    sources=("ruhe2007", "williams1999"),
    rules=(
        Rule("worsening of healthy people", "points", "less than a point", high=1.0),
        Rule("worsening of people treated with an SSRI", "points", "a step that a clinician sees (R0310)", low=A_STEP),
    ),
)
def _depletion(lab: Lab) -> tuple[Shown, ...]:
    return exact(_worsening(lab, "none", healthy=True), _worsening(lab, TABLETS, healthy=False))


def _worsening(lab: Lab, words: str, *, healthy: bool) -> float:
    """Return by how much mood is worse at most after a drink without tryptophan, points."""
    lacking, usual = (lab.course(words, DAYS, depleted=each, healthy=healthy) for each in (True, False))
    rise = lacking["severity change"] - np.interp(lacking.t, usual.t, usual["severity change"])
    return float(max(rise.max(), 0.0))
