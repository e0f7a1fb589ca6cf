"""The data sets on which mixed models are compared: made from a counter, so that every machine makes the same ones.

Run as a program with a folder, it writes each data set there as CSV, for ``mmrm.R``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from euthymia.statistics.repeated import RepeatedMeasures

# Potthoff, Roy (1964), Biometrika 51:313, table 1: millimetres at ages 8, 10, 12 and 14.
GIRLS = """21 20 21.5 23; 21 21.5 24 25.5; 20.5 24 24.5 26; 23.5 24.5 25 26.5; 21.5 23 22.5 23.5; 20 21 21 22.5;
21.5 22.5 23 25; 23 23 23.5 24; 20 21 22 21.5; 16.5 19 19 19.5; 24.5 25 28 28"""
BOYS = """26 25 29 31; 21.5 22.5 23 26.5; 23 22.5 24 27.5; 25.5 27.5 26.5 27; 20 23.5 22.5 26; 24.5 25.5 27 28.5;
22 22 24.5 26.5; 24 21.5 24.5 25.5; 23 20.5 31 26; 27.5 28 31 31.5; 23 23 23.5 25; 21.5 23.5 24 28; 17 24.5 26 29.5;
22.5 25.5 25.5 26; 23 24.5 26 30; 22 21.5 23.5 25"""
PLAIN = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM")
ADJUSTED = RepeatedMeasures(
    "CHG", "USUBJID", "AVISIT", "ARM", factors=("SITE",), covariates=("BASE",), by_visit=("BASE",)
)
MEASURES = {"growth": PLAIN, "small": ADJUSTED, "middle": ADJUSTED, "arms": ADJUSTED, "large": ADJUSTED}


def data_sets() -> dict[str, pd.DataFrame]:
    """Return every data set by name."""
    return {
        "growth": growth(),
        "small": trial(1, subjects=30, visits=3, arms=2, missing=0.12, leaving=0.04),
        "middle": trial(2, subjects=200, visits=4, arms=2, missing=0.30, leaving=0.03),
        "arms": trial(3, subjects=150, visits=6, arms=3, missing=0.05, leaving=0.05),
        "large": trial(4, subjects=1000, visits=10, arms=2, missing=0.05, leaving=0.02),
    }


def growth() -> pd.DataFrame:
    """Return Potthoff and Roy's children, sexes as arms and ages as visits."""
    girls, boys = (np.array([[float(x) for x in child.split()] for child in text.split(";")]) for text in (GIRLS, BOYS))
    values = np.concatenate([girls, boys])
    who = [f"F{n + 1:02d}" for n in range(len(girls))] + [f"M{n + 1:02d}" for n in range(len(boys))]
    ages = np.array([8, 10, 12, 14])
    return pd.DataFrame(
        {
            "USUBJID": np.repeat(who, 4),
            "ARM": np.repeat([name[0] for name in who], 4),
            "AVISIT": np.tile([f"V{age:02d}" for age in ages], len(who)),
            "DAY": np.tile(ages, len(who)),
            "CHG": values.ravel(),
        }
    )


def trial(seed: int, *, subjects: int, visits: int, arms: int, missing: float, leaving: float) -> pd.DataFrame:
    """Return a trial in which visits are missed at random and subjects leave for good."""
    draw = uniform(seed, subjects, 3 * visits + 3)
    arm = np.arange(subjects) % arms
    site = np.floor(3.0 * draw[:, 0]).astype(int)
    base = np.round(30.0 + 5.0 * ndtri(draw[:, 1]), 1)
    week = np.arange(visits)
    deviation = 4.0 + 4.0 * week / max(visits - 1, 1)
    gap = np.abs(week[:, None] - week[None, :])
    shape = np.linalg.cholesky((0.35 + 0.65 * 0.7**gap) * np.outer(deviation, deviation))
    noise = ndtri(draw[:, 3 : 3 + visits]) @ shape.T
    mean = -2.0 - 1.5 * week[None, :] ** 0.7 * (1.0 + 0.25 * arm[:, None]) - 0.3 * (base[:, None] - 30.0)
    change = np.round(mean + site[:, None] + noise, 2)
    missed = draw[:, 3 + visits : 3 + 2 * visits] < missing
    left = np.maximum.accumulate(draw[:, 3 + 2 * visits :] < leaving * (week > 0), axis=1)
    day = 7.0 * (week + 1) + np.floor(5.0 * draw[:, 3 + visits : 3 + 2 * visits]) - 2.0
    table = pd.DataFrame(
        {
            "USUBJID": np.repeat([f"S{n + 1:04d}" for n in range(subjects)], visits),
            "ARM": np.repeat(np.array(list("ABC"))[arm], visits),
            "SITE": np.repeat(np.array(["x", "y", "z"])[site], visits),
            "BASE": np.repeat(base, visits),
            "AVISIT": np.tile([f"V{n + 1:02d}" for n in week], subjects),
            "DAY": day.ravel(),
            "CHG": change.ravel(),
        }
    )
    return table[~(missed | left).ravel()].reset_index(drop=True)


def uniform(seed: int, rows: int, columns: int) -> np.ndarray:
    """Return numbers between 0 and 1 from a mixed counter (Steele, Lea, Flood 2014, SplitMix64)."""
    count = np.arange(1, rows * columns + 1, dtype=np.uint64) + np.uint64(seed << 40)
    z = count * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (((z >> np.uint64(11)).astype(float) + 0.5) / 2.0**53).reshape(rows, columns)


if __name__ == "__main__":
    for name, table in data_sets().items():
        table.to_csv(Path(sys.argv[1]) / f"{name}.csv", index=False)
