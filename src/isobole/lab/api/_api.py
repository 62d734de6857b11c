"""The API put together: who calls it, what it says when it refuses, and its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from isobole import __version__
from isobole.lab import _errors
from isobole.lab._middleware import is_locked, locked_answer, touch
from isobole.lab.api._parts import ROUTERS
from isobole.lab.api._refusals import problems_of
from isobole.lab.models import User
from isobole.lab.record import NotStored
from isobole.results import DataError, IsoboleError


class LockedSession(Exception):
    """The session waits for its person."""


class Session(SessionAuth):
    """A person's browser; refused while it is locked."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """Return the person logged in, if the session is not locked."""
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        if is_locked(request):
            raise LockedSession
        touch(request)
        return user


class Token(HttpBearer):
    """A device's token."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the person whose token it is, if it is valid."""
        from isobole.lab.accounts.tokens import user_of_token

        user = user_of_token(token)
        if user is not None:
            request.user = user
        return user


api = NinjaAPI(
    title="isobole lab",
    version=__version__,
    description="Research and education only. Every write is a row of a study's "
    "append-only record.",
    # A token first: who brings one in a header need not show the form's secret too.
    auth=[Token(), Session()],
    docs_url=None,
    urls_namespace="api",
)

Say = Callable[[HttpRequest, Any], HttpResponse]


def _invalid(request: HttpRequest, error: Exception) -> HttpResponse:
    found = error.errors if isinstance(error, ValidationError) else []
    return _errors.say_problems(request, 422, problems_of(found), error)


def _http_error(request: HttpRequest, error: Exception) -> HttpResponse:
    status = error.status_code if isinstance(error, HttpError) else 400
    if status == 403:
        # The session is asked after the token: who sent a token has no form to reopen.
        if "Authorization" in request.headers:
            return _not_logged_in(request, error)
        return _errors.csrf_failure(request)
    return _errors.say(
        request,
        status,
        str(error) or "The request cannot be read",
        "Compare it with /api/openapi.json.",
        error=error,
    )


def _not_logged_in(request: HttpRequest, error: Exception) -> HttpResponse:
    return _errors.say(
        request,
        401,
        "Nobody is logged in, or the device's token is not valid",
        "Log in, or send a token: Authorization: Bearer ….",
        error=error,
    )


def _locked(request: HttpRequest, error: Exception) -> HttpResponse:
    return locked_answer(request)


_SAYS: tuple[tuple[type[Exception], Say], ...] = (
    (ValidationError, _invalid),
    (AuthenticationError, _not_logged_in),
    (HttpError, _http_error),
    (LockedSession, _locked),
    (OperationalError, _errors.database_away),
    (InterfaceError, _errors.database_away),
    (NotStored, _errors.of_isobole),
    (DataError, _errors.of_isobole),
    (IsoboleError, _errors.of_isobole),
    (Http404, _errors.not_found),
    (PermissionDenied, _errors.denied),
)
for _kind, _say in _SAYS:
    api.add_exception_handler(_kind, _say)

for _router in ROUTERS:
    api.add_router("", _router)


def operations() -> list[tuple[str, str]]:
    """Return method and path of every operation of the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = api.get_openapi_schema()["paths"]
    return [(m.upper(), path) for path, of in sorted(paths.items()) for m in of]
