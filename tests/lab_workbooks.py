"""Workbooks that no program makes."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile


def merged_to_the_end() -> bytes:
    """Return a small workbook whose merged range has 17 thousand million cells."""
    from openpyxl import Workbook

    book, plain, out = Workbook(), BytesIO(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["animal_id", "sex", "weight_g", "species", "strain", "clonus"])
    for name in ("M01", "M02"):
        sheet.append([name, "F", None, "mouse", "CF-1", 60])
    book.save(plain)
    range_ = '<mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>'
    with ZipFile(plain) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode()
            new.writestr(name, part.replace("</sheetData>", f"</sheetData>{range_}"))
    return out.getvalue()
