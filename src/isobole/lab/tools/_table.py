"""The table that was sent: pasted or uploaded, named, and within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import is_zipfile

from isobole.lab.tools._workbook import MOST_COLUMNS, check_workbook
from isobole.results import DataError, Problem

MOST_BYTES = 2 * 1024 * 1024
LONGEST_LINE = 64 * 1024
PASTED = "table.csv"
_TEXTS = (".csv", ".tsv", ".txt", ".tab")
_WORKBOOKS = (".xlsx", ".xlsm")
_ZIP = b"PK\x03\x04"


class NamedBytes(BytesIO):
    """Bytes that problems and provenance call by a name."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


@dataclass(frozen=True, slots=True)
class Table:
    """What was sent: the bytes as they came, and the name they go by."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return sha256(self.content).hexdigest()

    @property
    def is_text(self) -> bool:
        """Whether it may be shown in a form."""
        return not self.content.startswith(_ZIP)

    def text(self) -> str:
        """Return it for the form; empty for a workbook or what is no text."""
        if not self.is_text:
            return ""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return ""

    def stream(self) -> NamedBytes:
        """Return what the readers of tables read."""
        return NamedBytes(self.content, self.name)


def pasted(text: str, name: str = PASTED) -> Table:
    r"""Return a pasted table; lines of a form end as browsers send them.

    Examples
    --------
    >>> pasted("dose\tn\r\n5\t8\r\n").content
    b'dose\tn\n5\t8\n'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if plain and not plain.endswith("\n"):
        plain += "\n"
    return checked(Table(plain_name(name), plain.encode("utf-8", "replace")))


def checked(table: Table) -> Table:
    """Return the table if nothing in it is beyond bounds.

    Raises
    ------
    DataError
        If it is empty, too large, or nothing that a table is kept in.
    """
    name, content = table.name, table.content
    if not content.strip():
        raise _problem(
            "no-table", "There is no table", name=None,
            remedy="Paste the table with its header line, or choose a file",
        )  # fmt: skip
    if len(content) > MOST_BYTES:
        raise too_large(name)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in (*_TEXTS, *_WORKBOOKS):
        raise _problem(
            "not-a-table", "Tables are not kept in files of this kind", name=name,
            expected=".csv, .tsv, .txt or .xlsx",
            remedy="Save it as CSV UTF-8 or as .xlsx, or copy its cells and paste them",
        )  # fmt: skip
    # An archive is one too with something before it, which what reads it skips.
    if suffix in _WORKBOOKS or is_zipfile(BytesIO(content)):
        check_workbook(content, name)
    else:
        _check_lines(content, name)
    return table


def _check_lines(content: bytes, name: str) -> None:
    for number, line in enumerate(content.split(b"\n"), start=1):
        separators = max(line.count(mark) for mark in (b",", b";", b"\t"))
        comment = line.lstrip().startswith(b"#")
        if len(line) > LONGEST_LINE or (separators >= MOST_COLUMNS and not comment):
            raise _problem(
                "line-too-long",
                f"The line has {len(line)} characters and {separators + 1} cells",
                name=name, row=number,
                expected=f"at most {LONGEST_LINE} characters and {MOST_COLUMNS} cells",
                remedy="Look at the line: its end may be missing",
            )  # fmt: skip


def plain_name(name: str) -> str:
    r"""Return a file's name that a command line and a disk can have.

    Examples
    --------
    >>> plain_name(r"C:\data\My mice (2).CSV"), plain_name("../-x.csv")
    ('My mice (2).CSV', 'x.csv')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = re.sub(r"[^\w.() +-]", "_", last).lstrip("-. ")
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[:80]}{dot}{suffix[:10]}" if stem else plain[:80] or PASTED


def too_large(name: str | None) -> DataError:
    """Return the refusal of a table that is too large for the lab."""
    return _problem(
        "table-too-large", "The table is too large for the lab", name=name,
        expected=f"at most {MOST_BYTES >> 20} MB",
        remedy="Leave out columns that are not needed, or use the command line, which "
        "has no such limit",
    )  # fmt: skip


def _problem(
    code: str,
    message: str,
    *,
    name: str | None,
    remedy: str,
    row: int | None = None,
    expected: str | None = None,
) -> DataError:
    problem = Problem(
        code, message, file=name, row=row, expected=expected, remedy=remedy
    )
    return DataError([problem])
