"""What the package and a run say for themselves: data, results, verification, validation, applicability, limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from euthymia.claims.claim import Finding, Role, Verdict
from euthymia.claims.judging import put, score
from euthymia.claims.kept import kept
from euthymia.claims.registry import claims
from euthymia.evidence.verification import Activity, verification
from euthymia.report.assumptions import cited
from euthymia.report.claim_tables import model_shows, verdict_word
from euthymia.report.run_folder import Kind, RunFolder
from euthymia.report.tables import Column, Table, table

ACTIVITIES = {Activity.CODE: "Code verification", Activity.CALCULATION: "Calculation verification"}
OPEN = "to be filled in"
MOST = 12  # rows of a table that would otherwise fill pages


def calibrated_numbers(run: RunFolder) -> str:
    """Return how many of its numbers were fitted."""
    fitted = sum(each.get("grade") == "fitted by us" for each in run.assumptions)
    return f"{fitted} of its {len(run.assumptions)} numbers were fitted, by the rule of the package to calibration rows"


def held_in_short(run: RunFolder) -> str:
    """Return how many published rows the run's intervals hold, by split."""
    said = [
        f"{split}: {held} of {judged} published values inside the 90 % interval" for split, held, judged in _held(run)
    ]
    return "; ".join(said) or "the run has no published values to be held against"


def _held(run: RunFolder) -> list[tuple[str, int, int]]:
    judged = [each for each in run.listed("comparisons") if each["inside"] is not None]
    splits = dict.fromkeys(each["split"] for each in judged)
    return [
        (split, sum(bool(each["inside"]) for each in judged if each["split"] == split), _count(judged, split))
        for split in splits
    ]


def _count(judged: Iterable[Mapping[str, object]], split: str) -> int:
    return sum(each["split"] == split for each in judged)


def objectives(run: RunFolder) -> tuple[str, ...]:
    """Return what the run's own primary analyses estimate."""
    planned = [each for each in run.listed("contrasts") if each.get("primary")]
    return tuple(
        dict.fromkeys(
            f"Planned in the design: {each['visit']}, {each['estimator']}: {each['estimand']}." for each in planned
        )
    )


def data(run: RunFolder) -> tuple[str, ...]:
    """Return where the numbers and the rows come from."""
    sources = {each.get("source") for each in run.assumptions if each.get("source")}
    said = f"The numbers of the run name {len(sources)} sources, listed under Sources; {calibrated_numbers(run)}."
    if run.kind is Kind.COURSE:
        return (said, "A course is held against no published row.")
    return (said, f"The trial itself is marked {run.result['split']}. {held_in_short(run).capitalize()}.")


def published_tables(run: RunFolder) -> tuple[Table, ...]:
    """Return the published rows that the run was held against, misses first."""
    judged = sorted(
        (each for each in run.listed("comparisons") if each["inside"] is not None), key=lambda x: x["inside"]
    )
    if not judged:
        return ()
    columns = (
        *(Column("Row", whole=True), Column("Published"), Column("Value", numeric=True)),
        *(Column("Ours [90 %]", numeric=True), Column("Used for"), Column("Inside")),
    )
    rows = [
        (
            each["row_id"],
            f"{each['arm']}: {each['measure']}, {each['t']:g} h"
            if each["t"] is not None
            else f"{each['arm']}: {each['measure']}",
            f"{each['value']:g} {each['unit']}",
            f"{each['predicted']['mean']:.3g} [{each['predicted']['low']:.3g}, {each['predicted']['high']:.3g}]",
            each["split"],
            "yes" if each["inside"] else "MISS",
        )
        for each in judged
    ]
    return (table("Published values beside the run, misses first", columns, rows),)


def results(run: RunFolder) -> tuple[str, ...]:
    """Return what the run says in a sentence."""
    if run.kind is Kind.COURSE:
        return (
            f"Variables followed: {', '.join(run.result['variables'])}. Figures and tables: report.html of the run.",
        )
    return (f"{run.size}. Figures and tables: report.html of the run.",)


def result_tables(run: RunFolder) -> tuple[Table, ...]:
    """Return the arms compared, or where each variable of a course ends."""
    if run.kind is Kind.COURSE:
        return ()
    columns = (
        *(Column("Comparison"), Column("When"), Column("Estimator"), Column("Difference [90 %]", numeric=True)),
        Column("Primary"),
    )
    rows = [
        (
            f"{each['arm']} - {each['reference']}",
            each["visit"],
            f"{each['scale']}: {each['estimator']}",
            f"{each['difference']['mean']:+.2f} [{each['difference']['low']:+.2f}, {each['difference']['high']:+.2f}]",
            "yes" if each["primary"] else "",
        )
        for each in run.listed("contrasts")
    ]
    return (table("Arms compared, points", columns, rows),) if rows else ()


def verification_tables(run: RunFolder) -> tuple[Table, ...]:
    """Return what tests hold the program against, and the numerical error of this run."""
    columns = (Column("Test of the repository", whole=True), Column("Against"), Column("What it says of itself"))
    made = [
        table(
            title,
            columns,
            [(each.file, each.against, each.says) for each in verification() if each.activity is activity],
        )
        for activity, title in ACTIVITIES.items()
    ]
    error = (Column("Numerical error of this run"),)
    return (
        *made,
        table("This run", error, [(run.accuracy,)], "Whether the tests pass on this machine is not known here."),
    )


@cache
def _findings() -> tuple[Finding, ...]:
    """Return the claims of the fact list, from kept values: they run nothing."""
    found = [put(each) for each in claims() if each.kept]
    order = list(Verdict)
    return tuple(sorted(found, key=lambda each: (each.claim.role is not Role.HELD_OUT, order.index(each.verdict))))


def validation(run: RunFolder) -> tuple[str, ...]:
    """Return how the fact list and this run's own rows came out."""
    return (
        f"This run: {held_in_short(run)}.",
        f"The fact list of the package ({kept().said}): {score(_findings())}",
        "Only rows marked validation show foresight; agreement with calibration rows shows that the model fits.",
    )


def validation_tables(run: RunFolder) -> tuple[Table, ...]:
    """Return the fact list, held out facts first."""
    columns = (
        Column("Claim", whole=True),
        Column("What is known"),
        Column("The model"),
        Column("Role"),
        Column("Verdict"),
    )
    rows = [
        (each.claim.id, each.claim.says, model_shows(each), each.claim.role.value, verdict_word(each.verdict))
        for each in _findings()
    ]
    return (table("The fact list, held out facts first", columns, rows),)


def applicability(run: RunFolder) -> tuple[str, ...]:
    """Return which trials of the package gave the same drug by the same route."""
    near = _near(run)
    if not near:
        return ("No trial of the package gave any of these drugs by these routes.",)
    counts = Counter(split for _, _, split, _ in near)
    told = ", ".join(f"{count} marked {split}" for split, count in sorted(counts.items()))
    return (f"Trials of the package that gave one of these drugs by the same route: {told}.",)


def applicability_tables(run: RunFolder) -> tuple[Table, ...]:
    """Return those trials."""
    columns = (Column("Trial", whole=True), Column("People"), Column("Used for"), Column("Shares"))
    rows = _near(run)
    return (table("Trials with the same drug and route", columns, rows),) if rows else ()


def _near(run: RunFolder) -> list[tuple[str, str, str, str]]:
    from euthymia.trials.catalogue import load_trial, trial_names

    given = _drugs(text.split(": ", 1)[-1] for text in run.treatments)
    found = []
    for trial in map(load_trial, trial_names()):
        shared = given & {
            (dose.drug, str(dose.route)) for phase in trial.phases for arm in phase.arms for dose in arm.regimen.doses
        }
        if shared and trial.id != run.name:
            words = ", ".join(sorted(" ".join(each) for each in shared))
            found.append((trial.id, trial.population.name, str(trial.split), words))
    return found


def _drugs(sentences: Iterable[str]) -> set[tuple[str, str]]:
    """Return drugs and routes of regimens in words; what was given beside them stands behind a bar."""
    from euthymia.errors import EuthymiaError
    from euthymia.treatment.sentence import regimen

    found: set[tuple[str, str]] = set()
    for sentence in sentences:
        try:
            doses = regimen(sentence.split(" | ")[0])
        except EuthymiaError:
            continue  # a description that is no regimen, such as "no treatment in this phase"
        found |= {(dose.drug, str(dose.route)) for dose in doses if dose.drug != "placebo"}
    return found


def factors(run: RunFolder) -> Table:
    """Return the credibility factors with what there is for each."""
    counts = Counter(each.activity for each in verification())
    rows = (
        ("Software quality assurance", "tests, types, import contracts and lint in the repository (CONTRIBUTING.md)"),
        ("Numerical code verification", f"{counts[Activity.CODE]} test files beside other programs, rules and laws"),
        ("Discretisation error", run.accuracy),
        ("Numerical solver error", f"{counts[Activity.CALCULATION]} test files beside other solvers and closed forms"),
        ("Use error", "the command below makes the same bytes; inputs are refused with a reason"),
        ("Model form", "rival accounts can be exchanged (docs/models/chain.md); claims say what would lose them"),
        ("Model inputs", f"{len(run.assumptions)} numbers with source and grade, listed under Assumptions"),
        ("Test samples and conditions", f"{len(_near(run))} published trials with the same drug and route"),
        ("Equivalency of input parameters", OPEN),
        ("Output comparison", held_in_short(run)),
        ("Relevance of the quantities of interest", OPEN),
        ("Relevance of the validation to the context of use", OPEN),
    )
    return table("Factors", (Column("Factor", whole=True), Column("What there is")), rows)


def uncertainty(run: RunFolder) -> tuple[str, ...]:
    """Return what the intervals of the run hold, and what they leave out."""
    if run.kind is Kind.COURSE:
        return ("Numbers are held at their typical values; a population differs between people only.",)
    return (
        "Intervals of the run hold what people and trials of that size differ by; the numbers themselves are held at "
        "their typical values.",
    )


def limits(run: RunFolder) -> tuple[str, ...]:
    """Return what the run and the package say of their own limits."""
    silent = Counter(each["why_not"] for each in run.listed("comparisons") if each.get("why_not"))
    said = [f"Not predicted ({count} published rows): {why}." for why, count in silent.most_common(MOST)]
    notes = [f"Note of the design: {note}." for note in run.result.get("notes") or ()]
    missing = sorted({each.claim.note for each in _findings() if "not simulated" in each.claim.note})
    return (*said, *notes, *(f"Of the fact list: {note}." for note in missing), "For research and teaching only.")


def sources(run: RunFolder) -> list[str]:
    """Return the sources of the numbers and of the published rows."""
    rows = {str(each["source"]) for each in run.listed("comparisons") if each.get("source")}
    return sorted({*cited(run.assumptions, ()), *rows})


def origin(run: RunFolder) -> tuple[str, ...]:
    """Return the command, seed and versions, and whether evidence and program are still the same."""
    from euthymia.store.provenance import program_digest, records_digest

    said = [
        f"`{run.command}`",
        f"Seed: {'none, nothing was drawn' if run.seed is None else run.seed}.",
        f"euthymia {run.version}.",
    ]
    if not run.provenance:
        return (*said, "The folder has no provenance.json: digests and versions are not known.")
    now = {"records": records_digest(), "program": program_digest()}
    for name, digest in now.items():
        held = run.provenance.get(name, "")
        same = "the same as installed here" if held == digest else "another than installed here"
        said.append(f"Digest of the {name}: {held}, {same}.")
    versions = run.provenance.get("versions", {})
    return (*said, "Versions: " + ", ".join(f"{name} {value}" for name, value in versions.items()) + ".")
