"""The board on made-up forecasts: what counts, who is better, what is said first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from score_samples import HIGH, LOW, PLACEBO, row, trial

from euthymia.evidence.published import Measure, Split
from euthymia.models.accounts import Mechanism
from euthymia.score.board import ALL, beside, tallies, trial_score, verdict
from euthymia.score.forecast import Forecast, judged
from euthymia.score.mechanisms import Place, told_apart
from euthymia.score.results import Board, TrialScore, Verdict
from euthymia.score.standing import Standing
from euthymia.trials.quantity import Nothing

NORMAL = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
SILENT = Nothing("made up to say nothing")


def normal(mean: float, sd: float) -> Forecast:
    return Forecast(mean + sd * NORMAL)


def scored(name: str, value: float, mechanism: Forecast | Nothing, rival: Forecast | Nothing) -> TrialScore:
    made = trial(name, row(f"row of {name}", PLACEBO, Measure.MADRS_CHANGE, value, split=Split.USER))
    said = {"mechanism": {f"row of {name}": mechanism}, "rival": {f"row of {name}": rival}}
    return trial_score(made, said, [made], name)


def board(*trials: TrialScore) -> Board:
    return Board(1, 1000, "made up", False, trials, tallies(trials), beside(trials))


def test_the_total_is_the_sum_of_log_densities_apart():
    trials = [scored(f"t{i}", -15.0 + i, normal(-15.0, 3.0), normal(-12.0, 6.0)) for i in range(4)]
    (found,) = beside(trials)
    d = [stats.norm.logpdf(-15 + i, -15, 3) - stats.norm.logpdf(-15 + i, -12, 6) for i in range(4)]
    assert found.total == pytest.approx(sum(d), abs=0.02)
    assert found.se == pytest.approx(2.0 * np.std(d, ddof=1), abs=0.02)
    assert (found.rows, found.clusters, found.pair_rows) == (4, 4, 4)


def test_a_row_that_a_rival_cannot_predict_is_left_out_for_all_and_stays_on_the_board():
    trials = [
        scored("a", -15.0, normal(-15.0, 3.0), normal(-12.0, 6.0)),
        scored("b", -14.0, normal(-15.0, 3.0), SILENT),
    ]
    (found,) = beside(trials)
    assert found.rows == 1
    whole = [one for one in tallies(trials) if one.trial == ALL and one.endpoint == ALL]
    assert {one.forecaster: one.rows for one in whole} == {"mechanism": 2, "rival": 1}


def test_a_row_that_the_mechanism_cannot_predict_does_not_count():
    (only,) = scored("a", -15.0, SILENT, normal(-12.0, 6.0)).rows
    assert only.standing is Standing.NOT_PREDICTED
    assert only.told[0].why_not == SILENT.why


@pytest.mark.parametrize(
    ("total", "se", "said"),
    [
        (3.0, 1.0, Verdict.BETTER),
        (-3.0, 1.0, Verdict.WORSE),
        (1.9, 1.0, Verdict.UNDECIDED),
        (-1.9, 1.0, Verdict.UNDECIDED),
        (9.0, float("nan"), Verdict.UNDECIDED),
    ],
)
def test_two_standard_errors_decide(total: float, se: float, said: Verdict):
    assert verdict(total, se) is said


def test_misses_come_worst_first_and_those_that_count_before_others():
    near, far = (scored(name, value, normal(-15.0, 1.0), SILENT) for name, value in (("near", -18.0), ("far", -25.0)))
    inside = scored("inside", -15.5, normal(-15.0, 1.0), SILENT)
    other = scored("other", -40.0, normal(-15.0, 1.0), SILENT)
    other = replace(other, rows=tuple(replace(one, standing=Standing.UNVERIFIED) for one in other.rows))
    found = board(near, inside, far, other).misses()
    assert [trial.trial for trial, _ in found] == ["far", "near", "other"]


def test_trials_that_share_people_are_one_cluster():
    trials = [scored(f"t{i}", -15.0 + i, normal(-15.0, 3.0), normal(-12.0, 6.0)) for i in range(3)]
    together = [replace(trials[0], cluster="pool"), replace(trials[1], cluster="pool"), trials[2]]
    assert beside(together)[0].clusters == 2


def test_crps_and_errors_are_averaged_within_one_unit_only():
    made = trial(
        "t",
        row("change", PLACEBO, Measure.MADRS_CHANGE, -15.0, split=Split.USER),
        row("share", HIGH, Measure.RESPONSE, 50.0, split=Split.USER),
        row("other", LOW, Measure.RESPONSE, 40.0, split=Split.USER),
    )
    forecasts = {"change": normal(-14.0, 2.0), "share": normal(45.0, 5.0), "other": normal(45.0, 5.0)}
    found = tallies([trial_score(made, {"mechanism": forecasts}, [made], "t")])
    whole = next(one for one in found if one.endpoint == ALL)
    response = next(one for one in found if one.trial == ALL and one.endpoint == "response")
    assert (whole.crps, whole.signed_error, whole.rows) == (None, None, 3)
    assert response.signed_error == pytest.approx(0.0)
    assert response.crps is not None


def test_json_is_the_same_for_the_same_board_and_holds_no_nan():
    made = board(scored("a", -15.0, normal(-15.0, 3.0), SILENT))
    assert made.to_json() == made.to_json()
    assert "NaN" not in made.to_json()
    assert made.to_dict()["schema"] == "euthymia.score/1"


def accounts(differences: list[float]) -> list[Verdict]:
    rows = [row(f"{i}", PLACEBO, Measure.MADRS_CHANGE, -15.0) for i in range(len(differences))]
    places = [Place("t", one.row_id, one.arm, "MADRS_change", 648.0, one.value, one.row_id) for one in rows]
    best = [judged(normal(-15.0, 1.0), one, 50) for one in rows]
    other = [replace(one, log_score=one.log_score - d) for one, d in zip(best, differences, strict=True)]
    found = told_apart(places, {Mechanism.DISINHIBITION: best, Mechanism.DIRECT: other}, 1, 100)
    assert [one.mechanism for one in found.accounts] == ["disinhibition", "direct"]
    assert found.accounts[1].difference == pytest.approx(-sum(differences))
    if any(differences):
        worst = int(np.argmax(np.abs(differences)))
        assert found.accounts[1].separating[0].row_id == f"{worst}"
    return [one.verdict for one in found.accounts]


def test_an_account_is_worse_only_where_rows_agree_on_it():
    assert accounts([2.0, 2.5, 1.8, 2.2, 2.1]) == [Verdict.UNDECIDED, Verdict.WORSE]
    assert accounts([4.0, -3.0, 2.0, -1.5, 0.1]) == [Verdict.UNDECIDED, Verdict.UNDECIDED]


def test_accounts_that_say_the_same_are_not_told_apart():
    assert accounts([0.0, 0.0, 0.0]) == [Verdict.UNDECIDED, Verdict.UNDECIDED]
