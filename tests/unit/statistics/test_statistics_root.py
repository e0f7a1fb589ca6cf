"""Where a function is zero: closed forms, ends, and a refusal where no sign changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.statistics.root import root_of


@given(root=st.floats(-50.0, 50.0))
def test_the_root_of_a_cubic_is_found_within_what_was_asked(root: float):
    found = root_of(lambda x: (x - root) ** 3 + x - root, -60.0, 60.0, within=1e-9)
    assert type(found) is float
    assert found == pytest.approx(root, rel=1e-14, abs=1e-9)


def test_an_end_that_is_a_root_is_the_answer():
    assert root_of(lambda x: x - 2.0, 2.0, 5.0, within=1e-12) == 2.0
    assert root_of(lambda x: x - 5.0, 2.0, 5.0, within=1e-12) == 5.0


def test_ends_of_the_same_sign_are_refused():
    with pytest.raises(ValueError, match="different signs"):
        root_of(lambda x: x * x + 1.0, -1.0, 1.0, within=1e-12)
