"""Allocating, locking and revealing a folder: what is written, refused and told."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from allocated_studies import PASSPHRASE, study_folder
from isobole.results import Block, DataError, OptionError, blocks_to_html
from isobole.studies import (
    AllocatedStudy,
    allocate_study,
    append_to_record,
    check_study,
    lock_analysis,
    open_key,
    read_study,
    reveal,
    unblind_animal,
    verify_chain,
)

GROUPS = {"vehicle", "low", "middle", "high"}


def page(title: str, blocks: Sequence[Block]) -> str:
    return title + blocks_to_html(blocks)


def allocated(place: Path, **options: Any) -> tuple[Path, AllocatedStudy]:
    folder = study_folder(place)
    options = {"passphrase": PASSPHRASE, "actor": "ana", "render": page, **options}
    return folder, allocate_study(folder, **options)


def codes(error: pytest.ExceptionInfo[DataError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def score(folder: Path, chained: bool) -> None:
    """Observe every animal: one clonic episode in half of them, then the end."""
    names = [animal.animal_id for animal in read_study(folder).animals]
    header = "event_id,animal_id,t_ms,type,score,observer,supersedes,reason,detail\n"
    lines = []
    for i, name in enumerate(names):
        seen = [(60_000, "clonic_start", ""), (70_000, "clonic_stop", "")] * (i % 2)
        for number, (t, kind, detail) in enumerate(
            [*seen, (1_800_000, "end", "window_done")]
        ):
            lines.append(f"{name}-{number},{name},{t},{kind},,bo,,,{detail}\n")
            if chained:
                data = {"animal_id": name, "t_ms": t, "type": kind, "observer": "bo"}
                if detail:
                    data["detail"] = detail
                append_to_record(
                    folder, action="observe", obj=name, data=data, actor="bo"
                )
        if chained:
            wall = {"animal_id": name, "wall": "2026-01-06T09:00:00.000Z"}
            append_to_record(folder, action="t0", obj=name, data=wall, actor="bo")
    if chained:
        from isobole.studies import write_projections

        write_projections(folder)
        return
    (folder / "events.csv").write_text(header + "".join(lines), encoding="utf-8")
    path = folder / "animals.csv"
    first, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([f"{first},t0", *(f"{r},2026-01-06T09:00:00.000Z" for r in rows)])
        + "\n",
        encoding="utf-8",
    )


def test_what_the_blinded_can_read_tells_nothing(tmp_path: Path) -> None:
    folder, found = allocated(tmp_path)
    before = {"study.toml", "README.txt"}
    key = open_key(found.key, PASSPHRASE)
    for path in folder.rglob("*"):
        if path.is_dir() or path.name in before:
            continue
        text = path.read_text(encoding="utf-8")
        assert key.seed not in text
        assert key.nonce not in text
        assert not GROUPS & set(text.replace(",", " ").replace(";", " ").split()), path
        assert "valproate" not in text
    shown = str(found) + str(found.to_dict()) + repr(found)
    assert key.seed not in shown
    assert key.nonce not in shown
    for row in found.to_dict()["rows"]:
        assert "group" not in row
    study = read_study(folder)
    assert all(row.group is None for row in study.allocation)
    assert study.revealed == {}


def test_files_and_sizes(tmp_path: Path) -> None:
    folder, found = allocated(tmp_path)
    assert found.files == (
        "commitment.txt", "allocation.csv", "dosing/day-1.html", "dosing/day-2.html",
    )  # fmt: skip
    assert all((folder / name).is_file() for name in found.files)
    assert found.key == tmp_path / "PTZ-07.key"
    assert found.preparation == tmp_path / "PTZ-07-preparation.html"
    for secret in (found.key, found.preparation):
        assert secret.stat().st_mode & 0o777 == 0o600
    sheet = found.preparation.read_text(encoding="utf-8")
    key = open_key(found.key, PASSPHRASE)
    assert Counter(row["group"] for row in key.list) == dict.fromkeys(GROUPS, 8)
    for row in read_study(folder).allocation:
        assert len(row.syringe_codes) == 1
        assert row.syringe_codes[0] in sheet
    errors = [p for p in check_study(read_study(folder)) if p.severity == "error"]
    assert errors == []


def test_a_record_begins_whole_and_holds_the_commitment(tmp_path: Path) -> None:
    folder, found = allocated(tmp_path, begin="start")
    study = read_study(folder)
    actions = Counter(entry.action for entry in study.record)
    assert actions == {"protocol.save": 1, "animal.add": 32, "allocation.commit": 1}
    assert verify_chain(study.record).state == "intact"
    assert study.commitment == found.commitment.digest
    assert not (folder / "commitment.txt").exists()
    assert len(study.allocation) == 32
    assert [p for p in check_study(study) if p.severity == "error"] == []
    text = (folder / "record.jsonl").read_text(encoding="utf-8")
    key = open_key(found.key, PASSPHRASE)
    assert key.seed not in text
    assert key.nonce not in text


@pytest.mark.parametrize("kind", ["as-it-is", "start"])
def test_from_allocation_to_reveal(tmp_path: Path, kind: Any) -> None:
    folder, found = allocated(tmp_path, begin=kind)
    chained = kind == "start"
    with pytest.raises(DataError, match="Nothing has been observed"):
        lock_analysis(folder, actor="ana")
    with pytest.raises(DataError) as early:
        reveal(folder, found.key, PASSPHRASE, actor="ana")
    assert codes(early) == {"not-locked"}
    score(folder, chained)
    locked = lock_analysis(folder, actor="ana")
    assert locked.animals == 32
    assert read_study(folder).locked
    with pytest.raises(DataError, match="locked already"):
        lock_analysis(folder, actor="ana")
    with pytest.raises(DataError, match="passphrase is wrong"):
        reveal(folder, found.key, "not this one", actor="ana")
    told = reveal(folder, found.key, PASSPHRASE, actor="ana")
    assert set(told.groups.values()) == GROUPS
    study = read_study(folder)
    assert study.revealed == told.groups
    key = open_key(found.key, PASSPHRASE)
    assert {row.animal_id: row.group for row in study.allocation} == {
        str(row["animal_id"]): row["group"] for row in key.list
    }
    assert [p for p in check_study(study) if p.severity != "notice"] == []
    if chained:
        (entry,) = [e for e in study.record if e.action == "allocation.reveal"]
        assert set(entry.data) >= {"nonce", "seed", "rules", "list", "groups"}
        assert verify_chain(study.record).state == "intact"
    with pytest.raises(DataError, match="revealed already"):
        reveal(folder, found.key, PASSPHRASE, actor="ana")


def test_files_changed_after_the_lock_are_named(tmp_path: Path) -> None:
    folder, _ = allocated(tmp_path)
    score(folder, chained=False)
    lock_analysis(folder, actor="ana")
    assert not {"changed-after-lock"} & {
        p.code for p in check_study(read_study(folder))
    }
    path = folder / "events.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",60000,", ",61000,", 1),
        encoding="utf-8",
    )
    (problem,) = [
        p for p in check_study(read_study(folder)) if p.code == "changed-after-lock"
    ]
    assert problem.file == "events.csv"
    (folder / "analysis.lock").write_text("{", encoding="utf-8")
    assert "lock-damaged" in {p.code for p in check_study(read_study(folder))}


def test_a_tampered_list_is_not_revealed(tmp_path: Path) -> None:
    folder, found = allocated(tmp_path)
    score(folder, chained=False)
    lock_analysis(folder, actor="ana")
    path = folder / "allocation.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    one, other = lines[1].split(","), lines[2].split(",")
    one[1], other[1] = other[1], one[1]
    lines[1:3] = [",".join(one), ",".join(other)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        reveal(folder, found.key, PASSPHRASE, actor="ana")
    assert codes(error) == {"allocation-edited"}
    assert {problem.row for problem in error.value.problems} == {2, 3}
    assert not GROUPS & set(str(error.value).split())
    assert read_study(folder).revealed == {}


@pytest.mark.parametrize("kind", ["as-it-is", "start"])
def test_one_animal_in_an_emergency(tmp_path: Path, kind: Any) -> None:
    folder, found = allocated(tmp_path, begin=kind)
    key = open_key(found.key, PASSPHRASE)
    ask: dict[str, Any] = {"key": found.key, "passphrase": PASSPHRASE, "actor": "vet"}
    group = unblind_animal(folder, "M05", "status, needs diazepam", **ask)
    assert group == key.group_of("M05")
    study = read_study(folder)
    assert study.unblinded == {"M05": "status, needs diazepam"}
    assert all(row.group is None for row in study.allocation)
    if kind == "start":
        assert study.record[-1].actor == "vet"
        assert group not in str(study.record[-1].data)
    else:
        unblind_animal(folder, "M06", "a bite, and blood", **ask)
        assert set(read_study(folder).unblinded) == {"M05", "M06"}
        assert group not in (folder / "unblinded.csv").read_text(encoding="utf-8")
    for animal, reason, code in (
        ("M99", "ill", "unknown-animal"),
        ("M07", "  ", "no-reason"),
    ):
        with pytest.raises(DataError) as error:
            unblind_animal(folder, animal, reason, **ask)
        assert codes(error) == {code}


def test_a_sequential_study_is_revealed_with_the_pharmacists_list(
    tmp_path: Path,
) -> None:
    folder = study_folder(tmp_path)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('method = "permuted_block"', 'method = "sequential_dose"')
    text = text.replace('method = "a_priori"', 'method = "sequential"')
    text = text.replace('primary_outcome = "protected"', 'primary_outcome = "ed50"')
    path.write_text(text, encoding="utf-8")
    found = allocate_study(folder, passphrase=PASSPHRASE, actor="ana")
    score(folder, chained=False)
    lock_analysis(folder, actor="ana")
    with pytest.raises(DataError) as error:
        reveal(folder, found.key, PASSPHRASE, actor="ana")
    assert codes(error) == {"dose-not-said"}
    given = {f"M{i + 1:02d}": sorted(GROUPS)[i % 4] for i in range(32)}
    told = reveal(folder, found.key, PASSPHRASE, actor="ana", groups=given)
    assert len(told.groups) == 32
    rows = {row.animal_id: row.group for row in read_study(folder).allocation}
    assert rows == given


def files(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }


def refused(tmp_path: Path, folder: Path, **options: Any) -> set[str]:
    """Return the codes of the refusal, after which nothing was written."""
    before = files(tmp_path)
    options = {"passphrase": PASSPHRASE, "actor": "ana", "render": page, **options}
    with pytest.raises(DataError) as error:
        allocate_study(folder, **options)
    assert files(tmp_path) == before
    assert all(problem.remedy for problem in error.value.problems)
    return codes(error)


def test_never_twice(tmp_path: Path) -> None:
    folder, found = allocated(tmp_path)
    found.key.rename(tmp_path / "elsewhere")
    assert refused(tmp_path, folder) == {"already-allocated"}
    (folder / "allocation.csv").unlink()
    assert refused(tmp_path, folder) == {"already-allocated"}


def test_never_after_the_first_event(tmp_path: Path) -> None:
    folder = study_folder(tmp_path)
    score(folder, chained=False)
    assert refused(tmp_path, folder) == {"study-begun"}


def test_where_the_key_may_not_lie(tmp_path: Path) -> None:
    folder = study_folder(tmp_path)
    assert refused(tmp_path, folder, key=folder / "a.key") == {"key-in-folder"}
    winding = tmp_path / "x" / ".." / "trial" / "a.key"
    assert refused(tmp_path, folder, key=winding) == {"key-in-folder"}
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert refused(tmp_path, folder, key=tmp_path / "link" / "k") == {"key-in-folder"}
    (tmp_path / "link").unlink()
    assert refused(tmp_path, folder, key=tmp_path) == {"key-is-folder"}
    assert refused(tmp_path, folder, key=tmp_path / "no" / "a") == {"key-no-folder"}
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert refused(tmp_path, folder, key=tmp_path / "taken") == {"key-exists"}
    (tmp_path / "PTZ-07-preparation.html").write_text("mine", encoding="utf-8")
    assert refused(tmp_path, folder) == {"preparation-exists"}


def test_what_is_wrong_with_the_study_stops_it(tmp_path: Path) -> None:
    folder = study_folder(tmp_path, animals=31)
    assert refused(tmp_path, folder) == {"animals-differ-from-groups"}
    shutil.rmtree(folder)
    folder = study_folder(tmp_path)
    path = folder / "animals.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",18.0,1", ",,1"), encoding="utf-8")
    assert refused(tmp_path, folder) == {"no-weight"}
    path.write_text(text.replace(",18.0,1", ",0,1"), encoding="utf-8")
    assert "weight-of-zero" in refused(tmp_path, folder)


def test_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = study_folder(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("isobole.studies._allocate.replace_file", full)
    assert refused(tmp_path, folder) == {"not-written"}


def test_options(tmp_path: Path) -> None:
    folder = study_folder(tmp_path)
    with pytest.raises(OptionError, match="8 or more"):
        allocate_study(folder, passphrase="short")
    with pytest.raises(OptionError, match="begin"):
        allocate_study(folder, passphrase=PASSPHRASE, begin="begin")  # type: ignore[arg-type]
    assert not (tmp_path / "PTZ-07.key").exists()


def test_without_pages(tmp_path: Path) -> None:
    folder, found = allocated(tmp_path, render=None)
    assert found.preparation is None
    assert found.to_dict()["preparation_reason"]
    assert not (folder / "dosing").exists()
