"""Statement 5, in a typical person: ketamine works through glutamate, within hours, for weeks, and with therapy."""

from __future__ import annotations

import numpy as np

from euthymia.claims.claim import Role, Rule, Shown, Support
from euthymia.claims.exchange import Exchange
from euthymia.claims.lab import Lab, at, exact
from euthymia.claims.registry import claim

INFUSION = "ketamine 0.5 mg/kg iv over 40 min"
ONCE, SIX = f"{INFUSION} on day 1", f"{INFUSION} on days 1 4 8 11 15 18"
LAST = 17.0  # days from the first infusion to the sixth
SESSIONS = "weekly for 10 weeks"
TWO_HOURS = 2.0 / 24.0  # d
LABELS = {Exchange.OTHER_LABEL: "us-2020"}
COMMAND = "euthymia article ketamine"


@claim(
    "5.approved",
    says="Esketamine was approved as a nasal spray in 2019.",
    known="the first US label is of 2019 and is for treatment-resistant depression",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.OTHER_LABEL,
    command="euthymia label --show us-2019",
    sources=("spravatolabel",),
    rules=(Rule("year of the label that is recorded as the first", "year", "the sentence", 2019.0, 2019.0),),
)
def _approved(lab: Lab) -> tuple[Shown, ...]:
    from euthymia.evidence.label import load_label

    return exact(float(load_label(LABELS.get(lab.exchange, "us-2019")).since))


@claim(
    "5.glutamate",
    says="It works through glutamate.",
    known="in animals it weakens with AMPA receptors blocked and is lost without NMDA receptors of interneurons",
    support=Support.BEARS_OUT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command=f'euthymia simulate "{ONCE}" --with NBQX',
    sources=("maeng2008", "gerhard2020"),
    rules=(
        Rule("largest surge of glutamate", "% above rest", "more than nothing", low=1.0),
        Rule("effect after a day with AMPA receptors blocked, over that without", "%", "half at most", high=50.0),
    ),
    note="every account of the trigger loses its effect with AMPA receptors blocked; this does not tell them apart",
)
def _glutamate(lab: Lab) -> tuple[Shown, ...]:
    usual, blocked = lab.course(ONCE, 28.0), lab.course(ONCE, 28.0, others=("NBQX",))
    surge = 100.0 * usual["surge"].max() if "surge" in usual.names else 0.0
    effect = at(usual, "severity change", 1.0)
    return exact(surge, 100.0 * at(blocked, "severity change", 1.0) / effect if effect else np.nan)


@claim(
    "5.hours",
    says="It works within hours.",
    known="at two hours the difference to placebo is 65 % of that at 24 hours, on top of a large fall on placebo",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.NO_EFFECT,
    command=COMMAND,
    rows=("R0078", "R0081", "R0114", "R0117"),
    sources=("daly2018",),
    rules=(
        Rule("effect of an infusion at 2 h over that at 24 h", "%", "fact 1: stated with the fact", low=40.0),
        Rule("effect of an infusion at 24 h", "points", "more than a rater's error is wide (S0484)", high=-2.4),
    ),
)
def _hours(lab: Lab) -> tuple[Shown, ...]:
    found = lab.course(ONCE, 28.0)
    early, late = (at(found, "severity change", day) for day in (TWO_HOURS, 1.0))
    return exact(100.0 * early / late if abs(late) > 0.01 else np.nan, late)


@claim(
    "5.weeks",
    says="One dose works for a week and more.",
    known="half respond a day after one infusion and 40 % a week after it: three quarters are left",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.NO_EFFECT,
    command=COMMAND,
    rows=("R0280", "R0284"),
    sources=("han2016",),
    rules=(Rule("effect on day 7 over that after a day", "%", "published: 76 %; half at least", low=50.0),),
)
def _weeks(lab: Lab) -> tuple[Shown, ...]:
    found = lab.course(ONCE, 28.0)
    return exact(100.0 * at(found, "severity change", 7.0) / at(found, "severity change", 1.0))


@claim(
    "5.repeated",
    says="Repeated, it works for weeks after the last dose.",
    known="half of those who responded to six infusions have relapsed 18 days after the last",
    support=Support.BEARS_OUT,
    role=Role.CALIBRATED,
    exchange=Exchange.NO_EFFECT,
    command=COMMAND,
    rows=("R0288",),
    sources=("murrough2013",),
    rules=(
        Rule("effect a day after the sixth infusion over that after the first", "%", "it accumulates", low=100.0),
        Rule("left 18 days after the sixth, of that a day after it", "%", "half, by twenty points", 30.0, 70.0),
    ),
)
def _repeated(lab: Lab) -> tuple[Shown, ...]:
    once, often = lab.course(ONCE, 28.0), lab.course(SIX, 70.0)
    best = at(often, "severity change", LAST + 1.0)
    left = 100.0 * at(often, "severity change", LAST + 18.0) / best if best else np.nan
    return exact(100.0 * best / at(once, "severity change", 1.0), left)


@claim(
    "5.connections",
    says="It may grow new connections between nerve cells.",
    known="in mice spines grow within a day and outlast the drug; in people nobody has seen it",
    support=Support.IN_PART,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_DRUG,
    command=COMMAND,
    sources=("modasava2019", "phoumthipphavong2016"),
    rules=(
        Rule("spines after a day", "% above rest", "more than nothing", low=0.5),
        Rule("spines after two weeks, of those after a day", "%", "they outlast the drug: a quarter", low=25.0),
    ),
    note="put in: the rates are of mice, the size was chosen",
)
def _connections(lab: Lab) -> tuple[Shown, ...]:
    found = lab.course(ONCE, 28.0)
    grown = [at(found, "spines", day) / at(found, "spines", 0.0) - 1.0 for day in (1.0, 14.0)]
    return exact(100.0 * grown[0], 100.0 * grown[1] / grown[0] if grown[0] > 1e-9 else np.nan)


@claim(
    "5.therapy",
    says="It combines with cognitive behavioural therapy.",
    known="therapy beside an antidepressant: 1.25 times as many respond; for ketamine nothing that could be used",
    support=Support.SILENT,
    role=Role.STRUCTURAL,
    exchange=Exchange.NO_GATE,
    command="euthymia article therapy",
    rows=("S0438",),
    sources=("cuijpers2020", "price2022"),
    rules=(
        Rule("what six infusions add to ten weeks of therapy, week 10", "points", "half a point at least", high=-0.5),
        Rule("what therapy adds to six infusions, week 10", "points", "half a point at least", high=-0.5),
    ),
    note="how spines gate what is learned is assumed; without that gate ketamine adds nothing by week 10",
)
def _therapy(lab: Lab) -> tuple[Shown, ...]:
    alone, drug = lab.course("none", 70.0, therapy=SESSIONS), lab.course(SIX, 70.0)
    both = at(lab.course(SIX, 70.0, therapy=SESSIONS), "severity change", 70.0)
    return exact(*(both - at(each, "severity change", 70.0) for each in (alone, drug)))
