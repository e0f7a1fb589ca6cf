"""How soon the pages follow a hand: from a slider's movement to curves on the screen, in a real browser, 500 people.

Run from the repository: python benchmarks/web_pages.py [--write]. It starts its own server and a headless Chromium
(EUTHYMIA_CHROMIUM says where it is, if not on the path), prints a table, and with --write puts it into docs/web.md.
Every dose is new to its people, so nothing is answered from what the server has kept; where a slider has few stops
(sprays come as 28, 56 and 84 mg), there are many groups of people. Times count from the input event to
the frame that shows the curves of that very dose.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

DOCS = Path(__file__).parents[1] / "docs" / "web.md"
BEGIN, END = "<!-- pages: written by benchmarks/web_pages.py -->", "<!-- pages: end -->"
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOVES = 60  # of the slider, one after the other
OPENINGS = 10  # of the first page
FIRST_SEED = 1001  # of the people who are treated: others than those of the first page
DRAWN = "[data-curve=MADRS] .curve"
SLIDERS = {
    "eight sprays, the page as it opens": ("esketamine 84 mg nasal on days 1 4 8 11 15 18 22 25", "Dose, mg, slider"),
    "one infusion of ketamine": ("ketamine 0.5 mg/kg iv over 40 min on day 1", "Dose, mg/kg, slider"),
    "eight infusions": ("ketamine 0.5 mg/kg iv over 40 min on days 1 4 8 11 15 18 22 25", "Dose, mg/kg, slider"),
    "28 tablets": ("sertraline 100 mg oral daily for 4 weeks", "Dose, mg, slider"),
}
MOVE = """
async ([label, values]) => {
  const slider = [...document.querySelectorAll("input[type=range]")].find((each) => each.ariaLabel === label);
  const charts = document.querySelector(".charts");
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
  const spent = [];
  for (const value of values) {
    const before = charts.dataset.drawn;
    await painted();
    const drawn = new Promise((done) => {
      const watch = new MutationObserver(() => {
        if (charts.dataset.drawn === before) return;
        watch.disconnect();
        done(performance.now());
      });
      watch.observe(charts, { attributes: true, attributeFilter: ["data-drawn"] });
    });
    performance.clearResourceTimings();
    const start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const changed = await drawn;
    const end = await painted();
    const sent = performance.getEntriesByType("resource").filter((each) => each.name.endsWith("/courses")).pop();
    spent.push([end - start, sent.requestStart - start, sent.responseEnd - sent.requestStart,
                changed - sent.responseEnd, end - changed]);
  }
  return spent;
}
"""
OTHERS = """
async (address) => {
  const charts = document.querySelector(".charts");
  const before = charts.dataset.drawn;
  history.pushState(null, "", address);
  dispatchEvent(new Event("popstate"));
  while (charts.dataset.drawn === before) await new Promise((done) => setTimeout(done, 20));
}
"""
FIRST = """
new MutationObserver((_, watch) => {
  if (!document.querySelector("DRAWN")) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.firstCurve = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
""".replace("DRAWN", DRAWN)
PARTS = ("total", "until it is asked", "server and its answer", "drawing", "until it is painted")


@dataclass(frozen=True)
class Spent:
    """Milliseconds of many moves: one list for all of it and for each of its parts, in the order of `PARTS`."""

    what: str
    parts: tuple[list[float], ...]

    def median(self, part: int = 0) -> float:
        """The middle one."""
        return statistics.median(self.parts[part])

    def late(self) -> float:
        """What 95 % stay within."""
        return statistics.quantiles(self.parts[0], n=20, method="inclusive")[-1]


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A warm server with a store of its own; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "euthymia", "serve", "--port", "0", "--json", "--store", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            try:
                assert process.stdout is not None
                said = next(line for line in process.stdout if '"address"' in line)
                address = said.split('"')[3].rstrip("/")
                while health(address) != "ok":
                    time.sleep(0.5)
                yield address
            finally:
                process.terminate()


def health(address: str) -> str:
    """What a server says of itself; nothing where it does not listen yet."""
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api/v1/health", timeout=60) as answer:
        return json.load(answer)["status"]
    return ""


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    where = os.environ.get("EUTHYMIA_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if where is None:
        sys.exit("no Chromium: apt-get install chromium, or say where it is in EUTHYMIA_CHROMIUM")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=where, headless=True, args=SWITCHES)
        yield made
        made.close()


def moved(made: Any, address: str, what: str, moves: int = MOVES) -> Spent:
    """Move a slider to doses in no order, waiting for each redrawing; where it has few stops, in several groups."""
    sentence, label = SLIDERS[what]
    where, spent = f"/dose?a={quote_plus(sentence)}", list[list[float]]()
    page = made.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}{where}")
    page.wait_for_selector(DRAWN)
    page.wait_for_timeout(1000)
    slider = page.get_by_label(label, exact=True)
    low, high, step = (float(slider.get_attribute(name)) for name in ("min", "max", "step"))
    stops = [low + step * k for k in range(round((high - low) / step) + 1)]
    doses = [each for each in stops if f"{each:g} " not in sentence]
    for seed in itertools.count(FIRST_SEED):
        spent += page.evaluate(MOVE, [label, random.Random(seed).sample(doses, min(moves - len(spent), len(doses)))])
        if len(spent) == moves:
            break
        page.evaluate(OTHERS, f"{where}&seed={seed}")
        page.wait_for_timeout(500)
    page.close()
    return Spent(what, tuple(zip(*spent, strict=True)))


def opened(made: Any, address: str) -> tuple[Spent, int]:
    """Open the first page in fresh windows, other people each time; the bytes of the page are the second answer."""
    spent, size = [], 0
    for seed in range(2, 2 + OPENINGS):
        context = made.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.add_init_script(FIRST)
        page.goto(f"{address}/?seed={seed}")
        page.wait_for_function("() => window.firstCurve")
        spent.append(page.evaluate("window.firstCurve"))
        files = "performance.getEntries().filter((each) => each.decodedBodySize && !each.name.includes('/api/'))"
        size = int(page.evaluate(f"{files}.reduce((sum, each) => sum + each.decodedBodySize, 0)"))
        context.close()
    return Spent("first page to first curve", (spent,)), size


def table(sliders: list[Spent], first: Spent, size: int) -> str:
    """What was measured, as Markdown."""
    load, cores, rank = os.getloadavg()[0], os.cpu_count(), os.nice(0)
    before_others = f", before which it went (`nice -n {rank}`)" if rank < 0 else ""
    lines = [
        f"Measured on {time.strftime('%Y-%m-%d', time.gmtime())} on {cores} cores that had a load of {load:.1f}, "
        f"other work included{before_others}; {MOVES} moves each, ms:",
        "",
        "| 500 people, 4 weeks | median | 95 % within | " + " | ".join(PARTS[1:]) + " |",
        "|---|--:|--:|" + "--:|" * len(PARTS[1:]),
    ]
    for each in sliders:
        parts = " | ".join(f"{each.median(part):.0f}" for part in range(1, len(PARTS)))
        lines.append(f"| {each.what} | {each.median():.0f} | {each.late():.0f} | {parts} |")
    said = f"opened {OPENINGS} times: median {first.median():.0f} ms, the slowest {max(first.parts[0]):.0f} ms"
    lines += ["", f"First page to first curve, {said}. The page weighs {size / 1024:.0f} KiB, not compressed."]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, write."""
    with server() as address, browser() as made:
        sliders = [moved(made, address, what) for what in SLIDERS]
        found = table(sliders, *opened(made, address))
    print(found)
    if "--write" in sys.argv:
        before, _, rest = DOCS.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        DOCS.write_text(f"{before}{BEGIN}\n{found}\n{END}{after}")


if __name__ == "__main__":
    main()
