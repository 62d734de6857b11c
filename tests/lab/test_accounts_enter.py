"""Log-in, log-out, the lock and the way back in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from isobole.lab import _clock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """The server's clock, moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(_clock, "moment", clock)
    return clock


@contextmanager
def setting(name: str, **more: Any) -> Iterator[None]:
    from django.conf import settings
    from django.test import override_settings

    with override_settings(**{name: {**getattr(settings, name), **more}}):
        yield


def log_in(lab: Any, client: Any, name: str, password: str | None = None, **more: Any):
    given = lab.passwords[name] if password is None else password
    return client.post("/login", {"username": name, "password": given, **more})


def logged(what: str) -> list[Any]:
    from isobole.lab.models import AccessRow

    return list(AccessRow.objects.filter(what=what).order_by("seq"))


def test_who_knows_the_password_gets_in_and_it_is_logged(lab: Any) -> None:
    lab.person("ana")
    client = lab.client()
    answer = log_in(lab, client, "ana", next="/account")
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    (row,) = logged("login")
    assert (row.actor, row.address) == ("ana", "127.0.0.1")


def test_a_session_begins_under_a_new_key(lab: Any) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    lab.person("ana")
    planted = SessionStore()
    planted["next"] = "/"
    planted.create()
    client = lab.client()
    client.cookies["sessionid"] = planted.session_key
    log_in(lab, client, "ana")
    assert client.cookies["sessionid"].value != planted.session_key
    stranger = lab.client()
    stranger.cookies["sessionid"] = planted.session_key
    assert stranger.get("/account")["Location"].startswith("/login")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "http:///evil.example",
    ],
)
def test_the_next_page_is_one_of_this_host(lab: Any, elsewhere: str) -> None:
    lab.person("ana")
    answer = log_in(lab, lab.client(), "ana", next=elsewhere)
    assert answer["Location"] == "/"
    assert 'value="/"' in lab.client().get("/login", {"next": elsewhere}).text


def test_a_name_that_is_none_is_answered_like_a_wrong_password(lab: Any) -> None:
    lab.person("ana")
    there = log_in(lab, lab.client(), "ana", "wrong")
    nowhere = lab.client().post("/login", {"username": "bob", "password": "wrong"})
    assert there.status_code == nowhere.status_code == 422

    def told(answer: Any, name: str) -> str:
        return _without_token(answer.text).replace(f'value="{name}"', "")

    assert told(there, "ana") == told(nowhere, "bob")
    assert [row.actor for row in logged("login.refused")] == ["ana", "nobody"]


def test_names_that_are_none_take_as_many_password_hashes(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted instead of timed: one Argon2 hash each, whatever the reason is."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    ana = lab.person("ana")
    closed = lab.person("cara")
    closed.is_active = False
    closed.save()
    assert ana.password.startswith("argon2$")
    made: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def counted(*args: Any, real: Any = real, **more: Any) -> Any:
            made.append(real.__name__)
            return real(*args, **more)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    counts = []
    for name in ("ana", "bob", "cara", "no such name", "x" * 200, "a\0b"):
        made.clear()
        answer = lab.client().post("/login", {"username": name, "password": "wrong"})
        assert answer.status_code == 422
        counts.append(len(made))
    assert set(counts) == {1}


def test_five_wrong_passwords_make_one_wait_longer_and_longer(
    lab: Any, clock: Clock
) -> None:
    lab.person("ana")
    client = lab.client()
    with setting("LAB_RATE", anonymous=10_000):
        _waits_grow(lab, client, clock)


def _waits_grow(lab: Any, client: Any, clock: Clock) -> None:
    for _ in range(5):
        assert "not right" in log_in(lab, client, "ana", "wrong").text
    waits = []
    for _ in range(8):
        answer = log_in(lab, client, "ana")
        assert answer.status_code == 422
        assert "ask an administrator" in answer.text
        waited = 0
        while "Too many" in log_in(lab, client, "ana", "wrong").text:
            clock.go(minutes=1)
            waited += 1
        waits.append(waited)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    clock.go(minutes=60)
    assert log_in(lab, client, "ana").status_code == 302
    assert "not right" in log_in(lab, lab.client(), "ana", "wrong").text


def test_names_that_are_none_are_locked_out_alike(lab: Any) -> None:
    lab.person("ana")
    said = {}
    for name in ("ana", "bob"):
        for _ in range(5):
            lab.client().post("/login", {"username": name, "password": "wrong"})
        answer = lab.client().post("/login", {"username": name, "password": "wrong"})
        said[name] = _without_token(answer.text).replace(name, "")
    assert said["ana"] == said["bob"]


def test_one_name_has_one_count_however_it_is_spelled(lab: Any) -> None:
    # A name that is cut short may end in blanks of many kinds.
    lab.person("ana")
    blanks = (" ", "\t", "\u2003", "\u2028", "\x0c", "\x1f", "\u00a0")
    spelled = ["ana", "ANA", *(f"ana{one}{' ' * 280}x" for one in blanks)]
    said = [
        lab.client().post("/login", {"username": name, "password": "wrong"}).text
        for name in spelled
    ]
    assert [i for i, text in enumerate(said) if "Too many wrong" in text] == [
        5, 6, 7, 8,
    ]  # fmt: skip
    right = {"username": spelled[-1], "password": lab.passwords["ana"]}
    assert "Too many wrong" in lab.client().post("/login", right).text


def test_many_names_from_one_address_make_the_address_wait(either_lab: Any) -> None:
    lab = either_lab
    lab.person("ana")
    for count in range(20):
        lab.client().post("/login", {"username": f"p{count}", "password": "wrong"})
    assert "Too many wrong" in log_in(lab, lab.client(), "ana").text
    elsewhere = lab.client().post(
        "/login",
        {"username": "ana", "password": lab.passwords["ana"]},
        REMOTE_ADDR="10.0.0.9",
    )
    assert elsewhere.status_code == 302


def test_tries_sent_side_by_side_are_counted_one_by_one(either_lab: Any) -> None:
    from threading import Thread

    from django.db import connections

    lab = either_lab
    lab.person("ana")
    said: list[str] = []

    def guess() -> None:
        said.append(log_in(lab, lab.client(), "ana", "wrong").text)
        connections.close_all()

    guesses = [Thread(target=guess) for _ in range(12)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert sum("not right" in text for text in said) == 5
    assert sum("Too many wrong" in text for text in said) == 7


def test_an_account_of_ones_own_does_not_clear_the_address(lab: Any) -> None:
    lab.person("ana")
    for count in range(19):
        lab.client().post("/login", {"username": f"p{count}", "password": "wrong"})
    assert log_in(lab, lab.client(), "ana").status_code == 302
    lab.client().post("/login", {"username": "bob", "password": "wrong"})
    assert "Too many wrong" in log_in(lab, lab.client(), "ana").text


def test_a_locked_session_shows_nothing_until_its_person_is_back(lab: Any) -> None:
    client = lab.client("ana")
    answer = client.post("/lock", HTTP_REFERER="http://127.0.0.1/account?tab=1")
    assert answer["Location"] == "/unlock?next=%2Faccount%3Ftab%3D1"
    assert client.get("/account")["Location"] == "/unlock?next=%2Faccount"
    assert client.get("/no/such/page")["Location"].startswith("/unlock")
    partial = client.get("/account", HTTP_HX_REQUEST="true")
    assert partial["HX-Redirect"].startswith("/unlock")
    wrong = client.post("/unlock", {"password": "wrong"})
    assert wrong.status_code == 422
    assert client.get("/account")["Location"].startswith("/unlock")
    back = client.post(
        "/unlock", {"password": lab.passwords["ana"], "next": "/account"}
    )
    assert back["Location"] == "/account"
    assert client.get("/account").status_code == 200
    assert [row.what for row in logged("lock") + logged("unlock")] == ["lock", "unlock"]


def test_a_session_left_alone_is_locked_and_polling_does_not_keep_it_open(
    lab: Any, clock: Clock
) -> None:
    lab.person("ana")
    client = lab.client()
    log_in(lab, client, "ana")
    clock.go(minutes=14)
    assert client.get("/account").status_code == 200
    clock.go(minutes=14)
    assert client.get("/account").status_code == 200
    clock.go(minutes=14)
    assert client.get("/account", HTTP_X_BACKGROUND="1").status_code == 200
    clock.go(minutes=1, seconds=1)
    assert client.get("/account")["Location"].startswith("/unlock")


def test_an_event_sent_beside_the_lock_does_not_undo_it(lab: Any) -> None:
    """A request that read the session before the button was pressed ends after it."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    from isobole.lab.accounts import sessions
    from isobole.lab.record import writer

    client = lab.client("ana")
    key = client.cookies["sessionid"].value
    early = RequestFactory().post("/api/x")
    early.session = SessionStore(key)
    assert not sessions.is_locked(early)
    client.post("/lock")
    sessions.touch(early)
    writer.settle()
    early.session.save()
    assert client.get("/account")["Location"].startswith("/unlock")


def test_a_pin_opens_the_lock_five_times_wrong_never_again(either_lab: Any) -> None:
    lab = either_lab
    from django.contrib.auth.hashers import make_password

    ana = lab.person("ana")
    ana.pin = make_password("4711")
    ana.save()
    client = lab.client("ana")
    client.post("/lock")
    assert client.post("/unlock", {"pin": "4711"}).status_code == 302
    client.post("/lock")
    for _ in range(5):
        assert client.post("/unlock", {"pin": "0815"}).status_code == 422
    answer = client.post("/unlock", {"pin": "4711"})
    assert "Enter your password" in answer.text
    assert 'name="pin"' not in client.get("/unlock").text
    assert client.get("/account")["Location"].startswith("/unlock")
    client.post("/unlock", {"password": lab.passwords["ana"]})
    client.post("/lock")
    assert client.post("/unlock", {"pin": "4711"}).status_code == 302


def test_a_pin_is_no_password_and_no_signature(lab: Any) -> None:
    from django.contrib.auth.hashers import make_password

    ana = lab.person("ana")
    ana.pin = make_password("4711")
    ana.save()
    assert log_in(lab, lab.client(), "ana", "4711").status_code == 422
    client = lab.client("ana")
    client.post("/lock")
    assert client.post("/unlock", {"password": "4711"}).status_code == 422


def test_the_bench_unlocks_by_fetch(lab: Any) -> None:
    client = lab.client("ana")
    client.post("/lock", HTTP_ACCEPT="application/json")
    wrong = client.post("/unlock", {"pin": "1"}, HTTP_ACCEPT="application/json")
    assert wrong.status_code == 422
    assert wrong.json()["problems"][0]["code"] == "pin-used-up"
    right = client.post(
        "/unlock", {"password": lab.passwords["ana"]}, HTTP_ACCEPT="application/json"
    )
    assert right.json() == {"locked": False}
    nobody = lab.client().post("/unlock", HTTP_ACCEPT="application/json")
    assert nobody.status_code == 401


def test_wrong_passwords_at_the_lock_make_its_session_wait_not_the_log_in(
    lab: Any,
) -> None:
    client = lab.client("ana")
    client.post("/lock")
    for _ in range(5):
        client.post("/unlock", {"password": "wrong"})
    said = client.post("/unlock", {"password": lab.passwords["ana"]})
    assert "Too many wrong" in said.text
    assert log_in(lab, lab.client(), "ana").status_code == 302


def test_log_out_ends_the_session(lab: Any) -> None:
    client = lab.client("ana")
    key = client.cookies["sessionid"].value
    assert client.get("/logout").status_code == 405
    assert client.post("/logout")["Location"] == "/login"
    thief = lab.client()
    thief.cookies["sessionid"] = key
    assert thief.get("/account")["Location"].startswith("/login")


def _without_token(page: str) -> str:
    from re import sub

    page = sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    return sub(r'"X-CSRFToken": "\w+"', "", page)


@pytest.mark.parametrize("left", ["logged out", "account closed"])
def test_what_was_to_be_said_to_one_person_is_not_said_to_the_next(
    lab: Any, left: str
) -> None:
    # A shared tablet: the page that would have shown it was never opened.
    lab.person("ben")
    tablet = lab.client("ana")
    tablet.post("/account", {"display_name": "Ana Canary"})
    if left == "logged out":
        tablet.post("/logout")
    else:
        del tablet.cookies["sessionid"]
    form = {"username": "ben", "password": lab.passwords["ben"]}
    assert tablet.post("/login", form).status_code == 302
    assert "Canary" not in tablet.get("/account").text


def test_a_session_that_ends_while_its_page_is_made_is_no_bad_request(
    either_lab: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a new password on another device, for one; that the person was there waits."""
    from django.contrib.sessions.models import Session

    from isobole.lab.pages import _studies

    lab = either_lab
    lab.study(ana="designer")
    client = lab.client()
    log_in(lab, client, "ana")
    clock.go(minutes=1)
    line = _studies._line

    def ends_meanwhile(*given: Any) -> Any:
        Session.objects.all().delete()
        return line(*given)

    with monkeypatch.context() as patch:
        patch.setattr(_studies, "_line", ends_meanwhile)
        assert client.get("/").status_code == 200
    assert not Session.objects.exists(), "it does not come back"
    assert client.get("/").headers["Location"].startswith("/login")


@pytest.mark.parametrize("cookie", ['"abcdefghijkl\\000"', '"\\000"', "a" * 3000])
def test_a_cookie_that_is_none_is_a_stranger(either_lab: Any, cookie: str) -> None:
    either_lab.person("ana")
    client = either_lab.client()
    client.raise_request_exception = False
    sent = {"cookie": f"sessionid={cookie}"}
    assert client.get("/login", headers=sent).status_code == 200
    answer = client.get("/", headers=sent)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")
