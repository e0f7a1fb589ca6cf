from __future__ import annotations

import concurrent.futures

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from web_samples import NASAL, courses

import euthymia as eu
from euthymia.models.accounts import Mechanism
from euthymia.pharmacology.covariates import ChildPugh, Renal
from euthymia.treatment.catalogue import drug_names
from euthymia.web import schemas_course
from euthymia.web.curves import NAMES, PERCENTILES, chosen_times, percentiles, rounded
from euthymia.web.schemas import Meta
from euthymia.web.schemas_circuit import CircuitAnswer, RasterAnswer, SynapseAnswer
from euthymia.web.schemas_course import CoursesAnswer

V1 = "/api/v1"


def asked(client: httpx.Client, path: str, body: object) -> dict:
    answer = client.post(V1 + path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_course_holds_the_numbers_of_the_simulator(client: httpx.Client) -> None:
    found = CoursesAnswer.model_validate(asked(client, "/courses", courses(seed=3)))
    course = eu.simulate(NASAL, days=7, population=50, seed=3)
    (one,) = found.courses
    for name, curve in one.curves.items():
        told: dict[str, list[float | None]] = {**curve.quantiles}
        for percent in PERCENTILES:
            ours = np.interp(one.t_h, course.t, course.quantiles(name, [percent / 100])[0])
            np.testing.assert_allclose(np.array(told[str(percent)], float), ours, rtol=5.1e-4, atol=1e-11)
    assert set(one.t_h) <= set(np.round(course.t, 6))
    assert (found.seed, found.people, found.days, one.sentence) == (3, 50, 7.0, NASAL)


def test_a_typical_person_has_one_line_and_no_seed(client: httpx.Client) -> None:
    found = CoursesAnswer.model_validate(asked(client, "/courses", courses(people=1)))
    assert found.seed is None
    assert all(set(curve.quantiles) == {"50"} for curve in found.courses[0].curves.values())
    assert all(figure.low is None for figure in found.courses[0].figures)


def test_doses_say_the_same_as_the_sentence(client: httpx.Client) -> None:
    doses = [{"drug": "Spravato", "route": "nasal", "amount": 84, "day": day} for day in (1, 4)]
    one, other = (
        asked(client, "/courses", courses(regimens=[each]))["courses"][0]
        for each in ({"sentence": NASAL}, {"doses": doses})
    )
    assert one["curves"] == other["curves"]
    assert [dose["t_h"] for dose in other["doses"]] == [0.0, 72.0]
    assert other["command"] == f"euthymia simulate '{NASAL}' --days 7 --patients 50 --seed 1"


def test_two_treatments_are_answered_in_their_order(client: httpx.Client) -> None:
    two = [{"sentence": NASAL, "label": "spray"}, {"sentence": "placebo nasal on days 1 4", "label": "none"}]
    found = asked(client, "/courses", courses(regimens=two))["courses"]
    assert [each["label"] for each in found] == ["spray", "none"]
    ends = [each["curves"]["MADRS"]["quantiles"]["50"][-1] for each in found]
    assert ends[0] < ends[1]


def test_curves_times_and_a_window_are_as_asked(client: httpx.Client) -> None:
    body = courses(curves=["MADRS", "skills"], window=[0, 3], points=20)
    found = asked(client, "/courses", body)
    (one,) = found["courses"]
    assert list(one["curves"]) == ["MADRS"]
    assert found["lacking"] == ["skills"]
    assert len(one["t_h"]) <= 20
    assert max(one["t_h"]) <= 3.0


def test_the_same_question_gives_the_same_bytes_whoever_asks_at_once(client: httpx.Client) -> None:
    body = courses(seed=11)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: client.post(V1 + "/courses", json=body).content, range(8)))
    assert len(found) == 1


def test_the_circuit_says_what_the_simulator_says(client: httpx.Client) -> None:
    found = CircuitAnswer.model_validate(asked(client, "/circuit", {"levels": [0.0, 1.0], "changes": ["AMPA 0.9"]}))
    study = eu.circuit([0.0, 1.0], changes=["AMPA 0.9"])
    assert [each.rate.E for each in found.levels] == pytest.approx(study.rates[:, 0].tolist(), rel=1e-9)
    assert found.spectrum is not None
    assert len(found.spectrum.power) == 2
    assert found.curve.surge[0] == pytest.approx(0.0, abs=1e-6)


def test_a_raster_has_its_cells_and_their_rates(client: httpx.Client) -> None:
    found = RasterAnswer.model_validate(asked(client, "/circuit/raster", {"cells": 100, "ms": 200}))
    assert sum(found.sizes.values()) == 100
    assert max(found.spike_cell) < 100
    assert sorted(found.spike_ms) == found.spike_ms
    counted = len(found.spike_ms) / 0.2
    mean = sum(np.mean(found.rates[name]) * found.sizes[name] for name in ("E", "PV", "SST"))
    assert mean == pytest.approx(counted, rel=2e-3)


def test_a_blocked_synapse_is_quieter(client: httpx.Client) -> None:
    found = SynapseAnswer.model_validate(asked(client, "/synapse", {"receptor": "ampa", "level": 2.0}))
    assert found.receptor == "AMPA"
    assert found.peak_ratio is not None
    assert found.peak_ratio < 1.0
    assert len(found.t_ms) == len(found.drugged.V) == len(found.without.current)


def test_what_there_is_is_what_the_simulator_knows(client: httpx.Client) -> None:
    found = Meta.model_validate(client.get(f"{V1}/meta").json())
    assert sorted(each.name for each in found.drugs) == list(drug_names())
    assert found.mechanisms == [each.value for each in Mechanism]
    assert [each.name for each in Renal] == [each.upper() for each in found.kidneys]
    assert [each.name for each in ChildPugh] == [each.upper() for each in found.liver]
    assert "never for treating a person" in found.notice
    for sentence in found.examples:
        eu.regimen(sentence)
    for words in found.schedules:
        eu.regimen(f"esketamine 84 mg nasal {words}")


def test_every_curve_of_a_course_is_known_by_name_unit_and_record(client: httpx.Client) -> None:
    metas = {each["name"]: each for each in client.get(f"{V1}/meta").json()["curves"]}
    course = eu.simulate(f"{NASAL}; sertraline 50 mg oral daily for 4 days", days=2, therapy="weekly for 1 weeks")
    assert set(course.names) - set(metas) == {"sertraline"}
    for name in set(course.names) & set(metas):
        assert metas[name]["unit"] == course.series(name).unit, name
    for name in {record for each in metas.values() for record in each["records"]}:
        assert client.get(f"{V1}/evidence", params={"q": name}).json()["total"] > 0, name


def test_the_people_of_a_request_are_those_of_the_simulator() -> None:
    who = schemas_course.WhoAsked.model_validate({})
    from euthymia.patients.who import ANYBODY

    same = {"age", "age_sd", "weight", "weight_sd", "MADRS", "MADRS_sd", "failed"}
    assert {name: getattr(who, name) for name in same} == {name: getattr(ANYBODY, name) for name in same}
    assert who.women == ANYBODY.traits().women


numbers = st.floats(-1e9, 1e9, allow_subnormal=False)


@given(arrays(np.float64, st.tuples(st.integers(2, 40), st.integers(1, 5)), elements=numbers))
def test_percentiles_are_those_of_numpy(values: np.ndarray) -> None:
    shares = np.array(PERCENTILES) / 100
    np.testing.assert_allclose(percentiles(values.T), np.quantile(values, shares, axis=0), rtol=1e-9, atol=1e-6)


@given(arrays(np.float64, st.integers(0, 20), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_rounding_keeps_four_digits_and_says_what_is_no_number(values: np.ndarray) -> None:
    for ours, given_ in zip(rounded(values), values.tolist(), strict=True):
        if not np.isfinite(given_):
            assert ours is None
        elif abs(given_) <= 1e-12:
            assert ours == 0.0
        elif abs(given_) < 1e290:
            assert ours == pytest.approx(given_, rel=5.01e-4)
            assert len(f"{abs(ours):.12e}".rstrip("0e+-.").split("e")[0].rstrip("0").replace(".", "")) <= 4


@given(st.integers(2, 400), st.integers(20, 60), st.integers(0, 10**6))
def test_chosen_times_keep_ends_and_extremes(count: int, points: int, seed: int) -> None:
    guide = np.random.default_rng(seed).normal(size=count)
    kept = chosen_times(np.arange(count, dtype=float), guide, None, points)
    assert kept.size <= points
    assert {0, count - 1, int(guide.argmin()), int(guide.argmax())} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()


def test_every_name_of_a_curve_is_told_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
