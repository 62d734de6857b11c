"""`isobole study new` as typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from isobole.cli import _study_new
from isobole.studies import model_names, read_protocol

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]


def test_writes_a_folder(isobole: Isobole) -> None:
    ran = isobole("study", "new", "trial", "--model", "ptz", "--strain", "C57BL/6J")
    assert (ran.code, ran.err) == (0, "")
    assert "isobole study check trial" in ran.out
    assert "hypothesis" in ran.out
    assert read_protocol(Path("trial")).challenge.amount == 45


def test_json(isobole: Isobole, check: Check) -> None:
    ran = isobole("study", "new", "trial", "--model", "kindling", "--json")
    assert ran.code == 0
    check("study-new", ran.json)
    assert ran.json["protocol_sha256"] == read_protocol(Path("trial")).sha256
    assert "sessions.csv" in ran.json["files"]
    assert {p["code"] for p in ran.json["problems"]} == {"template-words"}


def test_never_over_anything(isobole: Isobole) -> None:
    assert isobole("study", "new", "trial", "--model", "ptz").code == 0
    ran = isobole("study", "new", "trial", "--model", "mes")
    assert ran.code == 1
    assert "nothing is written over" in ran.err


def test_usage(isobole: Isobole) -> None:
    ran = isobole("study", "new", "trial", "--model", "ptx")
    assert ran.code == 2
    assert 'Did you mean "ptz"' in ran.err
    ran = isobole("study", "new", "trial", "--model", "kindling", "--species", "mouse")
    assert ran.code == 2
    assert isobole("study", "new", "trial").code == 2
    assert not Path("trial").exists()


def test_models_are_those_of_the_library() -> None:
    assert get_args(_study_new.Model) == model_names()
