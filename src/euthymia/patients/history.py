"""What a person went through before: courses of an oral antidepressant that failed, and what that says of the person.

Whom treatments failed are not others than people are, but a selection: drawn as everybody is, and kept with the chance
that so many courses in a row would have failed. What they are like on average follows; nothing of it is put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.errors import EuthymiaError
from euthymia.evidence import Record, load_record
from euthymia.patients.outcome import Judged
from euthymia.patients.shares import PARTS, Factors, Makeup
from euthymia.symptoms.setting import Setting, under

CANDIDATES = 1000  # a person, before it is said that nobody has such a history
NEWTON = 6  # steps towards the likeliest response; only speed depends on them


@dataclass(frozen=True)
class Past:
    """What is drawn together because a history selects it; arrays are [person].

    Attributes:
        care: Standard normal of the response to care; no longer of mean 0 where treatments failed.
        factors: Personal factors on the two ways to mood.
    """

    care: np.ndarray
    factors: Factors


@dataclass(frozen=True)
class History:
    r"""Earlier courses k = 1 .. ``failed`` of an oral antidepressant, all of which failed.

        care_k = care_mean + care_sd (sqrt(rho) z + sqrt(1 - rho) z_k)                                      (1)
        added_k = serotonergic oral                                                                         (2)
        P(all failed | z, serotonergic) = Phi(margin)^failed,   margin from `Judged`                        (3)

    z stays with the person and z_k comes anew with each course, this trial's among them, so courses are independent
    once z and the shares are known and need not be drawn one by one. A person is as severe at the start of each as on
    entering the trial.

    Attributes:
        failed: How many courses failed.
        fall: A course failed when the total fell by less than this share.
        rho: Correlation of the responses to care in two courses.
        care_mean: Mean effect of care at study day 28 in unselected people, points.
        care_sd: Its SD between people, points.
        oral: Effect of an oral antidepressant over placebo by the end of a course, points.
        judged: How the end of a course is judged.
    """

    failed: int
    fall: float
    rho: float
    care_mean: float
    care_sd: float
    oral: float
    judged: Judged

    @classmethod
    def of(cls, failed: int, fall: float | None = None, amplitudes: Record | None = None) -> Self:
        """Return the history of people whom so many courses failed.

        Args:
            failed: How many courses failed.
            fall: The share of the start below which a fall is a failure; that of the evidence when None.
            amplitudes: Other amplitudes than those of the evidence record.

        Raises:
            EuthymiaError: When ``failed`` is below 0 or ``fall`` is no share.
        """
        record = load_record("heterogeneity")
        amplitudes = under(amplitudes or load_record("amplitudes"), Setting.TABLETS)
        share = record.value("failed_fall", "1") if fall is None else fall
        if failed < 0:
            raise EuthymiaError(f"failed is {failed}; expected a number of courses of at least 0")
        if not 0.0 <= share <= 1.0:
            raise EuthymiaError(f"failed_fall is {share:g}; expected a share from 0 to 1")
        length = record.value("course", "h")
        return cls(
            failed=failed,
            fall=share,
            rho=record.value("rho_care", "1"),
            care_mean=amplitudes.value("care_mean", "points"),
            care_sd=amplitudes.value("care_sd", "points"),
            oral=oral_effect(length, amplitudes),
            judged=Judged.after(length, amplitudes),
        )

    def margin(self, z: np.ndarray, serotonergic: np.ndarray | float, baseline: np.ndarray) -> np.ndarray:
        """Return by how many SDs a course falls short, [person]."""
        return self.judged.margin(
            self.fall,
            baseline=baseline,
            care=self.care_mean + self.care_sd * np.sqrt(self.rho) * z,  # (1)
            care_sd=self.care_sd * float(np.sqrt(1.0 - self.rho)),
            added=serotonergic * self.oral,  # (2)
        )

    def log_chance(self, z: np.ndarray, serotonergic: np.ndarray | float, baseline: np.ndarray) -> np.ndarray:
        """Return the logarithm of the chance that all courses fail, [person]."""
        from scipy.special import log_ndtr

        return self.failed * log_ndtr(self.margin(z, serotonergic, baseline))  # (3)

    def draw(self, stream: Stream, start: int, stop: int, *, baseline: np.ndarray, makeup: Makeup) -> Past:
        """Draw what a history selects in persons ``start`` to ``stop`` - 1; without failures, what everybody is.

        By rejection, exactly. z is proposed around mu, the slope of (3)'s logarithm at its likeliest value m; since
        that logarithm is concave, its tangent there, without any serotonin effect, lies above it everywhere. A person's
        first candidate comes from the very draws of an unselected person, further ones from streams of their own.

        Args:
            stream: Where the draws come from.
            start: First person's number.
            stop: One past the last.
            baseline: True severity, points, [person].
            makeup: How people's depressions are made up.

        Raises:
            EuthymiaError: When next to nobody has such a history.
        """
        likeliest = self._likeliest(baseline)
        slope = self._slope(likeliest, baseline)
        highest = self.log_chance(likeliest, 0.0, baseline)
        care, shares = np.empty(stop - start), np.empty((stop - start, PARTS))
        waiting = np.arange(stop - start)
        for candidate in range(CANDIDATES):
            if not waiting.size:
                break
            here = stream if candidate == 0 else stream.fold("candidate", candidate)
            now, earlier, made_of, u = _drawn(here, start, waiting)
            mu = slope[waiting]
            z = mu + np.sqrt(self.rho) * now + np.sqrt(1.0 - self.rho) * earlier
            chance = self.log_chance(z, makeup.factors(made_of).serotonergic, baseline[waiting])
            kept = np.log(u) < chance - highest[waiting] - mu * (z - likeliest[waiting])
            care[waiting[kept]] = (now + np.sqrt(self.rho) * mu)[kept]
            shares[waiting[kept]] = made_of[kept]
            waiting = waiting[~kept]
        if waiting.size:
            raise EuthymiaError(
                f"failed is {self.failed}, each time with a fall of less than {self.fall:g} of the start: "
                f"{waiting.size} of {stop - start} people were not found among {CANDIDATES} candidates each; "
                "ask for fewer failures"
            )
        return Past(care, makeup.factors(shares))

    def _slope(self, z: np.ndarray, baseline: np.ndarray) -> np.ndarray:
        """Return the slope of the logarithm of (3) along z, without any effect of serotonin."""
        from scipy.special import log_ndtr

        x = self.margin(z, 0.0, baseline)
        mills = np.exp(-0.5 * x * x - log_ndtr(x)) / np.sqrt(2.0 * np.pi)
        return -self.failed * self._steepness() * mills

    def _steepness(self) -> float:
        """Return how much the margin falls with z."""
        rest = self.judged.spread(self.fall, self.care_sd * float(np.sqrt(1.0 - self.rho)))
        return float(self.judged.reached * self.care_sd * np.sqrt(self.rho)) / rest

    def _likeliest(self, baseline: np.ndarray) -> np.ndarray:
        """Return the likeliest z of a person whom all courses failed, where it equals the slope of (3)'s logarithm."""
        z, steep = np.zeros(np.shape(baseline)), self._steepness()
        for _ in range(NEWTON if self.failed and steep else 0):
            slope = self._slope(z, baseline)
            mills = -slope / (self.failed * steep)
            curvature = -self.failed * steep**2 * mills * (self.margin(z, 0.0, baseline) + mills)
            z = z - (z - slope) / (1.0 - curvature)
        return z


def oral_effect(t: float, amplitudes: Record) -> float:
    """Return the typical effect of an oral antidepressant over placebo ``t`` hours after its start, points."""
    return float(-amplitudes.value("oral_effect", "points") * np.expm1(-t / amplitudes.value("tau_oral", "h")))


def _drawn(stream: Stream, start: int, who: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a candidate of each person at ``who``: two normals of care, three of shares, a uniform to be kept by."""
    from scipy.special import ndtri

    first, last = start + int(who[0]), start + int(who[-1]) + 1

    def uniform(purpose: str, columns: int = 1) -> np.ndarray:
        return stream.uniform(purpose, first, last, columns)[who - who[0]]

    now, earlier = ndtri(uniform("care")[:, 0]), ndtri(uniform("care of earlier courses")[:, 0])
    return now, earlier, ndtri(uniform("shares", PARTS)), uniform("history")[:, 0]
