"""Measure a mixed model for repeated measures, unstructured, beside statsmodels and R in the same run.

Run it as `python benchmarks/mmrm.py`. Two trials are fitted, about 800 rows of 4 visits and 8,600 rows of 10, each with
differences between arms at all visits. One thread; each is repeated, and the fastest counts. Ratios are of processor
time, which a busy machine changes least. Whatever is not installed, or takes longer than the limit, is said so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from euthymia.statistics.covariance import Unstructured
from euthymia.statistics.inference import Errors
from euthymia.statistics.marginal import differences
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.repeated import RepeatedMeasures

MEASURES = RepeatedMeasures(
    "CHG", "USUBJID", "AVISIT", "ARM", factors=("SITE",), covariates=("BASE",), by_visit=("BASE",)
)
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
TRIALS = {"800 x 4": (220, 4), "8,600 x 10": (955, 10)}  # people and visits; a tenth of visits is missed
TARGETS = {"800 x 4": 0.060, "8,600 x 10": 1.5}  # seconds
MEAN = "CHG ~ SITE + BASE * AVISIT + ARM * AVISIT"
Seconds = tuple[float, float]  # of the processor, and on the wall
R_SCRIPT = r"""
args <- commandArgs(trailingOnly = TRUE)
d <- read.csv(args[1])
for (column in c("USUBJID", "ARM", "AVISIT", "SITE")) d[[column]] <- factor(d[[column]])
repeats <- as.integer(args[3])
say <- function(what, run) if (args[2] == what) {
  times <- sapply(seq_len(repeats), function(k) { gc(FALSE); system.time(run())[1:3] })
  cat(min(times[1, ] + times[2, ]), min(times[3, ]), "\n")
}
quiet <- function(x) suppressWarnings(suppressMessages(x))
model <- CHG ~ SITE + BASE * AVISIT + ARM * AVISIT
by_mmrm <- function(method) {
  fit <- mmrm::mmrm(CHG ~ SITE + BASE * AVISIT + ARM * AVISIT + us(AVISIT | USUBJID), data = d,
                    control = mmrm::mmrm_control(method = method))
  as.data.frame(emmeans::contrast(emmeans::emmeans(fit, ~ ARM | AVISIT), "trt.vs.ctrl"))
}
quiet({
  say("gls", function() nlme::gls(model, data = d, correlation = nlme::corSymm(form = ~ as.integer(AVISIT) | USUBJID),
                                  weights = nlme::varIdent(form = ~ 1 | AVISIT)))
  say("mmrm, Satterthwaite", function() by_mmrm("Satterthwaite"))
  say("mmrm, Kenward-Roger", function() by_mmrm("Kenward-Roger"))
})
"""


def trial(people: int, visits: int, seed: int) -> pd.DataFrame:
    """Return a trial of two arms in which a tenth of the visits is missed at random."""
    rng = np.random.default_rng(seed)
    week = np.arange(visits)
    arm, base = np.arange(people) % 2, rng.normal(30.0, 5.0, people)
    gap = np.abs(week[:, None] - week)
    deviation = 4.0 + 4.0 * week / visits
    shape = np.linalg.cholesky((0.35 + 0.65 * 0.7**gap) * np.outer(deviation, deviation))
    change = -2.0 - 1.5 * week * (1.0 + 0.2 * arm[:, None]) - 0.3 * (base[:, None] - 30.0)
    change = change + rng.normal(size=(people, visits)) @ shape.T
    table = pd.DataFrame(
        {
            "USUBJID": np.repeat([f"S{number:04d}" for number in range(people)], visits),
            "ARM": np.repeat(np.array(["placebo", "drug"])[arm], visits),
            "SITE": np.repeat(np.array(["x", "y", "z"])[rng.integers(0, 3, people)], visits),
            "BASE": np.repeat(base, visits),
            "AVISIT": np.tile([f"V{number:02d}" for number in week], people),
            "WEEK": np.tile(week, people),
            "CHG": change.ravel(),
        }
    )
    return table.loc[rng.random(len(table)) > 0.1].reset_index(drop=True)


def fastest(run: Callable[[], object], repeats: int) -> Seconds:
    """Return processor and wall-clock seconds of the fastest of several runs, after one that does not count."""
    run()
    cpu, wall = [], []
    for _ in range(repeats):
        begun = time.process_time(), time.perf_counter()
        run()
        cpu.append(time.process_time() - begun[0])
        wall.append(time.perf_counter() - begun[1])
    return min(cpu), min(wall)


def ours(table: pd.DataFrame, errors: Errors) -> Callable[[], object]:
    return lambda: differences(fit_mmrm(table, MEASURES, Unstructured()), errors=errors)


def statsmodels_runs(table: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Return what statsmodels has nearest: one random intercept (REML), and unstructured working covariance (GEE)."""
    if find_spec("statsmodels") is None:
        return {}
    import statsmodels.formula.api as smf
    from statsmodels.genmod.cov_struct import Unstructured as Working

    def mixed() -> object:
        return smf.mixedlm(MEAN, table, groups=table.USUBJID).fit(reml=True)

    def working() -> object:
        return smf.gee(MEAN, "USUBJID", table, time=table.WEEK, cov_struct=Working()).fit()

    return {"statsmodels MixedLM, random intercept": mixed, "statsmodels GEE, unstructured": working}


def r_seconds(table: pd.DataFrame, what: str, repeats: int, limit: float) -> Seconds | str:
    """Return the seconds that R takes, without its start, or why there are none."""
    if shutil.which("Rscript") is None:
        return "no R"
    package = "nlme" if what == "gls" else "mmrm"
    with tempfile.TemporaryDirectory() as folder:
        script, data = Path(folder) / "mmrm.R", Path(folder) / "trial.csv"
        script.write_text(R_SCRIPT)
        table.to_csv(data, index=False)
        there = subprocess.run(["Rscript", "-e", f"library({package})"], capture_output=True)
        if there.returncode != 0:
            return f"no R package {package}"
        try:
            done = subprocess.run(
                ["Rscript", str(script), str(data), what, str(repeats)], capture_output=True, text=True, timeout=limit
            )
        except subprocess.TimeoutExpired:
            return f"more than {limit:.0f} s"
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1]
    cpu, wall = map(float, done.stdout.split())
    return cpu, wall


def measure(name: str, repeats: int, limit: float, *, with_r: bool) -> dict[str, Seconds | str]:
    """Return the seconds of each program on one trial, or why there are none."""
    table = trial(*TRIALS[name], seed=1)
    found: dict[str, Seconds | str] = {}
    for errors in (Errors.KENWARD_ROGER_LINEAR, Errors.KENWARD_ROGER, Errors.SATTERTHWAITE, Errors.SANDWICH_UNBIASED):
        found[f"euthymia, {errors.value}"] = fastest(ours(table, errors), repeats)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their searches
        for what, run in statsmodels_runs(table).items():
            try:
                found[what] = fastest(run, 1)
            except Exception as error:  # a peer that cannot fit is a result too
                found[what] = f"{type(error).__name__}: {error}"
    if with_r:
        for what in ("gls", "mmrm, Satterthwaite", "mmrm, Kenward-Roger"):
            found[f"R {what}"] = r_seconds(table, what, 1, limit)
    return found


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=float, default=240.0, help="seconds that R may take for one fit")
    parser.add_argument("--no-r", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if any(os.environ.get(name) != "1" for name in ONE_THREAD):  # they count only before NumPy is loaded
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)
    found = {name: measure(name, asked.repeats, asked.limit, with_r=not asked.no_r) for name in TRIALS}
    if asked.json:
        print(json.dumps(found))
        return
    print("| rows x visits | program | CPU seconds | wall seconds | CPU x ours | target |")
    print("|---|---|---|---|---|---|")
    for name, row in found.items():
        own = row[f"euthymia, {Errors.KENWARD_ROGER_LINEAR.value}"][0]
        for what, seconds in row.items():
            if isinstance(seconds, str) or isinstance(own, str):
                print(f"| {name} | {what} | {seconds} | | | |")
                continue
            target = f"{TARGETS[name]:g} s" if what.startswith("euthymia") else ""
            cpu, wall = seconds
            print(f"| {name} | {what} | {cpu:.3f} | {wall:.3f} | x {cpu / own:.1f} | {target} |")
    print(f"\nOne thread of {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
