"""The table of manipulations as tests: what each hypothesis does in the model, row by row, and whether it was found.

Rows that the model gets wrong stay here, expected to fail, and stand in docs/models/plasticity.md. Sizes are the check
points of the science notes (points of MADRS, tolerance 0.1); they test the implementation and are no evidence.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from slow_chain import DAY, DOSE, Case, closed_form, mood, run

from euthymia.circuit.manipulation import GABA_A, NMDA, Manipulation, changed, release
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import settled_conductances, settled_rates_on_cpu
from euthymia.circuit.surge import DoseCurve, blocked_fraction, half_block_levels, solve_dose_curve
from euthymia.evidence import load_record
from euthymia.evidence.manipulation import Hypothesis, Outcome, Term, agrees, manipulation, manipulations
from euthymia.evidence.manipulation import Manipulation as Row
from euthymia.plasticity.gates import ACTING, OPEN, Gates, gates_by

PAGE = Path(__file__).parents[3] / "docs" / "models" / "plasticity.md"
OTHERS, SUBUNITS = load_record("manipulations"), load_record("nmda_subunits")
CIRCUIT, LEVELS = MeanField.from_evidence(), half_block_levels()
NONE_LEFT, MUCH_THE_SAME = 0.05, 0.1  # shares of the effect
LESS_INHIBITION = 0.95  # a share of the conductance at rest
MUCH_LATER = 6.0  # h
IN_THE_CIRCUIT = ("inhibition in slices", "glutamate over dose")
CIRCUIT_TERMS: dict[Term, Callable[[float], Manipulation]] = {
    Term.GABA_A: GABA_A,
    Term.RELEASE: release,
    Term.NMDA_SST: lambda left: NMDA(Population.SST, left),
    Term.NMDA_E: lambda left: NMDA(Population.E, left),
}
HOURS = {
    "mood at day 1": 24.0,
    "mood at day 1, relative to ketamine": 24.0,
    "mood at day 7": 7 * DAY,
    "mood at day 14": 14 * DAY,
}

# Where the model does not do what the table says of a hypothesis, and why.
OFF = {
    ("NMDA loss on interneurons", Hypothesis.DISINHIBITION): "occluded at 1 uM, but below 0.6 uM a surge is left",
    ("NMDA loss on pyramidal cells", Hypothesis.DISINHIBITION): "less NMDA on pyramidal cells weakens the surge too",
}
# Where a hypothesis, as modelled, has not the sign and rough size that were found, and why.
WRONG = {
    ("NMDA loss on interneurons", Hypothesis.DISINHIBITION): "weaker only: below 0.6 uM a surge is left",
    ("NMDA loss on interneurons", Hypothesis.DIRECT): "interneurons play no part",
    ("NMDA loss on interneurons", Hypothesis.HNK): "receptors play no part",
    ("NMDA loss on pyramidal cells", Hypothesis.DISINHIBITION): "less NMDA on pyramidal cells weakens the surge too",
    ("NMDA loss on pyramidal cells", Hypothesis.DIRECT): "these receptors are all of it",
    ("inhibition in slices", Hypothesis.DIRECT): "the circuit plays no part",
    ("inhibition in slices", Hypothesis.HNK): "the circuit plays no part",
    ("glutamate over dose", Hypothesis.DIRECT): "the circuit plays no part",
    ("glutamate over dose", Hypothesis.HNK): "the circuit plays no part",
    ("another antagonist first", Hypothesis.DISINHIBITION): "no term says that later NMDA activity is needed",
    ("another antagonist first", Hypothesis.DIRECT): "no term says that later NMDA activity is needed",
    ("another antagonist first", Hypothesis.HNK): "no term says that later NMDA activity is needed",
    ("memantine", Hypothesis.DISINHIBITION): "it blocks NMDA receptors of interneurons, and so disinhibits",
    ("rapamycin, synthesis", Hypothesis.DISINHIBITION): "weaker and shorter, not abolished: a fifth is still made",
    ("rapamycin, synthesis", Hypothesis.DIRECT): "weaker and shorter, not abolished: a fifth is still made",
    ("rapamycin, synthesis", Hypothesis.HNK): "weaker and shorter, not abolished: a fifth is still made",
    ("lamotrigine", Hypothesis.DISINHIBITION): "with a fifth less release most of the surge is gone",
    ("hydroxynorketamine itself", Hypothesis.HNK): "it should work by itself",
}


@cache
def circuit_curve(*terms: tuple[Term, float]) -> DoseCurve:
    """Return the dose curve of the circuit under these terms."""
    return solve_dose_curve(changed(CIRCUIT, *(CIRCUIT_TERMS[term](size) for term, size in terms)), LEVELS)


@cache
def memantine_curve() -> DoseCurve:
    """Return the circuit's curve over memantine: GluN2B, 2D and 2C on E, PV and SST, with magnesium."""
    levels = [SUBUNITS.value(f"IC50_Mg_{subunit}_memantine", "uM") for subunit in ("2B", "2D", "2C")]
    return solve_dose_curve(CIRCUIT, np.array(levels))


def relative(curve: DoseCurve, *, scale: float = 1.0) -> Callable[[np.ndarray], np.ndarray]:
    """Return surge over the largest surge of the circuit as it is; the level may be scaled to another drug's."""
    peak = circuit_curve().peak
    return lambda c: np.asarray(curve.surge(scale * c)) / peak


def size(row: Row, term: Term, unit: str = "1") -> float:
    found = row.size(term)
    assert found is not None
    return found.to(unit)


def level(row: Row, term: Term) -> float:
    return size(row, term, "uM")


def gates_over_time(row: Row, term: Term) -> Callable[[np.ndarray], Gates]:
    """Return a row's gates; rapamycin's wear off with its half-life."""
    gates = gates_by(row, term)
    if term not in (Term.RHO_SYN, Term.RHO_ELIM):
        return lambda t: gates
    name, rate = ACTING[term], np.log(2.0) / OTHERS.value("t_rapamycin", "h")
    return lambda t: OPEN._replace(**{name: getattr(gates, name) * np.exp(-rate * t)})


def manipulated(row: Row, hypothesis: Hypothesis) -> Case:
    """Return ketamine, or what is given in its place, under a row of the table."""
    case = Case(hypothesis=hypothesis, curve=relative(circuit_curve()))
    terms = dict(row.terms)
    in_circuit = tuple((term, size(row, term)) for term in terms if term in CIRCUIT_TERMS)
    if in_circuit:
        case = dataclasses.replace(case, curve=relative(circuit_curve(*in_circuit)))
    if Term.BLOCK_E in terms:
        case = dataclasses.replace(case, block_E=size(row, Term.BLOCK_E))
    if Term.SPINES in terms:
        case = dataclasses.replace(case, growth=0.0)
    if Term.DOSE in terms:
        case = dataclasses.replace(case, doses=((0.0, DOSE * size(row, Term.DOSE)),))
    for term in terms:
        if term in ACTING:
            case = dataclasses.replace(case, gates=gates_over_time(row, term))
    if row.name == "memantine":
        peak = 0.55  # uM, of ketamine in the small chain; memantine gets the same course up to its own level
        scale = level(row, Term.CIRCUIT) / peak
        case = dataclasses.replace(case, curve=relative(memantine_curve(), scale=scale), hnk=0.0)
    if row.name == "hydroxynorketamine itself":
        case = dataclasses.replace(case, curve=np.zeros_like, block_E=0.0)
    return case


def by_share(share: float) -> Outcome:
    if share < NONE_LEFT:
        return Outcome.ABOLISHED
    if share < 1.0 - MUCH_THE_SAME:
        return Outcome.WEAKER
    return Outcome.UNCHANGED if share <= 1.0 + MUCH_THE_SAME else Outcome.STRONGER


def inhibition_at(c: float) -> float:
    """Return the GABA-A conductance of pyramidal cells at ketamine level c, uM."""
    rates = settled_rates_on_cpu(CIRCUIT, np.stack([blocked_fraction(np.array(c), LEVELS)]))[0]
    found = settled_conductances(CIRCUIT, rates)
    return float(found.P[Population.E] + found.S[Population.E])


def in_the_circuit(row: Row, hypothesis: Hypothesis) -> Outcome:
    """Return what the circuit itself shows; the other hypotheses, alone, leave the circuit as it is."""
    if hypothesis is not Hypothesis.DISINHIBITION:
        return Outcome.UNCHANGED
    if row.name == "inhibition in slices":
        share = inhibition_at(level(row, Term.CIRCUIT)) / inhibition_at(0.0)
        return Outcome.WEAKER if share < LESS_INHIBITION else Outcome.UNCHANGED
    change = np.asarray(circuit_curve().change(np.linspace(0.0, 20.0, 401)))
    top = int(change.argmax())
    return Outcome.INVERTED_U if 0 < top < 400 and change[-1] < 0.0 < change[top] else Outcome.UNCHANGED


@cache
def courses() -> tuple[np.ndarray, dict[tuple[str, Hypothesis], np.ndarray]]:
    """Return times (h) and severity of every row that changes a term, and of ketamine alone (no name), in one run."""
    rows = [row for row in manipulations() if row.terms and row.name not in IN_THE_CIRCUIT]
    cases = {(row.name, hypothesis): manipulated(row, hypothesis) for row in rows for hypothesis in Hypothesis}
    for hypothesis in Hypothesis:
        cases["", hypothesis] = Case(hypothesis=hypothesis, curve=relative(circuit_curve()))
    t, found = run(list(cases.values()), 14.0)
    return t, dict(zip(cases, found["sev"].T, strict=True))


def share_left(name: str, hypothesis: Hypothesis, hour: float) -> float:
    """Return the effect under a row as a share of ketamine's alone."""
    t, sev = courses()
    at = int(np.searchsorted(t, hour - 1e-9))
    return float(sev[name, hypothesis][at] / sev["", hypothesis][at])


def peak_hour(hypothesis: Hypothesis) -> float:
    t, sev = courses()
    return float(t[sev["", hypothesis].argmin()])


def outcome(name: str, hypothesis: Hypothesis) -> Outcome:
    """Return what the model does under a row of the table."""
    row = manipulation(name)
    if row.predicted[hypothesis] is Outcome.NOT_MODELLED:
        return Outcome.NOT_MODELLED
    if name in IN_THE_CIRCUIT:
        return in_the_circuit(row, hypothesis)
    if name == "time course":
        later = peak_hour(hypothesis) - peak_hour(Hypothesis.DISINHIBITION)
        return Outcome.DELAYED if later > MUCH_LATER else Outcome.UNCHANGED
    if name == "anaesthetic dose":
        early, late = (share_left(name, hypothesis, hour) for hour in (2.0, 24.0))
        return Outcome.DELAYED if early < 1.0 <= late else by_share(min(early, late))
    return by_share(share_left(name, hypothesis, HOURS[row.measure]))


def cells(listed: dict, rows: list[tuple[Row, Hypothesis]]) -> list:
    """Return a parameter a row and hypothesis; those listed must fail, with the reason."""
    found = []
    for row, hypothesis in rows:
        reason = listed.get((row.name, hypothesis))
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        found.append(pytest.param(row.name, hypothesis, marks=marks, id=f"{row.name}-{hypothesis.value}"))
    return found


EVERY = [(row, hypothesis) for row in manipulations() for hypothesis in Hypothesis]
DECIDED = [cell for cell in EVERY if agrees(Outcome.UNCHANGED, cell[0].observed) is not None]


@pytest.mark.parametrize(("name", "hypothesis"), cells(OFF, EVERY))
def test_the_model_does_what_the_table_says(name: str, hypothesis: Hypothesis):
    assert outcome(name, hypothesis) is manipulation(name).predicted[hypothesis]


@pytest.mark.parametrize(("name", "hypothesis"), cells(WRONG, DECIDED))
def test_a_hypothesis_has_sign_and_rough_size_of_the_finding(name: str, hypothesis: Hypothesis):
    assert agrees(outcome(name, hypothesis), manipulation(name).observed)


def test_every_row_that_the_model_gets_wrong_stands_in_the_documentation():
    text = PAGE.read_text(encoding="utf-8")
    for name, hypothesis in {*OFF, *WRONG}:
        lines = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
        assert any(hypothesis.value in line for line in lines), (name, hypothesis.value)


def test_without_manipulation_the_small_chain_has_the_course_of_the_notes():
    found = mood([Case()], [2.0, 4.0, 24.0, 48.0, 72.0, 168.0, 336.0])[:, 0]
    np.testing.assert_allclose(found, [-1.4, -4.4, -8.4, -7.0, -5.6, -2.5, -1.0], atol=0.1)


@pytest.mark.parametrize(
    ("name", "points"), [("benzodiazepine, gate", -7.2), ("naltrexone", -6.0), ("AMPA block", 0.0), ("TrkB block", 0.0)]
)
def test_gates_weaken_the_effect_by_day_one_as_stated(name, points):
    row = manipulation(name)
    ((term, _),) = row.terms
    found = mood([Case(gates=gates_over_time(row, term))], [24.0])[0, 0]
    assert found == pytest.approx(points, abs=0.1)


def test_a_quarter_of_the_surge_leaves_less_than_half_of_the_effect():
    found = mood([Case(curve=lambda c: 0.24 * closed_form(c))], [24.0])[0, 0]
    assert found == pytest.approx(-3.6, abs=0.1)


@pytest.mark.parametrize(
    ("name", "day1", "day14"), [("rapamycin, synthesis", -7.4, -0.35), ("rapamycin, elimination", -9.3, -3.55)]
)
def test_rapamycin_shortens_or_lengthens_the_effect_by_what_it_inhibits(name, day1, day14):
    row = manipulation(name)
    ((term, _),) = row.terms
    found = mood([Case(gates=gates_over_time(row, term))], [24.0, 336.0])[:, 0]
    np.testing.assert_allclose(found, [day1, day14], atol=0.1)


def test_the_direct_hypothesis_has_the_course_of_the_notes():
    found = mood([Case(hypothesis=Hypothesis.DIRECT)], [24.0, 72.0, 168.0, 336.0])[:, 0]
    np.testing.assert_allclose(found, [-7.7, -5.0, -2.2, -0.9], atol=0.1)


def test_the_metabolite_is_scaled_to_the_size_of_disinhibition_at_day_one():
    found = mood([Case(hypothesis=Hypothesis.HNK)], [24.0])[0, 0]
    assert found == pytest.approx(-8.4, abs=0.1)


def test_an_anaesthetic_dose_works_later_and_no_less():
    found = mood([Case(doses=((0.0, 10.0 * DOSE),))], [2.0, 4.0, 24.0])[:, 0]
    np.testing.assert_allclose(found, [-0.5, -3.6, -12.3], atol=0.1)


def test_erased_spines_are_missed_in_maintenance_and_not_in_induction():
    kept, erased = Case(), Case(growth=0.0)
    found = mood([kept, erased], [4.0, 168.0])
    early, late = found[:, 1] / found[:, 0]
    assert early > 0.9
    assert late < 0.7
