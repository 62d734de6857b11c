"""Holds an address until its page is built. To be gone before the lab is shown."""
from django.http import HttpRequest, HttpResponse


def placeholder(request: HttpRequest, **more: object) -> HttpResponse:
    return HttpResponse("not built yet", status=501)
