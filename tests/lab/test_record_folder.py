"""Folder to study and back: every byte of the record is kept, or nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from isobole.datasets import study_path
from isobole.results import DataError

STUDIES = ("ptz-valproate-magnesium", "ptz-interaction")


def files_of(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def folder() -> dict[str, bytes]:
    return files_of(study_path(STUDIES[0]))


def codes(refusal: pytest.ExceptionInfo[DataError]) -> set[str]:
    return {problem.code for problem in refusal.value.problems}


def test_in_and_out_is_the_same(either_lab: Any, folder: Mapping[str, bytes]) -> None:
    from isobole.lab.models import Membership
    from isobole.lab.record import folder_of, store_folder, verify_study

    either_lab.person("ana")
    stored = store_folder(folder, by="ana")
    assert stored.chained
    assert stored.left_out == ()
    assert verify_study(stored.study_id).state == "intact"
    assert verify_study(stored.study_id).head == stored.head
    assert folder_of(stored.study_id) == folder
    (role,) = Membership.objects.filter(study_id=stored.study_id)
    assert (role.user.username, role.role) == ("ana", "designer")


def test_twice_is_refused_and_changes_nothing(
    lab: Any, folder: Mapping[str, bytes]
) -> None:
    from isobole.lab.models import RecordRow
    from isobole.lab.record import store_folder

    lab.person("ana")
    stored = store_folder(folder, by="ana")
    with pytest.raises(DataError) as refusal:
        store_folder(folder, by="ana")
    assert codes(refusal) == {"study-exists"}
    assert RecordRow.objects.count() == stored.rows


def test_a_folder_filled_by_hand_begins_a_record(
    lab: Any, folder: Mapping[str, bytes], tmp_path: Path
) -> None:
    from isobole.lab.record import entries_of, folder_of, store_folder, verify_study

    lab.person("ana")
    unchained = {k: v for k, v in folder.items() if k != "record.jsonl"}
    stored = store_folder(unchained, by="ana")
    assert not stored.chained
    assert verify_study(stored.study_id).state == "intact"
    assert {entry.actor for entry in entries_of(stored.study_id)} == {"ana"}
    exported = folder_of(stored.study_id)
    assert exported["study.toml"] == folder["study.toml"]
    # What was exported is imported again, byte for byte, in a lab without it.
    from isobole.lab.models import StudyFile

    assert set(StudyFile.objects.values_list("name", flat=True)) >= {
        "concentrations.csv"
    }


def test_one_changed_character_is_found(lab: Any, folder: dict[str, bytes]) -> None:
    from isobole.lab.models import Study
    from isobole.lab.record import store_folder

    lab.person("ana")
    lines = folder["record.jsonl"].decode().splitlines(keepends=True)
    number = next(k for k, line in enumerate(lines) if '"observe"' in line)
    lines[number] = lines[number].replace('"t_ms":', '"t_ms":1', 1)
    with pytest.raises(DataError) as refusal:
        store_folder({**folder, "record.jsonl": "".join(lines).encode()}, by="ana")
    assert "broken-chain" in codes(refusal)
    assert any(p.row == number + 1 for p in refusal.value.problems)
    assert not Study.objects.exists()


def test_files_that_differ_from_the_record(lab: Any, folder: dict[str, bytes]) -> None:
    from isobole.lab.record import store_folder

    lab.person("ana")
    head, *rows = folder["animals.csv"].decode().splitlines(keepends=True)
    with pytest.raises(DataError) as refusal:
        store_folder(
            {**folder, "animals.csv": "".join([head, *rows[1:]]).encode()}, by="ana"
        )
    assert codes(refusal) == {"differs-from-record"}


@pytest.mark.parametrize(
    "name",
    ["../evil.csv", "/etc/passwd", "a/b/c.toml", "scales/../x.toml", "C:evil.csv",
     "a\\b.csv", "", "x\0.csv", "scales/x.csv", "./x.csv"],
)  # fmt: skip
def test_names_that_lead_elsewhere(
    lab: Any, folder: dict[str, bytes], name: str
) -> None:
    from isobole.lab.record import store_folder

    lab.person("ana")
    with pytest.raises(DataError) as refusal:
        store_folder({**folder, name: b"x"}, by="ana")
    assert codes(refusal) == {"file-name"}


def test_files_beside_are_kept_and_others_are_named(
    lab: Any, folder: dict[str, bytes]
) -> None:
    from isobole.lab.record import folder_of, store_folder, study_of

    lab.person("ana")
    beside = {"notes.txt": b"fed at 8\n", "scales/own.toml": b"id = 'own'\n"}
    stored = store_folder({**folder, **beside, "photo.png": b"\x89PNG"}, by="ana")
    assert stored.left_out == ("photo.png",)
    assert {**folder, **beside} == folder_of(stored.study_id)
    place = study_of(stored.study_id).path
    assert place is not None
    assert (place / "scales" / "own.toml").read_bytes() == beside["scales/own.toml"]
    assert study_of(stored.study_id).path == place


def test_the_sealed_key_is_kept_apart(lab: Any, folder: dict[str, bytes]) -> None:
    import json

    from isobole.lab.models import Study
    from isobole.lab.record import folder_of, store_folder

    lab.person("ana")
    name = json.loads(folder["record.jsonl"].splitlines()[0])["obj"]
    key = json.dumps({"format": "isobole-key/1", "study_id": name, "cipher": {}})
    stored = store_folder({**folder, "k.json": key.encode()}, by="ana")
    assert stored.sealed_key
    assert Study.objects.get().sealed_key == key
    assert "k.json" not in folder_of(stored.study_id)


def test_the_key_of_another_study(lab: Any, folder: dict[str, bytes]) -> None:
    from isobole.lab.record import store_folder

    lab.person("ana")
    key = b'{"format": "isobole-key/1", "study_id": "OTHER"}'
    with pytest.raises(DataError) as refusal:
        store_folder({**folder, "k.json": key}, by="ana")
    assert codes(refusal) == {"key-of-another-study"}


def test_who_imports_has_an_account(lab: Any, folder: dict[str, bytes]) -> None:
    from isobole.lab.record import store_folder

    with pytest.raises(DataError) as refusal:
        store_folder(folder, by="nobody")
    assert codes(refusal) == {"unknown-person"}
