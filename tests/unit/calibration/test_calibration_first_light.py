"""Fitting: calibration rows only, the arithmetic of residuals, closed forms, and a record that keeps its words."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import tomlkit

from euthymia.calibration import first_light
from euthymia.calibration.first_light import ESTIMATORS, FREE, TRIALS, USED, Fit, Residual, oral_course, updated
from euthymia.engine.ensemble import Settings
from euthymia.errors import EvidenceError
from euthymia.evidence import load_record, source_record
from euthymia.evidence.published import Measure, PublishedRow, Split
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import EXPECTATION_IN_FITS, Trial
from euthymia.trials.enrolment import trial_factor

RECORD = files("euthymia.evidence").joinpath("records", "amplitudes.toml").read_text(encoding="utf-8")


def used(row: PublishedRow) -> bool:
    return row.measure in USED and row.estimator in ESTIMATORS


def made_up() -> Fit:
    values = {name: 0.5 + 0.123456 * place for place, name in enumerate(FREE)}
    return Fit(
        values=values,
        errors={name: 0.1 * value for name, value in values.items()},
        care_of_trial=dict.fromkeys(TRIALS, 0.5),
        gain_of_trial=dict.fromkeys(TRIALS, 1.0),
        residuals=(
            Residual("transform-1", "R1", "value", published=10.0, fitted=11.0, typical=12.0, se=2.0),
            Residual("transform-1", "R2", "sd", published=10.0, fitted=4.0, typical=12.0, se=2.0),
        ),
        chi2=9.25,
    )


def test_a_row_kept_for_validation_is_never_fitted(monkeypatch: pytest.MonkeyPatch):
    trial = load_trial("transform-1")
    place = next(place for place, row in enumerate(trial.published) if used(row))
    rows = list(trial.published)
    rows[place] = replace(rows[place], split=Split.VALIDATION)
    monkeypatch.setattr(first_light, "load_trial", lambda name: replace(trial, published=tuple(rows)))
    with pytest.raises(EvidenceError, match=rf"row {rows[place].row_id} is marked validation; only calibration rows"):
        first_light.fit()


def test_every_row_that_is_fitted_is_marked_calibration():
    rows = [row for name in TRIALS for row in load_trial(name).published if used(row)]
    assert len(rows) > 50
    assert {row.split for row in rows} == {Split.CALIBRATION}


def test_the_course_of_tablets_goes_through_the_two_published_numbers():
    record = load_record("oral_antidepressant")
    effect, tau = oral_course(record)

    def at(day: float) -> float:
        return effect * (1.0 - np.exp(-day / tau))

    week6 = -record.value("difference_HAMD17", "points") * record.value("MADRS_per_HAMD17", "1")
    assert at(42.0) == pytest.approx(week6)
    assert at(7.0) / at(42.0) == pytest.approx(record.value("fraction_week1", "1"))
    assert week6 == pytest.approx(2.1)


def test_the_record_holds_the_course_of_tablets_that_follows():
    effect, tau = oral_course(load_record("oral_antidepressant"))
    amplitudes = load_record("amplitudes")
    assert amplitudes.value("oral_effect", "points") == pytest.approx(effect, rel=1e-3)
    assert amplitudes.value("tau_oral", "d") == pytest.approx(tau, rel=1e-3)


def test_a_fit_changes_values_and_their_errors_and_no_other_word_of_the_record():
    found = made_up()
    before, after = tomlkit.parse(RECORD).unwrap(), tomlkit.parse(updated(found, RECORD)).unwrap()
    for name, value in found.values.items():
        assert after[name]["value"] == pytest.approx(value, rel=1e-3)
        assert after[name]["cv"] == pytest.approx(0.1)
        for each in (before[name], after[name]):
            each.pop("value")
            each.pop("cv", None)
    assert after == before
    assert len(updated(found, RECORD).splitlines()) >= len(RECORD.splitlines())


def test_writing_a_fit_twice_is_writing_it_once():
    once = updated(made_up(), RECORD)
    assert updated(made_up(), once) == once


def test_every_free_amplitude_is_in_the_record_and_graded_as_fitted():
    record = source_record("amplitudes")
    for name in FREE:
        assert record[name].grade.value == "fitted by us"
        assert record[name].command == "euthymia calibrate --first-light --write"


def test_the_misfit_is_printed_with_the_worst_first_and_in_standard_errors():
    lines = str(made_up()).splitlines()
    worst, other = lines[-2:]
    assert worst.startswith("R2")
    assert worst.endswith("-3.0")
    assert other.endswith("+0.5")
    assert any("chi-square 9.2 over 2 published numbers" in line for line in lines)


def row_of(measure: Measure) -> PublishedRow:
    trial = load_trial("transform-2")
    return next(row for row in trial.published if row.measure is measure and used(row))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"se": 1.5, "sd": 12.0, "n": 64}, 1.5),  # printed
        ({"se": None, "sd": 12.0, "n": 64}, 1.5),  # sd / sqrt(n)
    ],
)
def test_the_error_of_a_mean_is_as_printed_or_from_its_spread(changes: dict[str, float], expected: float):
    row = replace(row_of(Measure.MADRS_CHANGE), **changes)
    assert first_light._se(row, load_trial("transform-2")) == pytest.approx(expected)


@pytest.mark.parametrize(("percent", "n"), [(50.0, 99), (0.0, 9), (100.0, 9)])
def test_the_error_of_a_share_is_binomial_and_never_nothing(percent: float, n: int):
    row = replace(row_of(Measure.RESPONSE), value=percent, n=n, se=None, sd=None)
    share = (percent / 100.0 * n + 0.5) / (n + 1.0)
    found = first_light._se(row, load_trial("transform-2"))
    assert found == pytest.approx(100.0 * np.sqrt(share * (1.0 - share) / n))
    assert found > 0.0


def test_a_row_without_any_error_is_refused_by_its_name():
    row = replace(row_of(Measure.RESPONSE), arm="nobody", n=None, se=None, sd=None)
    with pytest.raises(EvidenceError, match=f"row {row.row_id} has no standard error"):
        first_light._se(row, load_trial("transform-2"))


def test_a_trial_s_drug_effect_moves_around_one():
    assert trial_factor(np.zeros(1), 0.4) == pytest.approx([1.0])
    assert trial_factor(np.array([-1.0, 1.0]), 0.4).mean() == pytest.approx(1.0)


def test_making_the_ratings_again_with_the_same_amplitudes_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    """The fit reuses a conducted trial; with unchanged values it must give back what conducting gave."""
    monkeypatch.setattr(first_light, "REPLICATES", dict.fromkeys(TRIALS, 2))
    simulated = first_light._Simulated("synapse", 1, load_record("amplitudes"))
    again = simulated._again(dict(simulated.old), 0.0, 1.0)
    for before, after in zip(simulated.data.phases, again.phases, strict=True):
        np.testing.assert_array_equal(before.MADRS, after.MADRS)
    np.testing.assert_allclose(again.safety.CADSS, simulated.data.safety.CADSS, rtol=1e-12)


def test_making_the_ratings_again_is_conducting_with_other_amplitudes(monkeypatch: pytest.MonkeyPatch):
    """Fixed doses: what is linear in the amplitudes must equal a new run, up to ratings on the edge of two points.

    Among people whom no treatment is known to have failed, for a new run with other amplitudes selects other people;
    and with dissociation as it was, because beliefs are held within a round. Serotonin's sizes go with the gain.
    """
    monkeypatch.setattr(first_light, "REPLICATES", dict.fromkeys(TRIALS, 2))
    trial = load_trial("transform-1")
    anybody = replace(trial, population=replace(trial.population, prior_failures_min=None, prior_failure_fall=None))
    monkeypatch.setattr(first_light, "load_trial", lambda name: anybody)
    amplitudes = source_record("amplitudes")
    simulated = first_light._Simulated("transform-1", 1, amplitudes)
    values = {name: value if name == "CADSS_gain" else 1.2 * value for name, value in simulated.old.items()}
    again = simulated._again(values, 0.0, 1.0)
    values |= {name: amplitudes.value(name, unit) / 1.2 for name, unit in (("y_5HT", "1"), ("a_5HT", "points"))}
    values["a_5HT"] *= 1.2  # only what goes by way of connections is multiplied by the gain
    new = Batch(
        simulated.trial,
        1,
        range(2),
        Settings(),
        amplitudes=amplitudes.replace(**values),
        trial_effects=False,
        expectation=EXPECTATION_IN_FITS,
    )
    other = new.conducted()
    # Tablets and spray grow the same spines, so their effects add up only nearly.
    away = np.stack([np.abs(simulated.batch.seen["sev"][t] - sev) for t, sev in new.seen["sev"].items()])
    assert away.mean() < 0.02
    assert away.max() < 0.2
    apart = np.abs(again.phases[0].MADRS - other.phases[0].MADRS)
    assert apart.max() <= 2.0  # a total is a sum of ten items, each of which may stand on an edge
    assert (apart > 0.0).mean() < 0.02


def test_other_amplitudes_within_a_round_keep_the_people_whom_treatments_failed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first_light, "REPLICATES", dict.fromkeys(TRIALS, 2))
    simulated = first_light._Simulated("transform-1", 1, load_record("amplitudes"))
    old = simulated.old
    z = (simulated.person.care - old["care_mean"]) / old["care_sd"]
    assert z.mean() < -3.0 / np.sqrt(z.size)  # care has helped them less than others
    values = {name: 1.2 * value for name, value in old.items()}
    again = simulated._person(values, 1.5)
    np.testing.assert_allclose(again.care, 1.5 + values["care_mean"] + values["care_sd"] * z, rtol=1e-12)


def _told_by(trial: Trial, truth: dict[str, float]) -> Trial:
    """Return a trial whose published values are what the model says with known amplitudes."""
    amplitudes = load_record("amplitudes").replace(**truth)
    data = Batch(trial, 2, range(60), Settings(), amplitudes=amplitudes, trial_effects=False).conducted()
    rows = []
    for row in filter(used, trial.published):
        value = first_light._value(data, row)
        if value is not None:
            spread = first_light._sd(data, row) if row.sd and row.measure is Measure.MADRS_CHANGE else row.sd
            rows.append(replace(row, value=value, sd=spread, ci_low=None, ci_high=None, ci_level=None))
    return replace(trial, published=tuple(rows))


@pytest.mark.long
def test_amplitudes_that_made_the_data_are_found_again(monkeypatch: pytest.MonkeyPatch):
    """Some three minutes: all four trials from known amplitudes; each is found within three standard errors."""
    record = load_record("amplitudes")
    truth = {name: record.value(name, first_light.UNITS.get(name, "points")) for name in FREE}
    truth |= {"gain": 0.8, "care_mean": 12.0, "session_mean": 7.0}
    trials = {name: _told_by(load_trial(name), truth) for name in TRIALS}
    monkeypatch.setattr(first_light, "load_trial", trials.__getitem__)
    found = first_light.fit()
    for name, value in truth.items():
        assert found.values[name] == pytest.approx(value, abs=3.0 * found.errors[name]), name
    for effect in found.care_of_trial.values():
        assert abs(effect) < 2.0


def test_the_page_of_four_trials_tells_the_values_that_the_record_holds():
    """A record that moves alone leaves a page about another model; python docs_src/first_light.py mends it."""
    page = (Path(__file__).parents[3] / "docs" / "first-light.md").read_text(encoding="utf-8")
    for name in FREE:
        parameter = load_record("amplitudes")[name]
        assert f"`{name}` {parameter.value:g} {parameter.unit}" in page
    for name in TRIALS:
        for row in load_trial(name).published:
            assert f"{row.row_id} " in page
