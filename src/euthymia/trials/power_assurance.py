"""Assurance: power averaged over what nobody knows surely, and which of the unknowns carries it.

A draw is a trial with amplitudes of its own and effects of its own, conducted with twice its people; its two halves
are two trials that share everything but the people. What they have in common is what the draw does to power.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.trials.draws import Draws
from euthymia.trials.power_operating import Question, judged, share
from euthymia.trials.power_plan import Job, Part, drawn_scores, sizes_of, uncertain_names, whole, with_sizes
from euthymia.trials.power_results import Assurance, Carried, Mean
from euthymia.trials.power_run import Work, run

BETWEEN = ("care in this trial", "drug's effect in this trial")  # in the order of the trial's own draws
DEGREES = 3  # of the polynomials in each unknown
RESAMPLES = 200  # of the draws, for standard errors


def assurances(job: Job, arms: Mapping[str, int], question: Question, draws: int, work: Work) -> list[Assurance]:
    """Return the assurance of each comparison.

    Args:
        job: The design, everybody analysed; whether its trials differ does not matter here.
        arms: The arms asked about, with their places among the comparisons.
        question: What is asked.
        draws: How many.
        work: How the work is done.
    """
    sizes = sizes_of(job.trial)
    doubled = tuple(2 * n for n in sizes)
    halves = (Part((0,) * len(sizes), sizes), Part(sizes, doubled))
    unsure = Job(with_sizes(job.trial, doubled), job.seed, halves, trials_differ=True, uncertain=True)
    rows = run(unsure, draws, work, "assurance")
    sure = run(replace(job, parts=(whole(job.trial),), trials_differ=False), draws, work, "typical")[:, 0]
    unknown = np.concatenate(
        [drawn_scores(job.seed, range(draws)), Draws.of(job.trial, job.seed, range(draws)).replicate("trial", 2)],
        axis=1,
    )
    found = []
    for arm, place in arms.items():
        won = np.stack([_won(rows[:, half, place], question) for half in range(2)], axis=1)
        found.append(
            Assurance(
                arm=arm,
                assurance=share(won[:, 0]),
                typical=share(_won(sure[:, place], question)),
                spread=_spread(won.astype(float), job.seed),
                carried=_carried(won.astype(float), unknown, job.seed),
            )
        )
    return found


def first_order(won: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    r"""Return first-order shares of the variance of power between draws, [unknown]; NaN where there is none.

        V = Cov(won_1, won_2),   V_i = sum_d (c_id^2 - Var c_id),   c_id = Cov(won, He_d(z_i)) / sqrt(d!)         (1)

    Args:
        won: Whether the two halves of each draw won, 0 or 1, [draw, 2].
        unknown: Standard normals behind each unknown, independent of each other, [draw, unknown].

    Source:
        Sobol' (1993), Math Modelling Comput Exp 1:407; by coefficients, Sudret (2008), Reliab Eng Syst Saf 93:964.
    """
    centred = won - won.mean(0)
    variance = float((centred[:, 0] * centred[:, 1]).mean())
    if variance <= 0.0:
        return np.full(unknown.shape[1], np.nan)
    either = centred.mean(1)[:, None]
    found = np.zeros(unknown.shape[1])
    for shape in hermite(unknown):
        products = either * shape
        found += products.mean(0) ** 2 - products.var(0, ddof=1) / len(products)  # (1)
    return found / variance


def hermite(z: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the Hermite polynomials of degree 1 to `DEGREES`, of variance 1 in standard normals."""
    return (z, (z**2 - 1.0) / np.sqrt(2.0), (z**3 - 3.0 * z) / np.sqrt(6.0))[:DEGREES]


def _won(rows: np.ndarray, question: Question) -> np.ndarray:
    """Return whether trials were significant in the favourable direction, [replicate]."""
    return judged(rows, question.alpha).significant & (np.sign(rows[:, 0]) == question.favourable)


def _spread(won: np.ndarray, seed: int) -> Mean:
    """Return the standard deviation of power between draws."""

    def sd(values: np.ndarray) -> np.ndarray:
        centred = values - values.mean(0)
        return np.sqrt(max((centred[:, 0] * centred[:, 1]).mean(), 0.0))

    return Mean(float(sd(won)), float(np.std([sd(won[who]) for who in _resamples(len(won), seed)])))


def _carried(won: np.ndarray, unknown: np.ndarray, seed: int) -> tuple[Carried, ...]:
    found = first_order(won, unknown)
    again = np.stack([first_order(won[who], unknown[who]) for who in _resamples(len(won), seed)])
    known = np.isfinite(again).all(1)
    errors = again[known].std(0) if known.sum() > 1 else np.full(found.size, np.nan)
    rows = zip((*uncertain_names(), *BETWEEN), found, errors, strict=True)
    carried = [Carried(name, float(value), float(error)) for name, value, error in rows]
    return tuple(sorted(carried, key=lambda one: (not np.isfinite(one.share), -one.share, one.name)))


def _resamples(count: int, seed: int) -> list[np.ndarray]:
    """Return draws with replacement, by a stream of their own so that the errors are the same each time."""
    stream = Stream(seed).fold("resampled draws")
    return [(stream.uniform(str(number), 0, count)[:, 0] * count).astype(int) for number in range(RESAMPLES)]
