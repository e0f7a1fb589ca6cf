"""The full serotonin terminal: nineteen states from tryptophan in blood to serotonin outside and what it feeds back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from euthymia.engine.mechanism import AbstractMechanism, Scalar, Source
from euthymia.engine.steady import Root, checked, fixed_point, settling_newton
from euthymia.plasticity.varicosity_removal import Autoreceptors, Removal, Transporter
from euthymia.plasticity.varicosity_supply import Form, Synthesis, Vesicles

PARTS = (Synthesis, Vesicles, Removal, Transporter, Autoreceptors)
RESIDUAL = 1e-9  # uM/h; what counts as rest, a billionth of the smallest flux
STEPS = 400


class VaricosityState(NamedTuple):
    """The nineteen states, uM; those of the transporter (s_) relative to rest.

    Attributes:
        btrp: Tryptophan in blood.
        bh2: Dihydrobiopterin.
        bh4: Tetrahydrobiopterin.
        trp: Tryptophan in the cell.
        pool: Tryptophan in store.
        htp: 5-hydroxytryptophan.
        c5: Serotonin in the cytosol.
        v5: Serotonin in ready vesicles.
        r5: Serotonin in the reserve.
        e5: Serotonin outside.
        g5: Serotonin in glia.
        hiaa: 5-HIAA.
        ba: Bound autoreceptors.
        Gs: Active G protein.
        Ts: Its active regulator.
        s_ph: Phosphorylation-regulated transporters at the surface.
        s_pool: Transporters in the internal pool.
        s_srf: Active transporters at the surface.
        s_ina: Inactivated transporters.
    """

    btrp: Scalar
    bh2: Scalar
    bh4: Scalar
    trp: Scalar
    pool: Scalar
    htp: Scalar
    c5: Scalar
    v5: Scalar
    r5: Scalar
    e5: Scalar
    g5: Scalar
    hiaa: Scalar
    ba: Scalar
    Gs: Scalar
    Ts: Scalar
    s_ph: Scalar
    s_pool: Scalar
    s_srf: Scalar
    s_ina: Scalar


RELATIVE = ("s_ph", "s_pool", "s_srf", "s_ina")


class VaricosityInput(NamedTuple):
    """What is done to the terminal; the defaults are rest.

    Attributes:
        I_esc: Free escitalopram in brain, uM.
        fire: Firing relative to tonic.
        mao: Share of monoamine oxidase that is inhibited.
        vmat: Share of the packing carrier that is blocked, as by reserpine.
        tryptophan: Share of blood tryptophan that is taken away.
    """

    I_esc: Scalar = 0.0
    fire: Scalar = 1.0
    mao: Scalar = 0.0
    vmat: Scalar = 0.0
    tryptophan: Scalar = 0.0


REST = VaricosityInput()


class Varicosity(AbstractMechanism[VaricosityState, VaricosityInput]):
    r"""One varicosity of a serotonin neuron.

        dbtrp/dt   = arrival - J_in                                                                     (1)
        dbh2/dt    = J_tph - J_drr                                                                      (2)
        dbh4/dt    = J_drr - J_tph                                                                      (3)
        dtrp/dt    = J_in - J_tph - J_pool - k_trp trp                                                  (4)
        dpool/dt   = J_pool - k_pool pool                                                               (5)
        dhtp/dt    = J_tph - J_aadc                                                                     (6)
        dc5/dt     = J_aadc - J_v - J_r + J_sert - J_mao(c5) - k_leak (c5 - e5)                         (7)
        dv5/dt     = J_v - J_rel + J_mob                                                                (8)
        dr5/dt     = J_r - J_mob                                                                        (9)
        de5/dt     = J_rel - J_sert - J_up2 - k_out e5 + k_leak (c5 - e5) + k_leak (g5 - e5)            (10)
        dg5/dt     = J_up2 - J_mao(g5) - k_leak (g5 - e5)                                               (11)
        dhiaa/dt   = J_mao(c5) + J_mao(g5) - k_hiaa hiaa                                                (12)
        dba/dt     = kon_ba e5 (ba_total - ba) - koff_ba ba                                             (13)
        dGs/dt     = k_Gs ba^2 (Gs_total - Gs) - k_GsTs Ts Gs                                           (14)
        dTs/dt     = k_Ts Gs^2 (Ts_total - Ts) - koff_Ts Ts                                             (15)
        ds_ph/dt   = k_ps s_pool - k_sp s_ph                                                            (16)
        ds_pool/dt = -ds_ph/dt                                                                          (17)
        ds_srf/dt  = ds_ph/dt - k_si s_srf + k_is s_ina                                                 (18)
        ds_ina/dt  = k_si s_srf - k_is s_ina                                                            (19)

    The fluxes stand with the parts. Conserved: bh2 + bh4, s_ph + s_pool, and s_srf + s_ina - s_ph. Stiff: bound
    autoreceptors and regulator move at 200 per hour, stores in days. In the published form a sustained drug drains
    the reserve below nothing within days (`Form`); hours are physical, weeks are not. In the bounded form outside
    serotonin then falls nearly to rest, because synthesis cannot make up for what is lost: use `Serotonin` for weeks.
    """

    sources: ClassVar = ("mena2024", "best2020")
    synthesis: Synthesis
    vesicles: Vesicles
    removal: Removal
    transporter: Transporter
    autoreceptors: Autoreceptors
    start: VaricosityState

    @classmethod
    def parameters(cls) -> dict[str, tuple[str, str]]:
        """Return unit and meaning of the parameters of all parts, and of the start."""
        units = {name: "1" if name in RELATIVE else "uM" for name in VaricosityState._fields}
        start = {f"start_{name}": (unit, f"{name} at the start") for name, unit in units.items()}
        return {name: known for part in PARTS for name, known in part.parameters().items()} | start

    @classmethod
    def from_record(cls, record: Source, form: Form = Form.BOUNDED) -> Self:
        """Build from the record `varicosity`, in the given form of the reserve."""
        units = {name: unit for name, (unit, _) in cls.parameters().items()}
        start = (record.value(f"start_{name}", units[f"start_{name}"]) for name in VaricosityState._fields)
        return cls(
            synthesis=Synthesis.from_record(record),
            vesicles=replace(Vesicles.from_record(record), form=form),
            removal=Removal.from_record(record),
            transporter=Transporter.from_record(record),
            autoreceptors=Autoreceptors.from_record(record),
            start=VaricosityState(*start),
        )

    def initial_state(self) -> VaricosityState:
        """Return the start: that of the authors, or rest after `rested`."""
        return VaricosityState(*self.start)

    def derivative(self, t: Scalar, state: VaricosityState, inputs: VaricosityInput) -> VaricosityState:
        """Return the rates of change per hour."""
        y, u, removal, auto = state, inputs, self.removal, self.autoreceptors
        feedback = auto(y.Gs)
        J_in = self.synthesis.uptake(y.btrp)
        J_tph = self.synthesis.hydroxylation(y.trp, y.bh4, feedback.f_syn)
        J_drr = self.synthesis.recycling(y.bh2, y.bh4)
        J_pool = self.synthesis.storing(y.trp, y.pool)
        J_aadc = self.synthesis.decarboxylation(y.htp)
        packed = self.vesicles(y.c5, y.v5, y.r5, fire=u.fire, f_rel=feedback.f_rel, block=u.vmat)
        J_sert = self.transporter.reuptake(y.e5, y.s_srf, u.I_esc)
        J_up2 = removal.glial(y.e5)
        from_cytosol, from_glia = removal.breakdown(y.c5, u.mao), removal.breakdown(y.g5, u.mao)
        inward, glial_leak = removal.k_leak * (y.c5 - y.e5), removal.k_leak * (y.g5 - y.e5)
        k = self.transporter.traffic(feedback.dG, u.I_esc)
        to_surface = k.k_ps * y.s_pool - k.k_sp * y.s_ph
        inactivated = k.k_si * y.s_srf - k.k_is * y.s_ina
        return VaricosityState(
            btrp=self.synthesis.arrival(y.btrp, u.tryptophan) - J_in,  # (1)
            bh2=J_tph - J_drr,  # (2)
            bh4=J_drr - J_tph,  # (3)
            trp=J_in - J_tph - J_pool - self.synthesis.k_trp * y.trp,  # (4)
            pool=J_pool - self.synthesis.k_pool * y.pool,  # (5)
            htp=J_tph - J_aadc,  # (6)
            c5=J_aadc - packed.ready - packed.reserve + J_sert - from_cytosol - inward,  # (7)
            v5=packed.ready - packed.released + packed.mobilised,  # (8)
            r5=packed.reserve - packed.mobilised,  # (9)
            e5=packed.released - J_sert - J_up2 - removal.k_out * y.e5 + inward + glial_leak,  # (10)
            g5=J_up2 - from_glia - glial_leak,  # (11)
            hiaa=from_cytosol + from_glia - removal.k_hiaa * y.hiaa,  # (12)
            ba=auto.kon_ba * y.e5 * (auto.ba_total - y.ba) - auto.koff_ba * y.ba,  # (13)
            Gs=auto.k_Gs * y.ba**2 * (auto.Gs_total - y.Gs) - auto.k_GsTs * y.Ts * y.Gs,  # (14)
            Ts=auto.k_Ts * y.Gs**2 * (auto.Ts_total - y.Ts) - auto.koff_Ts * y.Ts,  # (15)
            s_ph=to_surface,  # (16)
            s_pool=-to_surface,  # (17)
            s_srf=to_surface - inactivated,  # (18)
            s_ina=inactivated,  # (19)
        )


def conserved(state: VaricosityState) -> tuple[Scalar, Scalar, Scalar]:
    """Return bh2 + bh4 (uM), s_ph + s_pool and s_srf + s_ina - s_ph, which nothing in the terminal changes."""
    return state.bh2 + state.bh4, state.s_ph + state.s_pool, state.s_srf + state.s_ina - state.s_ph


def resting(model: Varicosity, inputs: VaricosityInput = REST) -> VaricosityState:
    """Return the state in which nothing changes under constant inputs, with the start's conserved quantities.

    A reserve above what the carrier can hold neither grows nor shrinks, so rests differ in it alone; given is the one
    that an emptier reserve fills up to.

    Args:
        model: One terminal.
        inputs: What is done to it; nothing by default.

    Returns:
        The state, each number an array of no dimension.

    Raises:
        ConvergenceError: When there is none near the start, as in the published form under a sustained drug.
    """
    model, inputs = jax.tree.map(lambda value: jnp.asarray(value, float), (model, inputs))
    return VaricosityState(*checked(rest_root(model, inputs), "the serotonin varicosity").solution)


@eqx.filter_jit
def rest_root(model: Varicosity, inputs: VaricosityInput) -> Root:
    """Return what `resting` gives as a root, which has derivatives in the numbers of model and inputs."""
    totals = conserved(model.start)

    def residual(x: Any, given: tuple[Varicosity, VaricosityInput]) -> Any:
        one, done = given
        y, vesicles = VaricosityState(*x), one.vesicles
        f_rel = one.autoreceptors(y.Gs).f_rel
        packed = vesicles(y.c5, y.v5, y.r5, fire=done.fire, f_rel=f_rel, block=done.vmat)
        filling = vesicles.packing(y.c5, done.vmat) - vesicles.k_vesicle * y.r5 - packed.mobilised
        bh2, s_pool, s_ina = (before - now for now, before in zip(conserved(y), totals, strict=True))
        change = one.derivative(0.0, y, done)
        return jnp.stack([*change._replace(r5=filling, bh2=bh2, s_pool=s_pool, s_ina=s_ina)])

    start = jnp.stack([*model.start])
    return fixed_point(residual, start, (model, inputs), search=settling_newton, tolerance=RESIDUAL, steps=STEPS)


def rested(model: Varicosity) -> Varicosity:
    """Return the same terminal, starting from its own rest state (the authors' start drifts by some percent)."""
    return eqx.tree_at(lambda one: one.start, model, VaricosityState(*map(np.asarray, resting(model))))
