"""The likelihood of published trials, its slopes, and the pipeline that finds the posterior."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.calibration.diagnostics import RANKS, simulated_ranks, uniformity
from euthymia.calibration.fixed import fix
from euthymia.calibration.likelihood import Errors, errors, log_posterior
from euthymia.calibration.model import Model, build
from euthymia.calibration.posterior import Slopes, climb, gradient_at
from euthymia.calibration.priors import Scale, prior_of, priors
from euthymia.calibration.rows import Kind, refuse, rows_of
from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence import source_record
from euthymia.evidence.published import Split
from euthymia.trials.catalogue import load_trial

FREE = ("amplitudes.gain", "amplitudes.session_mean", "amplitudes.sd_visit", "calibration.discrepancy")
PEOPLE = 16


@cache
def small() -> tuple[Model, Errors, Slopes]:
    model = build(
        [fix(load_trial(name), people=PEOPLE) for name in ("murrough-2013", "singh-2016")],
        free=[*map(prior_of, FREE), prior_of("amplitudes.sd_trial_gain")],
        anchored=False,
    )
    return model, errors(model, jnp.zeros(model.size)), Slopes(model)


def somewhere(model: Model) -> np.ndarray:
    return np.random.default_rng(4).normal(0.0, 0.5, model.size)


def test_a_prior_has_its_record_s_value_in_the_middle_and_goes_there_and_back():
    for prior in priors():
        assert prior.value(0.0) == pytest.approx(prior.centre)
        assert prior.place(prior.value(1.3)) == pytest.approx(1.3)
    assert prior_of("plasticity.tau_pot").centre == source_record("plasticity")["tau_pot"].value
    assert prior_of("serotonin.kappa").scale is Scale.LOGIT
    assert 0.0 < prior_of("serotonin.kappa").value(4.0) < 1.0


def test_a_number_that_is_not_free_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"amplitudes\.gain"):
        prior_of("amplitudes.gian")


def test_a_row_that_is_not_marked_calibration_is_refused():
    row = load_trial("murrough-2013").published[0]
    with pytest.raises(EvidenceError, match="only rows marked calibration may be fitted"):
        refuse(replace(row, split=Split.VALIDATION))


def test_a_trial_of_validation_is_refused_as_a_whole():
    with pytest.raises(EvidenceError, match="only rows marked calibration"):
        rows_of(fix(load_trial("canuso-2018"), people=12))


def test_weights_of_a_row_sum_to_one_and_those_carried_forward_fall_on_all_visits():
    (row, *_), _ = rows_of(fix(load_trial("faber-1995"), people=12))
    assert row.kind is Kind.RESPONSE
    assert row.weight.sum() == pytest.approx(1.0)
    assert (row.weight.sum(1) > 0.0).all()


def test_rows_of_one_arm_go_together_as_their_people_do_and_of_two_arms_not():
    model, scatter, _ = small()
    sd = np.sqrt(np.diag(scatter.sampling))
    r = scatter.sampling / np.outer(sd, sd)
    rows = model.all_rows
    place = {(row.arm, row.kind): at for at, row in enumerate(rows) if row.trial == "murrough-2013"}
    assert r[place["ketamine", Kind.CHANGE], place["ketamine", Kind.RESPONSE]] < -0.6
    assert r[place["ketamine", Kind.CHANGE], place["midazolam", Kind.CHANGE]] == 0.0
    assert np.linalg.eigvalsh(scatter.sampling).min() > 0.0


def test_the_gradient_of_the_log_posterior_is_that_of_differences():
    model, scatter, slopes = small()
    x = somewhere(model)
    height = jax.jit(lambda at: log_posterior(model, scatter, at))
    h = 1e-4
    moves = h * np.eye(model.size)
    one = np.array([float(height(x + move) - height(x - move)) for move in moves]) / (2.0 * h)
    two = np.array([float(height(x + 2.0 * move) - height(x - 2.0 * move)) for move in moves]) / (4.0 * h)
    differences = (4.0 * one - two) / 3.0
    scale = np.abs(differences).max()
    assert gradient_at(model, scatter, x, slopes) == pytest.approx(differences, rel=1e-6, abs=1e-6 * scale)


@pytest.mark.long
def test_the_gradient_by_the_reverse_pass_is_that_by_the_forward_one():
    model, scatter, slopes = small()
    x = somewhere(model)
    backward = jax.jit(jax.grad(lambda at: log_posterior(model, scatter, at)))(x)
    forward = gradient_at(model, scatter, x, slopes)
    assert np.asarray(backward) == pytest.approx(forward, rel=1e-8, abs=1e-8 * np.abs(forward).max())


def test_the_climb_ends_at_the_same_place_wherever_it_begins():
    model, scatter, slopes = small()
    one, other = (climb(model, scatter, at * np.ones(model.size), slopes=slopes) for at in (0.0, 0.7))
    assert other.log_posterior == pytest.approx(one.log_posterior, abs=0.05)
    assert other.x == pytest.approx(one.x, abs=0.15)


def test_no_number_is_known_worse_after_the_trials_than_before():
    model, scatter, slopes = small()
    mode = climb(model, scatter, np.zeros(model.size), slopes=slopes)
    assert (np.diag(mode.covariance) <= 1.0 + 1e-9).all()
    assert mode.covariance[0, 0] < 0.9


def test_a_held_number_stays_and_the_others_do_no_better_than_at_the_mode():
    model, scatter, slopes = small()
    mode = climb(model, scatter, np.zeros(model.size), slopes=slopes)
    x = mode.x + np.eye(model.size)[0]
    held = climb(model, scatter, x, slopes=slopes, held=(0,))
    assert held.x[0] == x[0]
    assert held.log_posterior < mode.log_posterior


def test_without_trials_that_say_anything_the_posterior_is_the_prior():
    model, scatter, slopes = small()
    vague = Errors(1e8 * scatter.sampling, 0.0 * scatter.scale)
    mode = climb(model, vague, np.ones(model.size), slopes=slopes)
    assert np.abs(mode.x).max() < 0.01
    assert mode.covariance == pytest.approx(np.eye(model.size), abs=0.01)


def test_small_trials_count_less_where_they_are_inflated():
    model, scatter, _ = small()
    wider = errors(model, jnp.zeros(model.size), inflation=0.5)
    ratio = np.diag(wider.sampling) / np.diag(scatter.sampling)
    n = np.array([row.n for row in model.all_rows])
    assert ratio == pytest.approx(1.0 + 50.0 / n)


def _check_ranks(count: int, least: float) -> None:
    model, scatter, _ = small()
    ranks = simulated_ranks(model, scatter, count)
    assert ranks.min() >= 0
    assert ranks.max() <= RANKS
    p = uniformity(ranks)
    # Bonferroni over the normals: all uniform unless one is off beyond chance.
    assert p.min() > least / model.size, dict(zip(model.names, p, strict=True))


def test_true_numbers_rank_uniformly_among_draws_of_their_posteriors_in_a_few_simulations():
    _check_ranks(20, 0.001)


@pytest.mark.long
def test_true_numbers_rank_uniformly_among_draws_of_their_posteriors():
    _check_ranks(200, 0.05)
