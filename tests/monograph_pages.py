"""Pages of our own writing, and copies of them with one thing broken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from isobole.monograph import Finding, Monograph, read

PAGES = Path(__file__).parent / "monograph" / "pages"
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


def text_of(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def broken(old: str, new: str, name: str = "a_clean.md") -> Monograph:
    """Return a clean page with `old` replaced, which must stand in it."""
    text = text_of(name)
    assert old in text, old
    return read(text.replace(old, new), name=name)


def only(page: Monograph, code: str) -> Finding:
    """Return the one finding of this code."""
    found = [finding for finding in page.findings if finding.code == code]
    assert len(found) == 1, (code, [finding.code for finding in page.findings])
    return found[0]


def codes(page: Monograph) -> set[str]:
    return {finding.code for finding in page.findings}


def seed(number: str) -> Path:
    """Return a seed page in place; skip without it, fail where CI expects it."""
    found = sorted(SEEDS.glob(f"{number}_*")) if SEEDS.is_dir() else []
    if not found:
        reason = f"seed {number} is not beside this checkout"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found[0]


def uncovered(page: Monograph) -> list[int]:
    """Return the lines that are not blank and belong to nothing."""
    lines = page.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    covered = set()
    for section in page.sections:
        covered.add(section.line)
        for block in section.blocks:
            covered.update(range(block.line, block.end_line + 1))
    if page.extra["front_matter"]:
        first, last = page.extra["front_matter"]
        if last > first:
            assert lines[first - 1].rstrip() == "---"
            assert lines[last - 1].rstrip() in ("---", "...")
        covered.update(range(first, last + 1))
    return [i for i, line in enumerate(lines, 1) if line.strip() and i not in covered]
