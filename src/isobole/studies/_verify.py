"""An allocation held against its commitment: without the key, and with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from isobole.results import DataError, OptionError, Problem, sha256_text
from isobole.studies._allocation import blinded_rows, full_rows, rows_text
from isobole.studies._commitment import (
    COMMITMENT,
    AllocationKey,
    Commitment,
    digest_problem,
    find_commitment,
    row_marks,
)
from isobole.studies._rows import Allotment
from isobole.studies._study import Study

_FILE = "allocation.csv"
_PUT_BACK = (
    "Put the committed row back; a real change of treatment is recorded as a dose that "
    "was given, never in the allocation"
)


def check_commitment(study: Study) -> tuple[Problem, ...]:
    """Compare the allocation with its commitment without the key.

    An edited, added or removed row is named. That the list was not redrawn is only
    shown with the key: see `verify_commitment`.
    """
    if not study.allocation:
        return ()
    committed = find_commitment(study.path, study.record)
    if committed is None:
        return (
            Problem(
                "no-commitment",
                "Nothing shows that the allocation was made before the first dose",
                severity="notice",
                file=_FILE,
                remedy="Allocate with `isobole study allocate`, or say in the report "
                "how and when the list was made",
            ),
        )
    if sha256_text(rows_text(study.allocation)) == committed.rows_sha256:
        return ()
    marked = tuple(_marked(study, committed))
    return marked or (
        Problem(
            "allocation-edited",
            "The allocation is not the one that was committed to before the first dose",
            file=_FILE,
            given=sha256_text(rows_text(study.allocation)),
            expected=committed.rows_sha256,
            remedy=_PUT_BACK,
        ),
    )


def verify_commitment(
    study: Study | Path | str, key: AllocationKey
) -> tuple[Problem, ...]:
    """Compare the commitment, the allocation and the key with each other.

    Four things are looked at: the key opens the commitment; every row of the
    allocation is that of the key's list; the list is the one that seed, protocol and
    animals give; and the folder's own files agree with its record.

    Parameters
    ----------
    study : Study or path
        A study, or its folder.
    key : AllocationKey
        As from `open_key`.

    Returns
    -------
    tuple of Problem
        Empty where everything agrees.
    """
    if not isinstance(study, Study):
        from isobole.studies._folder import read_study

        study = read_study(study)
    committed = find_commitment(study.path, study.record)
    if committed is None:
        return (
            Problem(
                "no-commitment",
                "There is no commitment to compare the key with",
                file="record.jsonl" if study.record else COMMITMENT,
                remedy="Restore it from the copy that was given to a third person",
            ),
        )
    found = [p for p in study.problems if p.file == _FILE and p.severity == "error"]
    if key.study_id != study.protocol.study_id:
        found.append(
            Problem(
                "key-of-another-study",
                f"The key is that of study {key.study_id}",
                given=key.study_id,
                expected=study.protocol.study_id,
                remedy="Take the key of this study",
            )
        )
    if broken := digest_problem(committed, key):
        found.append(broken)
    found += _compared(study, key)
    if not found:
        found += _redrawn(study, key)
    return tuple(found)


def _marked(study: Study, committed: Commitment) -> Iterator[Problem]:
    """Name the rows that are not as their mark in the commitment says."""
    marks = dict(committed.by_animal)
    due: Mapping[str, Any] = {}
    for entry in reversed(study.record):
        if entry.action == "allocation.commit":
            listed = entry.data.get("rows")
            if isinstance(listed, list):
                due = {str(row.get("animal_id")): row for row in listed}
            break
    now = row_marks(study.allocation)
    lines = {row.animal_id: row.line for row in study.allocation}
    if not marks and not due:
        return
    for plain in blinded_rows(study.allocation):
        name = plain["animal_id"]
        same = plain == due[name] if name in due else now[name] == marks.get(name)
        if not same:
            known = name in due or name in marks
            yield _edited(
                name,
                lines[name],
                "was changed" if known else "was added",
            )
    for name in [*due, *marks]:
        if name not in now:
            yield _edited(name, None, "was removed")


def _edited(name: str, line: int | None, what: str) -> Problem:
    return Problem(
        "allocation-edited",
        f"The row of animal {name} {what} after the commitment",
        file=_FILE,
        row=line,
        column="animal_id",
        given=name,
        remedy=_PUT_BACK,
    )


def _compared(study: Study, key: AllocationKey) -> Iterator[Problem]:
    due = {str(row.get("animal_id")): row for row in key.list}
    rows = {row.animal_id: row for row in study.allocation}
    for name, row in rows.items():
        if name not in due:
            yield _edited(name, row.line, "was added")
            continue
        (now,) = full_rows([row])
        for column, expected in due[name].items():
            given = now.get(column)
            if column == "group" and (row.group is None or not expected):
                continue
            if given != expected:
                yield _cell(row, column, given, expected)
    for name in due:
        if name not in rows:
            yield _edited(name, None, "was removed")


def _cell(row: Allotment, column: str, given: Any, expected: Any) -> Problem:
    # Until the reveal nobody is to read the treatment in a message.
    secret = column == "group"
    return Problem(
        "allocation-edited",
        f"{column} of animal {row.animal_id} is not as it was committed to",
        file=_FILE,
        row=row.line,
        column=column,
        given=_shown(given),
        expected=None if secret else _shown(expected),
        remedy=_PUT_BACK,
    )


def _shown(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _redrawn(study: Study, key: AllocationKey) -> Iterator[Problem]:
    """Draw the list again from the seed, where protocol and animals are unchanged."""
    from isobole.studies._draw import animals_sha256, draw_allocation

    same = (
        key.rules.get("protocol_sha256") == study.protocol.sha256
        and key.rules.get("animals_sha256")
        == animals_sha256(study.protocol, study.animals)
    )  # fmt: skip
    if not same:
        yield Problem(
            "list-not-redrawn",
            "The protocol or the animals were changed after the allocation, so that "
            "the list cannot be drawn again from its seed; the commitment itself holds",
            severity="notice",
            file="animals.csv",
            remedy="Report what was changed, and why",
        )
        return
    try:
        again = draw_allocation(study.protocol, study.animals, seed=key.seed)
        equal = full_rows(again.rows) == [dict(row) for row in key.list]
    except (DataError, OptionError):
        equal = False
    if not equal:
        yield Problem(
            "list-not-drawn",
            "The list of the key is not the one that its seed gives",
            given=key.digest,
            remedy="The list was not drawn by the rules it names: say so in the "
            "report, and ask who made it",
        )
