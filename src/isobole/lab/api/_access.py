"""Who calls a route of a study, and whether they may."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from isobole.lab.models import User
from isobole.lab.permissions import Access, Capability, access_of, refusal


def caller(request: HttpRequest) -> User:
    """Return who calls; the API let nobody else in."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied(refusal("study.see"))
    return user


def access_for(request: HttpRequest, study_id: str, capability: Capability) -> Access:
    """Return what the caller may do in a study, if they may do this.

    Raises
    ------
    Http404
        If there is no such study or the caller has no role in it.
    PermissionDenied
        If no role of the caller allows it.
    """
    access = access_of(caller(request), study_id)
    if not access.may(capability):
        raise PermissionDenied(refusal(capability))
    request.access = access  # type: ignore[attr-defined]
    return access
