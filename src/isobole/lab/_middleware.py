"""What every request passes: rate limit, log-in and idle lock, problems as pages."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from isobole.lab import _errors
from isobole.lab._sent import MOST_OF_A_STRANGER, Half, Unread, whole
from isobole.lab.accounts.sessions import is_locked as is_locked, touch as touch
from isobole.lab.record import writer
from isobole.results import IsoboleError

Handler = Callable[[HttpRequest], HttpResponse]

OPEN = frozenset(
    {"login", "setup", "unlock", "lock", "logout", "health", "service-worker"}
)
"""Names of pages that need no log-in; the idle lock lets them through too."""
FIRST_PASSWORD = frozenset({"account-password", *OPEN})
"""Where somebody may go who still has the password an administrator gave."""


def limit_rate(handler: Handler) -> Handler:
    """Refuse more requests a minute from one address than a whole lab sends.

    It stands before anything that costs; who asks is limited once that is known
    (`limit_person`), for the people of a lab may share one address.
    """

    def limited(request: HttpRequest) -> HttpResponse:
        if _is_static(request):
            return handler(request)
        if _length(request) > settings.LAB_UPLOAD_BYTES:
            most = f"Send at most {settings.LAB_UPLOAD_BYTES >> 20} MB at once."
            return _too_large(request, most)
        if _counted("address", _client(request)):
            return handler(request)
        return _too_many(request, "Too many requests from this address")

    return limited


def limit_person(handler: Handler) -> Handler:
    """Refuse more requests a minute than one person sends, or than strangers may."""

    def limited(request: HttpRequest) -> HttpResponse:
        if _is_static(request) or _name(request) == "health":
            return handler(request)
        who = _who(request)
        if who is None:
            if not _counted("anonymous", _client(request)):
                return _too_many(request, "Too many requests from this address")
            if _length(request) > MOST_OF_A_STRANGER:
                return _too_large(request, "Log in first.")
        elif not _counted("events" if _is_events(request) else "user", who):
            return _too_many(request, "Too many requests of one person")
        try:
            with whole(request, who, _length(request)):
                return handler(request)
        except Unread:
            return _errors.say(
                request,
                503,
                "Too much is being sent at once",
                "Send it again in a moment; what waits on a bench is sent by itself.",
                retry_after=5,
            )
        except Half:
            return _errors.bad_request(request, ConnectionError())

    return limited


def require_login(handler: Handler) -> Handler:
    """Let nobody in without an account; ask for re-entry after an idle time."""

    def guarded(request: HttpRequest) -> HttpResponse:
        if _is_static(request):
            return handler(request)
        try:
            response = _stopped(request) or handler(request)
        finally:
            writer.settle()
        # What a shared tablet showed is not to be had from its cache afterwards.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


def _stopped(request: HttpRequest) -> HttpResponse | None:
    """Return where somebody is sent instead of the page; None to let them in."""
    from isobole.lab.models import User

    user, name = request.user, _name(request)
    api = request.path.startswith("/api/")
    if (
        isinstance(user, User)
        and user.must_change
        and name not in FIRST_PASSWORD
        and not is_locked(request)
    ):
        if api:
            return _errors.say(
                request,
                403,
                "The first password was not changed yet",
                "Open the lab in a browser and choose a password of your own.",
            )
        return _sent_to(request, reverse("account-password"))
    if name in OPEN or api:
        return None  # the API looks at sessions and tokens itself
    if not user.is_authenticated:
        where = "login" if User.objects.exists() else "setup"
        return _sent_to(request, reverse(where), come_back=where == "login")
    if is_locked(request):
        return _sent_to(request, reverse("unlock"), come_back=True)
    touch(request)
    return None


def _sent_to(
    request: HttpRequest, where: str, *, come_back: bool = False
) -> HttpResponse:
    if come_back:
        back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
        where = f"{where}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return redirect(where)


def _who(request: HttpRequest) -> str | None:
    """Return whose request it is, by session or by a token that is valid."""
    from isobole.lab.accounts.tokens import user_of_token
    from isobole.lab.models import User

    if isinstance(request.user, User):
        return request.user.username
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    user = user_of_token(token.strip())
    return None if user is None else user.username


def _counted(kind: str, who: str) -> bool:
    """Count a request of this minute; say whether it is one of those allowed."""
    key = f"rate:{kind}:{who}:{int(time.monotonic() // 60)}"
    cache.add(key, 0, 120)
    try:
        count = cache.incr(key)
    except ValueError:  # dropped for room between these two lines
        count = 1
    return bool(count <= settings.LAB_RATE[kind])


def _too_many(request: HttpRequest, said: str) -> HttpResponse:
    return _errors.say(
        request,
        429,
        said,
        "Wait a minute and try again; what waits on a bench is sent by itself.",
        retry_after=60,
    )


def _too_large(request: HttpRequest, remedy: str) -> HttpResponse:
    return _errors.say(request, 413, "What was sent is too large for the lab", remedy)


def say_problems(handler: Handler) -> Handler:
    """Turn the errors of isobole into pages with a remedy."""

    class Saying:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return handler(request)

        def process_exception(
            self, request: HttpRequest, error: Exception
        ) -> HttpResponse | None:
            if isinstance(error, IsoboleError):
                return _errors.of_isobole(request, error)
            if isinstance(error, ValueError | DatabaseError) and "NUL" in str(error):
                return _errors.bad_request(request, error)  # no text has one
            if isinstance(error, OperationalError | InterfaceError):
                return _errors.database_away(request, error)
            return None

    return Saying()


def _name(request: HttpRequest) -> str | None:
    # Looked up once: each of these functions asks for it.
    try:
        return request.lab_name  # type: ignore[attr-defined,no-any-return]
    except AttributeError:
        pass
    try:
        name = resolve(request.path_info).url_name
    except Resolver404:
        name = None
    request.lab_name = name  # type: ignore[attr-defined]
    return name


def _client(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _length(request: HttpRequest) -> int:
    """Return how much is sent; a server passes nothing on of what has no length."""
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else 0


def _is_static(request: HttpRequest) -> bool:
    return request.path.startswith(str(settings.STATIC_URL))


def _is_events(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") and request.path.endswith("/events")


def locked_answer(request: HttpRequest) -> HttpResponse:
    """Return what the API says to a session that is locked."""
    return _errors.say(
        request,
        423,
        "This session is locked",
        "Enter your PIN or password; what waits is sent then",
    )
