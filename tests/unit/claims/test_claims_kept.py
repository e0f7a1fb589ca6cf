"""What is kept of the fact list: read as written, complete, with the evidence that made it."""

from __future__ import annotations

import math

import pytest

from euthymia.claims.kept import COMMAND, as_text, evidence_hash, kept, read_kept
from euthymia.errors import EvidenceError
from euthymia.evidence.facts import facts


def test_values_and_errors_come_back_as_they_were_kept():
    found = read_kept(as_text({"1.a": (-3.25, 0.5), "1.b": (math.inf, 0.0)}))
    assert found.values["1.a"].value == -3.25
    assert found.values["1.a"].error == 0.5
    assert found.values["1.b"].value == math.inf
    assert found.current
    assert found.said == f"kept from `{COMMAND}`, evidence {evidence_hash()[:12]}"


def test_values_of_other_evidence_say_so():
    older = read_kept(as_text({}).replace(evidence_hash(), "0" * 64))
    assert not older.current
    assert older.said.endswith("the evidence has changed since, run it again")


def test_every_part_that_is_simulated_is_kept():
    parts = {part.id for fact in facts().facts for part in fact.parts if not part.not_simulated}
    assert set(kept().values) == parts
    assert len(kept().evidence) == 64


@pytest.mark.parametrize(
    "text", ["", "{}", '{"schema": "other/1"}', '{"schema": "euthymia.facts-kept/1", "values": 1}']
)
def test_a_broken_file_is_refused_with_the_command_that_writes_it(text: str):
    with pytest.raises(EvidenceError, match=r"facts_kept.json: (not readable|schema)"):
        read_kept(text)
