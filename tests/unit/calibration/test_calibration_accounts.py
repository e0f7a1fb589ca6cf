"""Accounts of how treatment works fitted to the same rows: same data, own chain, and one that made data is told."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.calibration import whole
from euthymia.calibration.accounted import account_of, log_evidence, rms
from euthymia.calibration.cascade import course, side_by_side
from euthymia.calibration.expected import Trials
from euthymia.calibration.fixed import Rating, conducted_evenly, fix, lanes_of
from euthymia.calibration.likelihood import errors
from euthymia.calibration.model import Model, build
from euthymia.calibration.posterior import Slopes, climb
from euthymia.calibration.priors import RULED_OUT, free_under, prior_of, priors
from euthymia.calibration.whole import Found
from euthymia.errors import EuthymiaError, EvidenceError, UnknownNameError
from euthymia.evidence.account import DEFAULT, account, fitted_accounts, from_text
from euthymia.evidence.posterior import posterior
from euthymia.models.accounts import Mechanism
from euthymia.models.rivals import rival
from euthymia.score.fits import beside_the_best
from euthymia.score.mechanisms import COMPARED
from euthymia.trials.catalogue import load_trial

A_5HT = "amplitudes.a_5HT"
FREE = ("amplitudes.gain", "amplitudes.session_mean", "amplitudes.sd_visit", "calibration.discrepancy")
RIVALS = (Mechanism.DISINHIBITION, Mechanism.HYDROXYNORKETAMINE)


@pytest.mark.parametrize(
    ("mechanism", "name"),
    [
        (Mechanism.DIRECT, "murrough-2013"),
        (Mechanism.HYDROXYNORKETAMINE, "murrough-2013"),
        (Mechanism.SEROTONIN_ONLY, "wernicke-1988"),
        (Mechanism.PLASTICITY_ONLY, "wernicke-1988"),
    ],
)
def test_the_cascade_of_an_account_is_its_chain_in_the_conducted_trial(mechanism: Mechanism, name: str):
    sizes = {A_5HT: 1.5, "amplitudes.y_5HT": 0.4, "plasticity.tau_mtor": 30.0}
    batch = conducted_evenly(load_trial(name), 1, 12, sizes, mechanism)
    batch.conducted()
    ratings = tuple(Rating(visit.t, visit.recall.hours, np.zeros(12)) for visit in batch.trial.visits)
    lanes = lanes_of(batch, ratings)
    own = {one: value for one, value in sizes.items() if one not in RULED_OUT.get(mechanism, ())}
    sev, area = course(side_by_side([lanes]), own, mechanism=mechanism)
    assert np.abs(np.asarray(sev)).max() > 0.5
    for rating in ratings:
        begin, at = (int(np.argmin(np.abs(lanes.t - t))) for t in (max(rating.t - rating.window, 0.0), rating.t))
        ours = (area[at] - area[begin]) / rating.window if rating.window else sev[at]
        theirs = batch.course.severity(rating.t, rating.window)
        assert float(ours.mean()) == pytest.approx(theirs.mean(), abs=0.1)  # what steps of a fit aim at (fixed.GRID)
        assert np.asarray(ours) == pytest.approx(theirs, rel=0.02, abs=1e-9)


@pytest.mark.parametrize(("name", "arm"), [("murrough-2013", "ketamine"), ("japan-2b", "56 mg + AD")])
def test_the_metabolite_reaches_people_of_a_trial_whether_infused_or_sprayed(name: str, arm: str):
    """It once reached nobody in a trial: the account of it was one without any effect of ketamine."""
    batch = conducted_evenly(load_trial(name), 1, 8, {}, Mechanism.HYDROXYNORKETAMINE)
    place = [one.name for one in batch.trial.phases[0].arms].index(arm)
    who = batch.arm[batch.trial.phases[0].name] == place
    batch.conducted()
    assert (batch.course.at("sev", 24.0)[who] < -1.0).all()


def test_an_account_with_the_racemate_s_metabolite_has_the_same_ketamine_in_the_same_people():
    trial = load_trial("murrough-2013")
    mine, usual = (conducted_evenly(trial, 1, 8, {}, each) for each in RIVALS)
    levels = []
    for batch in (mine, usual):
        batch.conducted()
        levels.append(batch.course.at(batch.exposed.felt, 40.0 / 60.0))
    assert levels[0] == pytest.approx(levels[1], rel=1e-9)


def test_an_account_leaves_free_everything_that_it_does_not_rule_out():
    assert free_under(Mechanism.DISINHIBITION) == priors()
    assert {one.name for one in priors()} - {one.name for one in free_under(Mechanism.SEROTONIN_ONLY)} == {
        "amplitudes.y_5HT"
    }
    with pytest.raises(EuthymiaError, match="closed loop"):
        whole.fit(mechanism=Mechanism.CLOSED_LOOP)


def test_what_an_account_rules_out_is_nothing_in_its_chain_whatever_the_sizes_say():
    others = {"plasticity.tau_pot": 5.0}
    serotonin, plasticity = (
        rival(each, None, others) for each in (Mechanism.SEROTONIN_ONLY, Mechanism.PLASTICITY_ONLY)
    )
    assert float(serotonin.spines.y_5HT) == 0.0
    assert float(plasticity.relief.a_5HT) == 0.0
    assert float(serotonin.potentiation.tau_pot) == float(plasticity.potentiation.tau_pot) == 5.0 * 24.0


def test_a_row_of_validation_is_refused_under_every_account():
    with pytest.raises(EvidenceError, match="only rows marked calibration"):
        whole.fit(["canuso-2018"], people=8, rounds=1, mechanism=Mechanism.DIRECT)


def test_trials_conducted_under_two_accounts_are_not_one_model():
    one = fix(load_trial("murrough-2013"), people=8)
    with pytest.raises(EuthymiaError, match="direct and disinhibition; expected one account"):
        Trials.of([one, replace(one, mechanism=Mechanism.DIRECT)])


@cache
def small(mechanism: Mechanism) -> tuple[Model, Slopes]:
    """Return one trial with many early ratings of doses of the spray, under an account."""
    trial = fix(load_trial("synapse"), people=12, mechanism=mechanism)
    model = build([trial], free=[*map(prior_of, FREE)], anchored=False)
    return model, Slopes(model)


def published(model: Model, values: np.ndarray) -> Model:
    """Return the model with other published values, without error of sampling to speak of."""
    places = iter(values)
    rows = tuple(
        tuple(replace(row, published=float(next(places)), n=100 * row.n, se=row.se and 0.1 * row.se) for row in part)
        for part in model.rows
    )
    return replace(model, rows=rows)


@pytest.mark.parametrize("truth", RIVALS)
def test_rows_that_one_account_made_are_told_as_its_own(truth: Mechanism):
    model, predicts = small(truth)
    made = np.asarray(predicts.predicted(np.zeros(model.size)))
    fits = []
    for each in RIVALS:
        own, slopes = small(each)
        given = published(own, made)
        scatter = errors(given, jnp.zeros(given.size))
        mode = climb(given, scatter, np.zeros(given.size), slopes=slopes, published=given.published())
        fits.append(account_of(Found(given, scatter, mode, 1), command="test"))
    first, second = beside_the_best(fits)
    assert first.mechanism == truth.value
    assert first.log_evidence > second.log_evidence + 2.0
    assert first.rms < second.rms


def test_the_evidence_of_numbers_that_no_row_informs_is_that_without_them():
    model, slopes = small(Mechanism.DISINHIBITION)
    wide = build(
        list(model.trials.fixed), free=[*map(prior_of, (*FREE, "serotonin.kappa", "serotonin.K_AR"))], anchored=False
    )
    found = []
    for one, own in ((model, slopes), (wide, Slopes(wide))):
        scatter = errors(one, jnp.zeros(one.size))
        found.append(Found(one, scatter, climb(one, scatter, np.zeros(one.size), slopes=own), 1))
    assert log_evidence(found[1]) == pytest.approx(log_evidence(found[0]), abs=0.02)
    assert rms(found[1]) == pytest.approx(rms(found[0]), abs=0.01)


def test_every_account_that_is_compared_was_fitted_to_the_rows_of_the_default_and_no_others():
    assert set(fitted_accounts()) == {each.value for each in COMPARED}
    for name in fitted_accounts():
        own = account(name).posterior
        assert (own.trials, own.rows, own.rows_hash) == (
            posterior().trials,
            posterior().rows,
            posterior().rows_hash,
        )
        assert own.names == tuple(one.name for one in free_under(Mechanism(name)))
        assert set(account(name).left_out) == set(account(DEFAULT).left_out)
        assert np.linalg.eigvalsh(own.covariance).min() > 0.0


def test_the_default_account_has_the_default_s_posterior():
    assert account(DEFAULT).posterior is posterior()
    with pytest.raises(UnknownNameError, match="serotonin only"):
        account("serotonin onlyy")
    with pytest.raises(EvidenceError, match="not an account"):
        from_text("{}", "test")
