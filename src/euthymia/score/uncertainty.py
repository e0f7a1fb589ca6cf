"""What is uncertain about the mechanism's numbers: the one place where a posterior takes the place of the record's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.evidence import Record, load_record
from euthymia.evidence.account import account
from euthymia.evidence.posterior import Posterior, posterior
from euthymia.models.accounts import Mechanism
from euthymia.models.defaults import EXCHANGED
from euthymia.trials.design import Trial
from euthymia.trials.power_plan import drawn_amplitudes, drawn_scores


class Uncertainty(Protocol):
    """Where the amplitudes of replicates come from.

    Attributes:
        name: In words, for the report.
        key: Tells it from any other, for folders of kept results.
    """

    @property
    def name(self) -> str:
        """In words, for the report."""
        ...

    @property
    def key(self) -> str:
        """What tells it from any other."""
        ...

    def amplitudes(self, seed: int, numbers: range) -> Sequence[Record]:
        """Return the amplitudes of each of some replicates; a replicate's do not depend on which others are asked."""
        ...

    def others(self, seed: int, numbers: range) -> Sequence[Mapping[str, float]]:
        """Return other numbers of the chain of each of some replicates, as `default_chain` takes them."""
        ...


Without = Callable[[Trial], tuple[Uncertainty, str]]  # the numbers without a trial, and how they were got


@dataclass(frozen=True)
class OfRecord:
    """Amplitudes drawn apart from each other, by the relative uncertainty that the record `amplitudes` states."""

    name: str = "amplitudes drawn apart from each other by the uncertainty that their record states"
    key: str = "record"

    def amplitudes(self, seed: int, numbers: range) -> Sequence[Record]:
        """Return the amplitudes of each of some replicates."""
        return [drawn_amplitudes(scores) for scores in drawn_scores(seed, numbers)]

    def others(self, seed: int, numbers: range) -> Sequence[Mapping[str, float]]:
        """Return nothing: only amplitudes are uncertain by their record."""
        return [{} for _ in numbers]


AMPLITUDES = "amplitudes"
FLUCTUATION = ("sd_visit", "sd_visit_tablets")  # differ between trials by one factor
OF_TABLETS = ("y_5HT", "a_5HT")  # likewise


@dataclass(frozen=True)
class OfPosterior:
    """All free numbers drawn together from the posterior of the calibration trials, in its normal approximation.

    Trials differ in care and in the drug's effect as the conducted trial has it; what else the posterior says that
    they differ in (fluctuation from visit to visit, the effect of tablets) is drawn with the numbers. The discrepancy
    between rows that it fits beside them is left out.

    Attributes:
        kept: The posterior.
    """

    kept: Posterior

    @property
    def name(self) -> str:
        """In words, for the report."""
        return (
            f"numbers drawn together from the posterior of {len(self.kept.trials)} calibration trials "
            f"({self.kept.rows} published numbers)"
        )

    @property
    def key(self) -> str:
        """Digest of everything that the posterior says."""
        return self._key

    @cached_property
    def _key(self) -> str:
        content = json.dumps(self.kept.to_dict(), sort_keys=True).encode()
        return f"posterior {hashlib.sha256(content).hexdigest()[:16]}"

    def amplitudes(self, seed: int, numbers: range) -> Sequence[Record]:
        """Return the amplitudes of each of some replicates."""
        record, stream = load_record(AMPLITUDES), Stream(seed).fold("posterior")
        z = stream.normal("trial", numbers.start, numbers.stop, 2)
        found = []
        for values, (visit, oral) in zip(self._drawn(seed, numbers), z, strict=True):
            own = {_symbol(name): value for name, value in values.items() if _record(name) == AMPLITUDES}
            fluctuation = float(np.exp(values.get("calibration.sd_trial_visit", 0.0) * visit))
            tablets = max(1.0 + values.get("calibration.sd_trial_oral", 0.0) * float(oral), 0.0)
            for names, factor in ((FLUCTUATION, fluctuation), (OF_TABLETS, tablets)):
                own |= {name: factor * own.get(name, record[name].value) for name in names}
            found.append(record.replace(**own))
        return found

    def others(self, seed: int, numbers: range) -> Sequence[Mapping[str, float]]:
        """Return the numbers of plasticity and serotonin of each of some replicates."""
        return [
            {name: value for name, value in values.items() if _record(name) in EXCHANGED}
            for values in self._drawn(seed, numbers)
        ]

    def _drawn(self, seed: int, numbers: range) -> list[dict[str, float]]:
        """Return every free number of each replicate, by full name."""
        stream, free = Stream(seed).fold("posterior"), self.kept.numbers
        z = stream.normal("numbers", numbers.start, numbers.stop, len(free))
        x = np.array([one.mode for one in free]) + z @ np.linalg.cholesky(self.kept.covariance).T
        return [{one.name: one.at(float(at)) for one, at in zip(free, row, strict=True)} for row in x]


def _record(name: str) -> str:
    return name.partition(".")[0]


def _symbol(name: str) -> str:
    return name.partition(".")[2]


def present() -> Uncertainty:
    """Return what the package knows today about its own numbers."""
    return OfPosterior(posterior())


def under(mechanism: Mechanism) -> Uncertainty:
    """Return what the package knows about the numbers of an account of how treatment works.

    The closed loop is not fitted: it has the numbers of the default.

    Args:
        mechanism: The account.
    """
    if mechanism is Mechanism.CLOSED_LOOP:
        return present()
    return OfPosterior(account(mechanism.value).posterior)
