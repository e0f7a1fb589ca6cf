"""Every record loads, every number has a unit that can be read and a source that exists, and the look-up helps."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.claims.registry import claims
from euthymia.errors import EvidenceError, UnitError, UnknownNameError
from euthymia.evidence import Grade, find, load_record, record_names, references
from euthymia.evidence.parameter import NUMBERS, TEXTS
from euthymia.evidence.record import read_record
from euthymia.evidence.search import grade_named, search
from euthymia.report.credibility import GUIDELINES
from euthymia.units import parse

EVERY_PARAMETER = [parameter for name in record_names() for parameter in load_record(name).parameters]
PROMISED = {
    "brain": "t_ke0 Kpuu f_S f_R molar_mass",
    "nmda": "IC50_E IC50_PV IC50_SST",
    "plasticity": "tau_bdnf tau_mtor k_pot tau_pot y_mtor k_spn spn_max chi a_pot a_spn a_bdnf y_5HT a_5HT tau_AR "
    "s_dis s_dir tau_sev w_dis w_dir k_lrn y_lrn e_lrn tau_lrn a_lrn",
    "dissociation": "t_tol g_tol C50_dis h_dis w_R attenuation attenuation_floor omega_subject CADSS_max",
    "pressure": "E_SBP_coefficient E_SBP_exponent DBP_ratio sd_peak_change",
    "rating": "MADRS_min MADRS_max ICC_interrater sem recall_short recall_long",
    "oral_antidepressant": "fraction_week1 difference_HAMD17 MADRS_per_HAMD17",
    "population": "weight_mean",
    "pfc1": " ".join(
        [f"{s}_{a}" for s in ["tau_m", "eta", "Delta", "J_A", "J_N", "g_Nx", "J_P", "J_S"] for a in ("E", "PV", "SST")]
        + [
            "tau_AMPA",
            "tau_GP",
            "tau_GS",
            "tau_Nr",
            "tau_Nd",
            "mg0",
            "mg1",
            "mg2",
            "e_A",
            "e_N",
            "e_P",
            "e_S",
            "e_B",
            "Mg",
        ]
    ),
}


@pytest.mark.parametrize("parameter", EVERY_PARAMETER, ids=lambda p: p.full_name)
def test_every_number_has_a_readable_unit_a_known_source_and_a_meaning(parameter):
    parse(parameter.unit)
    assert parameter.meaning
    assert math.isfinite(parameter.value)
    assert parameter.source in references() or (parameter.source == "" and not parameter.grade.measured)


def test_every_bibliography_entry_is_used_by_a_number_a_claim_or_the_credibility_draft():
    by_claims = {source for claim in claims() for source in claim.sources}
    assert set(references()) == {p.source for p in EVERY_PARAMETER} - {""} | by_claims | set(GUIDELINES)


@pytest.mark.parametrize(("record", "names"), PROMISED.items(), ids=PROMISED)
def test_a_record_holds_what_the_mechanisms_ask_for(record, names):
    assert set(names.split()) <= set(load_record(record).names)


def test_an_assumed_number_says_why():
    assert [p.full_name for p in EVERY_PARAMETER if p.grade is Grade.ASSUMED and not p.note] == []


def test_no_note_names_a_path_of_a_machine():
    text = " ".join(f"{p.note} {p.where} {p.meaning}" for p in EVERY_PARAMETER)
    assert not re.search(r"/(work|home|tmp|root)/", text)


def test_a_record_reads_as_a_mapping_that_is_loaded_once():
    record = load_record("esketamine")
    assert load_record("esketamine") is record
    assert len(record) == len(list(record)) == len(record.parameters)
    assert "ka_n" in record
    assert "ka_m" not in record
    assert record["ka_n"] == find("esketamine.ka_n")
    assert hash(record) == hash(record.replace())


def test_a_value_comes_in_the_unit_that_is_asked_for():
    assert load_record("esketamine").value("ka_n", "1/min") == pytest.approx(2.93 / 60)
    assert load_record("brain").value("t_ke0", "h") == pytest.approx(5 / 60)
    assert load_record("brain").value("molar_mass", "ng/nmol") == pytest.approx(237.73)


def test_a_unit_of_another_dimension_is_refused_with_the_parameters_name():
    with pytest.raises(UnitError, match=r"esketamine\.ka_n: unit '1/h' does not measure what is asked for in 'L/h'"):
        load_record("esketamine").value("ka_n", "L/h")


def test_body_weight_is_no_drug_mass():
    with pytest.raises(UnitError):
        load_record("population").value("weight_mean", "kg")


def test_a_typo_gets_the_nearest_record_or_parameter():
    with pytest.raises(UnknownNameError, match="no record 'esketamin'; did you mean 'esketamine'"):
        load_record("esketamin")
    with pytest.raises(UnknownNameError, match="did you mean 'ka_n'"):
        find("esketamine.ka_nn")
    with pytest.raises(UnknownNameError, match="did you mean 'esketamine'"):
        find("esketamin.ka_n")
    with pytest.raises(UnknownNameError, match=r"no parameter 'nmda'.*nmda\.IC50_E"):
        find("nmda")


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_a_changed_value_is_assumed_and_leaves_its_neighbours_alone(value):
    record = load_record("esketamine")
    changed = record.replace(ka_n=value)
    assert changed.value("ka_n", "1/h") == value
    assert changed["ka_n"].grade is Grade.ASSUMED
    assert changed["ka_n"].omega == record["ka_n"].omega
    assert "2.93" in changed["ka_n"].note
    assert [changed[n] for n in record if n != "ka_n"] == [record[n] for n in record if n != "ka_n"]
    assert record.value("ka_n", "1/h") == 2.93


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_a_changed_value_stays_in_the_physical_range(value):
    with pytest.raises(EvidenceError, match=r"esketamine\.FRn.*outside \[0, 1\]"):
        load_record("esketamine").replace(FRn=value)


def test_a_change_of_an_unknown_parameter_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'ka_n'"):
        load_record("esketamine").replace(kan=1.0)


def test_a_record_needs_a_title_and_readable_toml():
    with pytest.raises(EvidenceError, match=r"mine\.toml: title is None"):
        read_record("mine", 'summary = "s"')
    with pytest.raises(EvidenceError, match=r"mine\.toml: not readable as TOML: .*line 1"):
        read_record("mine", 'title = \nsummary = "s"')


def test_a_search_finds_records_full_names_and_parts_of_names():
    assert search("nmda") == load_record("nmda").parameters
    assert [p.full_name for p in search("esketamine.kel")] == ["esketamine.kel"]
    assert "esketamine" in {p.record for p in search("KETAMINE")}
    assert search("KETAMINE") == search("ketamine")
    assert [p.full_name for p in search("t_ke0")] == ["brain.t_ke0"]
    assert search() == tuple(EVERY_PARAMETER)


def test_a_search_for_nothing_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'ka_n'"):
        search("esketamine.ka_m")
    with pytest.raises(UnknownNameError, match="did you mean 'plasticity'"):
        search("plastcity")
    with pytest.raises(UnknownNameError, match="did you mean 'IC50_PV'"):
        search("IC50PV")


def test_a_grade_is_found_by_a_word_of_it():
    assert grade_named("patients") is Grade.PATIENTS
    assert grade_named("Assumed") is Grade.ASSUMED
    with pytest.raises(UnknownNameError, match="no grade 'measured'"):
        grade_named("measured")


def test_the_example_of_the_documentation_is_a_record():
    page = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")
    example = read_record("example", page.split("```toml\n")[1].split("```")[0])
    assert example.names == ("ka", "fraction")
    assert [key for key in (*NUMBERS, *TEXTS, *example["ka"].to_dict()) if key not in page] == []
