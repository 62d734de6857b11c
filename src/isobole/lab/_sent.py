"""What a request sends, read whole before anything answers, by few at a time.

A thread that reads waits for its sender, however slow that is, and a server has few
threads: a handful of senders who send nothing would stop it for all. And a sender who
goes away in the middle leaves a half, which must not be taken for the whole: half a
form is a form, half a list of animals is a list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from threading import Condition

from django.http import HttpRequest

OF_A_PERSON = 4
OF_AN_ADDRESS = 2
OF_STRANGERS = 6
"""Most that are read at once: of one person, and of those who are not logged in."""
PATIENCE_S = 2.0
"""How long a request waits for its turn to be read."""
IN_MEMORY = 1024 * 1024
MOST_OF_A_STRANGER = 64 * 1024
_PART = 64 * 1024

_reading: Counter[str] = Counter()
_changed = Condition()


class Unread(Exception):
    """Too many are being read; nothing of this one was."""


class Half(Exception):
    """Less came than was announced: the sender went away."""


@contextmanager
def whole(request: HttpRequest, who: str | None, length: int) -> Iterator[None]:
    """Read what a request sends; inside, it is there whole.

    Parameters
    ----------
    request : HttpRequest
        Nothing of it was read before.
    who : str or None
        The person, None if nobody is logged in.
    length : int
        Bytes that it announces.

    Raises
    ------
    Unread
        If as many are being read as may be.
    Half
        If it ends before its end.
    """
    if not length:
        yield
        return
    with SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        with _turn(_places(request, who)):
            stream = request._stream
            try:
                while part := stream.read(_PART):
                    kept.write(part)
            except OSError as error:
                raise Half from error
        if kept.tell() < length:
            raise Half
        kept.seek(0)
        request._stream = kept  # type: ignore[assignment]
        yield


def _places(request: HttpRequest, who: str | None) -> Mapping[str, int]:
    if who is not None:
        return {f"person {who}": OF_A_PERSON}
    address = str(request.META.get("REMOTE_ADDR", ""))
    return {f"address {address}": OF_AN_ADDRESS, "strangers": OF_STRANGERS}


@contextmanager
def _turn(places: Mapping[str, int]) -> Iterator[None]:
    def free() -> bool:
        return all(_reading[place] < most for place, most in places.items())

    with _changed:
        if not _changed.wait_for(free, PATIENCE_S):
            raise Unread
        _reading.update(places.keys())
    try:
        yield
    finally:
        with _changed:
            for place in places:
                _reading[place] -= 1
                if not _reading[place]:
                    del _reading[place]
            _changed.notify_all()
