"""Numbers drawn from a posterior: together, replicate by replicate, and into the chain."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.engine.ensemble import Settings
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.evidence.posterior import FreeNumber, Posterior
from euthymia.models.defaults import default_chain
from euthymia.score.uncertainty import OfPosterior
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial

MANY = range(4000)


def made(correlation: float = -0.8, **spreads: float) -> OfPosterior:
    numbers = [
        FreeNumber("amplitudes.gain", "1", 0.5, 1.0, "log", 0.3, 0.2),
        FreeNumber("plasticity.tau_pot", "d", 3.0, 0.5, "log", -0.4, 0.5),
        *(FreeNumber(f"calibration.{name}", "1", value, 0.5, "log", 0.0, 1e-6) for name, value in spreads.items()),
    ]
    sd = np.array([one.sd for one in numbers])
    together = np.eye(len(numbers))
    together[0, 1] = together[1, 0] = correlation
    covariance = together * np.outer(sd, sd)
    return OfPosterior(Posterior(tuple(numbers), covariance, (), ("a trial",), 7, "hash", "0", "command"))


def test_numbers_are_drawn_about_their_mode_and_together():
    drawn = made()
    gain = np.log([record["gain"].value for record in drawn.amplitudes(1, MANY)])
    tau = np.log([one["plasticity.tau_pot"] for one in drawn.others(1, MANY)])
    error = 4.0 / np.sqrt(len(MANY))
    assert abs(gain.mean() - (np.log(0.5) + 0.3)) < 0.2 * error
    assert abs(tau.mean() - (np.log(3.0) - 0.5 * 0.4)) < 0.25 * error
    assert abs(gain.std() / 0.2 - 1.0) < error
    assert abs(tau.std() / 0.25 - 1.0) < error
    assert abs(np.corrcoef(gain, tau)[0, 1] + 0.8) < error


def test_a_replicates_numbers_do_not_depend_on_which_others_are_asked():
    drawn = made(sd_trial_visit=0.2)
    whole, part = drawn.amplitudes(3, range(6)), drawn.amplitudes(3, range(4, 6))
    assert [one.parameters for one in whole[4:]] == [one.parameters for one in part]
    assert drawn.others(3, range(6))[4:] == drawn.others(3, range(4, 6))


def test_trials_differ_in_fluctuation_and_in_the_effect_of_tablets_as_the_posterior_says():
    drawn, own = made(sd_trial_visit=0.2, sd_trial_oral=0.3), load_record("amplitudes")
    records = drawn.amplitudes(1, MANY)
    visit = np.log([one["sd_visit"].value / own["sd_visit"].value for one in records])
    home = np.log([one["sd_visit_tablets"].value / own["sd_visit_tablets"].value for one in records])
    oral = np.array([one["y_5HT"].value / own["y_5HT"].value for one in records])
    assert abs(visit.std() - 0.2) < 0.02
    np.testing.assert_allclose(home, visit)
    assert abs(oral.std() - 0.3) < 0.02
    assert abs(oral.mean() - 1.0) < 0.02


def test_the_chain_takes_other_numbers_and_refuses_those_it_does_not_have():
    usual = default_chain()
    other = default_chain(others={"plasticity.tau_pot": 2.0 * load_record("plasticity")["tau_pot"].value})
    assert float(other.potentiation.tau_pot) == pytest.approx(2.0 * float(usual.potentiation.tau_pot))
    assert float(other.spines.k_spn) == float(usual.spines.k_spn)
    with pytest.raises(UnknownNameError, match="tau_pot"):
        default_chain(others={"plasticity.tau_pott": 6.4})
    with pytest.raises(EuthymiaError, match="plasticity and serotonin"):
        default_chain(others={"amplitudes.gain": 1.0})


def test_a_conducted_trial_follows_other_numbers():
    def change(others: dict[str, float]) -> float:
        batch = Batch(load_trial("murrough-2013"), 1, range(2), Settings(threads=1), trial_effects=False, others=others)
        data = batch.conducted()
        return float((data.phases[0].MADRS[..., -1] - data.phases[0].baseline).mean())

    assert change({"plasticity.a_pot": 40.0}) < change({}) - 0.5
