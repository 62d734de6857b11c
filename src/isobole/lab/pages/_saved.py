"""The protocol as it was saved last, and earlier; rows appended by forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from isobole.lab.permissions import Access
from isobole.lab.record import append_drafts
from isobole.studies import Draft, Entry, Protocol, protocol_from_text


def saved_versions(entries: Sequence[Entry]) -> list[Entry]:
    """Return the rows that saved the protocol, the first one first."""
    return [entry for entry in entries if entry.action == "protocol.save"]


def protocol_of(entries: Sequence[Entry]) -> Protocol | None:
    """Return the protocol saved last, None if none was.

    Raises
    ------
    DataError
        If it is not valid.
    """
    saved = saved_versions(entries)
    return None if not saved else _read(str(saved[-1].data["toml"]))


@lru_cache(maxsize=64)
def _read(text: str) -> Protocol:
    return protocol_from_text(text)


def lock_of(entries: Sequence[Entry]) -> Entry | None:
    """Return the row that locked the protocol, None while it is open."""
    locks = [entry for entry in entries if entry.action == "protocol.lock"]
    return locks[-1] if locks else None


def device_of(username: str) -> str:
    """Return what the record calls the forms of a person.

    Examples
    --------
    >>> device_of("ana")
    'web-ana'
    """
    return f"web-{username}"


def save(
    access: Access,
    drafts: Sequence[Draft],
    *,
    based_on: int | None = None,
    also: Callable[[], None] = lambda: None,
    form: str | None = None,
) -> tuple[Entry, ...]:
    """Append drafts of one form, all or none, as the person who sent it.

    Raises
    ------
    DataError
        If one does not fit, or the record went on since `based_on`.
    """
    username = access.user.username
    return append_drafts(
        access.study.study_id,
        drafts,
        actor=username,
        device=device_of(username),
        based_on=based_on,
        also=also,
        form=form,
    )
