"""The pages that people read, and what stands in them: blocks, commands, headings, links."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\S*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\((?P<to>[^()\s]+(?:\([^()]*\))?)\)")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code: its page, the line that it begins on, its language, its text."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def names() -> list[str]:
    """Return the pages, relative to the root."""
    docs = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
    return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", *docs]


@cache
def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, *languages: str) -> list[Block]:
    """Return the blocks of a page in some languages; of any when none is named."""
    found = [
        Block(page, text(page).count("\n", 0, each.start()) + 1, each["language"], each["text"])
        for each in FENCE.finditer(text(page))
    ]
    return [block for block in found if not languages or block.language in languages]


def commands(page: str) -> list[list[str]]:
    """Return the words of every line of a page that calls euthymia, as a shell would read them."""
    lines = "".join(block.text for block in blocks(page, "sh")).replace("\\\n", " ").splitlines()
    read = [shlex.split(line, comments=True) for line in lines]
    return [words for words in read if words[:1] == ["euthymia"]]


def mentioned(page: str) -> list[list[str]]:
    """Return the words of every command that stands in a sentence of a page."""
    found = re.findall(r"`(euthymia [^`]+)`", FENCE.sub("", text(page)))
    return [said.split() for said in found]


def scripts(page: str) -> list[str]:
    """Return the scripts of the repository that a page tells people to run."""
    return re.findall(r"python3? ((?:docs_src|benchmarks|examples|tests)/[\w/]+\.py)", text(page))


def prose(page: str) -> str:
    """Return a page without its blocks and its code spans."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text(page)))


def links(page: str) -> list[str]:
    """Return where a page points to."""
    return [each["to"] for each in LINK.finditer(prose(page))]


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, by the rule of MkDocs."""
    bare = FENCE.sub("", text(page))
    found = re.findall(r'<a (?:id|name)="([^"]+)"', bare)
    return {_slug(heading) for heading in HEADING.findall(bare)} | set(found)


def _slug(heading: str) -> str:
    bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", bare).strip().lower())
