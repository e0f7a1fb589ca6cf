"""What else is the matter with the people who are treated: impaired kidneys or liver, and other drugs they take."""

from __future__ import annotations

from dataclasses import dataclass

from euthymia.pharmacology.covariates import ChildPugh, Renal


@dataclass(frozen=True)
class Condition:
    """What changes kinetics in everybody of a group.

    Only what was published acts, and only on the drugs of a regimen for which it was: the others stay as they are.

    Attributes:
        renal: Impairment of the kidney.
        hepatic: Impairment of the liver.
        alongside: Other drugs taken all the time, such as "rifampicin"; several multiply, which is assumed.
    """

    renal: Renal = Renal.NORMAL
    hepatic: ChildPugh = ChildPugh.NORMAL
    alongside: tuple[str, ...] = ()

    @property
    def impaired(self) -> bool:
        """Whether kidney or liver is impaired."""
        return self.renal > Renal.NORMAL or self.hepatic > ChildPugh.NORMAL


HEALTHY = Condition()
