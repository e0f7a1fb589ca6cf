"""The mechanism without a trial: its posterior found again from the others, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from euthymia.calibration import whole
from euthymia.evidence.posterior import Posterior, posterior
from euthymia.score import leaving_out
from euthymia.score.leaving_out import REFITTED, UNTOUCHED, left_out, with_its_people
from euthymia.score.uncertainty import OfPosterior, present
from euthymia.trials.catalogue import load_trial


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Replace the fit by one that goes nowhere; returns which trials were hidden in each call."""
    calls: list[tuple[str, ...]] = []

    class Nowhere:
        @classmethod
        def of(cls, kept: Posterior, *, seed: int, people: int) -> Nowhere:
            return cls()

        def without(self, trials: Sequence[str], *, command: str) -> Posterior:
            calls.append(tuple(trials))
            others = tuple(name for name in posterior().trials if name not in trials)
            return replace(posterior(), trials=others, command=command)

    monkeypatch.setattr(leaving_out, "All", Nowhere)
    return calls


def test_a_fitted_trial_is_taken_out_and_another_changes_nothing(fits: list[tuple[str, ...]]):
    without = left_out(1)
    found, words = without(load_trial("synapse"))
    assert fits == [("synapse", "synapse-panel-b")]
    assert isinstance(found, OfPosterior)
    assert set(found.kept.trials) == set(posterior().trials) - set(fits[0])
    assert words == f"{REFITTED}, nor synapse-panel-b, whose people may be the same"
    assert without(load_trial("lapidus-2014"))[1] == REFITTED
    same, words = without(load_trial("sustain-1"))
    assert isinstance(same, OfPosterior)
    assert same.key == present().key
    assert words.startswith(UNTOUCHED)
    assert "harms" in without(load_trial("transform-1"))[1]
    assert "pill placebo" in without(load_trial("wernicke-1987"))[1]
    assert len(fits) == 4


def test_a_kept_fit_is_not_made_again_and_half_of_one_is(tmp_path: Path, fits: list[tuple[str, ...]]):
    keys = {left_out(1, tmp_path)(load_trial("synapse"))[0].key for _ in range(3)}
    assert len(fits) == len(keys) == 1
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    left_out(1, tmp_path)(load_trial("synapse"))
    assert len(fits) == 2
    left_out(2, tmp_path)(load_trial("synapse"))
    assert len(fits) == 3


def test_trials_with_people_in_common_leave_together():
    chosen = load_trial("synapse")
    pool = replace(chosen, id="a-pool", registry=f"{chosen.registry}; {load_trial('transform-1').registry}")
    assert with_its_people(pool) == ("synapse", "synapse-panel-b", "transform-1")
    assert with_its_people(chosen) == ("synapse", "synapse-panel-b")


def test_every_trial_of_the_posterior_is_one_of_the_package_for_calibration():
    assert {str(load_trial(name).split) for name in posterior().trials} == {"calibration"}


def test_a_fit_begins_where_the_mode_of_all_trials_is():
    """Effects of a trial stand at the same trial's, whatever other trials there are."""

    class Few:
        names: Any = ("amplitudes.gain", "care of synapse", "care of a trial nobody saw")

    found = whole.from_posterior(Few(), posterior())  # pyright: ignore[reportArgumentType]
    care = next(one.mode for one in posterior().effects if (one.kind, one.trial) == ("care", "synapse"))
    np.testing.assert_array_equal(found, [posterior()["amplitudes.gain"].mode, care, 0.0])
