"""The commitment: whatever is changed after it shows; what is not changed does not."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allocated_studies import PASSPHRASE, study_folder
from isobole.studies import (
    AllocatedStudy,
    AllocationKey,
    allocate_study,
    check_commitment,
    check_study,
    find_commitment,
    open_key,
    read_study,
    verify_commitment,
)


def allocated(place: Path, **options: Any) -> tuple[Path, AllocatedStudy]:
    folder = study_folder(place)
    found = allocate_study(
        folder, passphrase=PASSPHRASE, seed="frozen", actor="ana", **options
    )
    return folder, found


@pytest.fixture(scope="module")
def originals(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Path, AllocationKey]]:
    """Allocate once of each kind: deriving a key takes its time."""
    made = {}
    for kind, begin in (("by_hand", "as-it-is"), ("chained", "start")):
        folder, found = allocated(tmp_path_factory.mktemp(kind), begin=begin)
        made[kind] = folder, open_key(found.key, PASSPHRASE)
    return made


def copied(original: tuple[Path, AllocationKey], to: Path) -> tuple[Path, Any]:
    folder, key = original
    return shutil.copytree(folder, to / folder.name), key


@pytest.fixture
def by_hand(
    originals: dict[str, tuple[Path, AllocationKey]], tmp_path: Path
) -> tuple[Path, AllocationKey]:
    return copied(originals["by_hand"], tmp_path)


@pytest.fixture
def chained(
    originals: dict[str, tuple[Path, AllocationKey]], tmp_path: Path
) -> tuple[Path, AllocationKey]:
    return copied(originals["chained"], tmp_path)


def codes(problems: tuple[Any, ...]) -> set[str]:
    return {p.code for p in problems if p.severity == "error"}


def test_commitment_is_the_hash_of_its_four_parts(
    by_hand: tuple[Path, AllocationKey],
) -> None:
    folder, key = by_hand
    document = {
        "nonce": key.nonce,
        "seed": key.seed,
        "rules": key.rules,
        "list": list(key.list),
    }
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    due = hashlib.sha256(text.encode()).hexdigest()
    committed = find_commitment(folder, ())
    assert committed is not None
    assert committed.digest == due
    assert read_study(folder).commitment == due
    assert len(bytes.fromhex(key.nonce)) * 8 >= 128


@pytest.mark.parametrize("kind", ["by_hand", "chained"])
def test_nothing_changed_is_no_problem(
    kind: str, request: pytest.FixtureRequest
) -> None:
    folder, key = request.getfixturevalue(kind)
    assert verify_commitment(folder, key) == ()
    assert check_commitment(read_study(folder)) == ()
    assert codes(check_study(read_study(folder))) == set()


@pytest.mark.parametrize("kind", ["by_hand", "chained"])
@pytest.mark.parametrize("column", range(9))
def test_any_edited_cell_is_named_with_and_without_the_key(
    kind: str, column: int, request: pytest.FixtureRequest
) -> None:
    folder, key = request.getfixturevalue(kind)
    path = folder / "allocation.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    header, cells = lines[0].split(","), lines[5].split(",")
    name = header[column]
    cells[column] = "vehicle" if name == "group" else cells[column] + "7"
    if name == "group":
        real = next(row for row in key.list if row["animal_id"] == cells[0])["group"]
        cells[column] = "low" if real != "low" else "high"
    lines[5] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    verified = verify_commitment(folder, key)
    assert codes(verified) & {"allocation-edited", "differs-from-record"}
    assert any(p.row == 6 and p.file == "allocation.csv" for p in verified)
    checked = check_study(read_study(folder))
    if name == "group" and kind == "by_hand":
        assert "groups-in-clear" in {p.code for p in checked}
    else:
        assert any(
            p.row == 6 and p.file == "allocation.csv" and p.severity == "error"
            for p in checked
        )


@pytest.mark.parametrize("kind", ["by_hand", "chained"])
def test_rows_added_and_removed_are_named(
    kind: str, request: pytest.FixtureRequest
) -> None:
    folder, key = request.getfixturevalue(kind)
    path = folder / "allocation.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    gone = lines[3].split(",")[0]
    path.write_text("\n".join([*lines[:3], *lines[4:]]) + "\n", encoding="utf-8")
    verified = verify_commitment(folder, key)
    assert codes(verified)
    if kind == "by_hand":
        assert any(gone in str(problem) for problem in verified)
        assert any(gone in str(p) for p in check_commitment(read_study(folder)))


def test_rows_in_another_order_are_the_same_allocation(
    by_hand: tuple[Path, AllocationKey],
) -> None:
    folder, key = by_hand
    path = folder / "allocation.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], *lines[:0:-1]]) + "\n", encoding="utf-8")
    assert verify_commitment(folder, key) == ()
    assert check_commitment(read_study(folder)) == ()


def test_a_key_changed_in_any_part_is_refused(
    by_hand: tuple[Path, AllocationKey],
) -> None:
    folder, key = by_hand
    swapped = [dict(row) for row in key.list]
    first, other = swapped[0], next(r for r in swapped if r["group"] != "vehicle")
    first["group"], other["group"] = other["group"], first["group"]
    for forged in (
        replace(key, nonce="0" * 64),
        replace(key, seed=key.seed + "x"),
        replace(key, rules={**key.rules, "method": "complete"}),
        replace(key, list=tuple(swapped)),
    ):
        assert "commitment-broken" in codes(verify_commitment(folder, forged))
    assert "key-of-another-study" in codes(
        verify_commitment(folder, replace(key, study_id="PTZ-99"))
    )


def test_a_list_that_its_seed_does_not_give_is_found(
    by_hand: tuple[Path, AllocationKey],
) -> None:
    """Someone redraws by hand until the list pleases, and commits to that."""
    folder, key = by_hand
    forged = replace(key, seed="another")
    path = folder / "commitment.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(key.digest, forged.digest), encoding="utf-8")
    assert codes(verify_commitment(folder, forged)) == {"list-not-drawn"}


def test_animals_changed_later_are_said_and_the_commitment_holds(
    by_hand: tuple[Path, AllocationKey],
) -> None:
    folder, key = by_hand
    path = folder / "animals.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([rows[0], *rows[:0:-1]]) + "\n", encoding="utf-8")
    (problem,) = verify_commitment(folder, key)
    assert (problem.code, problem.severity) == ("list-not-redrawn", "notice")


def test_without_a_commitment(by_hand: tuple[Path, AllocationKey]) -> None:
    folder, key = by_hand
    (folder / "commitment.txt").unlink()
    assert codes(verify_commitment(folder, key)) == {"no-commitment"}
    (problem,) = check_commitment(read_study(folder))
    assert (problem.code, problem.severity) == ("no-commitment", "notice")


def test_a_text_without_row_marks_still_shows_an_edit(
    by_hand: tuple[Path, AllocationKey],
) -> None:
    folder, _ = by_hand
    path = folder / "commitment.txt"
    text = re.sub(r"^row: .*\n", "", path.read_text(encoding="utf-8"), flags=re.M)
    path.write_text(text, encoding="utf-8")
    assert check_commitment(read_study(folder)) == ()
    listed = folder / "allocation.csv"
    listed.write_text(
        listed.read_text(encoding="utf-8").replace("M03,", "M99,"), encoding="utf-8"
    )
    assert "allocation-edited" in codes(check_commitment(read_study(folder)))
