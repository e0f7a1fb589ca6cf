"""Which records a treatment rests on, beyond those of the chain itself."""

from __future__ import annotations

from collections.abc import Iterable

from euthymia.models.dosing import STUDY_DRUG, followed
from euthymia.models.taken import default_bodies
from euthymia.models.transporters import RECORD, binds
from euthymia.treatment.dose import Dose


def records_of(doses: Iterable[Dose]) -> tuple[str, ...]:
    """Return the names of the records that the drugs of these doses bring in, in the order of their names."""
    doses = tuple(doses)
    given = {(dose.drug, dose.route) for dose in doses}
    others = [(drug, route) for drug, route in given if drug != STUDY_DRUG]
    taken = [default_bodies()[drug] for drug, route in others if followed(drug, route)]
    found = {name for body in taken for name in (body.record, *body.also)}
    if binds(doses):
        found |= {RECORD, "serotonin"}
    return tuple(sorted(found))
