"""A trial from a TOML file: read strictly, each fault named with its file and key path (see docs/trial-format.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from euthymia.errors import EuthymiaError, TrialFileError
from euthymia.evidence.published import Split, read_row
from euthymia.evidence.strict import (
    Table,
    choice,
    fault,
    flag,
    has,
    members,
    number,
    numbers,
    only,
    optional_number,
    optional_table,
    optional_whole,
    table,
    tables,
    text,
    texts,
    whole,
)
from euthymia.symptoms.scale import Scale, usual_remission
from euthymia.treatment.regimen import Regimen
from euthymia.treatment.sentence import regimen
from euthymia.treatment.therapy import session_times
from euthymia.trials import protocol_running
from euthymia.trials.checks import check
from euthymia.trials.design import (
    EXPECTATION,
    Analysis,
    Ancestry,
    Arm,
    Baseline,
    Comedication,
    ComedicationKind,
    Control,
    DropoutSpec,
    Endpoint,
    Entry,
    Group,
    HoldWhen,
    LowerWhen,
    Masking,
    Phase,
    PopulationSpec,
    Primary,
    RaiseWhen,
    Recall,
    RelapseRule,
    RemissionRule,
    ResponseRule,
    Stable,
    Titration,
    Trial,
    Visit,
)
from euthymia.trials.estimand import NOT_SIMULATED, Strategy, SummaryMeasure
from euthymia.trials.letting_in import HIGHEST
from euthymia.trials.protocol_interim import interim_in
from euthymia.trials.protocol_rules import dropout_in, rules_in
from euthymia.trials.protocol_running import scale_of_totals

MADRS_HIGHEST = 60.0
OLDEST = 120.0  # years
HEAVIEST = 400.0  # kg
LARGEST_ARM = 100_000
MOST_SITES = 10_000
LONGEST = 24.0 * 3660  # h, ten years


def parse_trial(content: str, file: str = "trial") -> Trial:
    """Return the trial that a TOML text describes.

    Args:
        content: The text.
        file: Name of the file it came from, for messages.

    Raises:
        TrialFileError: When the text is no TOML, a key is unknown, missing or of the wrong type, or the design cannot
            be conducted as written.
    """
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise TrialFileError(f"{file}: not readable as TOML: {error}") from error
    return read_trial(data, file)


def read_trial(data: Mapping[str, Any], file: str = "trial") -> Trial:
    """Return the trial that the tables of a file describe.

    Args:
        data: Keys and values, as TOML or JSON has them.
        file: Name of the file they came from, for messages.

    Raises:
        TrialFileError: When a key is unknown, missing or of the wrong type, or the design cannot be conducted as
            written.
    """
    trial = _trial(Table(file, "", data))
    check(trial, file)
    return trial


def _trial(root: Table) -> Trial:
    only(
        root,
        *("id", "title", "registry", "citation", "split", "control", "control_text", "population", "visits", "phases"),
        *("dropout", "primary", "response", "remission", "relapse", "groups", "published", "notes", "unverified"),
        *("scale", "expectation", "relapse_jumps", "sites", "regions"),
        *("enrolment", "screening", "adherence", "randomisation", "interim"),
    )
    scale = choice(root, "scale", Scale, Scale.MADRS)
    dropout, relapse = optional_table(root, "dropout"), optional_table(root, "relapse")
    response, remission = optional_table(root, "response"), optional_table(root, "remission")
    return Trial(
        id=text(root, "id"),
        title=text(root, "title"),
        registry=text(root, "registry", ""),
        citation=text(root, "citation", ""),
        split=choice(root, "split", Split, Split.USER),
        control=choice(root, "control", Control),
        control_text=text(root, "control_text", ""),
        population=_population(table(root, "population")),
        visits=tuple(_visit(entry) for entry in _some(root, "visits")),
        phases=tuple(_phase(entry, first=place == 0) for place, entry in enumerate(_some(root, "phases"))),
        dropout=DropoutSpec() if dropout is None else dropout_in(dropout),
        primary=_primary(table(root, "primary")),
        response=ResponseRule() if response is None else _response(response),
        remission=RemissionRule(usual_remission(scale).threshold) if remission is None else _remission(remission),
        relapse=None if relapse is None else _relapse(relapse),
        groups=tuple(_group(entry) for entry in tables(root, "groups")),
        published=tuple(read_row(entry) for entry in tables(root, "published")),
        notes=texts(root, "notes"),
        unverified=texts(root, "unverified"),
        scale=scale,
        expectation=flag(root, "expectation", EXPECTATION),
        relapse_jumps=flag(root, "relapse_jumps"),
        sites=optional_whole(root, "sites", low=1, high=MOST_SITES) or 1,
        regions=optional_whole(root, "regions", low=1, high=MOST_SITES) or 1,
        enrolment=protocol_running.enrolment(root),
        screening=protocol_running.screening(root),
        adherence=protocol_running.adherence(root),
        randomisation=protocol_running.randomisation(root),
        interim=interim_in(root),
    )


def _some(root: Table, key: str) -> tuple[Table, ...]:
    found = tables(root, key)
    if not found:
        raise fault(root, key, f"none given; one [[{key}]] or more is needed")
    return found


def _population(entry: Table) -> PopulationSpec:
    only(
        entry,
        *("name", "age_mean", "age_sd", "age_low", "age_high", "women", "MADRS_min"),
        *("prior_failures_min", "prior_failure_fall"),
        *("ancestry", "weight_mean", "weight_sd", "suicidal_ideation", "HAMD17_min"),
    )
    ancestry = optional_table(entry, "ancestry")
    return PopulationSpec(
        name=text(entry, "name"),
        age_mean=number(entry, "age_mean", low=0.0, high=OLDEST),
        age_sd=number(entry, "age_sd", low=0.0, high=OLDEST),
        age_low=number(entry, "age_low", low=0.0, high=OLDEST),
        age_high=number(entry, "age_high", low=0.0, high=OLDEST),
        women=number(entry, "women", low=0.0, high=1.0),
        MADRS_min=optional_number(entry, "MADRS_min", low=0.0, high=MADRS_HIGHEST),
        prior_failures_min=optional_whole(entry, "prior_failures_min", low=0, high=100),
        prior_failure_fall=optional_number(entry, "prior_failure_fall", low=0.0, high=1.0),
        ancestry=Ancestry() if ancestry is None else _ancestry(ancestry),
        weight_mean=optional_number(entry, "weight_mean", low=1.0, high=HEAVIEST),
        weight_sd=optional_number(entry, "weight_sd", low=0.0, high=HEAVIEST),
        suicidal_ideation=flag(entry, "suicidal_ideation"),
        HAMD17_min=optional_number(entry, "HAMD17_min", low=0.0, high=HIGHEST[Scale.HAMD17]),
    )


def _ancestry(entry: Table) -> Ancestry:
    only(entry, "asian", "japanese")
    asian = optional_number(entry, "asian", low=0.0, high=1.0) or 0.0
    japanese = optional_number(entry, "japanese", low=0.0, high=1.0) or 0.0
    return Ancestry(asian, japanese)


def _visit(entry: Table) -> Visit:
    only(entry, "label", "t", "recall", "scales", "window")
    return Visit(
        label=text(entry, "label"),
        t=number(entry, "t", high=LONGEST),
        recall=choice(entry, "recall", Recall),
        scales=members(entry, "scales", Scale, "scale"),
        window=optional_number(entry, "window", low=0.0, high=LONGEST) or 0.0,
    )


def _phase(entry: Table, *, first: bool) -> Phase:
    only(entry, "name", "start", "end", "arms", "masking")
    return Phase(
        name=text(entry, "name"),
        start=number(entry, "start", low=0.0, high=LONGEST),
        end=number(entry, "end", low=0.0, high=LONGEST),
        arms=tuple(_arm(arm, first=first) for arm in _some(entry, "arms")),
        masking=choice(entry, "masking", Masking, Masking.BLIND),
    )


def _arm(entry: Table, *, first: bool) -> Arm:
    only(
        entry,
        *("name", "n", "regimen", "comedication", "reference", "baseline", "titration", "entry", "therapy", "rules"),
    )
    titration, came_from = optional_table(entry, "titration"), optional_table(entry, "entry")
    return Arm(
        name=text(entry, "name"),
        # The persons of the first phase are enrolled; those of a later one come from its `entry`.
        n=whole(entry, "n", low=1, high=LARGEST_ARM) if first else optional_whole(entry, "n", low=1, high=LARGEST_ARM),
        regimen=_regimen(entry),
        comedication=_comedication(table(entry, "comedication")),
        reference=flag(entry, "reference"),
        baseline=_baseline(table(entry, "baseline")) if has(entry, "baseline") else None,
        titration=None if titration is None else _titration(titration),
        entry=None if came_from is None else _entry(came_from),
        therapy=_therapy(entry),
        rules=rules_in(entry),
    )


def _therapy(entry: Table) -> str:
    """Return the words of the sessions once they can be read, days counted from 1."""
    words = text(entry, "therapy", "")
    try:
        if words:
            session_times(words, first_day=1)
    except EuthymiaError as error:
        raise fault(entry, "therapy", str(error)) from error
    return words


def _regimen(entry: Table) -> Regimen:
    sentence = text(entry, "regimen")
    try:
        return regimen(sentence, first_day=1)
    except EuthymiaError as error:
        raise fault(entry, "regimen", str(error)) from error


def _comedication(entry: Table) -> Comedication:
    only(entry, "kind", "start", "text")
    start = optional_number(entry, "start", low=0.0, high=LONGEST)
    return Comedication(choice(entry, "kind", ComedicationKind), start or 0.0, text(entry, "text", ""))


def _baseline(entry: Table) -> Baseline:
    only(entry, "mean", "sd", "n", "scale")
    scale = scale_of_totals(entry)
    return Baseline(
        mean=number(entry, "mean", low=0.0, high=HIGHEST[scale]),
        sd=number(entry, "sd", low=0.0, high=HIGHEST[scale]),
        n=optional_whole(entry, "n", low=1, high=LARGEST_ARM),
        scale=scale,
    )


def _titration(entry: Table) -> Titration:
    only(
        entry,
        *("levels", "start", "decide_at", "freeze_after", "raise_when", "hold_when", "response_fall", "lower_when"),
    )
    fall = optional_number(entry, "response_fall", low=0.0, high=1.0)
    return Titration(
        levels=numbers(entry, "levels", low=0.0),
        start=number(entry, "start", low=0.0),
        decide_at=numbers(entry, "decide_at", low=0.0, high=LONGEST),
        freeze_after=optional_number(entry, "freeze_after", low=0.0, high=LONGEST),
        raise_when=choice(entry, "raise_when", RaiseWhen, RaiseWhen.NO_RESPONSE),
        hold_when=choice(entry, "hold_when", HoldWhen, HoldWhen.INTOLERABLE),
        response_fall=ResponseRule().fall if fall is None else fall,
        lower_when=choice(entry, "lower_when", LowerWhen, LowerWhen.NEVER),
    )


def _entry(entry: Table) -> Entry:
    only(entry, "from_arm", "MADRS_min", "MADRS_below", "weight", "fall_min", "fall_below", "stable")
    weight, stable = optional_number(entry, "weight", low=0.0), optional_table(entry, "stable")
    return Entry(
        from_arm=text(entry, "from_arm"),
        MADRS_min=optional_number(entry, "MADRS_min", low=0.0, high=MADRS_HIGHEST),
        MADRS_below=optional_number(entry, "MADRS_below", low=0.0, high=MADRS_HIGHEST),
        weight=1.0 if weight is None else weight,
        fall_min=optional_number(entry, "fall_min", low=0.0, high=1.0),
        stable=None if stable is None else _stable(stable),
        fall_below=optional_number(entry, "fall_below", low=0.0, high=1.0),
    )


def _stable(entry: Table) -> Stable:
    only(entry, "threshold", "at_least", "of")
    return Stable(
        threshold=number(entry, "threshold", low=0.0, high=MADRS_HIGHEST),
        at_least=whole(entry, "at_least", low=1, high=100),
        of=whole(entry, "of", low=1, high=100),
    )


def _primary(entry: Table) -> Primary:
    for name, why in NOT_SIMULATED.items():
        if has(entry, name):
            raise fault(entry, name, f"{why}; leave it out")
    only(
        entry, "endpoint", "visit", "analysis", "discontinuation", "summary", "treatments", "weight", "rescue", "switch"
    )
    return Primary(
        endpoint=choice(entry, "endpoint", Endpoint),
        visit=text(entry, "visit"),
        analysis=choice(entry, "analysis", Analysis),
        discontinuation=_strategy(entry, "discontinuation"),
        rescue=_strategy(entry, "rescue"),
        switch=_strategy(entry, "switch"),
        summary=choice(entry, "summary", SummaryMeasure) if has(entry, "summary") else None,
        treatments=texts(entry, "treatments"),
        weight=optional_number(entry, "weight", low=0.0, high=1.0),
    )


def _strategy(entry: Table, key: str) -> Strategy | None:
    return choice(entry, key, Strategy) if has(entry, key) else None


def _response(entry: Table) -> ResponseRule:
    only(entry, "fall")
    return ResponseRule(number(entry, "fall", low=0.0, high=1.0))


def _remission(entry: Table) -> RemissionRule:
    only(entry, "threshold")
    return RemissionRule(number(entry, "threshold", low=0.0, high=MADRS_HIGHEST))


def _relapse(entry: Table) -> RelapseRule:
    only(entry, "threshold", "consecutive")
    return RelapseRule(
        threshold=number(entry, "threshold", low=0.0, high=MADRS_HIGHEST),
        consecutive=whole(entry, "consecutive", low=1, high=100),
    )


def _group(entry: Table) -> Group:
    only(entry, "name", "arms", "note")
    return Group(text(entry, "name"), texts(entry, "arms"), text(entry, "note", ""))
