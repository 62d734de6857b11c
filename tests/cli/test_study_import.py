"""`isobole study import`: events of other programs, once each or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Isobole = Callable[..., Any]
MAP = """\
[codes.clonus]
type = "clonic_start"
[codes.twitch]
type = "myoclonic_twitch"
"""


@pytest.fixture
def folder(isobole: Isobole, tmp_path: Path) -> Path:
    place = tmp_path / "trial"
    assert isobole("study", "new", str(place), "--model", "ptz").code == 0
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "scored.csv").write_text(
        "animal_id,time,code\nM1,62.5,twitch\nM1,90,clonus\nM2,75,twitch\n", "utf-8"
    )
    return place


def test_events_are_added_once(
    isobole: Isobole, folder: Path, tmp_path: Path, check: Callable[..., Any]
) -> None:
    words = (
        "study", "import", str(folder), str(tmp_path / "scored.csv"),
        "--map", str(tmp_path / "map.toml"), "--actor", "A. Scorer", "--json",
    )  # fmt: skip
    ran = isobole(*words)
    assert ran.code == 0
    check("study-import", ran.json)
    assert (ran.json["events"], ran.json["added"]) == (3, 3)
    lines = (folder / "events.csv").read_text(encoding="utf-8").splitlines()
    assert sum("62500" in line for line in lines) == 1
    again = isobole(*words)
    assert (again.json["events"], again.json["added"]) == (3, 0)
    assert (folder / "events.csv").read_text(encoding="utf-8").splitlines() == lines


def test_a_code_without_a_meaning_stops_everything(
    isobole: Isobole, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "scored.csv").write_text(
        "animal_id,time,code\nM1,62.5,twitch\nM1,90,wobble\n", "utf-8"
    )
    before = (folder / "events.csv").read_bytes()
    ran = isobole(
        "study", "import", str(folder), str(tmp_path / "scored.csv"),
        "--map", str(tmp_path / "map.toml"), "--actor", "A. Scorer",
    )  # fmt: skip
    assert ran.code == 1
    assert "wobble" in ran.err
    assert (folder / "events.csv").read_bytes() == before


def test_a_file_that_is_no_project_is_refused(
    isobole: Isobole, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.boris").write_text("not json", "utf-8")
    ran = isobole(
        "study", "import", str(folder), str(tmp_path / "bad.boris"),
        "--map", str(tmp_path / "map.toml"), "--actor", "A. Scorer",
    )  # fmt: skip
    assert ran.code == 1
    assert "Traceback" not in ran.err
