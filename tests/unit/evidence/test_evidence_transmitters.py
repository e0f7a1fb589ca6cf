"""The catalogue of signals: its counts, its rules, and that what is called modelled is."""

from __future__ import annotations

import importlib.util
from collections import Counter
from importlib.resources import files

import pytest

from euthymia.errors import EuthymiaError, TrialFileError, UnknownNameError
from euthymia.evidence.transmitters import (
    FILE,
    Kind,
    Sign,
    Tier,
    families,
    families_named,
    gene_names,
    read_signals,
    search,
    signals,
)

TEXT = files("euthymia.evidence").joinpath(FILE).read_text(encoding="utf-8")
SMALL = """
[[families]]
number = 1
name = "Monoamines"
tier = "core"
receptors = "DRD1-5"
signals = ["dopamine", "serotonin"]
"""


def test_229_names_in_52_families() -> None:
    assert (len(signals()), len(families())) == (229, 52)
    assert len({signal.name.lower() for signal in signals()}) == 229


def test_68_small_molecules_and_161_peptides() -> None:
    assert Counter(signal.family.kind for signal in signals()) == {Kind.SMALL: 68, Kind.PEPTIDE: 161}


def test_160_core_41_modulators_28_candidates() -> None:
    tiers = Counter(signal.family.tier for signal in signals())
    assert tiers == {Tier.CORE: 160, Tier.MODULATOR: 41, Tier.CANDIDATE: 28}


def test_fifteen_genes_were_sought_in_open_tables_and_not_found() -> None:
    assert sum(each.genes_sought - (each.genes_found or 0) for each in families() if each.genes_sought) == 15


def test_every_signal_has_receptors() -> None:
    assert all(signal.receptors for signal in signals())


def test_what_is_modelled_points_to_modules_that_exist() -> None:
    modelled = [signal for signal in signals() if signal.modelled]
    for signal in (signal for signal in signals() if signal.modelled or signal.as_a_group):
        assert signal.how
        assert signal.modules
        for module in signal.modules:
            assert importlib.util.find_spec(module) is not None, module
    names = {"L-glutamate", "GABA", "serotonin", "dopamine", "noradrenaline", "acetylcholine", "BDNF"}
    assert {signal.name for signal in modelled} == names


def test_the_modulators_of_the_circuit_are_those_of_the_catalogue() -> None:
    from euthymia.circuit.modulation import Modulator

    ours = {signal.name for signal in signals() if "euthymia.circuit.modulation" in signal.modules}
    spelled = {each.name.split("_")[0].lower() for each in Modulator}
    assert ours == spelled


def test_only_what_is_modelled_has_a_sign() -> None:
    assert all((signal.sign is None) == (not signal.modelled) for signal in signals())
    assert search("L-glutamate")[0].sign is Sign.EXCITES
    assert search("GABA", modelled=True)[0].sign is Sign.INHIBITS


def test_the_opioids_are_modelled_as_a_group_and_none_of_them_alone() -> None:
    group = [signal for signal in signals() if signal.as_a_group]
    assert {signal.family.number for signal in group} == {13, 14, 15, 16}
    assert len(group) == 22
    assert not any(signal.modelled for signal in group)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("drd2", "dopamine"),
        ("GRIN2B", "L-glutamate"),
        ("HTR2A", "serotonin"),
        ("substance p", "substance P"),
        ("orexin", "orexin-B"),
        ("SSTR3", "cortistatin-17"),
    ],
)
def test_a_signal_is_found_by_name_family_and_receptor(query: str, expected: str) -> None:
    assert expected in {signal.name for signal in search(query)}


def test_a_range_of_genes_holds_what_it_says() -> None:
    assert gene_names("P2RX1-7, CHRNA1-10") >= {"P2RX7", "CHRNA10", "CHRNA1"}
    assert gene_names("GRIN2A-D") == {"GRIN2A", "GRIN2B", "GRIN2C", "GRIN2D"}
    assert gene_names("ADRA2A-C") == {"ADRA2A", "ADRA2B", "ADRA2C"}
    assert gene_names("NRXN-GRID2; PYY") == frozenset()


def test_families_are_found_by_number_and_by_name() -> None:
    assert [each.number for each in families_named("3")] == [3]
    assert [each.number for each in families_named("opioid")] == [13, 14, 15, 16]
    assert {signal.family.number for signal in search(family="orexins")} == {30}
    with pytest.raises(UnknownNameError, match="did you mean 'Orexins'"):
        families_named("orexines")


def test_a_typo_gets_the_nearest_name() -> None:
    with pytest.raises(EuthymiaError, match="did you mean 'serotonin'"):
        search("serotonim")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"dopamine", "serotonin"', '"dopamine", "Dopamine"', "stands twice"),
        ('tier = "core"', 'tier = "cor"', "did you mean 'core'"),
        ("number = 1", "number = 2", "run from 1 without a gap"),
        ("signals = [", "signal = [", "unknown key; did you mean 'signals'"),
        ('"dopamine", "serotonin"', "", "a list of names is needed"),
        ('receptors = "DRD1-5"', 'receptors = ""', "must say something"),
    ],
)
def test_a_catalogue_that_breaks_a_rule_is_refused(old: str, new: str, expected: str) -> None:
    assert len(read_signals(SMALL)) == 2
    with pytest.raises(TrialFileError, match=expected):
        read_signals(SMALL.replace(old, new))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('[[receptors]]\nsignal = "dopamin"\nreceptors = "DRD1"', "no signal 'dopamin'"),
        ('[[modelled]]\nsignal = "dopamine"\nsign = "excites"\nhow = "so"', "a list of modules is needed"),
        ('[[modelled]]\nsignal = "dopamine"\nsign = "excite"\nmodules = ["m"]\nhow = "so"', "did you mean 'excites'"),
        ('[[together]]\nfamilies = [2]\nmodules = ["m"]\nhow = "so"', "allowed: 1 to 1"),
    ],
)
def test_a_remark_that_does_not_fit_is_refused(more: str, expected: str) -> None:
    with pytest.raises(TrialFileError, match=expected):
        read_signals(SMALL + more)
