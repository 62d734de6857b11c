"""Repairs applied and undone: only what a finding shows, the rest byte for byte."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from isobole.monograph._finding import Finding
from isobole.monograph._page import Monograph
from isobole.monograph._text import encode_page
from isobole.results import DataError, Problem, sha256_text


@dataclass(frozen=True, slots=True)
class Patch:
    """One replacement: at `start` of the page's text `before` becomes `after`."""

    codes: tuple[str, ...]
    line: int
    start: int
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        """Return the patch as it stands in JSON."""
        return {
            "codes": list(self.codes),
            "line": self.line,
            "start": self.start,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class Repair:
    """A page with its repairs made, and what it takes to undo them.

    `left` are findings whose repair touches words that another one already changed;
    they remain findings of the repaired page.
    """

    file: str
    original: str
    text: str
    patches: tuple[Patch, ...]
    left: tuple[Finding, ...]
    encoding: str = "utf-8"
    invalid: tuple[tuple[int, int], ...] = ()

    def __repr__(self) -> str:
        return f"<Repair of {self.file}: {len(self.patches)} changes>"

    def __str__(self) -> str:
        return self.diff() or f"{self.file}: nothing to repair."

    def to_bytes(self) -> bytes:
        """Return the repaired page; bytes that were not UTF-8 stay as they were."""
        return encode_page(self.text, self.encoding, moved(self.invalid, self.patches))

    def diff(self) -> str:
        """Return the repairs as a unified diff."""
        lines = difflib.unified_diff(
            self.original.splitlines(keepends=True),
            self.text.splitlines(keepends=True),
            f"{self.file} (as written)",
            f"{self.file} (repaired)",
        )
        return "".join(
            line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
            for line in lines
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the repairs as they stand in JSON."""
        return {
            "file": self.file,
            "original_sha256": hashlib.sha256(
                encode_page(self.original, self.encoding, self.invalid)
            ).hexdigest(),
            "repaired_sha256": sha256_text(self.text),
            "patches": [patch.to_dict() for patch in self.patches],
            "left": [finding.to_dict() for finding in self.left],
        }

    def to_json(self) -> str:
        """Return the repairs as JSON that `restore` takes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)


def moved(
    invalid: Iterable[tuple[int, int]], patches: Iterable[Patch]
) -> tuple[tuple[int, int], ...]:
    """Return where bytes that are not UTF-8 stand once patches are applied."""
    patches = tuple(patches)
    found = []
    for offset, byte in invalid:
        shift = 0
        for patch in patches:
            end = patch.start + len(patch.before)
            if end <= offset:
                shift += len(patch.after) - len(patch.before)
            elif patch.start <= offset:
                # Inside a repair the byte stands where its sign is kept.
                nth = patch.before[: offset - patch.start].count("\ufffd")
                place = _nth(patch.after, nth)
                shift += place - (offset - patch.start)
        found.append((offset + shift, byte))
    return tuple(found)


def _nth(text: str, n: int) -> int:
    place = -1
    for _ in range(n + 1):
        place = text.find("\ufffd", place + 1)
    return place


def repair(monograph: Monograph) -> Repair:
    r"""Make every repair that the findings of a page show.

    Examples
    --------
    >>> from isobole.monograph import read
    >>> page = read("---\ntitle: X\n---\n## Usage: For fits.\n## Dosage\n- 5 mg\n")
    >>> done = repair(page)
    >>> done.patches[0].codes, done.patches[0].after
    (('heading-text-inline',), '## Usage\n\nFor fits.')
    >>> unfix(done.text, done.patches) == page.text
    True
    """
    chosen, left = _choose(monograph.findings, monograph.extra.get("invalid_bytes", ()))
    pieces: list[str] = []
    place = 0
    for patch in chosen:
        pieces += [monograph.text[place : patch.start], patch.after]
        place = patch.start + len(patch.before)
    pieces.append(monograph.text[place:])
    return Repair(
        monograph.file,
        monograph.text,
        "".join(pieces),
        tuple(chosen),
        tuple(left),
        monograph.encoding,
        tuple(monograph.extra.get("invalid_bytes", ())),
    )


def _choose(
    findings: Iterable[Finding], invalid: Iterable[tuple[int, int]]
) -> tuple[list[Patch], list[Finding]]:
    ready = [f for f in findings if f.after is not None and f.spans]
    # The widest repair at a place first: it knows most of what it replaces.
    ready.sort(key=lambda f: (f.spans[0].start, -f.spans[0].end))
    chosen: list[Patch] = []
    left: list[Finding] = []
    end = 0
    for finding in ready:
        span = finding.spans[0]
        assert finding.after is not None
        new = Patch((finding.code,), span.line, span.start, span.quote, finding.after)
        last = chosen[-1] if chosen else None
        if last and _same(last, new):
            chosen[-1] = Patch((*last.codes, finding.code), *_rest(last))
        elif span.start < end or _loses(new, invalid):
            left.append(finding)
        elif span.quote != finding.after:
            chosen.append(new)
            end = span.end
    return chosen, left


def _rest(patch: Patch) -> tuple[int, int, str, str]:
    return patch.line, patch.start, patch.before, patch.after


def _same(a: Patch, b: Patch) -> bool:
    return _rest(a) == _rest(b)


def _loses(patch: Patch, invalid: Iterable[tuple[int, int]]) -> bool:
    """Say whether a repair would drop or move bytes that are not UTF-8."""
    end = patch.start + len(patch.before)
    if not any(patch.start <= offset < end for offset, _ in invalid):
        return False
    return patch.before.count("\ufffd") != patch.after.count("\ufffd")


def fix(monograph: Monograph) -> str:
    """Return the page's Markdown with its repairs made, the rest as it was."""
    return repair(monograph).text


def unfix(text: str, patches: Iterable[Patch], *, sha256: str | None = None) -> str:
    """Return the page as it was before the repairs.

    Parameters
    ----------
    text : str
        The repaired page.
    patches : iterable of Patch
        What was done to it.
    sha256 : str, optional
        Hash of the repaired page (``repaired_sha256``), to be sure that this is it.

    Raises
    ------
    DataError
        If the text is not the repaired one: another hash, or a repair's words do not
        stand in their place.
    """
    if sha256 is not None and sha256_text(text) != sha256:
        raise DataError([_unfit("The text is not the one the repairs were made in")])
    pieces: list[str] = []
    place = shift = 0
    for patch in patches:
        start = patch.start + shift
        if not text.startswith(patch.after, start):
            msg = f"The repair of line {patch.line} does not stand in this text"
            raise DataError([_unfit(msg)])
        pieces += [text[place:start], patch.before]
        place = start + len(patch.after)
        shift += len(patch.after) - len(patch.before)
    pieces.append(text[place:])
    return "".join(pieces)


def _unfit(message: str) -> Problem:
    return Problem(
        "patch-does-not-fit",
        message,
        remedy="Undo the repairs on the text they were made in.",
    )
