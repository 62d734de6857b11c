"""One server for a data folder: a lock that ends with its process, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from isobole.results import DataError, Problem

LOCK = "serving.lock"


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the lock of a data folder.

    Raises
    ------
    DataError
        If another process holds it, or it cannot be written.
    """
    path = data / LOCK
    try:
        stream = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise DataError([_unwritable(data, error)]) from error
    with stream:
        if not _taken(stream):
            stream.seek(0)
            raise DataError([_held(data, stream.read().strip())])
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        yield


def _taken(stream: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows has another call for it
        return _taken_on_windows(stream)
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _taken_on_windows(stream: IO[str]) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    try:
        stream.seek(1_000_000)  # a byte nobody writes: the process id stays readable
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def _held(data: Path, process: str) -> Problem:
    return Problem(
        "lab-running",
        "Another process is at work on this data folder"
        + (f" (process {process})" if process else ""),
        file=str(data),
        remedy="Stop it first, or name another folder with --data",
    )


def _unwritable(data: Path, error: OSError) -> Problem:
    return Problem(
        "data-folder",
        f"The data folder cannot be used ({error.strerror or error})",
        file=str(data),
        remedy="Name a folder you may write to with --data or ISOBOLE_DATA",
    )
