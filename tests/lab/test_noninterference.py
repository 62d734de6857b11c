"""Who works blind sees the same, byte for byte, whatever the allocation is.

Two labs hold studies that differ in nothing but the allocation: other group codes for
the animals, another commitment, another key, other words of the pharmacist. Everything
a blinded person can ask is asked in both, refused things too, and what they do is done
in both. What names no treatment of an animal is the same in both by construction: the
protocol with its groups is no secret, which animal is in which group is. Canaries stand
for the latter: the codes of animals, the commitment, the key, the words of an emergency
unblinding. They are searched in every answer besides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from isobole.lab import _clock
from lab.conftest import Lab, _fresh_sqlite, on_postgresql
from lab.route_table import ROUTES, Route, address, walk
from lab_records import entries_until, rechained

ID = "PTZ-VPA-MG"
RUN = "2026-02-03-run-1"
WALL = "2026-02-03T09:30:00.000Z"
NOW = datetime(2026, 2, 3, 9, 40, tzinfo=UTC)
BLIND: Mapping[str, str] = {
    "ben": "scorer",
    "dan": "dosing",
    "bob": "dosing+scorer",
    "des": "designer+scorer",
    "adm": "scorer",  # and administrator of the lab
}
CODES = {
    "a": ("CANARYAA", "CANARYAB", "CANARYAC", "CANARYAD"),
    "b": ("CANARYBA", "CANARYBB", "CANARYBC", "CANARYBD"),
}
# What an address is asked besides the line of the table: pages of single runs, files.
ALSO: Mapping[str, tuple[tuple[dict[str, Any], dict[str, str]], ...]] = {
    "audit": (({}, {"corrections": "1"}), ({}, {"animal": "R14"})),
    "audit-export": (({"kind": "json"}, {}),),
    "dosing": (({}, {"run": "1"}), ({}, {"run": "2"}), ({}, {"run": "8"})),
    "dosing-sheet": (({}, {"run": "1"}), ({}, {"day": "2026-02-03"})),
    "bench-run": (({"run": RUN}, {}), ({"run": "2026-02-03-run-2"}, {})),
    "bench-complete": (({"run": RUN}, {}),),
    "api:api-bench": (({"run": RUN}, {}), ({"run": RUN}, {"rows": "none"})),
    "api:api-record": (({}, {"after": "20", "limit": "50"}),),
}
Labelled = dict[str, bytes]


def study(which: str, until: str) -> list[Any]:
    """Return the bundled record up to an action, with an allocation of its own."""
    codes = CODES[which]
    rows = []
    for entry in entries_until(until):
        row = asdict(entry)
        row["actor"] = {"S. Kruse": "ben", "D. Osei": "dan"}.get(
            entry.actor, entry.actor
        )
        if entry.action == "allocation.commit":
            listed = [dict(one) for one in entry.data["rows"]]
            for place, one in enumerate(listed):
                turn = place // 4 if which == "a" else 3 * place + 1
                one["group_code"] = codes[(place + turn) % 4]
            if which == "b":
                listed.reverse()
            row["data"] = {
                **entry.data,
                "rows": listed,
                "commitment": ("a" if which == "a" else "b") * 64,
                "rows_sha256": ("c" if which == "a" else "d") * 64,
            }
        rows.append(row)
    if until == "analysis.lock":
        rows.append(_unblinding(rows[-1], which))
    return rechained(rows)


def _unblinding(last: dict[str, Any], which: str) -> dict[str, Any]:
    return {
        **last,
        "id": f"CANARYID{which}",
        "actor": "P. Nowak",
        "device": "pharmacy-1",
        "device_seq": 2,
        "action": "unblind",
        "obj": "R03",
        "data": {"animal_id": "R03", "reason": f"CANARYREASON{which} had the most"},
        "supersedes": None,
        "reason": None,
    }


def put(lab: Lab, which: str, until: str) -> None:
    """Fill an empty lab with the study, its sealed key and its people."""
    from isobole.lab.models import Study, User
    from isobole.lab.record import log_access

    for name in (*BLIND, "pia", "stranger"):
        User.objects.create(
            username=name,
            display_name=name.title(),
            password="!",
            is_administrator=name == "adm",
        )
    lab.stored(study(which, until), **BLIND, pia="pharmacist")
    Study.objects.update(sealed_key=f"CANARYKEY{which}")
    log_access(
        "unblind", actor="pia", study_id=ID, data={"animal": f"CANARYLOG{which}"}
    )


def asked(lab: Lab, names: Mapping[str, Any]) -> Labelled:
    """Return what each address of the table answers to each person."""
    found: Labelled = {}
    for name in names:
        client = lab.client(name)
        client.raise_request_exception = False
        for route in ROUTES:
            if route.name in ("logout", "lock"):
                continue
            for label, path, query in _ways(route):
                found[f"{name} GET {label}"] = whole(client.get(path, query))
    return found


def _ways(route: Route) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    yield route.name, address(route, ID), route.query
    for path, query in ALSO.get(route.name, ()):
        other = Route(route.name, path={**route.path, **path})
        where = address(other, ID)
        yield f"{route.name} {where} {query}", where, query


def whole(answer: Any) -> bytes:
    """Return status, headers and body without the form's secret and the cookies."""
    body = answer.getvalue() if answer.streaming else answer.content
    body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)
    body = re.sub(rb'"X-CSRFToken": "\w+"', b"", body)
    heads = sorted(f"{k}: {v}" for k, v in answer.headers.items() if k != "Set-Cookie")
    return "\n".join([str(answer.status_code), *heads, ""]).encode() + body


def done(lab: Lab) -> Labelled:
    """Dose, start, score, correct and sign; return every answer."""
    from django.contrib.auth.hashers import make_password

    from isobole.lab.models import User

    User.objects.update(password=make_password("four quiet herons wade"))
    found: Labelled = {}

    def send(who: str, label: str, send: Callable[[Any], Any]) -> None:
        client = lab.client(who)
        client.raise_request_exception = False
        found[f"{who} POST {label}"] = whole(send(client))

    def rows(who: str, *sent: tuple[str, str, dict[str, Any]], first: int) -> None:
        body = {
            "device": f"tablet-{who}",
            "rows": [
                {
                    "id": f"{who}-{first + place}",
                    "device_seq": first + place,
                    "action": action,
                    "obj": animal,
                    "data": {"animal_id": animal, **data},
                }
                for place, (action, animal, data) in enumerate(sent)
            ],
        }
        send(
            who,
            f"events {first}",
            lambda client: client.post(
                f"/api/studies/{ID}/events",
                json.dumps(body),
                content_type="application/json",
            ),
        )

    animals = ("R14", "R12", "R13", "R10")
    for who in ("dan", "bob", "ben"):  # the second is told that it is done; ben may not
        for animal, code in zip(
            animals, ("HWR4K", "F7C4N", "KE3WK", "XXXXX"), strict=True
        ):
            form = {
                "animal_id": animal,
                "number": "1",
                "weight_g": "290",
                "code": code,
                "when": "2026-02-03T09:00",
            }
            for do in ("volume", "give"):
                send(
                    who,
                    f"dose {animal} {do}",
                    lambda client, form=form, do=do: client.post(
                        f"/studies/{ID}/dosing/give", {**form, "do": do}
                    ),
                )
            send(
                who,
                f"challenge {animal}",
                lambda client, form=form: client.post(
                    f"/studies/{ID}/dosing/challenge", form
                ),
            )
    rows("ben", *(("t0", animal, {"wall": WALL}) for animal in animals), first=1)
    seen = {"observer": "ben", "t0": WALL}
    for first, (kind, more) in enumerate(
        (
            ("score_change", {"score": "1"}),
            ("score_change", {"score": "no such score"}),
            ("clonic_start", {}),
            ("clonic_stop", {}),
            ("end", {"detail": "window_done"}),
        )
    ):
        rows(
            "ben",
            *(
                (
                    "observe",
                    animal,
                    {"t_ms": 1000 * first + 500, "type": kind, **more, **seen},
                )
                for animal in (*animals, "R99")
            ),
            first=100 * (first + 1),
        )
    for password in ("wrong", "four quiet herons wade"):
        send(
            "ben",
            f"sign with {password}",
            lambda client, password=password: client.post(
                f"/studies/{ID}/bench/{RUN}/complete", {"signature_password": password}
            ),
        )
    return found


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that begins anew with a clock that stands and counted ids."""

    def begin() -> None:
        numbers = count(1)
        monkeypatch.setattr(_clock, "moment", lambda: NOW)
        monkeypatch.setattr(timezone, "now", lambda: NOW)  # sessions, last log-ins
        monkeypatch.setattr(
            "isobole.lab.record._store.secrets.token_hex",
            lambda size=16: f"{next(numbers):0{2 * size}x}",
        )

    return begin


def twice(
    folder: Path,
    begin: Callable[[], None],
    until: str,
    work: Callable[[Lab], Labelled],
    fresh: Callable[[], str] | None = None,
) -> tuple[Labelled, Labelled]:
    """Return what `work` finds in a lab with the one and the other allocation.

    On SQLite, or on a database of PostgreSQL that `fresh` makes for each.
    """
    from django.conf import settings
    from django.core.cache import cache

    from isobole.lab.record import writer
    from isobole.lab.record._chain import forget

    found = []
    for which in CODES:
        writer.stop()
        forget()
        cache.clear()
        _fresh_sqlite(folder)
        lab = Lab(settings.LAB)
        free = dict.fromkeys(("address", "anonymous", "user", "events"), 10**6)
        stands = nullcontext() if fresh is None else on_postgresql(lab, fresh())
        with stands, override_settings(LAB_RATE=free):
            begin()
            put(lab, which, until)
            found.append(work(lab))
    return found[0], found[1]


def same(one: Labelled, other: Labelled) -> None:
    """Assert that nothing differs, and that nothing tells a group."""
    assert list(one) == list(other)
    differ = [label for label in one if one[label] != other[label]]
    assert differ == []
    telling = [label for label in one if b"canary" in one[label].lower()]
    assert telling == []
    for label, answer in one.items():
        for secret in (b"a" * 64, b"b" * 64, b"c" * 64, b"d" * 64):
            assert secret not in answer, label


@pytest.mark.parametrize(
    ("until", "database"),
    [
        ("dose.give", "sqlite"),
        ("analysis.lock", "sqlite"),
        ("analysis.lock", "postgresql"),
    ],
)
def test_the_blinded_read_the_same(
    lab: Lab,
    lab_folder: Path,
    still: Callable[[], None],
    until: str,
    database: str,
    request: pytest.FixtureRequest,
) -> None:
    fresh: Callable[[], str] | None = None
    if database == "postgresql":
        fresh = request.getfixturevalue("fresh_database")
    one, other = twice(lab_folder, still, until, lambda lab: asked(lab, BLIND), fresh)
    same(one, other)
    assert sum(answer.startswith(b"200") for answer in one.values()) > 60
    failed = [label for label, answer in one.items() if answer.startswith(b"500")]
    assert failed == []


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_the_blinded_do_is_answered_the_same(
    lab: Lab,
    lab_folder: Path,
    still: Callable[[], None],
    database: str,
    request: pytest.FixtureRequest,
) -> None:
    """And what they read afterwards; on both kinds of database."""
    fresh: Callable[[], str] | None = None
    if database == "postgresql":
        fresh = request.getfixturevalue("fresh_database")

    def work(lab: Lab) -> Labelled:
        answers = done(lab)
        return {**answers, **asked(lab, BLIND)}

    one, other = twice(lab_folder, still, "dose.give", work, fresh)
    same(one, other)
    events = [
        row["state"]
        for label, answer in one.items()
        if "POST events" in label
        for row in json.loads(answer[answer.index(b"{") :])["rows"]
    ]
    assert events.count("stored") >= 16
    assert events.count("refused") >= 4
    given = [answer for label, answer in one.items() if "dan POST dose" in label]
    assert sum(answer.startswith(b"302") for answer in given) == 3
    assert one["ben POST dose R14 give"].startswith(b"403")
    assert one["ben POST sign with four quiet herons wade"].startswith(b"302")


def test_the_pharmacist_does_see_a_difference(
    lab: Lab, lab_folder: Path, still: Callable[[], None]
) -> None:
    """Or else the two labs above would be the same by mistake."""
    one, other = twice(
        lab_folder, still, "analysis.lock", lambda lab: asked(lab, {"pia": 0})
    )
    differ = {label.split()[2] for label in one if one[label] != other[label]}
    assert {"audit", "audit-export", "allocation", "api:api-record"} <= differ
    assert b"CANARYAA" in one["pia GET audit-export"]


def test_who_has_no_role_in_the_study_reads_no_canary(
    lab: Lab, lab_folder: Path, still: Callable[[], None]
) -> None:
    one, other = twice(
        lab_folder, still, "analysis.lock", lambda lab: asked(lab, {"stranger": 0})
    )
    same(one, other)


def test_every_line_of_more_addresses_is_one_of_the_table() -> None:
    assert set(ALSO) <= set(walk())
