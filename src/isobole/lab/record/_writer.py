"""One thread writes: it takes what waits in its queue and commits it together.

Many benches send at once, and a durable commit costs milliseconds. Requests that
arrived meanwhile share the next commit, each inside its own savepoint, so that one
that fails takes nothing with it.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any, TypeVar

from isobole.results import IsoboleError

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)
TOGETHER = 64
"""Most jobs of one commit."""
WAIT_S = 30.0
_BROKE = ("08", "57P", "40003")
"""SQLSTATE of a connection that breaks, a server that stops, an outcome not known."""


class NotStored(IsoboleError):
    """Nothing of a job was stored: the disk is full or the database is away."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    then: Callable[[Any], None]
    done: Future[Any]


_Done = tuple[_Job, Any, Exception | None]


class Writer:
    """The only thread that adds rows; started when first used."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[_Job, ...] | None] = queue.SimpleQueue()
        self._beside = threading.local()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def run(
        self,
        work: Callable[[], Answer],
        then: Callable[[Answer], None] = lambda _: None,
    ) -> Answer:
        """Run `work` in a transaction; return its answer once that is on the disk.

        `then` is called with the answer after the commit, before the next job.

        Raises
        ------
        NotStored
            If the database could not keep it; nothing of it was kept then.
        RuntimeError
            If the caller holds a transaction: on SQLite each would wait for the other.
        Exception
            What `work` raised; nothing of it was kept then.
        """
        from django.db import connection

        if threading.current_thread() is self._thread:
            answer = work()  # asked for by a job: it is part of that job
            then(answer)
            return answer
        if connection.in_atomic_block:
            msg = "The writer was called inside a transaction; give it the whole work"
            raise RuntimeError(msg)
        job = _Job(work, then, Future())
        jobs = (*self._taken(), job)
        # Under the lock, so that `stop` cannot end the thread before it sees the job.
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._write, name="isobole-writer", daemon=True
                )
                self._thread.start()
            self._jobs.put(jobs)
        try:
            stored: Answer = job.done.result(WAIT_S * 4)
        except FutureTimeout as error:
            if job.done.done():  # the work itself raised it
                raise
            msg = (
                "The database did not answer in time, and whether this is stored is "
                "not known. Send it again: what is stored is not stored twice"
            )
            raise NotStored(msg) from error
        return stored

    def along(self, work: Callable[[], None]) -> None:
        """Keep work for this thread's next job, so that it costs no commit of its own.

        It stands or fails by itself. `settle` runs it if no job came. It is not worth
        an answer of its own: that it failed is logged, not raised.
        """
        job = _Job(work, _nothing, Future())
        job.done.add_done_callback(_logged)
        self._beside.jobs = (*self._taken(), job)

    def settle(self) -> None:
        """Run what this thread kept with `along` and gave to no job."""
        if getattr(self._beside, "jobs", ()):
            try:
                self.run(_nothing)
            except NotStored as fault:
                _log.warning("Something beside the record was not stored: %s", fault)

    def _taken(self) -> tuple[_Job, ...]:
        jobs: tuple[_Job, ...] = getattr(self._beside, "jobs", ())
        self._beside.jobs = ()
        return jobs

    def stop(self) -> None:
        """Write what waits, and end the thread."""
        with self._starting:
            thread = self._thread
            if thread is not None and thread.is_alive():
                self._jobs.put(None)
                # It is known as the writer to the end: its jobs may ask for more.
                thread.join(WAIT_S)
            self._thread = None

    def _write(self) -> None:
        from django.db import close_old_connections, connection

        while True:
            first = self._jobs.get()
            if first is None:
                break
            jobs, go_on = self._waiting(first)
            if connection.vendor == "postgresql":
                close_old_connections()  # its server may have been started anew
            self._commit(jobs)
            if not go_on:
                break
        connection.close()

    def _waiting(self, first: tuple[_Job, ...]) -> tuple[list[_Job], bool]:
        jobs = [*first]
        while len(jobs) < TOGETHER:
            try:
                more = self._jobs.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return jobs, False
            jobs += more
        return jobs, True

    def _commit(
        self, jobs: list[_Job], *, again: bool = False, doubtful: bool = False
    ) -> None:
        try:
            answers = self._together(jobs)
        except Exception as fault:
            doubtful = doubtful or _unconfirmed(fault)
            if len(jobs) > 1:  # one of them may be to blame: each by itself
                for job in jobs:
                    self._commit([job], doubtful=doubtful)
                return
            if _unconfirmed(fault) and not again:
                # It may be on the disk: a job that is done again finds what it wrote.
                self._commit(jobs, again=True, doubtful=True)
                return
            answers = [(jobs[0], None, _not_stored(fault, sure=not doubtful))]
        for job, answer, error in answers:
            if error is None:
                job.done.set_result(answer)
            else:
                job.done.set_exception(error)

    def _together(self, jobs: list[_Job]) -> list[_Done]:
        """Run the jobs in one transaction, each in a savepoint of its own."""
        from django.db import DatabaseError, connection, transaction

        from isobole.lab.record._chain import Alone, reread

        answers: list[_Done] = []
        with Alone() as alone:
            try:
                with transaction.atomic():
                    alone.take()
                    for job in jobs:
                        try:
                            # One alone needs no savepoint: it takes nothing with it.
                            with transaction.atomic(savepoint=len(jobs) > 1):
                                answers.append((job, job.work(), None))
                        except DatabaseError:
                            raise
                        except Exception as fault:
                            # What it added in memory is not in the tables.
                            reread()
                            answers.append((job, None, fault))
                for job, answer, error in answers:
                    if error is None:
                        job.then(answer)
            except Exception:
                # Nothing of this commit is on the disk: read the tables anew.
                reread()
                connection.close()
                raise
        return answers


def _logged(done: Future[Any]) -> None:
    if (fault := done.exception()) is not None:
        _log.warning("Something beside the record was not stored: %s", fault)


def _nothing(answer: object = None) -> None:
    """Do nothing: what a job does when it has nothing to do."""


def _unconfirmed(fault: Exception) -> bool:
    """Say whether the connection broke, so that a commit may have been made or not.

    A file that SQLite cannot write to is no such case: there nothing was kept. Nor is
    it one if the server itself says what failed, such as a full disk.
    """
    from django.db import InterfaceError, OperationalError, connection

    if connection.vendor != "postgresql":
        return False
    said = getattr(fault.__cause__, "sqlstate", None) or ""
    return isinstance(fault, OperationalError | InterfaceError) and (
        not said or said.startswith(_BROKE)
    )


def _not_stored(fault: Exception, *, sure: bool) -> NotStored:
    said = (
        "The database could not keep this, and nothing of it was stored"
        if sure
        else "The connection to the database broke, and whether this is stored is not "
        "known. Send it again: what is stored is not stored twice"
    )
    failed = NotStored(
        f"{said}: {_why(fault)}. Free space on its disk or start it again; entries "
        "that wait on a bench are sent again by themselves"
    )
    failed.__cause__ = fault
    return failed


def _why(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


writer = Writer()
