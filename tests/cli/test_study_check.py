"""`isobole study check`: what it prints, its exit code, its JSON."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isobole.studies import append_to_record, read_study, write_projections

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]
T0 = "2026-01-06T09:00:00.000Z"


@pytest.fixture
def folder(isobole: Isobole) -> Path:
    """Return a new study with two mice, one event, and a record."""
    assert isobole("study", "new", "trial", "--model", "ptz").code == 0
    place = Path("trial")
    found = read_study(place).protocol
    text = (place / "study.toml").read_text("utf-8")

    def add(action: str, data: dict[str, Any]) -> None:
        append_to_record(place, action=action, obj="M1", data=data, actor="ana")

    add("protocol.save", {"toml": text, "sha256": found.sha256, "version": 1})
    for name in ("M1", "M2"):
        mouse = {"species": "mouse", "strain": found.strain, "sex": "F"}
        add("animal.add", {"animal_id": name, **mouse, "weight_g": "24.5"})
        add("t0", {"animal_id": name, "wall": T0})
        ended = {"t_ms": 1_800_000, "type": "end", "detail": "window_done"}
        add("observe", {"animal_id": name, **ended})
    write_projections(place)
    return place


def test_a_sound_folder(isobole: Isobole, check: Check, folder: Path) -> None:
    ran = isobole("study", "check", "trial")
    head = read_study(folder).head_hash
    assert (ran.code, ran.err) == (0, "")
    assert head is not None
    assert head in ran.out
    assert "The record is whole" in ran.out
    assert "essential items answered" in ran.out
    ran = isobole("study", "check", "trial", "--json")
    check("study-check", ran.json)
    assert ran.json["head_hash"] == head
    assert ran.json["errors"] == 0
    assert ran.json["counts"]["animals"] == 2
    assert {Path(i["file"]).name for i in ran.json["input"]} >= {
        "study.toml", "record.jsonl", "events.csv",
    }  # fmt: skip


def test_an_error_is_exit_code_1(isobole: Isobole, check: Check, folder: Path) -> None:
    path = folder / "events.csv"
    path.write_text(path.read_text("utf-8").replace("1800000", "1700000", 1), "utf-8")
    ran = isobole("study", "check", "trial")
    assert ran.code == 1
    assert "1 error" in ran.out
    assert "events.csv:2 t_ms" in ran.out
    assert "amendment" in ran.out
    ran = isobole("study", "check", "trial", "--json")
    assert ran.code == 1
    check("study-check", ran.json)
    first = ran.json["problems"][0]
    assert (first["severity"], first["file"], first["row"]) == (
        "error",
        "events.csv",
        2,
    )
    assert (first["given"], first["expected"]) == ("1700000", "1800000")


def test_a_broken_chain(isobole: Isobole, check: Check, folder: Path) -> None:
    path = folder / "record.jsonl"
    path.write_text(path.read_text("utf-8").replace("24.5", "25.5", 1), "utf-8")
    ran = isobole("study", "check", "trial", "--json")
    assert ran.code == 1
    check("study-check", ran.json)
    assert (ran.json["chain"], ran.json["head_hash"]) == ("broken", None)
    assert "record.jsonl:2" in isobole("study", "check", "trial").out


def test_unchained(isobole: Isobole, check: Check, folder: Path) -> None:
    (folder / "record.jsonl").unlink()
    ran = isobole("study", "check", "trial", "--json")
    assert ran.code == 0
    check("study-check", ran.json)
    assert ran.json["chain"] == "unchained"
    assert "nothing vouches" in isobole("study", "check", "trial").out


@pytest.mark.parametrize("suffix", [".html", ".json", ".csv"])
def test_written_files(isobole: Isobole, folder: Path, suffix: str) -> None:
    ran = isobole("study", "check", "trial", "--out", f"check{suffix}")
    assert ran.code == 0
    text = Path(f"check{suffix}").read_text("utf-8")
    assert "Write your own" in text
    if suffix == ".csv":
        rows = list(csv.DictReader(text.splitlines()))
        assert rows[0]["severity"] == "warning"


def test_not_a_study(isobole: Isobole) -> None:
    for words in (["nowhere"], ["."]):
        ran = isobole("study", "check", *words)
        assert ran.code == 1
        assert "study.toml" in ran.err
        assert "study new" in ran.err
    assert isobole("study", "check").code == 2
    assert isobole("study", "check", ".", "--out", "x.svg").code == 2
