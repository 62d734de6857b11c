"""A way to PostgreSQL that breaks at the one moment nobody can know the outcome.

It passes on every byte. When it is told to, it hangs up on who sends a COMMIT, and
passes the COMMIT on all the same: the server makes it, and its answer reaches nobody.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Literal
from urllib.parse import parse_qs, urlsplit

Then = Literal["open", "closed"]
PORT = ".s.PGSQL.5432"


class Way:
    """Passes connections on to a server; `url` is the address of its beginning."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url.replace(_folder(url), str(folder))
        self._server = str(Path(_folder(url)) / PORT)
        self._lock = Lock()
        self._about: bytes | None = None
        self._then: Then = "open"
        self._shut = False
        self.broken = 0
        self._ear = socket.socket(socket.AF_UNIX)
        self._ear.bind(str(folder / PORT))
        self._ear.listen(64)
        Thread(target=self._listen, daemon=True).start()

    def break_commit(self, about: str, then: Then = "open") -> None:
        """Hang up at the next commit of a transaction that sent this text.

        Afterwards nobody is let in until `open`, if it says so.
        """
        with self._lock:
            self._about, self._then = about.encode(), then

    def open(self) -> None:
        """Let connections in again."""
        with self._lock:
            self._shut = False

    def close(self) -> None:
        """Let nobody in any more."""
        self._ear.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._ear.accept()
            except OSError:
                return
            if self._shut:
                near.close()
                continue
            Thread(target=self._pass, args=(near,), daemon=True).start()

    def _pass(self, near: socket.socket) -> None:
        far = socket.socket(socket.AF_UNIX)
        far.connect(self._server)
        with near, far:
            back = Thread(target=_all, args=(far, near), daemon=True)
            back.start()
            since = b""
            while part := _some(near):
                since += part
                if b"COMMIT" in part:
                    if self._breaks(since):
                        with suppress(OSError):
                            near.shutdown(socket.SHUT_RDWR)
                    since = b""
                with suppress(OSError):
                    far.sendall(part)
            # The server reads to the end first: what it was told to commit, it does.
            with suppress(OSError):
                far.shutdown(socket.SHUT_WR)
            back.join(10)

    def _breaks(self, since: bytes) -> bool:
        with self._lock:
            if self._about is None or self._about not in since:
                return False
            self._about = None
            self._shut = self._then == "closed"
            self.broken += 1
            return True


@contextmanager
def way_to(url: str) -> Iterator[Way]:
    """Yield a way to the server of an address, closed at the end."""
    with tempfile.TemporaryDirectory(prefix="isobole-way-") as folder:
        way = Way(url, Path(folder))
        yield way
        way.close()


def _folder(url: str) -> str:
    return parse_qs(urlsplit(url).query)["host"][0]


def _some(one: socket.socket) -> bytes:
    try:
        return one.recv(65536)
    except OSError:
        return b""


def _all(one: socket.socket, other: socket.socket) -> None:
    while part := _some(one):
        with suppress(OSError):
            other.sendall(part)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
