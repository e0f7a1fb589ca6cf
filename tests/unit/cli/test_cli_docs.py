"""What a user can type and read is described in docs/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import typer.main

from euthymia.cli.app import app
from euthymia.engine.course import CourseMeta
from euthymia.trials import outcomes, results

DOCS = Path(__file__).parents[3] / "docs"
DESCRIBED_ELSEWHERE = {"evidence", "cite"}
RESULTS = (
    results.TrialSummary,
    results.ArmInfo,
    results.ArmVisit,
    results.Contrast,
    results.Comparison,
    results.SafetyVisit,
    results.Band,
    results.ChangeDistribution,
    results.ArmDropout,
    results.Accuracy,
    outcomes.ItemMean,
    outcomes.ScaleVisit,
    outcomes.ArmBlinding,
    CourseMeta,
)


def commands(group: object, before: str = "euthymia") -> Iterator[tuple[str, object]]:
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def options(command: object) -> Iterator[list[str]]:
    """The spellings of every option of a command, and of those below it."""
    yield ["--help"]
    yield from ([*each.opts, *each.secondary_opts] for each in command.params)  # type: ignore[attr-defined]
    for below in getattr(command, "commands", {}).values():
        yield from options(below)


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_its_options_are_described(name: str) -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert f"`{name}`" in text
    if name.split()[-1] not in DESCRIBED_ELSEWHERE:
        options = [option for each in ALL[name].params for option in each.opts if option.startswith("--")]  # type: ignore[attr-defined]
        assert [option for option in options if option not in text] == ["--help"] * options.count("--help")


def test_every_option_that_the_page_of_commands_names_exists() -> None:
    named = re.findall(r"(?<![\w-])--[a-z][\w-]*", (DOCS / "commands.md").read_text(encoding="utf-8"))
    known = {option for each in options(typer.main.get_command(app)) for option in each}
    assert set(named) - known == set()


@pytest.mark.parametrize("kind", RESULTS, ids=lambda kind: kind.__name__)
def test_every_key_of_a_result_is_described(kind: type) -> None:
    words = set(re.findall(r"`([A-Za-z_0-9]+)`", (DOCS / "json.md").read_text(encoding="utf-8")))
    assert {each.name for each in fields(kind)} - words == set()


@pytest.mark.parametrize("name", ALL)
def test_every_command_that_draws_takes_a_seed_and_every_command_prints_json(name: str) -> None:
    options = {option for each in ALL[name].params for option in each.opts}  # type: ignore[attr-defined]
    assert "--json" in options
    assert "--seed" in options or not {"--replicates", "--patients"} & options
