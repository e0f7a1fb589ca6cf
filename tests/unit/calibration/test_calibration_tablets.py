"""Care in trials of tablets: the fit comes back to the record, and pooled arms of pill placebo come out."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
import tomlkit

from euthymia.calibration.tablets import FREE, Fit, _half_time, fit, updated
from euthymia.evidence import source_record

RECORD = files("euthymia.evidence").joinpath("records", "amplitudes.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found() -> Fit:
    return fit()


def test_the_record_holds_the_fit(found: Fit):
    again = tomlkit.parse(updated(found, RECORD))
    for name, value in found.values.items():
        assert source_record("amplitudes")[name].value == pytest.approx(value, rel=0.02)
        assert float(again[name]["value"]) == pytest.approx(value, rel=1e-3)  # type: ignore[index, arg-type]
    assert set(found.values) == {f"{name}_tablets" for name in FREE}


def test_most_targets_come_out_and_the_misfit_is_named(found: Fit):
    z = {row.what: (row.fitted - row.published) / row.se for row in found.residuals}
    assert np.mean([abs(each) < 2.0 for each in z.values()]) >= 0.75
    assert max(z.values(), key=abs) < 4.0
    assert str(found).count("\n") > len(z)


def test_an_exponential_gives_back_its_half_time():
    assert _half_time({week: 7.0 * (1.0 - 2.0 ** (-week / 2.5)) for week in (1, 2, 4, 6, 8)}) == pytest.approx(2.5)


def test_another_seed_finds_much_the_same(found: Fit):
    other = fit(seed=2)
    for name in ("care_mean_tablets", "care_sd_tablets"):
        assert other.values[name] == pytest.approx(found.values[name], abs=3.0 * found.errors[name])
