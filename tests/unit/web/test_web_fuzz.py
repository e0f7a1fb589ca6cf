"""Requests made from the API's own description, valid and broken: no 5xx, no traceback, every answer as described."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web_samples import running

from euthymia.web.settings import Settings

CHECKS = [not_a_server_error, content_type_conformance, status_code_conformance, response_schema_conformance]
QUICK, LONG = 300, 20_000
LONGEST_S = 60.0  # of one request; the server answers a question that takes longer than it may with 503


def fuzzed(client: httpx.Client, requests: int) -> Counter[int]:
    """How many requests were answered with which status; raises at the first answer that must not be."""
    schema = schemathesis.openapi.from_url(f"{client.base_url}/api/v1/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    share, statuses = -(-requests // len(operations)), Counter[int]()
    once = settings(
        max_examples=share,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    for operation in operations:
        if operation.path.endswith("/events"):
            continue  # of a job that waits it does not end; test_web_jobs looks at streams
        done, number = 0, 0
        while done < share:  # where there is little to vary, generation ends early; it is begun again with another seed
            before = done

            @seed(number)
            @once
            @given(case=operation.as_strategy())
            def ask(case: schemathesis.Case) -> None:
                nonlocal done
                answer = case.call(base_url=str(client.base_url), timeout=LONGEST_S)
                done += 1
                statuses[answer.status_code] += 1
                assert b"Traceback" not in answer.content
                case.validate_response(answer, checks=CHECKS)

            ask()
            number += 1
            assert done > before
    assert client.get("/api/v1/health").status_code == 200
    return statuses


@pytest.fixture
def own(tmp_path: Path) -> Iterator[httpx.Client]:
    """A server whose queue takes whatever comes, and nobody works on it."""
    with running(Settings(store=tmp_path, workers=0, warm=False, queued=10**6)) as found:
        yield found


def test_hundreds_of_requests_of_every_kind_break_nothing(own: httpx.Client) -> None:
    assert fuzzed(own, QUICK).total() >= 0.9 * QUICK


@pytest.mark.long
def test_twenty_thousand_requests_break_nothing(own: httpx.Client) -> None:
    began = time.monotonic()
    statuses = fuzzed(own, round(LONG * 1.05))
    print(f"{statuses.total()} requests in {time.monotonic() - began:.0f} s: {dict(sorted(statuses.items()))}")
    assert statuses.total() >= LONG
    assert max(statuses) < 500
