"""The audit trail, the log of access, and their files."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from isobole.lab.record import entries_of, log_access
from lab_records import entries_until, rechained

ID = "PTZ-VPA-MG"
TRAIL = f"/studies/{ID}/audit"


def sheet(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_the_whole_record_in_csv_and_json_is_the_record(lab: Any) -> None:
    lab.study(ana="designer")
    client = lab.client("ana")
    entries = entries_of(ID)
    rows = client.get(f"{TRAIL}.json").json()["rows"]
    assert [row["hash"] for row in rows] == [entry.hash for entry in entries]
    assert [row["data"] for row in rows] == [dict(e.data) for e in entries]
    cells = sheet(client.get(f"{TRAIL}.csv"))
    assert [int(row["seq"]) for row in cells] == [e.seq for e in entries]
    assert [json.loads(row["data"]) for row in cells] == [dict(e.data) for e in entries]
    assert client.get(f"{TRAIL}.xml").status_code == 404


def test_a_correction_shows_old_beside_new_and_why(lab: Any) -> None:
    lab.study(ana="designer")
    page = lab.client("ana").get(TRAIL, {"corrections": "1", "animal": "R06"})
    entries = [e for e in entries_of(ID) if e.action == "amend" and e.obj == "R06"]
    entry = entries[0]
    before = next(e for e in entries_of(ID) if e.id == entry.supersedes)
    text = " ".join(page.text.split())
    assert entry.reason in text
    assert f"<td>{before.data['ts']}</td><td>{entry.data['ts']}</td>" in text
    assert page.text.count("<strong>Reason:</strong>") == len(entries)


def test_the_filter_asks_for_person_action_animal_and_time(lab: Any) -> None:
    lab.study(ana="designer")
    client = lab.client("ana")

    def ids(**query: str) -> list[str]:
        return [r["id"] for r in client.get(f"{TRAIL}.json", query).json()["rows"]]

    entries = entries_of(ID)
    assert ids(person="S. Kruse", action="observe") == [
        e.id for e in entries if (e.actor, e.action) == ("S. Kruse", "observe")
    ]
    assert ids(animal="R14") == [
        e.id for e in entries if e.data.get("animal_id") == "R14" or e.obj == "R14"
    ]
    assert ids(since="2026-02-03T09:30", until="2026-02-03T09:35") == [
        e.id for e in entries if "2026-02-03T09:30" <= e.ts < "2026-02-03T09:36"
    ]
    assert ids(until="2026-01-05") == [e.id for e in entries if e.ts < "2026-01-06"]
    assert ids(person="' OR 1=1 --") == []
    wrong = client.get(TRAIL, {"since": "yesterday"})
    assert (wrong.status_code, "no day or time" in wrong.text) == (422, True)
    assert client.get(f"{TRAIL}.csv", {"since": "yesterday"}).status_code == 422


def test_pages_hold_every_row_once(lab: Any) -> None:
    lab.study(ana="designer")
    client = lab.client("ana")
    total = len(entries_of(ID))
    seen = 0
    for page in range(1, -(-total // 100) + 1):
        text = client.get(TRAIL, {"page": page}).text
        seen += text.count('<td class="number">')
    assert seen == total
    for odd in ("0", "-1", "x", "9" * 40, "²"):
        assert client.get(TRAIL, {"page": odd}).status_code == 200


def test_the_blinded_read_their_own_rows_alone(lab: Any) -> None:
    rows = [
        {**_plain(e), "actor": "ben" if e.actor == "S. Kruse" else e.actor}
        for e in entries_until("analysis.lock")
    ]
    lab.stored(rechained(rows), ben="scorer")
    client = lab.client("ben")
    mine = client.get(f"{TRAIL}.json").json()
    assert mine["of"] == "the rows of ben"
    assert {row["actor"] for row in mine["rows"]} == {"ben"}
    assert len(mine["rows"]) == 364
    assert "hash" not in mine["rows"][0]
    assert "seq" not in mine["rows"][0]
    page = client.get(TRAIL)
    assert "D. Osei" not in page.text
    assert client.post(f"{TRAIL}/verify").status_code == 403


def test_verification_names_the_first_broken_link(lab: Any) -> None:
    from django.db import connection

    lab.study(ana="designer")
    client = lab.client("ana")
    whole = client.post(f"{TRAIL}/verify")
    assert "The chain is intact: 641 rows" in whole.text.replace("\n", " ")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER lab_recordrow_update")
        cursor.execute("UPDATE lab_recordrow SET actor = 'ana' WHERE seq = 46")
    broken = client.post(f"{TRAIL}/verify")
    assert "row 46" in broken.text
    assert "chain is intact" not in broken.text


def test_an_administrator_verifies_the_chain_and_reads_no_row(either_lab: Any) -> None:
    lab = either_lab
    lab.person("ada", administrator=True)
    lab.study(ben="scorer")
    client = lab.client("ada")
    assert "Verify the chain" in client.get(TRAIL).text
    told = client.post(f"{TRAIL}/verify").text.replace("\n", " ")
    assert "The chain is intact: 641 rows" in told
    assert "No row is like this" in told
    for code in group_codes():
        assert f">{code}<" not in told
    asked = client.get(f"/api/studies/{ID}/verify").json()
    assert (asked["state"], asked["rows"]) == ("intact", 641)
    assert "Verify the chain" not in lab.client("ben").get(TRAIL).text


def group_codes() -> set[str]:
    (commit,) = [
        e for e in entries_until("analysis.lock") if e.action == "allocation.commit"
    ]
    codes = {str(row["group_code"]) for row in commit.data["rows"]}
    assert len(codes) == 4
    return codes


def test_an_administrator_who_works_blind_does_not_verify(lab: Any) -> None:
    lab.person("ada", administrator=True)
    lab.stored(entries_until("analysis.lock"), ada="scorer")
    client = lab.client("ada")
    assert client.post(f"{TRAIL}/verify").status_code == 403
    assert client.get(f"/api/studies/{ID}/verify").status_code == 403
    assert "Verify the chain" not in client.get(TRAIL).text


def test_access_to_the_study_is_shown_with_the_whole_record(lab: Any) -> None:
    lab.study(ana="designer", ben="scorer")
    log_access("export", actor="ana", address="10.1.2.3", study_id=ID)
    log_access("export", actor="zoe", address="10.9.9.9", study_id="OTHER")
    assert "10.1.2.3" in lab.client("ana").get(TRAIL).text
    assert "10.9.9.9" not in lab.client("ana").get(TRAIL).text
    assert "10.1.2.3" not in lab.client("ben").get(TRAIL).text


def test_the_log_of_the_lab_is_for_administrators(lab: Any) -> None:
    lab.person("ada", administrator=True)
    lab.study(ana="designer")
    for count in range(3):
        log_access("login", actor=f"p{count}", address="10.1.2.3")
    assert lab.client("ana").get("/access-log").status_code == 403
    assert lab.client("ana").get("/access-log.csv").status_code == 403
    client = lab.client("ada")
    assert client.get("/access-log").text.count("10.1.2.3") == 3
    assert client.get("/access-log", {"person": "p1"}).text.count("10.1.2.3") == 1
    assert [r["actor"] for r in sheet(client.get("/access-log.csv?action=login"))] == [
        "p0",
        "p1",
        "p2",
    ]
    assert "chain is intact" in client.post("/access-log/verify").text


def test_an_administrator_who_works_blind_is_not_told_by_the_log(lab: Any) -> None:
    lab.person("ben", administrator=True)
    lab.stored(entries_until("analysis.lock"), ben="scorer")
    log_access("unblind", actor="pia", study_id=ID, data={"group": "CANARY"})
    client = lab.client("ben")
    for path in ("/access-log", "/access-log.csv"):
        text = client.get(path).text
        assert "unblind" in text
        assert "CANARY" not in text
        assert "while you work blind" in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_a_file_is_a_formula(lab: Any, start: str) -> None:
    lab.person("ada", administrator=True)
    log_access("login", actor=f"{start}HYPERLINK(1)", address=f"{start}1")
    text = lab.client("ada").get("/access-log.csv").content.decode()
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert f"'{start}HYPERLINK(1)" in text


def _plain(entry: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(entry)
