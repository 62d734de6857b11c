"""What somebody hostile may try: forged forms, markup, odd texts, floods."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from isobole.lab._config import LabConfig
from isobole.lab._settings import settings_of
from lab.route_table import ANYONE, ROLES, ROUTES, Route, address
from lab_records import entries_until, rechained

ID = "PTZ-VPA-MG"
FREE = dict.fromkeys(("address", "anonymous", "user", "events"), 10**6)
EVIL = "<b id=xss>\"onmouseover='xss' {{ 7|add:7 }}"


def people(lab: Any) -> None:
    """Make somebody who never types a password for each role, and one for many."""
    from isobole.lab.models import User

    for name in (*ROLES, "all"):
        User.objects.create(
            username=name,
            display_name=f"{name} {EVIL}",
            password="!",
            is_administrator=name in ("administrator", "all"),
        )


def fill(lab: Any, entries: Any) -> None:
    people(lab)
    lab.stored(
        entries,
        **{role: role for role in ROLES if role != "administrator"},
        all="designer+pharmacist+analyst",
    )


def test_forms_of_another_site_are_refused(lab: Any) -> None:
    fill(lab, entries_until("analysis.lock"))
    with override_settings(LAB_RATE=FREE):
        wrong = [said for route in ROUTES if route.post for said in _forged(lab, route)]
    assert wrong == []


def _forged(lab: Any, route: Route) -> Iterator[str]:
    assert route.post is not None
    roles = route.post.split()
    who = "all" if {"administrator", "designer"} & set(roles) else roles[0]
    client = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    if route.post != ANYONE:
        client.force_login(lab.person(who if who in ROLES else "all"))
    if route.name == "api:api-events":
        client.force_login(lab.person("scorer"))
    kind = {"content_type": "application/json"} if "api:" in route.name else {}
    for heads in ({}, {"HTTP_X_CSRFTOKEN": "a" * 32}):
        answer = client.post(address(route, ID), dict(route.form), **kind, **heads)
        text = answer.content.decode()
        if answer.status_code != 403 or "not sent from this lab" not in text:
            yield f"{route.name} {heads}: {answer.status_code}"


def test_a_token_needs_no_secret_of_a_form_and_a_cookie_beside_it_is_nothing(
    lab: Any,
) -> None:
    from isobole.lab.accounts.tokens import create_token

    fill(lab, entries_until("dose.give"))
    token = create_token(lab.person("scorer"), "tablet", "1")
    route = next(one for one in ROUTES if one.name == "api:api-events")
    client = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)

    def post(header: str) -> Any:
        return client.post(
            address(route, ID),
            json.dumps(dict(route.form)),
            content_type="application/json",
            HTTP_AUTHORIZATION=header,
        )

    assert post(f"Bearer {token}").status_code == 200
    # A device is told of its token, not of a form; a cookie beside it changes nothing.
    for _ in range(2):
        refused = post("Bearer wrong")
        assert refused.status_code == 401
        assert "token" in refused.json()["message"]
        client.force_login(lab.person("scorer"))


def test_a_locked_session_is_refused_by_the_api(lab: Any) -> None:
    fill(lab, entries_until("dose.give"))
    client = lab.client("scorer")
    client.post("/lock")
    for route in ROUTES:
        if route.name.startswith("api:") and ANYONE not in (route.get, route.post):
            where = address(route, ID)
            answer = (
                client.get(where)
                if route.get
                else client.post(where, dict(route.form), "application/json")
            )
            assert answer.status_code == 423, route.name
            assert answer.json()["remedy"]


class Markup(HTMLParser):
    """What a page has that the policy of contents forbids, or that was not escaped."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._json = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id") == "xss":
            self.found.append("markup of a free text")
        if tag == "style" or (
            tag == "script"
            and "src" not in given
            and given.get("type") != "application/json"
        ):
            self.found.append(f"inline {tag}")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"{name}={value}")
            if name in ("src", "href", "action", "formaction"):
                text = (value or "").strip().lower()
                if text.startswith(
                    ("javascript:", "data:", "http:", "//", "vbscript:")
                ):
                    self.found.append(f"{name}={value}")


def pages(lab: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in names:
        client = lab.client(name)
        client.raise_request_exception = False
        for route in ROUTES:
            if route.get is None:
                continue
            answer = client.get(address(route, ID), route.query)
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                continue
            yield f"{route.name} for {name}", answer


def evil_study() -> Any:
    """Return the bundled record with markup in its free texts and names."""
    rows = []
    toml = EVIL.replace("\\", "\\\\").replace('"', '\\"')
    for entry in entries_until("analysis.lock"):
        row = asdict(entry)
        data = dict(entry.data)
        if entry.action == "protocol.save":
            text = str(data["toml"])
            for key in ("title", "hypothesis", "ethics_id", "strain", "housing"):
                begin = text.index(f'\n{key} = "')
                end = text.index("\n", begin + 1)
                text = f'{text[:begin]}\n{key} = "{toml}"{text[end:]}'
            text = text.replace('note = "The last', f'note = "{toml} The last')
            data["toml"] = text
        for key in ("detail", "note", "criterion", "reason", "person"):
            if isinstance(data.get(key), str):
                data[key] = EVIL
        row["data"] = data
        row["device"] = "dev-<b id=xss>"
        if entry.reason:
            row["reason"] = EVIL
        rows.append(row)
    return rechained(rows)


def test_pages_hold_no_markup_of_others_and_nothing_inline_and_forbid_it(
    lab: Any,
) -> None:
    from isobole.lab.record import log_access

    fill(lab, evil_study())
    log_access("export", actor=EVIL, address=EVIL, study_id=ID, data={"file": EVIL})
    seen = escaped = 0
    with override_settings(LAB_RATE=FREE):
        for label, answer in pages(lab, (*ROLES, "all")):
            assert answer.status_code < 500, label
            _heads(label, answer)
            text = answer.content.decode()
            page = Markup()
            page.feed(text)
            assert page.found == [], label
            assert "{{" not in text.replace("{{ 7|add:7 }}", ""), label
            assert "xss' 14" not in text, label
            seen += 1
            escaped += "&lt;b id=xss&gt;" in text
    assert seen > 100
    assert escaped > 40


def _heads(label: str, answer: Any) -> None:
    """Assert that an answer carries the headers that browsers heed."""
    heads = answer.headers
    policy = heads["Content-Security-Policy"]
    assert "unsafe" not in policy, label
    for part in ("default-src 'self'", "frame-ancestors 'none'"):
        assert part in policy, label
    assert heads["X-Content-Type-Options"] == "nosniff", label
    assert heads["X-Frame-Options"] == "DENY", label
    assert heads["Referrer-Policy"] == "same-origin", label
    assert "no-store" in heads["Cache-Control"], label


def test_cookies_go_over_https_alone_where_the_lab_does() -> None:
    config = LabConfig(Path("nowhere"), None, "-" * 40, secure=True)
    for name in ("SESSION", "CSRF"):
        assert settings_of(config)[f"{name}_COOKIE_SECURE"] is True
        plain = replace(config, secure=False)
        assert settings_of(plain)[f"{name}_COOKIE_SECURE"] is False


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(lab: Any) -> None:
    lab.person("ana")
    client = lab.client()
    client.post("/login", {"username": "ana", "password": lab.passwords["ana"]})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


ODD = (
    "' OR 1=1 --",
    '"; DROP TABLE lab_user; --',
    "%",
    "\ud7ff\u202e",
    "../../secret-key",
    "9" * 40,
    "x" * 5000,
)
PARAMETERS = (
    "person", "action", "animal", "study", "since", "until", "corrections", "page",
    "next", "run", "day", "row", "after", "limit", "rows", "code", "model", "q",
    "version", "number", "format",
)  # fmt: skip


@pytest.mark.parametrize("texts", [ODD, ("a\0b",)], ids=["odd", "NUL"])
def test_odd_texts_are_texts(either_lab: Any, texts: tuple[str, ...]) -> None:
    """SQL, NUL and the like: asked for in every address, posted in every form."""
    from isobole.lab.models import RecordRow, User

    lab = either_lab
    fill(lab, entries_until("dose.give"))
    before = (RecordRow.objects.count(), User.objects.count())
    turn = count()

    def odd(names: tuple[str, ...]) -> dict[str, str]:
        start = next(turn)
        return {
            name: texts[(start + place) % len(texts)]
            for place, name in enumerate(names)
        }

    failed = []
    with override_settings(LAB_RATE=FREE):
        for name in ("all", "scorer"):
            client = lab.client(name)
            client.raise_request_exception = False
            for route in ROUTES:
                if route.name in ("logout", "lock"):
                    continue
                answer = client.get(address(route, ID), odd(PARAMETERS))
                if answer.status_code >= 500 and answer.status_code != 501:
                    failed.append(f"GET {route.name} by {name}")
                if route.name.startswith("api:"):
                    continue
                form = odd((*PARAMETERS, *FIELDS))
                answer = client.post(address(route, ID), form)
                if answer.status_code >= 500 and answer.status_code != 501:
                    failed.append(f"POST {route.name} by {name}")
    assert failed == []
    assert (RecordRow.objects.count(), User.objects.count()) == before


FIELDS = (
    "username", "password", "display_name", "current", "again", "pin", "label",
    "days", "do", "user", "role", "code", "animal_id", "number", "weight_g", "when",
    "reason", "toml", "text", "passphrase", "signature_password", "volume_ml",
    "criterion", "based_on", "supersedes", "note", "seed", "title", "study_id",
)  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret-key",
        "/static/..%2f..%2fsecret-key",
        "/static/%2e%2e/%2e%2e/lab.sqlite3",
        "/static//etc/passwd",
        "/studies/..%2f..%2fetc/protocol",
        "/studies/%00/protocol",
        "/studies/PTZ-VPA-MG/audit.%2e%2e%2fcsv",
        "/studies/PTZ-VPA-MG/bench/..%2f..%2fx",
        "/api/studies/%00/record",
    ],
)
def test_no_path_leads_out(either_lab: Any, path: str) -> None:
    fill(either_lab, entries_until("analysis.lock"))
    client = either_lab.client("all")
    client.raise_request_exception = False
    answer = client.get(path)
    assert answer.status_code in (302, 400, 403, 404)


def test_a_person_is_limited_and_the_others_of_the_address_are_not(lab: Any) -> None:
    people(lab)
    ana, ben = lab.client("designer"), lab.client("scorer")
    with override_settings(LAB_RATE={**FREE, "user": 5}):
        codes = [ana.get("/account").status_code for _ in range(6)]
        assert codes == [200] * 5 + [429]
        assert ana.get("/account")["Retry-After"] == "60"
        assert ben.get("/account").status_code == 200


def test_strangers_are_limited_by_address_whatever_cookie_they_bring(lab: Any) -> None:
    lab.person("ana")
    with override_settings(LAB_RATE={**FREE, "anonymous": 5}):
        for number in range(6):
            client = lab.client()
            client.cookies["sessionid"] = f"made-up-{number}"
            answer = client.get("/login", HTTP_AUTHORIZATION=f"Bearer {number}")
        assert answer.status_code == 429
        assert lab.client().get("/login", REMOTE_ADDR="10.0.0.2").status_code == 200
        assert lab.client("ana").get("/account").status_code == 200


def test_an_address_has_a_limit_of_its_own(lab: Any) -> None:
    people(lab)
    with override_settings(LAB_RATE={**FREE, "address": 2}):
        codes = [lab.client("scorer").get("/account").status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_what_is_too_large_is_not_read(lab: Any) -> None:
    people(lab)
    client = lab.client("designer")
    with override_settings(LAB_UPLOAD_BYTES=1000):
        answer = client.post("/account", {"display_name": "x" * 2000})
        assert answer.status_code == 413
        assert "Send at most" in answer.text
        large = client.post(
            f"/api/studies/{ID}/events", {"x": "y" * 2000}, "application/json"
        )
        assert large.status_code == 413
        assert large.json()["remedy"]
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        client.raise_request_exception = False
        answer = client.post(
            "/account",
            "display_name=" + "x" * 2000,
            "application/x-www-form-urlencoded",
        )
        assert answer.status_code in (400, 413)


def test_another_host_is_not_answered(lab: Any) -> None:
    client = Client(HTTP_HOST="evil.example")
    client.raise_request_exception = False
    assert client.get("/login").status_code == 400
