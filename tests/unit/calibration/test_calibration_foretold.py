"""A trial foretold by the others from one fit: exact where predictions are linear, near a fit without it where not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from euthymia.calibration.foretold import left_out


def linear(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return slopes of 7 rows by 4 standard normals, covariance of rows without links to the first three, and rows."""
    rng = np.random.default_rng(seed)
    J = rng.standard_normal((7, 4))
    first, second = (rng.standard_normal((n, n)) for n in (3, 4))
    C = np.zeros((7, 7))
    C[:3, :3], C[3:, 3:] = first @ first.T + np.eye(3), second @ second.T + np.eye(4)
    return J, C, 2.0 * rng.standard_normal(7)


@pytest.mark.parametrize("seed", range(3))
def test_left_out_is_exact_where_predictions_are_linear(seed: int):
    J, C, published = linear(seed)
    H = J.T @ np.linalg.solve(C, J) + np.eye(4)
    x = np.linalg.solve(H, J.T @ np.linalg.solve(C, published))
    whole = C + J @ J.T
    both = multivariate_normal(cov=whole).logpdf(published)
    others = multivariate_normal(cov=whole[3:, 3:]).logpdf(published[3:])
    found = left_out(H, J[:3], C[:3, :3], (published - J @ x)[:3])
    assert found == pytest.approx(both - others, rel=1e-9)


def test_a_row_about_which_nothing_is_shared_is_foretold_by_its_prior_alone():
    J, C = np.eye(2), np.diag([1.0, 4.0])
    published = np.array([3.0, -1.0])
    H = J.T @ np.linalg.solve(C, J) + np.eye(2)
    x = np.linalg.solve(H, np.linalg.solve(C, published))
    found = left_out(H, J[:1], C[:1, :1], (published - x)[:1])
    assert found == pytest.approx(multivariate_normal(cov=2.0).logpdf(3.0))
