"""The trials that come with the package, and trial files of one's own, by name or path."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from euthymia.errors import TrialFileError, UnknownNameError
from euthymia.trials.design import Trial
from euthymia.trials.protocol import parse_trial

SUFFIX = ".toml"


def trial_names() -> tuple[str, ...]:
    """Return the names of the trials that come with the package, in alphabetical order."""
    entries = files("euthymia.evidence").joinpath("trials").iterdir()
    return tuple(sorted(entry.name.removesuffix(SUFFIX) for entry in entries if entry.name.endswith(SUFFIX)))


def load_trial(name_or_path: str | Path) -> Trial:
    """Return a trial of the package by its name, whatever the case of its letters, or one from a file.

    Args:
        name_or_path: A name such as ``transform-2``, or the path of a file: a text that ends in ``.toml`` or holds a
            directory.

    Raises:
        UnknownNameError: When no trial has the name.
        TrialFileError: When the file cannot be read or conducted as written.
    """
    if isinstance(name_or_path, Path) or _is_path(name_or_path):
        return _from_file(Path(name_or_path))
    name = name_or_path.strip().lower()
    known = trial_names()
    if name not in known:
        raise UnknownNameError("trial", name_or_path, known)
    content = files("euthymia.evidence").joinpath("trials", name + SUFFIX).read_text(encoding="utf-8")
    return parse_trial(content, name + SUFFIX)


def _is_path(given: str) -> bool:
    return given.lower().endswith(SUFFIX) or "/" in given or "\\" in given


def _from_file(path: Path) -> Trial:
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TrialFileError(f"{path}: not a text in UTF-8 (byte {error.start})") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TrialFileError(f"{path}: cannot be read ({reason}); known trials: {', '.join(trial_names())}") from error
    return parse_trial(content, str(path))
