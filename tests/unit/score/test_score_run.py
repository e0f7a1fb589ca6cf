"""Scoring small trials for real: kept blocks, numbers drawn anew, rivals that never saw the trial, complaints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from score_samples import LOW, PLACEBO, row

from euthymia.errors import EuthymiaError, OutputError
from euthymia.evidence import Record, load_record
from euthymia.evidence.published import Measure, Split
from euthymia.models.accounts import Mechanism
from euthymia.score import kept, run
from euthymia.score.forecast import Forecast
from euthymia.score.kept import Kept
from euthymia.score.mechanism import Block, Job, blocks_of, conducted, forecasts
from euthymia.score.mechanisms import compare_mechanisms
from euthymia.score.results import Board
from euthymia.score.uncertainty import present
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Trial
from euthymia.trials.quantity import Nothing

ROWS = (
    row("change", PLACEBO, Measure.MADRS_CHANGE, -15.0, split=Split.USER),
    row("difference", LOW, Measure.MADRS_CHANGE_DIFF, -4.0, split=Split.USER),
    row("response", LOW, Measure.RESPONSE, 50.0, split=Split.USER),
    row("headache", LOW, Measure.AE_HEADACHE, 20.0, split=Split.USER),
)


def small(*rows: object) -> Trial:
    made = load_trial("transform-1")
    first = made.phases[0]
    arms = tuple(replace(arm, n=8) for arm in first.arms)
    return replace(
        made, id="small", registry="", split=Split.USER, published=rows or ROWS, phases=(replace(first, arms=arms),)
    )  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sure:
    """No uncertainty at all."""

    name: str = "none"
    key: str = "none"

    def amplitudes(self, seed: int, numbers: range) -> list[Record]:
        return [load_record("amplitudes") for _ in numbers]

    def others(self, seed: int, numbers: range) -> list[dict[str, float]]:
        return [{} for _ in numbers]


@pytest.fixture(scope="module")
def board() -> Board:
    return run.score([small()], replicates=8)


def test_each_replicate_is_the_same_whichever_others_are_conducted():
    job = Job(small(), 3, present())
    together, alone = conducted(job, range(0, 5)), conducted(job, range(3, 5))
    for name, values in alone.draws.items():
        assert together.draws[name][3:] == pytest.approx(values, abs=1e-9)
    assert together.reasons.keys() == {"headache"}


def test_uncertain_numbers_widen_the_forecast_and_move_no_other_draw():
    job = Job(small(), 3, present())
    sure, unsure = (conducted(each, range(6)).draws["change"] for each in (replace(job, uncertainty=Sure()), job))
    assert np.corrcoef(sure, unsure)[0, 1] > 0.5
    assert (sure != unsure).all()


def test_another_account_is_another_forecast_of_the_same_people():
    job = Job(small(), 3, Sure())
    usual, direct = (
        conducted(replace(job, mechanism=each), range(4)).draws for each in (Mechanism.DISINHIBITION, Mechanism.DIRECT)
    )
    assert conducted(job, range(4)).draws["change"] == pytest.approx(usual["change"])
    assert usual["change"] == pytest.approx(direct["change"], abs=0.4)  # sham is all but the same under both
    assert not np.allclose(usual["difference"], direct["difference"])


def test_accounts_are_compared_on_rows_that_all_of_them_predict():
    found = compare_mechanisms([small()], replicates=3, among=(Mechanism.DISINHIBITION, Mechanism.SEROTONIN_ONLY))
    assert found.rows == 3
    assert {one.mechanism for one in found.accounts} == {"disinhibition", "serotonin only"}
    assert found.accounts[0].difference == 0.0
    assert "NaN" not in found.to_json()


def test_a_row_in_fewer_than_half_of_the_replicates_is_not_predicted():
    def source(job: Job, numbers: range) -> Block:
        draws = np.where(np.arange(len(numbers)) % 3 == 0, 1.0, np.nan)
        return Block({"change": draws, "response": np.ones(len(numbers))}, {"headache": "no model"})

    made = small(*(one for one in ROWS if one.row_id != "difference"))
    found = forecasts(Job(made, 1, present()), 30, source)
    assert isinstance(found["change"], Nothing)
    assert isinstance(found["response"], Forecast)
    assert found["headache"] == Nothing("no model")


def test_blocks_cover_the_replicates_once():
    assert [number for block in blocks_of(47) for number in block] == list(range(47))


def test_a_run_that_was_ended_goes_on_from_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, board: Board):
    asked: list[range] = []

    def counted(job: Job, numbers: range, threads: int | None = None) -> Block:
        asked.append(numbers)
        return conducted(job, numbers, threads)

    monkeypatch.setattr(kept, "conducted", counted)
    first = run.score([small()], replicates=8, folder=tmp_path, threads=1)
    again = run.score([small()], replicates=8, folder=tmp_path)
    assert asked == [range(0, 8)]
    assert first.to_json() == again.to_json() == board.to_json()


def test_kept_blocks_of_another_run_and_changed_ones_are_refused(tmp_path: Path):
    made = small(ROWS[0])
    source = Kept(tmp_path)
    source(Job(made, 1, Sure()), range(2))
    with pytest.raises(OutputError, match="belongs to another run"):
        source(Job(made, 2, Sure()), range(2))
    (file,) = (tmp_path / "small").iterdir()
    file.write_text(file.read_text(encoding="utf-8").replace('"change": [', '"change": [1.0, '), encoding="utf-8")
    with pytest.raises(OutputError, match="was changed"):
        source(Job(made, 1, Sure()), range(2))
    file.write_text("{", encoding="utf-8")
    with pytest.raises(OutputError, match="was changed"):
        source(Job(made, 1, Sure()), range(2))


def test_rivals_never_learn_from_the_trial_itself_or_from_its_twin():
    calibration = run.trials_of(Split.CALIBRATION)
    made = load_trial("transform-2")
    twin = replace(made, id="mine", split=Split.USER)
    own, other = (run.rivals_say(each, calibration, 1) for each in (made, twin))
    without = run.rivals_say(made, [one for one in calibration if one.id != "transform-2"], 1)
    for rival, rows in own.items():
        for name, forecast in rows.items():
            if isinstance(forecast, Forecast):
                left = without[rival][name]
                assert isinstance(left, Forecast)
                assert (forecast.draws == left.draws).all()
                of_twin = other[rival][name]
                assert isinstance(of_twin, Forecast)
                assert of_twin.draws.mean() == pytest.approx(forecast.draws.mean(), abs=1.0)


def test_a_board_of_a_trial_of_ones_own_has_all_forecasters_and_reasons(board: Board):
    (made,) = board.trials
    assert [one.forecaster for one in made.rows[0].told] == [
        "mechanism",
        "meta-analysis",
        "plain meta-analysis",
        "Emax regression",
    ]
    assert made.rows[0].common
    assert made.rows[3].told[0].why_not
    assert made.note == ""


def test_what_was_fitted_is_said_of_a_trial_that_the_numbers_saw(monkeypatch: pytest.MonkeyPatch):
    def quick(job: Job, numbers: range, threads: int | None = None) -> Block:
        return Block({one.row_id: np.arange(3.0) for one in job.trial.published}, {})

    monkeypatch.setattr(kept, "conducted", quick)
    found = run.score([load_trial("transform-2"), load_trial("sustain-1")], replicates=3).trials
    assert [one.note.split(";")[0] for one in found] == [
        "the posterior has seen this trial among others",
        "the posterior has not seen this trial",
    ]


@pytest.mark.parametrize(
    ("trials", "replicates", "said"),
    [
        ((), 8, "no trials given"),
        ((small(), small()), 8, "'small' is given more than once"),
        ((small(),), 2, "replicates is 2"),
        ((replace(small(), published=()),), 8, "has no published rows"),
    ],
)
def test_what_cannot_be_scored_is_refused_before_any_work(trials: tuple[Trial, ...], replicates: int, said: str):
    with pytest.raises(EuthymiaError, match=said):
        run.score(trials, replicates=replicates)
