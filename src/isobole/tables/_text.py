"""Bytes of a text file to a table: encoding, separator, comments, quotes."""

from __future__ import annotations

import codecs
import csv
import re
from itertools import islice

from isobole.results import InputFile, Problem, ProblemList
from isobole.tables._problems import fatal
from isobole.tables._table import Progress, RawTable, TableBuilder, is_comment

CHUNK = 65_536
WORKBOOK = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MAGIC = {
    WORKBOOK: ("a workbook or another zip archive", "Give it its own name, *.xlsx"),
    OLD_EXCEL: (
        "an old Excel workbook (.xls), or one with a password",
        "Save it as .xlsx without a password, or as CSV",
    ),
    b"%PDF": ("a PDF", "Copy the table into a CSV file"),
    b"\x1f\x8b": ("a gzip archive", "Unpack it first"),
    b"PAR1": ("a Parquet file", "Read it with polars or pandas and give the frame"),
}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma"}
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


def decode(data: bytes, found: ProblemList) -> str:
    """Decode a text file: UTF-8, UTF-16 with its mark, else Windows-1252 with a notice.

    Examples
    --------
    >>> decode("dose (µg/kg)".encode("utf-16"), ProblemList())
    'dose (µg/kg)'
    >>> found = ProblemList()
    >>> decode("dose (µg/kg)".encode("cp1252"), found)
    'dose (µg/kg)'
    >>> found.found[0].code
    'not-utf-8'
    """
    for magic, (what, remedy) in _MAGIC.items():
        if data.startswith(magic):
            fatal(
                found,
                Problem(
                    "binary-file",
                    f"This is {what}, not a text table",
                    expected="text with comma, semicolon or tab between the cells",
                    remedy=remedy,
                ),
            )
    return _decoded(data, found)


def _decoded(data: bytes, found: ProblemList) -> str:
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        if encoding == "utf-16" or b"\0" in data:
            raise UnicodeError
        text = data.decode("cp1252")
    except UnicodeError:
        fatal(
            found,
            Problem(
                "wrong-encoding",
                "The text is neither UTF-8 nor Windows-1252",
                expected="UTF-8",
                remedy="Save the table as CSV (UTF-8)",
            ),
        )
    found.add(
        Problem(
            "not-utf-8",
            "The file is not UTF-8 and was read as Windows-1252",
            severity="notice",
            remedy="Check names with accents or Greek letters; saving as CSV (UTF-8) "
            "avoids this",
        )
    )
    return text


def separator_of(header: str) -> str | None:
    """Return what separates the cells of a header line, or None.

    It is the tab, else the semicolon, else the comma: the first of them that stands
    in the header outside quotes and brackets.

    Examples
    --------
    >>> separator_of("dose (mg/kg, i.p.);n;affected"), separator_of("dose n affected")
    (';', None)
    """
    bare = re.sub(r'"[^"]*"|\([^)]*\)|\[[^]]*\]', "", header)
    return next((mark for mark in _SEPARATORS if mark in bare), None)


def read_text(
    text: str,
    found: ProblemList,
    *,
    inputs: tuple[InputFile, ...] = (),
    progress: Progress | None = None,
) -> RawTable:
    r"""Read a delimited text; lines that start with # are comments.

    Examples
    --------
    >>> table = read_text("# a comment\ndose;n\n\n5;8\n", ProblemList())
    >>> [(column.name, column.cells) for column in table.columns], table.rows.tolist()
    ([('dose', ['5']), ('n', ['8'])], [4])
    """
    if _CONTROL.search(text):
        fatal(
            found,
            Problem(
                "binary-file",
                "The file holds bytes that no text file holds",
                expected="text with comma, semicolon or tab between the cells",
                remedy="Save the table as CSV (UTF-8) or as .xlsx",
            ),
        )
    lines: list[str] = []
    numbers: list[int] = []
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x1a", "")
    for number, line in enumerate(plain.split("\n"), 1):
        start = line.lstrip()
        if start and not is_comment(start):
            lines.append(line)
            numbers.append(number)
    separator = None
    if lines and (named := _SEPARATOR_LINE.fullmatch(lines[0].strip())):
        separator = named[1]  # Excel's own first line
        lines, numbers = lines[1:], numbers[1:]
    if not lines:
        fatal(
            found,
            Problem(
                "empty-file",
                "The file is empty" if not text.strip() else "There are only comments",
                expected="a header line and one row per dose group or per animal",
                remedy="Begin with the line: dose,n,affected",
            ),
        )
    separator = separator or separator_of(lines[0])
    if separator is None:
        fatal(found, _unseparated(lines, numbers))
    starts = [0]
    reader = csv.reader(
        lines, delimiter=separator, strict=True, skipinitialspace=separator != " "
    )
    try:
        header = next(reader)
        while len(header) > 1 and not header[-1].strip():
            header.pop()  # a trailing separator names no column
        builder = TableBuilder(header, found, separator=separator)
        total = len(lines) - reader.line_num
        while True:
            cells: list[list[str]] = []
            starts = [reader.line_num]
            for row in islice(reader, CHUNK):
                cells.append(row)
                starts.append(reader.line_num)
            if not cells:
                break
            builder.extend(cells, [numbers[start] for start in starts[:-1]])
            if progress is not None:
                progress(total - (len(lines) - reader.line_num), total)
    except csv.Error as error:
        fatal(
            found,
            Problem(
                "broken-quotes",
                f"The cells of this line cannot be told apart ({error})",
                row=numbers[starts[-1]],
                expected="quotes in pairs, around whole cells",
                remedy='Close the quote, or write a quote inside a cell twice ("")',
            ),
        )
    return builder.finish(inputs)


def _unseparated(lines: list[str], numbers: list[int]) -> Problem:
    remedy = "Separate the columns with commas, semicolons or tabs"
    for line, number in islice(zip(lines, numbers, strict=True), 1, 30):
        if "dose" in line.lower() and separator_of(line):
            remedy = (
                f"Line {number} looks like the header: put # before the lines above it"
            )
            break
    shown = lines[0].strip()
    return Problem(
        "not-separated",
        "The first line holds no comma, semicolon or tab, so there is one column only",
        row=numbers[0],
        given=shown if len(shown) <= 60 else shown[:57] + "...",
        expected="a header line such as dose,n,affected",
        remedy=remedy,
    )
