"""The ensemble: the same bytes whatever the split, the same course whoever else is there, whenever one looks."""

import dataclasses

import numpy as np
import pytest

import crowd
from euthymia.engine import ensemble
from euthymia.engine.along import LANES
from euthymia.engine.ensemble import DENSE_LANES, Settings
from euthymia.engine.linear import Event, respond
from euthymia.engine.linear_steps import DenseKinetics
from euthymia.models.chain import SLOW_STATES
from euthymia.models.kinetics import KINETIC_OUTPUTS, TARGET

FORTNIGHT = np.array([0.0, 0.5, 2.0, 24.0, 72.0, 168.0, 336.0])
FAST = Settings(richardson=False)


@pytest.fixture(scope="module")
def people() -> crowd.Crowd:
    return crowd.draw(40)


@pytest.fixture(scope="module")
def outcome(people: crowd.Crowd) -> ensemble.Outcome:
    return ensemble.run(people.group, people.events, FORTNIGHT)


def assert_same_bytes(a: ensemble.Outcome, b: ensemble.Outcome) -> None:
    for first, second in ((a.values, b.values), (a.error, b.error)):
        assert first.keys() == second.keys()
        assert all(np.array_equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="module")
def many() -> crowd.Crowd:
    return crowd.draw(3 * LANES - 36)


@pytest.fixture(scope="module")
def in_one_piece(many: crowd.Crowd) -> ensemble.Outcome:
    return ensemble.run(many.group, many.events, FORTNIGHT, settings=Settings(threads=1, chunk=10_000))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("chunk", [1, LANES + 1, 10_000])
def test_neither_chunks_nor_threads_change_a_byte(many, in_one_piece, threads, chunk):
    settings = Settings(threads=threads, chunk=chunk)
    assert_same_bytes(ensemble.run(many.group, many.events, FORTNIGHT, settings=settings), in_one_piece)


def test_a_person_alone_has_the_bytes_of_the_same_person_in_a_crowd(many, in_one_piece):
    for number in (0, 17, LANES + 3):
        index = np.array([number])
        events = [dataclasses.replace(event, amount=event.amount[index]) for event in many.events]
        found = ensemble.run(ensemble.group(many.linear.take(index), many.chain.take(index)), events, FORTNIGHT)
        assert all(np.array_equal(found.values[name][0], value[number]) for name, value in in_one_piece.values.items())


def test_kinetic_outputs_are_the_closed_form(people, outcome):
    exact = respond(people.linear, people.events, FORTNIGHT)
    for place, name in enumerate(KINETIC_OUTPUTS):
        np.testing.assert_allclose(outcome.values[name], exact[:, place], rtol=1e-9, atol=1e-10)


def test_an_outcome_names_every_variable_and_an_error_for_each_slow_one(people, outcome):
    assert set(outcome.values) == {*KINETIC_OUTPUTS, *SLOW_STATES}
    assert set(outcome.error) == set(SLOW_STATES)
    assert all(value.shape == (people.persons, FORTNIGHT.size) for value in outcome.values.values())
    assert ensemble.run(people.group, people.events, FORTNIGHT, settings=FAST).error == {}


def test_everybody_starts_at_rest(people, outcome):
    rest = people.chain.initial(people.persons)
    for name in SLOW_STATES:
        assert np.array_equal(outcome.values[name][:, 0], np.asarray(rest[name]))
        assert not outcome.error[name][:, 0].any()


def test_going_on_from_a_moment_is_the_uninterrupted_run(people, outcome):
    first = ensemble.run(people.group, people.events, FORTNIGHT[:4])
    second = ensemble.run(people.group, people.events, FORTNIGHT[4:], moment=first.moment)
    for name, value in outcome.values.items():
        joined = np.concatenate([first.values[name], second.values[name]], axis=1)
        np.testing.assert_allclose(joined, value, rtol=1e-9, atol=1e-9)


def test_a_moment_inside_an_infusion_and_at_a_dose_loses_nothing(people):
    amount = np.full(people.persons, 20.0)
    events = [Event(0.0, 2.0, TARGET.vein, amount), Event(5.0, 0.0, TARGET.vein, amount)]
    report = np.array([1.0, 5.0, 9.0])
    whole = ensemble.run(people.group, events, report)
    moment, parts = None, []
    for t in report:
        part = ensemble.run(people.group, events, [t], moment=moment)
        moment = part.moment
        parts.append(part.values)
    for name, value in whole.values.items():
        np.testing.assert_allclose(np.hstack([part[name] for part in parts]), value, rtol=1e-9, atol=1e-9)


def test_looking_more_often_changes_answers_by_less_than_the_error(people, outcome):
    often = np.unique([*FORTNIGHT, *np.linspace(0.0, 336.0, 57)])
    found = ensemble.run(people.group, people.events, often)
    at = np.searchsorted(often, FORTNIGHT)
    change = np.abs(found.values["sev"][:, at] - outcome.values["sev"])
    assert change.max() <= outcome.error["sev"].max() + found.error["sev"].max()


def test_nothing_given_is_nothing_changed(people):
    found = ensemble.run(people.group, [], FORTNIGHT)
    assert not found.values["plasma"].any()
    assert np.abs(found.values["sev"]).max() < 1e-9


def test_people_whose_rates_coincide_are_stepped_with_the_exponential():
    alike, apart = crowd.with_equal_rates(1e-10), crowd.with_equal_rates(1e-4)
    assert isinstance(alike.group.blocks[0].kinetics, DenseKinetics)
    assert not isinstance(apart.group.blocks[0].kinetics, DenseKinetics)
    report = [2.0, 24.0, 48.0]
    dense, modal = (ensemble.run(one.group, one.events, report).values for one in (alike, apart))
    np.testing.assert_allclose(dense["plasma"], respond(alike.linear, alike.events, report)[:, 1], rtol=1e-9)
    np.testing.assert_allclose(dense["sev"], modal["sev"], rtol=1e-3)


def test_the_dense_path_agrees_with_the_modal_path(people, monkeypatch):
    few = crowd.draw(3)
    report = [2.0, 24.0, 48.0]
    modal = ensemble.run(few.group, few.events, report).values
    monkeypatch.setattr("euthymia.engine.linear.WORST_CONDITION", 0.0)
    forced = ensemble.group(few.linear, few.chain)
    assert isinstance(forced.blocks[0].kinetics, DenseKinetics)
    dense = ensemble.run(forced, few.events, report).values
    for name, value in modal.items():
        np.testing.assert_allclose(dense[name], value, rtol=1e-9, atol=1e-9)


def test_more_people_than_a_dense_block_holds_are_cut_into_several(people, monkeypatch):
    several = crowd.draw(DENSE_LANES + 3)
    modal = ensemble.run(several.group, several.events, [2.0, 24.0]).values
    monkeypatch.setattr("euthymia.engine.linear.WORST_CONDITION", 0.0)
    forced = ensemble.group(several.linear, several.chain)
    assert [block.people.size for block in forced.blocks] == [DENSE_LANES, 3]
    dense = ensemble.run(forced, several.events, [2.0, 24.0]).values
    np.testing.assert_allclose(dense["sev"], modal["sev"], rtol=1e-9, atol=1e-9)


def test_mixed_people_keep_their_places(people):
    few, alike = crowd.draw(3), crowd.with_equal_rates(0.0)
    matrix = np.concatenate([few.linear.matrix[:1], alike.linear.matrix, few.linear.matrix[1:]])
    read = np.concatenate([few.linear.read[:1], alike.linear.read, few.linear.read[1:]])
    linear = dataclasses.replace(few.linear, matrix=matrix, read=read)
    mixed = ensemble.group(linear, few.chain.with_gain(np.ones(4)))
    events = [Event(0.0, 0.5, TARGET.vein, np.array([10.0, 20.0, 30.0, 40.0]))]
    found = ensemble.run(mixed, events, [0.4, 3.0]).values["plasma"]
    np.testing.assert_allclose(found, respond(linear, events, np.array([0.4, 3.0]))[:, 1], rtol=1e-9)


def test_progress_counts_everybody(many):
    counted: list[int] = []
    ensemble.run(many.group, [], [1.0], settings=Settings(richardson=False, chunk=LANES), progress=counted.append)
    assert sum(counted) == many.persons


def test_never_more_blocks_than_asked_for_are_under_way(many, in_one_piece, monkeypatch):
    under_way, most = set(), []

    def watched(block, *rest):
        under_way.add(id(block))
        most.append(len(under_way))
        found = through(block, *rest)
        under_way.remove(id(block))
        return found

    through = ensemble.through
    monkeypatch.setattr(ensemble, "through", watched)
    for threads, expected in ((1, 1), (2, 2), (8, len(many.group.blocks))):
        most.clear()
        found = ensemble.run(many.group, many.events, FORTNIGHT, settings=Settings(threads=threads))
        assert max(most) <= expected
        assert_same_bytes(found, in_one_piece)
