"""The API put together: who calls it, and the routers of each part."""

from __future__ import annotations

from ninja import NinjaAPI
from ninja.security import HttpBearer, SessionAuth

from django.http import HttpRequest

from isobole import __version__
from isobole.lab._middleware import is_locked, touch
from isobole.lab.models import User


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
    auth=[Session(), Token()],
    docs_url=None,
    urls_namespace="api",
)

# Each part brings its routes; the tests compare this list with the document.
for _router in ():
    api.add_router("", _router)
