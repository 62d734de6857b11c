"""A folder filled by hand, taken over into a record, is analysed as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from allocated_studies import PASSPHRASE, study_folder
from isobole.analysis import analyze_study
from isobole.datasets import study_names, study_path
from isobole.results import DataError
from isobole.studies import (
    Study,
    allocate_study,
    check_study,
    lock_analysis,
    open_key,
    outcomes_text,
    read_record,
    read_study,
    record_drafts,
    reduce_study,
    reveal,
    study_from_record,
    unblind_animal,
    verify_commitment,
)
from ledgers import Ledger

KINDS = ("animals", "allocation", "doses", "sessions")
# What a record says of itself, and the sentences about it.
OF_THE_RECORD = {"chain", "head_hash", "locked", "reason", "blocks"}


def by_hand(place: Path, name: str) -> Path:
    """Copy a bundled study without its record."""
    folder = place / name
    shutil.copytree(study_path(name), folder)
    (folder / "record.jsonl").unlink()
    return folder


def taken_over(folder: Path) -> Study:
    ledger = Ledger()
    ledger.add(record_drafts(read_study(folder)))
    return study_from_record(ledger.rows, folder=folder)


def errors(study: Study) -> list[str]:
    return [str(p) for p in check_study(study) if p.severity == "error"]


def rows_of(study: Study) -> dict[str, Any]:
    """Return rows in an order of their own: a record may hold them in another."""
    return {kind: sorted(getattr(study, kind), key=repr_of) for kind in KINDS}


def repr_of(row: Any) -> str:
    return str([getattr(row, name) for name in row.__slots__ if name != "line"])


@pytest.mark.parametrize("name", study_names())
def test_a_bundled_study_is_analysed_alike(name: str, tmp_path: Path) -> None:
    folder = by_hand(tmp_path, name)
    before, after = read_study(folder), taken_over(folder)
    assert (before.chain, after.chain) == ("unchained", "intact")
    assert after.problems == tuple(
        p for p in after.problems if p.code == "not-in-record"
    )
    assert errors(after) == []
    assert rows_of(after) == rows_of(before)
    assert after.t0 == before.t0
    assert after.commitment is None
    assert reduce_study(after).animals == reduce_study(before).animals
    one, other = (analyze_study(s).to_dict() for s in (before, after))
    for found in (one, other):  # the record has its own person and time
        for row in found["corrections"]:
            del row["by"], row["when (UTC)"]
        # Who is the first of two observers is known by the record, else by name.
        found["rules"] = [r for r in found["rules"] if "observers" not in r]
    for key in (one.keys() | other.keys()) - OF_THE_RECORD:
        assert other[key] == one[key], key


@pytest.mark.parametrize("name", study_names())
def test_amendments_keep_their_ids(name: str, tmp_path: Path) -> None:
    record = read_record(study_path(name) / "record.jsonl")
    action = {entry.id: entry.action for entry in record}
    # Of animals, t0 and exclusions a folder shows what holds, not what was corrected.
    corrected = {
        entry.id: entry.supersedes
        for entry in record
        if action.get(entry.supersedes or "") in ("observe", "dose.give", "session.add")
    }
    after = taken_over(by_hand(tmp_path, name))
    found = {e.id: e.supersedes for e in after.record if e.action == "amend"}
    assert corrected
    assert found == corrected


def test_an_allocation_without_commitment_goes_on_being_one(tmp_path: Path) -> None:
    after = taken_over(by_hand(tmp_path, "ptz-interaction"))
    assert "no-commitment" in {p.code for p in check_study(after)}
    assert {row.group for row in after.allocation} == {
        group.id for group in after.protocol.groups
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a folder filled by hand, allocated, locked and revealed, and its key."""
    folder = study_folder(tmp_path_factory.mktemp("by-hand"))
    made = allocate_study(folder, passphrase=PASSPHRASE)
    header = "event_id,animal_id,t_ms,type,detail,observer,supersedes,reason,ts,void"
    lines = [header]
    for number, animal in enumerate(read_study(folder).animals):
        name = animal.animal_id
        if number % 2:
            lines += [
                f"{number}a,{name},60000,clonic_start,,ana,,,,",
                f"{number}b,{name},75000,clonic_stop,,ana,,,,",
            ]
        lines.append(f"{number},{name},1800000,end,window_done,ana,,,,")
    day = "2026-01-06T09:00:0"
    lines += [
        # Corrected twice: the later one holds, though its name comes first.
        f"z,M02,61000,clonic_start,,ana,1a,,{day}2Z,",
        f"y,M02,62000,clonic_start,,ana,1a,late,{day}5Z,",
        # A correction of a correction, written before what it corrects.
        f"c,M04,64000,clonic_start,,ana,d,again,{day}9Z,",
        f"d,M04,63000,clonic_start,,ana,3a,slip,{day}3Z,",
        # Taken back.
        f"n,M06,5,gtc_start,,ana,,,{day}1Z,",
        f"o,M06,5,gtc_start,,ana,n,slip of the finger,{day}2Z,yes",
        # A second observer, who comes first in the file's order of time.
        f"q,M08,5,gtc_start,,ben,,,{day}0Z,",
    ]
    (folder / "events.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    doses = ["dose_id,animal_id,kind,ts,amount", "1,M01,treatment,,85.5"]
    doses += [
        f"c{number},{animal.animal_id},challenge,2026-01-06T09:{number:02d}:00Z,85"
        for number, animal in enumerate(read_study(folder).animals)
    ]
    (folder / "doses.csv").write_text("\n".join(doses) + "\n", encoding="utf-8")
    excluded = ["animal_id,criterion,reason,person,ts", "M09,healthy,ill,eve,Tuesday"]
    text = "\n".join(excluded) + "\n"
    (folder / "exclusions.csv").write_text(text, encoding="utf-8")
    key = {"key": made.key, "passphrase": PASSPHRASE, "actor": "eve"}
    unblind_animal(folder, "M05", "it fell", **key)
    lock_analysis(folder, actor="eve")
    reveal(folder, made.key, PASSPHRASE, actor="eve")
    return folder, made.key


def test_a_finished_folder_keeps_commitment_lock_and_reveal(
    finished: tuple[Path, Path],
) -> None:
    folder, key = finished
    before, after = read_study(folder), taken_over(folder)
    assert errors(before) == errors(after) == []
    assert after.commitment == before.commitment is not None
    assert after.revealed == before.revealed != {}
    assert after.unblinded == before.unblinded == {"M05": "it fell"}
    assert after.locked
    assert verify_commitment(after, open_key(key, PASSPHRASE)) == ()
    found = reduce_study(after)
    assert found.animals == reduce_study(before).animals
    assert (
        outcomes_text(after, found).splitlines()[3:]
        == (outcomes_text(before, reduce_study(before)).splitlines()[3:])
    )
    endpoints = {a.animal_id: a.latencies["endpoint"].t_ms for a in found.animals}
    assert (endpoints["M02"], endpoints["M04"]) == (62_000, 64_000)
    assert endpoints["M08"] == 60_000  # ana's, not ben's
    # The record shows no group before its reveal.
    for entry in after.record:
        if entry.action == "allocation.commit":
            assert all("group" not in row for row in entry.data["rows"])


def test_what_the_folder_does_not_say_is_not_made_up(
    finished: tuple[Path, Path],
) -> None:
    after = taken_over(finished[0])
    dose = next(row for row in after.doses if row.kind == "treatment")
    assert (dose.ts, dose.amount) == (None, 85.5)
    assert after.t0 == read_study(finished[0]).t0
    assert after.t0["M32"] == "2026-01-06T09:31:00Z"
    assert not any(entry.action == "t0" for entry in after.record)
    (gone,) = [e for e in after.record if e.action == "exclude"]
    assert (gone.data["noted_by"], gone.data["noted_at"]) == ("eve", "Tuesday")
    reasons = {e.id: e.reason for e in after.record if e.action == "amend"}
    assert "no reason was written" in str(reasons["event-z"])
    # Dose 1 and event 1 share an id, which a record has once.
    ids = [entry.id for entry in after.record]
    assert {"1", "event-1"} < set(ids)
    assert len(set(ids)) == len(ids)


def broken(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("events.csv", "clonic_start", "clonic_begins", "not-allowed"),
        ("events.csv", "y,M02,62000", "y,M02,62001", "changed-after-lock"),
        ("animals.csv", "weight_g,day", "weight_g,void", "column-void"),
        ("events.csv", ",d,again", ",x,again", "unknown-row"),
    ],
)
def test_faults_are_mended_before_they_are_recorded(
    finished: tuple[Path, Path],
    tmp_path: Path,
    name: str,
    old: str,
    new: str,
    code: str,
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    broken(folder, name, old, new)
    with pytest.raises(DataError) as error:
        record_drafts(read_study(folder))
    assert code in {problem.code for problem in error.value.problems}


def test_groups_told_without_a_key_stay_told(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "kindling-magnesium")
    before = read_study(folder)
    groups = {row.group_code: row.group for row in before.allocation}
    lines = (folder / "allocation.csv").read_text("utf-8")
    for group in set(groups.values()):
        lines = lines.replace(f",{group},", ",,")
    (folder / "allocation.csv").write_text(lines, encoding="utf-8")
    (folder / "reveal.json").write_text(json.dumps({"groups": groups}))
    assert read_study(folder).revealed == groups
    after = taken_over(folder)
    assert {row.group_code: row.group for row in after.allocation} == groups


def test_a_study_with_a_record_or_without_a_folder_is_not_taken_over(
    tmp_path: Path,
) -> None:
    with pytest.raises(DataError, match="record already"):
        record_drafts(read_study(study_path("ptz-interaction")))
    folder = by_hand(tmp_path, "ptz-interaction")
    study = read_study(folder)
    broken(folder, "study.toml", 'strain = "CF-1"', 'strain = "NMRI"')
    with pytest.raises(DataError, match="changed after the study was read"):
        record_drafts(study)
    (folder / "study.toml").unlink()
    with pytest.raises(DataError, match=r"no study\.toml"):
        record_drafts(study)
