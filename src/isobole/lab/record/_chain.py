"""The rows of one study in memory: read once, then only what was added.

The table only grows, so that a number greater than the last one read is all that has
to be asked for; another process (an import) may have added rows as well.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from time import monotonic
from types import TracebackType

from django.db import connection

from isobole.lab._prepared import Prepared
from isobole.lab.models import RecordRow
from isobole.lab.record._broken import Broken, as_others_see, changed
from isobole.lab.record._rows import entry_of
from isobole.studies import GENESIS, Entry

MOST_IN_MEMORY = 64
"""Studies kept; the one that was asked for longest ago is read anew."""

FRESH_S = 0.1
"""How long a reader may miss what another process added; its own rows it never does."""

_NEWEST = Prepared(
    lambda study_id: (
        RecordRow.objects.filter(study_id=study_id)
        .order_by("-seq")
        .values_list("seq", "hash")[:1]
    ),
    "",
)

_chains: OrderedDict[str, Chain] = OrderedDict()
_heads: dict[str, tuple[int, str]] = {}
"""Number and hash of the last row of each study that was seen on the disk."""
_lock = RLock()


class Chain:
    """Entries of a study with what an append looks up: by id, and by device."""

    __slots__ = (
        "actions", "by_id", "counts", "entries", "looked", "sent", "study_id",
    )  # fmt: skip

    def __init__(self, study_id: str) -> None:
        self.study_id = study_id
        self.entries: list[Entry] = []
        self.by_id: dict[str, Entry] = {}
        self.sent: dict[tuple[str, int], Entry] = {}
        self.counts: dict[str, int] = {}
        self.actions: set[str] = set()
        self.looked = float("-inf")

    def add(self, entry: Entry) -> None:
        """Take a row that stands in the database."""
        self.entries.append(entry)
        self.actions.add(entry.action)
        self.by_id.setdefault(entry.id, entry)
        self.sent.setdefault((entry.device, entry.device_seq), entry)
        before = self.counts.get(entry.device, 0)
        self.counts[entry.device] = max(before, entry.device_seq)

    def next_of(self, device: str) -> int:
        """Return the number that the next row of a device has if it brings none."""
        return self.counts.get(device, 0) + 1

    def read_on(self) -> None:
        """Take the rows that were added since.

        Raises
        ------
        Broken
            If rows that were read before are not those of the database any more.
        """
        self.looked = monotonic()
        last, head = self._last()
        found = _NEWEST.rows(self.study_id)
        newest, its_hash = found[0] if found else (0, GENESIS)
        if (newest, its_hash) == (last, head):
            if not last and self.study_id in _heads:  # all of it is gone
                self._miss(1)
            return
        # SQLite would keep a text as a number, and order it behind all numbers.
        if type(newest) is not int or newest <= last:
            self._refuse(self.entries)
            return
        rows = RecordRow.objects.filter(study_id=self.study_id, seq__gt=last)
        fresh = [entry_of(row) for row in rows.order_by("seq").iterator(2000)]
        if not fresh:
            return
        if last and fresh[0].prev != head:
            self._refuse(self.entries)
        before = None if last else _heads.get(self.study_id)
        if before and before not in [(entry.seq, entry.hash) for entry in fresh]:
            self._miss(before[0])
        for entry in fresh:
            self.add(entry)

    def _last(self) -> tuple[int, str]:
        if not self.entries:
            return 0, GENESIS
        return self.entries[-1].seq, self.entries[-1].hash

    def _refuse(self, known: list[Entry]) -> None:
        """Raise unless others see the same rows: then this connection is behind."""
        self.looked = float("-inf")
        problem = as_others_see(self.study_id, known)
        if problem is not None:
            raise Broken(problem)

    def _miss(self, number: int) -> None:
        self.looked = float("-inf")
        raise Broken(changed(self.study_id, number))

    def seen(self) -> None:
        """Remember what is on the disk now; `reread` does not forget it."""
        # Inside a transaction rows may be there that will not be kept.
        if self.entries and not connection.in_atomic_block:
            _heads[self.study_id] = self._last()


def chain_of(study_id: str) -> Chain:
    """Return the chain of a study as the database has it now.

    For the writer only: in its hands the chain holds rows that are not yet on the
    disk. Whoever reads takes `entries_now`.
    """
    with _lock:
        chain = _kept(study_id)
        chain.read_on()
        return chain


def entries_now(study_id: str) -> tuple[Entry, ...]:
    """Return the rows of a study that are on the disk."""
    with _lock:
        return tuple(_read_lately(study_id).entries)


def has_action(study_id: str, action: str) -> bool:
    """Say whether a row of this action is on the disk; no row is looked at."""
    with _lock:
        return action in _read_lately(study_id).actions


def _kept(study_id: str) -> Chain:
    chain = _chains.get(study_id)
    if chain is None:
        chain = _chains[study_id] = Chain(study_id)
    _chains.move_to_end(study_id)
    while len(_chains) > MOST_IN_MEMORY:
        _chains.popitem(last=False)
    return chain


def _read_lately(study_id: str) -> Chain:
    chain = _kept(study_id)
    if monotonic() - chain.looked > FRESH_S:
        chain.read_on()
        chain.seen()
    return chain


@contextmanager
def alone() -> Iterator[None]:
    """Let nobody add rows meanwhile; do nothing inside that takes long or writes."""
    with _lock:
        yield


class Alone:
    """Keeps readers away from `take` on, until rows are committed or forgotten.

    The lock of the database is taken before it. A request that holds that one and
    then reads would otherwise wait for the writer, and the writer for the request.
    """

    def __init__(self) -> None:
        self._taken = False

    def __enter__(self) -> Alone:
        return self

    def take(self) -> None:
        """Wait until nobody reads, and keep it so."""
        _lock.acquire()
        self._taken = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._taken:
            _lock.release()


def reread(study_id: str | None = None) -> None:
    """Read a study anew the next time: what was in memory may not be stored."""
    with _lock:
        if study_id is None:
            _chains.clear()
        else:
            _chains.pop(study_id, None)


def forget(study_id: str | None = None) -> None:
    """Know nothing of a study, or of all: the database is another one."""
    with _lock:
        reread(study_id)
        if study_id is None:
            _heads.clear()
        else:
            _heads.pop(study_id, None)


def known(study_id: str) -> tuple[int, str] | None:
    """Return number and hash of the last row that was seen on the disk."""
    with _lock:
        return _heads.get(study_id)
