"""Write docs/score.md: the rules of the score on unseen trials, and what came out, misses first.

Run from the repository: python docs_src/score.py
"""

from __future__ import annotations

from pathlib import Path

from euthymia.report.files import write_atomic

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "score.md"
RULES = HERE / "score_rules.md"
NOTHING = """
## What came out

Nothing has been scored yet.
"""


def main() -> None:
    """Write the page."""
    write_atomic(PAGE, page())


def page() -> str:
    """Return the page as Markdown."""
    return RULES.read_text(encoding="utf-8").rstrip() + "\n" + NOTHING


if __name__ == "__main__":
    main()
