"""A trial in the browser: conducted with progress, cancelled, reloaded, built by hand."""

import re

SMALL = "/trial?id=lapidus-2014&replicates=20"


LONG_MS = 180_000  # a worker that starts, and compiles what no other trial has


def conduct(page):
    page.get_by_role("button", name="Conduct", exact=True).click()
    page.wait_for_selector("[data-job]")


def test_a_trial_is_conducted_with_progress_and_set_beside_what_was_published(open_page):
    page = open_page(SMALL, waiting="#the-design")
    conduct(page)
    page.wait_for_selector("[data-job=done]", timeout=LONG_MS)
    page.wait_for_selector("[data-result]")
    assert "job=" in page.url
    assert page.get_by_role("heading", name="Beside what was published").count() == 1
    verdicts = page.locator("section[aria-label='Beside what was published'] .tag").all_text_contents()
    assert verdicts == sorted(verdicts, key=["outside", "inside"].index), "misses come first"
    page.reload()
    page.wait_for_selector("[data-result] .curve")
    assert page.locator("[data-job=done]").count() == 1


def test_a_long_trial_shows_replicates_as_they_arrive_and_can_be_cancelled(open_page):
    page = open_page("/trial?id=lapidus-2014&replicates=3000", waiting="#the-design")
    conduct(page)
    page.wait_for_selector("[data-job=running]", timeout=LONG_MS)
    page.wait_for_selector("figure .dot", timeout=LONG_MS)
    assert float(page.locator("progress").get_attribute("value")) < 1
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("[data-job=cancelled]", timeout=LONG_MS)
    assert page.get_by_role("button", name="Conduct", exact=True).is_enabled()


def test_a_trial_built_from_fields_is_understood(open_page):
    page = open_page("/trial?from=own", waiting="#the-design")
    page.get_by_label("Reference arm").fill("pill")
    page.get_by_label("Reference arm").press("Enter")
    page.wait_for_function("() => document.querySelector('main').textContent.includes('pill')")
    page.get_by_label("Regimen").first.fill("esketamin 84 mg nasal on day 1")
    page.get_by_label("Regimen").first.press("Enter")
    page.wait_for_selector("main p.trouble")
    assert re.search("esketamine", page.locator("main p.trouble").text_content())
    assert page.get_by_role("button", name="Conduct", exact=True).is_disabled()


def test_a_published_design_opens_as_a_file_to_change(open_page):
    page = open_page(SMALL, waiting="#the-design")
    page.get_by_role("button", name="Change this design").click()
    page.wait_for_selector("textarea")
    assert 'id = "lapidus-2014"' in page.get_by_label("Trial file (TOML)").input_value()
    assert page.wait_for_function("() => location.search.includes('file=')")
