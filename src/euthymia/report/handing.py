"""A report handed over as a file, in the form that the file's ending says."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from euthymia.errors import OutputError
from euthymia.report.document import Report
from euthymia.report.files import check_file, write_atomic


class Form(StrEnum):
    """A form of a report; the value is its ending."""

    PAGE = ".html"
    PRINT = ".pdf"


def hand_over(made: Callable[[], Report], path: str | os.PathLike[str]) -> Path:
    """Write a report as a page or as PDF, whole or not at all, and return where.

    Args:
        made: Makes the report, once it is sure that the file can be written.
        path: Where; it ends in ``.html`` or ``.pdf``.

    Raises:
        OutputError: When it ends otherwise, or the place cannot be written to.
        EuthymiaError: When a PDF is asked for and Typst is not installed.
    """
    ending = Path(path).suffix.lower()
    if ending not in list(Form):
        raise OutputError(f"a report ends in {' or '.join(Form)}; given '{path}'")
    target = check_file(path)
    if Form(ending) is Form.PRINT:
        from euthymia.report.pdf import as_pdf, check_pdf

        check_pdf()
        return write_atomic(target, as_pdf(made()))
    from euthymia.report.html import as_html

    return write_atomic(target, as_html(made()))
