"""Times of randomisation: nobody's where none are asked, evenly or rising, and the same whoever else is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.trials.calendar import randomised_at
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.design import Trial
from euthymia.trials.draws import Draws
from euthymia.trials.protocol import parse_trial
from euthymia.trials.running import Enrolment, Recruitment
from euthymia.trials.writing import to_toml

YEAR = 8760.0  # h


@pytest.fixture(scope="module")
def trial() -> Trial:
    return replace(load_trial("transform-2"), published=())


def times(trial: Trial, enrolment: Enrolment | None, replicates: int = 40) -> np.ndarray:
    return randomised_at(enrolment, Draws.of(trial, 3, range(replicates)))


def test_everybody_is_randomised_at_once_where_nothing_is_said(trial: Trial):
    assert not times(trial, None).any()
    assert not times(trial, Enrolment(0.0)).any()


def test_people_come_evenly_over_the_time(trial: Trial):
    found = times(trial, Enrolment(YEAR))
    for share in (0.1, 0.5, 0.9):
        error = 4.0 * np.sqrt(share * (1.0 - share) / found.size)
        assert (found < share * YEAR).mean() == pytest.approx(share, abs=error)


def test_at_a_rising_rate_a_quarter_has_come_at_half_time(trial: Trial):
    found = times(trial, Enrolment(YEAR, Recruitment.RISING))
    assert (found < 0.5 * YEAR).mean() == pytest.approx(0.25, abs=4.0 * np.sqrt(0.25 * 0.75 / found.size))
    assert found.max() < YEAR


def test_enrolment_is_kept_with_the_data_and_moves_nothing_else(trial: Trial):
    plain = conduct(trial, seed=3, replicates=2)
    found = conduct(replace(trial, enrolment=Enrolment(YEAR)), seed=3, replicates=2)
    assert not cast(np.ndarray, plain.enrolled).any()
    enrolled = cast(np.ndarray, found.enrolled)
    assert enrolled.shape == found.left.shape
    assert (enrolled > 0.0).all()
    np.testing.assert_array_equal(found.phases[0].MADRS, plain.phases[0].MADRS)
    np.testing.assert_array_equal(enrolled[1:], conduct_second(trial))


def conduct_second(trial: Trial) -> np.ndarray:
    draws = Draws.of(trial, 3, range(1, 2))
    return randomised_at(Enrolment(YEAR), draws)[None]


def test_enrolment_is_read_and_written(trial: Trial):
    asked = replace(trial, enrolment=Enrolment(YEAR, Recruitment.RISING))
    assert parse_trial(to_toml(asked)) == asked
    assert parse_trial(to_toml(trial)).enrolment is None


def test_an_unknown_pattern_is_refused_with_what_is_allowed(trial: Trial):
    written = to_toml(replace(trial, enrolment=Enrolment(YEAR, Recruitment.RISING))).replace('"rising"', '"rissing"')
    with pytest.raises(TrialFileError, match=r"enrolment\.pattern: given 'rissing'; did you mean 'rising'"):
        parse_trial(written)
