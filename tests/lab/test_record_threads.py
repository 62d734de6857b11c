"""Many at once: no row is lost, none is doubled, and the chain has no gap."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from browser.server import LabServer
from lab.record_rows import empty_study, seen

THREADS, ROWS = 8, 250
PROCESSES = 2


def test_eight_threads_append_250_rows_each(either_lab: Any) -> None:
    from django.db import connections

    from isobole.lab.record import append, entries_of, verify_study

    study = empty_study()
    start = Barrier(THREADS)

    def bench(number: int) -> list[str]:
        try:
            start.wait()
            states = []
            for k in range(1, ROWS + 1):
                row = seen(k, animal=f"M{number}")
                # Every tenth answer is taken for lost: the row is sent again.
                for _ in range(2 if k % 10 == 0 else 1):
                    (made,) = append(study, [row], actor="ana", device=f"b-{number}")
                    states.append(made.state)
            return states
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        states = [one for done in pool.map(bench, range(THREADS)) for one in done]
    assert states.count("stored") == THREADS * ROWS
    assert states.count("known") == THREADS * ROWS // 10
    entries = entries_of(study)
    assert [e.seq for e in entries] == list(range(1, THREADS * ROWS + 1))
    for number in range(THREADS):
        mine = [e.device_seq for e in entries if e.device == f"b-{number}"]
        assert mine == list(range(1, ROWS + 1))
    assert verify_study(study).state == "intact"
    assert verify_study(study).head == entries[-1].hash


def test_readers_see_only_what_is_on_the_disk(either_lab: Any) -> None:
    """While a commit is under way, and when it fails, no reader has its rows."""
    from threading import Event

    from django.db import connections

    from isobole.lab.record import append, entries_of, writer
    from isobole.lab.record._store import append_in_this_transaction
    from isobole.studies import Draft

    study = empty_study()
    append(study, [seen(1)], actor="ana", device="bench-1")
    added, read = Event(), Event()
    found: list[int] = []

    def reader() -> None:
        try:
            added.wait(10)
            read.set()  # from here on the writer fails, whenever the answer comes
            found.append(len(entries_of(study)))
        finally:
            connections.close_all()

    def work() -> None:
        append_in_this_transaction(
            study,
            [Draft("score.complete", "M1", {"animal_id": "M1"})],
            actor="ana",
            device="web-ana",
        )
        added.set()
        read.wait(10)
        msg = "the commit fails"
        raise OSError(msg)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(reader)
        with pytest.raises(OSError, match="the commit fails"):
            writer.run(work)
        other.result(30)
    assert found == [1]
    append(study, [seen(2)], actor="ana", device="bench-1")
    assert [e.seq for e in entries_of(study)] == [1, 2]


APPENDING = """
from concurrent.futures import ThreadPoolExecutor
from isobole.lab.record import NewRow, append

def bench(thread):
    for k in range(1, rows + 1):
        name = f"{process}-{thread}"
        data = {"animal_id": name, "t_ms": k, "type": "score_change", "score": "1"}
        row = NewRow("observe", name, data, id=f"{name}-{k}", device_seq=k)
        (made,) = append(study, [row], actor="ana", device=name)
        assert made.state == "stored", made

with ThreadPoolExecutor(4) as pool:
    list(pool.map(bench, range(4)))
answer = True
"""


def appended_by_processes(lab: LabServer) -> None:
    """Append from two processes at once and look at what is in the database."""
    lab.run(
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from isobole.lab.models import Study\n"
        "Study.objects.create(study_id='S')"
    )
    with ThreadPoolExecutor(PROCESSES) as pool:
        list(
            pool.map(
                lambda k: lab.run(APPENDING, process=f"p{k}", study="S", rows=60),
                range(PROCESSES),
            )
        )
    seqs, states, devices = lab.run(
        "from isobole.lab.record import entries_of, verify_study\n"
        "from collections import Counter\n"
        "entries = entries_of('S')\n"
        "answer = [[e.seq for e in entries], verify_study('S').state,\n"
        "          sorted(Counter(e.device for e in entries).values())]"
    )
    assert seqs == list(range(1, PROCESSES * 4 * 60 + 1))
    assert states == "intact"
    assert devices == [60] * 4 * PROCESSES


def test_two_processes_on_postgresql(
    fresh_database: Callable[[], str], tmp_path: Path
) -> None:
    appended_by_processes(LabServer(tmp_path / "lab", fresh_database()))


def test_two_processes_on_sqlite(tmp_path: Path) -> None:
    appended_by_processes(LabServer(tmp_path / "lab"))


def test_what_goes_along_shares_the_commit_and_fails_alone(
    lab: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from isobole.lab.models import Attempt
    from isobole.lab.record import NotStored, append, entries_of, writer

    study = empty_study()
    steps: list[str] = []
    row = seen(1)

    def beside() -> None:
        steps.append("beside")

    def wrong() -> None:
        # A fault of the database takes its whole commit with it: each is tried alone.
        steps.append("wrong")
        Attempt.objects.create(scope="x", name="y", failures=-1, last=None)

    writer.along(beside)
    assert not steps, "it waits for a job"
    append(study, [row], actor="ana", device="tablet")
    assert steps == ["beside"]
    writer.settle()
    assert steps == ["beside"], "it was given to the job"
    writer.along(beside)
    writer.settle()
    assert steps == ["beside", "beside"]
    writer.along(wrong)
    append(study, [seen(2)], actor="ana", device="tablet")
    assert [e.device_seq for e in entries_of(study)] == [1, 2]

    def away() -> None:
        msg = "the disk is full"
        raise NotStored(msg)

    writer.along(away)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "run", lambda *_: away())
        writer.settle()
    assert "the disk is full" in caplog.text
    caplog.clear()
    writer.along(away)
    append(study, [seen(3)], actor="ana", device="tablet")
    assert "the disk is full" in caplog.text, "nobody waits for its answer"


def test_jobs_that_wait_when_the_writer_ends_are_done_with_all_they_ask_for(
    lab: Any,
) -> None:
    """An import, an unblinding: they write to the log in the hands of the writer."""
    import time
    from threading import Event, Thread

    from django.db import connections

    from isobole.lab.models import AccessRow
    from isobole.lab.record import log_access, writer

    begun, go_on = Event(), Event()

    def slow() -> str:
        begun.set()
        go_on.wait(10)
        # `stop` has long asked the thread to end.
        time.sleep(0.2)
        log_access("slow", actor="ana")
        return "slow"

    def waiting() -> str:
        log_access("waiting", actor="ana")
        return "waiting"

    def asked(work: Any) -> str:
        try:
            return writer.run(work)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(asked, slow)
        assert begun.wait(10)
        second = pool.submit(asked, waiting)
        time.sleep(0.1)
        end = Thread(target=writer.stop)
        end.start()
        time.sleep(0.1)
        go_on.set()
        assert (first.result(), second.result()) == ("slow", "waiting")
        end.join()
    said = AccessRow.objects.order_by("seq").values_list("what", flat=True)
    assert list(said) == ["slow", "waiting"]
