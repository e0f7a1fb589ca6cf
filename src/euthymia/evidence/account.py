"""What the calibration trials say under each account of how treatment works, as the package keeps it: a file each.

Written by ``euthymia calibrate --mechanism NAME --write``. Rows, priors and code are those of the default's posterior;
the default's file holds only how it fits, for its posterior has a file of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence.posterior import Posterior, from_dict, posterior

SCHEMA = "euthymia.account/1"
DEFAULT = "disinhibition"
FIRST, LAST = "account-", ".json"  # of the names of files


@dataclass(frozen=True, eq=False)
class AccountFit:
    """An account after the calibration trials.

    Attributes:
        mechanism: Its name.
        log_posterior: Height of the posterior at its mode, without the constant that all accounts share.
        log_evidence: Logarithm of the probability of the rows before them, by the normal approximation, likewise.
        rms: Root of the mean square of what is left of the rows, in standard errors, with trials' own effects.
        inside: Rows in the 90 % interval of a new trial of their size.
        rows: How many rows that is of.
        ends: Height at which the search first ended, by where it began.
        left_out: Log predictive density of each trial given all others, by the normal approximation; trials that share
            people go together.
        posterior: The posterior.
    """

    mechanism: str
    log_posterior: float
    log_evidence: float
    rms: float
    inside: int
    rows: int
    ends: Mapping[str, float]
    left_out: Mapping[str, float]
    posterior: Posterior

    def to_dict(self) -> dict[str, object]:
        """Return everything as JSON-ready data, with keys in a fixed order; the default without its posterior."""
        return {
            "schema": SCHEMA,
            "mechanism": self.mechanism,
            "log_posterior": self.log_posterior,
            "log_evidence": self.log_evidence,
            "rms": self.rms,
            "inside": self.inside,
            "rows": self.rows,
            "ends": dict(self.ends),
            "left_out": dict(self.left_out),
            "posterior": None if self.mechanism == DEFAULT else self.posterior.to_dict(),
        }


def file_of(mechanism: str) -> str:
    """Return the name of an account's file."""
    return f"{FIRST}{mechanism.replace(' ', '-')}{LAST}"


@cache
def fitted_accounts() -> tuple[str, ...]:
    """Return the names of the accounts that were fitted, the default first."""
    names = [one.name for one in files("euthymia.evidence").joinpath("posteriors").iterdir()]
    found = [name[len(FIRST) : -len(LAST)].replace("-", " ") for name in names if name.startswith(FIRST)]
    return tuple(sorted(found, key=lambda name: (name != DEFAULT, name)))


@cache
def account(mechanism: str) -> AccountFit:
    """Return what the package keeps of an account.

    Args:
        mechanism: Its name, such as ``"serotonin only"``.

    Raises:
        UnknownNameError: When no account of that name was fitted.
        EvidenceError: When its file cannot be understood.
    """
    if mechanism not in fitted_accounts():
        raise UnknownNameError("fitted account", mechanism, fitted_accounts())
    name = file_of(mechanism)
    return from_text(files("euthymia.evidence").joinpath("posteriors", name).read_text(encoding="utf-8"), name)


def from_text(text: str, place: str) -> AccountFit:
    """Return the account that a JSON text describes.

    Args:
        text: The text.
        place: What to call it in errors.

    Raises:
        EvidenceError: When it is no such text.
    """
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise EvidenceError(f"{place}: schema is {data['schema']!r}; expected {SCHEMA!r}")
        numbers = {name: float(data[name]) for name in ("log_posterior", "log_evidence", "rms")}
        return AccountFit(
            mechanism=data["mechanism"],
            inside=int(data["inside"]),
            rows=int(data["rows"]),
            ends=data["ends"],
            left_out=data["left_out"],
            posterior=posterior() if data["posterior"] is None else from_dict(data["posterior"], place),
            **numbers,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{place}: not an account ({type(error).__name__}: {error})") from error
