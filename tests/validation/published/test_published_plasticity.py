"""The check points of the science notes' slow chain: one infusion of the racemate, and what follows for weeks.

They are the project's own computations, with the arterial kinetics of Kamp 2020 (Anesthesiology 133:1192) and a closed
form of the circuit's dose curve; they test the implementation, and are no evidence. Tolerance 0.1 points.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.engine import ensemble
from euthymia.engine.ensemble import Settings
from euthymia.engine.grid import Resolution
from euthymia.engine.linear import Event, Linear
from euthymia.evidence import source_record
from euthymia.models.chain import Chain
from euthymia.models.defaults import default_chain

WEIGHT = 70.0  # kg
INFUSION = 40.0 / 60.0  # h
V1, V2, V3, CL, Q2, Q3 = 25.0, 56.0, 157.0, 84.0, 161.0, 79.0  # L, L/h; Kamp 2020 at 70 kg
SURGE_MAX = 0.107
NOTES = {one.full_name: one.value for one in source_record("plasticity").parameters}  # before any trial
FINE = Settings(resolution=Resolution(shortest=1.0 / 30.0, growth=0.1, longest=6.0))  # steps of a minute after a dose
DAYS = 24.0


class ClosedForm(eqx.Module):
    """The notes' closed form of the dose curve: dRE(c) = 1.387 c/(c + 1.48)^2 - 0.303 c/(c + 1.48)."""

    factor: Any = 1.0

    def relative_surge(self, c: Any) -> Any:
        change = 1.387 * c / (c + 1.48) ** 2 - 0.303 * c / (c + 1.48)
        return self.factor * jnp.maximum(change, 0.0) / SURGE_MAX


def chain(*, a_bdnf: float = 0.0, w_dis: float = 1.0, w_dir: float = 0.0, factor: float = 1.0) -> Chain:
    """Return the default links behind the notes' exposure: racemate, so a potency factor of one."""

    def where(links: Chain) -> tuple[Any, ...]:
        return (
            links.brain.f_S,
            links.circuit,
            links.severity.a_bdnf,
            links.trigger.trigger.w_dis,
            links.trigger.trigger.w_dir,
        )

    new = (1.0, ClosedForm(np.array(factor)), a_bdnf, w_dis, w_dir)
    arrays = (np.array(value) if isinstance(value, float) else value for value in new)
    return eqx.tree_at(where, default_chain(others=NOTES).with_gain(np.ones(1)), tuple(arrays))


def kamp() -> Linear:
    """Return the arterial kinetics of the racemate with an effect site, ng/mL at the effect site first."""
    ke0 = np.log(2.0) / default_chain().brain.t_ke0
    A = [
        [-(CL + Q2 + Q3) / V1, Q2 / V2, Q3 / V3, 0.0],
        [Q2 / V1, -Q2 / V2, 0.0, 0.0],
        [Q3 / V1, 0.0, -Q3 / V3, 0.0],
        [ke0 * 1000.0 / V1, 0.0, 0.0, -ke0],
    ]
    read = [[0.0, 0.0, 0.0, 1.0], [1000.0 / V1, 0.0, 0.0, 0.0]]
    return Linear(np.array([A]), np.array([read]), ("A1", "A2", "A3", "effect"), ("effect", "arterial"))


def infuse(links: Chain, hours: list[float], *, mg_kg: float = 0.5, doses: tuple[float, ...] = (0.0,)) -> dict:
    people = ensemble.group(kamp(), links)
    events = [Event(DAYS * day, INFUSION, 0, np.array([mg_kg * WEIGHT])) for day in doses]
    outcome = ensemble.run(people, events, np.array(hours), settings=FINE)
    return {name: value[0] for name, value in outcome.values.items()}


def test_the_exposure_is_that_of_the_notes():
    # 253 ng/mL at the end of the infusion, then 74, 54 and 27 at 80, 110 and 230 minutes; peak c 0.55 uM at 41 minutes
    hours = [40 / 60, 41 / 60, 80 / 60, 110 / 60, 230 / 60]
    links = chain()
    found = infuse(links, hours)
    np.testing.assert_allclose(found["arterial"][[0, 2, 3, 4]], [253, 74, 54, 27], atol=0.5)
    assert links.brain.racemate_equivalents(found["effect"][1], links.fu) == pytest.approx(0.55, abs=0.005)


def test_one_infusion_lowers_severity_within_hours_and_for_days():
    hours = [2.0, 4.0, 24.0, 48.0, 72.0, 168.0, 336.0]
    sev = infuse(chain(), hours)["sev"]
    np.testing.assert_allclose(sev, [-1.4, -4.4, -8.4, -7.0, -5.6, -2.5, -1.0], atol=0.1)


def test_the_lowest_point_is_eighteen_hours_after_an_infusion():
    hours = list(np.arange(8.0, 30.1, 0.5))
    sev = infuse(chain(), hours)["sev"]
    assert sev.min() == pytest.approx(-8.5, abs=0.1)
    assert hours[int(sev.argmin())] == pytest.approx(18.0, abs=1.0)


def test_spines_grow_for_two_days_and_stay_for_weeks():
    spn = infuse(chain(), [0.01, 6.0, 24.0, 48.0, 168.0, 336.0])["spn"]
    np.testing.assert_allclose(100.0 * (spn[1:] / spn[0] - 1.0), [0.7, 3.6, 4.6, 3.6, 2.4], atol=0.1)


@pytest.mark.parametrize(("mg_kg", "points"), [(0.1, -3.7), (0.25, -6.5), (1.0, -9.9)])
def test_more_drug_brings_less_than_proportionally_more(mg_kg, points):
    assert infuse(chain(), [24.0], mg_kg=mg_kg)["sev"][0] == pytest.approx(points, abs=0.1)


def test_six_infusions_add_up_and_wear_off():
    days = (0.0, 2.0, 4.0, 7.0, 9.0, 11.0)
    hours = [DAYS * day for day in (2, 4, 7, 9, 11, 14, 21, 28)]
    sev = infuse(chain(), hours, doses=days)["sev"]
    np.testing.assert_allclose(sev, [-7.0, -8.8, -8.6, -11.1, -12.3, -11.3, -5.3, -3.2], atol=0.1)


def test_the_direct_hypothesis_has_much_the_same_course():
    sev = infuse(chain(w_dis=0.0, w_dir=1.0), [24.0, 72.0, 168.0, 336.0])["sev"]
    np.testing.assert_allclose(sev, [-7.7, -5.0, -2.2, -0.9], atol=0.1)


def test_an_anaesthetic_dose_works_later_and_no_less():
    sev = infuse(chain(), [2.0, 4.0, 24.0], mg_kg=5.0)["sev"]
    np.testing.assert_allclose(sev, [-0.5, -3.6, -12.3], atol=0.1)


@pytest.mark.parametrize(("factor", "points"), [(0.71, -7.2), (0.5, -6.0), (0.24, -3.6)])
def test_gates_and_a_weaker_surge_weaken_the_effect(factor, points):
    assert infuse(chain(factor=factor), [24.0])["sev"][0] == pytest.approx(points, abs=0.1)


def test_the_signal_itself_brings_the_first_hours():
    sev = infuse(chain(a_bdnf=12.0), [40 / 60, 2.0, 4.0, 24.0])["sev"]
    np.testing.assert_allclose(sev, [-0.3, -2.8, -6.1, -8.4], atol=0.1)
