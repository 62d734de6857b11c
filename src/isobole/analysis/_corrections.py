"""Every correction of a recorded row, with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from isobole.results import Table
from isobole.studies import Entry, Study

_WHAT = {
    "animal.add": "animal",
    "dose.give": "dose",
    "t0": "t0",
    "observe": "event",
    "session.add": "session",
    "exclude": "exclusion",
}
Row = tuple[str, str, str, str, str]


def correction_table(study: Study) -> Table | None:
    """Return what was corrected, by whom, when and why; None if nothing was."""
    rows = tuple(_recorded(study) if study.record else _by_hand(study))
    if not rows:
        return None
    return Table(
        "Corrections",
        ("animal", "what", "when (UTC)", "by", "reason"),
        rows,
        ("The rows as they were first written stay in the record.",),
    )


def _recorded(study: Study) -> Iterator[Row]:
    by_id: dict[str, Entry] = {}
    for entry in study.record:
        by_id.setdefault(entry.id, entry)
        if entry.action != "amend":
            continue
        first = entry
        while first.action == "amend" and first.supersedes in by_id:
            first = by_id[str(first.supersedes)]
        what = _WHAT.get(first.action, first.action)
        if "void" in entry.data:
            what += ", taken back"
        moment = entry.ts[:19].replace("T", " ")
        yield entry.obj, what, moment, entry.actor, entry.reason or ""


def _by_hand(study: Study) -> Iterator[Row]:
    for dose in study.doses:
        if dose.supersedes:
            yield (
                dose.animal_id, "dose", dose.ts or "", dose.person or "",
                dose.reason or "",
            )  # fmt: skip
    for event in study.events:
        if event.supersedes:
            yield (
                event.animal_id, "event", event.ts or "", event.observer or "",
                event.reason or "",
            )  # fmt: skip
    for session in study.sessions:
        if session.supersedes:
            yield (
                session.animal_id, "session", session.ts or "",
                session.observer or "", session.reason or "",
            )  # fmt: skip
