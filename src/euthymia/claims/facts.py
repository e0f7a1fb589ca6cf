"""The fact list as claims: each fact once for calibration rows and once for validation rows, judged as stated."""

from __future__ import annotations

import math
from collections.abc import Sequence

from euthymia.claims.claim import Claim, Role, Shown, Support, of_part
from euthymia.claims.exchange import Exchange
from euthymia.claims.lab import Lab
from euthymia.claims.registry import add
from euthymia.evidence.facts import Basis, Fact, Part, facts
from euthymia.evidence.published import Split

ROLES = {Split.CALIBRATION: Role.CALIBRATED, Split.VALIDATION: Role.HELD_OUT}
NAMES = {Role.CALIBRATED: "fact-{}", Role.HELD_OUT: "fact-{}-unseen"}


def _claims(fact: Fact) -> list[Claim]:
    judged = [part for part in fact.parts if part.basis is not Basis.NONE and not part.not_simulated]
    return [
        _claim(fact, role, [part for part in judged if part.split is split])
        for split, role in ROLES.items()
        if any(part.split is split for part in judged)
    ]


def _claim(fact: Fact, role: Role, parts: Sequence[Part]) -> Claim:
    without = [part for part in fact.parts if part.not_simulated and ROLES.get(part.split) is role]
    note = "; ".join(f"{part.what}: not simulated, {part.not_simulated}" for part in without)

    def shows(lab: Lab) -> tuple[Shown, ...]:
        from euthymia.claims.kept import kept

        return tuple(kept().values.get(part.id, Shown(math.nan)) for part in parts)

    return Claim(
        id=NAMES[role].format(fact.number),
        article=0,
        says=fact.title + ".",
        known=fact.asks,
        support=Support.BEARS_OUT,
        role=role,
        rows=tuple(dict.fromkeys(row for part in parts for row in part.rows)),
        sources=(),
        rules=tuple(of_part(part) for part in parts),
        exchange=Exchange.NOTHING,
        command=f"python docs_src/facts.py --only {fact.number}",
        shows=shows,
        note=note,
        kept=True,
    )


for _fact in facts().facts:
    for _made in _claims(_fact):
        add(_made)
