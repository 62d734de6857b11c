"""Analyses run one after the other in a thread of their own; the last few are kept.

An analysis takes seconds, and its page says so meanwhile. What is kept is bounded, and
found again by the head of the record it was made from.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")
logger = logging.getLogger(__name__)
KEPT = 8


@dataclass(eq=False)
class Job(Generic[Made]):
    """One computation that waits, runs, or is done."""

    future: Future[Made]
    asked: float = field(default_factory=time.monotonic)
    started: float | None = None
    took: float | None = None

    @property
    def waited_s(self) -> int:
        """Whole seconds since it was asked for."""
        return int(time.monotonic() - self.asked)


class Pool:
    """Computations by key, each made once; at most `kept` answers stay in memory."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._jobs: OrderedDict[Hashable, Job[Any]] = OrderedDict()
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="isobole-analysis")

    def ask(self, key: Hashable, work: Callable[[], Made]) -> Job[Made]:
        """Return the computation of that key, begun if nobody asked before."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                job = Job(Future())
                self._jobs[key] = job
                self._threads.submit(_run, job, work)
            self._jobs.move_to_end(key)
            done = [k for k, j in self._jobs.items() if j.future.done() and k != key]
            for old in done[: max(0, len(self._jobs) - self._kept)]:
                del self._jobs[old]
            return job

    def find(self, key: Hashable) -> Job[Any] | None:
        """Return a computation that was asked for before, if it is kept."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: Hashable) -> None:
        """Let the next to ask begin anew."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.future.done():
                del self._jobs[key]

    def clear(self) -> None:
        """Forget every answer; what runs goes on and is found by nobody."""
        with self._lock:
            self._jobs.clear()

    def last_took(self, belongs: Callable[[Hashable], bool]) -> float | None:
        """Return how many seconds the last kept computation of these keys took."""
        with self._lock:
            for key, job in reversed(self._jobs.items()):
                if job.took is not None and belongs(key):
                    return job.took
        return None

    def __len__(self) -> int:
        return len(self._jobs)


def _run(job: Job[Made], work: Callable[[], Made]) -> None:
    job.started = time.monotonic()
    try:
        answer = work()
    except Exception as error:
        from isobole.results import IsoboleError

        if not isinstance(error, IsoboleError):
            logger.exception("An analysis failed")
        job.took = time.monotonic() - job.started
        job.future.set_exception(error)
    else:
        job.took = time.monotonic() - job.started
        job.future.set_result(answer)


pool = Pool()
