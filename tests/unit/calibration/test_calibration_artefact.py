"""The posterior as it is kept: read without numerics, told apart from its prior, and with its groups for ArviZ."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import numpy as np
import pytest

import euthymia as eu
from euthymia.calibration.artefact import inference_data, kept
from euthymia.calibration.diagnostics import coverage, inside_by_trial, together
from euthymia.calibration.fixed import fix
from euthymia.calibration.likelihood import errors
from euthymia.calibration.model import build
from euthymia.calibration.posterior import climb
from euthymia.calibration.priors import prior_of
from euthymia.calibration.whole import Found, names_of_trials
from euthymia.cli.output import to_json
from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence.posterior import FreeNumber, Standing, from_text, posterior
from euthymia.evidence.published import Split
from euthymia.trials.catalogue import load_trial

FREE = ("amplitudes.session_mean", "serotonin.kappa", "amplitudes.sd_trial_care")


@cache
def found() -> Found:
    model = build([fix(load_trial("murrough-2013"), people=16)], free=[prior_of(name) for name in FREE], anchored=False)
    scatter = errors(model, np.zeros(model.size))
    return Found(model, scatter, climb(model, scatter, np.zeros(model.size)), 1)


def test_what_is_kept_comes_back_from_its_text():
    one = kept(found())
    again = from_text(to_json(one.to_dict()), "test")
    assert again.to_dict() == one.to_dict()
    assert again["serotonin.kappa"].scale == "logit"


def test_a_number_that_no_row_informs_is_a_prior_and_never_estimated():
    one = kept(found())
    assert one["serotonin.kappa"].standing is Standing.PRIOR
    assert one["serotonin.kappa"].contraction == pytest.approx(0.0, abs=1e-9)
    assert one["amplitudes.session_mean"].standing is Standing.ESTIMATED


def test_an_interval_of_a_log_normal_is_symmetric_in_ratios():
    low, high = FreeNumber("a", "1", 2.0, 0.5, "log", 0.0, 1.0).interval
    assert low * high == pytest.approx(4.0)


def test_draws_have_the_mode_and_spread_that_are_kept():
    one = kept(found())
    drawn = one.draws(4000)["amplitudes.session_mean"]
    assert np.median(drawn) == pytest.approx(one["amplitudes.session_mean"].value, rel=0.05)


def test_an_unknown_number_and_a_broken_text_are_refused():
    with pytest.raises(UnknownNameError, match="session_mean"):
        kept(found())["amplitudes.session_men"]
    with pytest.raises(EvidenceError, match="not a posterior"):
        from_text("{}", "test")
    with pytest.raises(EvidenceError, match="schema is 'other'"):
        from_text(json.dumps({"schema": "other"}), "test")


def test_fitted_rows_are_beside_intervals_that_hold_their_typical_value():
    rows = coverage(found())
    assert all(row.low < row.typical < row.high for row in rows)
    ((inside, n),) = inside_by_trial(rows).values()
    assert n == len(rows) == 6
    assert inside >= 4


def test_pairs_of_numbers_come_with_their_correlations_the_largest_first():
    r = [abs(pair[2]) for pair in together(found())]
    assert r == sorted(r, reverse=True)
    assert max(r) <= 1.0


def test_arviz_gets_prior_posterior_predictions_and_what_was_observed():
    pytest.importorskip("arviz")
    data = inference_data(found(), draws=200)
    assert set(data.groups()) == {"prior", "posterior", "posterior_predictive", "observed_data"}
    assert data.posterior_predictive["published"].shape == (1, 200, 6)
    mean = data.posterior_predictive["published"].mean(("chain", "draw")).to_numpy()
    assert mean == pytest.approx(found().mode.predicted, rel=0.2, abs=2.0)


def test_the_posterior_of_the_package_is_of_calibration_trials_and_of_every_free_number():
    one = posterior()
    assert one.trials == names_of_trials()
    assert all(load_trial(name).split is Split.CALIBRATION for name in one.trials)
    assert np.linalg.eigvalsh(one.covariance).min() > 0.0
    for number in one.numbers:
        prior = prior_of(number.name)
        assert (number.centre, number.width, number.unit) == (prior.centre, prior.width, prior.unit)
    assert eu.posterior() is one


def test_the_posterior_is_read_without_jax():
    code = "import sys, euthymia as eu; print(eu.posterior()); assert 'jax' not in sys.modules, 'jax'"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "contraction" in ended.stdout
