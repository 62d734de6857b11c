"""Every address against every role, by the table in `route_table.py`."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from lab.route_table import (
    ANYONE,
    BY_NAME,
    PERSON,
    ROLES,
    ROUTES,
    Route,
    address,
    of_study,
    walk,
)
from lab_records import entries_until

Method = Literal["get", "post"]
ID = "PTZ-VPA-MG"
WHO = (*ROLES, "designer+scorer", "stranger", "nobody")
LET_IN = (200, 202, 204, 302, 422)
DOORS = {"login", "logout", "lock", "unlock", "setup"}
"""Addresses that send people to each other."""


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert set(BY_NAME) == set(walk())


def test_every_address_of_a_study_is_guarded_by_a_capability() -> None:
    """The API asks `access_for`; pages carry what they need."""
    bare = [
        name
        for name, (pattern, view) in walk().items()
        if "study_id>" in pattern
        and not pattern.startswith("api/")
        and not _is_placeholder(view)
        and not hasattr(view, "needs")
        and not hasattr(getattr(view, "__wrapped__", None), "needs")
    ]
    assert bare == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_who_may_ask_what(lab: Any, route: Route) -> None:
    if _is_placeholder(walk()[route.name][1]):
        pytest.skip("not built yet")
    for who in (*ROLES, "both", "stranger"):
        _person(who)
    lab.stored(
        entries_until("analysis.lock"),
        **{role: role for role in ROLES if role != "administrator"},
        both="designer+scorer",
    )
    wrong = []
    with override_settings(
        LAB_RATE=dict.fromkeys(("address", "anonymous", "user", "events"), 10**6)
    ):
        for who in WHO:
            for method in ("get", "post"):
                if said := _wrong(lab, route, who, method):
                    wrong.append(said)
    assert wrong == []


def _wrong(lab: Any, route: Route, who: str, method: Method) -> str | None:
    before = _rows()
    answer = _ask(lab, route, who, method)
    told = f"{method.upper()} {route.name} by {who}: {answer.status_code}"
    if answer.status_code >= 500:
        return told
    may = _may(route, who, method)
    if may is None:
        # The method is refused to all, or shows the page and changes nothing.
        fine = answer.status_code in (403, 404, 405) or _sent_away(answer)
        fine = fine or answer.status_code == 401
        if method == "post" and answer.status_code == 200:
            fine = True
        if _rows() != before:
            return f"{told}, and the record has other rows"
        return None if fine else told
    if method == "get" and _rows() != before:
        return f"{told}, and the record has other rows"
    if not may:
        if _rows() != before:
            return f"{told}, and the record has other rows"
        return None if _refused(route, who, answer) else f"{told}, to be refused"
    if _sent_away(answer) and route.name not in DOORS:
        return f"{told}, sent to {answer['Location']}"
    allowed = (*LET_IN, 404) if route.missing else LET_IN
    return None if answer.status_code in allowed else f"{told}, to be let in"


def _ask(lab: Any, route: Route, who: str, method: Method) -> Any:
    name = {"designer+scorer": "both", "nobody": None}.get(who, who)
    client = lab.client(name)
    client.raise_request_exception = False
    where = address(route, ID)
    if method == "get":
        return client.get(where, route.query)
    if route.name.startswith("api:"):
        return client.post(where, dict(route.form), content_type="application/json")
    return client.post(where, route.form)


def _may(route: Route, who: str, method: Method) -> bool | None:
    allowed = route.get if method == "get" else route.post
    if allowed is None:
        return None
    if allowed == ANYONE:
        return True
    if who == "nobody":
        return False
    if allowed == PERSON:
        return True
    roles = allowed.split()
    if who == "designer+scorer":
        if route.tells:
            return False
        return bool({"designer", "scorer"} & set(roles))
    return who in roles


def _refused(route: Route, who: str, answer: Any) -> bool:
    api = route.name.startswith("api:")
    if who == "nobody":
        return answer.status_code == 401 if api else _sent_away(answer)
    if who == "stranger" and of_study(route):
        return bool(answer.status_code == 404)  # not told that there is such a study
    return bool(answer.status_code == 403)


def _sent_away(answer: Any) -> bool:
    if answer.status_code != 302:
        return False
    return urlsplit(answer["Location"]).path in ("/login", "/unlock", "/setup")


def _person(name: str) -> None:
    """Make somebody who never types a password: hashing one takes its time."""
    from isobole.lab.models import User

    User.objects.create(
        username=name,
        display_name=name.title(),
        password="!",
        is_administrator=name == "administrator",
    )


def _rows() -> int:
    from isobole.lab.models import RecordRow

    return RecordRow.objects.count()


def _is_placeholder(view: Any) -> bool:
    return bool(getattr(view, "__name__", "") == "placeholder")
