"""Tell whether the engine has become slower: costs of a person as ratios to a reference of the same run.

    python benchmarks/regress.py           # compare with what is kept; exit code 1 outside the band
    python benchmarks/regress.py --keep    # keep what is measured now

What `euthymia bench` measures, in exponentials a person, so that another machine or a busy hour moves it little. The
ratios kept are in `kept_speed.json`, with the band in which a new one may lie.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from euthymia.runs.speed import SIZES, measure

KEPT = Path(__file__).with_name("kept_speed.json")
BAND = 1.35  # times the kept ratio, up or down: what runs on a busy machine scatter
TURNS = 5


def compared(kept: dict[str, float], found: dict[str, float]) -> list[tuple[str, float, float, bool]]:
    """Return for each number of people the kept and the found cost, and whether the found one lies in the band."""
    return [
        (size, kept[size], cost, 1.0 / BAND <= cost / kept[size] <= BAND)
        for size, cost in found.items()
        if size in kept
    ]


def main() -> None:
    """Measure, compare, or keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="keep what is measured now")
    given = parser.parse_args()
    found = {str(each.people): each.exponentials for each in measure(SIZES, starts=False, turns=TURNS).sizes}
    if given.keep:
        KEPT.write_text(
            json.dumps({size: round(cost) for size, cost in found.items()}, indent=1) + "\n", encoding="utf-8"
        )
        return
    rows = compared(json.loads(KEPT.read_text(encoding="utf-8")), found)
    for size, kept, cost, inside in rows:
        verdict = "as kept" if inside else "slower" if cost > kept else "faster: keep it"
        print(f"{size:>6} people: {cost:,.0f} exponentials a person, kept {kept:,.0f}, x {cost / kept:.2f}: {verdict}")
    sys.exit(0 if all(inside for *_, inside in rows) else 1)


if __name__ == "__main__":
    main()
