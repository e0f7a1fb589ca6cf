"""Write the claims that the web application shows before anybody puts them to the model again: about a minute.

Run from the repository: python docs_src/web_kept.py. The score board beside it is that of docs/score.md; with a folder of
docs_src/score.py as argument, and the hash of the evidence that it was scored with, it is written again too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from euthymia.claims.judging import put_all
from euthymia.claims.registry import claims
from euthymia.report.files import write_atomic
from euthymia.web.standing import claims_document, made_with

KEPT = Path(__file__).parents[1] / "src" / "euthymia" / "web" / "kept"


def main() -> None:
    """Write the files."""
    found = claims_document(put_all(claims())) | {"made": made_with("euthymia claims --json")}
    write_atomic(KEPT / "claims.json", json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    if len(sys.argv) > 1:
        board = json.loads((Path(sys.argv[1]) / "score.json").read_text(encoding="utf-8"))
        made = {"command": board["command"], "version": board["version"], "evidence": sys.argv[2]}
        text = json.dumps({"made": made, "board": board}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        write_atomic(KEPT / "score.json", text + "\n")


if __name__ == "__main__":
    main()
