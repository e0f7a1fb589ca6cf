"""How a dose enters the body: sprays device by device, and infusions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.engine.linear import Event
from euthymia.engine.mechanism import Source
from euthymia.errors import ScheduleError

WHOLE = 1e-6  # a dose within this share of a device counts as a whole number of devices


@dataclass(frozen=True)
class NasalDevice:
    """The spray: part of each device passes the mucosa, the rest is swallowed and reaches the gut slowly.

    Device j at its time adds content F_j to the mucosa and content (1 - F_j) F_gut over D_sw hours to the swallowed
    depot; F_1 = FRn, F_2 = F_3 = mult_dev FRn (Perez-Ruixo 2021).

    Attributes:
        content: Drug in one device, mg.
        gap: Time between devices, h.
        mult_dev: Nasal fraction of later devices, relative to the first.
        D_sw: Duration of the swallowed input, h.
        F_gut: Fraction of the swallowed part that passes the gut.
    """

    content: float
    gap: float
    mult_dev: float
    D_sw: float
    F_gut: float

    @classmethod
    def from_record(cls, record: Source) -> NasalDevice:
        """Build from the esketamine record."""
        return cls(
            content=record.value("device_content", "mg"),
            gap=record.value("device_gap", "h"),
            mult_dev=record.value("mult_dev", "1"),
            D_sw=record.value("D_sw", "h"),
            F_gut=record.value("F_gut", "1"),
        )

    def events(self, t: float, amount: np.ndarray, FRn: np.ndarray, *, mucosa: int, swallowed: int) -> list[Event]:
        """Return the inputs of one dosing visit.

        Args:
            t: Time of the first device, h.
            amount: Dose of each person, mg; whole numbers of devices.
            FRn: Nasal fraction of the first device of each person.
            mucosa: Position of the nasal state.
            swallowed: Position of the swallowed depot.

        Raises:
            ScheduleError: When a dose is not a whole number of devices.
        """
        count = amount / self.content
        if np.abs(count - np.round(count)).max(initial=0.0) > WHOLE:
            odd = amount[np.argmax(np.abs(count - np.round(count)))]
            raise ScheduleError(f"a nasal dose of {odd:g} mg is not a whole number of devices of {self.content:g} mg")
        found: list[Event] = []
        for device in range(int(np.round(count).max(initial=0.0))):
            given = np.where(np.round(count) > device, self.content, 0.0)
            F = FRn if device == 0 else self.mult_dev * FRn
            at = t + device * self.gap
            found.append(Event(at, 0.0, mucosa, given * F))
            found.append(Event(at, self.D_sw, swallowed, given * (1.0 - F) * self.F_gut))
        return found
