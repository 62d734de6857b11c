"""Work that takes seconds, in a few threads of its own; the last answers are kept.

A page says meanwhile how far it is. What is kept is bounded, in number and if wanted
in time, and found again by a key made of what went into it.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import (
    CancelledError,
    Future,
    ThreadPoolExecutor,
    TimeoutError as FutureTimeout,
)
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Any, Generic, TypeVar

from isobole.results import IsoboleError

Made = TypeVar("Made")
logger = logging.getLogger(__name__)
KEPT = 8
WAITING = 6
"""Most requests that wait for a computation: the other threads answer meanwhile."""
QUEUE_S = 1.0
_waiting = BoundedSemaphore(WAITING)


class NotYet(Exception):
    """The answer is not there yet."""


@dataclass(eq=False)
class Job(Generic[Made]):
    """One computation that waits, runs, or is done; `about` is its owner's."""

    future: Future[Made]
    about: Any = None
    asked: float = field(default_factory=time.monotonic)
    started: float | None = None
    took: float | None = None
    asked_again: float = field(default_factory=time.monotonic)

    def answer(self, wait_s: float) -> Made:
        """Return the answer as soon as it is there.

        Raises
        ------
        NotYet
            If it is not there within that time; at once if many requests wait already.
        Exception
            What the work raised.
        """
        if not self.future.done():
            if not _waiting.acquire(timeout=min(wait_s, QUEUE_S)):
                raise NotYet
            try:
                self.future.exception(wait_s)
            except (FutureTimeout, CancelledError):
                raise NotYet from None
            finally:
                _waiting.release()
        try:
            return self.future.result(0)
        except CancelledError:
            raise NotYet from None

    @property
    def waited_s(self) -> int:
        """Whole seconds since it was asked for."""
        return int(time.monotonic() - self.asked)


READ_AT_ONCE = 2
_reading = BoundedSemaphore(READ_AT_ONCE)


@contextmanager
def one_of_few() -> Iterator[None]:
    """Let only a few requests read large files at once; the others are told so.

    Raises
    ------
    IsoboleError
        If as many are being read as may be.
    """
    if not _reading.acquire(timeout=QUEUE_S):
        msg = "Files of others are being read; send yours again in a minute"
        raise IsoboleError(msg)
    try:
        yield
    finally:
        _reading.release()


class Pool:
    """Computations by key, each made once; few answers stay in memory.

    Parameters
    ----------
    kept : int
        Most answers kept.
    threads : int
        How many run at once.
    keep_s : float, optional
        Seconds after which an answer nobody asked for again is dropped.
    """

    def __init__(
        self, kept: int = KEPT, *, threads: int = 1, keep_s: float | None = None
    ) -> None:
        self._kept = kept
        self._keep_s = keep_s
        self._jobs: OrderedDict[Hashable, Job[Any]] = OrderedDict()
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="isobole-work")

    def ask(
        self, key: Hashable, work: Callable[[], Made], about: Any = None
    ) -> Job[Made]:
        """Return the computation of that key, begun if nobody asked before."""
        with self._lock:
            self._drop_old()
            job = self._jobs.get(key)
            if job is None:
                job = Job(Future(), about)
                self._jobs[key] = job
                self._threads.submit(_run, job, work)
            self._jobs.move_to_end(key)
            job.asked_again = time.monotonic()
            done = [k for k, j in self._jobs.items() if j.future.done() and k != key]
            for old in done[: max(0, len(self._jobs) - self._kept)]:
                del self._jobs[old]
            return job

    def find(self, key: Hashable) -> Job[Any] | None:
        """Return a computation that was asked for before, if it is kept."""
        with self._lock:
            self._drop_old()
            job = self._jobs.get(key)
            if job is not None:
                job.asked_again = time.monotonic()
            return job

    def _drop_old(self) -> None:
        if self._keep_s is None:
            return
        since = time.monotonic() - self._keep_s
        for key, job in list(self._jobs.items()):
            if job.future.done() and job.asked_again < since:
                del self._jobs[key]

    @property
    def unfinished(self) -> int:
        """How many computations run or wait."""
        return self.unfinished_of(lambda key, about: True)

    def unfinished_of(self, belongs: Callable[[Hashable, Any], bool]) -> int:
        """Return how many of these computations, by key and owner, run or wait."""
        with self._lock:
            return sum(
                not job.future.done() and belongs(key, job.about)
                for key, job in self._jobs.items()
            )

    def drop_waiting(self, belongs: Callable[[Hashable], bool]) -> None:
        """Forget computations of these keys that have not begun: nobody needs them."""
        with self._lock:
            for key, job in list(self._jobs.items()):
                if belongs(key) and job.future.cancel():
                    del self._jobs[key]

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
    if not job.future.set_running_or_notify_cancel():
        return
    job.started = time.monotonic()
    try:
        answer = work()
    except Exception as error:
        if not isinstance(error, IsoboleError):
            logger.exception("Work of a page failed")
        job.took = time.monotonic() - job.started
        job.future.set_exception(error)
    else:
        job.took = time.monotonic() - job.started
        job.future.set_result(answer)
