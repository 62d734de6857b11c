"""`isobole monograph fix`: the mended page, the changes, and nothing else touched."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isobole.monograph import Patch, read, unfix
from monograph_pages import PAGES, seed, text_of

Isobole = Callable[..., Any]
BROKEN = text_of("a_clean.md").replace("## Dosage\n", "## Dosage: by weight\n")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(BROKEN.replace("- Porphyria.", "See above."), encoding="utf-8")
    return path


def test_the_changes_are_listed(isobole: Isobole, page: Path) -> None:
    ran = isobole("monograph", "fix", "page.md")
    assert ran.code == 0
    assert "heading-text-inline" in ran.out
    assert "What needs a person:" in ran.out
    assert "line 32: The section 'Contraindications' only points" in ran.out


def test_a_clean_page(isobole: Isobole) -> None:
    ran = isobole("monograph", "fix", str(PAGES / "a_clean.md"))
    assert ran.code == 0
    assert "nothing to repair" in ran.out


def test_the_mended_page_is_written(isobole: Isobole, page: Path) -> None:
    before = page.read_bytes()
    assert isobole("monograph", "fix", "page.md", "--out", "fixed.md").code == 0
    fixed = Path("fixed.md").read_bytes()
    assert page.read_bytes() == before
    assert fixed == before.replace(
        b"## Dosage: by weight\n", b"## Dosage\n\nby weight\n"
    )


def test_bytes_that_are_not_text_stay(isobole: Isobole, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + BROKEN.replace("\n", "\r\n").encode()
    data = data.replace(b"EXA-1", b"EXA-\xe9")
    (tmp_path / "page.md").write_bytes(data)
    assert isobole("monograph", "fix", "page.md", "--out", "fixed.md").code == 0
    assert Path("fixed.md").read_bytes() == data.replace(
        b"## Dosage: by weight\r\n", b"## Dosage\r\n\r\nby weight\r\n"
    )


def test_json_undoes_the_changes(
    isobole: Isobole, check: Callable[[str, dict[str, Any]], None], page: Path
) -> None:
    ran = isobole("monograph", "fix", "page.md", "--json", "--out", "fixed.md")
    check("monograph-fix", ran.json)
    patches = [
        Patch(tuple(p.pop("codes")), **p) for p in json.loads(ran.out)["patches"]
    ]
    fixed = Path("fixed.md").read_text(encoding="utf-8")
    again = unfix(fixed, patches, sha256=ran.json["repaired_sha256"])
    assert again == page.read_text(encoding="utf-8")
    assert [f["code"] for f in ran.json["remaining"]] == ["section-see-above"]


@pytest.mark.parametrize("source", ["page.md", "guide.txt", "cr.md"])
def test_the_diff_is_one_that_patch_takes(
    isobole: Isobole, page: Path, source: str
) -> None:
    Path("guide.txt").write_text(text_of("guide.txt"), encoding="utf-8")
    Path("cr.md").write_bytes(BROKEN.rstrip("\n").replace("\n", "\r\n").encode())
    isobole("monograph", "fix", source, "--out", "fixed.md")
    isobole("monograph", "fix", source, "--out", "page.diff")
    assert (
        isobole("monograph", "fix", source, "--diff").out.encode()
        == Path("page.diff").read_bytes()
    )
    patched = subprocess.run(
        ["patch", "--binary", "-s", "-o", "-", source, "page.diff"],
        check=True,
        capture_output=True,
    ).stdout
    assert patched == Path("fixed.md").read_bytes()


def test_standard_input(isobole: Isobole, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(BROKEN.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)
    ran = isobole("monograph", "fix", "-", "--diff")
    assert "+## Dosage\n+\n+by weight\n" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["no-such.md"], 1, "cannot be read"),
        (["."], 1, "cannot be read"),
        (["binary.md"], 1, "not text"),
        (["page.md", "--diff", "--json"], 2, "stands alone"),
        (["page.md", "--out", "x.docx"], 2, ".md"),
        (["page.md", "--out", "page.md"], 2, "would be lost"),
        ([], 2, ""),
    ],
)
def test_refusals(
    isobole: Isobole, page: Path, words: list[str], code: int, told: str
) -> None:
    Path("binary.md").write_bytes(b"%PDF-1.4\n\x00")
    before = page.read_bytes()
    ran = isobole("monograph", "fix", *words)
    assert ran.code == code
    assert told in " ".join(ran.err.split())
    assert page.read_bytes() == before


def test_the_seed(isobole: Isobole) -> None:
    source = seed("000")
    assert isobole("monograph", "fix", str(source), "--out", "fixed.md").code == 0
    fixed = read(Path("fixed.md"))
    assert fixed.text.endswith(source.read_text().partition("## Usage")[2])
    assert [f.code for f in fixed.findings] == ["brand-names-nested"]
