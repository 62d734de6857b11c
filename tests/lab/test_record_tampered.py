"""Somebody changes the database beneath a running lab: it does not go on as before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from isobole.lab.models import AccessRow, RecordRow
from isobole.lab.record import (
    Broken,
    NotStored,
    Watch,
    entries_of,
    log_access,
    look,
    look_through,
    told,
    verify_study,
    writer,
)
from isobole.lab.record._chain import FRESH_S, forget
from isobole.lab.record._watch import _found
from lab.conftest import Lab
from lab_records import entries_until, rechained

ID = "PTZ-VPA-MG"
MORE = {
    "id": "tablet-1-1",
    "device_seq": 1,
    "action": "t0",
    "obj": "R14",
    "data": {"animal_id": "R14", "wall": "2026-02-03T09:30:00.000Z"},
}
People = dict[str, Any]


@pytest.fixture(autouse=True)
def nothing_found() -> Any:
    _found.clear()
    yield
    _found.clear()


@pytest.fixture
def people(either_lab: Lab) -> People:
    """Return clients of those who have opened a study that is dosed."""
    lab = either_lab
    lab.person("ada", administrator=True)
    lab.stored(entries_until("t0"), ana="designer", ben="scorer")
    clients = {name: lab.client(name) for name in ("ada", "ana", "ben")}
    for client in clients.values():
        client.raise_request_exception = False
        assert client.get(f"/studies/{ID}/").status_code == 200
    return clients


def beneath(*statements: str) -> None:
    """Change the tables as their owner may, past the triggers."""
    table = "lab_recordrow"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' "
                "AND tbl_name IN (%s, 'lab_accessrow')",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
    time.sleep(FRESH_S)


LAST = "(SELECT max(seq) FROM lab_recordrow)"
OF_THE_END: dict[str, tuple[str, ...]] = {
    "the last row is gone": (f"DELETE FROM lab_recordrow WHERE seq = {LAST}",),
    "the last hash is another": (
        f"UPDATE lab_recordrow SET hash = '{'f' * 64}' WHERE seq = {LAST}",
    ),
    "half is gone": ("DELETE FROM lab_recordrow WHERE seq > 40",),
    "all is gone": ("DELETE FROM lab_recordrow",),
}


@pytest.mark.parametrize("how", OF_THE_END)
def test_what_was_read_and_is_gone_is_said_at_once(people: People, how: str) -> None:
    beneath(*OF_THE_END[how])
    count = RecordRow.objects.count()
    for _ in range(2):  # and again, when memory was dropped for another reason
        for client in people.values():
            answer = client.get(f"/studies/{ID}/")
            assert answer.status_code == 503, how
            assert "was changed or removed in the database" in answer.text
            assert "restore a backup" in answer.text
        answer = people["ana"].get(f"/api/studies/{ID}/verify")
        assert answer.status_code == 503
        assert answer.json()["problems"][0]["code"] == "record-changed-beneath"
        # A bench keeps its rows: it is told to come back.
        sent = people["ben"].post(
            f"/api/studies/{ID}/events",
            json.dumps({"device": "tablet-1", "rows": [MORE]}),
            content_type="application/json",
        )
        assert sent.status_code == 503
        assert RecordRow.objects.count() == count
    # The other pages go on, and the list names the study that does not.
    assert "record broken" in people["ana"].get("/").text
    (line,) = people["ana"].get("/api/studies").json()["studies"]
    assert line["head_of"].startswith("nothing: the record was changed")
    assert people["ada"].get("/access-log").status_code == 200
    # Another process, or this one started anew, reads what the database has.
    forget()
    if count:
        assert people["ana"].get(f"/studies/{ID}/").status_code == 200


def test_a_record_written_anew_from_a_row_on_is_said_at_once(people: People) -> None:
    before = entries_of(ID)
    rows = [
        {**row, "actor": "eve"} if row["seq"] > 29 else row
        for row in RecordRow.objects.order_by("seq").values()
    ]
    other = rechained(
        [
            {
                "id": row["row_id"],
                **{
                    name: row[name]
                    for name in (
                        "ts", "actor", "device", "device_seq", "action", "obj",
                        "supersedes", "reason",
                    )
                },
                "data": json.loads(row["data"]),
            }
            for row in rows
        ]
    )  # fmt: skip
    assert other[28].hash == before[28].hash
    beneath(
        *(
            f"UPDATE lab_recordrow SET actor = '{e.actor}', prev = '{e.prev}', "
            f"hash = '{e.hash}' WHERE seq = {e.seq}"
            for e in other[29:]
        )
    )
    assert verify_study(ID).state == "intact"  # its owner may do this
    answer = people["ana"].get(f"/studies/{ID}/")
    assert answer.status_code == 503
    assert "Row 30 of the record" in answer.text
    # The walk says it as well, for whoever reads the log of access.
    assert look(ID).state == "broken"
    # A commit that failed drops what is in memory, and what was seen is still known.
    with pytest.raises(NotStored):
        writer.run(_fails)
    assert people["ana"].get(f"/studies/{ID}/").status_code == 503


def _fails() -> None:
    raise Broken(_problem())


def _problem() -> Any:
    from isobole.lab.record._broken import changed

    return changed(ID, 1)


def test_a_row_in_the_middle_is_found_by_the_walk_and_said_on_every_page(
    people: People,
) -> None:
    beneath("UPDATE lab_recordrow SET actor = 'eve' WHERE seq = 30")
    assert people["ana"].get(f"/studies/{ID}/").status_code == 200
    assert look_through().keys() == {ID}
    for name, client in people.items():
        for path in ("", "protocol", "audit"):
            answer = client.get(f"/studies/{ID}/{path}")
            assert answer.status_code == 200
            assert "A record is broken" in answer.text, (name, path)
            assert "row 30" in answer.text
    # The hashes that do not fit depend on the allocation: the blinded do not see them.
    row = RecordRow.objects.get(seq=30)
    assert row.hash[:12] not in people["ben"].get(f"/studies/{ID}/").text
    assert "record broken" in people["ben"].get("/").text
    look_through()
    said = AccessRow.objects.filter(what="record.broken")
    assert [(row.actor, json.loads(row.data)) for row in said] == [
        ("system", {"of": ID, "row": 30})
    ]
    # Scoring goes on: what is added stands in the record all the same.
    sent = people["ben"].post(
        f"/api/studies/{ID}/events",
        json.dumps({"device": "tablet-1", "rows": [MORE]}),
        content_type="application/json",
    )
    assert [one["state"] for one in sent.json()["rows"]] == ["stored"]


def test_who_asks_for_it_has_it_walked_at_once(people: People) -> None:
    beneath("UPDATE lab_recordrow SET actor = 'eve' WHERE seq = 30")
    found = people["ada"].get(f"/api/studies/{ID}/verify").json()
    assert (found["state"], found["broken_at"]) == ("broken", 30)
    assert "A record is broken" in people["ben"].get(f"/studies/{ID}/").text
    # It is taken back when a walk finds the record whole.
    whole = entries_until("t0")[29].actor
    beneath(f"UPDATE lab_recordrow SET actor = '{whole}' WHERE seq = 30")
    told_so = people["ada"].post(f"/studies/{ID}/audit/verify")
    assert "The chain is intact" in told_so.text
    assert "A record is broken" not in people["ben"].get(f"/studies/{ID}/").text


def test_the_log_is_walked_too_and_administrators_are_told(people: People) -> None:
    for number in range(3):
        log_access("export", actor="ana", data={"number": number})
    beneath("UPDATE lab_accessrow SET actor = 'eve' WHERE seq = 2")
    assert look_through().keys() == {"the log of access"}
    assert "A record is broken" in people["ada"].get("/").text
    assert "A record is broken" not in people["ana"].get("/").text


def test_a_record_that_grows_while_it_is_walked_is_whole(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isobole.lab.record import NewRow, _watch, append

    whole = _watch.verify_study

    def grows(study_id: str) -> Any:
        row = NewRow("t0", "R14", MORE["data"], id="grown", device_seq=9)
        (made,) = append(ID, [row], actor="ben", device="tablet-9")
        assert made.state == "stored"
        return whole(study_id)

    monkeypatch.setattr(_watch, "verify_study", grows)
    assert look(ID).state == "intact"


def test_the_watch_looks_by_itself(people: People) -> None:
    beneath("UPDATE lab_recordrow SET actor = 'eve' WHERE seq = 30")
    watch = Watch(pause_s=0.01)
    watch.start()
    until = time.monotonic() + 20
    while told(ID) is None and time.monotonic() < until:
        time.sleep(0.02)
    watch.stop()
    assert told(ID) is not None


def test_what_an_import_of_another_process_adds_is_no_fault(people: People) -> None:
    """Rows that follow what was read are read on, as ever."""
    from isobole.lab.record._rows import row_of
    from isobole.studies import follow

    before = entries_of(ID)
    draft = {
        **{name: MORE[name] for name in ("id", "device_seq", "action", "obj", "data")},
        "ts": "2026-02-03T09:30:00.000Z",
        "actor": "ben",
        "device": "tablet-1",
        "supersedes": None,
        "reason": None,
    }
    row_of(ID, follow(before[-1], draft)).save()
    time.sleep(FRESH_S)
    assert len(entries_of(ID)) == len(before) + 1


def test_a_reader_that_stands_in_an_old_state_is_no_alarm(lab: Lab) -> None:
    """On SQLite a query that is read to half keeps its connection where it began."""
    from concurrent.futures import ThreadPoolExecutor

    from isobole.lab.record import NewRow, append

    lab.stored(entries_until("t0"), ben="scorer")
    half = RecordRow.objects.order_by("seq").iterator(chunk_size=1)
    next(half)

    def add() -> None:
        row = NewRow("t0", "R14", MORE["data"], id="added", device_seq=9)
        append(ID, [row], actor="ben", device="tablet-9")
        assert entries_of(ID)[-1].id == "added"
        connection.close()

    count: Callable[[], int] = RecordRow.objects.count
    before = count()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(add).result()
    time.sleep(FRESH_S)
    assert count() == before  # it does not see the row that was added
    assert entries_of(ID)[-1].id == "added"
    half.close()
