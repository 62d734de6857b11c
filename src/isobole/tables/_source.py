"""Wherever a table comes from: a path, standard input, an open file, a frame."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

from isobole.results import InputFile, OptionError, Problem, ProblemList
from isobole.tables._problems import fatal
from isobole.tables._table import Progress, RawTable
from isobole.tables._text import OLD_EXCEL, WORKBOOK, decode, read_text

STDIN = "<stdin>"
_WORKBOOKS = (".xlsx", ".xlsm")
_REFUSED = {
    ".xls": "Save it as .xlsx or as CSV",
    ".xlsb": "Save it as .xlsx or as CSV",
    ".ods": "Save it as .xlsx or as CSV",
    ".numbers": "Export it as .xlsx or as CSV",
}


def source_name(source: object) -> str | None:
    """Return the name by which problems call the source; None for a frame.

    Examples
    --------
    >>> from io import StringIO
    >>> source_name("mice.csv"), source_name("-"), source_name(StringIO())
    ('mice.csv', '<stdin>', '<text>')
    """
    if isinstance(source, str | os.PathLike):
        return STDIN if source == "-" else os.fsdecode(source)
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        return name if isinstance(name, str) else "<text>"
    return None


def read_table(
    source: object,
    found: ProblemList,
    *,
    sheet: str | None = None,
    progress: Progress | None = None,
) -> RawTable:
    """Read any source to columns of cells, with nothing said of their meaning.

    Parameters
    ----------
    source : path, "-", open file or data frame
        CSV, TSV and text by separator and encoding found; .xlsx by openpyxl; "-"
        is standard input; frames of any library narwhals knows.
    found : ProblemList
        Collects problems of single rows, and notices.
    sheet : str, optional
        The sheet of a workbook; the first by default.
    progress : callable, optional
        Called with rows done and rows in all (None where not known).

    Raises
    ------
    DataError
        Where no table can be read at all.
    """
    name = source_name(source)
    content: object
    if name is None:
        _no_sheet(sheet)
        from isobole.tables._frame import read_frame

        return read_frame(source, found)
    if isinstance(source, str | os.PathLike):
        if source == "-":
            content = getattr(sys.stdin, "buffer", sys.stdin).read()
        else:
            content = _read_path(os.fsdecode(source), found)
    else:
        content = _read_stream(source, found)
    data = (
        content
        if isinstance(content, bytes)
        else str(content).encode(errors="surrogatepass")
    )
    inputs = (InputFile(name, sha256(data).hexdigest()),)
    suffix = Path(name).suffix.lower()
    is_path = isinstance(source, str | os.PathLike) and source != "-"
    if suffix in _WORKBOOKS or (not is_path and data.startswith(WORKBOOK)):
        if not data.startswith(WORKBOOK):
            fatal(found, _no_workbook(data))
        from isobole.tables._excel import read_workbook

        return read_workbook(data, found, sheet=sheet, inputs=inputs, progress=progress)
    _no_sheet(sheet)
    text = decode(data, found) if isinstance(content, bytes) else str(content)
    text = text.removeprefix("\ufeff")
    return read_text(text, found, inputs=inputs, progress=progress)


def _no_sheet(sheet: str | None) -> None:
    if sheet is not None:
        raise OptionError(f"sheet is '{sheet}', but the source is not a workbook")


def _no_workbook(data: bytes) -> Problem:
    if data.startswith(OLD_EXCEL):
        return Problem(
            "unreadable-workbook",
            "The workbook has a password, or is an old one (.xls)",
            expected="an Excel workbook (.xlsx)",
            remedy="Save it as .xlsx without a password, or as CSV",
        )
    return Problem(
        "unreadable-workbook",
        "The file is named like an Excel workbook but is none",
        expected="an Excel workbook (.xlsx)",
        remedy="If it is text, name it .csv; else save it again from Excel",
    )


def _read_path(name: str, found: ProblemList) -> bytes:
    path = Path(name)
    if "\n" in name:
        fatal(
            found,
            Problem(
                "text-for-path",
                "The text of a table was given where a path is expected",
                file="<text>",
                expected="a path",
                remedy="Give the text as io.StringIO(text)",
            ),
        )
    if remedy := _REFUSED.get(path.suffix.lower()):
        fatal(
            found,
            Problem(
                "unsupported-format",
                f"Files of the kind {path.suffix} are not read",
                given=path.suffix,
                expected=".csv, .tsv, .txt or .xlsx",
                remedy=remedy,
            ),
        )
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        fatal(found, _unreadable(path, error))


def _read_stream(stream: Any, found: ProblemList) -> object:
    try:
        return stream.read()
    except UnicodeDecodeError as error:
        fatal(
            found,
            Problem(
                "wrong-encoding",
                f"The open file is not {error.encoding}",
                expected=error.encoding,
                remedy="Give the path, so that the encoding is found out",
            ),
        )


def _unreadable(path: Path, error: OSError | ValueError) -> Problem:
    try:
        if path.is_dir():
            tables = sorted(
                child.name
                for child in path.iterdir()
                if child.suffix.lower() in (".csv", ".tsv", ".txt", ".xlsx")
            )
            holds = (
                f"one of its files ({', '.join(tables[:5])})" if tables else "a file"
            )
            return Problem(
                "is-a-directory", "This is a directory", remedy=f"Name {holds}"
            )
        if isinstance(error, FileNotFoundError):
            beside = [child.name for child in path.parent.iterdir()]
            close = get_close_matches(path.name, beside, n=1, cutoff=0.75)
            hint = f"Did you mean '{path.with_name(close[0])}'?" if close else ""
            return Problem(
                "missing-file",
                "There is no such file",
                remedy=hint or "Check the name and the folder",
            )
    except OSError:
        pass
    return Problem(
        "unreadable-file",
        f"The file cannot be read ({getattr(error, 'strerror', None) or error})",
        remedy="Check its name and the right to read it",
    )
