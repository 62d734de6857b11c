"""`isobole diagram`: every format from one specification."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isobole.diagrams import NAMES, diagram

Isobole = Callable[..., Any]
OWN = """
name = "own"
title = "Own"
description = "One on another."
size = [6, 5]
box = [3, 1]
node = [
  { id = "a", text = "A", kind = "given", at = [3, 1] },
  { id = "b", text = "B", kind = "target", at = [3, 4] },
]
arrow = [
  { from = "a", to = "b", effect = "leads-to", status = "assumed", evidence = [
    { claim = "c", source = "s", stance = "for", verified = false },
  ] },
]
"""


@pytest.mark.parametrize("name", NAMES)
def test_json_holds_to_its_schema(
    isobole: Isobole, check: Callable[[str, dict[str, Any]], None], name: str
) -> None:
    ran = isobole("diagram", name, "--json")
    assert ran.code == 0
    check("diagram", ran.json)
    assert len(ran.json["arrows"]) == len(diagram(name).arrows)


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".svg", b"<?xml"),
        (".png", b"\x89PNG"),
        (".pdf", b"%PDF"),
        (".html", b"<!DOCTYPE html>"),
        (".mmd", b"flowchart TB\n"),
        (".csv", b"number,from,effect,to,status"),
        (".json", b"{"),
    ],
)
def test_file_by_suffix(
    isobole: Isobole, tmp_path: Path, suffix: str, start: bytes
) -> None:
    ran = isobole("diagram", "workflow", "--out", f"x{suffix}")
    assert ran.code == 0
    assert "19" in ran.out
    assert (tmp_path / f"x{suffix}").read_bytes().startswith(start)
    assert [file.name for file in tmp_path.iterdir()] == [f"x{suffix}"]


def test_csv_has_the_evidence(isobole: Isobole, tmp_path: Path) -> None:
    isobole("diagram", "mechanism", "--out", "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(diagram("mechanism").table().rows)
    assert any("Dhande" in row["source"] for row in rows)


def test_the_page_shows_picture_and_evidence(isobole: Isobole, tmp_path: Path) -> None:
    isobole("diagram", "mechanism", "--out", "x.html")
    page = (tmp_path / "x.html").read_text("utf-8")
    assert 'role="img"' in page
    assert "lowered brain GABA" in page


def test_a_specification_of_ones_own(isobole: Isobole, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    ran = isobole("diagram", "own.toml", "--json", "--out", "own.svg")
    assert ran.code == 0
    assert ran.json["input"][0]["file"] == "own.toml"
    assert (tmp_path / "own.svg").exists()


def test_a_specification_from_standard_input(
    isobole: Isobole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(OWN))
    ran = isobole("diagram", "-", "--json")
    assert ran.code == 0
    assert ran.json["title"] == "Own"
    assert ran.json["input"][0]["file"] == "-"


def test_a_wrong_specification_names_its_file(isobole: Isobole, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace('to = "b"', 'to = "z"'), "utf-8")
    ran = isobole("diagram", "own.toml", "--out", "own.svg")
    assert ran.code == 1
    assert "own.toml" in ran.err
    assert "'z' in the arrow a to z is no node" in ran.err
    assert not (tmp_path / "own.svg").exists()


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"size ="])
def test_a_file_that_cannot_be_read(
    isobole: Isobole, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "own.toml").write_bytes(content)
    ran = isobole("diagram", "own.toml", "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["problems"][0]["file"] == "own.toml"


def test_unknown_names_and_suffixes(isobole: Isobole) -> None:
    assert isobole("diagram", "mechanisms").code == 2
    assert isobole("diagram", "mechanism", "--out", "x.gif").code == 2
    assert isobole("diagram").code == 2
