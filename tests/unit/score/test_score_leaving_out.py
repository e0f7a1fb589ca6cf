"""The mechanism without a trial: fitted to the others, kept, and drawn by the new fit's own errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from euthymia.calibration import first_light
from euthymia.calibration.first_light import Fit
from euthymia.evidence import load_record
from euthymia.score.leaving_out import REFITTED, UNTOUCHED, OfFit, left_out
from euthymia.score.uncertainty import present
from euthymia.trials.catalogue import load_trial
from euthymia.trials.power_plan import drawn_scores, uncertain_names


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Replace the fit by an invented one; returns which trials each call was given."""
    calls: list[tuple[str, ...]] = []

    def fit(seed: int, *, trials: tuple[str, ...]) -> Fit:
        calls.append(trials)
        return Fit({"gain": 0.5, "care_mean": 11.0}, {"gain": 0.1}, {}, {}, (), 0.0)

    monkeypatch.setattr(first_light, "fit", fit)
    return calls


def test_a_fitted_trial_is_taken_out_and_another_changes_nothing(fits: list[tuple[str, ...]]):
    without = left_out(1)
    found, words = without(load_trial("synapse"))
    assert fits == [("transform-1", "transform-2", "japan-2b")]
    assert isinstance(found, OfFit)
    assert words == REFITTED
    assert without(load_trial("murrough-2013")) == (present(), UNTOUCHED)
    assert "harms" in without(load_trial("transform-1"))[1]
    assert "pill placebo" in without(load_trial("wernicke-1987"))[1]
    assert len(fits) == 2


def test_a_kept_fit_is_not_made_again(tmp_path: Path, fits: list[tuple[str, ...]]):
    keys = {left_out(1, tmp_path)(load_trial("synapse"))[0].key for _ in range(3)}
    assert len(fits) == len(keys) == 1
    left_out(2, tmp_path)(load_trial("synapse"))
    assert len(fits) == 2


def test_numbers_are_drawn_around_the_fit_with_its_errors():
    found = OfFit({"gain": 0.5}, {"gain": 0.1})
    records = found.amplitudes(1, range(400))
    logs = np.log([record.value("gain", "1") for record in records])
    assert np.median(logs) == pytest.approx(np.log(0.5), abs=0.03)
    assert logs.std() == pytest.approx(0.198, rel=0.1)
    place, usual = uncertain_names().index("care_mean"), load_record("amplitudes")["care_mean"]
    z = drawn_scores(1, range(400))[:, place]
    spread = np.sqrt(np.log1p((usual.cv or 0.0) ** 2))
    drawn = np.array([record.value("care_mean", "points") for record in records])
    assert drawn == pytest.approx(usual.value * np.exp(spread * z))


def test_every_fitted_trial_is_one_of_the_package_for_calibration():
    assert {str(load_trial(name).split) for name in first_light.TRIALS} == {"calibration"}
