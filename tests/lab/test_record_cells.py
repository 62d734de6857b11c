"""SQLite keeps anything in any column: the walk says it, and walks on."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from isobole.lab.record import (
    LOG,
    Watch,
    _watch as watching,
    entries_of,
    log_access,
    look_through,
    told,
    verify_log,
    verify_study,
)
from isobole.lab.record._chain import forget
from isobole.studies import ChainReport
from lab.conftest import Lab
from lab.record_rows import empty_study
from lab.test_record_tampered import ID, beneath, nothing_found
from lab_records import entries_until

__all__ = ["nothing_found"]
CELLS = {
    "bytes": ("actor = x'00ff'", "actor"),
    "bytes that are no text": ("actor = CAST(x'ff41' AS TEXT)", "text"),
    "a hash of bytes": ("hash = x'00'", "hash"),
    "a text for a number": ("device_seq = 'x'", "device_seq"),
    "a number with decimals": ("device_seq = 1.5", "device_seq"),
    "bytes for a reason": ("reason = x'00'", "reason"),
}


@pytest.mark.parametrize("how", CELLS)
def test_a_cell_of_another_type_is_a_broken_row(lab: Lab, how: str) -> None:
    lab.stored(entries_until("t0"), ana="designer")
    ana = lab.client("ana")
    assert ana.get(f"/studies/{ID}/").status_code == 200
    cell, name = CELLS[how]
    beneath(f"UPDATE lab_recordrow SET {cell} WHERE seq = 30")
    report = verify_study(ID)
    assert (report.state, report.broken_at, report.entries) == ("broken", 30, 44)
    assert str(report.problems[0]).startswith(f"PTZ-VPA-MG, row 30: The {name} of")
    found = ana.get(f"/api/studies/{ID}/verify").json()
    assert (found["state"], found["broken_at"]) == ("broken", 30)
    assert "A record is broken" in ana.get(f"/studies/{ID}/").text


@pytest.mark.parametrize(
    "cell", ["actor = x'00ff'", "actor = CAST(x'ff41' AS TEXT)", "data = 7.5"]
)
def test_so_it_is_in_the_log(lab: Lab, cell: str) -> None:
    for _ in range(3):
        log_access("export", actor="ana")
    beneath(f"UPDATE lab_accessrow SET {cell} WHERE seq = 2")
    report = verify_log()
    assert (report.state, report.broken_at, report.entries) == ("broken", 2, 3)


def test_a_text_as_the_number_of_a_row_is_said_at_once(lab: Lab) -> None:
    lab.stored(entries_until("t0"), ana="designer")
    ana = lab.client("ana")
    ana.raise_request_exception = False
    assert ana.get(f"/studies/{ID}/").status_code == 200
    beneath("UPDATE lab_recordrow SET seq = 'abc' WHERE seq = 30")
    answer = ana.get(f"/studies/{ID}/")
    assert answer.status_code == 503
    assert "Row 30 of the record" in answer.text


def test_a_record_that_cannot_be_walked_hides_no_other(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    walk = watching.verify_study

    def stumbles(study_id: str) -> ChainReport:
        if study_id == "A-FIRST":
            msg = "whatever it is"
            raise ValueError(msg)
        return walk(study_id)

    empty_study("A-FIRST")
    lab.stored(entries_until("t0"), ana="designer")
    assert entries_of(ID)
    beneath("UPDATE lab_recordrow SET actor = 'eve' WHERE seq = 30")
    monkeypatch.setattr(watching, "verify_study", stumbles)
    assert look_through().keys() == {ID}
    assert "A-FIRST could not be walked" in caplog.text
    watching._found.clear()
    watch = Watch(pause_s=0.01)
    watch.start()
    until = time.monotonic() + 20
    while told(ID) is None and time.monotonic() < until:
        time.sleep(0.02)
    assert watch._thread.is_alive(), "it goes on"
    watch.stop()
    assert told(ID) is not None
    assert told(LOG) is None
    connection.close()
    forget()
