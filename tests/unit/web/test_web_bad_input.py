from __future__ import annotations

import json

import httpx
import pytest
from web_samples import NASAL, courses, running

from euthymia.web import courses as computing
from euthymia.web.settings import Settings

V1 = "/api/v1"
SCRIPT = "<script>alert(1)</script>"

REFUSED: list[tuple[str, object, str]] = [
    ("/courses", {}, "regimens"),
    ("/courses", courses(regimens=[]), "regimens"),
    ("/courses", courses(regimens=[{"sentence": NASAL}] * 3), "regimens"),
    ("/courses", courses(people=0), "people"),
    ("/courses", courses(people=2001), "people"),
    ("/courses", courses(people="many"), "people"),
    ("/courses", courses(days=-1), "days"),
    ("/courses", courses(days=1e9), "days"),
    ("/courses", courses(seed=-1), "seed"),
    ("/courses", courses(seed=2**60), "seed"),
    ("/courses", courses(unknown=1), "unknown"),
    ("/courses", courses(window=[5, 3]), ""),
    ("/courses", courses(window=[1]), "window.1"),
    ("/courses", courses(curves=["MARDS"]), "curves.0"),
    ("/courses", courses(curves=[SCRIPT]), "curves.0"),
    ("/courses", courses(regimens=[{}]), "regimens.0"),
    ("/courses", courses(regimens=[{"sentence": "", "doses": []}]), "regimens.0"),
    ("/courses", courses(regimens=[{"sentence": ""}]), "regimens.0.sentence"),
    ("/courses", courses(regimens=[{"sentence": "x" * 2001}]), "regimens.0.sentence"),
    ("/courses", courses(regimens=[{"sentence": SCRIPT}]), "regimens.0.sentence"),
    ("/courses", courses(regimens=[{"sentence": "esketamine 8400 mg nasal on day 1"}]), "regimens.0.sentence"),
    ("/courses", courses(regimens=[{"sentence": "sertraline 50 mg oral daily for 900 days"}]), "regimens.0"),
    ("/courses", courses(regimens=[{"sentence": NASAL, "alongside": ["naltrexon"]}]), "regimens.0.alongside"),
    ("/courses", courses(regimens=[{"sentence": NASAL, "mechanism": "magic"}]), "regimens.0.mechanism"),
    ("/courses", courses(regimens=[{"sentence": NASAL, "therapy": "hourly"}]), "regimens.0.therapy"),
    (
        "/courses",
        courses(regimens=[{"doses": [{"drug": "x", "route": "nasal", "amount": 1, "day": 1}]}]),
        "regimens.0.doses.0",
    ),
    (
        "/courses",
        courses(regimens=[{"doses": [{"drug": "esketamine", "route": "nose", "amount": 84, "day": 1}]}]),
        "regimens.0.doses.0",
    ),
    ("/courses", courses(regimens=[{"sentence": "placebo nasal on day 1"}], who={"liver": "A"}), "regimens.0"),
    ("/courses", courses(who={"age": 5}), "who.age"),
    ("/courses", courses(who={"failed": 2}, people=1), "who.failed"),
    ("/circuit", {"levels": []}, "levels"),
    ("/circuit", {"levels": [-1]}, "levels.0"),
    ("/circuit", {"changes": ["AMPAR 0.5"]}, "changes.0"),
    ("/circuit/raster", {"cells": 10**6}, "cells"),
    ("/synapse", {"receptor": "AMPPA"}, "receptor"),
    ("/synapse", {"way": "magic"}, "way"),
    ("/synapse", {"way": "trapping block"}, "way"),
    ("/trials/check", {}, ""),
    ("/trials/check", {"toml": "x = 1", "design": {}}, ""),
    ("/jobs", {"kind": "magic"}, ""),
    ("/jobs", {"kind": "trial"}, "trial"),
    ("/jobs", {"kind": "trial", "trial": "transform-9"}, "trial"),
    ("/jobs", {"kind": "trial", "toml": "x = ["}, "toml"),
    ("/jobs", {"kind": "trial", "trial": "transform-2", "replicates": 10**9}, "trial.replicates"),
    ("/jobs", {"kind": "power", "trial": "transform-2", "alpha": 0}, "power.alpha"),
    ("/jobs", {"kind": "score", "trials": ["transform-9"]}, "trials.0"),
    ("/jobs", {"kind": "course", "regimen": {"sentence": "x"}}, "regimen.sentence"),
    ("/jobs", {"kind": "course", "regimen": {"sentence": NASAL}, "keep": ["MARDS"]}, "keep.0"),
    ("/export", {"state": {"page": "courses", "asked": courses()}, "format": "pdf"}, "format"),
    ("/export", {"state": {"page": "magic"}, "format": "csv"}, "state"),
    (
        "/export",
        {"state": {"page": "job", "asked": {"kind": "trial", "trial": "transform-2"}}, "format": "csv"},
        "format",
    ),
]


@pytest.mark.parametrize(("path", "body", "where"), REFUSED, ids=lambda part: str(part)[:60])
def test_what_cannot_be_is_refused_by_name(client: httpx.Client, path: str, body: object, where: str) -> None:
    answer = client.post(V1 + path, json=body)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["error"]
    assert set(fault) == {"code", "message", "given", "allowed", "nearest", "where"}
    assert (fault["where"] or "") == where
    assert "Traceback" not in answer.text
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("sentence", "nearest"),
    [("esketmine 84 mg nasal on day 1", "esketamine"), ("sertralin 50 mg oral daily for 4 weeks", "sertraline")],
)
def test_a_slip_is_told_what_is_nearest(client: httpx.Client, sentence: str, nearest: str) -> None:
    fault = client.post(f"{V1}/courses", json=courses(regimens=[{"sentence": sentence}])).json()["error"]
    assert fault["nearest"] == nearest
    assert nearest in fault["allowed"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"regimens": [{"sentence": "\xff"}]}',
        b'{"people": NaN, "regimens": [{"sentence": "none"}]}',
        b'{"days": Infinity, "regimens": [{"sentence": "none"}]}',
        b'{"days": 1e999, "regimens": [{"sentence": "none"}]}',
        b'{"seed": ' + b"9" * 5000 + b', "regimens": [{"sentence": "none"}]}',
        b'{"regimens": [{"sentence": "\\ud800"}]}',
        b'{"regimens": [{"sentence": "\\u0000"}]}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_no_question_is_refused(client: httpx.Client, body: bytes) -> None:
    for path in ("/courses", "/trials/check", "/jobs", "/export"):
        answer = client.post(V1 + path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
        assert "error" in answer.json()


@pytest.mark.parametrize("text", ["x = " + "[" * 50_000, "x = " + "{a=" * 50_000, "[a" + ".a" * 50_000 + "]"])
def test_a_trial_file_nested_too_deeply_is_refused(client: httpx.Client, text: str) -> None:
    verdict = client.post(f"{V1}/trials/check", json={"toml": text})
    assert verdict.status_code == 200
    assert not verdict.json()["ok"]


@pytest.mark.parametrize(
    "design", [{"id": "\ud800"}, {"\ud800": 1}, {"id": None}, {"visits": {"a": [[{}]]}}, {"id": 10**400}]
)
def test_a_design_of_odd_values_is_refused(client: httpx.Client, design: object) -> None:
    body = json.dumps({"design": design}).encode()
    answer = client.post(f"{V1}/trials/check", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 400, 422)
    assert answer.status_code != 200 or not answer.json()["ok"]


def test_script_in_names_comes_back_as_text_and_nowhere_as_a_page(client: httpx.Client) -> None:
    body = courses(regimens=[{"sentence": NASAL, "label": SCRIPT}], people=1)
    answer = client.post(f"{V1}/courses", json=body)
    assert answer.json()["courses"][0]["label"] == SCRIPT
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    broken = client.get(f"/api/v1/{SCRIPT}")
    assert broken.status_code == 404
    assert broken.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path", ["/jobs/x", "/jobs/x/events", "/jobs/x/result", "/jobs/x/report", "/nothing", "/trials/x/y"]
)
def test_what_is_not_there_is_said_so(client: httpx.Client, path: str) -> None:
    answer = client.get(V1 + path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("query", ["page=0", "page=x", "size=100000", "grade=gold", "q=" + "x" * 101, "assumed=maybe"])
def test_a_query_that_makes_no_sense_is_refused(client: httpx.Client, query: str) -> None:
    assert client.get(f"{V1}/evidence?{query}").status_code == 422


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(client: httpx.Client, method: str) -> None:
    assert client.request(method, f"{V1}/meta").status_code == 405


def test_what_breaks_inside_is_not_shown(store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(computing, "answered", broken)
    with running(Settings(store=store, workers=0, warm=False)) as own:
        answer = own.post(f"{V1}/courses", json=courses())
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "broken"
    assert "secret" not in answer.text
