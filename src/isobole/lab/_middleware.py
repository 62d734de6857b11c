"""What every request passes: rate limit, log-in and idle lock, problems as pages."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from isobole.lab import _errors
from isobole.results import IsoboleError

Handler = Callable[[HttpRequest], HttpResponse]

OPEN = frozenset({"login", "setup", "unlock", "logout", "health", "service-worker"})
"""Names of pages that need no log-in; the idle lock lets them through too."""


def limit_rate(handler: Handler) -> Handler:
    """Refuse more requests a minute from one address than a lab sends."""

    def limited(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL):
            return handler(request)
        known = settings.SESSION_COOKIE_NAME in request.COOKIES or (
            "Authorization" in request.headers
        )
        kind = "events" if _is_events(request) else "user" if known else "anonymous"
        most = settings.LAB_RATE[kind]
        minute = int(time.monotonic() // 60)
        key = f"rate:{kind}:{_client(request)}:{minute}"
        cache.add(key, 0, 120)
        if cache.incr(key) > most:
            return _errors.say(
                request,
                429,
                "Too many requests from this address",
                "Wait a minute and try again; what waits on a bench is sent by itself.",
                retry_after=60,
            )
        return handler(request)

    return limited


def require_login(handler: Handler) -> Handler:
    """Let nobody in without an account; ask for re-entry after an idle time."""

    def guarded(request: HttpRequest) -> HttpResponse:
        name = _name(request)
        if name in OPEN or request.path.startswith(("/api/", settings.STATIC_URL)):
            return handler(request)  # the API looks at sessions and tokens itself
        if not request.user.is_authenticated:
            from isobole.lab.models import User

            if not User.objects.exists():
                return redirect("setup")
            return redirect(f"{reverse('login')}?{urlencode({'next': request.path})}")
        if is_locked(request):
            return redirect(f"{reverse('unlock')}?{urlencode({'next': request.path})}")
        touch(request)
        return handler(request)

    return guarded


def is_locked(request: HttpRequest) -> bool:
    """Say whether the session waits for its person to come back."""
    session = request.session
    if session.get("locked"):
        return True
    last = session.get("seen")
    if last is not None and time.time() - last > settings.LAB_IDLE_LOCK_S:
        session["locked"] = True
        return True
    return False


def touch(request: HttpRequest) -> None:
    """Take note that the person is there, once in some seconds."""
    now = int(time.time())
    if now - request.session.get("seen", 0) >= 10:
        request.session["seen"] = now


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
            return None

    return Saying()


def _name(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None


def _client(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


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
