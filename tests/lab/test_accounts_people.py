"""First run, one's own account, people of the lab, tokens, signing."""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from isobole.lab import _clock
from isobole.lab.accounts.first_run import setup_code
from isobole.lab.accounts.people import CHANGES
from isobole.lab.accounts.tokens import create_token, user_of_token
from isobole.lab.models import AccessRow, DeviceToken, User
from isobole.results import DataError

NEW = "four quiet herons wade"


def first(code: str | None, **more: str) -> dict[str, str]:
    return {
        "code": code or "",
        "username": "ada",
        "display_name": "Ada Boole",
        "password": NEW,
        "again": NEW,
        **more,
    }


def test_first_run_makes_the_administrator_once(either_lab: Any) -> None:
    lab = either_lab
    code = setup_code()
    assert code is not None
    assert setup_code() == code
    path = lab.config.data / "setup-code"
    assert path.stat().st_mode & 0o777 == 0o600
    client = lab.client()
    assert client.get("/")["Location"] == "/setup"
    assert client.get("/login")["Location"] == "/setup"
    assert code in client.get("/setup", {"code": code}).text
    assert client.post("/setup", first(code))["Location"] == "/"
    assert client.get("/users").status_code == 200
    ada = User.objects.get()
    assert (ada.username, ada.is_administrator) == ("ada", True)
    assert setup_code() is None
    assert not path.exists()
    assert client.get("/setup").status_code == 404
    assert lab.client().post("/setup", first(code)).status_code == 404


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"code": "guess"}, "setup code is not"),
        ({"code": ""}, "setup code is not"),
        ({"again": "other"}, "not the same"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "password1234", "again": "password1234"}, "too common"),
        ({"username": "Ada Boole"}, "small letters"),
        ({"username": "nobody"}, "taken"),
        ({"display_name": " "}, "display name is empty"),
        ({"display_name": "a\u202eb"}, "display name is empty"),
    ],
)
def test_first_run_refuses(lab: Any, more: dict[str, str], said: str) -> None:
    answer = lab.client().post("/setup", {**first(setup_code()), **more})
    assert answer.status_code == 422
    assert said in answer.text
    assert not User.objects.exists()


def test_setup_codes_are_not_guessed(lab: Any) -> None:
    code = setup_code()
    for _ in range(20):
        lab.client().post("/setup", first("guess"))
    assert "Too many wrong" in lab.client().post("/setup", first(code)).text


def test_two_first_runs_at_once_make_one_administrator(either_lab: Any) -> None:
    from django.db import connections

    lab = either_lab
    code = setup_code()
    answers: list[int] = []

    def make(name: str) -> None:
        client = lab.client()
        answers.append(client.post("/setup", first(code, username=name)).status_code)
        connections.close_all()

    makers = [threading.Thread(target=make, args=(f"a{i}",)) for i in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert answers.count(302) == 1
    assert set(answers) <= {302, 422, 404}
    assert User.objects.count() == 1


def test_a_new_person_gets_a_first_password_that_must_be_changed(lab: Any) -> None:
    lab.person("ada", administrator=True)
    page = lab.client("ada").post(
        "/users", {"username": "Ben", "display_name": "Ben  Scorer"}
    )
    password = re.search(r'id="first-password">([^<]+)<', page.text)[1]
    ben = User.objects.get(username="ben")
    assert (ben.display_name, ben.must_change, ben.is_administrator) == (
        "Ben Scorer",
        True,
        False,
    )
    client = lab.client()
    client.post("/login", {"username": "ben", "password": password})
    for path in ("/", "/account", "/tools/"):
        assert client.get(path)["Location"] == "/account/password"
    assert client.get("/api/studies").status_code == 403
    same = {"current": password, "password": password, "again": password}
    assert "is the old one" in client.post("/account/password", same).text
    other = {"current": password, "password": NEW, "again": NEW}
    assert client.post("/account/password", other)["Location"] == "/"
    assert client.get("/account").status_code == 200


def test_a_new_password_ends_the_other_sessions(lab: Any) -> None:
    here, there = lab.client("ana"), lab.client("ana")
    form = {"current": lab.passwords["ana"], "password": NEW, "again": NEW}
    before = here.cookies["sessionid"].value
    assert here.post("/account/password", form)["Location"] == "/account"
    assert here.cookies["sessionid"].value != before
    assert here.get("/account").status_code == 200
    assert there.get("/account")["Location"].startswith("/login")
    assert here.post("/account/password", {**form}).status_code == 422


def test_a_new_password_revokes_tokens_and_says_so(either_lab: Any) -> None:
    from django.contrib.sessions.models import Session

    lab = either_lab
    here, there, other = lab.client("ana"), lab.client("ana"), lab.client("ben")
    mine = [create_token(lab.person("ana"), label, "9") for label in ("rig", "tablet")]
    bens = create_token(lab.person("ben"), "laptop", "9")

    def asks(token: str) -> int:
        client = lab.client()
        return int(
            client.get("/api/studies", HTTP_AUTHORIZATION=f"Bearer {token}").status_code
        )

    assert [asks(token) for token in (*mine, bens)] == [200, 200, 200]
    form = {"current": lab.passwords["ana"], "password": NEW, "again": NEW}
    wrong = here.post("/account/password", {**form, "current": "wrong"})
    assert wrong.status_code == 422
    assert [asks(token) for token in (*mine, bens)] == [200, 200, 200]
    said = here.post("/account/password", form, follow=True)
    assert "Tokens are revoked: rig, tablet." in said.text
    assert [asks(token) for token in (*mine, bens)] == [401, 401, 200]
    assert there.get("/account")["Location"].startswith("/login")
    assert other.get("/account").status_code == 200
    assert Session.objects.count() == 2
    logged = [
        (row.what, json.loads(row.data))
        for row in AccessRow.objects.filter(actor="ana").order_by("seq")
        if row.what.startswith(("password.ch", "token."))
    ]
    assert logged == [
        ("password.changed", {"sessions_ended": 1, "tokens_revoked": 2}),
        ("token.revoked", {"label": "rig", "why": "password changed"}),
        ("token.revoked", {"label": "tablet", "why": "password changed"}),
    ]


def test_a_password_that_was_reset_meanwhile_is_not_overwritten(lab: Any) -> None:
    from isobole.lab.accounts.people import set_own_password
    from isobole.lab.record import writer

    ana = lab.person("ana")
    User.objects.filter(pk=ana.pk).update(password="reset by an administrator")
    create_token(ana, "rig", "9")
    with pytest.raises(DataError, match="changed elsewhere"):
        writer.run(lambda: set_own_password(ana, "mine", ""))
    assert User.objects.get(pk=ana.pk).password == "reset by an administrator"
    assert DeviceToken.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["/account/password", "/account/pin", "/account/tokens"]
)
def test_what_opens_doors_asks_for_the_password(lab: Any, path: str) -> None:
    client = lab.client("ana")
    form = {"password": NEW, "again": NEW, "pin": "4711", "label": "x", "days": "1"}
    answer = client.post(path, {**form, "current": "wrong"})
    assert answer.status_code == 422
    assert "present password is not right" in answer.text
    ana = User.objects.get(username="ana")
    assert ana.check_password(lab.passwords["ana"])
    assert not ana.pin
    assert not DeviceToken.objects.exists()


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "1111", "1234", "9876"])
def test_pins_that_are_none_or_easy_are_refused(lab: Any, pin: str) -> None:
    form = {"pin": pin, "current": lab.person("ana") and lab.passwords["ana"]}
    assert lab.client("ana").post("/account/pin", form).status_code == 422


def test_a_pin_is_set_and_removed_and_kept_as_a_hash(lab: Any) -> None:
    client = lab.client("ana")
    form = {"pin": "4711", "current": lab.passwords["ana"]}
    assert client.post("/account/pin", form).status_code == 302
    assert User.objects.get().pin.startswith("argon2$")
    client.post("/account/pin", {**form, "pin": ""})
    assert User.objects.get().pin == ""


def test_a_token_calls_the_api_until_it_is_revoked(lab: Any) -> None:
    client = lab.client("ana")
    form = {"label": "tablet", "days": "90", "current": lab.passwords["ana"]}
    page = client.post("/account/tokens", form)
    token = re.search(r'<pre id="token">([^<]+)<', page.text)[1]
    assert token not in client.get("/account").text
    kept = DeviceToken.objects.get()
    assert token not in (kept.digest, kept.label)
    device = lab.client()
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert device.get("/api/studies", **bearer).status_code == 200
    assert device.get("/account", **bearer)["Location"].startswith("/login")
    stranger = lab.client("ben")
    stranger.post(f"/account/tokens/{kept.pk}")
    assert device.get("/api/studies", **bearer).status_code == 200
    client.post(f"/account/tokens/{kept.pk}")
    assert device.get("/api/studies", **bearer).status_code == 401


def test_tokens_end(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = lab.person("ana")
    start = datetime(2026, 3, 2, tzinfo=UTC)
    monkeypatch.setattr(_clock, "moment", lambda: start)
    token = create_token(ana, "tablet", "2")
    assert user_of_token(token) == ana
    assert user_of_token(token + "x") is None
    for change in ({"is_active": False}, {"must_change": True}):
        User.objects.filter(pk=ana.pk).update(**change)
        assert user_of_token(token) is None
        User.objects.filter(pk=ana.pk).update(is_active=True, must_change=False)
    monkeypatch.setattr(_clock, "moment", lambda: start + timedelta(days=2, seconds=-1))
    assert user_of_token(token) == ana
    monkeypatch.setattr(_clock, "moment", lambda: start + timedelta(days=2))
    assert user_of_token(token) is None


@pytest.mark.parametrize("days", ["0", "91", "-1", "1.5", "", "²", "1e1", "9" * 30])
def test_no_token_is_valid_longer_than_90_days(lab: Any, days: str) -> None:
    with pytest.raises(DataError, match="1 to 90 days"):
        create_token(lab.person("ana"), "tablet", days)


def test_a_closed_account_is_out_at_once(lab: Any) -> None:
    lab.person("ada", administrator=True)
    ben = lab.client("ben")
    token = create_token(lab.person("ben"), "tablet", "1")
    admin = lab.client("ada")
    assert admin.post("/users/ben", {"do": "deactivate"}).status_code == 302
    assert ben.get("/account")["Location"].startswith("/login")
    assert user_of_token(token) is None
    form = {"username": "ben", "password": lab.passwords["ben"]}
    assert lab.client().post("/login", form).status_code == 422
    admin.post("/users/ben", {"do": "reactivate"})
    # What was ended does not come to life again.
    assert ben.get("/account")["Location"].startswith("/login")
    assert user_of_token(token) is None
    assert lab.client().post("/login", form).status_code == 302


def test_a_reset_ends_sessions_tokens_and_pin(lab: Any) -> None:
    from django.contrib.auth.hashers import make_password

    lab.person("ada", administrator=True)
    ben = lab.client("ben")
    User.objects.filter(username="ben").update(pin=make_password("4711"))
    create_token(lab.person("ben"), "tablet", "1")
    page = lab.client("ada").post("/users/ben", {"do": "reset"})
    assert "first-password" in page.text
    assert ben.get("/account")["Location"].startswith("/login")
    assert not DeviceToken.objects.exists()
    ben_now = User.objects.get(username="ben")
    assert (ben_now.pin, ben_now.must_change) == ("", True)


@pytest.mark.parametrize("do", ["deactivate", "withdraw"])
def test_the_last_active_administrator_stays(lab: Any, do: str) -> None:
    lab.person("ada", administrator=True)
    other = lab.person("bea", administrator=True)
    User.objects.filter(pk=other.pk).update(is_active=False)
    answer = lab.client("ada").post("/users/ada", {"do": do})
    assert answer.status_code == 422
    assert "only active administrator" in answer.text
    assert User.objects.get(username="ada").is_administrator


def test_an_administrator_clears_a_lock_out(lab: Any) -> None:
    lab.person("ada", administrator=True)
    lab.person("ben")
    form = {"username": "ben", "password": lab.passwords["ben"]}
    for _ in range(5):
        lab.client().post("/login", {**form, "password": "wrong"})
    assert "locked out for 1 min" in lab.client("ada").get("/users").text
    assert lab.client().post("/login", form).status_code == 422
    lab.client("ada").post("/users/ben", {"do": "clear"})
    assert lab.client().post("/login", form).status_code == 302


def test_what_an_administrator_does_is_logged(lab: Any) -> None:
    lab.person("ada", administrator=True)
    lab.person("ben")
    admin = lab.client("ada")
    for do in ("grant", "withdraw", "deactivate", "reactivate", "clear", "reset"):
        admin.post("/users/ben", {"do": do})
    rows = AccessRow.objects.order_by("seq")
    assert [row.what.removeprefix("user.") for row in rows] == [
        "grant",
        "withdraw",
        "deactivate",
        "reactivate",
        "clear",
        "reset",
    ]
    assert {json.loads(row.data)["user"] for row in rows} == {"ben"}
    assert {row.what.removeprefix("user.") for row in rows} == set(CHANGES)
    assert admin.post("/users/ben", {"do": "delete"}).status_code == 422
    assert admin.post("/users/nobody", {"do": "reset"}).status_code == 404


def test_a_signature_is_the_persons_own_password(lab: Any) -> None:
    from django.contrib.auth.hashers import make_password
    from django.test import RequestFactory

    from isobole.lab.accounts.signing import check_signature

    ana = lab.person("ana")
    ana.pin = make_password("4711")

    def sign(password: str) -> None:
        request = RequestFactory().post("/x", {"signature_password": password})
        request.user = ana
        check_signature(request)

    sign(lab.passwords["ana"])
    with pytest.raises(DataError, match="was not entered"):
        sign("")
    for _ in range(5):
        with pytest.raises(DataError, match="not yours"):
            sign("4711")
    with pytest.raises(DataError, match="Too many wrong"):
        sign(lab.passwords["ana"])
    assert AccessRow.objects.filter(what="signature.refused").count() == 5


@pytest.mark.parametrize("what", ["grant", "deactivate"])
def test_an_administrator_undoes_no_password_that_is_changed_at_this_moment(
    either_lab: Any, what: Any
) -> None:
    """On PostgreSQL both may be under way: the account is saved as it is by then."""
    from concurrent.futures import ThreadPoolExecutor

    from django.contrib.auth.hashers import make_password
    from django.db import connections, transaction

    from isobole.lab.accounts import people

    either_lab.person("ada", administrator=True)
    ana = either_lab.person("ana")

    def meanwhile() -> None:
        try:
            people.change(User.objects.get(pk=ana.pk), what)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            people.set_own_password(ana, make_password(NEW), "")
            done = pool.submit(meanwhile)
            time.sleep(0.3)  # it is under way, and waits
            assert not done.done()
        done.result()
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert (ana.is_administrator, ana.is_active) == (what == "grant", what == "grant")
