"""The times to events on which survival methods are compared.

Run as a program with a folder, it writes them there as CSV, for ``survival.R``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from repeated_data import uniform

# Freireich et al (1963), Blood 21:699, as in Cox (1972): weeks in remission under 6-mercaptopurine and placebo.
DRUG = "6+ 6 6 6 7 9+ 10+ 10 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def data_sets() -> dict[str, pd.DataFrame]:
    """Return every data set by name."""
    return {"leukaemia": leukaemia(), "strata": made()}


def leukaemia() -> pd.DataFrame:
    """Return the remissions; a plus sign means that the end was not seen."""
    texts = [(text, drug) for words, drug in ((DRUG, 1), (PLACEBO, 0)) for text in words.split()]
    return pd.DataFrame(
        {
            "TIME": [float(text.rstrip("+")) for text, _ in texts],
            "EVENT": [int(not text.endswith("+")) for text, _ in texts],
            "GROUP": [drug for _, drug in texts],
            "X": 0.0,
            "STRATUM": 0,
        }
    )


def made() -> pd.DataFrame:
    """Return 300 times in whole weeks, so with many ties, of two groups and a covariate in three strata."""
    draw = uniform(5, 300, 5)
    group, stratum = (draw[:, 0] < 0.5).astype(int), np.floor(3.0 * draw[:, 1]).astype(int)
    x = np.round(2.0 * draw[:, 2] - 1.0, 2)
    rate = 0.05 * np.exp(-0.6 * group + 0.8 * x + 0.5 * stratum)
    event, censored = -np.log(draw[:, 3]) / rate, 40.0 * draw[:, 4]
    time = np.ceil(np.minimum(event, censored))
    table = {"TIME": time, "EVENT": (event <= censored).astype(int), "GROUP": group, "X": x, "STRATUM": stratum}
    return pd.DataFrame(table)


if __name__ == "__main__":
    for name, table in data_sets().items():
        table.to_csv(Path(sys.argv[1]) / f"{name}.csv", index=False)
