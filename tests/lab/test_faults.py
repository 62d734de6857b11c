"""What may go wrong while an experiment runs, and what becomes of the rows then.

Each test states its outcome: what was confirmed is there, once, in an intact chain;
what was not confirmed may be sent again and is stored once.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from browser.server import LabServer
from lab.record_rows import empty_study, seen

BENCHES, ROWS = 6, 150
STUDY = "PTZ-VPA-MG"


class Bench:
    """A device that sends one row after another until each is confirmed."""

    def __init__(self, lab: LabServer, headers: dict[str, str], number: int) -> None:
        self.lab, self.headers, self.name = lab, headers, f"bench-{number}"
        self.confirmed: dict[int, str] = {}

    def row(self, k: int) -> dict[str, Any]:
        data = {"animal_id": "R14", "t_ms": k, "type": "myoclonic_twitch"}
        return {
            "id": f"{self.name}-{k}",
            "device_seq": k,
            "action": "observe",
            "obj": "R14",
            "data": {**data, "observer": "ana"},
        }

    def send(self, *numbers: int) -> list[str]:
        """Send rows in one request; raises OSError if no answer came."""
        body = {"device": self.name, "rows": [self.row(k) for k in numbers]}
        wire = http.client.HTTPConnection("127.0.0.1", self.lab.port, timeout=20)
        try:
            wire.request(
                "POST",
                f"/api/studies/{STUDY}/events",
                json.dumps(body),
                {**self.headers, "Content-Type": "application/json"},
            )
            answer = wire.getresponse()
            said = answer.read()
        finally:
            wire.close()
        if answer.status == 503:
            raise ConnectionError(said)
        assert answer.status == 200, said
        states = [one["state"] for one in json.loads(said)["rows"]]
        for number, state in zip(numbers, states, strict=True):
            self.confirmed[number] = state
        return states


@pytest.fixture
def running(tmp_path: Path) -> Iterator[LabServer]:
    with LabServer(tmp_path / "lab") as server:
        prepared(server)
        yield server


def prepared(server: LabServer) -> None:
    """Store the bundled study up to its allocation, scored by ana."""
    server.run(
        "from isobole.datasets import study_path\n"
        "from isobole.studies import read_record\n"
        "from isobole.lab.models import Membership, RecordRow, Study, User\n"
        "from isobole.lab.record._rows import row_of\n"
        "rows = list(read_record(\n"
        "    study_path('ptz-valproate-magnesium') / 'record.jsonl'))\n"
        "last = next(k for k, e in enumerate(rows)\n"
        "            if e.action == 'allocation.commit')\n"
        "study = Study.objects.create(study_id=name)\n"
        "RecordRow.objects.bulk_create([row_of(name, e) for e in rows[:last + 1]])\n"
        "ana = User.objects.create_user('ana', 'ana walks past 7 mills',\n"
        "                               display_name='Ana')\n"
        "Membership.objects.create(study=study, user=ana, role='scorer')\n",
        name=STUDY,
    )


def in_the_database(server: LabServer) -> tuple[str, dict[str, list[int]]]:
    """Return the state of the chain and the numbers of each device, in their order."""
    state, rows = server.run(
        "from isobole.lab.record import entries_of, verify_study\n"
        "answer = [verify_study(name).state,\n"
        "          [[e.device, e.device_seq] for e in entries_of(name)]]",
        name=STUDY,
    )
    numbers: dict[str, list[int]] = {}
    for device, number in rows:
        numbers.setdefault(device, []).append(number)
    return str(state), numbers


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_server_is_killed_while_benches_write(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """kill -9: what was confirmed is there; the rest is sent again and stored once."""
    url: str | None = None
    if kind == "postgresql":
        fresh: Callable[[], str] = request.getfixturevalue("fresh_database")
        url = fresh()
    with LabServer(tmp_path / "lab", url) as server:
        prepared(server)
        headers = server.headers("ana")
        benches = [Bench(server, headers, k) for k in range(BENCHES)]
        dead = Event()

        def score(bench: Bench) -> None:
            for k in range(1, ROWS + 1):
                if dead.is_set():
                    return
                try:
                    bench.send(k)
                except (OSError, http.client.HTTPException):
                    return  # no answer: nobody knows whether it was stored

        with ThreadPoolExecutor(BENCHES) as pool:
            working = [pool.submit(score, bench) for bench in benches]
            while sum(len(b.confirmed) for b in benches) < 40:
                assert not all(one.done() for one in working)
            server.kill()
            dead.set()
            for one in working:
                one.result()
        confirmed = {b.name: sorted(b.confirmed) for b in benches}
        assert all(len(numbers) < ROWS for numbers in confirmed.values())

        server.start()
        state, found = in_the_database(server)
        assert state == "intact"
        for bench in benches:
            there = found.get(bench.name, [])
            assert set(confirmed[bench.name]) <= set(there)
            assert there == list(range(1, len(there) + 1))
            assert len(there) - len(confirmed[bench.name]) in (0, 1)
            for first in range(1, ROWS + 1, 50):  # all of it again, as a queue does
                bench.send(*range(first, first + 50))
        state, found = in_the_database(server)
        assert state == "intact"
        assert {b.name: found[b.name] for b in benches} == {
            b.name: list(range(1, ROWS + 1)) for b in benches
        }


def test_the_server_is_told_to_stop_while_benches_write(running: LabServer) -> None:
    """SIGTERM: requests under way are answered, and what is answered is stored."""
    headers = running.headers("ana")
    benches = [Bench(running, headers, k) for k in range(BENCHES)]

    def score(bench: Bench) -> None:
        for k in range(1, 10_000):
            try:
                bench.send(k)
            except (OSError, http.client.HTTPException):
                return

    with ThreadPoolExecutor(BENCHES) as pool:
        working = [pool.submit(score, bench) for bench in benches]
        while sum(len(b.confirmed) for b in benches) < 40:
            assert not all(one.done() for one in working)
        assert running.stop() == 0
        for one in working:
            one.result()
    running.start()
    state, found = in_the_database(running)
    assert state == "intact"
    for bench in benches:
        there = found.get(bench.name, [])
        assert there == list(range(1, len(there) + 1))
        assert set(bench.confirmed) <= set(there)


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Let the database grow by `room` pages only, on every connection made now."""
    from django.db import connections
    from django.db.backends.signals import connection_created

    from isobole.lab.record import writer

    connections.close_all()
    writer.stop()
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]

    def limit(sender: Any, connection: Any, **more: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {pages + room}")

    connections.close_all()
    connection_created.connect(limit)
    try:
        yield
    finally:
        connection_created.disconnect(limit)
        connections.close_all()
        writer.stop()


def test_the_disk_is_full(lab: Any) -> None:
    """503, nothing half stored, reading goes on, and it works again with room."""
    from isobole.lab.record import NotStored, append, entries_of, verify_study

    study = empty_study()
    append(study, [seen(1)], actor="ana", device="bench-1")
    large = [seen(k, detail="x" * 20_000) for k in range(2, 22)]
    with full_disk(room=10):
        for _ in range(3):
            with pytest.raises(NotStored, match="full") as refusal:
                append(study, large, actor="ana", device="bench-1")
            assert "Free space" in str(refusal.value)
            assert len(entries_of(study)) == 1
            assert verify_study(study).state == "intact"
    made = append(study, large, actor="ana", device="bench-1")
    assert {one.state for one in made} == {"stored"}
    assert verify_study(study).entries == 21


def test_a_full_disk_is_said_to_the_bench_with_when_to_come_back(lab: Any) -> None:
    from isobole.datasets import study_path
    from isobole.lab.record import entries_of
    from isobole.studies import read_record

    rows = read_record(study_path("ptz-valproate-magnesium") / "record.jsonl")
    last = next(k for k, e in enumerate(rows) if e.action == "allocation.commit")
    lab.stored(rows[: last + 1], ana="scorer")
    client = lab.client("ana")
    client.get("/api/studies")  # the session is written before the disk is full
    rack = [
        {
            "id": f"bench-1-{k}",
            "device_seq": k,
            "action": "observe",
            "obj": "R14",
            "data": {
                "animal_id": "R14", "t_ms": k, "type": "myoclonic_twitch",
                "observer": "ana", "detail": "x" * 3000,
            },
        }
        for k in range(1, 101)
    ]  # fmt: skip

    def post() -> Any:
        return client.post(
            f"/api/studies/{STUDY}/events",
            json.dumps({"device": "bench-1", "rows": rack}),
            content_type="application/json",
        )

    begun = len(entries_of(STUDY))
    with full_disk(room=10):
        answer = post()
        assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
        assert "nothing of it was stored" in answer.json()["remedy"]
        assert len(entries_of(STUDY)) == begun
        assert client.get(f"/api/studies/{STUDY}").status_code == 200
    assert {row["state"] for row in post().json()["rows"]} == {"stored"}
    assert len(entries_of(STUDY)) == begun + 100


def test_one_full_commit_does_not_take_others_with_it(lab: Any) -> None:
    """Requests share a commit; one too large for the disk fails alone."""
    from django.db import connections

    from isobole.lab.record import NotStored, append, entries_of

    study = empty_study()

    def bench(number: int) -> str:
        try:
            more = {"detail": "x" * 60_000} if number == 3 else {}
            rows = [seen(k, animal=f"M{number}", **more) for k in range(1, 9)]
            try:
                append(study, rows, actor="ana", device=f"bench-{number}")
            except NotStored:
                return "not stored"
            return "stored"
        finally:
            connections.close_all()

    with full_disk(room=30), ThreadPoolExecutor(8) as pool:
        states = list(pool.map(bench, range(8)))
    assert states == ["stored"] * 3 + ["not stored"] + ["stored"] * 4
    assert len(entries_of(study)) == 7 * 8


def test_the_database_goes_away_and_comes_back(
    tmp_path: Path, postgres_url: str
) -> None:
    """PostgreSQL ends every connection: one 503 at most, then rows are stored again."""
    import psycopg
    from benchmarks._postgres import drop_database, new_database

    url = new_database(postgres_url, "comes_back")
    try:
        with LabServer(tmp_path / "lab", url) as server:
            prepared(server)
            bench = Bench(server, server.headers("ana"), 1)
            assert bench.send(1) == ["stored"]
            with psycopg.connect(postgres_url, autocommit=True) as owner:
                owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = 'comes_back'"
                )
            states: list[str] = []
            for _ in range(20):
                try:
                    states = bench.send(1, 2)
                    break
                except ConnectionError:
                    continue
            assert states == ["known", "stored"]
            assert in_the_database(server)[0] == "intact"
    finally:
        drop_database(postgres_url, "comes_back")


def test_the_clock_of_the_server_jumps(
    either_lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Times are stored as the clock said, order and t_ms stay; the check says it."""
    from isobole.datasets import study_path
    from isobole.lab import _clock
    from isobole.lab.record import append, entries_of, study_of, verify_study
    from isobole.studies import check_study, read_record

    rows = read_record(study_path("ptz-valproate-magnesium") / "record.jsonl")
    last = next(k for k, e in enumerate(rows) if e.action == "allocation.commit")
    either_lab.stored(rows[: last + 1])
    begun = datetime(2026, 2, 3, 9, 0, tzinfo=UTC)
    jumps = [0, 1, -3600, -3599, 7200, 7201]
    for k, seconds in enumerate(jumps, start=1):
        now = begun + timedelta(seconds=seconds)
        monkeypatch.setattr(_clock, "moment", lambda now=now: now)
        append(STUDY, [seen(k, animal="R14")], actor="ana", device="bench-1")
    added = entries_of(STUDY)[last + 1 :]
    assert [e.ts for e in added] == [
        f"2026-02-03T{clock}.000Z"
        for clock in (
            "09:00:00", "09:00:01", "08:00:00", "08:00:01", "11:00:00", "11:00:01",
        )
    ]  # fmt: skip
    assert [e.data["t_ms"] for e in added] == [k * 1000 for k in range(1, 7)]
    assert verify_study(STUDY).state == "intact"
    (said,) = (p for p in check_study(study_of(STUDY)) if p.code == "clock-backwards")
    assert said.row == added[2].seq
    assert said.severity == "warning"
    assert [e.t_ms for e in study_of(STUDY).events] == [k * 1000 for k in range(1, 7)]


def test_delivery_twice_and_out_of_order(either_lab: Any) -> None:
    """Numbers arrive as the network brings them: stored once, in order of arrival."""
    from isobole.lab.record import append, entries_of, verify_study

    study = empty_study()
    arriving = [3, 1, 3, 2, 5, 1, 4, 5, 5]
    states = [
        append(study, [seen(k)], actor="ana", device="bench-1")[0].state
        for k in arriving
    ]
    assert states == [
        "stored", "stored", "known", "stored", "stored", "known", "stored", "known",
        "known",
    ]  # fmt: skip
    assert [e.device_seq for e in entries_of(study)] == [3, 1, 2, 5, 4]
    assert [e.seq for e in entries_of(study)] == [1, 2, 3, 4, 5]
    # In one request too.
    twice = append(study, [seen(6), seen(6)], actor="ana", device="bench-1")
    assert [one.state for one in twice] == ["stored", "known"]
    assert verify_study(study).entries == 6


def test_two_devices_score_one_animal(running: LabServer) -> None:
    """The same person on two tablets: rows of both stand, each once, by its device."""
    headers = running.headers("ana")
    one, two = Bench(running, headers, 1), Bench(running, headers, 2)
    with ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(lambda b=bench: [b.send(k) for k in range(1, 31)])
            for bench in (one, two)
        ]
        assert all(states == [["stored"]] * 30 for states in (s.result() for s in sent))
    state, found = in_the_database(running)
    assert state == "intact"
    assert found["bench-1"] == found["bench-2"] == list(range(1, 31))
    events = running.run(
        "from isobole.lab.record import study_of\n"
        "answer = [[e.event_id, e.t_ms] for e in study_of(name).events]",
        name=STUDY,
    )
    # Nothing is merged by guess: both tablets' rows are there to be looked at.
    assert len(events) == 60
    assert len({event for event, _ in events}) == 60


def test_deep_json_is_no_fault_of_the_server(running: LabServer) -> None:
    headers = {**running.headers("ana"), "Content-Type": "application/json"}
    wire = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    for body in (
        "[" * 100_000,
        '{"device":"b","rows":' + "[" * 50_000 + "]" * 50_000 + "}",
    ):
        wire.request("POST", f"/api/studies/{STUDY}/events", body, headers)
        answer = wire.getresponse()
        said = json.loads(answer.read())
        assert answer.status in (400, 422)
        assert said["schema"] == "isobole/error/1"
    wire.close()


def test_sessions_are_saved_by_the_writer(lab: Any) -> None:
    """They share the commits of the record instead of waiting for its lock."""
    import threading

    from django.db.models.signals import post_save

    saved: list[str] = []

    def note(sender: Any, **more: Any) -> None:
        if sender.__name__ == "Session":
            saved.append(threading.current_thread().name)

    client = lab.client("ana")
    session = client.session
    session["more"] = "µ"
    post_save.connect(note)
    try:
        session.save()
    finally:
        post_save.disconnect(note)
    assert saved == ["isobole-writer"]
    assert client.session["more"] == "µ"


def test_on_a_full_disk_pages_are_read_and_who_logs_in_is_told(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.record import NotStored, writer

    client = lab.client("ana")
    client.raise_request_exception = False
    session = client.session
    session["seen"] = int(time.time()) - 60
    session.save()

    def full(work: Any, then: Any = None) -> None:
        msg = "The database could not keep this: database or disk is full"
        raise NotStored(msg)

    monkeypatch.setattr(writer, "run", full)
    # That ana is there cannot be noted in the session; what she asked for can be read.
    assert client.get("/api/studies").status_code == 200
    assert client.session["seen"] == session["seen"]
    stranger = lab.client()
    stranger.raise_request_exception = False
    answer = stranger.post(
        "/login", {"username": "ana", "password": lab.passwords["ana"]}
    )
    assert answer.status_code == 503
    assert "disk is full" in answer.text
    monkeypatch.undo()
    assert client.get("/api/studies").status_code == 200
