"""Tables answered in threads of their own, each answer kept for a while by its hash.

What is asked for twice is computed once; nothing is written to a disk, and what nobody
looks at for a quarter of an hour is forgotten.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from isobole import __version__
from isobole.analysis import TableAnswer
from isobole.lab._jobs import Job, NotYet, Pool
from isobole.lab._overtime import within
from isobole.lab.tools._table import Table
from isobole.lab.tools._tool import Tool
from isobole.lab.tools._tools import TOOLS
from isobole.results import (
    Block,
    DataError,
    IsoboleError,
    Problem,
    sha256_text,
    to_json,
)

KEEP_S = 15 * 60.0
KEPT = 48
MOST_WAITING = 8
"""More computations than this are not begun; whoever asks is told to wait."""
SOON_S = 0.9
LONG_S = 45.0
MOST = {
    "Reading rows": (20_000, "rows", "too-many-rows"),
    "Fitting curves": (60, "curves", "too-many-curves"),
    "Comparing curves": (12, "curves", "too-many-curves"),
    "Analysing arms": (16, "arms", "too-many-arms"),
}
"""What one person may ask of a server that others use too, by step of the work."""
MOST_CLAIMS = 100
MOST_S = 60.0
"""Seconds after which a computation is stopped."""


class Busy(IsoboleError):
    """Too much is being computed already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One table, one tool, its options."""

    tool: Tool
    table: Table
    values: dict[str, Any]

    @property
    def key(self) -> str:
        """Hash of all that the answer depends on."""
        parts = {
            "by": __version__,
            "tool": self.tool.name,
            "name": self.table.name,
            "sha256": self.table.sha256,
            "values": {k: repr(v) for k, v in self.values.items()},
        }
        return sha256_text(to_json(parts))[:40]

    def command(self, *more: str) -> str:
        """Return the command line that answers the same."""
        flags = [
            word
            for option in self.tool.options
            for word in option.flags(self.values[option.name])
        ]
        words = ["isobole", self.tool.command, self.table.name, *flags, *more]
        return shlex.join(words)

    def texts(self) -> dict[str, str]:
        """Return the options as they stand in the form."""
        return {
            option.name: option.text(self.values[option.name])
            for option in self.tool.options
        }


@dataclass(slots=True)
class Steps:
    """How far a computation is; written by its thread, read by pages."""

    label: str = "Waiting"
    done: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer, its report, and the JSON that the command prints."""

    answer: TableAnswer[Any]
    blocks: tuple[Block, ...]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """A computation that waits, runs, is done, or was refused."""

    asked: Asked
    steps: Steps
    job: Job[Answered]

    def answered(self, wait_s: float) -> Answered | None:
        """Return the answer, None if it is not ready within that time.

        Raises
        ------
        IsoboleError
            What the table or the options were refused for.
        """
        try:
            return self.job.answer(wait_s)
        except NotYet:
            return None


pool = Pool(KEPT, threads=2, keep_s=KEEP_S)
drawing = Pool(4 * KEPT, keep_s=KEEP_S)
"""Figures and reports: only one is drawn at a time."""


def ask(asked: Asked) -> Run:
    """Return the run of what is asked, begun if nobody asked the same before.

    Raises
    ------
    Busy
        If too many wait.
    """
    run = find(asked.key)
    if run is not None:
        return run
    if pool.unfinished >= MOST_WAITING:
        msg = "The lab computes for others; send the table again in a minute"
        raise Busy(msg)
    steps = Steps()
    job = pool.ask(asked.key, partial(_in_time, asked, steps), (asked, steps))
    return _run_of(job)


def find(key: str) -> Run | None:
    """Return a run that is still kept."""
    job = pool.find(key)
    return None if job is None else _run_of(job)


def _run_of(job: Job[Answered]) -> Run:
    asked, steps = job.about
    return Run(asked, steps, job)


def _in_time(asked: Asked, steps: Steps) -> Answered:
    refusal = Problem(
        "takes-too-long",
        f"The computation was stopped after {MOST_S:.0f} s, for others wait",
        file=asked.table.name,
        remedy="Send fewer rows, group animals of one dose, or use the command line, "
        f"which has no such limit: {asked.command()}",
    )
    return within(MOST_S, partial(_answer, asked, steps), refusal)


def _answer(asked: Asked, steps: Steps) -> Answered:
    answer = asked.tool.answer(
        asked.table.stream(), **asked.values, progress=partial(_step, asked, steps)
    )
    steps.label, steps.total = "Writing the report", None
    body = answer.to_dict(asked.command("--json"))
    return Answered(answer, tuple(answer.report()), body)


@contextmanager
def _step(asked: Asked, steps: Steps, label: str) -> Iterator[Any]:
    steps.label, steps.done, steps.total = label, 0, None
    most, unit, code = MOST.get(label, (0, "", ""))
    if asked.tool is TOOLS["audit"]:
        most = MOST_CLAIMS

    def told(done: int, total: int | None) -> None:
        steps.done, steps.total = done, total
        count = max(done, total or 0)
        if most and count > most:
            raise DataError([_beyond(asked, count, most, unit, code)])

    yield told


def _beyond(asked: Asked, count: int, most: int, unit: str, code: str) -> Problem:
    return Problem(
        code,
        f"The table has {count} {unit}, more than the lab computes while others wait",
        file=asked.table.name,
        expected=f"at most {most} {unit}",
        remedy="Send fewer at a time, or use the command line, which has no such "
        f"limit: {asked.command()}",
    )
