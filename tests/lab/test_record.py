"""Rows are added once, in a chain, on both databases; what does not fit is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isobole.lab.record import NewRow
from isobole.results import DataError
from isobole.studies import Draft, read_record, record_text, verify_chain
from lab.record_rows import empty_study, seen


@pytest.fixture
def study(either_lab: Any) -> str:
    return empty_study()


def code_of(*rows: NewRow, study: str) -> list[str]:
    from isobole.lab.record import append

    made = append(study, rows, actor="ana", device="bench-1")
    assert all(p.remedy or p.expected for one in made for p in one.problems)
    return [one.problems[0].code if one.problems else one.state for one in made]


def test_rows_make_a_chain_that_a_file_holds_too(study: str, tmp_path: Any) -> None:
    from isobole.lab.record import append, entries_of, verify_study

    append(study, [seen(k) for k in range(1, 6)], actor="ana", device="bench-1")
    append(study, [seen(k) for k in range(1, 4)], actor="ben", device="bench-2")
    entries = entries_of(study)
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    path = tmp_path / "record.jsonl"
    path.write_text(record_text(entries), "utf-8", newline="\n")
    assert verify_chain(read_record(path)).head == verify_study(study).head


def test_ids_of_two_devices_do_not_meet(study: str) -> None:
    from isobole.lab.record import append, entries_of

    append(study, [seen(1)], actor="ana", device="bench-1")
    (other,) = append(study, [seen(1)], actor="ben", device="bench-2")
    assert [p.code for p in other.problems] == ["duplicate-id"]
    append(study, [seen(1, animal="M2")], actor="ben", device="bench-2")
    assert [e.actor for e in entries_of(study)] == ["ana", "ben"]


def test_sent_twice_is_stored_once(study: str) -> None:
    from isobole.lab.record import append, entries_of

    rows = [seen(1), seen(2)]
    append(study, rows, actor="ana", device="bench-1")
    again = append(study, [*rows, seen(3)], actor="ana", device="bench-1")
    assert [one.state for one in again] == ["known", "known", "stored"]
    assert len(entries_of(study)) == 3


def test_a_number_with_another_content_is_refused(study: str) -> None:
    assert code_of(seen(1), study=study) == ["stored"]
    changed = [
        seen(1, score="5"),
        NewRow(**{**_fields(seen(1)), "obj": "M2"}),
        NewRow(**{**_fields(seen(1)), "id": "another"}),
    ]
    assert code_of(*changed, study=study) == ["device-seq-taken"] * 3
    from isobole.lab.record import append

    (other,) = append(study, [seen(1)], actor="ben", device="bench-1")
    assert other.problems[0].code == "device-seq-taken"


def test_one_refused_row_holds_nothing_back(study: str) -> None:
    rows = [seen(1), seen(2, type="fit"), seen(3)]
    assert code_of(*rows, study=study) == ["stored", "not-allowed", "stored"]


def test_drafts_are_stored_all_or_none(study: str) -> None:
    from isobole.lab.record import append_drafts, entries_of

    good = Draft("score.complete", "M1", {"animal_id": "M1"})
    bad = Draft("score.complete", "M1", {"animal_id": 7})
    with pytest.raises(DataError):
        append_drafts(study, [good, bad], actor="ana", device="web-ana")
    assert entries_of(study) == ()
    append_drafts(study, [good, good], actor="ana", device="web-ana")
    assert [e.device_seq for e in entries_of(study)] == [1, 2]


def test_drafts_made_on_an_older_record_are_refused(study: str) -> None:
    from isobole.lab.record import append_drafts, entries_of

    code_of(seen(1), study=study)
    draft = Draft("score.complete", "M1", {"animal_id": "M1"})
    with pytest.raises(DataError) as refusal:
        append_drafts(study, [draft], actor="ana", device="web-ana", based_on=0)
    assert refusal.value.problems[0].code == "record-went-on"
    append_drafts(study, [draft], actor="ana", device="web-ana", based_on=1)
    assert len(entries_of(study)) == 2


def test_what_runs_beside_drafts_is_kept_with_them_or_not_at_all(study: str) -> None:
    from isobole.lab.models import Study
    from isobole.lab.record import append_drafts, entries_of

    draft = Draft("score.complete", "M1", {"animal_id": "M1"})

    def seal() -> None:
        Study.objects.filter(study_id=study).update(sealed_key="sealed")
        raise DataError([])

    with pytest.raises(DataError):
        append_drafts(study, [draft], actor="ana", device="web-ana", also=seal)
    assert entries_of(study) == ()
    assert Study.objects.get(study_id=study).sealed_key == ""


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (seen(1, detail="a\0b"), "nul-character"),
        (seen(1, detail="\ud800"), "half-character"),
        (NewRow("observe", "M\0", seen(1).data, device_seq=1), "nul-character"),
        (seen(1, **{"k\0": "x"}), "nul-character"),
        (seen(1, mono_ms=2**63), "number-too-large"),
        (seen(1, mono_ms=10**5000), "number-too-large"),
        (seen(1, detail=1.5), "float-in-record"),
        (seen(1, more=deep(21)), "too-deep"),
        (seen(1, more=deep(100_000)), "too-deep"),
        (seen(1, detail="x" * 70_000), "row-too-large"),
        (seen(0), "wrong-type"),
        (seen(-5), "wrong-type"),
        (NewRow("observe", "M1", seen(1).data, device_seq=2**63), "wrong-type"),
        (NewRow("observe", "M1", seen(1).data, device_seq=10**5000), "wrong-type"),
        (NewRow("observe", "M" * 201, seen(1).data, device_seq=1), "name-too-long"),
        (NewRow("observe", "M1", seen(1).data, id="i" * 5000), "name-too-long"),
        (NewRow("observe", "", seen(1).data, device_seq=1), "empty-field"),
        (NewRow("burn", "M1", {}, device_seq=1), "unknown-action"),
        (NewRow("amend", "M1", {"void": 1}, device_seq=1), "amends-nothing"),
    ],
    ids=range(19),
)
def test_what_no_database_keeps_is_refused_with_a_remedy(
    lab: Any, row: NewRow, code: str
) -> None:
    from isobole.lab.record import entries_of

    study = empty_study()
    assert code_of(row, study=study) == [code]
    assert entries_of(study) == ()


def test_the_largest_that_is_taken_comes_back_as_it_was(study: str) -> None:
    row = seen(1, mono_ms=2**63 - 1, detail="µ 💉 \u2028 \x7f", more=deep(17))
    assert code_of(row, study=study) == ["stored"]
    from isobole.lab.record import verify_study
    from isobole.lab.record._chain import forget

    forget()
    from isobole.lab.record import entries_of

    assert dict(entries_of(study)[0].data) == dict(row.data)
    assert verify_study(study).state == "intact"


def test_too_many_rows_at_once(lab: Any) -> None:
    from isobole.lab.record import MOST_ROWS, append

    rows = [seen(k) for k in range(1, MOST_ROWS + 2)]
    study = empty_study()
    with pytest.raises(DataError) as refusal:
        append(study, rows, actor="ana", device="bench-1")
    assert refusal.value.problems[0].code == "too-many-rows"


@pytest.mark.parametrize("device", ["a\0", "d" * 201, "\udfff"])
def test_devices_that_are_none(lab: Any, device: str) -> None:
    from isobole.lab.record import append

    with pytest.raises(DataError):
        append(empty_study(), [seen(1)], actor="ana", device=device)


def test_a_study_that_is_not_there(either_lab: Any) -> None:
    from isobole.lab.record import NotStored, append

    with pytest.raises(NotStored):
        append("NO-SUCH", [seen(1)], actor="ana", device="bench-1")


def test_the_writer_refuses_to_wait_for_its_own_caller(lab: Any) -> None:
    from django.db import transaction

    from isobole.lab.record import append

    study = empty_study()
    with (
        transaction.atomic(),
        pytest.raises(RuntimeError, match="inside a transaction"),
    ):
        append(study, [seen(1)], actor="ana", device="bench-1")


def test_memory_is_bounded_and_nothing_is_lost_by_it(lab: Any) -> None:
    from isobole.lab.record import _chain, append, entries_of

    studies = [empty_study(f"S-{k}") for k in range(_chain.MOST_IN_MEMORY + 5)]
    for study in studies:
        append(study, [seen(1)], actor="ana", device="bench-1")
    assert len(_chain._chains) == _chain.MOST_IN_MEMORY
    assert all(len(entries_of(study)) == 1 for study in studies)


def test_the_log_of_access_is_a_chain_of_its_own(either_lab: Any) -> None:
    from isobole.lab.models import AccessRow
    from isobole.lab.record import log_access, verify_log

    assert verify_log().state == "unchained"
    log_access("login", actor="ana", address="192.0.2.1")
    log_access("export", actor="ana", study_id="S", data={"what": "folder"})
    assert verify_log().entries == 2
    last = AccessRow.objects.order_by("-seq").first()
    assert last is not None
    assert verify_log().head == last.hash
    assert json.loads(last.data) == {"what": "folder"}


def _fields(row: NewRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NewRow.__slots__}
