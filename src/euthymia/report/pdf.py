"""A report as PDF, set by Typst from its wheel: no program beside, nothing of the network, the same bytes each time."""

from __future__ import annotations

import importlib.util
import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from euthymia.engine.course import plain
from euthymia.errors import EuthymiaError
from euthymia.report.document import PURPOSE, Block, Report

TEMPLATE = "report.typ"
NO_TIME = 0  # s since 1970: the time that would be written into the file if any were


def as_pdf(report: Report) -> bytes:
    """Return a report as a PDF file; the same report gives the same bytes.

    Every text goes to Typst as data, never as markup, so nothing in a user's file is carried out.

    Args:
        report: The report.

    Raises:
        EuthymiaError: When Typst is not installed.
    """
    return _typeset(report, "pdf", None)


def as_pictures(report: Report, dots_per_inch: float = 72.0) -> list[bytes]:
    """Return the pages of the PDF as PNG, to look at.

    Args:
        report: The report.
        dots_per_inch: How fine.

    Raises:
        EuthymiaError: When Typst is not installed.
    """
    made = _typeset(report, "png", dots_per_inch)
    return made if isinstance(made, list) else [made]


def check_pdf() -> None:
    """Refuse, before any work, to make a PDF without Typst.

    Raises:
        EuthymiaError: When Typst is not installed.
    """
    if importlib.util.find_spec("typst") is None:
        raise EuthymiaError("a PDF needs Typst, which is not installed; pip install 'euthymia[pdf]'")


def _typeset(report: Report, form: Literal["pdf", "png"], dots_per_inch: float | None) -> Any:
    check_pdf()
    import typst

    return typst.compile(
        files("euthymia.report").joinpath("templates", TEMPLATE).read_bytes(),
        format=form,
        ppi=dots_per_inch,
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[_fonts()]),
        sys_inputs={"report": json.dumps(_document(report), ensure_ascii=False)},
        timestamp=NO_TIME,
    )


def _fonts() -> Path:
    """Return the folder of the fonts of Matplotlib, by whose widths our figures are laid out."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None  # a dependency of the package
    assert found.origin is not None
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def _document(report: Report) -> dict[str, object]:
    sections = [
        {"heading": each.heading, "level": each.level, "blocks": [_block(block) for block in each.blocks]}
        for each in report.sections
    ]
    said = {"title": report.title, "subtitle": report.subtitle, "version": report.version, "purpose": PURPOSE}
    return {**said, "sections": sections}


def _block(block: Block) -> dict[str, object]:
    content = plain(block)
    assert isinstance(content, dict)  # a block is a dataclass
    return {"kind": block.kind, **content}
