"""What the mechanism's numbers would be without one trial: fitted again from the same start, without its rows.

Of the calibration trials, the amplitudes of the record were fitted to four. Leaving out any other changes nothing, for
no amplitude ever saw it. What else was fitted to trials (the scatter of harms, items, the frailty of relapse, care on
tablets to pooled arms) is not fitted again; the note of a trial says where that matters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from euthymia.calibration import first_light, safety
from euthymia.evidence import Record, load_record
from euthymia.score.given import Setting, setting
from euthymia.score.uncertainty import Uncertainty, Without, present
from euthymia.store.files import digest, make_folder, write_durably
from euthymia.store.provenance import program_digest, records_digest
from euthymia.trials.design import Trial
from euthymia.trials.power_plan import drawn_scores, uncertain_names

Values = Mapping[str, float]
REFITTED = "amplitudes fitted again without this trial"
SEEN = "amplitudes were fitted with this trial among others"
UNTOUCHED = "no amplitude was fitted to this trial"
HARMS = "the scatter of its harms was fitted with it"
WITHIN = "how its people's ratings go together was fitted to it"
POOLED = "care on tablets was fitted to pooled arms of pill placebo, of which its own may be one"
WITHIN_OF = ("goldstein-2004",)  # record pill_placebo


@dataclass(frozen=True)
class OfFit:
    """Amplitudes of a fit, drawn apart from each other by its own errors.

    Attributes:
        values: The fitted values, by name.
        errors: Their standard errors.
        name: In words.
        key: What tells it from any other.
    """

    values: Values
    errors: Values
    name: str = REFITTED

    @property
    def key(self) -> str:
        """What tells it from any other."""
        return repr(sorted(self.values.items()) + sorted(self.errors.items()))

    def amplitudes(self, seed: int, numbers: range) -> Sequence[Record]:
        """Return the amplitudes of each of some replicates; the same standard normals as with the record's errors."""
        return [self._drawn(scores) for scores in drawn_scores(seed, numbers)]

    def others(self, seed: int, numbers: range) -> Sequence[Mapping[str, float]]:
        """Return nothing: only amplitudes were fitted."""
        return [{} for _ in numbers]

    def _drawn(self, scores: np.ndarray) -> Record:
        record, values = load_record("amplitudes"), dict(self.values)
        for name, z in zip(uncertain_names(), scores, strict=True):
            value = values.get(name, record[name].value)
            error = self.errors[name] / abs(value) if name in self.errors else record[name].cv or 0.0
            values[name] = float(value * np.exp(np.sqrt(np.log1p(error**2)) * z))
        return record.replace(**values)


def left_out(seed: int, folder: Path | None = None) -> Without:
    """Return a function that gives the mechanism's numbers without a trial, and says how.

    Args:
        seed: Seed of the people who stand for trials in a fit.
        folder: Keeps finished fits, so that a run that was ended goes on from there; None to keep nothing.
    """

    def without(trial: Trial) -> tuple[Uncertainty, str]:
        if trial.id not in first_light.TRIALS:
            return present(), _note(trial, UNTOUCHED)
        others = tuple(name for name in first_light.TRIALS if name != trial.id)
        return OfFit(*_fitted(seed, others, folder)), _note(trial, REFITTED)

    return without


def seen(trial: Trial) -> str:
    """Return which of the mechanism's numbers were fitted with a calibration trial among others, in words."""
    return _note(trial, SEEN if trial.id in first_light.TRIALS else UNTOUCHED)


def _fitted(seed: int, trials: tuple[str, ...], folder: Path | None) -> tuple[Values, Values]:
    """Return the values of a fit to some trials and their errors: those that are kept, or else of a new fit."""
    plan = digest(json.dumps([seed, trials, records_digest(), program_digest()]).encode())
    file = None if folder is None else folder / f"fit-{plan[:12]}.json"
    if file is not None and file.exists():
        held = json.loads(file.read_text(encoding="utf-8"))
        return held["values"], held["errors"]
    found = first_light.fit(seed, trials=trials)
    if file is not None:
        make_folder(file.parent)
        held = {"trials": trials, "values": found.values, "errors": found.errors}
        write_durably(file, (json.dumps(held, indent=2) + "\n").encode())
    return found.values, found.errors


def _note(trial: Trial, first: str) -> str:
    """Return how the numbers came about, and what else was fitted with the trial."""
    more = [
        (HARMS, trial.id in safety.REPLICATES),
        (WITHIN, trial.id in WITHIN_OF),
        (POOLED, setting(trial) is Setting.TABLETS),
    ]
    return "; ".join([first, *(words for words, used in more if used)])
