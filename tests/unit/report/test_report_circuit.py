"""The circuit's tables and its figure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import euthymia as eu
from euthymia.circuit.stability import Fold, Onset
from euthymia.circuit.synapse_kinds import ReceptorKind
from euthymia.errors import OutputError
from euthymia.models.two_cells import Way, demonstrate
from euthymia.report import circuit_tables as tables
from euthymia.report.circuit_study import CircuitAnswer


@pytest.fixture(scope="module")
def answer() -> CircuitAnswer:
    return eu.circuit([0.0, 1.0, 10.0])


@pytest.fixture(scope="module")
def unstable() -> CircuitAnswer:
    return eu.circuit([0.0, 1.0, 10.0], changes=["NMDA SST 0.5"])


def texts(made: tables.Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in made.rows]


def test_a_row_of_the_dose_table_reads_as_a_sentence_would(answer: CircuitAnswer) -> None:
    row = texts(tables.dose_table(answer))[1]
    assert row == ["1", "4.81 (+11.7)", "20.22 (−3.3)", "6.69 (−17.7)", "x1.72", "x1.08", "11.7", "stable"]


def test_an_unstable_fixed_point_says_so_in_words(unstable: CircuitAnswer) -> None:
    made = tables.dose_table(unstable)
    assert texts(made)[0][-1] == "unstable: 37 Hz"
    assert texts(made)[0][5] == "–"
    assert "Changed: NMDA SST 0.5." in made.note
    assert texts(tables.spectrum_table(unstable))[0][1:] == ["–", "–"]
    assert len(texts(tables.rhythm_table(unstable, unstable.rhythms()))) == 1


def test_the_spectrum_table_finds_the_gamma_peak(answer: CircuitAnswer) -> None:
    assert texts(tables.spectrum_table(answer))[0][:2] == ["0", "33.0"]


def test_a_row_of_the_table_of_areas_tells_both_ways(answer: CircuitAnswer) -> None:
    row = texts(tables.areas_table(answer.areas()))[2]
    assert row == ["10", "3.56 (−17.2)", "3.40 (−21.0)", "x0.53", "x0.20", "0.38", "+0.80", "stable"]


def test_areas_without_transfer_show_gaps(unstable: CircuitAnswer) -> None:
    made = tables.areas_table(unstable.areas())
    assert texts(made)[0][3:] == ["–", "–", "–", "–", "unstable"]
    ET.fromstring(unstable.plot(areas=True).encode())


def test_the_answer_prints_and_draws_the_areas_when_asked(answer: CircuitAnswer) -> None:
    assert "x2.58" in answer.summary(areas=True)
    assert "x2.58" not in answer.summary()
    assert "Transfer between two areas" in answer.plot(areas=True)
    assert "Transfer between two areas" not in answer.plot()


def test_the_stability_table_holds_onset_and_folds() -> None:
    rows = texts(tables.stability_table(Onset(0.069, 36.3), [Fold(-0.1, 2.0)]))
    assert rows == [["onset of a rhythm", "+0.0690", "36.3 Hz"], ["fold", "−0.1000", "E at 2.00 Hz"]]
    assert texts(tables.stability_table(None, []))[0][0] == "neither onset nor fold"


def test_the_synapse_table_has_a_row_a_way() -> None:
    found = [demonstrate(ReceptorKind.AMPA, way, 1.0) for way in (Way.COMPETITIVE, Way.POSITIVE)]
    assert [row[0] for row in texts(tables.synapse_table("AMPA", found))] == [each.way.value for each in found]


def test_the_figure_is_one_svg_with_the_same_bytes_each_time(answer: CircuitAnswer, tmp_path: Path) -> None:
    rasters = answer.rasters(neurons=200, duration=100.0)
    drawn = answer.plot(tmp_path / "c.svg", spectrum=True, rasters=rasters)
    assert (tmp_path / "c.svg").read_text(encoding="utf-8") == drawn
    assert drawn == answer.plot(spectrum=True, rasters=rasters)
    ET.fromstring(drawn.encode())
    for title in ("Firing rates", "Spectrum of the field potential", "Spikes at 10 uM"):
        assert title in drawn


def test_spectra_that_do_not_exist_are_left_out(unstable: CircuitAnswer) -> None:
    ET.fromstring(unstable.plot(spectrum=True).encode())


def test_a_place_that_cannot_be_written_to_is_told(answer: CircuitAnswer, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write to"):
        answer.plot(tmp_path / "missing" / "c.svg")
