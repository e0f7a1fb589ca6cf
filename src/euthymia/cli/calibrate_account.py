"""`euthymia calibrate --mechanism`: the same rows and priors under another account of how treatment works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from euthymia.cli import output, work
from euthymia.models.accounts import Mechanism


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        mechanism: The account.
        seed: Seed of the named streams.
        people: People that stand for each arm.
        write: Whether the file of the package is replaced.
        out: Folder for the account's file, and for going on.
        resume: Whether to go on.
        json: Whether JSON is wanted.
    """

    mechanism: Mechanism
    seed: int
    people: int
    write: bool
    out: Path | None
    resume: bool
    json: bool

    @property
    def command(self) -> str:
        """What makes the same file again."""
        parts = ["euthymia", "calibrate", "--mechanism", self.mechanism.value, "--write"]
        return work.spelled(*parts, *(["--seed", self.seed] if self.seed != 1 else []), "--people", self.people)


def calibrate_account(asked: Asked) -> None:
    """Fit the account, print it, and keep it where that was asked for."""
    from importlib.resources import files as installed

    from euthymia.evidence.account import file_of
    from euthymia.report import files

    name = file_of(asked.mechanism.value)
    own = Path(str(installed("euthymia.evidence").joinpath("posteriors", name)))
    folder = None if asked.out is None else files.check_folder(asked.out)
    if asked.write:
        files.check_file(own)
    from euthymia.calibration import whole
    from euthymia.calibration.accounted import account_of
    from euthymia.score.standing import patients

    with output.progress("finding the posterior") as move:
        found = whole.fit(
            seed=asked.seed,
            people=asked.people,
            out=folder,
            resume=asked.resume,
            mechanism=asked.mechanism,
            progress=move,
        )
    fitted = account_of(found, patients([one.trial for one in found.model.trials.fixed]), command=asked.command)
    text = output.to_json(fitted.to_dict())
    for place in (None if folder is None else folder / name, own if asked.write else None):
        if place is not None:
            files.write_atomic(place, text)
    if asked.json:
        output.emit(fitted.to_dict())
        return
    output.say(str(fitted.posterior))
    output.say(
        f"{fitted.mechanism}: log posterior {fitted.log_posterior:.1f}, log evidence {fitted.log_evidence:.1f}, "
        f"{fitted.inside} of {fitted.rows} rows inside, root mean square {fitted.rms:.2f} standard errors; "
        f"trials left out one by one {sum(fitted.left_out.values()):.1f}"
    )
