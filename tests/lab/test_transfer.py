"""Folders in and out of the lab, and hostile files that pretend to be folders."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
import time
import warnings
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from isobole.datasets import study_names, study_path
from lab_results_studies import complete, led
from lab_workbooks import merged_to_the_end

ROLES = {"ana": "designer", "phil": "pharmacist", "ben": "scorer", "cleo": "scorer"}


def folder(name: str = "ptz-valproate-magnesium") -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in study_path(name).iterdir()}


def zipped(files: dict[str, bytes], top: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{top}{name}", content)
    return out.getvalue()


def unzipped(data: bytes, top: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name.removeprefix(f"{top}/"): archive.read(name)
            for name in archive.namelist()
        }


def sent(client: Any, *uploads: tuple[str, bytes]) -> Any:
    """Send files to the import form as a browser does."""
    files = []
    for name, content in uploads:
        stream = io.BytesIO(content)
        stream.name = name
        files.append(stream)
    return client.post("/studies/import", {"files": files})


def text_of(page: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", unescape(plain))


def emptied(study_id: str) -> None:
    """Take a study out of the lab's tables, as another lab would not have it."""
    from django.db import connection

    from isobole.lab.models import Membership, Study, StudyFile
    from isobole.lab.record._chain import forget

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE lab_recordrow DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS lab_recordrow_delete")
        cursor.execute("DELETE FROM lab_recordrow WHERE study_id = %s", [study_id])
    for model in (Membership, StudyFile, Study):
        model.objects.filter(study_id=study_id).delete()
    forget()


def cli(*words: str, cwd: Path) -> str:
    """Return what the real command prints."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("isobole")), *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def opened(client: Any, address: str) -> Any:
    for _ in range(300):
        page = client.get(address)
        if page.status_code != 202:
            return page
        time.sleep(0.1)
    msg = f"{address} computes for ever"
    raise AssertionError(msg)


@pytest.mark.parametrize("name", study_names())
def test_number_for_number_as_the_command_line(
    either_lab: Any, name: str, tmp_path: Path
) -> None:
    client = either_lab.client("ana")
    page = sent(client, ("folder.zip", zipped(folder(name))))
    assert page.status_code == 302, text_of(page)
    study_id = page["Location"].strip("/").rpartition("/")[2]
    start = f"/studies/{study_id}"
    archive = client.get(f"{start}/folder.zip").content
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path)
    shown = opened(client, f"{start}/analysis/analysis.json").content.decode()
    assert shown == cli("study", "analyze", study_id, "--json", cwd=tmp_path)
    # Numbers there are, and not only the reasons why there are none.
    assert len(set(re.findall(r"\d+\.\d{8,}", shown))) > 20

    cli("study", "analyze", study_id, "--out", "report.html", cwd=tmp_path)
    theirs = (tmp_path / "report.html").read_text(encoding="utf-8")
    ours = client.get(f"{start}/analysis/report.html").content.decode()
    dated = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC")
    assert dated.sub("now", ours) == dated.sub("now", theirs)
    assert json.loads(shown)["head_hash"] in ours


def test_in_out_and_in_again_is_byte_identical(either_lab: Any, tmp_path: Path) -> None:
    """Amendments, two observers and a new t0 come through as they are."""
    from isobole.lab.record import entries_of, verify_study

    one = led(either_lab, tmp_path, **ROLES)
    complete(one.study_id)
    before = entries_of(one.study_id)
    amended = [entry for entry in before if entry.action == "amend"]
    assert {e.data.get("wall") for e in amended} >= {"2026-01-06T11:00:00.000Z"}
    assert {e.data.get("observer") for e in before} >= {"ben", "cleo"}
    client = either_lab.client("ana")
    first = client.get(f"/studies/{one.study_id}/folder.zip").content
    again = client.get(f"/studies/{one.study_id}/folder.zip").content
    assert first == again
    emptied(one.study_id)
    assert client.get(f"/studies/{one.study_id}/folder.zip").status_code == 404

    page = sent(client, ("anything.zip", first))
    assert page.status_code == 302, text_of(page)
    assert verify_study(one.study_id).state == "intact"
    assert entries_of(one.study_id) == before
    assert client.get(f"/studies/{one.study_id}/folder.zip").content == first
    # By single files as well, in any order.
    files = unzipped(first, one.study_id)
    emptied(one.study_id)
    page = sent(client, *sorted(files.items(), reverse=True))
    assert page.status_code == 302, text_of(page)
    assert client.get(f"/studies/{one.study_id}/folder.zip").content == first


def test_a_scale_of_its_own_comes_along(lab: Any) -> None:
    from isobole.lab.record import folder_of

    files = folder()
    scale = b'id = "mine"\n'
    page = sent(
        lab.client("ana"),
        ("x.zip", zipped({**files, "scales/mine.toml": scale}, "some/where/")),
    )
    assert page.status_code == 302, text_of(page)
    study_id = page["Location"].strip("/").rpartition("/")[2]
    assert folder_of(study_id) == {**files, "scales/mine.toml": scale}


def test_who_imports_is_designer_and_it_is_logged(lab: Any) -> None:
    from isobole.lab.models import AccessRow, Membership

    client = lab.client("ana")
    page = sent(client, ("x.zip", zipped({**folder(), "outcomes.csv": b"a\n1\n"})))
    study_id = page["Location"].strip("/").rpartition("/")[2]
    (one,) = Membership.objects.filter(study_id=study_id)
    assert (one.user.username, one.role) == ("ana", "designer")
    assert AccessRow.objects.filter(what="import", study_id=study_id).count() == 1
    again = sent(client, ("x.zip", zipped(folder())))
    assert again.status_code == 422
    assert "already" in text_of(again)
    assert AccessRow.objects.filter(what="import.refused").count() == 1


def test_a_broken_chain_is_named_and_not_stored(lab: Any) -> None:
    from isobole.lab.models import RecordRow, Study

    files = folder()
    lines = files["record.jsonl"].splitlines(keepends=True)
    row = json.loads(lines[40])
    row["actor"] = "somebody else"
    lines[40] = (
        json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        + "\n"
    ).encode()
    page = sent(
        lab.client("ana"),
        ("x.zip", zipped({**files, "record.jsonl": b"".join(lines)})),
    )
    assert page.status_code == 422
    assert "row 41" in text_of(page)
    assert "was changed after it was written" in text_of(page)
    assert not Study.objects.exists()
    assert not RecordRow.objects.exists()


def _with(name: str, content: bytes = b"x", **changed: Any) -> bytes:
    """Return a zip of the folder with one more entry, made as told."""
    out = io.BytesIO(zipped(folder(), "trial/"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of names twice
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in changed.items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return out.getvalue()


def _encrypted() -> bytes:
    data = bytearray(zipped(folder()))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.infolist()[0]
    data[info.header_offset + 6] |= 1
    start = data.index(b"PK\x01\x02")
    data[start + 8] |= 1
    return bytes(data)


def _lying() -> bytes:
    """Return a bomb whose directory says that it is small."""
    data = bytearray(_with("trial/notes.txt", b"\0" * (80 << 20)))
    size = (80 << 20).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


HOSTILE = {
    "leads out": (lambda: _with("../../evil.csv"), "leads out of its folder"),
    "absolute": (lambda: _with("/etc/evil.csv"), "leads out of its folder"),
    "backslash": (lambda: _with("..\\evil.csv"), "leads out of its folder"),
    "drive": (lambda: _with("C:evil.csv"), "leads out of its folder"),
    "control": (lambda: _with("trial/a\nb.csv"), "leads out of its folder"),
    "long name": (lambda: _with(f"trial/{'a' * 300}.csv"), "leads out of its folder"),
    "link": (
        lambda: _with(
            "trial/claims2.csv",
            b"/etc/passwd",
            external_attr=(stat.S_IFLNK | 0o777) << 16,
            create_system=3,
        ),
        "is a link",
    ),
    "nested": (
        lambda: _with("trial/inner.zip", zipped({"a.csv": b"1"})),
        "holds another archive",
    ),
    "bomb": (lambda: _with("trial/b.csv", b"0" * (100 << 20)), "unpacks to more"),
    "ratio": (lambda: _with("trial/b.csv", b"0" * (50 << 20)), "unpacks to more"),
    "lying": (_lying, "no whole zip archive"),
    "many": (
        lambda: zipped({**folder(), **{f"n{k}.csv": b"" for k in range(500)}}),
        "The archive has 5",
    ),
    "twice": (lambda: _with("trial/study.toml"), "trial/study.toml twice"),
    "encrypted": (_encrypted, "is encrypted"),
    "cut short": (lambda: zipped(folder())[:-300], "no whole zip archive"),
    "damaged": (
        lambda: zipped(folder()).replace(zipped(folder())[600:640], b"?" * 40),
        "no whole zip archive",
    ),
    "no zip": (lambda: b"%PDF-1.7 nothing here", "no whole zip archive"),
    "empty": (lambda: b"", "no whole zip archive"),
    "no study": (lambda: zipped({"a.csv": b"1\n"}), "no study.toml"),
    "two studies": (
        lambda: zipped({"a/study.toml": b"", "b/study.toml": b""}),
        "several study folders",
    ),
    "scales is a file": (
        lambda: zipped({**folder(), "scales": b"x", "scales/own.toml": b"x"}),
        "not the name of a file in a study folder",
    ),
    "method": (
        lambda: _method(99),
        "no whole zip archive",
    ),
}


def _method(number: int) -> bytes:
    data = bytearray(zipped(folder()))
    data[8] = number
    start = data.index(b"PK\x01\x02")
    data[start + 10] = number
    return bytes(data)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_archives_end_in_a_sentence(lab: Any, kind: str) -> None:
    from isobole.lab.models import Study

    make, said = HOSTILE[kind]
    page = sent(lab.client("ana"), ("trial.zip", make()))
    assert page.status_code == 422, text_of(page)
    assert said in text_of(page)
    assert not Study.objects.exists()


TEXTS = {
    "not utf-8": ("animals.csv", b"animal_id,strain\nM1,S\xf6hne\n", "not UTF-8 text"),
    "protocol not utf-8": ("study.toml", b'title = "\xff"\n', "not UTF-8 text"),
    "nul": ("events.csv", b"event_id\n\0\0\n", "bytes that no text has"),
    "columns": ("doses.csv", b"a" + b",a" * 70_000 + b"\n", "70001 columns"),
    "field": ("doses.csv", b'animal_id\n"' + b"x" * (1 << 20) + b"\n", "a line of"),
    "lines": ("doses.csv", b"a\n" * 500_000, "500001 lines"),
    "record no json": ("record.jsonl", b"{]\n", "Line 1 is not JSON"),
    "record deep": ("record.jsonl", b"[" * 100_000 + b"\n", "Line 1"),
    "record torn": ("record.jsonl", b"{}", "not finished"),
    "protocol deep": ("study.toml", b"a = " + b"[" * 5_000, "study.toml"),
    "protocol empty": ("study.toml", b"", "study.toml"),
    "workbook": ("animals.xlsx", b"PK\x03\x04 and no more", "no whole workbook"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_hostile_texts_end_in_a_sentence(lab: Any, kind: str) -> None:
    from isobole.lab.models import Study

    name, content, said = TEXTS[kind]
    files = folder()
    if name != "record.jsonl":
        del files["record.jsonl"]
    if name.endswith(".xlsx"):
        del files["animals.csv"]
    page = sent(lab.client("ana"), ("trial.zip", zipped({**files, name: content})))
    assert page.status_code == 422, text_of(page)
    assert said in text_of(page)
    assert not Study.objects.exists()


def test_nothing_chosen_is_said(lab: Any) -> None:
    client = lab.client("ana")
    page = client.post("/studies/import", {})
    assert page.status_code == 422
    assert "No file was chosen" in text_of(page)
    assert client.get("/studies/import").status_code == 200
    assert lab.client().get("/studies/import").status_code == 302


@pytest.mark.parametrize("value", ['=cmd|"/C calc"!A0', "<script>alert(1)</script>"])
def test_texts_of_a_folder_are_shown_as_texts(lab: Any, value: str) -> None:
    files = folder()
    del files["record.jsonl"]
    title = files["study.toml"].decode()
    line = next(one for one in title.splitlines() if one.startswith("title"))
    files["study.toml"] = title.replace(line, f"title = '{value}'").encode()
    client = lab.client("ana")
    page = sent(client, ("x.zip", zipped(files)))
    assert page.status_code == 302, text_of(page)
    study_id = page["Location"].strip("/").rpartition("/")[2]
    shown = opened(client, f"/studies/{study_id}/analysis")
    assert shown.status_code == 200
    assert value in text_of(shown) or "&lt;script" in shown.content.decode()
    assert b"<script>alert" not in shown.content


MAP = """
time_unit = "s"
layout = "wide"
animal = "animal"
observed_s = 1800
[latencies.clonus]
type = "clonic_start"
"""


def test_events_of_a_table_become_rows(lab: Any, tmp_path: Path) -> None:
    from isobole.lab.record import entries_of

    one = led(lab, tmp_path, scored=False, **ROLES)
    client = lab.client("ben")
    address = f"/studies/{one.study_id}/events/import"
    table = b"animal,clonus\nM01,62.5\nM02,\n"

    def send(content: bytes = table, mapping: str = MAP, name: str = "t.csv") -> Any:
        stream = io.BytesIO(content)
        stream.name = name
        return client.post(address, {"file": stream, "map_text": mapping})

    before = len(entries_of(one.study_id))
    for page, said in (
        (client.post(address, {}), "file is missing"),
        (send(mapping=" "), "mapping is missing"),
        (send(mapping="layout = 3"), "layout"),
        (send(b"animal,clonus\nM99,5\n"), "M99 is no animal of this study"),
        (send(b"animal,gtc\nM01,5\n"), "no column clonus"),
        (send(b"animal,clonus\nM01,S\xf6hne\n"), "not UTF-8"),
        (send(b"{}", name="p.boris"), "no observations"),
        (send(mapping="/etc/passwd"), "TOML"),
    ):
        assert page.status_code == 422, said
        assert said in text_of(page)
    assert len(entries_of(one.study_id)) == before
    assert send().status_code == 302
    rows = entries_of(one.study_id)[before:]
    assert [(e.obj, e.data["type"], e.data["t_ms"]) for e in rows] == [
        ("M01", "clonic_start", 62_500),
        ("M01", "end", 1_800_000),
        ("M02", "end", 1_800_000),
    ]
    assert {e.data["observer"] for e in rows} == {"ben"}
    page = client.get(send()["Location"])
    assert "3 were there already" in text_of(page)
    assert len(entries_of(one.study_id)) == before + 3
    page = send(b"animal,clonus\nM01,70\nM02,\n")
    assert page.status_code == 422
    assert "is taken by another row" in text_of(page)


def test_nobody_imports_scores_in_the_name_of_another(lab: Any, tmp_path: Path) -> None:
    from isobole.lab.record import append_drafts, entries_of
    from isobole.studies import Draft

    one = led(lab, tmp_path, scored=False, **ROLES)
    named = MAP.replace(
        'animal = "animal"', 'animal = "animal"\nobserver_column = "by"'
    )

    def send(who: str, by: str) -> Any:
        stream = io.BytesIO(f"animal,by,clonus\nM01,{by},62.5\n".encode())
        stream.name = "t.csv"
        return lab.client(who).post(
            f"/studies/{one.study_id}/events/import",
            {"file": stream, "map_text": named},
        )

    before = entries_of(one.study_id)
    page = send("ben", "cleo")
    assert page.status_code == 422
    assert "scores of cleo" in text_of(page)
    append_drafts(
        one.study_id,
        [Draft("score.complete", "M01", {"animal_id": "M01", "observer": "ben"})],
        actor="ben",
        device="web-ben",
    )
    for who in ("ben", "ana"):
        page = send(who, "ben")
        assert page.status_code == 422
        assert "ben signed that the scoring of M01" in text_of(page)
    assert len(entries_of(one.study_id)) == len(before) + 1
    assert send("ben", "S. Kruse").status_code == 302


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv", "t.xlsm"])
def test_a_workbook_is_looked_at_whatever_it_is_called(
    lab: Any, tmp_path: Path, name: str
) -> None:
    one = led(lab, tmp_path, scored=False, **ROLES)
    stream = io.BytesIO(merged_to_the_end())
    stream.name = name
    page = lab.client("ben").post(
        f"/studies/{one.study_id}/events/import", {"file": stream, "map_text": MAP}
    )
    assert page.status_code == 422
    assert "a cell at XFD1048576" in text_of(page)


def test_the_designer_imports_what_others_coded(lab: Any, tmp_path: Path) -> None:
    one = led(lab, tmp_path, scored=False, **ROLES)
    named = MAP.replace(
        'animal = "animal"', 'animal = "animal"\nobserver_column = "by"'
    )
    stream = io.BytesIO(b"animal,by,clonus\nM01,cleo,62.5\n")
    stream.name = "t.csv"
    page = lab.client("ana").post(
        f"/studies/{one.study_id}/events/import", {"file": stream, "map_text": named}
    )
    assert page.status_code == 302
