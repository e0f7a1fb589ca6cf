"""A label held against people and regimens: who it covers, which schedules it allows, and where it is silent."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia import regimen
from euthymia.errors import EuthymiaError, EvidenceError, LabelError, UnknownNameError
from euthymia.evidence.citation import source_keys
from euthymia.evidence.label import (
    ClauseKind,
    Standing,
    label_names,
    load_label,
    read_label,
    severity_bands,
    severity_of,
)
from euthymia.evidence.label_condition import Diagnosis, Finding, Quantity, Severity
from euthymia.treatment.label import Answer, Decision, blocking, decide, missing
from euthymia.treatment.label_candidate import NEVER, Candidate, Pressure, Session
from euthymia.treatment.label_verdict import Verdict
from euthymia.treatment.label_words import (
    diagnosis_named,
    finding_named,
    findings_named,
    pressure_of,
    session_of,
    severity_named,
)

NONE = frozenset(Finding)
PERSON = Candidate(
    age=45.0,
    diagnosis=Diagnosis.MDD,
    MADRS=32.0,
    failed_drugs=2,
    acute_suicidality=False,
    oral_antidepressant=True,
    pressure=Pressure(120.0, 80.0),
    absent=NONE,
)
SUICIDAL = replace(PERSON, acute_suicidality=True, failed_drugs=0)
INDUCTION = "esketamine 56 mg nasal on day 1; 84 mg nasal on days 4 8 11 15 18 22 25"
WEEKLY = "; 84 mg nasal on days 29 36 43 50"
SUICIDALITY = "esketamine 84 mg nasal on days 1 4 8 11 15 18 22 25"
SESSION = "food 2 h, liquid 30 min, nasal never, rest 5 min, observed 2 h, pressure 40 min"


def decided(person: Candidate = PERSON, doses: str | None = INDUCTION, label: str = "us-2025") -> Decision:
    return decide(load_label(label), person, None if doses is None else regimen(doses))


def verdicts(decision: Decision) -> dict[str, Verdict]:
    return {line.clause.id: line.verdict for line in decision.lines}


def blockers(decision: Decision) -> list[str]:
    return [line.clause.id for line in blocking(decision)]


def but(finding: Finding, person: Candidate = PERSON) -> Candidate:
    return replace(person, present=frozenset({finding}), absent=NONE - {finding})


# The labels as data


@pytest.mark.parametrize("name", label_names())
def test_every_clause_has_a_source_a_place_and_a_note_where_it_was_not_read(name):
    label = load_label(name)
    assert len({clause.id for clause in label.clauses}) == len(label.clauses)
    for clause in label.clauses:
        assert clause.source in source_keys()
        assert clause.where
        assert clause.note or clause.standing is Standing.READ


@pytest.mark.parametrize("name", label_names())
def test_clauses_stand_sorted_by_kind(name):
    kinds = [list(ClauseKind).index(clause.kind) for clause in load_label(name).clauses]
    assert kinds == sorted(kinds)


def test_an_edition_differs_from_the_one_before_by_what_it_tells():
    first, second, third = ({c.id: c for c in load_label(f"us-{year}").clauses} for year in (2019, 2020, 2025))
    assert {id for id in second if second[id] != first.get(id)} == {id for id in second if id.startswith("suicidality")}
    assert {id for id in third if third[id] != second.get(id)} == {"trd.antidepressant", "boxed.respiration"}


def test_an_unknown_label_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'us-2025'"):
        load_label("us2025")


CLAUSE = """
[[clauses]]
id = "a"
kind = "caution"
text = "Something."
source = "spravatolabel"
where = "somewhere"
standing = "read"
condition = {condition}
"""
HEAD = 'title = "t"\nregion = "r"\nsince = "2019"\nsummary = "s"\n[indications]\nx = "y"\n'


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ('{ asks = "at lest" }', "did you mean 'at least'"),
        ('{ asks = "at least", of = "age", value = 18, unit = "min" }', "age is counted in 'y'"),
        ('{ asks = "without", finding = "psychostimulants" }', "did you mean 'psychostimulant'"),
        ('{ asks = "nothing", more = 1 }', "unknown key"),
        ('{ asks = "pace", from_week = 0, per_week = 2 }', "whole number from 1"),
    ],
)
def test_a_condition_that_cannot_be_read_names_file_and_key(condition, words):
    with pytest.raises(EvidenceError, match=words) as raised:
        read_label("mine", HEAD + CLAUSE.format(condition=condition))
    assert "mine.toml: clauses[0].condition" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"spravatolabel"', '"spravatolable"'), "no source 'spravatolable'"),
        (('standing = "read"', 'standing = "assumed"'), "needs one"),
        (('kind = "caution"', 'kind = "indication"'), "clause of an indication names it"),
        (('kind = "caution"', 'kind = "caution"\nindication = "z"'), "no indication 'z'"),
        (('id = "a"', 'id = "a'), "mine.toml"),
    ],
)
def test_a_clause_that_breaks_a_rule_is_refused(change, words):
    with pytest.raises(EvidenceError, match=words):
        read_label("mine", (HEAD + CLAUSE.format(condition='{ asks = "nothing" }')).replace(*change))


def test_words_for_severity_follow_the_linking_study():
    assert list(severity_bands().values()) == [9.0, 18.0, 25.0, 34.0]
    said = {8: None, 9: "mild", 17: "mild", 18: "moderate", 24: "moderate", 25: "severe", 33: "severe"}
    assert {MADRS: severity_of(MADRS) for MADRS in said} == said
    assert severity_of(34.0) is Severity.VERY_SEVERE


# Who


def test_a_person_and_a_schedule_that_the_label_describes_are_within_it():
    found = decided()
    assert (found.answer, found.indication) == (Answer.WITHIN, "trd")
    assert blockers(found) == []


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"age": 17.0}, "trd.adult"),
        ({"diagnosis": Diagnosis.OTHER}, "trd.diagnosis"),
        ({"failed_drugs": 1}, "trd.failed-drugs"),
        ({"MADRS": 17.0}, "trd.severity"),
        ({"MADRS": None, "severity": Severity.MILD}, "trd.severity"),
    ],
)
@pytest.mark.parametrize("label", ["us-2019", "us-2025"])
def test_what_the_indication_asks_for_rules_out_where_it_is_not_the_case(change, clause, label):
    found = decided(replace(PERSON, **change), label=label)
    assert found.answer is Answer.OUTSIDE
    assert blockers(found) == [clause]


@pytest.mark.parametrize(
    "change", [{"age": 18.0}, {"MADRS": 18.0}, {"failed_drugs": 3}, {"MADRS": None, "severity": Severity.MODERATE}]
)
def test_the_bounds_of_the_indication_are_within_it(change):
    assert decided(replace(PERSON, **change)).answer is Answer.WITHIN


def test_use_alone_came_with_the_label_of_2025():
    alone = replace(PERSON, oral_antidepressant=False)
    assert decided(alone, label="us-2025").answer is Answer.WITHIN
    for label in ("us-2019", "us-2020"):
        assert blockers(decided(alone, label=label)) == ["trd.antidepressant"]


def test_an_oral_antidepressant_of_the_regimen_counts():
    unsaid = replace(PERSON, oral_antidepressant=None)
    assert decided(unsaid, label="us-2019").answer is Answer.NEEDS_INFORMATION
    assert decided(unsaid, INDUCTION + "; sertraline 50 mg oral daily for 4 weeks", "us-2019").answer is Answer.WITHIN


def test_a_person_and_a_regimen_that_contradict_each_other_are_refused():
    with pytest.raises(LabelError, match="regimen gives sertraline"):
        decided(replace(PERSON, oral_antidepressant=False), INDUCTION + "; sertraline 50 mg oral daily for 4 weeks")


def test_acute_suicidality_is_an_indication_from_2020():
    assert blockers(decided(SUICIDAL, SUICIDALITY, "us-2019")) == ["trd.failed-drugs", "trd.first-dose"]
    for label in ("us-2020", "us-2025"):
        found = decided(SUICIDAL, SUICIDALITY, label)
        assert (found.answer, found.indication) == (Answer.WITHIN, "suicidality")


def test_acute_suicidality_needs_an_oral_antidepressant_in_2025_too():
    found = decided(replace(SUICIDAL, oral_antidepressant=False), SUICIDALITY)
    assert verdicts(found)["suicidality.antidepressant"] is Verdict.NOT_MET
    assert found.answer is Answer.OUTSIDE


@pytest.mark.parametrize(
    "finding",
    [Finding.ANEURYSM, Finding.ARTERIOVENOUS_MALFORMATION, Finding.HAEMORRHAGE, Finding.HYPERSENSITIVITY],
)
@pytest.mark.parametrize("label", label_names())
def test_a_contraindication_rules_out_under_every_label(finding, label):
    found = decided(but(finding), label=label)
    assert found.answer is Answer.OUTSIDE
    assert len(blockers(found)) == 1


def test_a_recent_cardiovascular_event_rules_out_under_the_eu_text_only():
    person = but(Finding.CARDIOVASCULAR_EVENT)
    assert blockers(decided(person, label="eu")) == ["contra.cardiovascular-event"]
    assert decided(person, label="us-2025").answer is Answer.WITHIN


@pytest.mark.parametrize("finding", [Finding.CNS_DEPRESSANT, Finding.PSYCHOSTIMULANT, Finding.MAO_INHIBITOR])
def test_an_interaction_asks_for_caution_and_rules_nobody_out(finding):
    found = decided(but(finding))
    assert found.answer is Answer.WITH_CAUTION
    cautions = [line.clause for line in found.lines if line.verdict is Verdict.CAUTION]
    assert [clause.kind for clause in cautions if clause.kind is not ClauseKind.BOXED_WARNING] == [
        ClauseKind.INTERACTION
    ]


@pytest.mark.parametrize(
    ("label", "age", "pressure", "verdict"),
    [
        ("us-2025", 45, "140/90", Verdict.MET),
        ("us-2025", 45, "141/90", Verdict.CAUTION),
        ("us-2025", 45, "140/91", Verdict.CAUTION),
        ("us-2025", 70, "145/85", Verdict.CAUTION),
        ("eu", 64, "145/85", Verdict.CAUTION),
        ("eu", 65, "145/85", Verdict.MET),
        ("eu", 65, "150/90", Verdict.MET),
        ("eu", 65, "151/90", Verdict.CAUTION),
        ("eu", None, "135/85", Verdict.MET),
        ("eu", None, "145/85", Verdict.NEEDS_INFORMATION),
    ],
)
def test_pressure_before_dosing_asks_for_caution_above_the_limit(label, age, pressure, verdict):
    found = verdicts(decided(replace(PERSON, age=age, pressure=pressure_of(pressure)), label=label))
    told = {found[id] for id in found if id.startswith("pressure") and id != "pressure-check"}
    assert verdict in told
    if verdict is Verdict.MET:
        assert told <= {Verdict.MET, Verdict.DOES_NOT_APPLY}


def test_the_boxed_warning_is_shown_for_everyone_and_the_first_one_s_gap_with_it():
    told = verdicts(decided())
    assert {told[id] for id in told if id.startswith("boxed")} == {Verdict.CAUTION}
    assert verdicts(decided(label="us-2019"))["boxed.respiration"] is Verdict.NOT_STATED


def test_what_nobody_said_is_asked_for_and_decides_nothing():
    found = decided(Candidate(), None)
    assert found.answer is Answer.NEEDS_INFORMATION
    assert blockers(found) == []
    assert {"trd.diagnosis", "trd.adult", "contra.aneurysm", "trd.first-dose"} <= {
        line.clause.id for line in missing(found)
    }


def test_without_a_regimen_the_answer_is_about_the_person():
    assert decided(PERSON, None).answer is Answer.WITHIN
    assert decided(replace(PERSON, failed_drugs=1), None).answer is Answer.OUTSIDE


@pytest.mark.parametrize("person", [PERSON, Candidate(), SUICIDAL])
def test_under_the_eu_text_nobody_is_told_to_be_covered(person):
    assert decided(person, label="eu").answer is Answer.NOT_STATED


# Which schedule


def answer_of(doses: str, person: Candidate = PERSON) -> tuple[Answer, list[str]]:
    found = decided(person, doses)
    return found.answer, blockers(found)


@pytest.mark.parametrize(
    "doses",
    [
        "esketamine 56 mg nasal on day 1",
        "esketamine 56 mg nasal on days 1 4 8 11 15 18 22 25",
        "esketamine 56 mg nasal twice weekly for 4 weeks",
        "esketamine 56 mg nasal on days 1 4 8; 84 mg nasal on days 11 15; 56 mg nasal on days 18 22 25",
        INDUCTION + WEEKLY,
        INDUCTION + WEEKLY + "; 56 mg nasal weekly from day 57 for 8 weeks",
        INDUCTION + WEEKLY + "; 84 mg nasal every 2 weeks from day 57 for 12 weeks",
        INDUCTION + WEEKLY + "; 84 mg nasal on days 57 64 78 92 99",
        "esketamine 56 mg nasal on days 10 13; 84 mg nasal on days 17 20",
        INDUCTION + "; placebo nasal on day 29",
    ],
)
def test_a_schedule_that_the_label_describes_is_within_it(doses):
    assert answer_of(doses) == (Answer.WITHIN, [])


@pytest.mark.parametrize(
    ("doses", "clauses"),
    [
        ("esketamine 84 mg nasal on days 1 4", ["trd.first-dose"]),
        ("esketamine 28 mg nasal on days 1 4", ["trd.first-dose", "trd.later-doses"]),
        ("esketamine 56 mg nasal on day 1; 28 mg nasal on day 4", ["trd.later-doses"]),
        ("esketamine 56 mg nasal on days 1 3 5", ["trd.weeks-1-4"]),
        ("esketamine 56 mg nasal on days 1 8 15", ["trd.weeks-1-4"]),
        ("esketamine 56 mg nasal on day 1; 56 mg nasal on day 1 at 12 h", ["trd.weeks-1-4"]),
        (INDUCTION + "; 84 mg nasal twice weekly from day 29 for 2 weeks", ["trd.weeks-5-8"]),
        (INDUCTION + "; 84 mg nasal on days 29 43 57", ["trd.weeks-5-8"]),
        (INDUCTION + WEEKLY + "; 84 mg nasal on days 57 60 64", ["trd.from-week-9"]),
        (INDUCTION + WEEKLY + "; 84 mg nasal on days 57 78", ["trd.from-week-9"]),
        ("esketamine 0.2 mg/kg iv over 40 min on days 1 4", ["dose.spray"]),
        ("ketamine 0.5 mg/kg iv over 40 min on day 1", ["dose.spray"]),
        ("sertraline 50 mg oral daily for 4 weeks", ["dose.spray"]),
        (INDUCTION + "; ketamine 35 mg iv over 40 min on day 40", ["dose.spray"]),
        ("none", ["dose.spray"]),
    ],
)
def test_a_schedule_that_the_label_does_not_describe_names_the_clause(doses, clauses):
    assert answer_of(doses) == (Answer.OUTSIDE, clauses)


@pytest.mark.parametrize(
    ("doses", "answer", "clauses"),
    [
        ("esketamine 84 mg nasal on days 1 4 8; 56 mg nasal on days 11 15 18 22 25", Answer.WITHIN, []),
        ("esketamine 84 mg nasal on days 1 4; 56 mg nasal on day 8; 84 mg nasal on day 11", None, ["suicidality.dose"]),
        ("esketamine 84 mg nasal on days 1 4; 56 mg nasal on day 8; 28 mg nasal on day 11", None, ["suicidality.dose"]),
        ("esketamine 84 mg nasal on days 1 8 15", None, ["suicidality.weeks-1-4"]),
        (SUICIDALITY + "; 84 mg nasal on day 29", Answer.NOT_STATED, []),
    ],
)
def test_under_suicidality_the_dose_is_reduced_once_and_four_weeks_are_described(doses, answer, clauses):
    assert answer_of(doses, SUICIDAL) == (answer or Answer.OUTSIDE, clauses)


def test_the_rules_of_the_other_indication_are_set_aside():
    told = verdicts(decided())
    assert {told[id] for id in ("suicidality.dose", "suicidality.weeks-1-4")} == {Verdict.DOES_NOT_APPLY}


@given(
    amounts=st.lists(st.sampled_from([56, 84]), min_size=7, max_size=7),
    second=st.integers(1, 6),
    start=st.integers(1, 40),
    length=st.integers(1, 8),
)
def test_any_two_days_a_week_from_any_day_and_any_stop_are_an_induction(amounts, second, start, length):
    days = [start + 7 * (visit // 2) + second * (visit % 2) for visit in range(length)]
    doses = "; ".join(f"esketamine {mg} mg nasal on day {day}" for mg, day in zip([56, *amounts], days, strict=False))
    assert decided(PERSON, doses).answer is Answer.WITHIN


@given(st.lists(st.integers(1, 120), min_size=1, max_size=20, unique=True), st.sampled_from([28, 56, 84]))
def test_no_spray_schedule_makes_the_label_stumble(days, mg):
    doses = f"esketamine {mg} mg nasal on days {' '.join(map(str, sorted(days)))}"
    for label in label_names():
        found = decided(SUICIDAL, doses, label)
        assert len(found.lines) == len(load_label(label).clauses)
        assert (found.answer is Answer.OUTSIDE) == bool(blocking(found))


@pytest.mark.parametrize(("mg", "words"), [(28, "28 mg = 1 device"), (56, "2 devices"), (84, "3 devices")])
def test_devices_are_counted(mg, words):
    found = decided(PERSON, f"esketamine {mg} mg nasal on day 1")
    [line] = [line for line in found.lines if line.clause.id == "devices"]
    assert line.verdict is Verdict.MET
    assert words in line.because


# Around a session


def test_a_session_as_described_meets_every_clause_on_it():
    found = decide(load_label("us-2025"), PERSON, regimen(INDUCTION), session_of(SESSION))
    told = {line.clause.id: line.verdict for line in found.lines}
    assert found.answer is Answer.WITHIN
    assert missing(found) == ()
    assert told["nasal"] is Verdict.DOES_NOT_APPLY
    assert {told[id] for id in ("rest", "food", "liquid", "observation", "pressure-check")} == {Verdict.MET}


@pytest.mark.parametrize(
    ("session", "clause", "verdict"),
    [
        ("food 90 min", "food", Verdict.NOT_MET),
        ("liquid 29 min", "liquid", Verdict.NOT_MET),
        ("nasal 0.5 h", "nasal", Verdict.NOT_MET),
        ("nasal 60 min", "nasal", Verdict.MET),
        ("rest 4 min", "rest", Verdict.NOT_MET),
        ("observed 1.5 h", "observation", Verdict.NOT_MET),
        ("observed for 120 min", "observation", Verdict.MET),
        ("pressure at 45 min", "pressure-check", Verdict.NOT_STATED),
    ],
)
def test_a_session_is_held_against_preparation_and_monitoring(session, clause, verdict):
    found = decide(load_label("us-2025"), PERSON, regimen(INDUCTION), session_of(session))
    assert verdicts(found)[clause] is verdict
    assert (found.answer is Answer.OUTSIDE) == (verdict is Verdict.NOT_MET)


# Words


def test_a_session_is_read_in_minutes():
    assert session_of(SESSION) == Session(120.0, 30.0, NEVER, 5.0, 120.0, 40.0)


def test_names_are_read_in_any_case_in_the_plural_and_by_their_aliases():
    assert finding_named("CNS Depressants") is Finding.CNS_DEPRESSANT
    assert finding_named("aneurysmal disease") is Finding.ANEURYSM
    assert findings_named(["maoi, psychostimulants", "AVM"]) == {
        Finding.MAO_INHIBITOR,
        Finding.PSYCHOSTIMULANT,
        Finding.ARTERIOVENOUS_MALFORMATION,
    }
    assert (diagnosis_named("mdd"), severity_named("Very severe")) == (Diagnosis.MDD, Severity.VERY_SEVERE)


@pytest.mark.parametrize(
    ("read", "given", "nearest"),
    [
        (finding_named, "aneurism", "aneurysm"),
        (finding_named, "CNS depresant", "CNS depressant"),
        (diagnosis_named, "mmd", "MDD"),
        (severity_named, "sever", "severe"),
        (session_of, "obsrved 2 h", "observed"),
    ],
)
def test_a_typo_gets_the_nearest_name(read, given, nearest):
    with pytest.raises(UnknownNameError, match=f"did you mean '{nearest}'"):
        read(given)


@pytest.mark.parametrize("text", ["", "150", "150/", "95/150", "nan/90", "150/-5", "1500/90", "a/b", "120/80/60"])
def test_a_pressure_that_cannot_be_is_refused(text):
    with pytest.raises(LabelError, match="blood pressure"):
        pressure_of(text)


@pytest.mark.parametrize(
    "text", ["", " , ", "food", "food 3", "food 3 days", "food -1 h", "food nan h", "food 1 h, food 2 h", "rest never"]
)
def test_a_session_that_cannot_be_is_refused(text):
    with pytest.raises(LabelError):
        session_of(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_our_words(text):
    for read in (session_of, pressure_of, finding_named, severity_named, diagnosis_named):
        with contextlib.suppress(EuthymiaError):
            read(text)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"age": -1.0}, "age is -1; allowed: 0 to 130 years"),
        ({"age": float("nan")}, "age is nan"),
        ({"MADRS": 61.0}, "MADRS is 61; allowed: 0 to 60 points"),
        ({"failed_drugs": -1}, "failed drugs is -1"),
        ({"MADRS": 12.0, "severity": Severity.SEVERE}, "12, which is mild"),
        ({"present": NONE, "absent": NONE}, "both present and absent"),
    ],
)
def test_a_person_that_cannot_be_is_refused(wrong, words):
    with pytest.raises(LabelError, match=words):
        Candidate(**wrong)


def test_people_and_sessions_are_plain_data():
    assert json.loads(json.dumps(PERSON.to_dict(), allow_nan=False))["pressure"] == {"SBP": 120.0, "DBP": 80.0}
    assert json.loads(json.dumps(session_of(SESSION).to_dict(), allow_nan=False))["nasal"] == "never"


def test_every_timed_quantity_can_be_said_of_a_session_or_a_person():
    fields = {Quantity.AGE, Quantity.FAILED_DRUGS}
    assert len(set(Quantity) - fields) == len(Session().to_dict())


def test_the_page_s_example_holds():
    doses = regimen("esketamine 56 mg nasal on days 1 4")
    found = decide(load_label("us-2019"), Candidate(age=45, failed_drugs=1), doses)
    assert found.answer is Answer.OUTSIDE
    assert blockers(found) == ["trd.failed-drugs"]
