"""An end to work that takes too long, in the thread that does it.

Results hold functions that draw, so that the work cannot go to another process, which
could be killed. The interpreter raises an exception in the thread instead, between two
steps of Python: fits are loops of such steps. Nothing is drawn or written in there.
Where it meets a finalizer it is swallowed, as any exception there is; so that it is
raised again until the work has ended.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from isobole.results import DataError, Problem

Made = TypeVar("Made")
AGAIN_S = 1.0
"""How long a raised exception has to end the work before the next one."""


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
    over = threading.Event()
    done = False

    def stop() -> None:
        wait = seconds
        while not over.wait(wait):
            with lock:
                if done:
                    return
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(Overtime)
                )
            wait = AGAIN_S

    watch = threading.Thread(target=stop, name="isobole-overtime", daemon=True)
    try:
        try:
            watch.start()  # may be over before it returns, on a machine that is busy
            return work()
        finally:
            # Raised before this lock is had, it arrives before the block is left.
            with lock:
                done = True
            over.set()
    except Overtime:
        ended = False
        while not ended:
            # The next one may arrive here: nothing of it may leave this function.
            with suppress(Overtime):
                with lock:
                    done = True
                over.set()
                ended = True
        raise DataError([refusal]) from None
