"""What people are given beside the drugs of a regimen: sessions of therapy, other drugs on the same way, depletion."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import jax
import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.evidence.manipulation import Manipulation, Term
from euthymia.models.chain import Chain
from euthymia.models.exposure import Exposure
from euthymia.models.following import Given, with_states
from euthymia.models.reads import OUTPUT_NAMES
from euthymia.plasticity.gates import ACTING, gates_by, together
from euthymia.plasticity.learning import WEEK, Sessions

THERAPY, DEPLETED = OUTPUT_NAMES["therapy"], OUTPUT_NAMES["depleted"]
FADING = {Term.RHO_SYN: OUTPUT_NAMES["rho_syn"], Term.RHO_ELIM: OUTPUT_NAMES["rho_elim"]}
IN_THE_CIRCUIT = (Term.GABA_A, Term.RELEASE, Term.NMDA_SST, Term.NMDA_E)
MEMANTINE = "memantine"
SUBUNITS = ("2B", "2D", "2C")  # GluN2 subunits of pyramidal cells, PV and SST interneurons


@dataclass(frozen=True)
class Depletion:
    """A passing lack of releasable serotonin, as after a drink without tryptophan.

    Attributes:
        t: When, h.
        share: Part of the supply that is missing at first.
        half_life: Time in which half of it has come back, h.
    """

    t: float
    share: float
    half_life: float

    def __post_init__(self) -> None:
        """Refuse what cannot be missing.

        Raises:
            EuthymiaError: When the share is not from 0 to below 1, or the half-life is not above 0.
        """
        if not (0.0 <= self.share < 1.0 and self.half_life > 0.0):
            raise EuthymiaError(f"depletion of {self.share!r} for {self.half_life!r} h; expected 0 to 1 and above 0 h")


@dataclass(frozen=True)
class Beside:
    """What is given beside the drugs of a regimen.

    Attributes:
        therapy: Sessions of behavioural therapy.
        others: Rows of the table of manipulations that act on the chain.
        depletions: Passing lacks of serotonin.
    """

    therapy: Sessions | None = None
    others: tuple[Manipulation, ...] = ()
    depletions: tuple[Depletion, ...] = field(default=())

    def on(self, chain: Chain) -> Chain:
        """Return the chain as other drugs leave it; what fades is a state of its own (`states`)."""
        for row in self.others:
            chain = _under(chain, row)
        return chain

    def states(self, exposed: Exposure) -> tuple[Exposure, list[Given]]:
        """Return the exposure with what comes and goes, and what reaches it."""
        persons = np.ones(exposed.linear.persons)
        rates: dict[str, float] = {}
        given: list[Given] = []
        if self.therapy:
            rates[THERAPY] = 0.0
            given += [Given(THERAPY, t, size * persons) for t, size in therapy_steps(self.therapy).items()]
        for one in self.depletions:
            rates[DEPLETED] = math.log(2.0) / one.half_life
            given.append(Given(DEPLETED, one.t, one.share * persons))
        for row in self.others:
            for term in set(dict(row.terms)) & set(FADING):
                rates[FADING[term]] = math.log(2.0) / load_record("manipulations").value("t_rapamycin", "h")
                given.append(Given(FADING[term], 0.0, getattr(gates_by(row, term), ACTING[term]) * persons))
        if not rates:
            return exposed, []
        return with_states(exposed, rates, {name: {name: 1.0} for name in rates}), given

    @property
    def records(self) -> tuple[str, ...]:
        """Names of the records that this brings in."""
        asked = {"therapy": self.therapy, "manipulations": self.others, "depletion": self.depletions}
        return tuple(name for name, what in asked.items() if what)


NOTHING = Beside()


def therapy_steps(therapy: Sessions) -> Mapping[float, float]:
    """Return the steps of the intensity of therapy by their time, h; none where one session follows on another."""
    steps: defaultdict[float, float] = defaultdict(float)
    size = WEEK / therapy.practice
    for t in therapy.times:
        steps[t] += size
        steps[t + therapy.practice] -= size
    return {t: step for t, step in sorted(steps.items()) if step}


def _under(chain: Chain, row: Manipulation) -> Chain:
    """Return the chain under one row of the table."""
    terms = dict(row.terms)
    for term in set(terms) & set(ACTING) - set(FADING):
        chain = replace(chain, gates=jax.tree.map(np.asarray, together(chain.gates, gates_by(row, term))))
    in_circuit = [(term, _size(row, term)) for term in terms if term in IN_THE_CIRCUIT]
    if in_circuit or row.name == MEMANTINE:
        chain = _in_circuit(chain, in_circuit, _left_by_memantine(row) if row.name == MEMANTINE else ())
    if Term.BLOCK_E in terms:
        chain = _scaled(chain, "s_dir", _size(row, Term.BLOCK_E))
    if Term.SPINES in terms:
        chain = replace(chain, spines=replace(chain.spines, y_mtor=0.0 * chain.spines.y_mtor))
    return chain


def _scaled(chain: Chain, name: str, factor: float) -> Chain:
    inner = chain.trigger.trigger
    changed = replace(inner, **{name: factor * getattr(inner, name)})
    return replace(chain, trigger=replace(chain.trigger, trigger=changed))


def _left_by_memantine(row: Manipulation) -> tuple[float, ...]:
    """Return the share of NMDA receptors of E, PV and SST that lasting memantine leaves, with magnesium."""
    size = row.size(Term.CIRCUIT)
    if size is None:
        raise EuthymiaError(f"{row.name!r} has no level; expected one in the record manipulations")
    level, subunits = size.to("uM"), load_record("nmda_subunits")
    half = (subunits.value(f"IC50_Mg_{subunit}_memantine", "uM") for subunit in SUBUNITS)
    return tuple(each / (level + each) for each in half)


def _in_circuit(chain: Chain, terms: Sequence[tuple[Term, float]], left: Sequence[float]) -> Chain:
    """Return the chain with the dose curve of a changed circuit, relative to the largest surge of the unchanged one.

    The changed circuit is its own rest: what lasts has no surge of its own.
    """
    from euthymia.circuit.manipulation import GABA_A, NMDA, changed, release
    from euthymia.circuit.mean_field import MeanField, Population
    from euthymia.circuit.surge import half_block_levels, solve_dose_curve

    acting = {
        Term.GABA_A: GABA_A,
        Term.RELEASE: release,
        Term.NMDA_SST: lambda left: NMDA(Population.SST, left),
        Term.NMDA_E: lambda left: NMDA(Population.E, left),
    }
    blocked = [NMDA(population, share) for population, share in zip(Population, left, strict=False)]
    circuit = changed(MeanField.from_evidence(), *(acting[term](size) for term, size in terms), *blocked)
    curve = replace(solve_dose_curve(circuit, half_block_levels()), peak=chain.circuit.peak)
    return replace(chain, circuit=jax.tree.map(np.asarray, curve))


def _size(row: Manipulation, term: Term) -> float:
    found = row.size(term)
    if found is None:
        raise EuthymiaError(f"{row.name!r} has no size of {term.value}; expected one in the record manipulations")
    return found.to("1")
