"""Every page: for keyboards, screen readers and phones, in light and dark; and what each of them does."""

from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "axe/axe.min.js").read_text()
PAGES = {
    "/?people=1&weeks=1": "[data-curve=MADRS] .curve",
    "/circuit?ms=100&cells=100": ".spikes",
    "/trial?id=lapidus-2014": "#the-design",
    "/claims?open=5.weeks": "details[open] .story",
    "/score": ".gap-published",
    "/evidence": ".parameter",
    "/evidence?shelf=transmitters": "tbody tr",
    "/learn?at=5": ".experiments a",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that another scheme can change
PHONE = 390  # px
NOTICE = "For research and teaching, never for treating a person"


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_light_or_dark_and_nothing_is_wider_than_a_phone(open_page, picture, path):
    page = open_page(path, waiting=PAGES[path])
    picture(page, f"page {path} light")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    picture(page, f"page {path} dark")
    page.locator("details.fold").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    page.evaluate(AXE)
    assert faults(page, COLOURS) == []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert faults(page, RULES) == []
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    picture(page, f"page {path} phone")
    assert NOTICE in page.locator("footer").text_content()


def faults(page, rules):
    """What axe finds; an empty list is only an answer where rules were passed."""
    found = page.evaluate("rules => axe.run({ runOnly: rules })", rules)
    assert len(found["passes"]) > 0
    return [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found["violations"]]


def test_a_level_of_ketamine_moves_rates_spikes_and_spectrum(open_page):
    page = open_page("/circuit?ms=100&cells=100", waiting=".spikes")
    page.wait_for_selector("[data-level='0.5']")
    before = page.locator("[data-level] table").first.text_content()
    spikes = page.locator(".spikes").first.get_attribute("d")
    page.get_by_label("Free ketamine at the receptors µM").fill("5")
    page.wait_for_selector("[data-level='5']")
    assert page.locator("[data-level] table").first.text_content() != before
    page.wait_for_function("before => document.querySelector('.spikes').getAttribute('d') !== before", arg=spikes)
    assert "level=5" in page.url or page.wait_for_function("() => location.search.includes('level=5')")


def test_the_single_synapse_answers_to_what_a_drug_does(open_page):
    page = open_page("/circuit?ms=100&cells=100", waiting="figure[data-title='Potential of the next cell'] .curve")
    sentence = page.locator("section[aria-labelledby=one-synapse] .stack > p").first
    before = sentence.text_content()
    page.get_by_label("What the drug does").select_option("positive modulator")
    page.wait_for_function(
        "before => document.querySelector('section[aria-labelledby=one-synapse] .stack > p').textContent !== before",
        arg=before,
    )


def test_claims_are_lost_ones_first_and_can_be_searched(open_page):
    page = open_page("/claims", waiting=".claims li")
    verdicts = page.locator(".claims summary .tag").all_text_contents()
    order = ["lost", "part", "undecided", "held"]
    assert verdicts == sorted(verdicts, key=order.index)
    page.get_by_label("Search").fill("hours")
    page.wait_for_function("count => document.querySelectorAll('.claims li').length < count", arg=len(verdicts))
    assert page.wait_for_function("() => location.search === '?q=hours'")


def test_evidence_is_searched_and_narrowed_to_what_is_assumed(open_page):
    page = open_page("/evidence", waiting=".parameter")
    page.get_by_label("Search names, meanings, sources").fill("esketamine.ka_n")
    page.wait_for_function("() => document.querySelectorAll('.parameter').length === 1")
    page.goto(page.url.split("?")[0] + "?assumed=yes")
    page.wait_for_selector(".parameter")
    assert page.locator(".parameter .top .tag:not(.unsure)").count() == 0


def test_an_experiment_sets_the_state_of_another_page(open_page):
    page = open_page("/learn?at=4", waiting=".experiments a")
    page.get_by_role("link", name="Try it").first.click()
    page.wait_for_selector("[data-curve=MADRS] .curve")
    assert page.get_by_label("As a sentence").first.input_value().startswith("sertraline 100 mg daily")
    page.go_back()
    page.wait_for_selector(".experiments")
    assert "at=4" in page.url


def test_colours_follow_the_system_and_the_switch(open_page):
    page = open_page("/learn", scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Colours").click()
    page.get_by_role("button", name="Colours").click()
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    page.wait_for_selector("h1")
    assert page.evaluate(ground) == light


def test_keys_reach_the_page_past_the_menu(open_page):
    page = open_page("/learn")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_nonsense_in_the_address_falls_back_to_what_a_page_starts_with(open_page):
    page = open_page("/?people=many&weeks=-3&view=sideways&seed=1e99&MADRS=%00", waiting="[data-curve]")
    assert page.locator("[data-curve=MADRS]").count() == 1


def test_a_script_in_the_address_stays_text(open_page):
    page = open_page("/?a=%3Cimg+src%3Dx+onerror%3D%22window.hit%3D1%22%3E&people=1", waiting=".trouble-box")
    assert page.evaluate("window.hit") is None
    assert page.locator("main img").count() == 0


def test_an_unknown_path_says_so(open_page):
    page = open_page("/nowhere", waiting="main h1")
    assert "no page here" in page.locator("main h1").text_content()
