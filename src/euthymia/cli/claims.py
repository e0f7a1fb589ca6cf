"""`euthymia claims`: the article's sentences as claims that can be lost, beside the evidence and the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.claims.claim import Claim, Finding, Role

app = typer.Typer(
    help="What the article says, what the evidence says, what the model shows; the lost claims first.",
    invoke_without_command=True,
)


@app.callback()
def claims(
    context: typer.Context,
    role: Annotated[str, typer.Option(help="Only these: structural, calibrated or held out.")] = "",
    article: Annotated[int, typer.Option(min=0, max=7, help="Only this statement of the article, 1 to 7.")] = 0,
    json: options.AsJson = False,
) -> None:
    """Put every claim to the model and print three columns, lost ones first: about a minute."""
    if context.invoked_subcommand is not None:
        return
    chosen = _chosen(role, article)
    from euthymia.claims.judging import SCHEMA, put_all, score, to_dict

    with output.progress("putting the claims to the model") as move:
        found = put_all(chosen, progress=move)
    if json:
        output.emit({"schema": SCHEMA, "score": score(found), "claims": [to_dict(each) for each in found]})
        return
    from euthymia.report.claim_tables import claims_table

    output.show(claims_table(found))
    output.say("For research and teaching, not for treating a person.")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="A claim, such as 5.hours.")],
    json: options.AsJson = False,
) -> None:
    """Tell one claim whole: rows, numbers, rules, sources, what would lose it, and the command behind it."""
    from euthymia.claims.registry import find_claim

    claim = find_claim(name)
    from euthymia.claims.judging import SCHEMA, put, to_dict

    with output.progress(f"putting claim {name} to the model"):
        found = put(claim)
    if json:
        output.emit({"schema": SCHEMA, "claims": [to_dict(found)]})
        return
    _tell(found)


def _chosen(role: str, article: int) -> tuple[Claim, ...]:
    from euthymia.claims.registry import claims

    wanted = _role(role) if role else None
    return tuple(each for each in claims() if wanted in (None, each.role) and article in (0, each.article))


def _role(name: str) -> Role:
    from euthymia.claims.claim import Role
    from euthymia.errors import UnknownNameError

    known = {each.value: each for each in Role}
    word = name.strip().lower().replace("-", " ")
    if word not in known:
        raise UnknownNameError("role", name, known)
    return known[word]


def _tell(found: Finding) -> None:
    from euthymia.evidence.citation import cite
    from euthymia.report.claim_tables import rows_table, rules_table, verdict_word

    claim = found.claim
    output.say(f"{claim.says} [{verdict_word(found.verdict)}]")
    output.say(f"  the evidence  {claim.known} ({claim.support.value})")
    output.say(f"  role          {claim.role.value}")
    if claim.rules:
        output.say(f"  lost if       {claim.lost_if}")
    if claim.why_not:
        output.say(f"  no number     {claim.why_not}")
    if claim.note:
        output.say(f"  note          {claim.note}")
    output.say(f"  command       {claim.command}")
    if claim.rules:
        output.show(rules_table(found))
    if claim.rows:
        output.show(rows_table(found))
    if claim.sources:
        output.say(cite(claim.sources))
    output.say("For research and teaching, not for treating a person.")
