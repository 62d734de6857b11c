"""A new study's folder: whole or not at all, sound, and never over anything."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from isobole.results import DataError, OptionError
from isobole.studies import (
    check_protocol,
    model_names,
    new_study,
    read_protocol,
    read_study,
    seizure_model,
    study_files,
)


@pytest.mark.parametrize("name", model_names())
def test_folder_reads_back(name: str, tmp_path: Path) -> None:
    made = new_study(tmp_path / "trial", name, title='A "quoted" title')
    assert sorted(made.files) == sorted(p.name for p in (tmp_path / "trial").iterdir())
    protocol = read_protocol(tmp_path / "trial")
    assert protocol.title == 'A "quoted" title'
    assert protocol.sha256 == made.protocol_sha256
    assert not [p for p in made.problems if p.severity == "error"]
    study = read_study(tmp_path / "trial")
    assert study.protocol == protocol
    assert (study.animals, study.events, study.chain) == ((), (), "unchained")
    assert ("sessions.csv" in made.files) is (name == "kindling")


def test_tables_have_their_columns(tmp_path: Path) -> None:
    new_study(tmp_path / "trial", "kindling")
    with (tmp_path / "trial" / "events.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 1
    assert set(rows[0]) >= {
        "event_id", "animal_id", "t_ms", "type", "score", "observer", "supersedes",
        "reason",
    }  # fmt: skip


def test_nothing_is_written_over(tmp_path: Path) -> None:
    target = tmp_path / "trial"
    new_study(target, "ptz")
    before = {p.name: p.read_bytes() for p in target.iterdir()}
    with pytest.raises(DataError, match="holds something already"):
        new_study(target, "mes")
    assert {p.name: p.read_bytes() for p in target.iterdir()} == before
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="file of that name"):
        new_study(tmp_path / "file", "ptz")
    with pytest.raises(DataError, match="There is no folder"):
        new_study(tmp_path / "no" / "trial", "ptz")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "trial"]


def test_an_empty_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = new_study(".", "6hz")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(made.files)


@pytest.mark.parametrize("state", ["absent", "empty"])
def test_half_a_folder_is_none(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "trial"
    if state == "empty":
        target.mkdir()
    real, count = Path.write_text, iter(range(9))

    def fails(self: Path, *args: Any, **options: Any) -> int:
        if next(count) == 3:
            raise OSError(28, "No space left on device")
        return real(self, *args, **options)

    monkeypatch.setattr(Path, "write_text", fails)
    with pytest.raises(DataError, match="No space left"):
        new_study(target, "ptz")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == ([target] if state == "empty" else [])
    assert state == "absent" or not list(target.iterdir())


def test_a_move_that_fails_leaves_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "trial"
    target.mkdir()
    real, count = Path.rename, iter(range(9))

    def fails(self: Path, to: Path) -> Path:
        if next(count) == 2:
            raise OSError(5, "Input/output error")
        return real(self, to)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(DataError, match="Input/output error"):
        new_study(target, "ptz")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == [target]
    assert list(target.iterdir()) == []


def test_the_strain_decides_the_dose() -> None:
    for strain, dose in (("C57BL/6J", "45"), ("CF-1", "85")):
        text = study_files("ptz", strain=strain)["study.toml"]
        assert f"\namount = {dose}\n" in text
        protocol = read_protocol(text)
        assert not [
            p for p in check_protocol(protocol) if p.column == "challenge.amount"
        ]
    text = study_files("ptz", strain="NMRI")["study.toml"]
    assert "\namount = 85  # CF-1's dose: find that of NMRI in a pilot\n" in text


@pytest.mark.parametrize("name", model_names())
def test_comments_say_what_is_published_and_what_is_not_verified(name: str) -> None:
    model = seizure_model(name)
    text = study_files(name)["study.toml"]
    assert "\t" not in text
    assert max(map(len, text.splitlines())) <= 100
    flat = " ".join(line.strip("# ") for line in text.splitlines())
    for p in model.published("observation.window_s"):
        mark = "*" if p.status == "from_memory" else ""
        if not p.species or model.species[0] in p.species:
            assert f"{p.shown}{mark}: {p.what}" in flat


def test_refusals() -> None:
    with pytest.raises(OptionError, match="allowed are 'rat'"):
        study_files("kindling", species="mouse")
    with pytest.raises(DataError, match="Expected mouse"):
        study_files("ptz_iv", species="rat")
    with pytest.raises(DataError, match="no seizure model"):
        study_files("ptx")


@pytest.mark.parametrize("title", ["a\\b", 'a"""b', "ä\tb\nc", "a\x7fb", "[x] = # y"])
def test_any_title_survives(title: str) -> None:
    protocol = read_protocol(study_files("ptz", title=title)["study.toml"])
    assert protocol.title == " ".join(title.split()).replace("\x7f", "")


def test_a_strain_cannot_leave_its_line() -> None:
    text = study_files("ptz", strain="NMRI\nn = 1")["study.toml"]
    assert read_protocol(text).strain == "NMRI n = 1"
