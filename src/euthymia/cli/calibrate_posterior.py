"""`euthymia calibrate`: every free number from all calibration trials, kept as a small file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from euthymia.cli import output
from euthymia.errors import EuthymiaError

SCHEMA = "euthymia.posterior/1"


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        seed: Seed of the named streams.
        people: People that stand for each arm.
        write: Whether the posterior of the package is replaced.
        out: Folder for the posterior, and for going on.
        resume: Whether to go on.
        nuts: Whether to draw from the posterior itself besides.
        json: Whether JSON is wanted.
    """

    seed: int
    people: int
    write: bool
    out: Path | None
    resume: bool
    nuts: bool
    json: bool


def calibrate_posterior(asked: Asked) -> None:
    """Find the posterior and print it.

    Raises:
        EuthymiaError: When something is asked for that needs a folder, and none is given.
    """
    if asked.out is None and (asked.resume or asked.nuts):
        raise EuthymiaError("--resume and --nuts keep what they did in a folder; name it with --out")
    from importlib.resources import files as installed

    from euthymia.evidence.posterior import NAME
    from euthymia.report import files

    own = Path(str(installed("euthymia.evidence").joinpath("posteriors", NAME)))
    folder = None if asked.out is None else files.check_folder(asked.out)
    if asked.write:
        files.check_file(own)
    from euthymia.calibration import whole
    from euthymia.calibration.artefact import kept

    with output.progress("finding the posterior") as move:
        found = whole.fit(seed=asked.seed, people=asked.people, out=folder, resume=asked.resume, progress=move)
    text = output.to_json(kept(found, command=_command(asked)).to_dict())
    if folder is not None:
        files.write_atomic(folder / NAME, text)
    if asked.write:
        files.write_atomic(own, text)
    if asked.nuts and folder is not None:
        _draw(found, asked, folder)
    if asked.json:
        output.emit(kept(found, command=_command(asked)).to_dict())
    else:
        output.say(str(kept(found, command=_command(asked))))


def _draw(found, asked: Asked, folder: Path) -> None:
    """Draw by NUTS, block by block, into the folder."""
    from euthymia.calibration.nuts import Plan, sample

    with output.progress("drawing") as move:
        sample(found.model, found.errors, found.mode, Plan(seed=asked.seed), out=folder, progress=move)


def _command(asked: Asked) -> str:
    parts = ["euthymia calibrate --write"]
    parts += [f"--seed {asked.seed}"] if asked.seed != 1 else []
    return " ".join([*parts, f"--people {asked.people}"])
