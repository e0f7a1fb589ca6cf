"""Blood pressure: at a visit it follows the net drive of dissociation; in long infusions, the level itself."""

from __future__ import annotations

from typing import ClassVar

import equinox as eqx

from euthymia.engine.mechanism import AbstractNumbers, Scalar, parameter


class Pressure(eqx.Module):
    r"""Mean rise of pressure over the level before the dose.

        E_SBP = E_SBP_coefficient z^E_SBP_exponent    (z in ng/mL)                                          (1)
        E_DBP = DBP_ratio E_SBP                                                                             (2)

    It is over after about two and a half hours, so it does not reproduce the four hours of the United States label.
    """

    sources: ClassVar = ("langsjo2005",)
    E_SBP_coefficient: Scalar = parameter("mmHg", "rise of systolic pressure at z = 1 ng/mL")
    E_SBP_exponent: Scalar = parameter("1", "exponent of the net level")
    DBP_ratio: Scalar = parameter("1", "diastolic over systolic rise")

    def systolic(self, z: Scalar) -> Scalar:
        """Return the rise of systolic pressure, mmHg, at net drive ``z`` (ng/mL)."""
        return self.E_SBP_coefficient * z**self.E_SBP_exponent  # (1)

    def diastolic(self, z: Scalar) -> Scalar:
        """Return the rise of diastolic pressure, mmHg."""
        return self.DBP_ratio * self.systolic(z)  # (2)


class SteadyPressure(AbstractNumbers):
    r"""Rise of mean arterial pressure while a level is held, as in long infusions and anaesthesia.

        E_MAP = E_MAP_coefficient C^E_MAP_exponent    (C of S-ketamine, ng/mL)                              (1)

    No tolerance: six infusions in a row raised pressure alike. Its domain is a level that hardly changes for an hour
    or more, from about 85 to about 2000 ng/mL, where the curve was set; a nasal visit belongs to `Pressure`.
    """

    sources: ClassVar = ("langsjo2005",)
    E_MAP_coefficient: Scalar = parameter("mmHg", "rise of mean arterial pressure at 1 ng/mL")
    E_MAP_exponent: Scalar = parameter("1", "exponent of the level")
    C_MAP_low: Scalar = parameter("ng/mL", "lowest level behind the curve")
    C_MAP_high: Scalar = parameter("ng/mL", "highest level behind the curve")

    def arterial(self, C: Scalar) -> Scalar:
        """Return the rise of mean arterial pressure, mmHg, at a held S-ketamine level ``C`` (ng/mL)."""
        return self.E_MAP_coefficient * C**self.E_MAP_exponent  # (1)

    def covers(self, C: Scalar) -> Scalar:
        """Return whether a level lies where the curve was set."""
        return (self.C_MAP_low <= C) & (self.C_MAP_high >= C)
