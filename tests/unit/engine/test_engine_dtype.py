"""The chain in float32: how far from float64, and the same bytes however the people are split."""

import dataclasses

import numpy as np
import pytest

import full_crowd
from euthymia.engine import ensemble
from euthymia.engine.blocks import Block
from euthymia.engine.device import Dtype, dtype_named
from euthymia.engine.ensemble import Outcome, Settings
from euthymia.errors import UnknownNameError

PEOPLE = 2048
POINTS = 0.01  # of the MADRS, by which float32 may move severity
SHARE = 0.005  # of the largest value, by which it may move anything else: in the linear part, modes cancel


def followed(dtype: Dtype, threads: int = 1) -> Outcome:
    crowd = full_crowd.draw(PEOPLE)
    return ensemble.run(crowd.group, crowd.events, full_crowd.REPORT, settings=Settings(dtype=dtype, threads=threads))


@pytest.fixture(scope="module")
def in_float64() -> Outcome:
    return followed(Dtype.FLOAT64)


@pytest.fixture(scope="module")
def in_float32() -> Outcome:
    return followed(Dtype.FLOAT32)


def test_severity_in_float32_is_within_a_hundredth_of_a_point(in_float64: Outcome, in_float32: Outcome):
    off = np.abs(in_float64.values["sev"] - in_float32.values["sev"])
    assert 0.0 < off.max() < POINTS
    assert off.max() < np.abs(in_float64.error["sev"]).max()


def test_everything_else_in_float32_is_within_its_share_of_the_largest(in_float64: Outcome, in_float32: Outcome):
    for name, exact in in_float64.values.items():
        off = np.abs(exact - in_float32.values[name]).max()
        assert off <= SHARE * np.abs(exact).max(), name


def test_threads_change_no_byte_in_float32(in_float32: Outcome):
    again = followed(Dtype.FLOAT32, threads=2)
    for name, values in in_float32.values.items():
        assert values.tobytes() == again.values[name].tobytes(), name


def test_going_on_in_float32_is_going_through_in_it(in_float32: Outcome):
    crowd, half = full_crowd.draw(PEOPLE), full_crowd.REPORT.size // 2
    settings = Settings(dtype=Dtype.FLOAT32)
    first = ensemble.run(crowd.group, crowd.events, full_crowd.REPORT[:half], settings=settings)
    then = ensemble.run(crowd.group, crowd.events, full_crowd.REPORT[half:], moment=first.moment, settings=settings)
    np.testing.assert_array_equal(then.values["sev"][:, -1], in_float32.values["sev"][:, -1])


def test_people_whose_rates_nearly_coincide_keep_all_digits():
    crowd = full_crowd.draw(4)
    dense = dataclasses.replace(crowd.group, blocks=[_dense(crowd)])
    both = [
        ensemble.run(dense, crowd.events[:3], np.array([1.0, 30.0]), settings=Settings(dtype=dtype)) for dtype in Dtype
    ]
    assert np.array_equal(both[0].values["sev"], both[1].values["sev"])


def _dense(crowd: full_crowd.FullCrowd) -> Block:
    linear = crowd.exposed.linear
    return ensemble._block(linear, ensemble.modes(linear), crowd.chain, np.arange(4), dense=True)


def test_an_unknown_dtype_names_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"no dtype 'float16'.*float32, float64"):
        dtype_named("float16")
