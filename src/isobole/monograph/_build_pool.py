"""The processes of a build, started where the platform allows it cheaply."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from typing import TypeVar

Part = TypeVar("Part")
Made = TypeVar("Made")


def processes(count: int) -> ProcessPoolExecutor:
    """Return processes that know already how to read pages."""
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    context = get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["isobole.monograph._build_worker"])
    # They make no circles of references: looking for them finds nothing.
    return ProcessPoolExecutor(count, mp_context=context, initializer=gc.disable)


def begun(work: Callable[[Part], Made], part: Part, jobs: int) -> Callable[[], Made]:
    """Begin some work in a process of its own; return what gives its result."""
    if jobs == 1:
        return lambda: work(part)
    pool = processes(1)
    made = pool.submit(work, part)
    pool.shutdown(wait=False)
    return made.result


def collected(
    work: Callable[[Part], Made], parts: Sequence[Part], jobs: int
) -> Iterator[Made]:
    """Begin some work at once; return its results in order, as they are asked for.

    A few parts are done in this process, when they are asked for: starting another
    would take longer.
    """
    if jobs == 1 or len(parts) < 3:
        return map(work, parts)
    pool = processes(min(jobs, len(parts)))
    made = pool.map(work, parts)
    pool.shutdown(wait=False)
    return made
