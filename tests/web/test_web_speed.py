"""How soon curves follow a slider in a real browser, 500 people: pytest -m long tests/web/test_web_speed.py."""

import pytest

from web_pages import SLIDERS, browser, moved, opened, server  # pyright: ignore[reportMissingImports]  (in benchmarks)

MEDIAN_MS, LATE_MS = 80, 150  # of the slider, in 500 people
FIRST_MS, FIRST_BYTES = 1500, 300 * 1024


@pytest.mark.long
def test_curves_follow_a_slider_and_the_first_page_comes_soon(chromium: str) -> None:
    with server() as address, browser() as made:
        sliders = [moved(made, address, what) for what in SLIDERS]
        first, size = opened(made, address)
    for slider in sliders:
        assert slider.median() <= MEDIAN_MS, slider.what
        assert slider.late() <= LATE_MS, slider.what
    assert max(first.parts[0]) <= FIRST_MS
    assert size <= FIRST_BYTES
