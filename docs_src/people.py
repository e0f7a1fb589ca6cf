"""Draw people whom treatments failed and write docs/models/people.md: what they are like and what helps them next.

Run from the repository: python docs_src/people.py
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from euthymia.evidence import load_record
from euthymia.patients.enrichment import SPRAY, Enrichment, enrichment
from euthymia.patients.outcome import Judged
from euthymia.patients.population import Traits
from euthymia.report.files import write_atomic
from euthymia.symptoms.setting import Setting, under

PAGE = Path(__file__).parents[1] / "docs" / "models" / "people.md"
FAILED = (0, 1, 2, 3)
RESPONSE, LABEL = 0.5, 0.25  # no response; what the esketamine trials ask for
HEAD = (
    *("failed", "of all people", "care, points", "serotonergic", "glutamatergic"),
    *("antidepressant", "pill", "esketamine", "sham spray", "spray only"),
)
# Calibration rows of the evidence notes. S0620 and S0145 as pre-post changes in SDs: -1.14 (-1.29, -0.99), -9.82/7.99.
PUBLISHED_ORAL, PUBLISHED_PILL = 49.2, 38.1  # percent; S0085, S0081
PUBLISHED_FALL, FALL_LOW, FALL_HIGH = 0.93, 0.81, 1.05


def main() -> None:
    """Write the page."""
    write_atomic(PAGE, page())


def page() -> str:
    """Return the page as Markdown."""
    by_response, by_label = ([enrichment(n, failed_fall=fall) for n in FAILED] for fall in (RESPONSE, LABEL))
    everybody, two = by_response[0], by_response[2]
    return TEXT.format(
        response=_table(by_response),
        label=_table(by_label[1:]),
        spray=SPRAY,
        sigma=load_record("heterogeneity").value("sigma_share", "1"),
        rho=load_record("heterogeneity").value("rho_care", "1"),
        oral=100.0 * everybody.on_oral,
        pill=100.0 * everybody.on_pill,
        fall=_fall(two) / _fall(everybody),
        published_oral=PUBLISHED_ORAL,
        published_pill=PUBLISHED_PILL,
        published_fall=f"{PUBLISHED_FALL} ({FALL_LOW} to {FALL_HIGH})",
    )


def _fall(found: Enrichment) -> float:
    """Return the mean fall over an eight-week course without a drug, points."""
    amplitudes = under(load_record("amplitudes"), Setting.TABLETS)
    judged = Judged.after(load_record("heterogeneity").value("course", "h"), amplitudes)
    return judged.natural * Traits().MADRS[0] + judged.reached * found.care_tablets


def _table(found: Iterable[Enrichment]) -> str:
    rows = [_row(HEAD), _row("---" for _ in HEAD)]
    for one in found:
        numbers = f"{one.care:.1f}", f"{one.serotonergic:.2f}", f"{one.glutamatergic:.2f}"
        shares = (one.on_oral, one.on_pill, one.on_spray, one.on_sham, one.only_spray)
        rows.append(_row((str(one.failed), _percent(one.share), *numbers, *map(_percent, shares))))
    return "\n".join(rows)


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


TEXT = """# People: what a depression is made of, and what failed before

No two people here are alike, and nobody is of a kind. What helps whom follows from continuous traits, and what a person
went through before follows from the same traits. For research and teaching, never for treating a person.

| file | what it holds |
|---|---|
| `patients/population.py` | drawing people: age, weight, severity, kinetics, care, sensitivity |
| `patients/shares.py` | what a depression is made of, and the factors that follow |
| `patients/outcome.py` | how a course of treatment is judged at its end |
| `patients/history.py` | people whom earlier courses failed |
| `patients/enrichment.py` | what they are like and whom the next treatment helps: `enrichment(failed)` |

The numbers stand in the record `heterogeneity`; all are assumed, and `euthymia evidence heterogeneity` prints them with what
published numbers leave room for.

## Shares

    x = centre + sigma z,   share_k = exp(x_k) / sum_j exp(x_j),   k = glutamatergic, serotonergic, neither

A person's depression is partly reached by growing connections, partly by serotonin, and partly by neither. The three normals
have an SD of {sigma:g}. What acts is a share over its mean: `glutamatergic` multiplies the drug's effect by connections (it
is in `People.gain`), `serotonergic` the effect of serotonin. Both have mean 1, and a CV of 0.53: the one that the log-normal
factor had which `gain` carried before, whose mean was 1.13 and not 1. One goes with less of the other (correlation -1/2): a
person whom serotonin reaches well is, a little, one whom connections reach less.

The mean shares act only through the factors, by the largest that a factor can be (three, for a third).

## History

    care_k = care_mean + care_sd (sqrt(rho) z + sqrt(1 - rho) z_k)
    fall_k = natural + care_k + serotonergic oral + error;   failed: fall_k < f (rated start)

A course is eight weeks of an oral antidepressant, with the care of trials of tablets (`symptoms/setting.py`: 7.9 points at day
28 and not the 15 of clinics with sessions). z stays with the person, z_k comes anew with each course, the
course that is simulated being one of them. With `failed = 2`, people are drawn as everybody is and kept with the chance that
two courses in a row would have failed. That is rejection, and exact; a person's first candidate comes from the draws that
make an unselected person, so that `failed = 0` changes nothing and nobody else's draws move. The baseline is not selected:
it is that of the people who were let in.

A trial file asks for it by `prior_failures_min`, and says with `prior_failure_fall` what counts as failure: a fall of less
than a quarter in the esketamine trials that print it, of less than half elsewhere. `care_mean` of the record `amplitudes` is
the mean of people who are not selected.

**rho is {rho:g}.** Care is by far the widest term, so rho decides how much a history says. Placebo arms of people whom two or
more treatments failed fall nearly as far as others (table below), which leaves little room; 0.5 would need a mean effect of
care of some 30 points in everybody for the esketamine trials to come out.

## Who is left

Failed: no response, a fall of less than half. Care is its mean effect at study day 28 in a clinic with sessions; the two
factors are means. Then the
share who respond (a fall by half) to eight weeks of the next antidepressant, or of a pill without drug; and by study day 28
to `{spray}`, or to a spray without drug, with no new antidepressant beside it. Spray only:
who would not respond to the next antidepressant and would to the spray, care being the same. 20,000 people a row, baseline
MADRS 37 (SD 5.7).

{response}

Failed: a fall of less than a quarter.

{label}

Nobody put in that ketamine helps those whom antidepressants failed, and how much of that follows is small: each failure takes
a few hundredths off the one factor and adds about one to the other. Most of what a failure says is about care, which helps
less in either arm. So the drug's own part of the response to spray stays while the placebo's falls.

## Beside published numbers

| | published | here |
|---|---|---|
| response to an SSRI at 8 weeks (row S0085) | {published_oral:g} % | {oral:.0f} % |
| response to a pill at 8 weeks (row S0081) | {published_pill:g} % | {pill:.0f} % |
| fall on a pill after two failures, relative to everybody (rows S0620, S0145) | {published_fall} | {fall:.2f} |

The first two are of people who start at a MADRS of 37 and are judged by it; care in trials of tablets was fitted to the
second, on the HAMD17 and at the lower baselines of those trials (`euthymia calibrate --tablets`). The third compares pre-post
changes in SDs, which may not be SDs of the same thing. It is what the size of rho rests on, not a test of it.

No row on file gives response step by step in the same people, so how it falls from row to row above is compared with nothing.

## What this leaves out
- A history is of oral antidepressants only, each an average one, and each from the severity that the trial starts with.
- The size of a share says nothing about severity, age, sex or side effects.
- People who left a course early are not told from those whom it failed.
"""


if __name__ == "__main__":
    main()
