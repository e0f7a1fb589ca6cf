"""What other drugs do to the way from the trigger to connections: gates on the trigger, and inhibited synthesis."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Self

import equinox as eqx

from euthymia.engine.mechanism import Scalar, Source, parameter
from euthymia.errors import EuthymiaError
from euthymia.evidence.manipulation import Manipulation, Term
from euthymia.plasticity.bdnf import BDNFState, Trigger


class Gates(NamedTuple):
    """What is left of each step, 1 without a drug; and the shares of synthesis and elimination that a drug stops, 0."""

    AMPA: Scalar = 1.0
    OP: Scalar = 1.0
    BZD: Scalar = 1.0
    TrkB: Scalar = 1.0
    rho_syn: Scalar = 0.0
    rho_elim: Scalar = 0.0


OPEN = Gates()
ACTING = {
    Term.GATE_AMPA: "AMPA",
    Term.GATE_OP: "OP",
    Term.GATE_BZD: "BZD",
    Term.GATE_TRKB: "TrkB",
    Term.RHO_SYN: "rho_syn",
    Term.RHO_ELIM: "rho_elim",
}


class GatedTrigger(eqx.Module):
    r"""Three hypotheses of what starts plasticity, behind the gates that other drugs move.

        trig = AMPA OP TrkB (w_dis s_dis BZD surge/surge_max + w_dir s_dir rblk
                             + w_hnk s_hnk c_hnk/(c_hnk + K_hnk))                                           (1)

    A benzodiazepine acts on the surge alone; the gates of AMPA receptors, opioids and TrkB are downstream of every
    hypothesis, so they cannot tell them apart. K_hnk and s_hnk are placeholders without a source.
    """

    sources: ClassVar = ("williams2018", "maeng2008", "autry2011")
    trigger: Trigger
    w_hnk: Scalar = parameter("1", "weight of the hydroxynorketamine hypothesis")
    s_hnk: Scalar = parameter("1", "scale of the hydroxynorketamine trigger")
    K_hnk: Scalar = parameter("uM", "level of hydroxynorketamine of half effect")

    @classmethod
    def from_records(cls, plasticity: Source, manipulations: Source) -> Self:
        """Build from the plasticity record and that of the manipulations."""
        trigger = Trigger(**{name: plasticity.value(name, "1") for name in ("w_dis", "w_dir", "s_dis", "s_dir")})
        own = {"w_hnk": "1", "s_hnk": "1", "K_hnk": "uM"}
        return cls(trigger=trigger, **{name: manipulations.value(name, unit) for name, unit in own.items()})

    def __call__(
        self, relative_surge: Scalar, resting_block: Scalar, c_hnk: Scalar = 0.0, gates: Gates = OPEN
    ) -> Scalar:
        """Return the trigger.

        Args:
            relative_surge: surge/surge_max.
            resting_block: Blocked share of resting receptors on pyramidal cells.
            c_hnk: Free hydroxynorketamine, uM.
            gates: What other drugs leave of each step.
        """
        hnk = self.w_hnk * self.s_hnk * c_hnk / (c_hnk + self.K_hnk)
        started = self.trigger(gates.BZD * relative_surge, resting_block) + hnk
        return gates.AMPA * gates.OP * gates.TrkB * started  # (1)


def inhibited(relaxation: tuple[BDNFState, BDNFState], rho_syn: Scalar) -> tuple[BDNFState, BDNFState]:
    r"""Return rate and drive of BDNF and translation with a share of synthesis inhibited.

        tau_mtor dmtor/dt = (1 - rho_syn) bdnf - mtor                                                       (2)

    Args:
        relaxation: Rate and drive of ``BDNF.relaxation``.
        rho_syn: Inhibited share of synthesis, 0 to 1.
    """
    rate, drive = relaxation
    return rate, drive._replace(mtor=(1.0 - rho_syn) * drive.mtor)  # (2)


def gates_by(row: Manipulation, term: Term) -> Gates:
    """Return the gates under a row of the table of manipulations, right after the drug is given.

    Args:
        row: The row.
        term: Which of its terms.

    Raises:
        UnknownNameError: When the row does not change that term.
        EuthymiaError: When the term is not a gate of plasticity.
    """
    size = row.size(term)
    if term not in ACTING or size is None:
        known = ", ".join(t.value for t in ACTING)
        raise EuthymiaError(f"{row.name!r} acts on {term.value}, which is no gate of plasticity; gates: {known}")
    return OPEN._replace(**{ACTING[term]: size.to("1")})


def together(*several: Gates) -> Gates:
    r"""Return the gates under several drugs at once.

        gate = product of the gates,   1 - rho = product of the (1 - rho)                                   (3)

    Independent actions are assumed.
    """
    found = OPEN
    for gates in several:
        opened = {name: getattr(found, name) * getattr(gates, name) for name in ("AMPA", "OP", "BZD", "TrkB")}
        rho = {
            name: 1.0 - (1.0 - getattr(found, name)) * (1.0 - getattr(gates, name)) for name in ("rho_syn", "rho_elim")
        }
        found = Gates(**opened, **rho)  # (3)
    return found
