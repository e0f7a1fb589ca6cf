"""The command lines that give the same numbers, as a user would type them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from euthymia.models.accounts import Mechanism
from euthymia.web.schemas_circuit import CircuitAsked, RasterAsked, SynapseAsked
from euthymia.web.schemas_job import PowerJob, ScoreJob, TrialJob

if TYPE_CHECKING:
    from euthymia.runs.treatment import Treatment

OWN_FILE = "my_trial.toml"


def simulated(asked: Treatment, alongside: Sequence[str]) -> str:
    """Return the command of a treatment.

    Args:
        asked: The treatment.
        alongside: Other drugs, as they were named.
    """
    words: list[object] = ["euthymia", "simulate", asked.regimen, "--days", f"{asked.days:g}"]
    words += ["--patients", asked.population] if asked.population > 1 else []
    words += ["--seed", asked.seed]
    kidneys, liver = asked.condition.renal.name, asked.condition.hepatic.name
    words += [] if kidneys == "NORMAL" else ["--kidneys", kidneys.lower()]
    words += [] if liver == "NORMAL" else ["--liver", liver]
    words += [word for drug in alongside for word in ("--with", drug)]
    words += ["--therapy", asked.asked.therapy] if asked.asked.therapy else []
    told = asked.asked.mechanism
    words += [] if told is Mechanism.DISINHIBITION else ["--mechanism", told.value]
    words += [] if asked.asked.deplete_on is None else ["--deplete-on", f"{asked.asked.deplete_on:g}"]
    words += [word for phrase in asked.who.said for word in ("--who", phrase)]
    words += [word for name in asked.keep for word in ("--keep", name)]
    return _spelled(*words, *(["--fast"] if asked.fast else []))


def circuit(asked: CircuitAsked) -> str:
    """Return the command of a circuit."""
    levels = " ".join(f"{level:.15g}" for level in asked.levels)
    words: list[object] = ["euthymia", "circuit", "--ketamine", f"{levels} uM", *_changes(asked.changes)]
    return _spelled(*words, *(["--spectrum"] if asked.spectrum else []), "--json")


def raster(asked: RasterAsked) -> str:
    """Return the command of a raster."""
    words: list[object] = ["euthymia", "circuit", "--ketamine", f"{asked.level:.15g} uM", *_changes(asked.changes)]
    return _spelled(*words, "--spiking", "--neurons", asked.cells, "--ms", asked.ms, "--seed", asked.seed, "--json")


def synapse(asked: SynapseAsked) -> str:
    """Return the command of a synapse, which prints every way of acting."""
    return _spelled("euthymia", "circuit", "--synapse", asked.receptor, "--level", f"{asked.level:.15g}", "--json")


def trial(asked: TrialJob) -> str:
    """Return the command of a conducted trial."""
    words = ("euthymia", "trial", "run", asked.trial or OWN_FILE)
    return _spelled(*words, "--replicates", asked.replicates, "--seed", asked.seed)


def power(asked: PowerJob) -> str:
    """Return the command of a power study."""
    words: list[object] = ["euthymia", "trial", "power", asked.trial or OWN_FILE, "--replicates", asked.replicates]
    words += ["--alpha", f"{asked.alpha:g}"]
    words += [] if asked.margin is None else ["--margin", f"{asked.margin:g}"]
    words += [] if asked.arm is None else ["--arm", asked.arm]
    words += [] if asked.target is None else ["--target", f"{asked.target:g}", "--largest", asked.largest]
    words += ["--assurance"] * asked.assurance + ["--trials-differ"] * asked.trials_differ
    return _spelled(*words, "--seed", asked.seed)


def score(asked: ScoreJob) -> str:
    """Return the command of a score."""
    flags = ["--loo"] * asked.leave_out
    return _spelled("euthymia", "score", *asked.trials, *flags, "--replicates", asked.replicates, "--seed", asked.seed)


def _changes(changes: Sequence[str]) -> list[object]:
    return [word for change in changes for word in ("--change", change)]


def _spelled(*words: object) -> str:
    return shlex.join(str(word) for word in words)
