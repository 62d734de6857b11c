"""A bench to test: server with a clock that a test sets forward, study, devices."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import TimeoutError

from browser.clocked_lab import ClockedLab
from isobole.studies import Entry, follow, protocol_from_text, record_text

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what goes on in the page: the other database would show nothing new."""

STUDY = "PTZ-VPA-MG"
DAY = "2026-02-03"
CANARY = "CANARY"
"""In every group's code and note: never to be met at the bench."""

WAIT_S = 30
STATIC = Path(__file__).parents[2] / "src" / "isobole" / "lab" / "static" / "lab"
SCRIPTS = {one.name for one in STATIC.glob("bench*.js")} - {
    "bench-choose.js",
    "bench-worker.js",
}
"""What the page of a bench consists of, besides two style sheets and itself."""
SHELL = """async () => {
  const cache = await caches.open("isobole-bench-1");
  return (await cache.keys()).map((one) => one.url.split("/").at(-1));
}"""

STORE = """
from pathlib import Path
from django.contrib.auth.hashers import make_password
from isobole.studies import read_record
from isobole.lab.models import Membership, RecordRow, Study, User
from isobole.lab.record._rows import row_of
entries = read_record(Path(record))
answer = next(e.obj for e in entries if e.action == 'protocol.save')
study = Study.objects.create(study_id=answer)
RecordRow.objects.bulk_create([row_of(answer, e) for e in entries])
for name in people:
    user = User.objects.create_user(
        name, f'{name} walks past 7 mills', display_name=name.title())
    user.pin = make_password('2718')
    user.save()
    Membership.objects.create(study=study, user=user, role='scorer')
"""


def record_before_scoring(chambers: int) -> list[Entry]:
    """Return the bundled record up to its allocation, with another rack.

    The codes of its groups, and its groups' notes, can be searched for.
    """
    from isobole.datasets import study_path
    from isobole.studies import read_record

    path = study_path("ptz-valproate-magnesium") / "record.jsonl"
    made: list[Entry] = []
    for entry in read_record(path):
        data = dict(entry.data)
        if entry.action == "protocol.save":
            toml = data["toml"].replace("chambers = 4", f"chambers = {chambers}")
            toml = toml.replace('note = "', f'note = "{CANARY} ')
            data |= {"toml": toml, "sha256": protocol_from_text(toml, "x").sha256}
        if entry.action == "protocol.lock":
            data["sha256"] = made[-1].data["sha256"]
        if entry.action == "allocation.commit":
            data["rows"] = [
                {
                    **row,
                    "group_code": f"{CANARY}-{row['group_code']}",
                    "day": "2026-02-03",
                    "block": index // chambers + 1,
                    "chamber": str(index % chambers + 1),
                    "order": index % chambers + 1,
                }
                for index, row in enumerate(data["rows"])
            ]
        draft = {
            name: getattr(entry, name)
            for name in Entry.__slots__
            if name not in ("seq", "prev", "hash")
        }
        made.append(follow(made[-1] if made else None, {**draft, "data": data}))
        if entry.action == "allocation.commit":
            return made
    raise AssertionError


class BenchLab(ClockedLab):
    """The lab with one study ready to be scored by ana and ben."""

    def __init__(
        self,
        folder: Path,
        chambers: int,
        database_url: str | None = None,
        *,
        environment: dict[str, str] | None = None,
    ) -> None:
        super().__init__(folder, database_url, environment=environment)
        self.start()  # makes the tables
        record = folder / "record.jsonl"
        entries = record_before_scoring(chambers)
        record.write_text(record_text(entries), encoding="utf-8")
        self.begun = len(entries)
        self.run(STORE, record=str(record), people=["ana", "ben"])
        self.racks: dict[int, list[str]] = {}
        for row in entries[-1].data["rows"]:
            self.racks.setdefault(row["block"], []).append(row["animal_id"])

    @property
    def animals(self) -> list[str]:
        """The animals of the first run, in the order of their chambers."""
        return self.racks[1]

    def bench(self, run: int = 1) -> str:
        """Return the address of a run's bench."""
        return f"{self.url}/studies/{STUDY}/bench/{DAY}-run-{run}"

    def open(
        self,
        context: BrowserContext,
        name: str,
        *,
        place: str = "first",
        run: int = 1,
        pings: Literal["own", "server"] = "own",
    ) -> Page:
        """Open the bench on a device whose clock a test drives."""
        page = self.device(context, name, pings=pings)
        page.goto(f"{self.bench(run)}?as={place}")
        ready(page)
        return page

    def rows(
        self, actor: str | None = None, run: int | None = None
    ) -> list[dict[str, Any]]:
        """Return what was written since the beginning, as it lies in the database."""
        found = self._read(
            "SELECT * FROM lab_recordrow WHERE seq > {} ORDER BY seq", self.begun
        )
        for row in found:
            row["data"] = json.loads(row["data"])
        return [
            row
            for row in found
            if (actor is None or row["actor"] == actor)
            and (run is None or row["obj"] in self.racks[run])
        ]

    def _read(self, query: str, *given: Any) -> list[dict[str, Any]]:
        """Ask the database itself, past the server, which may be dead."""
        if self.database_url is None:
            place = f"file:{self.data_dir / 'lab.sqlite3'}?mode=ro"
            with closing(sqlite3.connect(place, uri=True)) as base:
                base.row_factory = sqlite3.Row
                return [dict(row) for row in base.execute(query.format("?"), given)]
        import psycopg
        from psycopg.rows import dict_row

        asked = query.format("%s").encode()
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return list(connection.execute(asked, given))


def ready(page: Page) -> None:
    page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")


def awake(page: Page, heard: str) -> None:
    """Let the page ask for the time until it is heard; slow answers do not count."""
    page.wait_for_function(
        f"""() => {{
          const heard = {heard};
          if (heard()) return true;
          document.dispatchEvent(new Event("visibilitychange"));
          return false;
        }}""",
        polling=500,
    )


def synced(page: Page) -> None:
    """Wait until the page goes by the server's time."""
    awake(page, "() => localStorage.getItem('isobole-offset') !== null")


def kept_shell(page: Page) -> list[str]:
    """Wait until the device keeps every file of the bench, and return their names."""
    end = time.monotonic() + WAIT_S
    while True:
        kept: list[str] = page.evaluate(SHELL)
        if set(kept) >= SCRIPTS | {"lab.css", "bench.css"}:
            return kept
        assert time.monotonic() < end, kept
        page.wait_for_timeout(100)


def all_saved(page: Page) -> None:
    try:
        page.wait_for_function(
            "() => document.getElementById('saved').dataset.state === 'saved'"
        )
    except TimeoutError as error:
        raise AssertionError(page.locator("body").inner_text()[:600]) from error


def told(rows: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return rows in short: animal, and what; in the order of the record."""
    return [
        (
            row["obj"],
            row["data"].get("type", row["action"]),
            str(row["data"].get("score") or row["data"].get("detail") or ""),
        )
        for row in rows
    ]


@contextmanager
def bench_lab(
    folder: Path,
    chambers: int = 6,
    database_url: str | None = None,
    *,
    environment: dict[str, str] | None = None,
) -> Iterator[BenchLab]:
    """Give a running lab, killed at the end."""
    lab = BenchLab(folder, chambers, database_url, environment=environment)
    try:
        yield lab
    finally:
        lab.kill()
