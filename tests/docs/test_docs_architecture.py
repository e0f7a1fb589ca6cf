"""The table of rooms in ARCHITECTURE.md and the folders of the package say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pages
import pytest

PACKAGE = pages.ROOT / "src" / "euthymia"
ROWS = dict(re.findall(r"^\| (\w+) \| (.*?) \|", pages.text("ARCHITECTURE.md"), re.MULTILINE))
ROOMS = sorted(each.name for each in PACKAGE.iterdir() if (each / "__init__.py").exists())


def of_name(room: Path, name: str) -> list[Path]:
    """Return what a name of the table stands for: a module, several by a star, or a file or folder as it is written."""
    return [*room.glob(f"{name}.py"), *room.glob(name)]


def test_the_table_has_every_room_and_no_other():
    assert sorted(set(ROWS) - {"room"}) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_of_a_room_stands_for_a_file(room: str):
    named = [name for group in re.findall(r"`([^`]+)`", ROWS[room]) for name in group.split()]
    assert [name for name in named if not of_name(PACKAGE / room, name)] == []
    assert [name for name in set(named) if named.count(name) > 1] == []
