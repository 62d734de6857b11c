"""The record: chained, verified, sent twice but stored once, the same bytes again."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from isobole.results import DataError
from isobole.studies import (
    ACTIONS,
    AMENDABLE,
    GENESIS,
    PAYLOADS,
    Entry,
    append,
    append_to_record,
    canonical_json,
    check_draft,
    check_payload,
    follow,
    head_hash,
    link_hash,
    read_record,
    record_text,
    verify_chain,
    write_record,
)
from reference_cases import Case

CONTENT = [name for name in Entry.__slots__ if name not in ("prev", "hash")]
SEEN = {"animal_id": "M1", "t_ms": 1}
T0 = {"animal_id": "M1", "wall": "2026-01-06T09:00:00.000Z"}


def add(entries: list[Entry], action: str = "t0", **changed: Any) -> Entry:
    number = len(entries) + 1
    given: dict[str, Any] = {
        "id": f"e{number}",
        "ts": f"2026-01-06T09:00:{number:02d}.000Z",
        "actor": "ana",
        "device": "bench-1",
        "device_seq": number,
        "action": action,
        "obj": "M1",
        "data": T0,
        **changed,
    }
    entry = append(entries, **given)
    if entry.seq == number:
        entries.append(entry)
    return entry


def record(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for _ in range(count):
        add(entries)
    return entries


def test_reference_chain(studies_case: Callable[[str], Case]) -> None:
    with studies_case("hash_chain_sha256") as case:
        prev = GENESIS
        for index, row in enumerate(case.data("records")):
            where = f"records.{index}"
            case.given(f"{where}.record")
            assert canonical_json(row["record"]) == case.expect(f"{where}.canonical")
            assert prev == case.expect(f"{where}.prev")
            prev = link_hash(prev, row["record"])
            assert prev == case.expect(f"{where}.hash")


def test_hash_by_hand() -> None:
    entry = record(1)[0]
    body = json.loads(record_text([entry]))
    del body["prev"], body["hash"]
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    due = hashlib.sha256(("0" * 64 + "\n" + text).encode()).hexdigest()
    assert entry.hash == due == head_hash([entry])


def test_intact_chain_names_its_head() -> None:
    entries = record(4)
    report = verify_chain(entries)
    assert (report.state, report.entries, report.head) == ("intact", 4, entries[3].hash)


@pytest.mark.parametrize("position", [0, 1, 3])
@pytest.mark.parametrize(
    "change",
    [
        {"obj": "M2"},
        {"data": {"animal_id": "M1", "wall": "2026-01-06T09:00:00.001Z"}},
        {"ts": "2026-01-06T08:00:00.000Z"},
        {"actor": "ben"},
        {"reason": "better"},
        {"prev": "1" * 64},
        {"hash": "1" * 64},
        {"seq": 9},
    ],
)
def test_a_changed_row_is_named(position: int, change: dict[str, Any]) -> None:
    entries = record(4)
    entries[position] = replace(entries[position], **change)
    report = verify_chain(entries)
    assert (report.state, report.broken_at) == ("broken", position + 1)
    assert report.problems[0].row == position + 1
    assert report.head is None


def test_removed_added_and_swapped_rows_are_named() -> None:
    entries = record(4)
    assert verify_chain(entries[:1] + entries[2:]).broken_at == 2
    assert verify_chain([entries[1], entries[0], *entries[2:]]).broken_at == 1
    assert verify_chain([entries[0], *entries]).broken_at == 2
    again = replace(entries[2], actor="eve")
    again = replace(
        again,
        hash=link_hash(
            again.prev,
            {
                n: getattr(again, n)
                for n in again.__slots__
                if n not in ("prev", "hash")
            },
        ),
    )
    # The forged row verifies in itself; the next one gives it away.
    assert verify_chain([*entries[:2], again, entries[3]]).broken_at == 4


def test_sent_twice_is_stored_once() -> None:
    entries = record(3)
    again = add(entries, id="other", ts="2026-01-06T10:00:00.000Z", device_seq=2)
    assert again is entries[1]
    assert len(entries) == 3
    with pytest.raises(DataError) as error:
        add(entries, device_seq=2, data={**T0, "animal_id": "M9"})
    assert error.value.problems[0].code == "device-seq-taken"
    assert error.value.problems[0].row == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id": "e1"}, "duplicate-id"),
        ({"action": "amend"}, "amends-nothing"),
        ({"action": "amend", "supersedes": "e1"}, "no-reason"),
        ({"action": "amend", "supersedes": "e8", "reason": "typo"}, "unknown-row"),
        ({"action": "observed"}, "unknown-action"),
        ({"actor": " "}, "empty-field"),
        ({"data": {"animal_id": "M1"}}, "missing-key"),
        ({"data": {**T0, "wall": 5}}, "wrong-type"),
        ({"data": {**T0, "weight": 21.4}}, "wrong-type"),
        (
            {
                "action": "observe",
                "data": {"animal_id": "M", "t_ms": -1, "type": "note"},
            },
            "wrong-type",
        ),
        (
            {"action": "observe", "data": {**SEEN, "type": "end"}},
            "no-end-reason",
        ),
        ({"action": "protocol.save", "data": {"tomls": ""}}, "unknown-key"),
        (
            {
                "action": "amend",
                "supersedes": "e1",
                "reason": "typo",
                "data": {"void": 1, **T0},
            },
            "void-and-more",
        ),
    ],
)
def test_rows_that_do_not_fit_are_refused(changed: dict[str, Any], code: str) -> None:
    entries = record(2)
    with pytest.raises(DataError) as error:
        add(entries, **changed)
    assert code in {problem.code for problem in error.value.problems}
    assert all(problem.remedy for problem in error.value.problems)
    assert len(entries) == 2


DRAFT: dict[str, Any] = {
    "id": "e9",
    "ts": "2026-01-06T09:00:00.000Z",
    "actor": "ana",
    "device": "bench-1",
    "device_seq": 9,
    "action": "t0",
    "obj": "M1",
    "data": T0,
    "supersedes": None,
    "reason": None,
}


@pytest.mark.parametrize(
    "changed",
    [
        {"device_seq": "9"},
        {"device_seq": True},
        {"device_seq": 0},
        {"data": [T0]},
        {"supersedes": 3},
        {"supersedes": "e1", "action": "amend", "reason": 5},
        {"id": None},
        {"ts": 12},
    ],
)
def test_fields_of_another_type_are_refused_not_stored(changed: dict[str, Any]) -> None:
    by_id = {entry.id: entry for entry in record(2)}
    check_draft(DRAFT, by_id)
    with pytest.raises(DataError) as error:
        check_draft({**DRAFT, **changed}, by_id)
    assert {p.code for p in error.value.problems} == {"wrong-type"}
    assert {p.column for p in error.value.problems} <= set(changed)


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    "value", [b"bytes", {1: "one", "two": 2}, {3}, nested(100_000), date(2026, 1, 6)]
)
def test_values_that_are_not_json_are_refused(value: object) -> None:
    with pytest.raises(DataError) as error:
        check_draft({**DRAFT, "data": {**T0, "more": value}}, {})
    assert {p.code for p in error.value.problems} == {"not-json"}


@pytest.mark.parametrize("name", sorted(DRAFT))
def test_a_field_left_out_is_named(name: str) -> None:
    with pytest.raises(DataError, match=f"The row has no {name}"):
        check_draft({k: v for k, v in DRAFT.items() if k != name}, {})


def test_following_the_end_is_appending_to_the_whole() -> None:
    entries = record(3)
    whole = add(list(entries), **DRAFT)
    check_draft(DRAFT, {})
    assert follow(entries[-1], DRAFT) == whole
    assert verify_chain([*entries, follow(entries[-1], DRAFT)]).state == "intact"


class Asked(dict[str, Entry]):
    """Rows by id that note what was asked for."""

    def __init__(self, rows: dict[str, Entry]) -> None:
        super().__init__(rows)
        self.names: list[object] = []

    def __contains__(self, name: object) -> bool:
        self.names.append(name)
        return super().__contains__(name)

    def __getitem__(self, name: str) -> Entry:
        self.names.append(name)
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("the whole record was read")


def test_a_draft_is_checked_without_reading_the_record() -> None:
    asked = Asked({entry.id: entry for entry in record(50)})
    amended = {
        **DRAFT,
        "id": "e99",
        "action": "amend",
        "supersedes": "e7",
        "reason": "typo",
    }
    check_draft(amended, asked)
    assert set(asked.names) == {"e99", "e7"}


def test_what_stands_for_ever_is_not_amended() -> None:
    entries: list[Entry] = []
    add(entries, "protocol.lock", data={"sha256": "0" * 64})
    with pytest.raises(DataError, match="cannot be corrected"):
        add(entries, "amend", supersedes="e1", reason="typo", data={"void": 1})


def test_every_action_has_a_payload() -> None:
    assert set(PAYLOADS) == set(ACTIONS) - {"amend"}
    assert set(AMENDABLE) < set(PAYLOADS)
    assert check_payload("amend", {"void": 1}, amends="observe") == ()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
VALUE = st.recursive(
    st.one_of(TEXT, st.integers(-(2**53), 2**53)),
    lambda below: st.one_of(
        st.lists(below, max_size=3), st.dictionaries(TEXT, below, max_size=3)
    ),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(TEXT, VALUE, max_size=3), max_size=4))
def test_read_and_written_again_is_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[dict[str, Any]]
) -> None:
    entries: list[Entry] = []
    for data in payloads:
        add(entries, data={**data, **T0})
    path = tmp_path_factory.getbasetemp() / "record.jsonl"
    write_record(path, entries)
    first = path.read_bytes()
    again = read_record(path)
    assert list(again) == entries
    assert verify_chain(again).state == ("intact" if entries else "unchained")
    write_record(path, again)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text[:-9], "torn-record"),
        (lambda text: text.replace('"seq":1', '"seq":1.0'), "bad-record-line"),
        (lambda text: text.replace('"seq":1', '"seq":true'), "bad-record-line"),
        (lambda text: text.replace(":", ": "), "bad-record-line"),
        (lambda text: text.replace('"obj"', '"object"'), "bad-record-line"),
        (lambda text: text.replace("\n", "\r\n"), "bad-record-line"),
        (lambda text: text + "\n", "bad-record-line"),
        (lambda text: "[" * 100_000 + "\n", "bad-record-line"),
    ],
)
def test_spoilt_files_are_named_by_line(
    tmp_path: Path, spoil: Callable[[str], str], code: str
) -> None:
    path = tmp_path / "record.jsonl"
    write_record(path, record(2))
    path.write_bytes(spoil(path.read_text("utf-8")).encode())
    with pytest.raises(DataError) as error:
        read_record(path)
    assert code in {problem.code for problem in error.value.problems}
    assert all(p.row and p.remedy for p in error.value.problems)


def test_appending_to_a_folder(tmp_path: Path) -> None:
    given: dict[str, Any] = {"action": "t0", "obj": "M1", "data": T0, "actor": "ana"}
    first = append_to_record(tmp_path, **given)
    second = append_to_record(tmp_path, **given, device="bench-2", device_seq=7)
    assert append_to_record(tmp_path, **given, device="bench-2", device_seq=7) == second
    third = append_to_record(
        tmp_path,
        **{**given, "action": "amend", "data": {"void": 1}},
        supersedes=first.id,
        reason="another animal",
    )
    entries = read_record(tmp_path / "record.jsonl")
    assert entries == (first, second, third)
    assert [e.device_seq for e in entries] == [1, 7, 2]
    assert verify_chain(entries).head == third.hash


def test_appending_refuses_a_record_whose_end_does_not_verify(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    entries = record(3)
    text = record_text([*entries[:2], replace(entries[2], obj="M7")])
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match="does not verify"):
        append_to_record(tmp_path, action="t0", obj="M1", data=T0, actor="ana")
    assert path.read_text("utf-8") == text


def test_writers_at_once_leave_one_whole_chain(tmp_path: Path) -> None:
    def write(device: str) -> None:
        for _ in range(10):
            append_to_record(
                tmp_path, action="t0", obj="M1", data=T0, actor="ana", device=device
            )

    threads = [threading.Thread(target=write, args=(f"d{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = read_record(tmp_path / "record.jsonl")
    assert len(entries) == 40
    assert verify_chain(entries).state == "intact"
    assert {(e.device, e.device_seq) for e in entries} == {
        (f"d{i}", n) for i in range(4) for n in range(1, 11)
    }
