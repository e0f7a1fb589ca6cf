"""Functions that other processes carry out in the tests of executors."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from euthymia.errors import UnknownNameError


class Errand(NamedTuple):
    """Square a number, once the worker was killed as often as the number of marks that may be left in a folder."""

    number: int
    folder: str = ""
    kills: int = 0
    seconds: float = 0.0


def square(errand: Errand) -> int:
    time.sleep(errand.seconds)
    for place in range(errand.kills):
        mark = Path(errand.folder) / f"{errand.number}-{place}"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if errand.folder:
        (Path(errand.folder) / f"pid-{os.getpid()}").touch()
    return errand.number**2


def refuse(errand: Errand) -> int:
    raise UnknownNameError("number", str(errand.number), ["one", "two"])
