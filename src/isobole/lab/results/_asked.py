"""The analysis a request asks for: found in memory, or begun and waited for."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from isobole import __version__
from isobole.lab import record
from isobole.lab.models import StudyFile
from isobole.lab.permissions import Access
from isobole.lab.record import entries_of
from isobole.lab.results._computed import Computed, compute
from isobole.lab.results._pool import Job, NotYet, pool
from isobole.results import IsoboleError
from isobole.studies import head_hash

DESPITE = "errors"
"""Value of `despite` in an address: the analysis goes on although there are errors."""
SOON_S = 0.9
"""How long a page is kept waiting before it says that it computes."""
LONG_S = 45.0
"""How long a download or a figure waits."""
MOST_OF_A_PERSON = 3
"""Most analyses of one person that run or wait: the others have their turn."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which analysis of which state of a study."""

    study_id: str
    head: str
    despite: bool
    key: tuple[Hashable, ...]
    job: Job[Computed]

    def computed(self, wait_s: float) -> Computed | None:
        """Return the analysis, None if it is not ready within that time.

        Raises
        ------
        DataError
            If the record has errors.
        Exception
            What a fault of isobole raised.
        """
        try:
            return self.job.answer(wait_s)
        except NotYet:
            return None

    @property
    def query(self) -> str:
        """What every address of this analysis ends in; empty unless errors are."""
        return f"?{urlencode({'despite': DESPITE})}" if self.despite else ""

    @property
    def figure_query(self) -> str:
        """The query of a figure's address, which is never another figure's."""
        named = {"head": self.head, "by": __version__}
        return "?" + urlencode(named | ({"despite": DESPITE} if self.despite else {}))


def asked(request: HttpRequest, access: Access) -> Asked:
    """Return the analysis that a request asks for, begun if it is not there.

    Raises
    ------
    Http404
        If the record is still empty.
    IsoboleError
        If the person asked for several others that are not done.
    """
    study_id = access.study.study_id
    despite = request.GET.get("despite") == DESPITE
    entries = entries_of(study_id)
    if not entries:
        msg = "This study has no protocol yet; save one first"
        raise Http404(msg)
    head = head_hash(entries)
    key = _key(study_id, head, despite)
    job = pool.find(key)
    if job is None:
        # Of a study that goes on, only the last state is worth a computation.
        pool.drop_waiting(
            lambda old: isinstance(old, tuple) and old[0] == study_id and old[1] != head
        )
        me = access.user.username
        if pool.unfinished_of(lambda _, about: about == me) >= MOST_OF_A_PERSON:
            msg = (
                f"{MOST_OF_A_PERSON} analyses that you asked for are still being "
                "computed; open this one when they are done"
            )
            raise IsoboleError(msg)
        # The database is read here: the computing thread has no connection.
        work = partial(
            compute, dict(record.folder_of(study_id)), despite_errors=despite
        )
        job = pool.ask(key, work, me)
    return Asked(study_id, head, despite, key, job)


def forget(asked: Asked) -> None:
    """Let the next request begin it anew."""
    pool.forget(asked.key)


def last_took(study_id: str) -> float | None:
    """Return how many seconds the last analysis of a study took, if it is known."""
    return pool.last_took(lambda key: isinstance(key, tuple) and key[0] == study_id)


def _key(study_id: str, head: str, despite: bool) -> tuple[Hashable, ...]:
    # No row covers the files beside the record; they are added, never changed.
    files = StudyFile.objects.filter(study_id=study_id).order_by("pk")
    return study_id, head, despite, tuple(files.values_list("pk", flat=True))
