"""The way back: the page before its repairs, byte for byte, or a refusal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isobole.monograph._fix import Patch, moved, unfix
from isobole.monograph._text import decode, encode_page, load
from isobole.results import DataError, Problem, sha256_text


@dataclass(frozen=True, slots=True)
class Restored:
    """A page as it was before `fix`, and which changes were taken back."""

    file: str
    repaired_sha256: str
    data: bytes
    undone: tuple[Patch, ...]

    @property
    def sha256(self) -> str:
        """Hash of the page's bytes; it is the one `fix` read."""
        return hashlib.sha256(self.data).hexdigest()

    def __repr__(self) -> str:
        return f"<Restored {self.file}: {len(self.undone)} changes undone>"

    def to_dict(self) -> dict[str, Any]:
        """Return what was undone as it stands in JSON."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "undone": [patch.to_dict() for patch in self.undone],
        }


def restore(
    fixed: Path | str | bytes,
    changes: Mapping[str, Any] | Path | str,
    *,
    name: str | None = None,
) -> Restored:
    r"""Return a page as it was before its repairs.

    Parameters
    ----------
    fixed : path, str or bytes
        The repaired page.
    changes : mapping or path
        What `fix` wrote beside it: `Repair.to_dict`, its JSON, or the answer of
        ``isobole monograph fix --json``.
    name : str, optional
        What the page is called in problems.

    Raises
    ------
    DataError
        If either cannot be read, the page was edited since its repair, or what comes
        out is not the original: nothing is restored in part.

    Examples
    --------
    >>> from isobole.monograph import read, repair
    >>> page = (
    ...     b"---\r\ntitle: X\r\n---\r\n## Usage: For fits.\r\n## Dosage\r\n- 5 mg\r\n"
    ... )
    >>> done = repair(read(page))
    >>> restore(done.to_bytes(), done.to_dict()).data == page
    True
    """
    data, file = load(fixed, name)
    told = changes if isinstance(changes, Mapping) else _read(Path(changes))
    where = "changes" if isinstance(changes, Mapping) else str(changes)
    patches, repaired, original = _checked(told, where)
    decoded = decode(data)
    if decoded.binary or sha256_text(decoded.text) != repaired:
        raise DataError([_edited(file)])
    text = unfix(decoded.text, patches)
    back = _reversed(patches)
    before = encode_page(text, decoded.encoding, moved(decoded.invalid, back))
    made = Restored(file, repaired, before, patches)
    # The marks before the text and bytes that are no text have no hash of their own.
    if made.sha256 != original:
        raise DataError([_edited(file)])
    return made


def _reversed(patches: tuple[Patch, ...]) -> tuple[Patch, ...]:
    found = []
    shift = 0
    for one in patches:
        found.append(
            Patch(one.codes, one.line, one.start + shift, one.after, one.before)
        )
        shift += len(one.after) - len(one.before)
    return tuple(found)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(load(path, str(path))[0])
    except (DataError, ValueError, RecursionError):
        raise DataError([_no_changes(str(path))]) from None
    if not isinstance(told, dict):
        raise DataError([_no_changes(str(path))])
    return told


def _checked(told: Mapping[str, Any], file: str) -> tuple[tuple[Patch, ...], str, str]:
    try:
        patches = tuple(_patch(one) for one in told["patches"])
        repaired, original = told["repaired_sha256"], told["original_sha256"]
    except (KeyError, TypeError, ValueError):
        raise DataError([_no_changes(file)]) from None
    if not (isinstance(repaired, str) and isinstance(original, str)):
        raise DataError([_no_changes(file)])
    return patches, repaired, original


def _patch(one: Any) -> Patch:
    codes, line, start = tuple(one["codes"]), one["line"], one["start"]
    before, after = one["before"], one["after"]
    words = (*codes, before, after)
    if not all(isinstance(word, str) for word in words):
        raise TypeError
    if not all(type(number) is int and number >= 0 for number in (line, start)):
        raise TypeError
    return Patch(codes, line, start, before, after)


def _edited(file: str) -> Problem:
    return Problem(
        "page-edited-since",
        "The page is not the one these changes made: it was edited since, or they "
        "belong to another page",
        file=file,
        remedy="Give the page as fix wrote it and the changes written with it. Nothing "
        "was restored; each change stands in the file of changes with its line.",
    )


def _no_changes(file: str) -> Problem:
    return Problem(
        "changes-not-readable",
        "This does not hold the changes that fix made",
        file=file,
        remedy="Give the JSON of it: isobole monograph fix PAGE --out FILE.json.",
    )
