"""A folder read, written and read again; and every kind of bad input it may hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from isobole.results import DataError, Problem
from isobole.studies import (
    LAYOUT,
    Entry,
    append,
    check_study,
    follow,
    outcomes_text,
    project,
    read_record,
    read_study,
    reduce_study,
    sheet_text,
    write_outcomes_csv,
    write_projections,
    write_record,
)
from study_cases import document, protocol

T0 = "2026-01-06T09:00:00.000Z"


class Recorder:
    """Builds a record row by row."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, action: str, data: dict[str, Any], **more: Any) -> Entry:
        number = len(self.entries) + 1
        given: dict[str, Any] = {
            "id": f"e{number}",
            "ts": f"2026-01-06T09:{number // 60:02d}:{number % 60:02d}.000Z",
            "actor": "ana",
            "device": "bench",
            "device_seq": number,
            "obj": str(data.get("animal_id", "PTZ-01")),
            **more,
        }
        entry = append(self.entries, action=action, data=data, **given)
        self.entries.append(entry)
        return entry

    def force(self, action: str, data: dict[str, Any], **more: Any) -> Entry:
        """Chain a row that the library would refuse."""
        number = len(self.entries) + 1
        draft = {
            "id": f"e{number}",
            "ts": f"2026-01-06T10:00:{number:02d}.000Z",
            "actor": "eve",
            "device": "bench",
            "device_seq": number,
            "action": action,
            "obj": "x",
            "data": data,
            "supersedes": None,
            "reason": None,
            **more,
        }
        entry = follow(self.entries[-1] if self.entries else None, draft)
        self.entries.append(entry)
        return entry

    def write(self, folder: Path) -> None:
        write_record(folder / "record.jsonl", self.entries)


RAT = {"species": "rat", "strain": "Wistar", "sex": "M", "weight_g": "250.0"}


def recorded() -> Recorder:
    """Return the record of a small study: two rats, a correction, an exclusion."""
    made = Recorder()
    found = protocol()
    made.add(
        "protocol.save",
        {"toml": document(found), "sha256": found.sha256, "version": 1},
    )
    made.add("protocol.lock", {"sha256": found.sha256})
    for name in ("M1", "M2"):
        made.add("animal.add", {"animal_id": name, **RAT, "note": "a, b"})
    for name in ("M1", "M2"):
        made.add("dose.give", {"animal_id": name, "kind": "treatment", "amount": "100"})
        made.add("t0", {"animal_id": name, "wall": T0})
        made.add("observe", seen(name, 60_000, "score_change", score="5"))
        made.add("observe", seen(name, 90_000, "score_change", score="0"))
        made.add("observe", seen(name, 1_800_000, "end", detail="window_done"))
    wrong = made.entries[-3]
    made.add(
        "amend",
        seen("M2", 60_000, "score_change", score="2"),
        supersedes=wrong.id,
        reason="mis-keyed",
    )
    noise = made.add("observe", seen("M2", 70_000, "gtc_start"))
    made.add("amend", {"void": 1}, supersedes=noise.id, reason="slip of the finger")
    made.add("exclude", {"animal_id": "M1", "criterion": "E1", "reason": "#ill"})
    return made


def seen(name: str, t_ms: int, type: str, **more: Any) -> dict[str, Any]:
    return {"animal_id": name, "t_ms": t_ms, "type": type, **more}


def problems(folder: Path) -> list[Problem]:
    return [p for p in check_study(read_study(folder)) if p.severity == "error"]


def codes(folder: Path) -> set[str]:
    return {problem.code for problem in problems(folder)}


def test_a_recorded_study(tmp_path: Path) -> None:
    made = recorded()
    made.write(tmp_path)
    written = write_projections(tmp_path)
    assert {path.name for path in written} == {
        "study.toml", "animals.csv", "doses.csv", "events.csv", "sessions.csv",
        "exclusions.csv",
    }  # fmt: skip
    study = read_study(tmp_path)
    assert (study.chain, study.head_hash) == ("intact", made.entries[-1].hash)
    assert problems(tmp_path) == []
    found = reduce_study(study)
    assert [one.protected for one in found.animals] == [False, True]
    assert [one.included for one in found.animals] == [False, True]
    assert study.t0 == {"M1": T0, "M2": T0}
    assert study.animals[0].extra["note"] == "a, b"


def test_record_and_files_give_the_same_rows(tmp_path: Path) -> None:
    """The files alone, without the record, are the same study."""
    recorded().write(tmp_path)
    write_projections(tmp_path)
    chained = read_study(tmp_path)
    (tmp_path / "record.jsonl").unlink()
    alone = read_study(tmp_path)
    assert alone.chain == "unchained"
    for name in ("animals", "doses", "events", "sessions", "exclusions", "t0"):
        assert getattr(alone, name) == getattr(chained, name)
    assert codes(tmp_path) == set()
    one, other = reduce_study(alone), reduce_study(chained)
    assert one.animals == other.animals


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(TEXT, st.integers(0, 10**7), TEXT, st.dictionaries(TEXT, TEXT)),
        max_size=5,
    ),
    st.data(),
)
def test_export_import_export_is_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], data: st.DataObject
) -> None:
    made = Recorder()
    for animal, ms, note, extra in rows:
        payload = {**extra, **seen(f"a{animal}", ms, "note", detail=note)}
        made.add("observe", payload)
        if data.draw(st.booleans()):
            last = made.entries[-1].id
            made.add("amend", payload, supersedes=last, reason=f"because {note}")
    folder = tmp_path_factory.mktemp("study")
    made.write(folder)
    write_projections(folder)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = tmp_path_factory.mktemp("again")
    write_record(again / "record.jsonl", read_record(folder / "record.jsonl"))
    write_projections(again)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == first


def hand_made(folder: Path, **files: str) -> None:
    """Write a folder by hand; a file is given by its name without the suffix."""
    texts = {
        "animals": "animal_id,species,strain,sex,weight_g,t0\n"
        f"M1,rat,Wistar,M,250,{T0}\nM2,rat,Wistar,F,260,{T0}\n",
        "events": "event_id,animal_id,t_ms,type,score,detail\n"
        "e1,M1,60000,score_change,5,\ne2,M1,90000,score_change,0,\n"
        "e3,M1,1800000,end,,window_done\ne4,M2,1800000,end,,window_done\n",
        **files,
    }
    (folder / "study.toml").write_text(document(protocol()), "utf-8")
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")


def test_a_hand_made_folder(tmp_path: Path) -> None:
    hand_made(tmp_path)
    assert codes(tmp_path) == set()
    study = read_study(tmp_path)
    assert (study.chain, study.head_hash) == ("unchained", None)
    assert [a.protected for a in reduce_study(study).animals] == [False, True]
    assert {file.file for file in study.files} == {
        "study.toml", "animals.csv", "events.csv",
    }  # fmt: skip


def test_a_spreadsheet_instead_of_a_csv(tmp_path: Path) -> None:
    from openpyxl import Workbook

    hand_made(tmp_path)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (tmp_path / "events.csv").read_text("utf-8").splitlines():
        sheet.append(
            [int(cell) if cell.isdecimal() else cell for cell in line.split(",")]
        )
    due = reduce_study(read_study(tmp_path)).animals
    (tmp_path / "events.csv").unlink()
    book.save(tmp_path / "events.xlsx")
    assert reduce_study(read_study(tmp_path)).animals == due
    assert codes(tmp_path) == set()


ANIMALS = "animal_id,species,strain,sex,weight_g,t0\n"
EVENTS = "event_id,animal_id,t_ms,type,score,detail,supersedes,reason,ts\n"
OTHER = f"M2,rat,Wistar,F,260,{T0}\n"


@pytest.mark.parametrize(
    ("file", "text", "code", "row"),
    [
        ("events", EVENTS + "e1,M9,5,note,,,,,\n", "unknown-animal", 2),
        ("events", EVENTS + "e1,M1,1800001,gtc_start,,,,,\n", "after-window", 2),
        ("events", EVENTS + "e1,M1,5,score_change,7,,,,\n", "score-off-scale", 2),
        ("events", EVENTS + "e1,M1,5,score_change,,,,,\n", "no-score", 2),
        ("events", EVENTS + "# n\ne1,M1,75.25,note,,,,,\n", "not-whole", 3),
        ("events", EVENTS + "e1,M1,-5,note,,,,,\n", "negative-number", 2),
        ("events", EVENTS + "e1,M1,,note,,,,,\n", "empty-cell", 2),
        ("events", EVENTS + "e1,M1,5,fit,,,,,\n", "not-allowed", 2),
        ("events", EVENTS + "e1,M1,5,end,,,,,\n", "no-end-reason", 2),
        (
            "events",
            EVENTS + "e1,M1,5,end,,technical,,,\ne2,M1,9,gtc_start,,,,,\n",
            "after-end",
            3,
        ),
        (
            "events",
            EVENTS + "e1,M1,5,note,,,,,\ne1,M1,6,note,,,,,\n",
            "duplicate-id",
            3,
        ),
        (
            "events",
            EVENTS + "e1,M1,5,note,,,,,2026-01-06T09:00:09Z\n"
            "e2,M1,6,note,,,e1,typo,2026-01-06T09:00:08Z\n",
            "time-backwards",
            3,
        ),
        (
            "events",
            EVENTS + "e1,M1,5,note,,,e2,typo,\ne2,M1,6,note,,,e1,typo,\n",
            "amendment-circle",
            2,
        ),
        ("events", EVENTS + "e1,M1,5,note,,,e8,typo,\n", "unknown-row", 2),
        (
            "events",
            EVENTS + "e1,M1,5,note,,,,,\ne2,M1,6,note,,,e1,a,\ne3,M1,7,note,,,e1,b,\n",
            "corrected-twice",
            4,
        ),
        ("events", "event_id,animal,t_ms,type\ne1,M1,5,note\n", "missing-column", 1),
        ("events", "", "empty-file", None),
        ("events", "event_id\n", "not-separated", 1),
        ("events", EVENTS + "e1,M1,5\n", "ragged-row", 2),
        ("animals", ANIMALS + OTHER + "M1,rat,Wistar,M,250,\n", "missing-t0", 2),
        ("animals", ANIMALS + OTHER + f"M1,rat,Wistar,M,0,{T0}\n", "weight-of-zero", 3),
        ("animals", ANIMALS + OTHER + OTHER, "duplicate-id", 3),
        ("animals", ANIMALS + OTHER + "M1,rat,Wistar,M,250,9h\n", "bad-time", 3),
        ("animals", ANIMALS + OTHER + f"M1,dog,Wistar,M,250,{T0}\n", "not-allowed", 3),
        ("animals", ANIMALS + f"M1,mouse,W,M,25,{T0}\n" + OTHER, "other-species", 2),
        (
            "allocation",
            "animal_id,group_code\nM1,AB\nM2,CD\nM1,CD\n",
            "two-groups",
            4,
        ),
        ("allocation", "animal_id,group_code,group\nM1,A,x\n", "unknown-group", 2),
        ("doses", "animal_id,kind\nM8,treatment\n", "unknown-animal", 2),
        ("exclusions", "animal_id,criterion,reason\nM1,E9,x\n", "unknown-criterion", 2),
        (
            "concentrations",
            "animal_id,analyte,matrix,fraction,t_min,value,unit\n"
            "M1,valproate,plasma,total,30,,ug/mL\n",
            "no-value",
            2,
        ),
        (
            "sessions",
            "session_id,animal_id,number,phase,add_status,add_ms\n"
            "s1,M1,1,kindling,none,-9999\n",
            "negative-number",
            2,
        ),
        (
            "sessions",
            "session_id,animal_id,number,phase,add_status,add_ms\n"
            "s1,M1,1,kindling,none,5000\n",
            "duration-without-status",
            2,
        ),
        (
            "sessions",
            "session_id,animal_id,number,phase\ns1,M1,1,test\ns2,M1,1,test\n",
            "duplicate-session",
            3,
        ),
        ("outcomes", "animal_id,protected\nM1,yes\n", "outcomes-differ", 1),
    ],
)
def test_bad_input_is_named_by_file_row_and_remedy(
    tmp_path: Path, file: str, text: str, code: str, row: int | None
) -> None:
    hand_made(tmp_path, **{file: text})
    found = [p for p in problems(tmp_path) if p.code == code]
    assert found, codes(tmp_path)
    due = "events.csv" if code == "missing-t0" else f"{file}.csv"
    assert found[0].file == due
    assert found[0].row == row
    assert found[0].remedy
    reduce_study(read_study(tmp_path))  # whatever was wrong, nothing falls over


def test_allocation_is_held_against_its_commitment_and_its_days(tmp_path: Path) -> None:
    names = ("M1", "M2", "M3", "M4")
    animals = ANIMALS + "".join(f"{name},rat,Wistar,M,250,{T0}\n" for name in names)
    text = "animal_id,group_code,day\nM1,AB,1\nM2,AB,1\nM3,CD,2\nM4,CD,2\n"
    hand_made(tmp_path, animals=animals, allocation=text)
    found = {p.code: p for p in check_study(read_study(tmp_path))}
    assert found["no-commitment"].severity == "notice"
    assert any("confound" in code for code in found), set(found)
    assert any(p.file == "allocation.csv" for p in problems(tmp_path))


def test_concentrations_are_carried(tmp_path: Path) -> None:
    text = (
        "animal_id,analyte,matrix,fraction,t_min,value,unit,reason,lab\n"
        "M1,valproate,plasma,total,30,81.5,ug/mL,,North\n"
        "M1,valproate,plasma,free,30,,ug/mL,below the limit,North\n"
    )
    hand_made(tmp_path, concentrations=text)
    assert codes(tmp_path) == set()
    total, free = read_study(tmp_path).concentrations
    assert (total.value, total.fraction, total.extra) == (
        81.5,
        "total",
        {"lab": "North"},
    )
    assert (free.value, free.reason) == (None, "below the limit")


@pytest.mark.parametrize(
    ("spoil", "code", "file"),
    [
        (
            lambda r: r.force("observe", seen("M1", 5, "fit")),
            "not-allowed",
            "record.jsonl",
        ),
        (
            lambda r: r.force("observe", {"animal_id": "M1"}),
            "missing-key",
            "record.jsonl",
        ),
        (
            lambda r: r.force("amend", {"void": 1}, supersedes="e99", reason="x"),
            "unknown-row",
            "record.jsonl",
        ),
        (
            lambda r: r.force(
                "amend",
                {"void": 1},
                supersedes="e7",
                reason="x",
                ts="2025-01-01T00:00:00Z",
            ),
            "time-backwards",
            "record.jsonl",
        ),
        (
            lambda r: r.force("note", {}),
            "unknown-action",
            "record.jsonl",
        ),
        (
            lambda r: r.force("exclude", {}, device_seq=3),
            "device-seq-taken",
            "record.jsonl",
        ),
        (lambda r: r.force("t0", {"animal_id": "M1", "wall": T0}), "t0-twice", None),
        (
            lambda r: r.force("allocation.commit", {"commitment": "", "n": 1}),
            "commitment-late",
            None,
        ),
        (lambda r: r.force("observe", seen("M7", 5, "note")), "unknown-animal", None),
        (lambda r: r.force("protocol.lock", {"sha256": "0"}), "protocol-changed", None),
    ],
)
def test_bad_rows_of_a_record(
    tmp_path: Path, spoil: Callable[[Recorder], Any], code: str, file: str | None
) -> None:
    made = recorded()
    spoil(made)
    made.write(tmp_path)
    found = [p for p in problems(tmp_path) if p.code == code]
    assert found, codes(tmp_path)
    assert found[0].remedy
    if file is not None:
        assert (found[0].file, found[0].row) == (file, len(made.entries))
    reduce_study(read_study(tmp_path))


def test_protocol_changed_after_the_first_event(tmp_path: Path) -> None:
    made = recorded()
    other = protocol(endpoint__min_duration_s=5)
    made.add(
        "protocol.save", {"toml": document(other), "sha256": other.sha256, "version": 2}
    )
    made.write(tmp_path)
    found = [p for p in problems(tmp_path) if p.code == "protocol-changed"]
    assert {p.file for p in found} == {"record.jsonl", "study.toml"}
    assert all(p.remedy for p in found)


def test_study_toml_that_is_not_the_record_s(tmp_path: Path) -> None:
    recorded().write(tmp_path)
    write_projections(tmp_path)
    path = tmp_path / "study.toml"
    path.write_text("# a comment changes nothing\n" + path.read_text("utf-8"), "utf-8")
    assert codes(tmp_path) == set()
    other = protocol(endpoint__min_duration_s=5)
    path.write_text(document(other), "utf-8")
    assert "protocol-differs" in codes(tmp_path)
    assert read_study(tmp_path).protocol == protocol()


def test_changed_after_the_lock(tmp_path: Path) -> None:
    made = recorded()
    made.add("analysis.lock", {})
    made.write(tmp_path)
    assert read_study(tmp_path).locked
    assert codes(tmp_path) == set()
    made.add("observe", seen("M2", 5, "note"))
    made.write(tmp_path)
    assert codes(tmp_path) == {"changed-after-lock"}


def test_a_broken_chain(tmp_path: Path) -> None:
    made = recorded()
    path = tmp_path / "record.jsonl"
    made.write(tmp_path)
    path.write_text(path.read_text("utf-8").replace("90000", "95000"), "utf-8")
    study = read_study(tmp_path)
    assert (study.chain, study.head_hash) == ("broken", None)
    (found,) = [p for p in problems(tmp_path) if p.code == "broken-chain"]
    assert (found.file, found.row) == ("record.jsonl", 8)
    path.write_text("not a record\n", "utf-8")
    (tmp_path / "study.toml").write_text(document(protocol()), "utf-8")
    assert read_study(tmp_path).chain == "broken"
    assert "bad-record-line" in codes(tmp_path)


def test_a_file_edited_beside_the_record(tmp_path: Path) -> None:
    recorded().write(tmp_path)
    write_projections(tmp_path)
    path = tmp_path / "events.csv"
    text = path.read_text("utf-8")
    # The same cells, saved by another program: nothing to say.
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
    assert codes(tmp_path) == set()
    path.write_text(text.replace("90000", "95000", 1), "utf-8")
    (found,) = problems(tmp_path)
    assert (found.code, found.file, found.row) == (
        "differs-from-record", "events.csv", 3,
    )  # fmt: skip
    assert (found.column, found.given, found.expected) == ("t_ms", "95000", "90000")
    path.write_text("".join(text.splitlines(keepends=True)[:-1]), "utf-8")
    assert codes(tmp_path) == {"differs-from-record"}
    # What the record says holds.
    assert len(read_study(tmp_path).events) == len(text.splitlines()) - 1


def test_outcomes_are_derived(tmp_path: Path) -> None:
    recorded().write(tmp_path)
    study = read_study(tmp_path)
    found = reduce_study(study)
    path = write_outcomes_csv(study, found, tmp_path / "outcomes.csv")
    assert path.read_text("utf-8") == outcomes_text(study, found)
    assert path.read_text("utf-8").startswith("# derived")
    assert codes(tmp_path) == set()
    path.write_text(path.read_text("utf-8").replace("no", "yes", 1), "utf-8")
    assert codes(tmp_path) == {"outcomes-differ"}
    # Another version words a rule otherwise: the rows are what counts.
    write_outcomes_csv(study, found, path)
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("# derived by another version\n" + "".join(rows[2:]), "utf-8")
    assert codes(tmp_path) == set()


def test_a_row_taken_for_a_comment_is_said(tmp_path: Path) -> None:
    rows = "#1,M1,5,note,,,,,\n# a real comment\n"
    hand_made(tmp_path, events=EVENTS + rows + "e2,M1,6,note,,,,,\n")
    found = [p for p in check_study(read_study(tmp_path)) if p.code == "row-as-comment"]
    assert [(p.severity, p.file, p.row) for p in found] == [
        ("warning", "events.csv", 2)
    ]


@pytest.mark.parametrize("name", ["events.csv", "record.jsonl"])
def test_a_folder_in_the_place_of_a_file(tmp_path: Path, name: str) -> None:
    hand_made(tmp_path)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).mkdir()
    assert [p.file for p in problems(tmp_path)] == [name]


def test_t0_of_a_record(tmp_path: Path) -> None:
    """Its own row holds, and the animal's column where there is none."""
    made = Recorder()
    found = protocol()
    text = document(found)
    made.add("protocol.save", {"toml": text, "sha256": found.sha256, "version": 1})
    for name in ("M1", "M2"):
        made.add("animal.add", {"animal_id": name, **RAT, "t0": "2026-01-06T08:00:00Z"})
    first = made.add("t0", {"animal_id": "M1", "wall": T0})
    made.write(tmp_path)
    write_projections(tmp_path)
    assert read_study(tmp_path).t0 == {"M1": T0, "M2": "2026-01-06T08:00:00Z"}
    again = {"animal_id": "M1", "wall": "2026-01-06T09:30:00.000Z"}
    made.add("amend", again, supersedes=first.id, reason="dosed again")
    made.write(tmp_path)
    write_projections(tmp_path)
    study = read_study(tmp_path)
    assert study.t0["M1"] == again["wall"]
    assert [a.extra["t0"] for a in study.animals] == [again["wall"], study.t0["M2"]]
    assert codes(tmp_path) == set()


def test_a_row_sent_twice_is_one_row(tmp_path: Path) -> None:
    made = recorded()
    first = made.entries[7]
    assert first.action == "observe"
    made.force(
        "observe",
        dict(first.data),
        id=first.id,
        actor=first.actor,
        obj=first.obj,
        device_seq=first.device_seq,
    )
    made.write(tmp_path)
    assert codes(tmp_path) == set()
    assert len(read_study(tmp_path).events) == sum(
        entry.action in ("observe", "amend") for entry in recorded().entries
    )


def test_no_protocol_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_study(tmp_path)


def test_many_faults_of_a_kind_are_said_once(tmp_path: Path) -> None:
    rows = "".join(f"e{i},M1,5,score_change,9,,,,\n" for i in range(300))
    hand_made(tmp_path, events=EVENTS + rows)
    found = [p for p in problems(tmp_path) if p.code == "score-off-scale"]
    assert len(found) == 1
    assert "300 rows in all" in found[0].message


def test_projections_of_nothing() -> None:
    for name, sheet in project(()).items():
        assert sheet_text(sheet) == ",".join(LAYOUT[name]) + "\n"
