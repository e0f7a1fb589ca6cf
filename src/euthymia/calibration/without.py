"""The posterior without some of its trials: their rows are told nothing, and the search goes on from the mode of all.

Nothing is conducted or compiled again from one trial to the next. What averaging over trials' effects adds to the slope
is taken once, at the mode of all trials. A trial that is left out keeps effects of its own, which fall back to their
prior and so change nothing for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import jax.numpy as jnp
import numpy as np

from euthymia.calibration.artefact import kept
from euthymia.calibration.fixed import PEOPLE, fix
from euthymia.calibration.likelihood import Errors, errors
from euthymia.calibration.model import Model, build
from euthymia.calibration.posterior import Slopes, averaging_at, climb
from euthymia.calibration.priors import priors
from euthymia.calibration.whole import Found, from_posterior, sizes_of
from euthymia.evidence.posterior import Posterior
from euthymia.trials.catalogue import load_trial


@dataclass(frozen=True, eq=False)
class All:
    """Everything that was fitted, ready to be climbed again without a part of it.

    Attributes:
        model: The trials, conducted at the mode, and their rows.
        errors: How rows scatter.
        slopes: Compiled slopes.
        x: The mode.
        averaging: What averaging over effects adds to the slope there.
    """

    model: Model
    errors: Errors
    slopes: Slopes
    x: np.ndarray
    averaging: np.ndarray

    @classmethod
    def of(cls, posterior: Posterior, *, seed: int = 1, people: int = PEOPLE) -> All:
        """Conduct the trials of a posterior once, at its mode.

        Args:
            posterior: The posterior.
            seed: Seed of the named streams.
            people: People that stand for each arm.
        """
        sizes = sizes_of(posterior, priors())
        fixed = [fix(load_trial(name), seed=seed, people=people, sizes=sizes) for name in posterior.trials]
        model = build(fixed, sizes=sizes)
        x = from_posterior(model, posterior)
        scatter, slopes = errors(model, jnp.asarray(x)), Slopes(model)
        return cls(model, scatter, slopes, x, averaging_at(model, scatter, x, slopes))

    def without(self, trials: Sequence[str], *, command: str) -> Posterior:
        """Return the posterior of the other trials.

        Args:
            trials: Whose rows say nothing.
            command: What makes it again.
        """
        model = self.model
        hidden = np.array([row.trial in trials for row in model.all_rows])
        rows = np.concatenate([hidden, np.zeros(len(model.published()) - hidden.size, dtype=bool)])
        scatter = self.errors.without(rows)
        mode = climb(model, scatter, self.x, slopes=self.slopes, fine=False, averaging=self.averaging)
        found = kept(Found(model, scatter, mode, 1), command=command)
        return replace(
            found,
            trials=tuple(name for name in found.trials if name not in trials),
            effects=tuple(one for one in found.effects if one.trial not in trials),
            rows=found.rows - int(hidden.sum()),
        )
