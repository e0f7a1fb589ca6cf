"""What the pages tell people to type works: Python is run, commands are read, those of the tutorials are run."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import docs_tables
import pages
import pytest
import typer.main

from euthymia.cli.app import app

KNOWN = {"python", "sh", "toml", "text", "json", "sql", ""}
PYTHON = [page for page in pages.names() if pages.blocks(page, "python")]
SHELL = [page for page in pages.names() if pages.commands(page)]
TUTORIALS = [page for page in pages.names() if page.startswith("docs/tutorials/")]
# Half a minute each on a machine that has no compiled program yet.
SLOW = {"README.md", "docs/gallery.md", "docs/runs.md", "docs/models/circuit.md", "docs/models/serotonin.md"}
LONGEST = 560.0  # s a command of a page may take
# What only the reader has: a run's name, a file, a scheduler. Then what never ends, or takes long.
READERS_OWN = {"r12", "data.csv", "first.toml", "second.toml", "--cluster"}
LONGER = {"serve", "--loo", "calibrate"}  # tests of their own rooms run these
SMALLER = {"--replicates": 4, "--patients": 8, "--days": 7}


def marked(listed: list[str]) -> list[Any]:
    return [pytest.param(page, marks=pytest.mark.long) if page in SLOW else page for page in listed]


@pytest.mark.parametrize("page", pages.names())
def test_every_block_says_what_it_is(page: str) -> None:
    assert [str(block) for block in pages.blocks(page) if block.language not in KNOWN] == []
    unsaid = [str(block) for block in pages.blocks(page, "") if "euthymia " in block.text or "import " in block.text]
    assert unsaid == []


@pytest.mark.parametrize("page", marked(PYTHON))
def test_python_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(tmp_path, monkeypatch)
    names: dict[str, Any] = {"__name__": "page"}
    for number, block in enumerate(pages.blocks(page, "python")):
        names |= docs_tables.given(page, number)
        padded = "\n" * block.line + block.text
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(padded, pages.ROOT / page, "exec"), names)


@pytest.mark.parametrize("page", SHELL)
def test_commands_and_options_exist(page: str) -> None:
    for words in pages.commands(page):
        read(typer.main.get_command(app), words[1:])


@pytest.mark.parametrize("page", pages.names())
def test_commands_and_scripts_in_sentences_exist(page: str) -> None:
    assert [script for script in pages.scripts(page) if not (pages.ROOT / script).exists()] == []
    root = typer.main.get_command(app)
    for words in pages.mentioned(page):
        command = root
        for word in words[1:]:
            command = getattr(command, "commands", {}).get(word, command)
            name = word.partition("=")[0].rstrip(".,;")
            taken = {option for each in command.params for option in each.opts} | {"--help"}
            assert not word.startswith("--") or name in taken, f"{' '.join(words)}: no {name}"
        assert command is not root or words[1].startswith("-"), " ".join(words)


@pytest.mark.parametrize("page", TUTORIALS)
def test_commands_of_a_tutorial_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(tmp_path, monkeypatch)
    for words in pages.commands(page):
        ran = call(words, monkeypatch)
        assert ran == 0, " ".join(words)


@pytest.mark.long
@pytest.mark.parametrize("page", [page for page in SHELL if page not in TUTORIALS])
def test_commands_of_other_pages_run_on_fewer_people(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(tmp_path, monkeypatch)
    for words in pages.commands(page):
        if (READERS_OWN | LONGER).isdisjoint(words) and words[1:] != ["claims"]:
            ended = subprocess.run(
                [sys.executable, "-m", "euthymia", *smaller(words[1:])], capture_output=True, text=True, timeout=LONGEST
            )
            no_gpu = "gpu" in words and ended.stderr.startswith("error: no GPU")  # what is told where there is none
            assert ended.returncode == (2 if no_gpu else 0), f"{' '.join(words)}: {ended.stderr}"


def place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder that holds the examples as a clone does, and a trial of the reader's own."""
    shutil.copytree(pages.ROOT / "examples", folder / "examples")
    shutil.copy(pages.ROOT / "examples" / "trials" / "my_trial.toml", folder)
    monkeypatch.chdir(folder)


def call(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the program in this process, which has its compiled programs already."""
    from euthymia.cli import main

    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended, contextlib.redirect_stdout(io.StringIO()):
        main()
    return int(ended.value.code or 0)


def read(command: Any, words: list[str], parent: Any = None, name: str = "euthymia") -> None:
    """Read words as the program does, down to the command that they mean, without carrying it out."""
    context = command.make_context(name, list(words), parent=parent)
    left = [*context._protected_args, *context.args] if hasattr(command, "commands") else []
    if left:  # `euthymia claims` alone means something too
        name, found, words = command.resolve_command(context, left)
        assert found is not None
        read(found, words, context, name)


def smaller(words: list[str]) -> list[str]:
    """Return a command with fewer people, replicates and days."""
    made = list(words)
    for place, word in enumerate(made[:-1]):
        if word in SMALLER and made[place + 1].isdigit():
            made[place + 1] = str(min(SMALLER[word], int(made[place + 1])))
    many = made[:1] == ["score"] or made[:2] in (["trial", "run"], ["trial", "power"])
    return made + (["--replicates", str(SMALLER["--replicates"])] if many and "--replicates" not in made else [])
