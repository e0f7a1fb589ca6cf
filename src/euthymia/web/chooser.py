"""What there is to choose from, as `GET /meta` tells it."""

from __future__ import annotations

from functools import cache

from euthymia.web import limits
from euthymia.web.curves import CURVES
from euthymia.web.schemas import DrugAnswer, Limits, Meta, OtherDrug, RouteLimit, ScaleAnswer

NOTICE = "For research and teaching, never for treating a person."
SCHEDULES = (
    "on day 1",
    "on days 1 4 8 11 15 18 22 25",
    "twice weekly for 4 weeks",
    "weekly for 4 weeks from day 29",
    "every 2 weeks to day 57",
    "daily for 8 weeks",
    "daily for 4 weeks from day 15 at 8 h",
)
EXAMPLES = (
    "esketamine 84 mg nasal on days 1 4 8 11 15 18 22 25",
    "esketamine 56 mg nasal on day 1; 84 mg nasal twice weekly for 4 weeks from day 4; "
    "sertraline 50 mg oral daily for 4 weeks",
    "ketamine 0.5 mg/kg iv over 40 min on day 1",
    "escitalopram 20 mg oral daily for 8 weeks",
    "placebo nasal on days 1 4 8 11 15 18 22 25",
    "none",
)


@cache
def meta(version: str) -> Meta:
    """Return drugs, routes, other drugs, mechanisms, curves, scales, grades and limits."""
    from euthymia.circuit.spoken import MODULATORS, POPULATIONS, SCALINGS, SCALINGS_OF_ONE, SHIFTS_OF_ONE
    from euthymia.circuit.synapse_kinds import ReceptorKind
    from euthymia.evidence.grade import Grade
    from euthymia.models.accounts import Mechanism
    from euthymia.models.organs import Kidneys, Liver
    from euthymia.models.two_cells import Way

    of_one = [f"{name} {each}" for name in (*SCALINGS_OF_ONE, *SHIFTS_OF_ONE) for each in POPULATIONS]
    return Meta(
        version=version,
        notice=NOTICE,
        drugs=_drugs(),
        schedules=list(SCHEDULES),
        examples=list(EXAMPLES),
        others=_others(),
        mechanisms=[each.value for each in Mechanism],
        kidneys=[each.value for each in Kidneys],
        liver=[each.value for each in Liver],
        curves=list(CURVES),
        scales=_scales(),
        grades=[each.value for each in Grade],
        changes=[*SCALINGS, *of_one, *MODULATORS],
        receptors=[each.value for each in ReceptorKind],
        ways=[each.value for each in Way],
        limits=_limits(),
    )


def _drugs() -> list[DrugAnswer]:
    from euthymia.treatment.catalogue import DRUGS

    return [
        DrugAnswer(
            name=drug.name,
            title=drug.title,
            kind=drug.kind.value,
            routes=[
                RouteLimit(route=each.route.value, max_mg=each.mg, max_mg_per_kg=each.mg_per_kg) for each in drug.limits
            ],
            aliases=list(drug.aliases),
            device_mg=drug.device_mg,
            devices=drug.devices,
            modelled=drug.modelled,
            note=drug.note,
        )
        for drug in DRUGS
    ]


def _others() -> list[OtherDrug]:
    from euthymia.treatment.others import acting, interacting

    kinetic, acts = set(interacting()), set(acting())
    return [
        OtherDrug(name=each, changes_levels=each in kinetic, acts_on_plasticity=each in acts)
        for each in sorted(kinetic | acts)
    ]


def _scales() -> list[ScaleAnswer]:
    from euthymia.symptoms.scale import Scale

    highest = {Scale.MADRS: 60.0, Scale.HAMD17: 52.0, Scale.QIDS_SR16: 27.0, Scale.PHQ9: 27.0}
    found = [ScaleAnswer(name=each.value, low=0.0, high=highest[each], unit="points") for each in Scale]
    return [*found, ScaleAnswer(name="CADSS", low=0.0, high=92.0, unit="points")]


def _limits() -> Limits:
    return Limits(
        people=limits.MOST_PEOPLE,
        days=limits.MOST_DAYS,
        regimens=limits.MOST_REGIMENS,
        doses=limits.MOST_DOSES,
        points=limits.MOST_POINTS,
        sentence_characters=limits.LONGEST_SENTENCE,
        circuit_levels=limits.MOST_LEVELS,
        raster_cells=limits.MOST_CELLS,
        raster_ms=limits.LONGEST_RASTER,
        trial_characters=limits.LONGEST_TRIAL,
        replicates=limits.MOST_REPLICATES,
        job_people=limits.MOST_JOB_PEOPLE,
        body_bytes=limits.BODY_BYTES,
        request_s=limits.REQUEST_S,
        streams=limits.STREAMS,
        jobs_queued=limits.JOBS_QUEUED,
    )
