"""The lab under the load of a day: nothing lost, nothing doubled, and in good time.

A server in a process of its own, as `isobole serve` starts it; client threads with
connections kept alive; real sessions and the API that the bench page uses. What an
answer may take is measured against the median durable commit of one row, made by
another process on the same database during the same minute.
"""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median
from threading import Barrier
from typing import Any

from tests.browser.server import LabServer

from benchmarks._postgres import NoPostgres, cluster
from benchmarks._timing import Figure

BENCHES = 8
STEADY_RATE, STEADY_S = 24, 60
"""8 benches x 12 chambers x 0.25 events a second."""
BURST_RATE, BURST_S = 200, 10
WARM_S = 3
"""Each thread of the server opens its connection first; left out of what is timed."""
MOST_A_REQUEST = 100
TARGET = 20.0
PAUSE_S = 0.25
"""Between two commits of the peer: seldom enough not to be a load of its own."""
STUDY = "PTZ-VPA-MG"

_PREPARE = """
from isobole.datasets import study_path
from isobole.lab.models import Membership, RecordRow, Study, User
from isobole.lab.record._rows import row_of
from isobole.studies import read_record

rows = list(read_record(study_path("ptz-valproate-magnesium") / "record.jsonl"))
last = next(k for k, e in enumerate(rows) if e.action == "allocation.commit")
study = Study.objects.create(study_id=study_id)
RecordRow.objects.bulk_create([row_of(study_id, e) for e in rows[: last + 1]])
for name in people:
    user = User.objects.create_user(
        name, f"{name} walks past 7 mills", display_name=name.title())
    Membership.objects.create(study=study, user=user, role="scorer")
"""

# A table of its own with a row like the record's: one INSERT, one commit, on the disk.
_COMMITS = """
import time
from pathlib import Path
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS peer_row (id integer PRIMARY KEY, data text)")
    answer = []
    Path(ready).touch()
    for k in range(1, count + 1):
        start = time.perf_counter()
        cursor.execute("INSERT INTO peer_row VALUES (%s, %s)", [k, f"{k:0600d}"])
        answer.append(time.perf_counter() - start)
        time.sleep(pause)
"""

_STORED = """
from isobole.lab.record import entries_of, verify_study
answer = [verify_study(study_id).state,
          [[e.device, e.device_seq] for e in entries_of(study_id)
           if e.device.startswith("load-")]]
"""


@dataclass
class Bench:
    """One device: it sends when a row is due, and again what was not confirmed."""

    number: int
    port: int
    headers: dict[str, str]
    sent: int = 0
    waiting: list[int] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    wire: http.client.HTTPConnection | None = None

    @property
    def name(self) -> str:
        return f"load-{self.number}"

    def run(self, begin: float, seconds: float, rate: float) -> None:
        """Score at a rate, each row sent when it is due or as soon as possible then."""
        total = round(seconds * rate)
        # Benches do not strike at the same moment.
        offset = self.number / BENCHES / rate
        for k in range(total):
            due = begin + offset + k / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            self.sent += 1
            self.waiting.append(self.sent)
            self.flush(due)
        end = time.perf_counter() + 60
        while self.waiting and time.perf_counter() < end:
            time.sleep(0.2)
            self.flush(time.perf_counter())

    def flush(self, due: float) -> None:
        """Send what waits; keep it waiting unless the server confirms it."""
        numbers = self.waiting[:MOST_A_REQUEST]
        status, said = self.post(numbers)
        if status != 200:
            return
        self.latencies.append(time.perf_counter() - due)
        for number, row in zip(numbers, said["rows"], strict=True):
            if row["state"] not in ("stored", "known"):
                raise RuntimeError(f"A row was refused: {row}")
            self.confirmed.append(number)
        del self.waiting[: len(numbers)]

    def post(self, numbers: list[int]) -> tuple[int, Any]:
        """Post rows on the connection that is kept; a new one where it broke."""
        body = json.dumps(
            {"device": self.name, "rows": [self.row(number) for number in numbers]}
        )
        if self.wire is None:
            self.wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.wire.request(
                "POST",
                f"/api/studies/{STUDY}/events",
                body,
                {**self.headers, "Content-Type": "application/json"},
            )
            answer = self.wire.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            self.wire.close()
            self.wire = None
            return 0, None

    def row(self, number: int) -> dict[str, Any]:
        """Return a row as the bench page sends it."""
        return {
            "id": f"{self.name}-{number}",
            "device_seq": number,
            "action": "observe",
            "obj": "R14",
            "data": {
                "animal_id": "R14",
                "t_ms": number,
                "type": "myoclonic_twitch",
                "observer": f"ana{self.number}",
                "mono_ms": number,
                "wall_ms": 1_770_000_000_000 + number,
            },
        }


def figures() -> list[Figure]:
    """Measure on SQLite, and on a PostgreSQL whose commits wait for the disk."""
    found = []
    with tempfile.TemporaryDirectory(prefix="isobole-load-") as name:
        found += _on("SQLite", Path(name) / "sqlite", None)
        try:
            with cluster("durable") as url:
                found += _on("PostgreSQL", Path(name) / "postgresql", url)
        except NoPostgres as error:
            if os.environ.get("CI"):
                raise
            print(f"Not measured on PostgreSQL: {error}")
    return found


def _on(kind: str, data: Path, url: str | None) -> list[Figure]:
    people = [f"ana{number}" for number in range(BENCHES)]
    with LabServer(data, url) as server:
        server.run(_PREPARE, study_id=STUDY, people=people)
        benches = [
            Bench(number, server.port, server.headers(person))
            for number, person in enumerate(people)
        ]
        _load(benches, WARM_S, STEADY_RATE)
        with ThreadPoolExecutor(1) as beside:
            ready = data / "peer-is-ready"
            committing = beside.submit(_commits, server, ready)
            # Loading Django in the timed minute would be a load that no lab has.
            while not (ready.exists() or committing.done()):
                time.sleep(0.05)
            steady, _ = _load(benches, STEADY_S, STEADY_RATE)
            commits = committing.result()
        _, burst = _load(benches, BURST_S, BURST_RATE)
        _nothing_lost(server, benches)
        for bench in benches:
            if bench.wire is not None:
                bench.wire.close()
    peer = median(commits)
    asked = STEADY_RATE * STEADY_S
    return [
        Figure(
            f"{kind}: 99th percentile of {asked} events stored at {STEADY_RATE}/s / "
            "median single-row durable commit",
            _percentile(steady, 0.99),
            peer,
            TARGET,
            # Where a bare commit itself is that uneven, the machine is busy.
            note=f"median {median(steady) / peer:.1f}x; 99th percentile of the bare "
            f"commits {_percentile(commits, 0.99) / peer:.1f}x; none lost, none "
            "doubled, chain intact",
        ),
        Figure(
            f"{kind}: burst of {BURST_RATE}/s for {BURST_S} s, all confirmed: seconds "
            "until the last / seconds of the burst",
            burst,
            float(BURST_S),
            # "In the end": the queue of a bench is empty soon after the burst.
            6.0,
            note=f"{BURST_RATE * BURST_S} events",
        ),
    ]


def _commits(server: LabServer, ready: Path) -> list[float]:
    times: list[float] = server.run(
        _COMMITS,
        count=round(0.9 * STEADY_S / PAUSE_S),
        pause=PAUSE_S,
        ready=str(ready),
    )
    return times[5:]


def _load(
    benches: list[Bench], seconds: float, rate: float
) -> tuple[list[float], float]:
    """Let all benches score; return what each event took, and all of them together."""
    start = Barrier(len(benches))
    ends: list[float] = []
    for bench in benches:
        bench.latencies = []
    begin = time.perf_counter() + 0.5

    def score(bench: Bench) -> None:
        start.wait()
        bench.run(begin, seconds, rate / len(benches))
        ends.append(time.perf_counter() - begin)

    with ThreadPoolExecutor(len(benches)) as pool:
        list(pool.map(score, benches))
    return [one for bench in benches for one in bench.latencies], max(ends)


def _nothing_lost(server: LabServer, benches: list[Bench]) -> None:
    state, rows = server.run(_STORED, study_id=STUDY)
    if state != "intact":
        raise RuntimeError(f"The chain is {state}")
    for bench in benches:
        there = [number for device, number in rows if device == bench.name]
        wanted = list(range(1, bench.sent + 1))
        if bench.waiting or sorted(bench.confirmed) != wanted:
            raise RuntimeError(f"{bench.name}: {len(bench.waiting)} not confirmed")
        if sorted(there) != wanted:
            raise RuntimeError(f"{bench.name}: {len(there)} of {bench.sent} stored")


def _percentile(values: list[float], share: float) -> float:
    """Return the smallest value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
