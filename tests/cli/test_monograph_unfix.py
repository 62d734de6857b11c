"""`isobole monograph unfix`: what fix changed taken back, or nothing written."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monograph_pages import text_of

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]
BROKEN = text_of("a_clean.md").replace("## Dosage\n", "## Dosage: by weight\n")
PAGE = b"\xef\xbb\xbf" + BROKEN.replace("\n", "\r\n").encode().replace(
    b"EXA-1", b"EXA-\xe9"
)


@pytest.fixture
def fixed(isobole: Isobole) -> Path:
    """Mend a page; leave it, the mended one and the changes in the folder."""
    Path("page.md").write_bytes(PAGE)
    ran = isobole("monograph", "fix", "page.md", "--json", "--out", "fixed.md")
    assert ran.code == 0
    Path("fixed.json").write_text(ran.out, encoding="utf-8")
    return Path("fixed.md")


def test_the_page_is_written_as_it_was(isobole: Isobole, fixed: Path) -> None:
    assert fixed.read_bytes() != PAGE
    ran = isobole("monograph", "unfix", "fixed.md", "fixed.json", "--out", "again.md")
    assert ran.code == 0
    assert Path("again.md").read_bytes() == PAGE
    assert "heading-text-inline" in ran.out
    assert "byte for byte" in " ".join(ran.out.split())


def test_the_changes_of_a_file_and_of_standard_output_are_the_same(
    isobole: Isobole, check: Check, fixed: Path
) -> None:
    isobole("monograph", "fix", "page.md", "--out", "changes.json")
    ran = isobole("monograph", "unfix", "fixed.md", "changes.json", "--json")
    check("monograph-unfix", ran.json)
    told = isobole("monograph", "fix", "page.md", "--json").json
    assert ran.json["undone"] == told["patches"]
    assert ran.json["sha256"] == told["original_sha256"] == told["input"][0]["sha256"]


def test_standard_input(
    isobole: Isobole, fixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(fixed.read_bytes()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)
    ran = isobole("monograph", "unfix", "-", "fixed.json", "--out", "again.md")
    assert ran.code == 0
    assert Path("again.md").read_bytes() == PAGE


def test_a_page_with_nothing_to_repair(isobole: Isobole, tmp_path: Path) -> None:
    Path("clean.md").write_text(text_of("a_clean.md"), encoding="utf-8")
    isobole("monograph", "fix", "clean.md", "--out", "clean.json")
    ran = isobole("monograph", "unfix", "clean.md", "clean.json")
    assert ran.code == 0
    assert "nothing to take back" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["edited.md", "fixed.json"], 1, "it was edited since"),
        (["page.md", "fixed.json"], 1, "it was edited since"),
        (["fixed.md", "page.md"], 1, "does not hold the changes"),
        (["fixed.md", "nowhere.json"], 1, "does not hold the changes"),
        (["fixed.md", "."], 1, "does not hold the changes"),
        (["nowhere.md", "fixed.json"], 1, "cannot be read"),
        (["fixed.md", "fixed.json", "--out", "x.docx"], 2, ".md"),
        (["fixed.md", "fixed.json", "--out", "fixed.md"], 2, "would be lost"),
        (["fixed.md", "fixed.json", "--out", "fixed.json"], 2, "would be lost"),
        (["fixed.md"], 2, "CHANGES"),
    ],
)
def test_refusals(
    isobole: Isobole, fixed: Path, words: list[str], code: int, told: str
) -> None:
    Path("edited.md").write_bytes(fixed.read_bytes().replace(b"EXA-", b"EXB-"))
    before = {path: path.read_bytes() for path in Path().iterdir()}
    if "--out" not in words:
        words = [*words, "--out", "again.md"]
    ran = isobole("monograph", "unfix", *words)
    assert ran.code == code
    assert told in " ".join(ran.err.split())
    assert {path: path.read_bytes() for path in Path().iterdir()} == before
