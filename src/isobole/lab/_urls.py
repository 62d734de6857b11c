"""Every address of the lab; each part keeps its own list."""

from __future__ import annotations

from django.urls import include, path

from isobole.lab.api import api

handler400 = "isobole.lab._errors.bad_request"
handler403 = "isobole.lab._errors.denied"
handler404 = "isobole.lab._errors.not_found"
handler500 = "isobole.lab._errors.server_error"

urlpatterns = [
    path("api/", api.urls),
    path("", include("isobole.lab.accounts.urls")),
    path("", include("isobole.lab.pages.urls")),
    path("", include("isobole.lab.bench.urls")),
    path("", include("isobole.lab.results.urls")),
    path("", include("isobole.lab.tools.urls")),
]
