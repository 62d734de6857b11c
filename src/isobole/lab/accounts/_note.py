"""Rows of the log of access about what a request did."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from isobole.lab.models import User
from isobole.lab.record import log_access


def note(
    request: HttpRequest,
    what: str,
    *,
    actor: str | None = None,
    study_id: str = "",
    **data: Any,
) -> None:
    """Log what the person of a request did, from which address."""
    if actor is None:
        user = request.user
        actor = user.username if isinstance(user, User) else "nobody"
    log_access(
        what,
        actor=actor,
        address=address_of(request),
        study_id=study_id,
        data=data,
    )


def address_of(request: HttpRequest) -> str:
    """Return the network address a request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))[:64]
