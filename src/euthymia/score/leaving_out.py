"""What the mechanism's numbers would be without one trial: the posterior of all others, found again.

What else was fitted to trials (the scatter of harms, items, the frailty of relapse, priors of care on tablets by pooled
arms) is not fitted again; the note of a trial says where that matters.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from euthymia.calibration import safety
from euthymia.calibration.fixed import PEOPLE
from euthymia.calibration.without import All
from euthymia.errors import EvidenceError
from euthymia.evidence.posterior import Posterior, posterior, read_posterior
from euthymia.score.given import Setting, setting
from euthymia.score.standing import patients
from euthymia.score.uncertainty import OfPosterior, Uncertainty, Without, present
from euthymia.store.files import digest, make_folder, write_durably
from euthymia.store.provenance import program_digest, records_digest
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Trial

REFITTED = "the posterior was found again without this trial"
SEEN = "the posterior has seen this trial among others"
UNTOUCHED = "the posterior has not seen this trial"
HARMS = "the scatter of its harms was fitted with it"
WITHIN = "how its people's ratings go together was fitted to it"
POOLED = "the prior of care on tablets comes from pooled arms of pill placebo, of which its own may be one"
WITHIN_OF = ("goldstein-2004",)  # record pill_placebo
COMMAND = "euthymia score --loo"


def left_out(seed: int, folder: Path | None = None, *, people: int = PEOPLE) -> Without:
    """Return a function that gives the mechanism's numbers without a trial, and says how.

    Args:
        seed: Seed of the people who stand for trials in a fit.
        folder: Keeps finished fits, so that a run that was ended goes on from there; None to keep nothing.
        people: People that stand for each arm in a fit.
    """

    everything = cache(lambda: All.of(posterior(), seed=seed, people=people))

    def fitted(hidden: tuple[str, ...]) -> Posterior:
        """Return the posterior without some trials: the one that is kept, or else found again."""
        plan = digest(json.dumps([seed, people, hidden, records_digest(), program_digest()]).encode())
        file = None if folder is None else folder / f"fit-{plan[:12]}.json"
        if file is not None and file.exists():
            try:
                return read_posterior(file)
            except EvidenceError:
                file.unlink()  # half of a fit is none
        found = everything().without(hidden, command=COMMAND)
        if file is not None:
            make_folder(file.parent)
            write_durably(file, (json.dumps(found.to_dict(), indent=2) + "\n").encode())
        return found

    def without(trial: Trial) -> tuple[Uncertainty, str]:
        if trial.id not in posterior().trials:
            return present(), _note(trial, UNTOUCHED)
        hidden = with_its_people(trial)
        too = [name for name in hidden if name != trial.id]
        how = f"{REFITTED}, nor {' and '.join(too)}, whose people may be the same" if too else REFITTED
        return OfPosterior(fitted(hidden)), _note(trial, how)

    return without


def with_its_people(trial: Trial) -> tuple[str, ...]:
    """Return the trials of the posterior that are this one or have people in common with it."""
    names = [name for name in posterior().trials if name != trial.id]
    same = patients([trial, *map(load_trial, names)])
    return tuple(name for name in posterior().trials if same.get(name, "") == same[trial.id])


def seen(trial: Trial) -> str:
    """Return which of the mechanism's numbers were fitted with a calibration trial among others, in words."""
    return _note(trial, SEEN if trial.id in posterior().trials else UNTOUCHED)


def _note(trial: Trial, first: str) -> str:
    """Return how the numbers came about, and what else was fitted with the trial."""
    more = [
        (HARMS, trial.id in safety.REPLICATES),
        (WITHIN, trial.id in WITHIN_OF),
        (POOLED, setting(trial) is Setting.TABLETS),
    ]
    return "; ".join([first, *(words for words, used in more if used)])
