"""The page as bytes and as text: decoded without loss, with lines and spans."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from isobole.monograph._span import Span, make_span
from isobole.results import DataError, Problem

if TYPE_CHECKING:
    from isobole.monograph._page import Monograph

_NEWLINE = re.compile(r"\r\n?|\n")
_ESCAPED = re.compile("[\udc80-\udcff]")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f"))
_SIGNATURES = (
    b"\x89PNG",
    b"%PDF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"GIF8",
    b"\xff\xd8\xff",
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the bytes of a page say, and what it takes to write them again.

    `invalid` holds, for each byte that is not UTF-8, its offset in `text` (where
    U+FFFD stands for it) and the byte. `control` is the offset of the first control
    character, None without one. A file that is not text has `text` "" and says what
    it is in `binary`.
    """

    text: str
    encoding: str
    newline: str
    invalid: tuple[tuple[int, int], ...] = ()
    control: int | None = None
    binary: str | None = None


def decode(data: bytes) -> Decoded:
    r"""Decode a page; every byte can be had again with `encode_page`.

    Examples
    --------
    >>> decode(b"\xef\xbb\xbfa\r\nb").newline
    '\r\n'
    >>> decode(b"5 \xb5g").invalid
    ((2, 181),)
    """
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if reason := _not_text(data, controls):
        return Decoded("", "binary", "\n", binary=reason)
    encoding = "utf-8"
    if data.startswith(b"\xef\xbb\xbf"):
        encoding, data = "utf-8-sig", data[3:]
    invalid: tuple[tuple[int, int], ...] = ()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
        invalid = tuple(
            (match.start(), ord(match[0]) - 0xDC00) for match in _ESCAPED.finditer(text)
        )
        if len(invalid) * 10 > len(text) + 10:
            return Decoded("", "binary", "\n", binary="most of it is not UTF-8")
        if invalid:
            text = _ESCAPED.sub("\ufffd", text)
    control = None
    if controls:
        control = next(
            i for i, char in enumerate(text) if char < " " and char not in "\t\n\r\f"
        )
    return Decoded(text, encoding, _newline(text), invalid, control)


def encode_page(
    text: str, encoding: str, invalid: tuple[tuple[int, int], ...] = ()
) -> bytes:
    """Return the bytes of a page: the marks and the invalid bytes put back."""
    if invalid:
        chars = list(text)
        for offset, byte in invalid:
            chars[offset] = chr(0xDC00 + byte)
        text = "".join(chars)
    return text.encode(encoding, "surrogateescape")


def _not_text(data: bytes, controls: int) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is UTF-16"
    if data.startswith(_SIGNATURES):
        return "it begins as an image, archive or PDF does"
    if controls * 100 > len(data):
        return "more than 1% of it is control characters"
    return None


def _newline(text: str) -> str:
    if "\r" not in text:
        return "\n"
    windows = text.count("\r\n")
    unix = text.count("\n") - windows
    mac = text.count("\r") - windows
    return max((windows, "\r\n"), (unix, "\n"), (mac, "\r"), key=lambda x: x[0])[1]


class PageText:
    r"""The text of one page with its lines, from which every span is cut.

    Lines count from 1 and end at LF, CRLF or CR; offsets count characters of `text`.

    Examples
    --------
    >>> page = PageText("one\ntwo three\n", "page.md")
    >>> str(page.find("three"))
    'page.md, line 2'
    """

    __slots__ = ("file", "lines", "sha256", "starts", "text")

    def __init__(self, text: str, file: str, sha256: str | None = None) -> None:
        self.text = text
        self.file = file
        self.sha256 = sha256 or hashlib.sha256(text.encode()).hexdigest()
        if "\r" in text:
            self.starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
            self.lines = _NEWLINE.split(text)
        else:
            self.lines = text.split("\n")
            ends = accumulate(map(len, self.lines[:-1]), initial=0)
            self.starts = [length + breaks for breaks, length in enumerate(ends)]

    def line_of(self, offset: int) -> int:
        """Return the line that holds the character at `offset`."""
        return bisect_right(self.starts, offset)

    def bounds(self, line: int, end_line: int | None = None) -> tuple[int, int]:
        """Return where a line, or some lines, begin and end, without the line end."""
        last = end_line or line
        return self.starts[line - 1], self.starts[last - 1] + len(self.lines[last - 1])

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters from `start` up to `end`."""
        starts = self.starts
        first = last = bisect_right(starts, start)
        if first < len(starts) and end > starts[first]:
            last = bisect_right(starts, end - 1)
        quote = self.text[start:end]
        return make_span(self.file, first, last, start, end, quote, self.sha256)

    def line_span(self, line: int, end_line: int | None = None) -> Span:
        """Return the span of a line, or of some, without blanks around it."""
        start, end = self.bounds(line, end_line)
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        return self.span(start, max(start, end - len(piece) + len(piece.rstrip())))

    def find(
        self, quote: str, line: int = 1, end_line: int | None = None
    ) -> Span | None:
        """Return the span of `quote` within the lines, or None if it is not there.

        Words must agree exactly; blanks between them, line ends included, may differ,
        so that folded text is found. The span's quote is what stands in the page.
        """
        if not quote.strip() or line > len(self.lines):
            return None
        last = min(end_line or len(self.lines), len(self.lines))
        start, end = self.bounds(line, last)
        place = self.text.find(quote, start, end)
        if place >= 0:
            return self.span(place, place + len(quote))
        found = _find_words(self.text, quote.split(), start, end)
        return self.span(*found) if found else None


def _find_words(
    text: str, words: list[str], start: int, end: int
) -> tuple[int, int] | None:
    place = text.find(words[0], start, end)
    while place >= 0:
        at = place + len(words[0])
        for word in words[1:]:
            after = at
            while after < end and text[after].isspace():
                after += 1
            if after == at or not text.startswith(word, after):
                break
            at = after + len(word)
        else:
            if at <= end:
                return place, at
        place = text.find(words[0], place + 1, end)
    return None


def page_text(monograph: Monograph) -> PageText:
    """Return the text of a page that was read, ready to cut spans from."""
    return PageText(monograph.text, monograph.file, monograph.sha256)


def find_span(
    page: PageText | Monograph, quote: str, line: int = 1, end_line: int | None = None
) -> Span:
    """Return where `quote` stands in a page, searching the given lines.

    Raises
    ------
    DataError
        If the words do not stand there: a span is never guessed.
    """
    source = page if isinstance(page, PageText) else page_text(page)
    span = source.find(quote, line, end_line)
    if span is None:
        problem = Problem(
            "quote-not-found",
            f"{quote!r} does not stand in lines {line} to {end_line or 'the end'}",
            file=source.file,
            row=line,
            remedy="Quote the page's own words; only blanks may differ.",
        )
        raise DataError([problem])
    return span


def load(source: Path | str | bytes, name: str | None) -> tuple[bytes, str]:
    """Return the bytes of a page and its name.

    Text is what holds a line break; anything else is a path.
    """
    if isinstance(source, bytes):
        return source, name or "page"
    if isinstance(source, str) and ("\n" in source or "\r" in source):
        return source.encode("utf-8", "surrogateescape"), name or "page"
    path = Path(source)
    try:
        # What is no file is found out before it is opened, what is missing then.
        if not path.is_file() and path.exists() and not path.is_dir():
            # Reading from a pipe or a device may never end.
            problem = Problem(
                "page-not-a-file",
                "This is a pipe or a device, not a file, and was not opened",
                file=str(source)[:200],
                remedy="Write the page to a file, or give its text.",
            )
            raise DataError([problem])
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - one for each
            return stream.readall(), name or path.name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Problem(
            "page-not-readable",
            f"The page cannot be read: {reason}",
            file=str(source)[:200],
            remedy="Give the path of a file, or the page's text with its lines.",
        )
        raise DataError([problem]) from error
