"""Run the accounts of how treatment works and write docs/models/chain.md: the chain, its traits, its rivals.

Run from the repository: python docs_src/chain.py
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from euthymia.evidence import load_record
from euthymia.models.accounts import Mechanism
from euthymia.models.rivals import rival
from euthymia.report import words
from euthymia.report.article_courses import at, course
from euthymia.report.files import write_atomic

PAGE = Path(__file__).parents[1] / "docs" / "models" / "chain.md"
SPRAY, TABLETS = "esketamine 84 mg nasal on day 1", "escitalopram 20 mg oral daily for 8 weeks"
SPRAY_DAYS = {"2 h": 2.0 / 24.0, "day 1": 1.0, "day 3": 3.0, "day 7": 7.0, "day 14": 14.0}
TABLET_DAYS = {f"week {week}": 7.0 * week for week in (1, 2, 4, 6, 8)}


def main() -> None:
    """Write the page."""
    write_atomic(PAGE, page())


def page() -> str:
    """Return the page as Markdown."""
    chains = {mechanism.value: rival(mechanism) for mechanism in Mechanism}
    tables = [
        _table(days, {name: course(regimen, max(days.values()), chain=chain) for name, chain in chains.items()})
        for regimen, days in ((SPRAY, SPRAY_DAYS), (TABLETS, TABLET_DAYS))
    ]
    amplitudes, people = load_record("amplitudes"), load_record("heterogeneity")
    return TEXT.format(
        spray=SPRAY,
        tablets=TABLETS,
        spray_table=tables[0],
        tablet_table=tables[1],
        gain=amplitudes.value("gain", "1"),
        a_5HT=amplitudes.value("a_5HT", "points"),
        y_5HT=amplitudes.value("y_5HT", "1"),
        sigma=people.value("sigma_share", "1"),
        share_loop=load_record("rivals").value("share_loop", "1"),
    )


def _table(days: dict[str, float], courses: dict[str, object]) -> str:
    rows = [_row(("account", *days)), _row("---" for _ in (None, *days))]
    for name, found in courses.items():
        values = np.array([at(found, "severity change", day) for day in days.values()])  # type: ignore[arg-type]
        rows.append(_row((name, *(words.number(float(value), 2) for value in values))))
    return "\n".join(rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


TEXT = """# The chain: from the dose to mood

`models/chain.py` holds the whole of it on one screen. No mechanism knows another: each takes plain numbers and gives a rate
and a drive back, and only here do they meet. For research and teaching, never for treating a person.

```text
dose -> plasma -> effect site -> blocked receptors -> glutamate surge -> BDNF -> connections -> severity
                           `-> acute tolerance -> dissociation, pressure           ^  ^
tablets -> occupied transporters -> serotonin <-> autoreceptors ------------------'  |
sessions of therapy -> skills <-> connections --------------------------------------'
```

## Links

| link | equation in | state | moves within |
|---|---|---|---|
| effect site, racemate equivalents | `pharmacology/brain.py` | | hours, exact |
| block of receptors of pyramidal cells, PV and SST | `pharmacology/nmda.py` | | at once |
| surge of the settled circuit, a curve over the level | `circuit/surge.py` | | at once |
| trigger: surge, direct block or hydroxynorketamine, behind gates | `plasticity/gates.py`, `bdnf.py` | | at once |
| BDNF signal and translation | `plasticity/bdnf.py` | `bdnf`, `mtor` | hours |
| fast potentiation | `plasticity/spines.py` | `pot` | days |
| serotonin, settled, and autoreceptors | `plasticity/serotonin.py` | `AR` | at once; nine days |
| skills, gated by spines | `plasticity/learning.py` | `lrn` | weeks; forgotten over a year |
| spines: translation and serotonin form them, stress takes them | `plasticity/spines.py` | `spn` | weeks |
| severity and its area | `symptoms/relief.py`, `severity.py` | `sev`, `area` | hours |

Autoreceptors act on serotonin, and skills and spines on each other: these states are predicted before they are stepped
(`Chain.feedback`). Without tablets, depletion and therapy the chain has neither `AR` nor `lrn`, and costs nothing for them.

Fitted sizes: what connections do to mood ({gain:g} of the plasticity record's), serotonin itself ({a_5HT:.2f} points a unit),
serotonin on spines ({y_5HT:.2f}). Nearly everything else between the surge and mood is assumed
([plasticity.md](plasticity.md), [serotonin.md](serotonin.md)).

## What is read of the linear part

Amounts in the body are linear, so they are exact at any time. Whatever comes and goes beside them is a linear state of its
own (`models/following.py`), and the chain reads their sums by name (`OUTPUT_NAMES`):

| output | what it is | there with |
|---|---|---|
| the effect site, the first output | free ketamine | always |
| `SERT bound`, `SERT load` | two sums whose quotient is the occupied share, several drugs competing for one site | tablets |
| `serotonin depleted` | missing share of the supply, coming back by half-lives | `--deplete-on` |
| `therapy` | sessions spread over a week of practice each | `--therapy` |
| `free hydroxynorketamine` | formed from norketamine | the account of that name |
| `synthesis stopped`, `elimination stopped` | what rapamycin leaves undone, fading | `--with rapamycin` |

Another drug's lasting gates (naltrexone, a benzodiazepine, lamotrigine, memantine) change numbers of the chain or the curve
of the circuit; the table of manipulations says which ([plasticity.md](plasticity.md)).

## Two traits, and health

People differ in what connections make of the signal (`glutamatergic`) and in what serotonin does (`serotonergic`): factors of
mean 1 from shares of a depression, logistic-normal with SD {sigma:g} ([people.md](people.md)). `stress` is 1 in an episode; with
0 spines rest at the healthy density and a lack of serotonin moves nothing.

## Rivals

`euthymia simulate ... --mechanism "serotonin only"`, `eu.simulate(..., mechanism="direct")` and `rival(Mechanism.DIRECT)` exchange one
link. Each rival has the size of its own record, so it is the course, not the size, that tells them apart. Change of MADRS by
treatment in a typical person, points:

After `{spray}`:

{spray_table}

On `{tablets}`:

{tablet_table}

Disinhibition, direct block and hydroxynorketamine say the same of tablets, and the two accounts of tablets the same of the
spray: they differ in one link. The closed loop feeds {share_loop:g} of the potentiation back into the circuit, with the weaker
connections of depression, in which less of the surge arises; with all of it the calibrated circuit would leave its healthy
state. Hydroxynorketamine has placeholder kinetics, and a scale set to match disinhibition at day 1 of another course: its size
says nothing. Blinded contrasts of the trials of the spray were -3.4 points at 4 h and -3.8 at 24 h ([facts](../facts.md)).

`python docs_src/chain.py` writes this page.
"""


if __name__ == "__main__":
    main()
