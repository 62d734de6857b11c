"""Repairs undone: the page byte for byte, or a refusal that restores nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.pages import generate_pages

from isobole.monograph import read, repair, restore
from isobole.results import DataError
from monograph_pages import text_of

BROKEN = text_of("a_clean.md").replace("## Dosage\n", "## Dosage: by weight\n")


def mended(page: bytes) -> tuple[bytes, dict[str, Any]]:
    done = repair(read(page))
    assert done.patches
    return done.to_bytes(), json.loads(done.to_json())


@pytest.mark.parametrize(
    "page",
    [
        BROKEN.encode(),
        BROKEN.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + BROKEN.encode(),
        BROKEN.encode().replace(b"EXA-1", b"EXA-\xe9"),
        BROKEN.encode().replace(b"by weight", b"by w\xffeight\xfe").rstrip(),
        BROKEN.encode().replace(b"- Porphyria.", "- Pörphyria \U0001f48a.".encode()),
    ],
)
def test_the_page_comes_back_byte_for_byte(page: bytes) -> None:
    fixed, changes = mended(page)
    assert fixed != page
    found = restore(fixed, changes)
    assert found.data == page
    assert len(found.undone) == len(changes["patches"])


@pytest.mark.parametrize("kind", ["A", "B0", "B1"])
def test_generated_pages_come_back(kind: Any) -> None:
    changed = 0
    for name, text, _ in generate_pages(60, kind):
        done = repair(read(text, name=name))
        changed += bool(done.patches)
        assert restore(done.to_bytes(), done.to_dict()).data == text.encode()
    assert changed > 40 or kind != "A"


@pytest.mark.parametrize(
    "edit",
    [
        lambda page: page + b"\n",
        lambda page: page.replace(b"EXA-1", b"EXA-2"),
        lambda page: b"\xef\xbb\xbf" + page,
        lambda page: page.replace(b"\n", b"\r\n"),
        lambda page: b"",
        lambda page: b"%PDF-1.4\n\x00",
    ],
)
def test_a_page_edited_since_is_refused(edit: Any) -> None:
    fixed, changes = mended(BROKEN.encode())
    with pytest.raises(DataError, match="edited since") as refused:
        restore(edit(fixed), changes, name="fixed.md")
    (problem,) = refused.value.problems
    assert (problem.code, problem.file) == ("page-edited-since", "fixed.md")


def test_another_byte_that_is_no_text_is_an_edit_too() -> None:
    """The text is the same: U+FFFD stands for either byte."""
    fixed, changes = mended(BROKEN.encode().replace(b"EXA-1", b"EXA-\xe9"))
    with pytest.raises(DataError, match="edited since"):
        restore(fixed.replace(b"\xe9", b"\xe8"), changes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.pop("patches"),
        lambda told: told.pop("original_sha256"),
        lambda told: told.update(repaired_sha256=None),
        lambda told: told.update(patches=[1]),
        lambda told: told.update(patches={"a": 1}),
        lambda told: told["patches"][0].update(start="7"),
        lambda told: told["patches"][0].update(start=-1),
        lambda told: told["patches"][0].update(codes=[1]),
        lambda told: told["patches"][0].pop("before"),
    ],
)
def test_changes_that_are_none(spoil: Any, tmp_path: Path) -> None:
    fixed, changes = mended(BROKEN.encode())
    spoil(changes)
    path = tmp_path / "changes.json"
    path.write_text(json.dumps(changes))
    for given in (changes, path):
        with pytest.raises(DataError) as refused:
            restore(fixed, given)
        assert refused.value.problems[0].code == "changes-not-readable"


@pytest.mark.parametrize("told", [b"", b"[]", b"\xff", b"[" * 100_000, b"null"])
def test_a_file_that_holds_no_changes(told: bytes, tmp_path: Path) -> None:
    path = tmp_path / "changes.json"
    path.write_bytes(told)
    with pytest.raises(DataError, match="does not hold the changes"):
        restore(BROKEN.encode(), path)


def test_a_change_that_was_altered_restores_nothing() -> None:
    fixed, changes = mended(BROKEN.encode())
    changes["patches"][0]["before"] = "## Dosage: by height"
    with pytest.raises(DataError, match="edited since"):
        restore(fixed, changes)
    changes["patches"][0]["after"] = "## Something"
    with pytest.raises(DataError):
        restore(fixed, changes)
