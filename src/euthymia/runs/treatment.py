"""One treatment in many people as a job: any range of them can be treated alone, and is the same people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from euthymia.engine.course import Course
from euthymia.engine.device import Dtype
from euthymia.errors import UnknownNameError
from euthymia.models.accounts import Mechanism
from euthymia.models.asked import Asked
from euthymia.models.condition import HEALTHY, Condition
from euthymia.patients.who import ANYBODY, Who, who_spoken
from euthymia.pharmacology.covariates import ChildPugh, Renal
from euthymia.store.moments import Moments, moments
from euthymia.store.shards import Rows, Shard
from euthymia.treatment.dose import Dose
from euthymia.treatment.regimen import Regimen
from euthymia.treatment.sentence import regimen as parsed

if TYPE_CHECKING:
    from euthymia.patients.population import People
    from euthymia.pharmacology.body import Normal
    from euthymia.runs.job import Load

PEOPLE_A_SHARD = 512  # whole blocks of the engine
MOOD = "MADRS"
WHO = ("person", "age", "female", "weight", "baseline", "t_h")  # columns beside the variables


@dataclass(frozen=True)
class Treatment:
    """A treatment, who gets it, and how it is followed.

    Attributes:
        regimen: What is given.
        days: How long, days.
        population: Number of people; 1 is a typical person.
        seed: Seed of the named streams.
        fast: One pass over the grid instead of two.
        dtype: Digits with which the chain is computed.
        condition: What else is the matter with the people.
        asked: What they are given beside the regimen, and the account of how treatment works.
        safety: Whether harms are followed too.
        keep: Variables that are kept; all of them where empty.
        command: The command that makes it again.
        who: Who is treated.
    """

    regimen: Regimen
    days: float = 28.0
    population: int = 1
    seed: int = 1
    fast: bool = False
    dtype: Dtype = Dtype.FLOAT64
    condition: Condition = HEALTHY
    asked: Asked = field(default_factory=Asked)
    safety: bool = True
    keep: tuple[str, ...] = ()
    command: str = ""
    who: Who = ANYBODY

    kind: ClassVar[str] = "simulate"

    @property
    def units(self) -> int:
        """Number of people."""
        return self.population

    @property
    def a_shard(self) -> int:
        """People a shard."""
        return PEOPLE_A_SHARD

    @property
    def title(self) -> str:
        """The treatment in words."""
        return " | ".join((str(self.regimen), *self.asked.words, *self.who.said))

    def request(self) -> dict[str, Any]:
        """Return what was asked for, as plain data."""
        return {
            "regimen": str(self.regimen),
            "days": float(self.days),
            "fast": self.fast,
            "kidneys": self.condition.renal.name,
            "liver": self.condition.hepatic.name,
            "alongside": list(self.condition.alongside),
            "therapy": self.asked.therapy,
            "beside": list(self.asked.others),
            "deplete_on": self.asked.deplete_on,
            "mechanism": self.asked.mechanism.value,
            "safety": self.safety,
            "keep": list(self.keep),
            **({} if self.who == ANYBODY else {"who": list(self.who.said)}),
            **({} if self.dtype is Dtype.FLOAT64 else {"dtype": self.dtype.value}),
        }

    @classmethod
    def from_provenance(cls, held: Mapping[str, Any]) -> Self:
        """Return the treatment that a provenance describes."""
        asked = held["request"]
        return cls(
            regimen=parsed(asked["regimen"]),
            days=asked["days"],
            population=held["units"],
            seed=held["seed"],
            fast=asked["fast"],
            dtype=Dtype(asked.get("dtype", Dtype.FLOAT64)),
            condition=Condition(Renal[asked["kidneys"]], ChildPugh[asked["liver"]], tuple(asked["alongside"])),
            asked=Asked(asked["therapy"], tuple(asked["beside"]), asked["deplete_on"], Mechanism(asked["mechanism"])),
            safety=asked["safety"],
            keep=tuple(asked["keep"]),
            command=held["command"],
            who=who_spoken(asked.get("who", ())),
        )

    def check(self) -> None:
        """Refuse a variable that is to be kept where the course of a typical person lacks it.

        Raises:
            UnknownNameError: Naming the nearest that there is.
        """
        if self.keep:
            _, course = replace(self, population=1).course(range(1), None)
            self._kept(course)

    def course(self, numbers: range, threads: int | None, only: Collection[str] | None = None) -> tuple[People, Course]:
        """Return some of the people and their course, with what the whole one says of itself.

        Args:
            numbers: Which of the people.
            threads: Worker threads; all cores when None.
            only: Names of the variables that are wanted; all when None.
        """
        from euthymia.engine.stream import Stream
        from euthymia.evidence import load_record
        from euthymia.models.course import treat
        from euthymia.models.dosing import setting_of
        from euthymia.patients.population import draw
        from euthymia.symptoms.setting import under

        stream, alone = Stream(self.seed).fold("simulate"), self.population == 1
        sizes = under(load_record("amplitudes"), setting_of(self.regimen.doses))
        first, stop = numbers.start, numbers.stop
        people = self.who.typical(sizes) if alone else draw(stream, first, stop, self.who.traits(), amplitudes=sizes)

        def normals(drug: str) -> Normal:
            if alone:
                return lambda purpose: np.zeros(1)
            return lambda purpose: stream.fold("drug", drug).normal(purpose, first, stop)[:, 0]

        course = treat(
            people,
            self.regimen,
            normals,
            days=self.days,
            seed=None if alone else self.seed,
            fast=self.fast,
            dtype=self.dtype,
            threads=threads,
            condition=self.condition,
            beside=self.asked.beside(),
            chain=self.asked.chain(),
            safety=self.safety,
            only=only,
        )
        return people, replace(course, meta=replace(course.meta, regimen=self.title, assumptions=self.assumptions()))

    def rows(self, numbers: range, threads: int | None) -> Rows:
        """Return the people's course, a row a person and time."""
        people, course = self.course(numbers, threads)
        names = self._kept(course)
        count, times = len(numbers), course.t.size
        who = (np.arange(numbers.start, numbers.stop), people.age, people.female, people.weight, people.baseline_rating)
        columns = dict(zip(WHO, (*(np.repeat(each, times) for each in who), np.tile(course.t, count)), strict=True))
        values = {name: course.series(name).people().reshape(-1) for name in names}
        said = {
            "t_h": course.t.tolist(),
            "variables": {name: [course.series(name).unit, course.series(name).label] for name in names},
            "engine": course.meta.engine,
            "error_estimate": dict(course.meta.error_estimate),
        }
        return Rows(columns | values, said)

    def moments(self, rows: Rows) -> Mapping[str, Moments]:
        """Return the moments of every variable at the end, with its unit."""
        last = len(rows.extra["t_h"]) - 1
        named = rows.extra["variables"].items()
        return {
            f"{name} at the end, {unit}": moments(rows.columns[name][last :: last + 1]) for name, (unit, _) in named
        }

    def views(self) -> Mapping[str, str]:
        """Return the course, and the people."""
        return {"course": "SELECT * FROM rows", "people": f"SELECT DISTINCT {', '.join(WHO[:-1])} FROM rows"}

    def result(self, shards: tuple[Shard, ...], load: Load) -> Course:
        """Return the course of everybody, whose variables are read when they are asked for."""
        from euthymia.runs.course import stored_course

        return stored_course(self, shards, load)

    def _kept(self, course: Course) -> list[str]:
        """Return the variables of a course that are kept, in its order."""
        if lacking := [name for name in self.keep if name not in course.names]:
            raise UnknownNameError("variable of this course", lacking[0], course.names)
        return [name for name in course.names if not self.keep or name in self.keep]

    def assumptions(self) -> tuple[dict[str, object], ...]:
        """Return every number of the records that it is computed from."""
        from euthymia.trials.results import chain_assumptions

        return chain_assumptions() + beyond_the_chain(self.regimen.doses, self.asked.records)


def beyond_the_chain(doses: Iterable[Dose], further: Sequence[str] = ()) -> tuple[dict[str, object], ...]:
    """Return every number of the records that these drugs bring in, and of further ones, beside those of the chain."""
    from euthymia.evidence import load_record
    from euthymia.models.records import records_of
    from euthymia.trials.results import CHAIN_RECORDS, assumption

    names = sorted({*records_of(doses), *further} - {*CHAIN_RECORDS})
    return tuple(assumption(each) for name in names for each in load_record(name).parameters)
