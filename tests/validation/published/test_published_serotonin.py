"""Serotonin against the science notes' own figures (S1, S5, S7) and against what was measured in rats (S2 to S4, S6).

The notes' figures are the project's computations from the published equations: they test the implementation and are no
evidence. Tolerance 2 % for the full terminal and 10 % for the reduction. What the equations cannot meet is marked so,
and listed in docs/models/serotonin.md.
"""

from __future__ import annotations

from dataclasses import replace

import equinox as eqx
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from euthymia.evidence import load_record, source_record
from euthymia.plasticity.serotonin import Adaptation, Serotonin, SerotoninInput, SerotoninState
from euthymia.plasticity.varicosity import Varicosity, VaricosityInput, VaricosityState, rested
from euthymia.plasticity.varicosity_course import Change, UnphysicalWarning, follow
from euthymia.plasticity.varicosity_supply import Form

NUMBERS, MEASURED = load_record("varicosity"), source_record("serotonin")
REDUCED = Serotonin.from_record(MEASURED)
BOUNDED = rested(Varicosity.from_record(NUMBERS))
PUBLISHED = replace(BOUNDED, vesicles=replace(BOUNDED.vesicles, form=Form.PUBLISHED))
REST = 0.05905  # uM, the notes' rest of outside serotonin
FULL, TWO_STATES = 0.02, 0.10
LATE = 960.0  # h, the notes' 40 days
DRUG = SerotoninInput(theta=0.8)
DAY = 24.0

out_of_range = pytest.mark.filterwarnings(f"ignore::{UnphysicalWarning.__module__}.{UnphysicalWarning.__qualname__}")


def coupled(model: Varicosity, auto: float) -> Varicosity:
    return eqx.tree_at(lambda one: one.autoreceptors.auto, model, auto)


def drugged(model: Varicosity, I_esc: float, hours: list[float]) -> VaricosityState:
    return follow(model, [Change(0.0, VaricosityInput(I_esc=I_esc))], hours)


def percent(model: Varicosity, I_esc: float, hours: list[float]) -> np.ndarray:
    return 100.0 * drugged(model, I_esc, hours).e5 / REST


def reduced(days: list[float], model: Serotonin = REDUCED) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return AR, HT and firing on these days of 80 % occupancy."""

    def slope(t, y):
        return [float(model.derivative(t, SerotoninState(y[0]), DRUG).AR)]

    times = DAY * np.asarray(days)
    AR = solve_ivp(slope, (0.0, times[-1]), [1.0], t_eval=times, rtol=1e-8, atol=1e-10).y[0]
    return AR, np.asarray(model.HT(AR, DRUG)), np.asarray(model.fire(AR, DRUG))


def close(value: float, *, rel: float):
    return pytest.approx(value, rel=rel)


class TestRest:
    """S1."""

    def test_of_the_terminal(self):
        start = BOUNDED.start
        notes = {"e5": 0.05905, "v5": 66.73, "r5": 193.1, "c5": 0.03725, "Gs": 0.8548, "s_srf": 0.9994}
        for name, value in notes.items():
            assert float(getattr(start, name)) == close(value, rel=FULL), name

    def test_synthesis_and_other_removal_at_rest(self):
        y, parts = BOUNDED.start, BOUNDED
        f_syn = parts.autoreceptors(y.Gs).f_syn
        assert float(parts.synthesis.hydroxylation(y.trp, y.bh4, f_syn)) == close(3.99, rel=FULL)
        assert float(parts.removal.k_out * y.e5) == close(2.36, rel=FULL)

    @pytest.mark.xfail(strict=True, reason="the authors' start lies 2.1 % (outside) to 5.5 % (vesicles) off rest")
    def test_the_authors_start_is_at_rest(self):
        authors = Varicosity.from_record(NUMBERS).start
        assert float(authors.e5) == close(float(BOUNDED.start.e5), rel=FULL)

    def test_of_the_reduction(self):
        assert float(REDUCED.HT(1.0, SerotoninInput())) == pytest.approx(1.0)


@out_of_range
class TestPublishedForm:
    """S5: the notes' tables 1.2 and 1.3."""

    @pytest.mark.parametrize(
        ("I_esc", "auto", "value"),
        [
            (0.01, 1.0, 108),
            (0.01, 0.5, 110),
            (0.01, 0.0, 112),
            (0.05, 1.0, 156),
            (0.05, 0.5, 193),
            (0.05, 0.0, 523),
            (0.2, 1.0, 224),
            (0.2, 0.5, 356),
            (0.2, 0.0, 2343),
        ],
    )
    def test_after_forty_days(self, I_esc, auto, value):
        assert percent(coupled(PUBLISHED, auto), I_esc, [LATE])[0] == close(value, rel=FULL)

    @pytest.mark.parametrize(("I_esc", "left"), [(0.01, 0.86), (0.05, 0.56), (0.2, 0.21)])
    def test_transporters_left_at_the_surface(self, I_esc, left):
        assert drugged(PUBLISHED, I_esc, [LATE]).s_srf[0] == pytest.approx(left, abs=0.005)

    @pytest.mark.parametrize(("auto", "value"), [(1.0, 171), (0.0, 455)])
    def test_without_internalisation(self, auto, value):
        still = eqx.tree_at(lambda one: one.transporter.k_inside, PUBLISHED, 0.0)
        assert percent(coupled(still, auto), 0.2, [LATE])[0] == close(value, rel=FULL)

    @pytest.mark.parametrize(("auto", "value"), [(1.0, 149), (0.0, 510)])
    def test_after_an_hour(self, auto, value):
        assert percent(coupled(PUBLISHED, auto), 0.05, [1.0])[0] == close(value, rel=FULL)

    @pytest.mark.parametrize(
        ("I_esc", "values"),
        [(0.01, (109, 111, 111, 110, 108)), (0.05, (149, 161, 158, 156, 156)), (0.2, (224, 225, 224, 224, 224))],
    )
    def test_in_time(self, I_esc, values):
        assert percent(PUBLISHED, I_esc, [1.0, 6.0, 24.0, 72.0, LATE]) == pytest.approx(values, rel=FULL)

    @pytest.mark.parametrize(("I_esc", "hours"), [(0.05, {"r5": 36, "c5": 49}), (0.2, {"r5": 25, "c5": 26})])
    def test_when_it_leaves_the_physical_range(self, I_esc, hours):
        times = np.arange(0.0, 60.0, 0.25)
        found = drugged(PUBLISHED, I_esc, times)._asdict()
        for name, hour in hours.items():
            assert times[np.argmax(found[name] < -1e-6)] == pytest.approx(hour, abs=1.0)

    def test_the_lowest_level_stays_within_it(self):
        assert min(float(value.min()) for value in drugged(PUBLISHED, 0.01, [24.0, 240.0, LATE])) > -1e-9


class TestBoundedForm:
    """S5 and S7."""

    @pytest.mark.parametrize(
        ("I_esc", "values"),
        [(0.01, (109, 111, 111, 110, 107)), (0.05, (149, 161, 158, 111, 111)), (0.2, (224, 225, 223, 112, 112))],
    )
    def test_in_time(self, I_esc, values):
        assert percent(BOUNDED, I_esc, [1.0, 6.0, 24.0, 72.0, LATE]) == pytest.approx(values, rel=FULL)

    @pytest.mark.parametrize("I_esc", [0.01, 0.05, 0.2])
    @pytest.mark.parametrize("K_res", [5.0, 50.0])
    def test_what_was_assumed_of_the_reserve_hardly_matters(self, K_res, I_esc):
        # the notes say below 1 point; at one day it is up to 1.6
        other = eqx.tree_at(lambda one: one.vesicles.K_res, BOUNDED, K_res)
        hours = [1.0, 6.0, 24.0, 72.0, LATE]
        points = np.abs(percent(other, I_esc, hours) - percent(BOUNDED, I_esc, hours))
        assert np.all(points < [1.0, 1.0, 2.0, 1.0, 1.0])

    @pytest.mark.parametrize("auto", [0.0, 1.0])
    @pytest.mark.parametrize("I_esc", [0.001, 0.03, 1.0, 100.0])
    def test_nothing_is_negative_at_any_dose_for_ninety_days(self, I_esc, auto):
        found = drugged(coupled(BOUNDED, auto), I_esc, [1.0, 12.0, 24.0, 48.0, 240.0, 2160.0])
        assert min(float(value.min()) for value in found) > -1e-9

    @pytest.mark.xfail(strict=True, reason="mass balance: with the transporter blocked, synthesis cannot hold the rise")
    def test_a_lasting_rise(self):
        spread = MEASURED.value("chronic_rise_spread", "percent")
        chronic = max(percent(BOUNDED, I_esc, [14.0 * DAY])[0] for I_esc in (0.05, 0.2, 1.0))
        assert chronic == pytest.approx(MEASURED.value("chronic_rise", "percent"), abs=spread)


class TestReduction:
    """The notes' table of section 2, and S2."""

    @pytest.mark.parametrize(
        ("AR", "HT", "fire"), [(1.0, 1.99, 0.56), (0.2, 2.78, 0.78), (0.0, 3.57, 1.0), (0.283, 2.61, 0.73)]
    )
    def test_at_a_given_sensitivity(self, AR, HT, fire):
        assert float(REDUCED.HT(AR, DRUG)) == close(HT, rel=TWO_STATES)
        assert float(REDUCED.fire(AR, DRUG)) == close(fire, rel=TWO_STATES)

    def test_in_time(self):
        sensitivity, serotonin, fire = reduced([7.0, 14.0, 28.0])
        assert sensitivity == pytest.approx([0.64, 0.46, 0.33], rel=TWO_STATES)
        assert serotonin == pytest.approx([2.21, 2.37, 2.54], rel=TWO_STATES)
        assert fire == pytest.approx([0.62, 0.66, 0.71], rel=TWO_STATES)

    def test_in_the_end(self):
        assert float(REDUCED.settled(DRUG)) == close(0.283, rel=TWO_STATES)

    def test_the_acute_rise_is_at_most_two_and_a_half_fold(self):
        assert 1.5 < float(REDUCED.HT(1.0, DRUG)) < 2.5

    def test_the_lasting_rise_is_the_measured_one(self):
        found = 100.0 * float(REDUCED.HT(REDUCED.settled(DRUG), DRUG))
        spread = MEASURED.value("chronic_rise_spread", "percent")
        assert found == pytest.approx(MEASURED.value("chronic_rise", "percent"), abs=spread)

    @pytest.mark.xfail(strict=True, reason="237 % after the experiment's two weeks, 5 points below its range")
    def test_the_rise_after_the_two_weeks_of_the_experiment(self):
        spread = MEASURED.value("chronic_rise_spread", "percent")
        found = 100.0 * reduced([14.0])[1][0]
        assert found == pytest.approx(MEASURED.value("chronic_rise", "percent"), abs=spread)

    def test_two_weeks_raise_more_than_one_dose_only_if_autoreceptors_desensitise(self):
        # Rutter 1994 found so; Hjorth & Auerbach 1994 found no desensitisation
        unchanged = replace(REDUCED, adaptation=Adaptation.UNCHANGED)
        acute = float(REDUCED.HT(1.0, DRUG))
        assert reduced([14.0])[1][0] > 1.1 * acute
        assert reduced([14.0], unchanged)[1][0] == pytest.approx(acute)


class TestBlockedAutoreceptors:
    """S3: a blocker doubles the acute rise; after two weeks it adds nothing."""

    LEAST, MOST = 1.5, 3.0  # what is taken as about two

    def test_in_the_reduction(self):
        factor = float((REDUCED.HT(0.0, DRUG) - 1.0) / (REDUCED.HT(1.0, DRUG) - 1.0))
        assert factor == pytest.approx(2.6, abs=0.05)
        assert self.LEAST < MEASURED.value("block_of_acute_rise", "1") < factor < self.MOST

    @pytest.mark.parametrize("I_esc", [0.05, 0.2])
    def test_half_blocked_in_the_terminal(self, I_esc):
        intact, half = (percent(coupled(BOUNDED, auto), I_esc, [1.0])[0] - 100.0 for auto in (1.0, 0.5))
        assert self.LEAST < half / intact < self.MOST

    @pytest.mark.xfail(strict=True, reason="wholly blocked autoreceptors multiply the rise by eight at 50 nM")
    def test_wholly_blocked_in_the_terminal(self):
        intact, blocked = (percent(coupled(BOUNDED, auto), 0.05, [1.0])[0] - 100.0 for auto in (1.0, 0.0))
        assert self.LEAST < blocked / intact < self.MOST

    @pytest.mark.xfail(strict=True, reason="the blocker undoes the feedback that persists: 357 %, measured 245")
    def test_after_lasting_treatment(self):
        blocked = 100.0 * float(REDUCED.HT(0.0, DRUG))
        assert blocked == close(MEASURED.value("chronic_rise_blocked", "percent"), rel=TWO_STATES)

    def test_autoreceptors_hold_serotonin_near_rest_at_every_level(self):
        for I_esc in (0.005, 0.01, 0.05, 0.2):
            intact, half, none = (percent(coupled(BOUNDED, auto), I_esc, [1.0])[0] for auto in (1.0, 0.5, 0.0))
            assert 100.0 < intact < half < none


class TestFiring:
    """S4: firing is back at its baseline within two to three weeks."""

    def test_most_of_the_recovery_takes_two_to_three_weeks(self):
        days = np.arange(0.0, 29.0)
        fire = reduced(list(days))[2]
        end = float(REDUCED.fire(REDUCED.settled(DRUG), DRUG))
        day = float(np.interp(1.0 - np.exp(-1.0), (fire - fire[0]) / (end - fire[0]), days))
        assert MEASURED.value("recovery_early", "d") < day < MEASURED.value("recovery_late", "d")

    @pytest.mark.xfail(strict=True, reason="firing recovers from 56 to 73 % only: feedback persists at the floor of AR")
    def test_it_is_back_at_its_baseline(self):
        assert reduced([MEASURED.value("recovery_late", "d")])[2][0] == close(1.0, rel=TWO_STATES)

    @pytest.mark.xfail(strict=True, reason="without desensitisation firing stays where the first dose put it")
    def test_it_recovers_at_all_with_unchanged_autoreceptors(self):
        fire = reduced([0.0, 21.0], replace(REDUCED, adaptation=Adaptation.UNCHANGED))[2]
        assert fire[1] > 1.05 * fire[0]


class TestStopping:
    """S6: serotonin falls below rest when a long treatment stops."""

    @out_of_range
    @pytest.mark.parametrize("model", [PUBLISHED, BOUNDED], ids=["published", "bounded"])
    @pytest.mark.parametrize("I_esc", [0.01, 0.05, 0.2])
    def test_the_terminal_undershoots_for_days_and_returns(self, I_esc, model):
        stop = 14.0 * DAY
        changes = [Change(0.0, VaricosityInput(I_esc=I_esc)), Change(stop, VaricosityInput())]
        after = 100.0 * follow(model, changes, list(stop + np.array([6.0, 24.0, 48.0, 2000.0]))).e5 / REST
        assert np.all(after[:3] < 97.0)
        assert after[3] == close(100.0, rel=FULL)

    def test_the_longer_the_treatment_the_deeper(self):
        def lowest(days: float) -> float:
            changes = [Change(0.0, VaricosityInput(I_esc=0.05)), Change(days * DAY, VaricosityInput())]
            return float(follow(BOUNDED, changes, list(days * DAY + np.arange(1.0, 72.0))).e5.min())

        assert lowest(14.0) < 0.8 * lowest(1.0)

    @pytest.mark.xfail(strict=True, reason="in the reduction serotonin returns to rest at once, whatever AR")
    def test_the_reduction_undershoots(self):
        assert float(REDUCED.HT(REDUCED.settled(DRUG), SerotoninInput(theta=0.0))) < 0.999


class TestFullAgainstReduction:
    """The two fidelities at the same occupancy."""

    @pytest.mark.parametrize("I_esc", [0.005, 0.01, 0.05, 0.1, 0.2])
    def test_they_agree_in_the_first_hour(self, I_esc):
        theta = float(BOUNDED.transporter.occupancy(I_esc))
        rise = 100.0 * float(REDUCED.HT(1.0, SerotoninInput(theta)))
        assert rise == close(percent(BOUNDED, I_esc, [1.0])[0], rel=TWO_STATES)

    def test_they_part_within_weeks(self):
        theta = float(BOUNDED.transporter.occupancy(0.05))
        lasting = 100.0 * float(REDUCED.HT(REDUCED.settled(SerotoninInput(theta)), SerotoninInput(theta)))
        assert lasting > 1.4 * percent(BOUNDED, 0.05, [14.0 * DAY])[0]
