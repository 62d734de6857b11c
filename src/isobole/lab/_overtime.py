"""An end to work that takes too long, in the thread that does it.

Results hold functions that draw, so that the work cannot go to another process, which
could be killed. The interpreter raises an exception in the thread instead, between two
steps of Python: fits are loops of such steps. Nothing is drawn or written in there.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

from isobole.results import DataError, Problem

Made = TypeVar("Made")


class Overtime(BaseException):
    """Raised in the thread; no fault, so that no handler of faults takes it."""


def within(seconds: float, work: Callable[[], Made], refusal: Problem) -> Made:
    """Return what `work` returns, or stop it.

    Raises
    ------
    DataError
        With `refusal`, if it takes longer.

    Examples
    --------
    >>> within(60, lambda: 2 + 2, Problem("too-long", "It took too long"))
    4
    """
    thread = threading.get_ident()
    lock = threading.Lock()
    done = False

    def stop() -> None:
        with lock:
            if not done:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(Overtime)
                )

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        try:
            return work()
        finally:
            # Raised before this lock is had, it arrives before the block is left.
            with lock:
                done = True
            timer.cancel()
    except Overtime:
        raise DataError([refusal]) from None
