"""Tables of any kind become arrays, and what cannot is refused in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest

from euthymia.errors import UnknownNameError
from euthymia.statistics.effects import Rows, Term, design_matrix, independent_columns
from euthymia.statistics.marginal import differences
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.repeated import RepeatedMeasures, read_long
from euthymia.statistics.table import Factor, TableError, column_names, read_factor, read_numbers

MEASURES = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM")


class _ArrowLike:
    """A table that has its columns the way Arrow has them."""

    column_names = ("x",)
    columns = ("data, not names",)

    def __getitem__(self, name: str) -> object:
        return type("Chunked", (), {"to_pylist": lambda self: [1, None, 3]})()


def _table(**changed: list) -> dict[str, list]:
    base: dict[str, list] = {
        "USUBJID": ["a", "a", "b", "b"],
        "ARM": ["drug", "drug", "placebo", "placebo"],
        "AVISIT": ["Week 1", "Week 2", "Week 1", "Week 2"],
        "CHG": [1.0, 2.0, 3.0, 4.0],
    }
    return {**base, **changed}


def test_mappings_pandas_and_arrow_read_the_same():
    values = [1, None, 3]
    for table in ({"x": values}, pd.DataFrame({"x": values}), _ArrowLike()):
        np.testing.assert_array_equal(read_numbers(table, "x"), [1.0, np.nan, 3.0])


def test_polars_and_arrow_themselves_read_the_same():
    columns = _table(CHG=[1.0, None, 3.0, 4.0])
    for table in (polars.DataFrame(columns), pyarrow.table(columns), polars.DataFrame(columns).to_arrow()):
        np.testing.assert_array_equal(read_numbers(table, "CHG"), [1.0, np.nan, 3.0, 4.0])
        assert read_factor(table, "AVISIT").levels == ("Week 1", "Week 2")
        assert column_names(table) == ("USUBJID", "ARM", "AVISIT", "CHG")


def test_dictionary_columns_read_as_names():
    columns = _table()
    arrow = pyarrow.table(columns | {"ARM": pyarrow.array(columns["ARM"]).dictionary_encode()})
    frame = polars.DataFrame(columns).with_columns(polars.col("ARM").cast(polars.Categorical))
    for table in (arrow, frame):
        assert read_factor(table, "ARM").levels == ("drug", "placebo")


def test_a_mixed_model_is_the_same_on_pandas_polars_and_arrow():
    rng = np.random.default_rng(3)
    plain = pd.DataFrame(
        {
            "USUBJID": np.repeat(np.arange(20), 2),
            "ARM": np.repeat(np.array(["placebo", "drug"])[np.arange(20) % 2], 2),
            "AVISIT": np.tile(["Week 1", "Week 2"], 20),
            "CHG": rng.normal(size=40),
        }
    )
    plain.loc[5, "CHG"] = np.nan
    tables = (plain, polars.DataFrame(plain.to_dict("list")), pyarrow.Table.from_pandas(plain))
    found = [differences(fit_mmrm(table, MEASURES)) for table in tables]
    for each in found[1:]:
        assert each.names == found[0].names
        np.testing.assert_array_equal(each.p, found[0].p)


def test_levels_sort_by_the_numbers_within_them():
    found = read_factor({"v": ["Week 10", "Week 2", "Day 3", None]}, "v")
    assert found.levels == ("Day 3", "Week 2", "Week 10")
    np.testing.assert_array_equal(found.codes, [2, 1, 0, -1])
    assert read_factor({"v": [10.0, 2.0, 1.5]}, "v").levels == ("1.5", "2", "10")


def test_a_category_keeps_its_order_and_given_levels_come_first():
    column = pd.Categorical(["b", "a"], categories=["b", "unused", "a"])
    assert read_factor(pd.DataFrame({"v": column}), "v").levels == ("b", "a")
    assert read_factor({"v": ["x", "y"]}, "v", levels=("y", "x")).levels == ("y", "x")


def test_a_typo_in_a_column_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="no column 'CGH'; did you mean 'CHG'"):
        read_numbers(_table(), "CGH")


def test_a_level_outside_the_given_ones_is_refused():
    with pytest.raises(UnknownNameError, match="no level of ARM 'placebo'"):
        read_factor(_table(), "ARM", levels=("drug", "plcebo"))


def test_words_among_numbers_are_refused():
    with pytest.raises(TableError, match="column 'CHG' holds 'ND'; it must hold numbers"):
        read_numbers(_table(CHG=[1.0, "ND", 2.0, 3.0]), "CHG")


def test_two_rows_for_one_visit_are_refused():
    with pytest.raises(TableError, match="subject 'a' has 2 rows for visit 'Week 1'"):
        read_long(_table(AVISIT=["Week 1", "Week 1", "Week 1", "Week 2"]), MEASURES)


def test_a_table_without_outcomes_is_refused():
    with pytest.raises(TableError, match="no row can be used"):
        read_long(_table(CHG=[None] * 4), MEASURES)


def test_an_effect_by_visit_must_be_an_effect():
    with pytest.raises(UnknownNameError, match="no factor or covariate 'BSE'; did you mean 'BASE'"):
        RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM", covariates=("BASE",), by_visit=("BSE",))


def test_columns_span_the_cells_whatever_the_order_of_terms():
    a = Factor("a", ("x", "y"), np.array([0, 0, 0, 1, 1, 1]))
    b = Factor("b", ("p", "q", "r"), np.array([0, 1, 2, 0, 1, 2]))
    rows = Rows({"a": a, "b": b}, {})
    full, names = design_matrix(rows, [Term(), Term(("a",)), Term(("b",)), Term(("a", "b"))])
    assert np.linalg.matrix_rank(full) == full.shape[1] == 6
    assert names[-1] == "a[y] x b[r]"
    alone, _ = design_matrix(rows, [Term(("a", "b"))])
    np.testing.assert_array_equal(alone, np.eye(6))


def test_columns_that_add_nothing_are_found():
    x = np.array([1.0, 2.0, 3.0, 5.0])
    full = np.column_stack([np.ones(4), x, 2 * x - 1, x**2, np.zeros(4)])
    np.testing.assert_array_equal(independent_columns(full), [0, 1, 3])
