"""The processes of a build: the same ones from its first page to its last file."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context
from types import TracebackType
from typing import Self, TypeVar

from isobole.results import IsoboleError

Part = TypeVar("Part")
Made = TypeVar("Made")


_LOADED = ("isobole.monograph._build_worker", "isobole.monograph._read")
"""What every process needs: loaded once, where they are forked from."""


class Workers:
    """Processes that know how to read pages, started when there is work for them.

    One worker is this process itself: it works when a result is asked for.

    Parameters
    ----------
    count : int
        How many.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def begin(self, work: Callable[[Part], Made], part: Part) -> Callable[[], Made]:
        """Begin some work; return what waits for its result."""
        if self.count == 1:
            return lambda: work(part)
        made = self._processes().submit(work, part)

        def result() -> Made:
            try:
                return made.result()
            except BrokenProcessPool as error:
                raise _broken() from error

        return result

    def each(
        self, work: Callable[[Part], Made], parts: Iterable[Part]
    ) -> Iterator[Made]:
        """Work on many parts; return results as they come."""
        if self.count == 1:
            yield from map(work, parts)
            return
        left = iter(parts)
        pool = self._processes()
        # A few wait in line; all of them at once would hold every result.
        waiting: set[Future[Made]] = set()
        try:
            while True:
                for part in left:
                    waiting.add(pool.submit(work, part))
                    if len(waiting) >= 3 * self.count:
                        break
                if not waiting:
                    return
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        except BrokenProcessPool as error:
            raise _broken() from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the processes end; what was begun in vain is not waited for."""
        if self._pool is not None:
            self._pool.shutdown(wait=kind is not None, cancel_futures=True)

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            forks = "forkserver" in get_all_start_methods()
            context = get_context("forkserver" if forks else "spawn")
            if forks:
                context.set_forkserver_preload(list(_LOADED))
            # They make no circles of references: looking for them finds nothing.
            self._pool = ProcessPoolExecutor(
                self.count, mp_context=context, initializer=gc.disable
            )
        return self._pool


def _broken() -> IsoboleError:
    return IsoboleError(
        "A process that read pages ended before it was done. Run the build "
        "again: it goes on where it was; jobs=1 reads in one process. A script "
        'must call build under if __name__ == "__main__".'
    )
