"""Every address of the lab, and who may ask it: the table that security is tested by.

A new address needs a line here; `test_permissions.py` says so until it has one. Roles
are written out, never taken from the lab's own table of permissions: this is the
second opinion on it.

A line is ``Route(name, get=..., post=...)``: the url name (of the API: its url_name,
with one method), and for each method who may use it: `ANYONE`, `PERSON` (whoever is
logged in), or roles in words; None where the method is refused to all. More fields:

path
    Parameters of the address besides the study, to be found in the test's study.
form
    What a POST sends; such that somebody allowed is answered with 200, 302 or 422 and
    that it reaches the check of the role (the API checks the body first).
query
    What a GET asks for.
tells
    It tells group codes or treatments: not for who works blind, whatever else they are.
missing
    What `path` names is not in the test's study: 404 to those who are allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ROLES = ("designer", "pharmacist", "dosing", "scorer", "analyst", "administrator")
ALL = " ".join(ROLES)
PERSON = "person"
ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Route:
    """One address: who may GET and who may POST it."""

    name: str
    get: str | None = None
    post: str | None = None
    path: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    tells: bool = False
    missing: bool = False


ROUTES: tuple[Route, ...] = (
    # accounts
    Route("login", get=ANYONE, post=ANYONE),
    Route("logout", post=ANYONE),
    Route("lock", post=ANYONE),
    Route("unlock", get=ANYONE, post=ANYONE),
    Route("setup", get=ANYONE, post=ANYONE, missing=True),
    Route("account", get=PERSON, post=PERSON),
    Route("account-password", get=PERSON, post=PERSON),
    Route("account-pin", post=PERSON),
    Route("account-token", post=PERSON),
    Route("account-revoke", post=PERSON, path={"token_id": 1}),
    Route("users", get="administrator", post="administrator"),
    Route("user-change", post="administrator", path={"username": "stranger"}),
    Route("access-log", get="administrator"),
    Route("access-log-verify", post="administrator"),
    Route("access-log-export", get="administrator"),
    Route("members", get="designer administrator", post="designer administrator"),
    Route("audit", get=ALL),
    Route("audit-verify", post="designer pharmacist analyst administrator", tells=True),
    Route("audit-export", get=ALL, path={"kind": "csv"}),
    # pages
    Route("studies", get=PERSON),
    Route("new-study", get=PERSON, post=PERSON),
    Route("check-protocol", post=PERSON),
    Route("study", get=ALL),
    Route("protocol", get=ALL),
    Route("protocol-edit", get="designer", post="designer"),
    Route("protocol-lock", post="designer"),
    Route("protocol-history", get=ALL),
    Route("protocol-download", get=ALL),
    Route("plan", get="designer pharmacist analyst"),
    Route("plan-write", post="designer"),
    Route(
        "plan-figure",
        get="designer pharmacist analyst",
        path={"anchor": "x"},
        missing=True,
    ),
    Route("plan-csv", get="designer pharmacist analyst", missing=True),
    Route("allocation", get="designer pharmacist"),
    Route("animals-add", post="designer"),
    Route("animal", get="designer", post="designer", missing=True),
    Route("allocation-draw", post="pharmacist", tells=True),
    Route("allocation-key", get="pharmacist", tells=True, missing=True),
    Route("preparation", post="pharmacist", tells=True),
    Route("dosing", get="pharmacist dosing"),
    Route("dosing-sheet", get="pharmacist dosing"),
    Route("dose-give", post="dosing", missing=True),
    Route("dose-challenge", post="dosing", missing=True),
    Route("dose-correct", get="dosing", post="dosing", missing=True),
    # bench
    Route("service-worker", get=ANYONE),
    Route("bench", get="scorer"),
    Route("bench-run", get="scorer", path={"run": "x"}, missing=True),
    Route(
        "bench-complete", get="scorer", post="scorer", path={"run": "x"}, missing=True
    ),
    Route("kindling", get="designer scorer"),
    Route(
        "kindling-rat",
        get="designer scorer",
        post="designer scorer",
        path={"animal": "R14"},
        missing=True,
    ),
    Route(
        "kindling-correct",
        get="designer scorer",
        post="designer scorer",
        path={"row": "x"},
        missing=True,
    ),
    Route("kindling-decode", get="designer", post="designer", tells=True, missing=True),
    Route("kindling-complete", get="scorer", post="scorer", missing=True),
    # results
    Route("import", get=PERSON, post=PERSON),
    Route("analysis", get="designer pharmacist analyst administrator", tells=True),
    Route(
        "analysis-part",
        get="designer analyst",
        path={"slug": "x"},
        tells=True,
        missing=True,
    ),
    Route("analysis-print", get="designer analyst", tells=True),
    Route("analysis-progress", get="designer analyst", tells=True),
    Route("analysis-again", post="designer analyst", tells=True),
    Route(
        "analysis-figure",
        get="designer analyst",
        path={"number": 999},
        tells=True,
        missing=True,
    ),
    Route("analysis-report", get="designer analyst", tells=True),
    Route("analysis-json", get="designer analyst", tells=True),
    Route("analysis-outcomes", get="designer analyst", tells=True),
    Route("analysis-lock", get="analyst", post="analyst"),
    Route("study-folder", get="designer pharmacist analyst", tells=True),
    Route("reveal", get="pharmacist analyst", post="pharmacist analyst"),
    Route(
        "unblind",
        get="pharmacist administrator",
        post="pharmacist administrator",
        tells=True,
    ),
    Route("next-dose", get="pharmacist", post="pharmacist", tells=True),
    Route(
        "advice-figure",
        get="pharmacist",
        path={"token": "x"},
        tells=True,
        missing=True,
    ),
    Route("import-events", get="designer scorer", post="designer scorer"),
    # tools
    Route("tools", get=PERSON),
    Route("tool", get=PERSON, post=PERSON, path={"name": "ed50"}),
    *(
        Route(f"tool-{name}", get=PERSON, path={"key": "x"}, missing=True)
        for name in ("result", "progress", "report", "json", "csv", "table")
    ),
    Route("tool-figure", get=PERSON, path={"key": "x", "anchor": "x"}, missing=True),
    Route("monographs", get=PERSON),
    Route("monograph-search", get=PERSON),
    Route("monograph-ask", get=PERSON),
    Route("monograph-file", get=PERSON, path={"name": "x.html"}, missing=True),
    # API: one method each
    Route("api:health", get=ANYONE),
    Route("api:openapi-json", get=ANYONE),
    Route("api:api-root", get=ANYONE, missing=True),
    Route("api:api-time", get=PERSON),
    Route("api:api-studies", get=PERSON),
    Route("api:api-study", get=ALL),
    Route(
        "api:api-verify", get="designer pharmacist analyst administrator", tells=True
    ),
    Route("api:api-record", get=ALL),
    Route(
        "api:api-events",
        post="designer dosing scorer",
        form={
            "device": "tablet-1",
            "rows": [
                {
                    "id": "0" * 32,
                    "device_seq": 1,
                    "action": "observe",
                    "obj": "no such animal",
                    "data": {},
                }
            ],
        },
    ),
    *(
        Route(f"api:api-tools-{name}", post=PERSON)
        for name in ("ed50", "potency", "interaction", "audit")
    ),
    Route("api:api-bench", get="scorer", path={"run": "x"}, missing=True),
)
BY_NAME = {route.name: route for route in ROUTES}


def walk() -> dict[str, tuple[str, Any]]:
    """Return the pattern and view of every address that the lab answers, by name."""
    from django.urls import URLPattern, get_resolver

    found: dict[str, tuple[str, Any]] = {}

    def into(patterns: Any, before: str, space: str) -> None:
        for one in patterns:
            here = before + str(one.pattern)
            if isinstance(one, URLPattern):
                name = f"{space}{one.name}"
                assert one.name, f"/{here} has no name"
                assert name not in found, f"{name} names two addresses"
                found[name] = (here, one.callback)
            else:
                inner = f"{space}{one.namespace}:" if one.namespace else space
                into(one.url_patterns, here, inner)

    into(get_resolver().url_patterns, "", "")
    return found


def address(route: Route, study_id: str) -> str:
    """Return the address of a route in a study."""
    from django.urls import reverse

    pattern, _ = walk()[route.name]
    of_study = {"study_id": study_id} if "study_id>" in pattern else {}
    return reverse(route.name, kwargs={**of_study, **route.path})


def of_study(route: Route) -> bool:
    """Say whether a route is one of a study."""
    return "study_id>" in walk()[route.name][0]
