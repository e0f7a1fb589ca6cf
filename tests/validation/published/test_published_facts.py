"""The facts that the model must reproduce: those that need no trial within tolerance, misses expected to stay misses.

The values are computed by the functions that write docs/facts.md, so that page and tests cannot disagree.
"""

from __future__ import annotations

import numpy as np
import pytest

import facts as page
from euthymia.claims.kept import as_text, kept, read_kept
from euthymia.evidence.facts import Fact, Part, Verdict, facts
from fact_estimate import Estimate, between, by_chunks, of_all, percentile, ratio

QUICK = ("15.CADSS.peak", "15.CADSS.over", "15.SBP", "15.cohorts", "22.", "23.", "24.untreated", "26.")
NOT_QUICK = ("15.SBP40",)
MISSED = {
    "15.SBP.over": "the curve of the mean rise is the label's, which has more than a fifth left at 90 min",
    "23.kept.validation": "fitted to the gap at a year, the shares themselves come out ten points too high",
    "23.stopped.validation": "fitted to the gap at a year, the shares themselves come out ten points too high",
}
ALL = [(fact, part) for fact in facts().facts for part in fact.parts]


def is_quick(part: Part) -> bool:
    return part.id.startswith(QUICK) and not part.id.startswith(NOT_QUICK) and not part.not_simulated


def quick() -> list[tuple[Fact, Part]]:
    return [(fact, part) for fact, part in ALL if is_quick(part)]


def marks(part: Part) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=MISSED[part.id])] if part.id in MISSED else []


def test_every_simulated_part_has_a_value_and_every_value_a_part():
    assert page.VALUES.keys() == {part.id for _, part in ALL if not part.not_simulated}


@pytest.mark.parametrize("part", [pytest.param(part, marks=marks(part), id=part.id) for _, part in quick()])
def test_the_part_is_held(part: Part):
    assert part.verdict(page.compare(part).ours.value) in (Verdict.HELD, Verdict.SHOWN)


@pytest.mark.parametrize("part", [pytest.param(part, id=part.id) for _, part in quick()])
def test_the_page_shows_what_the_script_computes(part: Part):
    """Python docs_src/facts.py mends it; trials are checked by the long test below."""
    assert page.table([page.compare(part)])[-1] in page.PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_has_every_fact_with_its_rows_and_every_part():
    written = page.PAGE.read_text(encoding="utf-8")
    for fact in facts().facts:
        assert f"\n## {fact.number}. {fact.title}\n" in written
        assert f"*Rows ({fact.split}):* {', '.join(fact.rows)}." in written
        for part in fact.parts:
            assert f"\n| {part.what} |" in written
    assert "failed:" not in written


@pytest.mark.long
def test_the_page_is_the_one_that_the_script_writes():
    found = page.compared()
    assert not [each for _, parts in found for each in parts if each.why.startswith("failed")]
    assert page.PAGE.read_text(encoding="utf-8") == page.page(found)
    values = read_kept(as_text(page.values_of(found))).values
    assert kept().values == values  # what `euthymia claims` judges


def test_what_claims_keep_is_what_the_page_prints():
    """Python docs_src/facts.py writes both."""
    lines = page.PAGE.read_text(encoding="utf-8").splitlines()
    for fact, part in ALL:
        if part.id in kept().values:
            shown = kept().values[part.id]
            row = page.table([page.Compared(part, Estimate(shown.value, shown.error))])[-1]
            assert row in lines, fact.number


def test_an_unknown_fact_is_refused_with_the_known_ones():
    with pytest.raises(SystemExit, match="no fact 27; known: 1 to 26"):
        page.main(["--only", "27"])


def test_some_facts_are_printed_with_their_summary(capsys: pytest.CaptureFixture[str]):
    page.main(["--only", "26"])
    printed = capsys.readouterr().out
    assert "## 26. What a rating can resolve" in printed
    assert "held 2 of 2" in printed


def test_a_part_that_cannot_be_computed_says_why_and_stops_nothing(monkeypatch: pytest.MonkeyPatch):
    def broken() -> Estimate:
        raise ValueError("nobody was rated")

    monkeypatch.setitem(page.VALUES, "26.sem", broken)
    found = page.compare(next(part for _, part in ALL if part.id == "26.sem"))
    assert found.verdict is Verdict.NOT_SIMULATED
    assert found.why == "failed: nobody was rated"


def test_what_remains_between_trials_is_the_spread_that_was_put_in():
    draw = np.random.default_rng(7)
    trials = draw.normal(-4.0, 2.0, 4000) + draw.normal(0.0, 1.5, 4000)
    found = between(trials, np.full(4000, 1.5**2))
    assert found.value == pytest.approx(2.0, abs=3.0 * found.error)
    assert found.error == pytest.approx(2.5**2 / 2.0 / np.sqrt(2.0 * 4000.0), rel=0.2)  # by the delta method
    assert between(np.zeros(10), np.ones(10)).value == 0.0


def test_resampled_errors_are_those_of_the_formula():
    draw = np.random.default_rng(8)
    values = draw.normal(10.0, 3.0, (400,))
    assert of_all(lambda x: float(x.mean()), values).error == pytest.approx(values.std() / 20.0, rel=0.15)
    assert by_chunks(lambda x: float(x.mean()), 40, values).error == pytest.approx(values.std() / 20.0, rel=0.3)
    assert ratio(2.0 * values, values) == Estimate(pytest.approx(2.0), pytest.approx(0.0, abs=1e-12))
    assert percentile(10.0, values).value == pytest.approx(50.0, abs=8.0)
