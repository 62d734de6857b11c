"""One thread writes: it takes what waits in its queue and commits it together.

Many benches send at once, and a durable commit costs milliseconds. Requests that
arrived meanwhile share the next commit, each inside its own savepoint, so that one
that fails takes nothing with it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any, TypeVar

from isobole.results import IsoboleError

Answer = TypeVar("Answer")
TOGETHER = 64
"""Most jobs of one commit."""
WAIT_S = 30.0


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
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
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
        # Under the lock, so that `stop` cannot end the thread before it sees the job.
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._write, name="isobole-writer", daemon=True
                )
                self._thread.start()
            self._jobs.put(job)
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

    def stop(self) -> None:
        """Write what waits, and end the thread."""
        with self._starting:
            thread, self._thread = self._thread, None
            if thread is not None and thread.is_alive():
                self._jobs.put(None)
                thread.join(WAIT_S)

    def _write(self) -> None:
        from django.db import close_old_connections, connection

        while True:
            job = self._jobs.get()
            if job is None:
                break
            jobs, go_on = self._waiting(job)
            if connection.vendor == "postgresql":
                close_old_connections()  # its server may have been started anew
            self._commit(jobs)
            if not go_on:
                break
        connection.close()

    def _waiting(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs = [first]
        while len(jobs) < TOGETHER:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, False
            jobs.append(job)
        return jobs, True

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            answers = self._together(jobs)
        except Exception as fault:
            if len(jobs) > 1:  # one of them may be to blame: each by itself
                for job in jobs:
                    self._commit([job])
                return
            answers = [(jobs[0], None, _not_stored(fault))]
        for job, answer, error in answers:
            if error is None:
                job.done.set_result(answer)
            else:
                job.done.set_exception(error)

    def _together(self, jobs: list[_Job]) -> list[_Done]:
        """Run the jobs in one transaction, each in a savepoint of its own."""
        from django.db import DatabaseError, connection, transaction

        from isobole.lab.record._chain import Alone, forget

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
                            forget()
                            answers.append((job, None, fault))
                for job, answer, error in answers:
                    if error is None:
                        job.then(answer)
            except Exception:
                # Nothing of this commit is on the disk: read the tables anew.
                forget()
                connection.close()
                raise
        return answers


def _not_stored(fault: Exception) -> NotStored:
    failed = NotStored(
        "The database could not keep this, and nothing of it was stored: "
        f"{_why(fault)}. Free space on its disk or start it again; entries that wait "
        "on a bench are sent again by themselves"
    )
    failed.__cause__ = fault
    return failed


def _why(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


writer = Writer()
