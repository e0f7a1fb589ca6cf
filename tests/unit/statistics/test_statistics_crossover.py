"""Cross-over trials: a textbook's by number, closed forms, least squares and mixed models of statsmodels, and laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from euthymia.errors import UnknownNameError
from euthymia.statistics.crossover import crossover
from euthymia.statistics.table import TableError
from euthymia.statistics.within_person import WithinEnd, within_people

# Senn (2002), Cross-over Trials in Clinical Research, chapter 3: peak flow (L/min) of 13 children with asthma, as
# printed in the example of an AB/BA design of the manual of SAS (procedure TTEST).
FOR_SAL = [(310, 270), (310, 260), (370, 300), (410, 390), (250, 210), (380, 350), (330, 365)]
SAL_FOR = [(370, 385), (310, 400), (380, 410), (290, 320), (260, 340), (90, 220)]


def asthma() -> pd.DataFrame:
    rows = []
    for order, people in (("for sal", FOR_SAL), ("sal for", SAL_FOR)):
        for number, values in enumerate(people):
            for period, (drug, flow) in enumerate(zip(order.split(), values, strict=True), start=1):
                rows.append((f"{order} {number}", period, drug, float(flow)))
    return pd.DataFrame(rows, columns=["who", "period", "drug", "flow"])


def test_formoterol_and_salbutamol_as_in_senn():
    found = crossover(asthma(), "flow", "who", "period", "drug", reference="sal")
    assert found.names == ("for - sal",)
    assert (found.df, found.people) == (11.0, 13)
    assert found.difference[0] == pytest.approx((215.0 / 7.0 + 375.0 / 6.0) / 2.0)  # 46.6 L/min in the book
    halves = [np.subtract(*zip(*side, strict=True)) / 2.0 for side in (FOR_SAL, SAL_FOR)]
    test: Any = stats.ttest_ind(halves[0], halves[1])
    assert found.difference[0] / found.se[0] == pytest.approx(test.statistic)
    assert found.p[0] == pytest.approx(test.pvalue)
    period: Any = stats.ttest_ind(halves[0], -halves[1])
    assert abs(found.period_effect[0] / found.period_se[0]) == pytest.approx(abs(period.statistic))


def test_carry_over_of_two_by_two_compares_sums():
    found = crossover(asthma(), "flow", "who", "period", "drug", reference="sal").carry_over
    test: Any = stats.ttest_ind([a + b for a, b in FOR_SAL], [a + b for a, b in SAL_FOR])
    assert found is not None
    assert (found.statistic, found.p) == pytest.approx((test.statistic, test.pvalue))
    assert found.df == (1.0, 11.0)


def test_with_nobody_missing_a_mixed_model_says_the_same():
    ours = crossover(asthma(), "flow", "who", "period", "drug", reference="sal")
    model = smf.mixedlm("flow ~ C(drug, Treatment('sal')) + C(period)", asthma(), groups="who")
    theirs = model.fit(reml=True)
    name = next(name for name in theirs.params.index if "T.for" in name)
    assert ours.difference[0] == pytest.approx(theirs.params[name], rel=1e-6)
    assert ours.se[0] == pytest.approx(theirs.bse[name], rel=1e-3)


def made(sequences: list[str], each: int = 5, seed: int = 2, carry: float = 0.0) -> pd.DataFrame:
    """A trial of several sequences, with baselines of periods and some values missing."""
    draw = np.random.default_rng(seed)
    effect, rows = {"A": 0.0, "B": -2.0, "C": 1.0}, []
    for person, order in enumerate(sequences * each):
        level = draw.normal(20.0, 6.0)
        for period, given in enumerate(order):
            baseline = level + draw.normal(0.0, 3.0)
            lasting = carry * (period > 0 and order[period - 1] == "B")
            value = 0.5 * level + 0.5 * baseline + effect[given] + period + lasting + draw.normal(0.0, 1.5)
            missing = draw.random() < 0.1
            rows.append((f"p{person}", f"week {period}", given, np.nan if missing else value, baseline))
    return pd.DataFrame(rows, columns=["who", "period", "given", "value", "base"])


@pytest.mark.parametrize("baseline", [None, "base"])
def test_three_treatments_with_people_missing_are_least_squares_with_a_level_for_everybody(baseline: str | None):
    table = made(["ABC", "BCA", "CAB", "ACB", "BAC", "CBA"])
    ours = crossover(table, "value", "who", "period", "given", baseline=baseline)
    known = table.dropna()
    more = "" if baseline is None else " + base"
    theirs = smf.ols(f"value ~ C(who) + C(period) + C(given){more}", known).fit()
    names = ["C(given)[T.B]", "C(given)[T.C]"]
    assert ours.names == ("B - A", "C - A")
    assert ours.difference == pytest.approx(theirs.params[names].to_numpy())
    assert ours.se == pytest.approx(theirs.bse[names].to_numpy())
    assert ours.df == theirs.df_resid
    assert ours.p == pytest.approx(theirs.pvalues[names].to_numpy())
    assert ours.period_effect == pytest.approx(theirs.params[["C(period)[T.week 1]", "C(period)[T.week 2]"]].to_numpy())


def test_carry_over_is_told_within_people_where_there_are_three_periods():
    table = made(["ABC", "BCA", "CAB", "ACB", "BAC", "CBA"], carry=8.0)
    found = crossover(table, "value", "who", "period", "given").carry_over
    known = table.assign(before=table.groupby("who")["given"].shift().fillna("none")).dropna()
    known = known.assign(after_B=(known.before == "B") * 1.0, after_C=(known.before == "C") * 1.0)
    theirs = (
        smf.ols("value ~ C(who) + C(period) + C(given) + after_B + after_C", known)
        .fit()
        .f_test("after_B = 0, after_C = 0")
    )
    assert found is not None
    assert found.statistic == pytest.approx(float(theirs.fvalue))
    assert found.p == pytest.approx(float(theirs.pvalue))
    assert found.p < 0.01


def test_change_or_total_say_the_same_beside_the_baseline():
    table = made(["AB", "BA"], each=20)
    totals = crossover(table, "value", "who", "period", "given", baseline="base")
    changes = crossover(
        table.assign(value=table.value - table.base), "value", "who", "period", "given", baseline="base"
    )
    assert totals.difference == pytest.approx(changes.difference)
    assert totals.se == pytest.approx(changes.se)


def test_a_shift_of_a_person_moves_nothing_and_one_period_alone_says_nothing():
    table = asthma()
    found = crossover(table, "flow", "who", "period", "drug")
    shifted = table.assign(flow=table.flow + 100.0 * table.who.str[-1].astype(int))
    more = pd.concat([table, pd.DataFrame([("alone", 1, "for", 900.0)], columns=table.columns)])
    for other in (shifted, more):
        again = crossover(other, "flow", "who", "period", "drug")
        assert again.difference == pytest.approx(found.difference)
        assert again.se == pytest.approx(found.se)


def test_replicates_are_their_own_and_one_that_tells_nothing_has_a_code():
    draw = np.random.default_rng(4)
    value = draw.normal(size=(4, 12, 2))
    given = np.broadcast_to((np.arange(12)[:, None] + np.arange(2)) % 2, value.shape).copy()
    given[2] = np.array([0, 1])  # everybody in one order: period and treatment cannot be told apart
    value[3, 2:] = np.nan  # two people, one of each order, and nothing left for an error
    whole = within_people(value, given, treatments=2, reference=0)
    assert whole.code[:, 1].tolist() == [0, 0, WithinEnd.NOT_TOLD, WithinEnd.NO_SPREAD]
    assert np.isnan(whole.difference[2:, 1]).all()
    alone = within_people(value[1:2], given[1:2], treatments=2, reference=0)
    assert alone.se.tobytes() == whole.se[1:2].tobytes()
    assert alone.difference.tobytes() == whole.difference[1:2].tobytes()


def test_without_an_effect_five_of_a_hundred_are_significant():
    draw = np.random.default_rng(6)
    value = draw.normal(size=(4000, 16, 2)) + 3.0 * draw.normal(size=(4000, 16, 1)) + np.array([0.0, 1.0])
    given = np.broadcast_to((np.arange(16)[:, None] + np.arange(2)) % 2, value.shape)
    found = within_people(value, given, treatments=2, reference=0)
    p = 2.0 * stats.t.sf(np.abs(found.difference[:, 1] / found.se[:, 1]), found.df)
    assert abs((p < 0.05).mean() - 0.05) < 3.0 * np.sqrt(0.05 * 0.95 / 4000)


def test_what_is_no_cross_over_is_refused():
    table = asthma()
    with pytest.raises(UnknownNameError, match="did you mean 'sal'"):
        crossover(table, "flow", "who", "period", "drug", reference="sall")
    with pytest.raises(TableError, match="1 treatments in 2 periods"):
        crossover(table.assign(drug="for"), "flow", "who", "period", "drug")
    with pytest.raises(TableError, match="more than one row in period '1'"):
        crossover(pd.concat([table, table.iloc[:1]]), "flow", "who", "period", "drug")
    with pytest.raises(TableError, match="do not tell"):
        crossover(table[table.who.str.startswith("for")], "flow", "who", "period", "drug")
