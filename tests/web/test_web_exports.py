"""What a reader takes along from each page."""

import csv
import io
import tomllib
from pathlib import Path

import pytest

COURSE = "/dose?a=esketamine+56+mg+nasal+on+days+1+4&people=20&weeks=1"


def saved(page, name):
    page.locator("summary", has_text="Export").first.click()
    with page.expect_download() as caught:
        page.get_by_role("button", name=name, exact=True).first.click()
    return caught.value.suggested_filename, Path(caught.value.path()).read_bytes()


@pytest.fixture
def course(open_page):
    return open_page(COURSE, waiting="[data-curve=MADRS] .curve")


def test_figures_as_svg_hold_every_chart_with_its_title(course):
    name, content = saved(course, "Figures .svg")
    text = content.decode()
    assert name == "euthymia-courses.svg"
    titles = course.locator("figure.chart").evaluate_all("all => all.map((e) => e.dataset.title)")
    assert len(titles) >= 6
    assert all(title in text for title in titles)
    assert "var(" not in text, "colours must be written out, for the file stands alone"


def test_figures_as_png_are_a_picture(course):
    name, content = saved(course, "Figures .png")
    assert name == "euthymia-courses.png"
    assert content.startswith(b"\x89PNG")
    assert len(content) > 20_000


def test_numbers_as_csv_have_units_in_their_heads(course):
    name, content = saved(course, "Numbers .csv")
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert name == "euthymia-courses.csv"
    assert len(rows) > 20
    assert len({len(row) for row in rows}) == 1


def test_settings_as_toml_read_back_with_the_regimen(course):
    name, content = saved(course, "Settings .toml")
    assert name == "euthymia-courses.toml"
    assert "esketamine 56 mg nasal on days 1 4" in str(tomllib.loads(content.decode()))


def test_a_python_script_compiles_and_names_the_regimen(course):
    name, content = saved(course, "Python script .py")
    compile(content, name, "exec")
    assert b"esketamine 56 mg nasal on days 1 4" in content


def test_a_command_line_names_the_program_and_the_regimen(course):
    _, content = saved(course, "Command line .sh")
    assert b"euthymia simulate" in content
    assert b"esketamine 56 mg nasal on days 1 4" in content


@pytest.mark.parametrize(("path", "waiting"), [("/claims", ".claims li"), ("/score", ".gap-published")])
def test_tables_are_taken_along_as_csv(open_page, path, waiting):
    page = open_page(path, waiting=waiting)
    _, content = saved(page, "Numbers .csv")
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert len(rows) > 10
    assert len({len(row) for row in rows}) == 1
