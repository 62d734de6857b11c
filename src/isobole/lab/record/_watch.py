"""Every record walked again and again, as the database has it, while the server runs.

Pages are answered from memory, and a query that every page can pay for sees the last
row only. A row in the middle that somebody changed is found here, within minutes, and
said on every page of its study.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from threading import Event, Lock, Thread
from time import perf_counter

from django.db import DatabaseError, InterfaceError, connection

from isobole.lab.models import RecordRow, Study
from isobole.lab.record._broken import changed
from isobole.lab.record._chain import known
from isobole.lab.record._log import log_access
from isobole.lab.record._verify import LOG, verify_log, verify_study
from isobole.studies import ChainReport

ROUND_S = 60.0
"""Pause between two rounds."""
SHARE = 50
"""A walk is followed by a pause so many times as long: benches come first."""

_log = logging.getLogger(__name__)
_found: dict[str, ChainReport] = {}
_lock = Lock()


def told(name: str) -> ChainReport | None:
    """Return what is wrong with a record, None if nothing was found when last walked.

    Parameters
    ----------
    name : str
        A study's id, or `LOG`.
    """
    return _found.get(name)


def looked_at(name: str, report: ChainReport) -> None:
    """Keep what a walk found, so that every page of the study says it."""
    with _lock:
        if report.state == "broken":
            _found[name] = report
        else:
            _found.pop(name, None)


def look(name: str) -> ChainReport:
    """Walk one record, and hold it against what this server read of it before."""
    if name == LOG:
        report = verify_log()
    else:
        before = known(name)  # first: what is added meanwhile comes after it
        report = verify_study(name)
        if report.state != "broken" and before is not None:
            report = _held_against(name, report, before)
    is_new = report.state == "broken" and told(name) is None
    looked_at(name, report)
    if is_new:
        _say(name, report)
    return report


def look_through(stop: Event | None = None) -> Mapping[str, ChainReport]:
    """Walk every record once, slowly; return those that are broken."""
    stop = stop or Event()
    names = [*Study.objects.values_list("study_id", flat=True), LOG]
    for name in names:
        began = perf_counter()
        try:
            look(name)
        except Exception:  # whatever it is, it hides no other record
            _log.exception("%s could not be walked", name)
            connection.close()
        if stop.wait(SHARE * (perf_counter() - began)):
            break
    return dict(_found)


class Watch:
    """Looks through all records for as long as the server runs."""

    def __init__(self, pause_s: float = ROUND_S) -> None:
        self._pause_s = pause_s
        self._stop = Event()
        self._thread = Thread(target=self._run, name="isobole-records", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after the walk that is under way."""
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.wait(self._pause_s):
            try:
                look_through(self._stop)
            except (DatabaseError, InterfaceError) as fault:
                _log.warning("The records could not be walked: %s", fault)
            finally:
                connection.close()


def _held_against(
    name: str, report: ChainReport, before: tuple[int, str]
) -> ChainReport:
    """Return the report, broken if a whole chain was written anew with other rows."""
    number, its_hash = before
    rows = RecordRow.objects.filter(study_id=name, seq=number)
    if its_hash in rows.values_list("hash", flat=True):
        return report
    fault = changed(name, number)
    return ChainReport("broken", report.entries, None, fault.row, (fault,))


def _say(name: str, report: ChainReport) -> None:
    _log.error("%s is broken: %s", name, report.problems[0])
    log_access(
        "record.broken",
        actor="system",
        study_id="" if name == LOG else name,
        data={"of": name, "row": report.broken_at or 0},
    )
