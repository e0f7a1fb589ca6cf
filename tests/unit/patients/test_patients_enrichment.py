"""Who is left after failures: shares add up, order follows from the traits, and the page says what the code gives."""

from __future__ import annotations

from pathlib import Path

import pytest

import people as people_page
from euthymia.engine.stream import Stream
from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.patients.enrichment import Enrichment, enrichment
from euthymia.patients.history import History
from euthymia.patients.population import Traits, draw
from euthymia.symptoms.setting import Setting, under

LABEL = 0.25


@pytest.fixture(scope="module")
def after() -> list[Enrichment]:
    return [enrichment(failed, failed_fall=LABEL) for failed in range(4)]


def test_everybody_has_failed_nothing(after: list[Enrichment]):
    assert after[0].share == 1.0
    assert after[0].serotonergic == pytest.approx(1.0, abs=0.015)
    assert after[0].glutamatergic == pytest.approx(1.0, abs=0.015)


def test_every_further_failure_is_rarer_and_leaves_less_to_either_care_or_serotonin(after: list[Enrichment]):
    for name in ("share", "care", "serotonergic", "on_oral", "on_pill", "on_sham"):
        values = [getattr(one, name) for one in after]
        assert values == sorted(values, reverse=True), name
        assert values[0] > values[-1], name


def test_connections_are_worth_more_where_serotonin_is_worth_less(after: list[Enrichment]):
    values = [one.glutamatergic for one in after]
    assert values == sorted(values)
    assert values[0] < values[-1]


def test_a_drug_helps_beside_what_helps_anyway(after: list[Enrichment]):
    for one in after:
        assert one.on_oral > one.on_pill
        assert one.on_spray > one.on_sham
        assert one.only_spray <= min(one.on_spray, 1.0 - one.on_oral)


def test_the_share_whom_a_course_fails_is_that_of_the_closed_chance():
    """One course: everybody's chance to fail averages to the share, whatever a failure is."""
    halves = enrichment(1)
    tablets = under(load_record("amplitudes"), Setting.TABLETS)
    drawn = draw(Stream(1).fold("enrichment"), 0, 20_000, Traits(), amplitudes=tablets)
    judged = History.of(1).judged
    # A course like the next one, with the care of now: the same people, judged the same way, up to rho's share of luck.
    drug = drawn.serotonergic * History.of(1).oral
    responds = judged.responding(0.5, baseline=drawn.background.baseline, care=drawn.background.care, added=drug)
    assert halves.share == pytest.approx(1.0 - responds.mean(), abs=0.01)


def test_a_number_of_courses_below_nothing_is_refused():
    with pytest.raises(EuthymiaError, match="failed is -2"):
        enrichment(-2)


def test_the_page_of_people_is_what_the_code_says():
    """A record that moves alone leaves a page about other people; python docs_src/people.py mends it."""
    page = (Path(__file__).parents[3] / "docs" / "models" / "people.md").read_text(encoding="utf-8")
    assert page == people_page.page()
