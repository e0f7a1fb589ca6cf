"""Blood pressure: a rise at a dosing visit that follows the same net drive as dissociation."""

from __future__ import annotations

from typing import ClassVar

import equinox as eqx

from euthymia.engine.mechanism import Scalar, parameter


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
