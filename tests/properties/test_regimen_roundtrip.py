"""Every regimen can be written as a sentence that reads back as the same regimen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import EuthymiaError
from euthymia.treatment.dose import Dose, DoseUnit
from euthymia.treatment.drug import Route
from euthymia.treatment.regimen import Regimen
from euthymia.treatment.sentence import regimen

times = st.one_of(
    st.integers(0, 400).map(lambda day: 24.0 * day),
    st.floats(0.0, 9000.0, allow_nan=False).map(lambda t: t + 0.0),
)
sprays = st.builds(Dose, times, st.just("esketamine"), st.just(Route.NASAL), st.sampled_from([28.0, 56.0, 84.0]))
infusions = st.builds(
    Dose,
    times,
    st.sampled_from(["esketamine", "ketamine"]),
    st.just(Route.INTRAVENOUS),
    st.floats(1e-6, 2.0),
    st.sampled_from(DoseUnit),
    st.one_of(st.integers(0, 600).map(lambda minutes: minutes / 60.0), st.floats(0.0, 168.0).map(abs)),
)
tablets = st.builds(
    Dose, times, st.sampled_from(["sertraline", "duloxetine"]), st.just(Route.ORAL), st.floats(1.0, 200.0)
)
placebos = st.builds(Dose, times, st.just("placebo"), st.sampled_from(Route), st.just(0.0))


@given(st.lists(st.one_of(sprays, infusions, tablets, placebos), max_size=12))
def test_a_regimen_reads_back_from_its_sentence(doses: list[Dose]):
    try:
        written = Regimen(tuple(doses))
    except EuthymiaError:  # doses that coincide are no regimen
        return
    assert regimen(str(written)) == written


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_an_error_of_ours(text: str):
    try:
        found = regimen(text)
    except EuthymiaError:
        return
    assert regimen(str(found)) == found


WORDS = (
    "esketamine placebo sertraline 56 mg mg/kg nasal iv oral over on day days daily for 4 weeks at h ; 1 nan -3 every"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=14))
def test_any_order_of_words_is_read_or_refused_with_an_error_of_ours(words: list[str]):
    try:
        found = regimen(" ".join(words))
    except EuthymiaError:
        return
    assert regimen(str(found)) == found
