"""The list of what tests verify: complete, and in the words of the tests themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from euthymia.errors import EvidenceError, TrialFileError
from euthymia.evidence.verification import Activity, Verified, read_verification, verification

ROOT = Path(__file__).parents[3]
FOLDERS = ("validation/other_tools", "validation/textbook", "validation/double_programmed", "convergence")
FOLDERS += ("conformance", "properties")


@pytest.mark.parametrize("each", verification(), ids=lambda each: each.file)
def test_an_entry_says_what_its_test_says_of_itself(each: Verified):
    said = ast.get_docstring(ast.parse((ROOT / each.file).read_text(encoding="utf-8")))
    assert said is not None
    assert " ".join(said.split("\n\n")[0].split()) == each.says
    assert each.against


def test_every_file_that_verifies_is_listed():
    present = {
        str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / "tests" / folder).glob("test_*.py")
    }
    assert {each.file for each in verification()} == present
    assert {each.activity for each in verification()} == set(Activity)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[test", "not readable as TOML"),
        ('[[test]]\nfile = "a"\nactivity = "codes"\nagainst = "b"\nsays = "c"', "did you mean 'code'"),
        ('[[test]]\nfile = "a"\nactivity = "code"\nagainst = "b"\nsays = "c"\nsaid = "d"', "unknown key"),
        (2 * '[[test]]\nfile = "a"\nactivity = "code"\nagainst = "b"\nsays = "c"\n', "a"),
    ],
)
def test_a_broken_list_is_refused(content: str, said: str):
    with pytest.raises((EvidenceError, TrialFileError), match=said):
        read_verification(content)
