"""A plan worked out beside the requests, and what it is doing meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from isobole.lab._jobs import Job, Pool
from isobole.lab._overtime import within
from isobole.lab.pages._plan_question import PlanKind
from isobole.lab.pages._plan_read import read
from isobole.results import DataError, IsoboleError, Problem

PATIENCE_S = 1.5
"""How long a request waits for its result before it answers that work goes on."""
MOST_WAITING = 8
MOST_S = 60.0
"""Seconds after which a plan is stopped: others wait for theirs."""
pool = Pool(kept=48, keep_s=3600)


@dataclass(slots=True)
class Work:
    """One computation that tells its steps."""

    kind: PlanKind
    given: Mapping[str, Any]
    said: str = "Waiting for its turn"

    def __call__(self) -> Any:
        """Compute."""
        self.said = "Computing"
        compute = partial(self.kind.compute, dict(self.given), self.step)
        return within(MOST_S, compute, _too_long())

    def step(self, done: int, total: int | None) -> None:
        """Take note of a step."""
        of = "" if total is None else f" of {total}"
        self.said = f"Computing: step {done}{of}"


@dataclass(frozen=True, slots=True)
class PlanJob:
    """A plan that was asked for."""

    job: Job[Any]
    work: Work | None = field(default=None)

    @property
    def said(self) -> str:
        """What it is doing."""
        return "Computing" if self.work is None else self.work.said

    def wait(self, seconds: float = PATIENCE_S) -> bool:
        """Wait for the end; say whether it came."""
        with suppress(Exception):
            self.job.answer(seconds)
        return self.job.future.done()

    def result(self) -> Any:
        """Return the result of a plan that ended.

        Raises
        ------
        DataError
            If it could not be computed: why, and what to do.
        """
        error = self.job.future.exception()
        if error is None:
            return self.job.future.result()
        if isinstance(error, DataError):
            raise error
        if isinstance(error, IsoboleError | ValueError | OverflowError):
            raise DataError([_failed(str(error))]) from error
        raise DataError([_fault()]) from error


_works: dict[str, Work] = {}


def plan_job(kind: PlanKind, values: Mapping[str, str]) -> PlanJob:
    """Return the computation of a form, begun now if nobody asked for it before.

    Raises
    ------
    DataError
        If a field cannot be read, or too many computations wait.
    """
    given = read(kind, values)
    text = json.dumps([kind.name, given], sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()
    if pool.find(key) is None:
        if pool.unfinished >= MOST_WAITING:
            raise DataError([_busy()])
        _works[key] = Work(kind, given)
        for old in list(_works)[: max(len(_works) - 64, 0)]:
            del _works[old]
    work = _works.get(key) or Work(kind, given)
    return PlanJob(pool.ask(key, work), work)


def _too_long() -> Problem:
    return Problem(
        "takes-too-long",
        f"The computation was stopped after {MOST_S:.0f} s, for others wait",
        remedy="Ask for fewer doses or animals, or use the command line, which has no "
        "such limit: isobole plan",
    )


def _failed(said: str) -> Problem:
    return Problem(
        "not-computed",
        said or "It cannot be computed",
        remedy="Change what is expected and compute again",
    )


def _fault() -> Problem:
    return Problem(
        "fault",
        "Something in isobole itself failed",
        remedy="The server's log says what; try other values",
    )


def _busy() -> Problem:
    return Problem(
        "busy",
        "Many computations wait already",
        remedy="Try again in a minute; nothing is lost",
    )
