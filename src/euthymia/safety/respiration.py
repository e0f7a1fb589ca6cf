"""Breathing and heart: stimulated within the anaesthetic range, and where that ends."""

from __future__ import annotations

from typing import ClassVar

from euthymia.engine.mechanism import AbstractNumbers, Scalar, parameter


class Respiration(AbstractNumbers):
    r"""Minute ventilation under S-ketamine and an opioid, and the risk of pushing a large dose in too fast.

        dV = dV_reference (C / (C + C_opioid)) (C_reference + C_opioid) / C_reference                       (1)
        remaining = 1 - r / (r + 1 + C / C_opioid)                                                          (2)
        V = (V_rest + dV) remaining                                                                         (3)
        P(apnoea) = (rate / rate_apnoea)^h_apnoea / (1 + (rate / rate_apnoea)^h_apnoea)                     (4)

    C is S-ketamine in plasma (the published effect on an opioid's depression follows plasma itself), ng/mL; r is the
    opioid's level over its own C50 of depression. (2) doubles that C50 at C_opioid: ketamine works against the
    opioid's depression, it does not add to it. The hyperbola in (1), drawn through one measured point, and the curve
    in (4), drawn beyond the label's fastest injection (4.5 mg/kg over a minute), are assumed; the label warns of
    depression after rapid large doses without a number.
    """

    sources: ClassVar = ("jonkman2018", "bja2024", "ketalarlabel")
    V_rest: Scalar = parameter("L/min", "minute ventilation at rest")
    dV_reference: Scalar = parameter("L/min", "rise of ventilation at the reference level")
    C_reference: Scalar = parameter("ng/mL", "S-ketamine at the end of 1 mg/kg over 3 h")
    C_opioid: Scalar = parameter("ng/mL", "S-ketamine that doubles an opioid's C50 of depression")
    rate_apnoea: Scalar = parameter("mg/(kgbw*min)", "rate of injection of racemate that stops breathing in half")
    h_apnoea: Scalar = parameter("1", "Hill coefficient of the rate")

    def ventilation(self, C: Scalar, opioid: Scalar = 0.0) -> Scalar:
        """Return minute ventilation, L/min, at S-ketamine ``C`` (ng/mL, plasma) and an opioid level over its C50."""
        rise = self.dV_reference * C / (C + self.C_opioid) * (self.C_reference + self.C_opioid) / self.C_reference
        remaining = 1.0 - opioid / (opioid + 1.0 + C / self.C_opioid)  # (2)
        return (self.V_rest + rise) * remaining  # (1), (3)

    def apnoea(self, rate: Scalar) -> Scalar:
        """Return the probability that breathing stops for a while after racemate at ``rate``, mg/(kg min)."""
        powered = (rate / self.rate_apnoea) ** self.h_apnoea
        return powered / (1.0 + powered)  # (4)


class HeartRate(AbstractNumbers):
    r"""Rise of heart rate while a level is held.

        dHR = dHR_reference (C / C_reference)^E_HR_exponent                                                 (1)

    One measured point; the exponent is that of the pressure in long infusions (assumed).
    """

    sources: ClassVar = ("bja2024",)
    dHR_reference: Scalar = parameter("1/min", "rise of heart rate at the reference level")
    C_reference: Scalar = parameter("ng/mL", "S-ketamine at the end of 1 mg/kg over 3 h")
    E_HR_exponent: Scalar = parameter("1", "exponent of the level")

    def rise(self, C: Scalar) -> Scalar:
        """Return the rise of heart rate, beats per minute, at a held S-ketamine level ``C`` (ng/mL)."""
        return self.dHR_reference * (C / self.C_reference) ** self.E_HR_exponent  # (1)
