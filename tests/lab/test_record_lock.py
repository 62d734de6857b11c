"""On PostgreSQL one writer of a study waits for the other, whatever process it is."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lab.record_rows import empty_study, seen

WAIT_S = 1.0


@pytest.mark.parametrize("either_lab", ["postgresql"], indirect=True)
def test_an_append_waits_for_the_lock_of_its_study(either_lab: Any) -> None:
    from django.db import connections
    from psycopg import connect

    from isobole.lab.record import append, entries_of

    study, other = empty_study("ONE-1"), empty_study("TWO-2")
    append(study, [seen(1)], actor="ana", device="bench-1")
    words = connections["default"].get_connection_params()
    words = {k: words[k] for k in ("dbname", "user", "host") if k in words}

    def send() -> float:
        try:
            append(study, [seen(2)], actor="ana", device="bench-1")
            return time.monotonic()
        finally:
            connections.close_all()

    # As another server on the same database would hold it while it appends.
    with connect(**words) as holder, ThreadPoolExecutor(1) as pool:
        lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
        holder.execute(lock, [other])
        append(study, [seen(3)], actor="ana", device="bench-2")  # of another study
        holder.execute(lock, [study])
        sent = pool.submit(send)
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        )
        end = time.monotonic() + 10
        while not holder.execute(waiting).fetchone()[0]:  # type: ignore[index]
            assert not sent.done(), "it appended while another held the lock"
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(WAIT_S)
        assert not sent.done()
        freed = time.monotonic()
        holder.rollback()
        assert sent.result(30) >= freed
    assert [e.seq for e in entries_of(study)] == [1, 2, 3]
