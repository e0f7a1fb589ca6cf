"""A small chain from dose to mood for tests, assembled from the mechanisms: a case says what is done to which link.

Exposure is that of the science notes (Kamp 2020, 70 kg, effect site 5 min behind), the dose curve their closed form or
a circuit's; cases run side by side on one grid of a minute after each dose.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.linalg import expm

from euthymia.evidence import load_record, source_record
from euthymia.evidence.manipulation import Hypothesis
from euthymia.pharmacology.brain import EffectSite
from euthymia.pharmacology.drugs.hydroxynorketamine import Metabolites, MetabolitesState
from euthymia.pharmacology.nmda import EquilibriumBlock
from euthymia.plasticity.bdnf import BDNF, BDNFState, Trigger
from euthymia.plasticity.gates import OPEN, GatedTrigger, Gates, inhibited
from euthymia.plasticity.learning import Learning, LearningInput, LearningState, Protection, Sessions
from euthymia.plasticity.serotonin import Serotonin, SerotoninInput, SerotoninState
from euthymia.plasticity.spines import FastPotentiation, PotentiationState, SpineInput, Spines, SpineState
from euthymia.symptoms.relief import Relief, ReliefInput
from euthymia.symptoms.severity import SeverityState

DAY = 24.0
WEIGHT, INFUSION, DOSE = 70.0, 40.0 / 60.0, 0.5  # kg, h, mg/kg
KAMP = {"V1": 25.0, "V2": 56.0, "V3": 157.0, "CL": 84.0, "Q2": 161.0, "Q3": 79.0}  # as the notes print them, 70 kg
SURGE_MAX = 0.107
PLASTICITY = source_record("plasticity")  # the numbers of the notes, before any trial
OTHERS, SITE = (load_record(name) for name in ("manipulations", "brain"))
FU = load_record("esketamine").value("fu", "1")
BLOCK = EquilibriumBlock.from_record(load_record("nmda"))
MINUTE = 1.0 / 60.0


def closed_form(c: np.ndarray) -> np.ndarray:
    """Return surge/surge_max by the notes' closed form."""
    return np.maximum(1.387 * c / (c + 1.48) ** 2 - 0.303 * c / (c + 1.48), 0.0) / SURGE_MAX


def unchanged(t: np.ndarray) -> Gates:
    return OPEN


def resting(t: np.ndarray) -> np.ndarray:
    return np.ones_like(t)


WEIGHTS = {
    Hypothesis.DISINHIBITION: (1.0, 0.0, 0.0),
    Hypothesis.DIRECT: (0.0, 1.0, 0.0),
    Hypothesis.HNK: (0.0, 0.0, 1.0),
}


@dataclass(frozen=True)
class Case:
    """What is given and what is done to the links.

    Attributes:
        hypothesis: What starts plasticity.
        doses: Day and mg/kg of each infusion over 40 min.
        curve: surge/surge_max over the free level (uM).
        block_E: Factor on the resting block of pyramidal cells.
        gates: Gates over time (h).
        HT: Serotonin relative to rest over time (h).
        therapy: Sessions.
        growth: Gain of translation on spine formation, as a share of its value; 0 erases every new spine.
        a_bdnf: Effect of the signal itself, points.
        hnk: Factor on hydroxynorketamine.
        stress: Stress over time (h).
    """

    hypothesis: Hypothesis = Hypothesis.DISINHIBITION
    doses: tuple[tuple[float, float], ...] = ((0.0, DOSE),)
    curve: Callable[[np.ndarray], np.ndarray] = closed_form
    block_E: float = 1.0
    gates: Callable[[np.ndarray], Gates] = unchanged
    HT: Callable[[np.ndarray], np.ndarray] = resting
    therapy: Sessions | None = None
    growth: float = 1.0
    a_bdnf: float = 0.0
    hnk: float = 1.0
    stress: Callable[[np.ndarray], np.ndarray] = resting


def grid(days: float, starts: tuple[float, ...]) -> np.ndarray:
    """Return times, h: a minute for 8 h after each start, then ten, then two hours; dose ends and days are on it."""
    dense = [start + np.arange(0.0, 8.0, MINUTE) for start in starts]
    middle = [start + np.arange(8.0, 48.0, 1.0 / 6.0) for start in starts]
    every = np.concatenate([*dense, *middle, np.arange(0.0, days * DAY + 1e-9, 2.0)])
    whole = np.unique(np.round(every[(every >= 0.0) & (every <= days * DAY + 1e-9)] / MINUTE).astype(int))
    return whole * MINUTE


@cache
def levels(
    doses: tuple[tuple[float, float], ...], days: float, starts: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return free ketamine at the effect site and hydroxynorketamine in plasma (placeholder kinetics), uM."""
    t = grid(days, starts)
    body = dataclasses.replace(
        Metabolites.from_record(load_record("hydroxynorketamine")),
        parent=dataclasses.replace(Metabolites.from_record(load_record("hydroxynorketamine")).parent, **KAMP),
    )
    site, zero = EffectSite.from_record(SITE), MetabolitesState(*np.zeros(12))
    A = np.zeros((13, 13))
    for column in range(12):
        state = MetabolitesState(*np.eye(12)[column])
        A[:12, column] = body.derivative(0.0, state, zero)
        A[12, column] = site.relaxation(0.0, site.initial_state(), body.levels(state)[0])[1].effect
    A[12, 12] = -site.relaxation(0.0, site.initial_state(), 0.0)[0].effect
    read = np.array([body.levels(MetabolitesState(*np.eye(12)[k]))[-1] for k in range(12)])
    infusions = [(day * DAY, day * DAY + INFUSION, amount * WEIGHT / INFUSION) for day, amount in doses]
    steps = {h: _step(A, h) for h in set(np.round(np.diff(t) / MINUTE).astype(int))}
    x, effect, hnk = np.zeros(13), np.zeros(t.size), np.zeros(t.size)
    for k in range(1, t.size):
        h = round((t[k] - t[k - 1]) / MINUTE)
        middle = 0.5 * (t[k] + t[k - 1])
        flow = sum(rate for start, stop, rate in infusions if start < middle < stop)
        x = steps[h][0] @ x + steps[h][1] * flow
        effect[k], hnk[k] = x[12], read @ x[:12]
    racemic = dataclasses.replace(site, f_S=1.0)  # the notes' site holds the racemate
    return np.asarray(racemic.racemate_equivalents(effect, FU)), hnk / SITE.value("molar_mass", "g/mol")


def _step(A: np.ndarray, minutes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrix of a step, and what a unit flow into the vein (state ``c``) adds over it."""
    vein = MetabolitesState._fields.index("c")
    wide = np.zeros((14, 14))
    wide[:13, :13], wide[vein, 13] = A, 1.0
    found = expm(wide * minutes * MINUTE)
    return found[:13, :13], found[:13, 13]


def run(cases: list[Case], days: float) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return times (h) and every slow state, [time, case]."""
    starts = tuple(sorted({day * DAY for case in cases for day, _ in case.doses} or {0.0}))
    t = grid(days, starts)
    middle = 0.5 * (t[1:] + t[:-1])
    known = {doses: levels(doses, days, starts) for doses in {case.doses for case in cases}}
    trig = np.stack([_trigger(case, t, middle, *known[case.doses]) for case in cases], axis=1)
    gates = [case.gates(middle) for case in cases]
    rho_syn, rho_elim = (
        np.stack([np.broadcast_to(getattr(g, name), middle.shape) for g in gates], axis=1)
        for name in ("rho_syn", "rho_elim")
    )
    HT = np.stack([case.HT(middle) for case in cases], axis=1)
    stress = np.stack([case.stress(middle) for case in cases], axis=1)
    ther = np.stack([case.therapy.intensity(middle) if case.therapy else 0.0 * middle for case in cases], axis=1)
    return t, _sweep(cases, t, trig, rho_syn, rho_elim, HT, stress, ther)


def _trigger(case: Case, t: np.ndarray, middle: np.ndarray, c: np.ndarray, hnk: np.ndarray) -> np.ndarray:
    w_dis, w_dir, w_hnk = WEIGHTS[case.hypothesis]
    numbers = {name: PLASTICITY.value(name, "1") for name in ("s_dis", "s_dir")}
    trigger = GatedTrigger(
        Trigger(w_dis=w_dis, w_dir=w_dir, **numbers),
        w_hnk=w_hnk,
        s_hnk=OTHERS.value("s_hnk", "1"),
        K_hnk=OTHERS.value("K_hnk", "uM"),
    )
    at = 0.5 * (c[1:] + c[:-1])
    gates = case.gates(middle)
    return np.asarray(
        trigger(case.curve(at), case.block_E * np.asarray(BLOCK(at).E), case.hnk * 0.5 * (hnk[1:] + hnk[:-1]), gates)
    )


def _sweep(cases, t, trig, rho_syn, rho_elim, HT, stress, ther) -> dict[str, np.ndarray]:
    """Step the cascade, each state exactly with what drives it held at the mean over the step."""
    signal, fast = BDNF.from_record(PLASTICITY), FastPotentiation.from_record(PLASTICITY)
    growth = np.array([case.growth for case in cases])
    spines = dataclasses.replace(Spines.from_record(PLASTICITY), y_mtor=PLASTICITY.value("y_mtor", "1") * growth)
    learning, protection = Learning.from_record(PLASTICITY), Protection.from_record(PLASTICITY)
    relief = Relief.from_record(PLASTICITY)
    a_bdnf = np.array([case.a_bdnf for case in cases])
    relief = dataclasses.replace(relief, severity=dataclasses.replace(relief.severity, a_bdnf=a_bdnf))
    rest = spines.resting()
    names = ("bdnf", "mtor", "pot", "spn", "lrn", "sev")
    y = {name: np.zeros(len(cases)) for name in names} | {"spn": np.full(len(cases), rest)}
    found = {name: np.zeros((t.size, len(cases))) for name in names}
    found["spn"][0] = rest

    def exact(old, rate, drive, h):
        gone = np.exp(-rate * h)
        new = drive / rate + (old - drive / rate) * gone
        mean = drive / rate + (old - drive / rate) * (1.0 - gone) / (rate * h)
        return new, mean

    for k, h in enumerate(np.diff(t)):
        state = BDNFState(y["bdnf"], y["mtor"])
        rate, drive = signal.relaxation(0.0, state, trig[k])
        y["bdnf"], bdnf = exact(y["bdnf"], rate.bdnf, drive.bdnf, h)
        rate, drive = inhibited(signal.relaxation(0.0, BDNFState(bdnf, y["mtor"]), trig[k]), rho_syn[k])
        y["mtor"], mtor = exact(y["mtor"], rate.mtor, drive.mtor, h)
        (rate,), (drive,) = fast.relaxation(0.0, PotentiationState(y["pot"]), bdnf)
        y["pot"], pot = exact(y["pot"], rate, drive, h)
        felt = protection.felt(stress[k], y["lrn"])
        (rate,), (drive,) = spines.relaxation(
            0.0, SpineState(y["spn"]), SpineInput(mtor, felt, HT=HT[k], rho_elim=rho_elim[k])
        )
        y["spn"], spn = exact(y["spn"], rate, drive, h)
        (rate,), (drive,) = learning.relaxation(0.0, LearningState(y["lrn"]), LearningInput(ther[k], spn / rest - 1.0))
        y["lrn"], lrn = exact(y["lrn"], rate, drive, h)
        inputs = ReliefInput(bdnf, pot, spn - rest, HT=HT[k], lrn=lrn)
        rate, drive = relief.relaxation(0.0, SeverityState(y["sev"], y["sev"]), inputs)
        y["sev"], _ = exact(y["sev"], rate.sev, drive.sev, h)
        for name in names:
            found[name][k + 1] = y[name]
    return found


def mood(cases: list[Case], hours: list[float]) -> np.ndarray:
    """Return the change of severity at these hours, points, [hour, case]."""
    t, found = run(cases, max(hours) / DAY)
    places = np.searchsorted(t, np.array(hours) - 1e-9)
    return found["sev"][places]


def serotonin(stop: float = np.inf, *, theta: float = 0.8, days: float = 100.0) -> Callable[[np.ndarray], np.ndarray]:
    """Return serotonin over time (h) by the two-state reduction: occupancy theta from 0 h until ``stop``."""
    mechanism = Serotonin.from_record(source_record("serotonin"))
    step, AR, known = 6.0, 1.0, []
    times = np.arange(0.0, days * DAY + step, step)
    for t in times:
        now = SerotoninInput(theta=theta if t <= stop else 0.0)
        known.append(float(mechanism.HT(AR, now)))
        AR += step * float(mechanism.derivative(t, SerotoninState(AR), now).AR)
    return lambda t: np.interp(t, times, known)
