"""Virtual people: named draws, regression to the mean, and the covariates of the published kinetics."""

from __future__ import annotations

from dataclasses import fields, replace

import jax
import numpy as np
import pytest

from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.patients.population import People, Traits, draw, joined, typical
from euthymia.symptoms.background import Background

HERE = Stream(1).fold("test")
MANY = 20_000


@pytest.fixture(scope="module")
def crowd() -> People:
    return draw(HERE, 0, MANY, Traits())


def leaves(people: People) -> list[np.ndarray]:
    """Return every array of a group, those of its parts included."""
    own = [getattr(people, field.name) for field in fields(people) if field.name not in ("background", "body")]
    return [*own, *vars(people.background).values(), *jax.tree.leaves(people.body)]


def test_people_drawn_in_slices_are_the_people_drawn_at_once():
    whole = draw(HERE, 0, 50, Traits())
    parts = joined([draw(HERE, 0, 7, Traits()), draw(HERE, 7, 8, Traits()), draw(HERE, 8, 50, Traits())])
    for at_once, in_slices in zip(leaves(whole), leaves(parts), strict=True):
        np.testing.assert_array_equal(at_once, in_slices)


def test_another_seed_or_name_gives_other_people():
    one, other, renamed = (
        draw(stream, 0, 20, Traits()) for stream in (HERE, Stream(2).fold("test"), Stream(1).fold("text"))
    )
    assert not np.isin(one.weight, other.weight).any()
    assert not np.isin(one.weight, renamed.weight).any()


def test_rated_baselines_have_the_trial_s_mean_and_sd_and_its_limit(crowd: People):
    mean, sd, lowest = Traits().MADRS
    assert crowd.baseline_rating.mean() == pytest.approx(mean, abs=4.0 * sd / np.sqrt(MANY))
    assert crowd.baseline_rating.std() == pytest.approx(sd, rel=0.02)
    assert crowd.baseline_rating.min() >= lowest
    assert (crowd.baseline_rating == np.round(crowd.baseline_rating)).all()


def test_true_severity_spreads_less_than_rated_and_regresses_to_the_mean(crowd: People):
    rated, true = crowd.baseline_rating, crowd.background.baseline
    sem = load_record("rating").value("sem", "points")
    assert true.std() == pytest.approx(np.sqrt(rated.std() ** 2 - sem**2), rel=0.02)
    assert true.mean() == pytest.approx(rated.mean(), abs=0.15)
    high, low = rated >= np.quantile(rated, 0.9), rated <= np.quantile(rated, 0.1)
    assert true[high].mean() < rated[high].mean() - 1.0
    assert true[low].mean() > rated[low].mean() + 0.5


def test_a_spread_of_ratings_below_the_rater_s_error_leaves_everybody_alike():
    people = draw(HERE, 0, 100, Traits(MADRS=(37.0, 2.0, 28.0)))
    assert np.isfinite(people.background.baseline).all()
    assert people.background.baseline == pytest.approx(np.full(100, 37.0))


def test_ages_sexes_and_weights_are_those_asked_for(crowd: People):
    mean, sd, low, high = Traits().age
    assert crowd.age.mean() == pytest.approx(mean, abs=4.0 * sd / np.sqrt(MANY))
    assert crowd.age.std() == pytest.approx(sd, rel=0.02)
    assert low <= crowd.age.min() <= crowd.age.max() <= high
    assert crowd.female.mean() == pytest.approx(Traits().women, abs=0.015)
    assert np.median(crowd.weight) == pytest.approx(load_record("population").value("weight_mean", "kgbw"), rel=0.01)


def test_weights_have_the_mean_and_sd_that_a_trial_states():
    people = draw(HERE, 0, MANY, Traits(weight=(92.0, 18.0)))
    assert people.weight.mean() == pytest.approx(92.0, abs=4.0 * 18.0 / np.sqrt(MANY))
    assert people.weight.std() == pytest.approx(18.0, rel=0.03)
    assert people.weight.min() > 0.0
    alike = draw(HERE, 0, 20, Traits(weight=(80.0, 0.0)))
    assert alike.weight == pytest.approx(np.full(20, 80.0))


def test_personal_factors_have_the_stated_centres(crowd: People):
    omega = load_record("dissociation").value("omega_subject", "1")
    assert np.median(crowd.sensitivity) == pytest.approx(np.exp(-0.5 * omega**2), rel=0.03)
    assert crowd.sensitivity.mean() == pytest.approx(1.0, abs=4.0 * crowd.sensitivity.std() / np.sqrt(MANY))
    background = Background.from_record(load_record("amplitudes"))
    assert crowd.background.session.mean() == pytest.approx(background.session_mean, rel=0.02)
    assert crowd.background.care.mean() == pytest.approx(background.care_mean, abs=0.4)
    assert crowd.background.care.std() == pytest.approx(background.care_sd, rel=0.02)


def test_hepatic_flow_falls_with_each_year_above_sixty_only():
    slope = load_record("esketamine").value("s_age", "L/h/year")
    flows = {age: float(typical(37.0, age=age).body.Qh[0]) for age in (20.0, 60.0, 70.0, 80.0)}
    assert slope == pytest.approx(-2.19)
    assert flows[20.0] == flows[60.0] == pytest.approx(151.0)
    assert flows[70.0] - flows[60.0] == pytest.approx(10.0 * slope)
    assert flows[80.0] - flows[60.0] == pytest.approx(20.0 * slope)


def test_asian_people_clear_by_the_published_factors_and_only_they():
    record = load_record("esketamine")
    nobody, everybody = (draw(HERE, 0, 50, Traits(asian=share)) for share in (0.0, 1.0))
    for name, factor in (("kel", "mult_kel_Asian"), ("CLn", "mult_CLn_Asian")):
        ratio = getattr(everybody.body, name) / getattr(nobody.body, name)
        assert ratio == pytest.approx(np.full(50, record.value(factor, "1")))
    np.testing.assert_array_equal(nobody.FRn, everybody.FRn)
    np.testing.assert_array_equal(nobody.body.Qh, everybody.body.Qh)


def test_japanese_people_absorb_more_through_the_nose_but_never_more_than_all():
    factor = load_record("esketamine").value("mult_FRn_Japanese", "1")
    nobody, everybody = (draw(HERE, 0, 500, Traits(asian=share, japanese=share)) for share in (0.0, 1.0))
    assert everybody.FRn == pytest.approx(np.minimum(factor * nobody.FRn, 1.0))
    assert everybody.FRn.max() == 1.0
    assert (everybody.body.kel != nobody.body.kel).all()


def test_a_share_of_ancestry_is_the_share_of_people(crowd: People):
    mixed = draw(HERE, 0, MANY, Traits(asian=0.3, japanese=0.1))
    assert (mixed.body.kel != crowd.body.kel).mean() == pytest.approx(0.3, abs=0.015)
    assert (mixed.FRn != crowd.FRn).mean() == pytest.approx(0.1, abs=0.01)


def test_the_typical_person_has_every_typical_value():
    one, record = typical(37.0), load_record("esketamine")
    assert float(one.FRn[0]) == pytest.approx(record.value("FRn", "1"))
    assert float(one.body.Vc[0]) == pytest.approx(record.value("Vc", "L"))
    assert float(one.sensitivity[0]) == 1.0
    assert float(one.gain[0]) == pytest.approx(load_record("amplitudes").value("gain", "1"))


def test_the_effects_of_a_trial_leave_everything_else_of_its_people_alone():
    people = draw(HERE, 0, 5, Traits())
    moved = people.with_trial_effects(np.full(5, 2.0), np.full(5, 1.5))
    assert moved.background.care - people.background.care == pytest.approx(np.full(5, 2.0))
    assert moved.gain / people.gain == pytest.approx(np.full(5, 1.5))
    back = replace(moved, gain=people.gain, background=people.background)
    for left, right in zip(leaves(back), leaves(people), strict=True):
        np.testing.assert_array_equal(left, right)
