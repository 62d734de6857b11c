"""The lab's own log: who logged in, was refused, exported, unblinded, changed roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from isobole.lab import _clock
from isobole.lab.models import AccessRow
from isobole.lab.record._writer import writer
from isobole.studies import GENESIS, canonical_json, link_hash

_LOG = "the log of access"


def log_access(
    what: str,
    *,
    actor: str,
    address: str = "",
    study_id: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add a row to the log; it is on the disk on return.

    Called by a job of the writer, it is part of that job: a change and its row are
    both kept or neither.

    Parameters
    ----------
    what : str
        A short name: ``login``, ``login.refused``, ``export``, ``unblind``, …
    actor, address : str
        Who, and from which network address.
    study_id : str
        The study concerned, if one is.
    data : mapping
        More about it; texts and whole numbers.
    """
    text = canonical_json(dict(data or {}))
    tried: AccessRow | None = None

    def work() -> None:
        nonlocal tried
        # Where a commit was made and not confirmed, it is there as it was tried.
        if tried is None or not _stands(tried):
            tried = _add(what, actor, address, study_id, text)

    writer.run(work)


def _stands(row: AccessRow) -> bool:
    return AccessRow.objects.filter(seq=row.seq, hash=row.hash).exists()


def _add(what: str, actor: str, address: str, study_id: str, text: str) -> AccessRow:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_LOG]
            )
    last = AccessRow.objects.order_by("-seq").first()
    row = AccessRow(
        seq=1 if last is None else last.seq + 1,
        ts=_clock.stamp(),
        actor=actor,
        address=address,
        what=what,
        study_id=study_id,
        data=text,
        prev=GENESIS if last is None else last.hash,
    )
    row.hash = link_hash(row.prev, log_content(row))
    row.save(force_insert=True)
    return row


def log_content(row: AccessRow) -> dict[str, Any]:
    """Return what the hash of a row of the log covers besides the hash before it."""
    names = ("seq", "ts", "actor", "address", "what", "study_id", "data")
    return {name: getattr(row, name) for name in names}
