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


class _Unfrozen:
    """A span while it is filled: of what is frozen, each field takes a call."""

    __slots__ = tuple(Span.__dataclass_fields__)


def make_span(
    file: str,
    line: int,
    end_line: int,
    start: int,
    end: int,
    quote: str,
    page_sha256: str,
) -> Span:
    """Return a span in a third of the time that `Span` takes; pages have hundreds.

    Examples
    --------
    >>> make_span("a", 1, 1, 0, 2, "ab", "0") == Span("a", 1, 1, 0, 2, "ab", "0")
    True
    """
    made: Any = _Unfrozen()
    made.file = file
    made.line = line
    made.end_line = end_line
    made.start = start
    made.end = end
    made.quote = quote
    made.page_sha256 = page_sha256
    made.__class__ = Span
    finished: Span = made
    return finished
