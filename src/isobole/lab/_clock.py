"""The server's clock, in one place, so that a test can set it."""

from __future__ import annotations

from datetime import UTC, datetime


def moment() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def stamp() -> str:
    """Return the time now as it stands in a record, to the millisecond."""
    from isobole.lab import _clock

    return _clock.moment().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
