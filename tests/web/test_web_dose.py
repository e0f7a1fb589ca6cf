"""From the dose to mood, driven as people drive it: type, drag, press keys, point, reload."""

import re

DRAWN = "[data-curve=MADRS] .curve"
FEW = "people=1&weeks=1"  # a typical person for a week: quick, and the same every time


def path_of(page, curve):
    return page.locator(f"[data-curve='{curve}'] .curve path.line").first.get_attribute("d")


def wait_for_change(page, curve, before):
    page.wait_for_function(
        "([curve, before]) => document.querySelector(`[data-curve='${curve}'] .curve path.line`)"
        "?.getAttribute('d') !== before",
        arg=[curve, before],
    )


def wait_for_address(page, key, value):
    page.wait_for_function(
        "([key, value]) => new URLSearchParams(location.search).get(key) === value", arg=[key, value]
    )


def test_typing_another_dose_moves_every_curve_and_the_address(open_page):
    page = open_page(f"/?{FEW}", waiting=DRAWN)
    before = {curve: path_of(page, curve) for curve in ("plasma", "NMDA block PV", "surge", "MADRS", "CADSS")}
    page.get_by_label("Dose mg", exact=True).fill("56")
    for curve, path in before.items():
        wait_for_change(page, curve, path)
    wait_for_address(page, "a", "esketamine 56 mg nasal on days 1 4 8 11 15 18 22 25")
    assert "esketamine 56 mg" in page.get_by_label("As a sentence").input_value()


def test_dragging_the_slider_moves_curves(open_page):
    page = open_page(f"/dose?a=ketamine+0.5+mg/kg+iv+over+40+min+on+day+1&{FEW}", waiting=DRAWN)
    before = path_of(page, "plasma")
    slider = page.get_by_label("Dose, mg/kg, slider")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.2, 0.3, 0.35, 0.4):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    page.mouse.up()
    wait_for_change(page, "plasma", before)
    said = page.get_by_label("As a sentence").input_value()
    assert re.fullmatch(r"ketamine (1\.[89]|2|2\.\d+) mg/kg iv over 40 min on day 1", said)


def test_a_dose_is_dragged_and_pressed_along_the_line_of_days(open_page):
    page = open_page(f"/dose?a=esketamine+84+mg+nasal+on+days+1+4&{FEW}", waiting=DRAWN)
    second = page.get_by_role("slider", name="Esketamine, dose 2")
    second.press("ArrowRight")
    wait_for_address(page, "a", "esketamine 84 mg nasal on days 1 5")
    box, line = second.bounding_box(), page.locator(".timeline").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    wait_for_address(page, "a", "esketamine 84 mg nasal on days 1 7")
    page.get_by_role("slider", name="Esketamine, dose 2").press("Delete")
    wait_for_address(page, "a", "esketamine 84 mg nasal on day 1")


def test_a_typing_error_is_answered_with_the_nearest_name_and_curves_stay(open_page):
    page = open_page(f"/?{FEW}", waiting=DRAWN)
    page.get_by_label("As a sentence").fill("esketamin 84 mg nasal on day 1")
    page.get_by_label("As a sentence").press("Enter")
    assert "esketamine" in page.locator(".trouble-box").text_content()
    assert page.locator(DRAWN).count() == 1


def test_two_regimens_are_drawn_in_every_chart_and_survive_a_reload(open_page):
    page = open_page(f"/?{FEW}", waiting=DRAWN)
    page.get_by_role("button", name="Compare with a second regimen").click()
    page.get_by_role("region", name="Regimen B").get_by_label("Dose mg", exact=True).fill("28")
    page.wait_for_function("() => document.querySelectorAll(\"[data-curve='MADRS'] .curve\").length === 2")
    wait_for_address(page, "b", "esketamine 28 mg nasal on days 1 4 8 11 15 18 22 25")
    paths = page.locator("[data-curve='MADRS'] .curve path.line").evaluate_all(
        "all => all.map((e) => e.getAttribute('d'))"
    )
    page.reload()
    page.wait_for_function("() => document.querySelectorAll(\"[data-curve='MADRS'] .curve\").length === 2")
    again = page.locator("[data-curve='MADRS'] .curve path.line").evaluate_all(
        "all => all.map((e) => e.getAttribute('d'))"
    )
    assert again == paths
    page.get_by_role("button", name="Remove").click()
    page.wait_for_function("() => document.querySelectorAll(\"[data-curve='MADRS'] .curve\").length === 1")
    wait_for_address(page, "b", None)


def test_one_time_is_read_in_all_charts_at_once(open_page):
    page = open_page(f"/?view=day&{FEW}", waiting=DRAWN)
    box = page.locator("[data-curve='plasma'] .plot svg").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    charts = page.locator("[data-curve]").count()
    assert page.locator(".crosshair").count() == charts >= 6
    readings = page.locator("[data-curve] .legend output").all_text_contents()
    assert not any("largest" in each for each in readings)
    assert page.locator(".reader output").text_content().endswith("h")


def test_the_reader_moves_by_keys_too(open_page):
    page = open_page(f"/?view=day&{FEW}", waiting=DRAWN)
    reader = page.get_by_label("Read at")
    reader.focus()
    for _ in range(3):
        reader.press("PageUp")
    assert page.locator(".crosshair").count() == page.locator("[data-curve]").count()
    assert reader.get_attribute("aria-valuetext") != "nowhere yet"


def test_each_chart_opens_the_sources_of_its_numbers(open_page):
    page = open_page(f"/?{FEW}", waiting=DRAWN)
    page.get_by_role("button", name="Sources of Blocked NMDA receptors, PV interneurons").click()
    page.wait_for_selector("dialog[open] .parameter")
    assert page.locator("dialog[open] .tag").count() > 0
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_a_chart_says_in_words_what_it_shows(open_page):
    page = open_page(f"/?{FEW}", waiting=DRAWN)
    words = page.locator("[data-curve='plasma'] .plot svg").get_attribute("aria-label")
    assert re.search(r"lowest .* largest [\d.]+\sng/mL at .* last ", words)


def test_dragging_sends_no_more_questions_than_are_answered(open_page):
    page = open_page(f"/dose?a=ketamine+0.5+mg/kg+iv+over+40+min+on+day+1&{FEW}", waiting=DRAWN)
    flying, most = [0], [0]

    def begun(request):
        if request.url.endswith("/courses"):
            flying[0] += 1
            most[0] = max(most[0], flying[0])

    def ended(request):
        if request.url.endswith("/courses"):
            flying[0] -= 1

    page.on("request", begun)
    page.on("requestfinished", ended)
    slider = page.get_by_label("Dose, mg/kg, slider")
    slider.focus()
    for _ in range(25):
        slider.press("ArrowRight")
    page.wait_for_selector(".charts[data-busy=false]")
    assert most[0] == 1
