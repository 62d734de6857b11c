"""A workbook looked at before it is read: it is an archive, and may unpack to much.

Sizes are those of its directory, which Python's zipfile holds it to; cells, rows and
merged ranges are counted by a parser that builds nothing.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat

from isobole.results import DataError, Problem

MOST_PARTS = 300
MOST_UNPACKED = 24 * 1024 * 1024
MOST_SHEET_ROWS = 50_000
MOST_COLUMNS = 500
_CELL = re.compile(r"([A-Z]{1,7})([0-9]{1,12})")
_HOW = "Copy the table alone into a new workbook, or save the sheet as CSV UTF-8"


def check_workbook(data: bytes, name: str) -> None:
    """Refuse a workbook that is no whole archive or would unpack to too much.

    Raises
    ------
    DataError
        With what is wrong, and how to make a workbook that can be read.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_PARTS:
                _refuse(name, "workbook-too-large", f"It has {len(infos)} parts")
            total = sum(info.file_size for info in infos)
            if total > MOST_UNPACKED:
                shown = f"It unpacks to {total >> 20} MB"
                _refuse(name, "workbook-too-large", shown, MOST_UNPACKED >> 20)
            for info in infos:
                _look(archive.read(info), name, info.filename)
    except DataError:
        raise
    except (
        zipfile.BadZipFile,
        expat.ExpatError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as error:
        raise DataError(
            [
                Problem(
                    "unreadable-workbook",
                    "This is no whole workbook, or it has a password",
                    file=name,
                    expected="an Excel workbook (.xlsx)",
                    remedy="Open it and save it again as .xlsx without a password, or "
                    "as CSV UTF-8",
                )
            ]
        ) from error


def _look(content: bytes, name: str, part: str) -> None:
    """Look at a part; a sheet may have any name, so that all parts are looked at."""
    try:
        _look_at_xml(content, name)
    except expat.ExpatError:
        if part.lower().endswith((".xml", ".rels")):
            raise


def _look_at_xml(xml: bytes, name: str) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")

    def begin(tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(" ")[2]
        if kind == "row":
            _check_row(attributes.get("r", ""), name)
        elif kind == "c":
            _check_place(attributes.get("r", ""), name)
        elif kind in ("mergeCell", "hyperlink"):
            # Each cell of such a range is made when the sheet is read.
            for place in attributes.get("ref", "").split(":"):
                _check_place(place, name)

    def doctype(*_: object) -> None:
        _refuse(name, "workbook-odd", "It declares XML entities, as no program does")

    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(xml, True)


def _check_place(place: str, name: str) -> None:
    found = _CELL.fullmatch(place.replace("$", ""))
    if found is None:
        return
    letters, row = found.groups()
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    if column > MOST_COLUMNS:
        _refuse(name, "too-many-columns", f"It has a cell at {place}", MOST_COLUMNS)
    _check_row(row, name)


def _check_row(row: str, name: str) -> None:
    if row.isdigit() and (len(row) > 9 or int(row) > MOST_SHEET_ROWS):
        _refuse(name, "too-many-rows", f"It has a row {row[:12]}", MOST_SHEET_ROWS)


def _refuse(name: str, code: str, message: str, most: int | None = None) -> NoReturn:
    unit = {"too-many-columns": "columns", "too-many-rows": "rows"}.get(code, "MB")
    expected = None if most is None else f"at most {most} {unit}"
    raise DataError([Problem(code, message, file=name, expected=expected, remedy=_HOW)])
