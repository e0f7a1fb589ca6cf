"""Named streams: a draw belongs to its address and to nothing else."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from euthymia.engine.stream import Stream, as_uniform

seeds = st.integers(0, 2**64)
names = st.text(min_size=1, max_size=12)
people = st.integers(0, 5000)


@given(seeds, names, people, st.integers(1, 40))
def test_any_slice_of_people_is_the_same_slice_of_everybody(seed, purpose, start, count):
    whole = Stream(seed).uniform(purpose, 0, start + count)
    assert np.array_equal(Stream(seed).uniform(purpose, start, start + count), whole[start:])


@given(seeds, names, people, st.integers(1, 40))
def test_a_generator_that_is_set_anew_is_a_new_one(seed, purpose, start, count):
    stream = Stream(seed).fold("arm")
    fresh = np.random.Philox(key=stream._key(purpose, 0), counter=start // 4)
    words = fresh.random_raw(count + start % 4)[start % 4 :]
    assert np.array_equal(stream.words(purpose, start, start + count)[:, 0], words)
    assert np.array_equal(stream.uniform(purpose, start, start + count)[:, 0], as_uniform(words))


def test_threads_share_no_generator():
    def drawn(number: int) -> np.ndarray:
        return Stream(number).uniform("age", 0, 400, 50)

    alone = [drawn(number) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(drawn, range(40)))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


@given(seeds, names, st.integers(1, 4), st.integers(1, 4))
def test_more_columns_leave_the_earlier_ones_as_they_were(seed, purpose, few, more):
    stream = Stream(seed).fold("arm", 1)
    assert np.array_equal(
        stream.normal(purpose, 3, 20, few + more)[:, :few],
        stream.normal(purpose, 3, 20, few),
    )


@given(seeds, names, people)
def test_draws_lie_strictly_between_zero_and_one(seed, purpose, start):
    drawn = Stream(seed).uniform(purpose, start, start + 50, 2)
    assert drawn.shape == (50, 2)
    assert ((drawn > 0.0) & (drawn < 1.0)).all()
    assert np.isfinite(Stream(seed).normal(purpose, start, start + 50)).all()


@given(seeds, st.lists(names, min_size=2, max_size=2, unique=True))
def test_two_purposes_share_no_draws(seed, purposes):
    first, second = (Stream(seed).uniform(purpose, 0, 20) for purpose in purposes)
    assert not np.intersect1d(first, second).size


def test_the_path_is_read_name_by_name_and_not_as_one_word():
    assert Stream(1).fold("ab", "c") == Stream(1).fold("ab").fold("c")
    joined, apart = Stream(1).fold("ab", "c").uniform("x", 0, 4), Stream(1).fold("a", "bc").uniform("x", 0, 4)
    assert not np.array_equal(joined, apart)


def test_seeds_columns_and_people_are_independent_and_uniform():
    drawn = np.column_stack([Stream(seed).uniform("age", 0, 20_000, 2) for seed in (1, 2)])
    assert np.abs(np.corrcoef(drawn.T) - np.eye(4)).max() < 0.03
    assert abs(np.corrcoef(drawn[1:, 0], drawn[:-1, 0])[0, 1]) < 0.03
    assert all(stats.kstest(column, "uniform").pvalue > 1e-4 for column in drawn.T)


def test_normals_are_standard_normal():
    assert stats.kstest(Stream(5).normal("gain", 0, 20_000)[:, 0], "norm").pvalue > 1e-4
