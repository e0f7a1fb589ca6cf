"""Doses without their days: ``dose("esketamine", "56 mg", Route.NASAL).on_days(1)`` builds a regimen from objects."""

from __future__ import annotations

from dataclasses import dataclass

from euthymia.treatment.clause import amount_of, duration_of
from euthymia.treatment.dose import HOURS_PER_DAY, Dose, DoseUnit
from euthymia.treatment.drug import Route
from euthymia.treatment.regimen import Regimen


@dataclass(frozen=True)
class Preparation:
    """What is given and how, before it is said when.

    Attributes:
        drug: Name of the drug.
        route: The way of giving.
        amount: Amount in `unit`.
        unit: mg, or mg per kg of body weight.
        duration: Length of an infusion in h; 0 when given at once.
    """

    drug: str
    route: Route
    amount: float
    unit: DoseUnit = DoseUnit.MG
    duration: float = 0.0

    def on_days(self, *days: int, hour: float = 0.0, first_day: int = 1) -> Regimen:
        """Return the regimen that gives this on each of the days.

        Args:
            days: Day numbers.
            hour: Hours after the start of each day.
            first_day: Number of the day that starts with randomisation: 1 for study days, 0 for elapsed days.

        Raises:
            ScheduleError: When a dose cannot be given as written.
        """
        return Regimen(
            tuple(
                Dose(
                    t=HOURS_PER_DAY * (day - first_day) + hour,
                    drug=self.drug,
                    route=self.route,
                    amount=self.amount,
                    unit=self.unit,
                    duration=self.duration,
                )
                for day in days
            )
        )


def dose(drug: str, amount: str, route: Route, *, over: str | None = None) -> Preparation:
    """Return a dose without its days; regimens of several are joined with ``+``.

    Args:
        drug: Name of the drug.
        amount: Number and unit, for example ``"56 mg"`` or ``"0.2 mg/kg"``; ``"0 mg"`` for placebo.
        route: The way of giving.
        over: Length of an infusion, for example ``"40 min"``.

    Raises:
        ScheduleError: When the amount or the length cannot be read.

    Example:
        >>> str(dose("esketamine", "56 mg", Route.NASAL).on_days(1, 4))
        'esketamine 56 mg nasal on days 1 4'
    """
    value, unit = amount_of(amount)
    return Preparation(drug, route, value, unit, 0.0 if over is None else duration_of(over))
