"""A study made of its rows alone is the one that its folder gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from isobole.analysis import analyze_study
from isobole.datasets import study_names, study_path
from isobole.results import DataError
from isobole.studies import (
    Entry,
    Study,
    folder_files,
    follow,
    read_record,
    read_study,
    reduce_study,
    study_from_record,
)

LEVELS = "concentrations.csv"


def without_levels(study: Study) -> Study:
    """Return a study as it is without what stands beside its record."""
    return replace(
        study,
        path=None,
        files=(),
        concentrations=(),
        problems=tuple(p for p in study.problems if p.file != LEVELS),
    )


def again(entry: Entry, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row that says another thing with the same action."""
    names = ("ts", "actor", "action", "obj", "supersedes", "reason")
    kept = {name: getattr(entry, name) for name in names}
    return {**kept, "id": "again", "device": "new", "device_seq": 1, "data": dict(data)}


@pytest.mark.parametrize("name", study_names())
def test_rows_alone_give_the_study_of_the_folder(name: str) -> None:
    place = study_path(name)
    entries = read_record(place / "record.jsonl")
    whole = read_study(place)
    assert study_from_record(entries) == without_levels(whole)
    beside = study_from_record(list(entries), folder=str(place))
    assert replace(beside, files=()) == replace(whole, files=())
    assert {f.file for f in beside.files} == {f.file for f in whole.files} & {LEVELS}


def test_the_levels_are_those_beside_the_record() -> None:
    place = study_path("ptz-valproate-magnesium")
    entries = read_record(place / "record.jsonl")
    assert study_from_record(entries).concentrations == ()
    beside = study_from_record(entries, folder=place)
    lines = (place / LEVELS).read_text("utf-8").splitlines()
    assert len(beside.concentrations) == len(lines) - 1
    assert [(p.code, p.file) for p in beside.problems] == [("not-in-record", LEVELS)]


@pytest.mark.parametrize("name", study_names())
def test_the_study_of_the_rows_is_analysed_alike(name: str) -> None:
    place = study_path(name)
    study = study_from_record(read_record(place / "record.jsonl"))
    assert study.path is None
    of_rows = analyze_study(study).to_dict()
    of_folder = analyze_study(without_levels(read_study(place))).to_dict()
    assert of_rows == of_folder


def test_own_scales_are_found_in_the_folder_given(tmp_path: Path) -> None:
    entries = read_record(study_path("ptz-interaction") / "record.jsonl")
    saved = next(e for e in entries if e.action == "protocol.save")
    text = saved.data["toml"].replace("seed_modified_0_5", "ours_0_5")
    draft = again(saved, {**saved.data, "toml": text})
    renamed = [*entries, follow(entries[-1], draft)]
    with pytest.raises(DataError, match="ours_0_5"):
        reduce_study(study_from_record(renamed))
    own = tmp_path / "scales" / "ours_0_5.toml"
    own.parent.mkdir()
    same = files("isobole.studies") / "scales" / "seed_modified_0_5.toml"
    own.write_text(same.read_text("utf-8").replace("seed_modified_0_5", "ours_0_5"))
    found = reduce_study(study_from_record(renamed, folder=tmp_path))
    assert found.animals == reduce_study(study_from_record(entries)).animals


@pytest.mark.parametrize("count", [0, 1])
def test_a_record_without_protocol_makes_no_study(count: int) -> None:
    entries = read_record(study_path("ptz-interaction") / "record.jsonl")
    lonely = [e for e in entries if e.action == "animal.add"][:count]
    with pytest.raises(DataError) as error:
        study_from_record(lonely)
    (problem,) = error.value.problems
    assert (problem.code, problem.file) == ("no-protocol", "record.jsonl")


def test_the_protocol_saved_last_is_taken() -> None:
    entries = read_record(study_path("ptz-interaction") / "record.jsonl")
    first = next(e for e in entries if e.action == "protocol.save")
    text = first.data["toml"].replace("CF-1", "NMRI")
    draft = again(first, {**first.data, "toml": text})
    study = study_from_record([*entries, follow(entries[-1], draft)])
    assert study.protocol.strain == "NMRI"
    assert study.chain == "intact"


def test_a_changed_row_breaks_the_chain_and_is_said() -> None:
    entries = list(read_record(study_path("ptz-interaction") / "record.jsonl"))
    entries[7] = replace(entries[7], actor="somebody else")
    study = study_from_record(entries)
    assert (study.chain, study.head_hash) == ("broken", None)
    assert [p.row for p in study.problems if p.code == "broken-chain"] == [8]


@pytest.mark.parametrize("name", study_names())
def test_files_of_a_record_are_those_of_the_folder(name: str) -> None:
    place = study_path(name)
    texts = folder_files(read_record(place / "record.jsonl"))
    beside = {"claims.csv", LEVELS}  # what no record holds
    assert set(texts) == {file.name for file in place.iterdir()} - beside
    for file, text in texts.items():
        assert text.encode() == (place / file).read_bytes(), file


@pytest.mark.parametrize("name", study_names())
def test_files_written_out_are_the_study_again(name: str, tmp_path: Path) -> None:
    entries = read_record(study_path(name) / "record.jsonl")
    for file, text in folder_files(entries).items():
        (tmp_path / file).write_bytes(text.encode())
    read = read_study(tmp_path)
    assert replace(read, path=None, files=()) == study_from_record(entries)
    assert read.problems == ()


def test_an_empty_record_has_tables_without_rows_and_no_protocol() -> None:
    texts = folder_files(())
    assert texts["record.jsonl"] == ""
    assert "study.toml" not in texts
    assert all(text.count("\n") == 1 for name, text in texts.items() if ".csv" in name)
