"""Whether a row may be appended to a record, whatever the record's length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._canonical import canonical_json
from isobole.studies._chain import RECORD
from isobole.studies._entry import Entry
from isobole.studies._payloads import check_payload

_FIELDS = tuple(f.name for f in fields(Entry) if f.name not in ("seq", "prev", "hash"))
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "device_seq": ((int,), "a whole number from 1"),
    "data": ((dict,), "a mapping"),
    "supersedes": ((str, type(None)), "the id of a row, or nothing"),
    "reason": ((str, type(None)), "a text, or nothing"),
}


def check_draft(draft: Mapping[str, Any], by_id: Mapping[str, Entry]) -> None:
    """Raise `DataError` unless a row (without seq, prev and hash) fits the record.

    The work does not grow with the record: of `by_id` only the row that the draft
    corrects is asked for, those that one corrects in turn, and whether the draft's own
    id is taken. A mapping that looks rows up in a database will do.

    Parameters
    ----------
    draft : mapping
        Every field of `Entry` but `seq`, `prev` and `hash`.
    by_id : mapping of str to Entry
        The rows of the record by id.

    Raises
    ------
    DataError
        With everything that does not fit: empty or missing fields, the payload, a
        taken id, a correction without a reason or of a row that is not there.

    Examples
    --------
    >>> draft = {
    ...     "id": "e1",
    ...     "ts": "2026-01-06T09:00:00.000Z",
    ...     "actor": "ana",
    ...     "device": "bench-1",
    ...     "device_seq": 1,
    ...     "action": "amend",
    ...     "obj": "M1",
    ...     "data": {"void": 1},
    ...     "supersedes": "e0",
    ...     "reason": "slip of the finger",
    ... }
    >>> try:
    ...     check_draft(draft, {})
    ... except DataError as error:
    ...     print(error.problems[0].message)
    There is no row e0 to correct
    """
    found = ProblemList(RECORD)
    for problem in _wrong_types(draft):
        found.add(problem)
    found.raise_errors()
    for key in ("id", "ts", "actor", "device", "obj"):
        if not draft[key].strip():
            found.add(
                Problem(
                    "empty-field",
                    f"{key} is {draft[key]!r}",
                    column=key,
                    expected="a text that is not empty",
                    remedy=f"Say the {key} of every row",
                )
            )
    if draft["id"] in by_id:
        found.add(
            Problem(
                "duplicate-id",
                f"The id {draft['id']} is taken",
                row=by_id[draft["id"]].seq,
                given=draft["id"],
                remedy="Give every row an id of its own",
            )
        )
    try:
        canonical_json(draft).encode()
    except UnicodeEncodeError:
        found.add(
            Problem(
                "half-character",
                "A text of the row holds half a character (a lone surrogate)",
                remedy="Type the text again",
            )
        )
    except DataError as error:
        for problem in error.problems:
            found.add(problem)
    except (TypeError, ValueError, RecursionError):
        found.add(
            Problem(
                "not-json",
                "The data of the row hold a value that is none of JSON",
                column="data",
                expected="texts, whole numbers, lists, and mappings named by texts",
                remedy="Write it as text",
            )
        )
        found.raise_errors()
    root = _root_action(draft, by_id, found)
    for problem in check_payload(draft["action"], draft["data"], amends=root):
        found.add(problem)
    found.raise_errors()


def _wrong_types(draft: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the fields that are missing or of another type than the record's."""
    for key in _FIELDS:
        allowed, expected = _TYPES.get(key, ((str,), "a text"))
        given: Any = draft.get(key)
        fits = key in draft and type(given) in allowed
        if not fits or (key == "device_seq" and given < 1):
            yield Problem(
                "wrong-type",
                f"{key} is {given!r}" if key in draft else f"The row has no {key}",
                column=key,
                given=None if given is None else str(given),
                expected=expected,
                remedy=f"Give {expected}",
            )


def _root_action(
    draft: Mapping[str, Any], by_id: Mapping[str, Entry], found: ProblemList
) -> str | None:
    """Return the action that an amendment corrects in the end."""
    supersedes = draft["supersedes"]
    if supersedes is None:
        if draft["action"] == "amend":
            found.add(
                Problem(
                    "amends-nothing",
                    "An amendment does not say what it corrects",
                    remedy="Give the id of the row corrected as supersedes",
                )
            )
        return None
    if not (draft["reason"] or "").strip():
        found.add(
            Problem(
                "no-reason",
                f"The row that corrects {supersedes} gives no reason",
                column="reason",
                remedy="Say why in a few words",
            )
        )
    if supersedes not in by_id:
        found.add(
            Problem(
                "unknown-row",
                f"There is no row {supersedes} to correct",
                column="supersedes",
                given=supersedes,
                remedy="Give the id of a row of this record",
            )
        )
        return None
    entry = by_id[supersedes]
    while entry.action == "amend" and (below := by_id.get(entry.supersedes or "")):
        entry = below
    return entry.action
