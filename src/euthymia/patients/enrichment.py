"""Who is left after treatments have failed: what people are like on average, and whom the next treatment helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.evidence import Record, load_record
from euthymia.patients.history import History, oral_effect
from euthymia.patients.outcome import Judged
from euthymia.patients.population import People, Traits, draw, typical
from euthymia.symptoms.background import REFERENCE_DAY, Background, Person, change
from euthymia.symptoms.setting import Setting, under
from euthymia.treatment.dose import HOURS_PER_DAY
from euthymia.treatment.sentence import regimen

PEOPLE = 20_000
SPRAY = "esketamine 84 mg nasal on days 1 4 8 11 15 18 22 25"
RESPONSE = 0.5  # of the start, by definition
TYPICAL = 37.0  # points; the drug takes as much off every baseline


@dataclass(frozen=True)
class Enrichment:
    """People whom a number of courses failed, and what happens to them next; shares are of those people.

    Attributes:
        failed: How many courses failed.
        share: Share of unselected people whom so many courses in a row fail.
        care: Mean effect of care at study day 28 in a clinic with sessions, points.
        care_tablets: The same in a trial of tablets.
        serotonergic: Mean personal factor on the effect of serotonin.
        glutamatergic: Mean personal factor on the drug's effect by connections.
        on_oral: Share who respond to eight weeks of the next oral antidepressant.
        on_pill: Share who would on a pill without a drug.
        on_spray: Share who respond to four weeks of esketamine spray.
        on_sham: Share who would on a spray without a drug.
        only_spray: Share who would not respond to the next antidepressant and would to the spray, care being the same.
    """

    failed: int
    share: float
    care: float
    care_tablets: float
    serotonergic: float
    glutamatergic: float
    on_oral: float
    on_pill: float
    on_spray: float
    on_sham: float
    only_spray: float


def enrichment(failed: int, *, failed_fall: float | None = None, people: int = PEOPLE, seed: int = 1) -> Enrichment:
    """Return who is left after ``failed`` courses of an oral antidepressant, by the sizes of the evidence.

    Response is a fall by half. The next treatment is given alone: neither with a new antidepressant beside it.

    Args:
        failed: How many courses failed.
        failed_fall: A course failed when the total fell by less than this share; that of the evidence when None.
        people: How many are drawn.
        seed: Seed of the named streams.

    Raises:
        EuthymiaError: When ``failed`` is below 0 or ``failed_fall`` is no share.
    """
    stream = Stream(seed).fold("enrichment")
    traits = Traits(failed=failed, failed_fall=failed_fall)
    selected, at_home = (draw(stream, 0, people, traits, amplitudes=_sizes(setting)) for setting in Setting)
    pill, oral = _with_tablets(at_home)
    sham, spray = _with_spray(selected)
    return Enrichment(
        failed=failed,
        share=_share(stream, History.of(failed, failed_fall), people),
        care=float(selected.background.care.mean()),
        care_tablets=float(at_home.background.care.mean()),
        serotonergic=float(selected.serotonergic.mean()),
        glutamatergic=float(_glutamatergic(selected).mean()),
        on_oral=float(oral.mean()),
        on_pill=float(pill.mean()),
        on_spray=float(spray.mean()),
        on_sham=float(sham.mean()),
        only_spray=float((spray * (1.0 - oral)).mean()),
    )


def _share(stream: Stream, history: History, people: int) -> float:
    """Return the share of unselected people whom all courses of a history fail."""
    everybody = draw(stream, 0, people, Traits(), amplitudes=_sizes(Setting.TABLETS))
    now = (everybody.background.care - history.care_mean) / history.care_sd
    earlier = stream.normal("care of earlier courses", 0, people)[:, 0]
    stays = np.sqrt(history.rho) * now + np.sqrt(1.0 - history.rho) * earlier
    return float(np.exp(history.log_chance(stays, everybody.serotonergic, everybody.background.baseline)).mean())


def _sizes(setting: Setting) -> Record:
    return under(load_record("amplitudes"), setting)


def _glutamatergic(people: People) -> np.ndarray:
    return people.gain / load_record("amplitudes").value("gain", "1")


def _with_tablets(people: People) -> tuple[np.ndarray, np.ndarray]:
    """Return each person's chance to respond to a pill without a drug, and to an oral antidepressant."""
    amplitudes, length = _sizes(Setting.TABLETS), load_record("heterogeneity").value("course", "h")
    drug = people.serotonergic * oral_effect(length, amplitudes)
    return _responding(Judged.after(length, amplitudes), people, 0.0 * drug, drug)


def _with_spray(people: People) -> tuple[np.ndarray, np.ndarray]:
    """Return each person's chance to respond by study day 28 to a spray without a drug, and to esketamine."""
    drug = _glutamatergic(people) * _effect_of_spray()
    judged = Judged.after(REFERENCE_DAY, load_record("amplitudes"))
    return _responding(judged, people, _of_sessions(people.background), drug)


def _responding(judged: Judged, people: People, anyway: np.ndarray, drug: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each person's chance to respond without a drug and with it; effects in points, [person]."""
    who = people.background
    without, with_drug = (
        judged.responding(RESPONSE, baseline=who.baseline, care=who.care, added=added)
        for added in (anyway, anyway + drug)
    )
    return without, with_drug


def _of_sessions(who: Person) -> np.ndarray:
    """Return what the sessions of the spray themselves have brought by study day 28, points, [person]."""
    t = np.array([dose.t for dose in regimen(SPRAY)])
    nothing = np.zeros(who.baseline.size)
    background = Background.from_record(load_record("amplitudes"))
    only = Person(nothing, nothing, who.tau_care, who.session)
    attended = np.ones((t.size, nothing.size))
    return -change(background, only, REFERENCE_DAY, 0.0, sessions=t, attended=attended)


@cache
def _effect_of_spray() -> float:
    """Return what esketamine takes off a typical person by study day 28, points."""
    from euthymia.models.course import treat

    def typical_numbers(drug: str) -> Callable[[str], np.ndarray]:
        return lambda purpose: np.zeros(1)

    days = REFERENCE_DAY / HOURS_PER_DAY
    course = treat(typical(TYPICAL), regimen(SPRAY), typical_numbers, days=days, seed=None, safety=False)
    return -float(course["severity change"][-1])
