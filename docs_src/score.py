"""Write docs/score.md: the rules of the score on unseen trials, and what came out, misses first.

Run from the repository: python docs_src/score.py [FOLDER]. Results are kept in the folder (build/score when left out): a run
that was ended goes on, and a result that is there is not made again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import score_page as made
from euthymia import api
from euthymia.report.files import write_atomic

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "score.md"
RULES = HERE / "score_rules.md"
FIRST = HERE / "score_first.md"
FOLDER = HERE.parent / "build" / "score"
SEED, REPLICATES, LEFT_OUT, ACCOUNTS = 1, 200, 60, 40  # replicates of a trial: unseen, left out, under each account
SCORED_WITH = (  # say so again when scoring again
    "Scored with the program of commit da89dcb, the first with this posterior in the default model; later changes may move it."
)
Document = Mapping[str, Any]


WORDS = [
    "**What the misses say.** In sum the mechanism is behind each rival. With six clusters of trials no rival is told apart from it",
    "by 2 standard errors, and all three sums are on the rivals' side: that is not a success. What was tried is told below, under",
    "the first score; nothing has been changed since for what stands here.",
    "",
    "- *The mechanism is too sure still*: its intervals hold 26 of 55 values instead of nine in ten, most of the others harms and",
    "  what hangs on reference arms.",
    "- *Differences from the reference arm are all inside*, but 3 points too large on average and with intervals wider than those",
    "  of the Emax regression, which does best here. The posterior pools the effect of sprays and of infusions: its typical trial",
    "  lies between them ([calibration.md](calibration.md): trials of the spray are 1 to 2 SDs below, those of infusions 1 above).",
    "- *Reference arms differ between trials more than the mechanism lets them*: at day 28 the China/US trial and TRANSFORM-3",
    "  improved by 6 to 8 points where it says 15, and response and remission in all their arms follow; none of the four reference",
    "  arms is inside.",
    "- *Ketamine by vein does more after one infusion than it says*: 10 % respond at day 3 (0 to 28), published 48 %.",
    "- *Harms have no spread between trials*, and no free number of the posterior is theirs but one: nobody has a CADSS above 4",
    "  without the drug, and reports of dizziness, nausea and dissociation differ between trials by more than people do.",
    "",
]

OF_LEFT_OUT = [
    "**What it says.** Each trial is predicted by a posterior that has not seen it. In sum the mechanism does better than all three",
    "rivals, but not by 2 standard errors, and the sum is that of few trials: Goldstein 2004, whose low scores no other trial of",
    "tablets foretells and whose design (its own baseline) the mechanism makes more of, SYNAPSE's first panel, and against it the",
    "Japanese phase 2b trial, whose arms showed no contrast: beside the Emax regression it loses there what it wins elsewhere. Its",
    "intervals hold 87 % of the values, near the nine in ten that they claim. The model itself was built beside these trials, so",
    "this is less than foresight; on trials of other years and places (above) the same intervals hold half.",
    "",
    "Of the largest misses, PHQ-9 is a link to another scale that nothing here fits, and diastolic pressure and dizziness have no",
    "spread between trials.",
    "",
]
OF_ACCOUNTS = [
    "**The two comparisons do not name the same best account, so which one is right stays undecided; only serotonin only is worse in both.**",
    "By the rule the metabolite's account is the best on unseen trials and all others are worse. We would not build on it: the differences",
    "come from six clusters of trials; 2.6 to 3.9 points of each come from one row, dizziness in China-US, for which all accounts foretell the",
    "same 26 % where 77 are published, so that its log score hangs on the rarest replicates; and with 20 replicates in place of 40",
    "plasticity only was not told apart (-2.8, SE 1.6). Next comes Fava 2020 on day 4, where the metabolite's account foretells more of",
    "the published response than the others, and too little of it. Trials left out of the calibration rows do not bear it out: there the",
    "account of a direct effect is best, and the metabolite's and the default's are behind by no more than 1.1 of their errors. The",
    "default stays what it was before: to change it for what unseen trials say would be to fit them.",
    "",
]


def main() -> None:
    """Score what is not scored yet, and write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    unseen = (
        _kept(folder / "validation" / "score.json")
        or api.score_trials(replicates=REPLICATES, seed=SEED, out=folder / "validation").to_dict()
    )
    left_out = (
        _kept(folder / "left-out" / "score.json")
        or api.score_trials(replicates=LEFT_OUT, seed=SEED, leave_out=True, out=folder / "left-out").to_dict()
    )
    accounts = (
        _kept(folder / "mechanisms" / "mechanisms.json")
        or api.compare_mechanisms(replicates=ACCOUNTS, seed=SEED, out=folder / "mechanisms").to_dict()
    )
    write_atomic(PAGE, page(unseen, left_out, accounts))


def page(unseen: Document, left_out: Document | None, accounts: Document | None) -> str:
    """Return the page as Markdown."""
    parts = [RULES.read_text(encoding="utf-8").rstrip(), "", *_unseen(unseen)]  # rules first, as they stood first
    parts += _left_out(left_out) if left_out else []
    parts += _accounts(accounts) if accounts else []
    parts += ["", FIRST.read_text(encoding="utf-8").rstrip()]  # as it stood
    return "\n".join(parts).rstrip() + "\n"


def _unseen(board: Document) -> list[str]:
    return [
        "## What came out",
        "",
        f"Each validation trial conducted {board['replicates']} times, seed {board['seed']}; {board['uncertainty']}.",
        SCORED_WITH,
        "",
        *made.totals(board),
        *made.by_trial(board),
        *made.coverage(board),
        *WORDS,
        "### Outside of our intervals",
        "",
        *made.misses(board),
        "### By endpoint",
        "",
        *made.endpoints(board, by_trial=False),
        "### By trial and endpoint",
        "",
        *made.endpoints(board, by_trial=True),
        "### Inside of our intervals",
        "",
        *made.held(board),
        "### Who says nothing",
        "",
        *made.silent(board),
    ]


def _left_out(board: Document) -> list[str]:
    notes = [f"- `{trial['trial']}`: {trial['note']}" for trial in board["trials"]]
    return [
        "## Leaving one calibration trial out",
        "",
        f"`euthymia score --loo`, each trial conducted {board['replicates']} times, seed {board['seed']}. Rivals never know the "
        "trial. Of the mechanism:",
        "",
        *notes,
        "",
        "The prior of care in trials of tablets comes from pooled arms of pill placebo, which may hold arms of these trials; the",
        "scatter of harms was fitted with three trials of the spray, once and not again for each that is left out.",
        "",
        *made.totals(board),
        *made.by_trial(board),
        *made.coverage(board),
        *OF_LEFT_OUT,
        "### Outside of our intervals, left out",
        "",
        *made.misses(board),
        "### By endpoint, left out",
        "",
        *made.endpoints(board, by_trial=False),
        "### By trial and endpoint, left out",
        "",
        *made.endpoints(board, by_trial=True),
    ]


def _accounts(found: Document) -> list[str]:
    return [
        "## Accounts of how treatment works",
        "",
        f"`euthymia score --mechanisms`, each validation trial conducted {found['replicates']} times under each account, seed "
        f"{found['seed']}: {found['rows']} rows of {found['clusters']} clusters of trials.",
        "",
        *made.accounts(found),
        "On the calibration rows:",
        "",
        *made.fits(found),
        *OF_ACCOUNTS,
    ]


def _kept(file: Path) -> Document | None:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


if __name__ == "__main__":
    main()
