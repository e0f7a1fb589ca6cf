from __future__ import annotations

import httpx
import pytest

from euthymia.claims.registry import claims
from euthymia.evidence import load_record, record_names, references
from euthymia.report.article import STUDIES
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

V1 = "/api/v1"


def test_the_trials_are_those_of_the_package(client: httpx.Client) -> None:
    found = client.get(f"{V1}/trials").json()["trials"]
    assert [each["id"] for each in found] == list(trial_names())
    transform = next(each for each in found if each["id"] == "transform-2")
    assert transform["days"] >= 27
    assert transform["people"] > 200


@pytest.mark.parametrize("name", ["transform-2", "synapse", "sustain-1"])
def test_a_trial_reads_back_from_its_file_and_from_its_data(client: httpx.Client, name: str) -> None:
    told = client.get(f"{V1}/trials/{name}").json()
    design = load_trial(name)
    assert parse_trial(told["toml"]) == design
    assert len(told["published"]) == len(design.published)
    verdict = {}
    for body in ({"toml": told["toml"]}, {"design": told["design"]}):
        verdict = client.post(f"{V1}/trials/check", json=body).json()
        assert verdict["ok"], verdict["errors"]
    assert verdict["trial"]["facts"] == [each for each in told["facts"] if each["label"] != "Published rows"]


def test_a_trial_with_a_slip_is_told_what_is_nearest(client: httpx.Client) -> None:
    text = to_toml(load_trial("transform-2")).replace('"esketamine', '"esketmine', 1)
    verdict = client.post(f"{V1}/trials/check", json={"toml": text}).json()
    assert not verdict["ok"]
    assert verdict["errors"][0]["nearest"] == "esketamine"


def test_every_parameter_can_be_reached_page_by_page(client: httpx.Client) -> None:
    names, page, pages, told = [], 1, 1, {}
    while page <= pages:
        told = client.get(f"{V1}/evidence", params={"page": page, "size": 200}).json()
        names += [each["id"] for each in told["parameters"]]
        page, pages = page + 1, told["pages"]
    every = [each.full_name for name in record_names() for each in load_record(name).parameters]
    assert names == every
    assert sum(told["grades"].values()) == told["total"] == len(every)


def test_a_search_narrows_by_words_grade_and_assumption(client: httpx.Client) -> None:
    told = client.get(f"{V1}/evidence", params={"q": "esketamine clearance", "grade": "patients"}).json()
    assert 0 < told["total"] < 100
    assert {each["grade"] for each in told["parameters"]} == {"measured in patients"}
    assumed = client.get(f"{V1}/evidence", params={"assumed": True, "size": 200}).json()
    assert all(each["assumed"] for each in assumed["parameters"])
    nothing = client.get(f"{V1}/evidence", params={"q": "<script>"}).json()
    assert (nothing["total"], nothing["pages"]) == (0, 1)


def test_a_number_leads_to_its_source_and_the_source_back(client: httpx.Client) -> None:
    story = client.get(f"{V1}/evidence/esketamine.ka_n").json()
    assert story["parameter"]["value"] == load_record("esketamine").value("ka_n", "1/h")
    key = story["source"]["key"]
    assert key in references()
    assert "esketamine.ka_n" in client.get(f"{V1}/sources/{key}").json()["parameters"]


def test_the_signals_are_all_there(client: httpx.Client) -> None:
    assert client.get(f"{V1}/transmitters").json()["total"] == 229
    assert client.get(f"{V1}/transmitters", params={"q": "DRD2"}).json()["total"] >= 1


def test_every_claim_is_answered_lost_ones_first(client: httpx.Client) -> None:
    told = client.get(f"{V1}/claims").json()
    assert {each["id"] for each in told["claims"]} == {each.id for each in claims()}
    order = ["lost", "part", "undecided", "held"]
    places = [order.index(each["verdict"]) for each in told["claims"]]
    assert places == sorted(places)
    one = client.get(f"{V1}/claims/{told['claims'][0]['id']}").json()
    assert one["claim"] == told["claims"][0]


def test_what_came_with_the_package_says_whether_its_evidence_is_still_the_same(client: httpx.Client) -> None:
    for path in ("claims", "score"):
        standing = client.get(f"{V1}/{path}").json()["standing"]
        assert standing["origin"] == "package"
        assert len(standing["evidence"]) == 12
        assert isinstance(standing["current"], bool)


def test_misses_come_first_and_lie_outside_the_interval(client: httpx.Client) -> None:
    told = client.get(f"{V1}/score").json()
    assert told["board"]["schema"] == "euthymia.score/1"
    for miss in told["misses"]:
        assert not miss["low"] <= miss["value"] <= miss["high"]
    counted = [miss["counted"] for miss in told["misses"]]
    assert counted == sorted(counted, reverse=True)


def test_the_article_has_its_seven_statements(client: httpx.Client) -> None:
    told = client.get(f"{V1}/article").json()
    assert [each["number"] for each in told["statements"]] == list(range(1, 8))
    assert all(each["claims"] for each in told["statements"])
    assert [each["name"] for each in told["figures"]] == [each.name for each in STUDIES]


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("trials/transfrom-2", "transform-2"),
        ("evidence/esketamine.ka", "esketamine.ka_n"),
        ("sources/perezruixo2022", "perezruixo2021"),
        ("claims/5.hour", "5.hours"),
    ],
)
def test_a_slip_in_an_address_is_told_what_is_nearest(client: httpx.Client, path: str, nearest: str) -> None:
    answer = client.get(f"{V1}/{path}")
    assert answer.status_code == 404
    fault = answer.json()["error"]
    assert fault["code"] == "not_found"
    assert nearest in (fault["nearest"], *fault["allowed"]) or nearest.split(".")[1] in fault["allowed"]
