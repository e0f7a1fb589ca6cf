"""What is believed before the trials are looked at: a prior for each free number, from its record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import cache

from euthymia.calibration import first_light, tablets
from euthymia.errors import UnknownNameError
from euthymia.evidence import Parameter, load_record, source_record
from euthymia.evidence.grade import Grade
from euthymia.models.accounts import Mechanism
from euthymia.symptoms.setting import Setting

WIDTHS = {
    Grade.PATIENTS: "width_patients",
    Grade.ANIMALS: "width_animals",
    Grade.FITTED: "width_fitted",
    Grade.ASSUMED: "width_assumed",
}
# Not free, because the data see them only as products with others: a_spn and a_bdnf (gain, signal), s_dis (k_pot,
# y_mtor, signal). Held by the specification: chi, spn_max, tau_sev.
PLASTICITY = ("tau_bdnf", "tau_mtor", "k_pot", "tau_pot", "y_mtor", "k_spn", "a_pot")
SEROTONIN = ("f_res", "kappa", "AR_min", "K_AR", "tau_AR")
FROM_PLASTICITY = ("y_5HT", "a_5HT")  # of the amplitudes, which were fitted to data used here
SPREADS = ("sd_trial_visit", "sd_trial_oral", "discrepancy", "occupancy_odds")
# What has no meaning under an account: what it takes to be 0, and how autoreceptors adapt where they do not.
RULED_OUT = {
    Mechanism.SEROTONIN_ONLY: ("amplitudes.y_5HT",),
    Mechanism.PLASTICITY_ONLY: ("amplitudes.a_5HT", "serotonin.AR_min", "serotonin.K_AR", "serotonin.tau_AR"),
}
FROM_MEAN = 1.0  # width of the two above


class Scale(Enum):
    """The scale on which a number is normal before the trials."""

    LOG = "log"
    LOGIT = "logit"


@dataclass(frozen=True)
class Prior:
    """A free number before the trials: normal on a scale.

    Attributes:
        name: Record and symbol, as `euthymia.evidence.find` knows it.
        unit: Unit of the centre.
        centre: The middle, in the record's unit.
        width: SD on the scale.
        scale: Logarithm, or log odds of a share.
        why: Where centre and width come from.
    """

    name: str
    unit: str
    centre: float
    width: float
    scale: Scale
    why: str

    def value(self, x: float) -> float:
        """Return the number ``x`` SDs from the middle; for JAX's arrays too, by `euthymia.calibration.model`."""
        if self.scale is Scale.LOG:
            return self.centre * math.exp(self.width * x)
        odds = self.centre / (1.0 - self.centre) * math.exp(self.width * x)
        return odds / (1.0 + odds)

    def place(self, value: float) -> float:
        """Return how many SDs from the middle a number lies."""
        if self.scale is Scale.LOG:
            return math.log(value / self.centre) / self.width
        return (math.log(value / (1.0 - value)) - math.log(self.centre / (1.0 - self.centre))) / self.width


@cache
def priors() -> tuple[Prior, ...]:
    """Return the priors of all free numbers, in a fixed order."""
    return (
        *(_wide(name, *first_light.FREE[name]) for name in first_light.FREE),
        _wide("sd_trial_gain", first_light.FIRST_GAIN_SD, load_record("calibration").value("width_assumed", "1")),
        *(_of_fit(f"amplitudes.{name}_{Setting.TABLETS}") for name in tablets.FREE),
        *(_of_record("plasticity." + name) for name in PLASTICITY),
        *(_of_mean(name) for name in FROM_PLASTICITY),
        *(_of_record("serotonin." + name) for name in SEROTONIN),
        _of_record("amplitudes.sd_trial_care"),
        *(_of_record("calibration." + name) for name in SPREADS),
    )


def free_under(mechanism: Mechanism) -> tuple[Prior, ...]:
    """Return the priors of the numbers that an account of how treatment works leaves free, in the same order.

    Args:
        mechanism: The account; it leaves out what it rules out (`RULED_OUT`).
    """
    return tuple(one for one in priors() if one.name not in RULED_OUT.get(mechanism, ()))


def prior_of(name: str) -> Prior:
    """Return the prior of a free number.

    Raises:
        UnknownNameError: When no free number has that name.
    """
    found = {one.name: one for one in priors()}
    if name not in found:
        raise UnknownNameError("free number", name, found)
    return found[name]


def before(name: str) -> Parameter:
    """Return a number as its record's file has it, before the trials.

    Args:
        name: Record and symbol with a dot between.
    """
    record, _, symbol = name.partition(".")
    return source_record(record)[symbol]


def width_of(grade: Grade) -> float:
    """Return the width of a prior by the grade of its record alone."""
    return load_record("calibration").value(WIDTHS[grade], "1")


def _wide(name: str, centre: float, width: float) -> Prior:
    """Return a prior as wide as in the first fit: the record holds what was fitted to the very rows used here."""
    unit = source_record("amplitudes")[name].unit
    why = "assumed, wide; the record was fitted to these rows"
    return Prior("amplitudes." + name, unit, centre, width, Scale.LOG, why)


def _of_fit(name: str) -> Prior:
    """Return a prior by a fit to other data (pooled arms of pill placebo), no narrower than a stated width."""
    parameter = before(name)
    least = load_record("calibration").value("least_width", "1")
    width = max(math.sqrt(math.log1p((parameter.cv or 0.0) ** 2)), least)
    return Prior(name, parameter.unit, parameter.value, width, Scale.LOG, "fitted to pooled arms of pill placebo")


def _of_mean(name: str) -> Prior:
    parameter = source_record("plasticity")[name]
    why = "value of the plasticity record, wide; that of the amplitudes was fitted to data used here"
    return Prior("amplitudes." + name, parameter.unit, parameter.value, FROM_MEAN, Scale.LOG, why)


def _of_record(name: str) -> Prior:
    """Return a prior from a record: its uncertainty where it states one, else the width of its grade."""
    parameter = before(name)
    stated = None if parameter.cv is None else math.sqrt(math.log1p(parameter.cv**2))
    share = parameter.low == 0.0 and parameter.high == 1.0
    width = width_of(parameter.grade) if stated is None else stated
    why = parameter.grade.value if stated is None else "stated uncertainty"
    return Prior(name, parameter.unit, parameter.value, width, Scale.LOGIT if share else Scale.LOG, why)
