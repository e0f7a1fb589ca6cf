r"""Write down what lifelines says of the survival data sets; it asks for an older pandas than the other tests run on.

    python -m venv DIR && DIR/bin/pip install lifelines==0.30.3
    PYTHONPATH=src:tests/validation/double_programmed DIR/bin/python \
        tests/validation/double_programmed/lifelines_results.py tests/validation/double_programmed/lifelines.csv
"""

from __future__ import annotations

import sys

import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter  # pyright: ignore[reportMissingImports]
from lifelines.statistics import logrank_test  # pyright: ignore[reportMissingImports]
from lifelines.utils import restricted_mean_survival_time  # pyright: ignore[reportMissingImports]
from survival_data import data_sets

TIMES = (5, 10, 15, 20)


def results() -> pd.DataFrame:
    """Return a row for each number that lifelines gives."""
    rows: list[tuple[str, str, float]] = []
    for data, table in data_sets().items():
        for group, part in table.groupby("GROUP"):
            curve = KaplanMeierFitter().fit(part.TIME, part.EVENT)
            ends = curve.confidence_interval_survival_function_
            for t in TIMES:
                rows.append((data, f"survival {group} {t}", float(curve.predict(t))))
                rows.append((data, f"low {group} {t}", float(ends.loc[:t].iloc[-1, 0])))
                rows.append((data, f"high {group} {t}", float(ends.loc[:t].iloc[-1, 1])))
            rows.append((data, f"median {group}", float(curve.median_survival_time_)))
            rows.append((data, f"restricted {group}", float(restricted_mean_survival_time(curve, t=20.0))))
        first, second = (table[group == table.GROUP] for group in (0, 1))
        rows.append((data, "log-rank", logrank_test(first.TIME, second.TIME, first.EVENT, second.EVENT).test_statistic))
        columns = ["TIME", "EVENT", "GROUP"] if data == "leukaemia" else ["TIME", "EVENT", "GROUP", "X"]
        for stratified in (False,) if data == "leukaemia" else (False, True):
            used = table[[*columns, "STRATUM"]] if stratified else table[columns]
            fit = CoxPHFitter().fit(
                used, "TIME", "EVENT", strata=["STRATUM"] if stratified else None, fit_options={"precision": 1e-12}
            )
            for name in columns[2:]:
                rows.append((data, f"cox {stratified} {name} estimate", float(fit.params_[name])))
                rows.append((data, f"cox {stratified} {name} se", float(fit.standard_errors_[name])))
    return pd.DataFrame(rows, columns=["data", "what", "value"])


if __name__ == "__main__":
    results().to_csv(sys.argv[1], index=False, float_format="%.12g")
