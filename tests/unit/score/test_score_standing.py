"""Which rows count, on trials of made-up numbers."""

from __future__ import annotations

from dataclasses import replace

from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split, Status, unit_of
from euthymia.score.endpoint import MEASURES, Endpoint, endpoint_of
from euthymia.score.standing import Standing, counted_rows, patients, standings
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.design import Group, Trial

DESIGN = load_trial("transform-1")
DRUG, OTHER, PLACEBO = "56 mg + AD", "84 mg + AD", "placebo + AD"


def row(name: str, arm: str, measure: Measure, estimator: Estimator = Estimator.OC, t: float = 648.0) -> PublishedRow:
    return PublishedRow(
        row_id=name,
        arm=arm,
        phase="induction",
        measure=measure,
        estimator=estimator,
        t=t,
        value=10.0,
        unit=unit_of(measure),
        source="made up",
        status=Status.READ,
        split=Split.USER,
        n=50,
    )


def trial(*rows: PublishedRow, **changes: object) -> Trial:
    return replace(DESIGN, published=rows, **changes)  # type: ignore[arg-type]


def standing_of(made: Trial, *single: Trial) -> dict[str, Standing]:
    return standings(made, {one.row_id for one in made.published}, single)


def test_one_row_a_quantity_counts_and_it_is_the_planned_estimator():
    found = standing_of(
        trial(
            row("locf", DRUG, Measure.MADRS_CHANGE, Estimator.LOCF),
            row("oc", DRUG, Measure.MADRS_CHANGE, Estimator.OC),
            row("mmrm", DRUG, Measure.MADRS_CHANGE, Estimator.MMRM),
            row("earlier", DRUG, Measure.MADRS_CHANGE, Estimator.LOCF, t=336.0),
        )
    )
    assert {name for name, each in found.items() if each is Standing.COUNTED} == {"mmrm", "earlier"}
    assert found["locf"] is found["oc"] is Standing.OTHER_ESTIMATOR


def test_a_total_is_the_quantity_of_its_change():
    found = standing_of(trial(row("total", DRUG, Measure.MADRS_TOTAL), row("change", DRUG, Measure.MADRS_CHANGE)))
    assert found == {"total": Standing.OTHER_ESTIMATOR, "change": Standing.COUNTED}


def test_response_and_remission_are_quantities_of_their_own():
    found = standing_of(trial(row("r", DRUG, Measure.RESPONSE), row("m", DRUG, Measure.REMISSION)))
    assert set(found.values()) == {Standing.COUNTED}


def test_a_treated_arm_follows_from_the_reference_arm_and_the_difference():
    arm, diff = row("arm", DRUG, Measure.MADRS_CHANGE), row("diff", DRUG, Measure.MADRS_CHANGE_DIFF, Estimator.MMRM)
    reference = row("reference", PLACEBO, Measure.MADRS_CHANGE)
    assert standing_of(trial(arm, diff, reference))["arm"] is Standing.FOLLOWS
    assert standing_of(trial(arm, diff))["arm"] is Standing.COUNTED
    assert standing_of(trial(arm, reference))["arm"] is Standing.COUNTED
    other_scale = replace(arm, row_id="phq", measure=Measure.PHQ9_CHANGE)
    assert standing_of(trial(other_scale, diff, reference))["phq"] is Standing.COUNTED


def test_inputs_unverified_and_unpredicted_rows_do_not_count():
    shaky = replace(row("shaky", DRUG, Measure.RESPONSE), status=Status.UNVERIFIED)
    made = trial(
        row("baseline", DRUG, Measure.MADRS_BASELINE, Estimator.RAW, t=0.0),
        row("left", DRUG, Measure.DROPOUT_ALL_CAUSE, Estimator.RAW),
        shaky,
        row("age", DRUG, Measure.AE_HEADACHE, Estimator.RAW),
    )
    found = standings(made, {"baseline", "left", "shaky"})
    assert list(found.values()) == [Standing.INPUT, Standing.INPUT, Standing.UNVERIFIED, Standing.NOT_PREDICTED]


def test_a_row_that_is_not_predicted_takes_the_place_of_none():
    made = trial(row("mmrm", DRUG, Measure.RESPONSE, Estimator.MMRM), row("oc", DRUG, Measure.RESPONSE))
    found = standings(made, {"oc"})
    assert found == {"mmrm": Standing.NOT_PREDICTED, "oc": Standing.COUNTED}


def test_a_group_counts_only_where_one_of_its_arms_does_not():
    group = (Group("both", (DRUG, OTHER)),)
    rows = (row("pool", "both", Measure.AE_NAUSEA), row("one", DRUG, Measure.AE_NAUSEA))
    assert standing_of(trial(*rows, groups=group))["pool"] is Standing.COUNTED
    with_other = trial(*rows, row("two", OTHER, Measure.AE_NAUSEA), groups=group)
    assert standing_of(with_other)["pool"] is Standing.POOL_OF_ARMS


def test_a_pool_of_trials_gives_way_to_a_trial_in_it_row_by_row():
    diff = row("diff", DRUG, Measure.MADRS_CHANGE_DIFF, Estimator.LS_MEAN, t=24.0)
    single = trial(diff, id="one", registry="NCT1")
    pool = trial(replace(diff, row_id="pooled"), row("later", DRUG, Measure.MADRS_CHANGE_DIFF), registry="NCT1;NCT2")
    pool = replace(pool, id="pool")
    found = standing_of(pool, single, pool)
    assert found == {"pooled": Standing.POOL_OF_TRIALS, "later": Standing.COUNTED}
    assert standing_of(single, single, pool) == {"diff": Standing.COUNTED}
    assert standing_of(pool) == {"pooled": Standing.COUNTED, "later": Standing.COUNTED}
    alone = trial(id="alone", registry="NCT9")
    assert patients([single, pool, alone]) == {"one": "one", "pool": "one", "alone": "alone"}


def test_trials_that_are_registered_nowhere_share_nobody():
    made = [trial(id="one", registry="none"), trial(id="two", registry="none"), trial(id="three", registry="")]
    assert patients(made) == {"one": "one", "two": "two", "three": "three"}


def test_no_quantity_counts_twice_in_any_trial_of_the_package():
    for name in trial_names():
        made = load_trial(name)
        predicted = {one.row_id for one in made.published if one.measure in MEASURES}
        counted = counted_rows(made, standings(made, predicted))
        assert all(endpoint_of(made, one) not in (Endpoint.INPUT, Endpoint.OTHER) for one in counted)
        places = [(one.phase, one.arm, one.measure, one.definition, one.t) for one in counted]
        assert len(places) == len(set(places))
