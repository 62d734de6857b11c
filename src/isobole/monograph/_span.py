"""Where a statement stands: file, lines, and the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.results import sha256_text


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a page: nothing is published without one.

    Parameters
    ----------
    file : str
        The page's name as it was given, without the folders above the collection.
    line, end_line : int
        First and last line, counted from 1.
    start, end : int
        Offsets of the quote in the page's text, in characters.
    quote : str
        The page's own words, exactly; a sentence or less.
    page_sha256 : str
        Hash of the page's bytes, so that a later edit is noticed.
    """

    file: str
    line: int
    end_line: int
    start: int
    end: int
    quote: str
    page_sha256: str

    @property
    def sha256(self) -> str:
        """Hash of the quote."""
        return sha256_text(self.quote)

    def __str__(self) -> str:
        lines = (
            f"line {self.line}"
            if self.line == self.end_line
            else f"lines {self.line}–{self.end_line}"
        )
        return f"{self.file}, {lines}"

    def to_dict(self) -> dict[str, Any]:
        """Return the span as it stands in JSON."""
        return {
            "file": self.file,
            "line": self.line,
            "end_line": self.end_line,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "sha256": self.sha256,
            "page_sha256": self.page_sha256,
        }
