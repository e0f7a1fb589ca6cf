r"""Screening: candidates are rated twice, and those whom both ratings let in are randomised.

    severity_s ~ normal with the mean of those who come and what their SD leaves beside the two errors          (1)
    severity_0 = severity_s (1 - natural_fraction (1 - exp(-before/tau_natural)))                               (2)
    rated_v    = severity_v + sd_visit z_v on the entry scale, with the rater's error, in whole points          (3)
    written_v  = the limit where the rating falls short of it by no more than `inflation`, else the rating      (4)

(1) to (3) are the model of every later visit, where (2) is what people on waiting lists show. Whom a total lets in was
on average rated above the truth, by chance and by (4); at later visits both are gone, and this looks like a response.
Lifting brings in people whom chance did not favour: where ratings are mostly chance, it makes the fall no larger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.errors import TrialFileError
from euthymia.evidence import Record, load_record
from euthymia.patients.entry import Entered
from euthymia.symptoms.background import Background
from euthymia.symptoms.rating import Rating
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import instrument, rate_as, translate
from euthymia.trials.data import Screened
from euthymia.trials.design import Arm, Trial
from euthymia.trials.letting_in import lowest_of, scale_of_entry
from euthymia.trials.running import Reason, Screening

CANDIDATES = 1000  # a place in an arm, before it is said that next to nobody is let in

Normal = Callable[[str], np.ndarray]


@dataclass(frozen=True)
class Candidates:
    """Those who come to screening, and how they are rated.

    Attributes:
        screening: The rules.
        lowest: Smallest total that is let in, points; None for no limit.
        mean: Mean of true severity at screening, MADRS points.
        sd: Its SD, MADRS points.
        sd_visit: SD of a person's own fluctuation from visit to visit, MADRS points.
        kept: Share of severity that is still there at randomisation.
    """

    screening: Screening
    lowest: float | None
    mean: float
    sd: float
    sd_visit: float
    kept: float

    @classmethod
    def of(cls, trial: Trial, screening: Screening, amplitudes: Record) -> Candidates:
        """Return the candidates of a trial.

        Raises:
            TrialFileError: When the totals at screening spread less than errors alone make them.
        """
        spread, noise = spread_and_noise(screening, amplitudes)
        if spread <= noise:
            raise TrialFileError(
                f"{trial.id}: screening.sd: given {screening.sd:g}; people's fluctuation from visit to visit and the "
                f"rater's error alone make {screening.sd * noise / spread:.3g} points; allowed: more than that"
            )
        typical = Background.from_record(amplitudes)
        return cls(
            screening=screening,
            lowest=lowest_of(trial),
            mean=float(translate(np.array(screening.mean), screening.scale, Scale.MADRS)),
            sd=float(np.sqrt(spread**2 - noise**2)),  # (1)
            sd_visit=amplitudes.value("sd_visit", "points"),
            kept=1.0 + typical.natural_fraction * float(np.expm1(-screening.before / typical.tau_natural)),
        )

    def judged(self, normal: Normal, u: np.ndarray) -> tuple[Entered, dict[Reason, np.ndarray]]:
        """Return candidates as they would enter, and whom each reason alone keeps out, [person].

        Args:
            normal: Gives standard normals by purpose.
            u: Uniforms, [person].
        """
        rules = self.screening
        highest = instrument(Scale.MADRS).highest
        before = np.clip(self.mean + self.sd * normal("severity"), 0.0, highest)
        now = self.kept * before  # (2)
        felt = now + self.sd_visit * normal("fluctuation at randomisation")
        first = self._written(before + self.sd_visit * normal("fluctuation"), normal("rating"))
        second = self._written(felt, normal("rating at randomisation"))
        limit = -np.inf if self.lowest is None else self.lowest
        most = 1.0 if rules.improved_max is None else rules.improved_max
        MADRS = second
        if rules.scale is not Scale.MADRS:
            MADRS = Rating.from_record(load_record("rating")).rate(felt, normal("MADRS at randomisation"))
        return Entered(now, MADRS, second), {
            Reason.SCORE_AT_SCREENING: first < limit,
            Reason.OTHER: u < rules.other_failures,
            Reason.SCORE_AT_RANDOMISATION: second < limit,
            Reason.IMPROVED: first - second > most * first,
        }

    def _written(self, felt: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Return totals as they are written down, points."""
        scale = self.screening.scale
        if scale is Scale.MADRS:
            rated = Rating.from_record(load_record("rating")).rate(felt, error)  # (3)
        else:
            rated = rate_as(scale, felt, error)  # (3)
        if self.lowest is None:
            return rated
        enough = np.ceil(self.lowest)
        short = (rated < enough) & (rated >= enough - self.screening.inflation)
        return np.where(short, enough, rated)  # (4)


def spread_and_noise(screening: Screening, amplitudes: Record) -> tuple[float, float]:
    """Return the SD of the totals at screening, and what errors alone make of it, both in MADRS points."""
    scale = screening.scale
    around = screening.mean + screening.sd * np.array([-0.5, 0.5])
    low, high = translate(around, scale, Scale.MADRS)
    spread = float(high - low)
    rater = instrument(scale).sd_error * spread / screening.sd
    return spread, float(np.hypot(amplitudes.value("sd_visit", "points"), rater))


def screened(trial: Trial, arm: Arm, stream: Stream, amplitudes: Record) -> tuple[Entered, Screened]:
    """Return the people who fill an arm, and how many were screened for it.

    Candidates come to each place of an arm until one is let in; the draws of a place are its own.

    Args:
        trial: The design, which screens.
        arm: The arm.
        stream: Stream of the arm's people.
        amplitudes: Sizes of effects where the trial treats people.

    Raises:
        TrialFileError: When next to nobody is let in, with how many of how many were.
    """
    if trial.screening is None:
        raise TrialFileError(f"{trial.id}: nobody is screened ([screening] is missing)")
    candidates, places = Candidates.of(trial, trial.screening, amplitudes), arm.n or 0
    severity, MADRS, total = (np.empty(places) for _ in range(3))
    people, failed, waiting = 0, dict.fromkeys(Reason, 0), np.arange(places)
    for number in range(CANDIDATES):
        if not waiting.size:
            break
        entered, against = _candidates(candidates, stream.fold("screened", number), waiting)
        passes = np.ones(waiting.size, dtype=bool)
        for reason, kept_out in against.items():
            failed[reason] += int((passes & kept_out).sum())
            passes &= ~kept_out
        people += waiting.size
        here = waiting[passes]
        severity[here], MADRS[here], total[here] = (
            part[passes] for part in (entered.severity, entered.MADRS, entered.total)
        )
        waiting = waiting[~passes]
    if waiting.size:
        raise TrialFileError(_nobody(trial, arm, people, places - waiting.size, waiting.size, failed))
    return Entered(severity, MADRS, total), Screened(np.array([people]), np.array([[*failed.values()]]))


def counted_together(parts: list[Screened], arms: int) -> Screened:
    """Return the counts of arms, replicate after replicate, as one count a replicate."""
    people, failed = np.stack([part.people[0] for part in parts]), np.stack([part.failed[0] for part in parts])
    return Screened(people.reshape(-1, arms).sum(1), failed.reshape(-1, arms, len(Reason)).sum(1))


def _candidates(candidates: Candidates, stream: Stream, places: np.ndarray) -> tuple[Entered, dict[Reason, np.ndarray]]:
    """Return one candidate for each of some places."""
    first, last = int(places[0]), int(places[-1]) + 1

    def normal(purpose: str) -> np.ndarray:
        return stream.normal(purpose, first, last)[places - first, 0]

    return candidates.judged(normal, stream.uniform("other reasons", first, last)[places - first, 0])


def _nobody(trial: Trial, arm: Arm, people: int, passed: int, missing: int, failed: dict[Reason, int]) -> str:
    rules = trial.screening
    why = ", ".join(f"{reason} {count}" for reason, count in failed.items() if count)
    came = "" if rules is None else f", who come with a mean of {rules.mean:g} and an SD of {rules.sd:g}"
    return (
        f"{trial.id}, arm {arm.name!r}: {passed} of {people} people passed screening, and {missing} places are empty "
        f"({why}); a {scale_of_entry(trial)} of at least {lowest_of(trial) or 0.0:g} is asked for{came}; "
        "ask for less, or screen others"
    )
